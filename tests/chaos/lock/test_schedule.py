"""The mirrored module runs contenders over the simulated store."""

from itertools import count
from pathlib import Path

import orjson
import pytest

from seatrial.chaos.history.check import CHECKERS
from seatrial.chaos.history.read import read
from seatrial.chaos.lock.leader import RULES
from seatrial.chaos.lock.schedule import World, replay, search
from seatrial.model.journal_lines import Event
from seatrial.store.clock import monotonic_ns

FOREVER_NS = 1 << 62
ENOUGH = 60_000


def still() -> int:
    """A clock that does not move: the count alone ends a search."""
    return 0


def test_the_whole_lock_survives_every_schedule_and_was_contended() -> None:
    """Calm or not, nobody acts beside a holder, no fence repeats and the resource never goes back."""
    found = search(0, 4_000, None, still, FOREVER_NS)

    assert found.broken is None
    assert found.contended > found.schedules / 2


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_is_needed(rule: str) -> None:
    """A rule that can be switched off without anybody noticing is not tested, or not needed."""
    found = search(0, ENOUGH, rule, still, FOREVER_NS)

    assert found.broken is not None


def test_a_seed_replays_its_failure() -> None:
    """A failure that cannot be seen again cannot be mended."""
    found = search(0, ENOUGH, "fence", still, FOREVER_NS)
    assert found.broken is not None

    again, trace = replay(found.broken.seed, "fence")

    assert again == found.broken
    assert replay(found.broken.seed, "fence")[1] == trace
    assert replay(found.broken.seed)[0] is None


def test_the_checker_of_histories_agrees(tmp_path: Path) -> None:
    """The planted bug, expiry without a fence, is found from the file alone."""
    found = search(0, ENOUGH, "fence", still, FOREVER_NS)
    assert found.broken is not None

    def judged(trace: list[Event]) -> str:
        path = tmp_path / "lock.jsonl"
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in trace))
        return CHECKERS.get("lock")(read(path), 5).history

    assert judged(replay(found.broken.seed, "fence")[1]) == "invalid"
    kept = [World(seed, None, []) for seed in range(120)]
    assert [world.run() for world in kept] == [None] * 120
    assert "invalid" not in {judged(world.trace or []) for world in kept if world.kind < 2}


def test_time_ends_a_search() -> None:
    """A search in CI has a bound."""
    ticks = count(0, 1_000)

    found = search(0, 10**9, None, lambda: next(ticks), 50_000)

    assert (found.broken, found.schedules) == (None, 51)


@pytest.mark.slow
def test_two_thousand_schedules_a_second_and_the_planted_bug_within_ten() -> None:
    """Only many schedules meet the rare one; the bound is far under what an idle machine does."""
    found = search(0, 10_000, None, monotonic_ns, 60 * 10**9)
    planted = search(0, 10**6, "fence", monotonic_ns, 10 * 10**9)

    assert found.schedules / (found.lasted_ns / 1e9) >= 2_000
    assert planted.broken is not None
