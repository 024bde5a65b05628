"""The real engine and judge: killed at random moments and resumed, a soak ends as if nothing had happened."""

import os
import random
import signal
from pathlib import Path

import pytest
from tests.dryrun.market import real_engine
from tests.soak.test_killed import in_a_child

from seatrial.dryrun.asking import Ask
from seatrial.soak.run import resume, run
from seatrial.store.identity import strip_identity
from seatrial.store.journal import Journal, read
from seatrial.store.record import open_record
from seatrial.store.verify import verify

ITERATIONS, MOMENTS = 5, 20
PARAMS = "{half_spread_bps: 0.1, min_half_spread_bps: 0.05, vol_mult: 0, refresh_ms: 200, order_qty: '0.01'}"


def ask(out: Path) -> Ask:
    """Return a soak of five windows of 40 s in which the reference maker trades, with faults."""
    faults = ("reject_ratio=0.05", "timeout_ratio=0.02", "gap_per_h=200", "disconnect_per_h=100")
    return Ask(
        mode="soak",
        out=out,
        iterations=ITERATIONS,
        window="40s",
        seed=11,
        fast=False,
        sets=(
            f"bot.params={PARAMS}",
            "soak.warmup_params.order_qty='0.005'",
            "soak.rampdown_iterations=1",
            "exchange.latency.jitter_ms=20",
            *(f"exchange.faults.{fault}" for fault in faults),
        ),
    )


def killed_at(append: int, work: Path) -> None:
    """Soak in this process and kill it at the n-th journal line."""
    real, count = Journal.append, [0]

    def counted(journal: Journal, ts_ns: int, kind: str, fields: dict[str, object]) -> int:
        count[0] += 1
        if count[0] == append:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(journal, ts_ns, kind, fields)

    Journal.append = counted  # type: ignore[method-assign,assignment]
    run(ask(work), seams=real_engine())


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, bytes], int]:
    """Return an undisturbed soak's files without identity, and how many journal lines it has."""
    outcome = run(ask(tmp_path_factory.mktemp("whole")), seams=real_engine())
    record = open_record(Path(outcome.data["record"]))
    assert verify(record.journal) == []
    assert outcome.data["fills"] > 20
    return strip_identity(record.path), len(list(read(record.journal)))


def test_the_real_engine_resumes_to_the_same_bytes(
    undisturbed: tuple[dict[str, bytes], int], tmp_path: Path
) -> None:
    """Once in the middle, on every run of the tests."""
    files, lines = undisturbed

    assert after_a_kill(tmp_path, lines // 2) == files


@pytest.mark.slow
@pytest.mark.parametrize("moment", range(MOMENTS))
def test_killed_at_a_random_moment_it_resumes_to_the_same_bytes(
    undisturbed: tuple[dict[str, bytes], int], tmp_path: Path, moment: int
) -> None:
    """Twenty nights, twenty power cuts, one verdict."""
    files, lines = undisturbed
    at = random.Random(moment).randrange(1, lines + 1)

    assert after_a_kill(tmp_path, at) == files


def after_a_kill(out: Path, at: int) -> dict[str, bytes]:
    """Kill a soak at a journal line, check that its record reads, resume it, and return its files."""
    assert in_a_child(lambda: killed_at(at, out)) == -signal.SIGKILL
    record = open_record(out / "soak" / "latest")
    list(read(record.journal))
    assert {finding.kind for finding in verify(record.journal)} <= {"empty", "torn_tail"}
    resume(record.path, seams=real_engine(), fast=False)
    assert verify(record.journal) == []
    return strip_identity(record.path)
