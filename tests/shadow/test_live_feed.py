"""The live feed beside the served exchange: another process, real sockets, the venue's own protocol."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from tests.shadow.stage import watching

from seatrial.dryrun.asking import resolve
from seatrial.model.verdict import Verdict
from seatrial.shadow.audit import audit
from seatrial.shadow.live_feed import ahead_ns
from seatrial.shadow.preflight import preflight
from seatrial.shadow.run import ShadowAsk, run
from seatrial.store.clock import utc_now_ns
from seatrial.store.record import open_record
from seatrial.store.verify import verify

MS = 10**6


@contextmanager
def served(out: Path) -> Iterator[dict[str, str]]:
    """Serve the demo market from a process of its own while the block runs."""
    pytest.importorskip("httptools")
    words = ["exchange", "serve", "--profile", "demo", "--out", str(out), "--no-fast"]
    with subprocess.Popen(
        [sys.executable, "-m", "seatrial", *words, "--api-key", "k", "--api-secret", "s"],
        stdout=subprocess.PIPE,
    ) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            process.wait(30)


@pytest.mark.slow
def test_beside_the_served_exchange(tmp_path: Path) -> None:
    """Preflight passes, the bot decides on what was served, its orders stay here, and the log is clean."""
    with served(tmp_path / "served") as told:
        ask = watching(
            tmp_path, told["rest"], bot="tests.live.drill:Churner", sets=("market.symbols=[BTCUSD]",)
        )
        ready = preflight(resolve(ask).profile, tmp_path, utc_now_ns)
        outcome = run(ShadowAsk(ask, length="5s"))
        account = open_record(Path(told["record"]))

    record = open_record(Path(outcome.data["record"]))
    rows = [orjson.loads(line) for line in (record.path / "shadow_decisions.jsonl").read_bytes().splitlines()]
    orders = [line for line in account.journal.read_bytes().splitlines() if b'"kind":"order"' in line]
    # A market that has just opened may have no trade to show yet, which only warns.
    assert ready.verdict in {Verdict.PASS, Verdict.WARN}
    assert any(row["record_type"] == "decision" and row["intended_order"] for row in rows)
    assert orders == []
    assert verify(record.journal) == []
    assert audit(record.path, utc_now_ns()).data["findings"] == []


def test_a_doubt_about_the_clock_counts_against_the_bot() -> None:
    """The offset is taken as large as it can be, so that no print is taken for younger than it is."""

    class Clock:
        """A venue 70 ms ahead, whose answers take 10 to 30 ms."""

        now = 0
        trips = iter((30, 10, 20))

        def server_ns(self) -> int:
            """The venue's time, at the end of the way there."""
            self.now += next(self.trips) * MS
            return self.now + 70 * MS

    clock = Clock()

    assert ahead_ns(clock, lambda: clock.now) == 80 * MS  # type: ignore[arg-type]  # all that is asked
