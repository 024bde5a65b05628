"""
What it costs to keep secrets out of the journal: events that hold none, searched for two keys.

The ratio is to the same journal in a process that knows no secret, measured in turns. A process
without keys pays for one attribute, which is below what this can measure.

    python benchmarks/redaction.py [events]
"""

import sys
import tempfile
import time
from pathlib import Path

from seatrial.model.redact import KNOWN
from seatrial.store.journal import Journal
from seatrial.store.verify import verify

KEYS = ("hK2nQ8xTk3pL0wZ9aB", "wJalrXUtnFEMIbK7MDENGlbPxRfiCYzEXAMPLE01")
ORDER = {
    "order_id": 4711,
    "client_id": "reference-4711",
    "symbol": "BTCUSDT",
    "side": "buy",
    "price": "63943.9",
    "qty": "0.010",
    "event": "accepted",
    "reason": None,
    "intended_ns": 1_700_000_000_000_000_000,
}


def journal_s(path: Path, events: int, *, armed: bool) -> float:
    """Return the seconds to journal that many events, with the keys known or not."""
    path.unlink(missing_ok=True)
    KNOWN.armed = armed
    began = time.perf_counter()
    with Journal.create(path, "20240102T030405Z-live-0a1b2c3d-7") as journal:
        for number in range(events):
            journal.append(1_700_000_000_000_000_000 + number, "order", ORDER)
    return time.perf_counter() - began


def main() -> None:
    """Print both rates and their ratio, the best of three turns."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for key in KEYS:
        KNOWN.learn(key)
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "journal.jsonl"
        turns = [
            (journal_s(path, events, armed=False), journal_s(path, events, armed=True)) for _ in range(3)
        ]
        assert verify(path) == []
    without, known = (min(times) for times in zip(*turns, strict=True))
    rates = f"{events / known:,.0f} events/s searched for {len(KEYS)} keys, {events / without:,.0f} without"
    cost = f"{known / without:.1f} times the time, {(known - without) / events * 1e6:.1f} us an event"
    sys.stdout.write(f"redaction: {rates}; {cost}\n")


if __name__ == "__main__":
    main()
