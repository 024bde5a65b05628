"""The keeper with real processes and a clock that is set: started, ready, ill, restarted, given up."""

from pathlib import Path

import pytest
from tests.engine.bot.process.programs import CALM, DIES, env, logbook, python, until
from tests.engine.bot.process.test_health import Clock

from seatrial.engine.bot.process.keeper import Errand, Happening, Keeper
from seatrial.engine.bot.process.sweep import left_behind
from seatrial.model.errors import OutsideError
from seatrial.model.process import ProcessSettings


def keeper(folder: Path, clock: Clock, command: list[str], **settings: object) -> Keeper:
    """A keeper of a program."""
    errand = Errand(command, env("kept"), folder, ProcessSettings.model_validate(settings))
    return Keeper(errand, logbook(folder, clock_ns=clock), clock)


def ticked(one: Keeper, *, to: str) -> list[Happening]:
    """Tick until it is in a state; return what happened on the way."""
    happened: list[Happening] = []

    def there() -> bool:
        happened.extend(one.tick())
        return one.state == to

    until(there)
    return happened


def test_a_bot_is_started_ready_and_stopped(tmp_path: Path) -> None:
    """Only the time between ready and the end counts as watched."""
    one = keeper(tmp_path, Clock(), python(CALM), ready={"line": "ready"})
    before = (one.covers, one.cause)

    happened = ticked(one, to="ready")
    sample = one.sample()
    ended = one.stop()

    assert before == (False, "bot_down")
    assert [one.what for one in happened] == ["started", "ready"]
    assert sample is not None
    assert (sample["rss_bytes"] or 0) > 0
    assert [one.what for one in ended] == ["ended"]
    assert (one.covers, one.cause, left_behind("kept")) == (False, "bot_given_up", [])


def test_a_bot_that_dies_is_started_again_until_its_budget_is_spent(tmp_path: Path) -> None:
    """A crash loop has to end, and the record has to say how often it went round."""
    clock = Clock()
    one = keeper(
        tmp_path,
        clock,
        python(DIES),
        restart={"most": 2, "wait_s": 5},
        ready={"after_s": 3600, "timeout_s": 7200},
    )
    happened = ticked(one, to="waiting")
    idle = one.tick()
    for _ in range(2):
        clock.go(20)
        happened += ticked(one, to="starting")
        happened += ticked(one, to="waiting") if one.starts < 3 else ticked(one, to="over")

    assert idle == []
    assert [what.what for what in happened] == [
        *["started", "ended", "restarting"] * 2,
        "started",
        "ended",
        "given_up",
    ]
    assert happened[1].detail == "exit code 3"


def test_a_bot_that_is_never_ready_is_ended_and_counts_as_failed(tmp_path: Path) -> None:
    """Hanging in its start-up for days is no soak."""
    clock = Clock()
    one = keeper(tmp_path, clock, python(CALM), ready={"line": "never"}, restart={"on": "never"})
    ticked(one, to="starting")
    clock.go(61)

    happened = ticked(one, to="over")

    assert happened[0].detail.startswith("not ready within 60 s")
    assert left_behind("kept") == []


def test_an_ill_bot_is_ended_and_started_again(tmp_path: Path) -> None:
    """Silent is worse than dead: nobody would have restarted it."""
    clock = Clock()
    one = keeper(
        tmp_path, clock, python(CALM), ready={"line": "ready"}, health={"silence_max_s": 30, "checks": 2}
    )
    ticked(one, to="ready")
    clock.go(31)

    happened = ticked(one, to="waiting")
    one.stop()

    assert [what.what for what in happened] == ["ill", "ended", "restarting"]
    assert happened[0].detail == "no output for 31 s"
    assert left_behind("kept") == []


def test_a_command_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    """Trying it five times with doubling waits would hide a typo for a minute."""
    one = keeper(tmp_path, Clock(), ["/no/such/bot"])

    with pytest.raises(OutsideError, match=r"mend bot\.command"):
        ticked(one, to="ready")
