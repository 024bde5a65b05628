"""
How fast the journal takes events: with the hash chain, in synced batches, as a soak writes them.

The floor is 50 000 events a second. The ratio is to a loop that writes the same bytes in the same
synced batches and does nothing else: what the form, the hashes and the calls cost.

    python benchmarks/journal.py [events]
"""

import os
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from seatrial.store.journal import SYNC_EVERY_ROWS, Journal
from seatrial.store.verify import verify

ORDER = {
    "order_id": 4711,
    "client_id": "reference-4711",
    "symbol": "BTCUSDT",
    "side": "buy",
    "type": "limit",
    "tif": "post_only",
    "price": "63943.9",
    "qty": "0.010",
    "leaves": "0.010",
    "event": "accepted",
    "reason": None,
    "intended_ns": 1_700_000_000_000_000_000,
    "ack_ns": 1_700_000_000_010_000_000,
    "reduce_only": False,
}


def chained_s(path: Path, events: int) -> float:
    """Return the seconds to journal that many order events."""
    began = time.perf_counter()
    with Journal.create(path, "20240102T030405Z-soak-0a1b2c3d-7") as journal:
        for number in range(events):
            journal.append(1_700_000_000_000_000_000 + number, "order", ORDER)
    return time.perf_counter() - began


def bare_s(source: Path, path: Path) -> float:
    """Return the seconds to write the same lines, as they are, in the same synced batches."""
    rows = source.read_bytes().splitlines(keepends=True)
    began = time.perf_counter()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    feed = iter(rows)
    while batch := list(islice(feed, SYNC_EVERY_ROWS)):
        os.write(descriptor, b"".join(batch))
        os.fsync(descriptor)
    os.close(descriptor)
    return time.perf_counter() - began


def main() -> None:
    """Print events a second and the ratio, the best of three, and check what was written."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        path = Path(folder) / "journal.jsonl"
        times = []
        for _ in range(3):
            path.unlink(missing_ok=True)
            times.append(chained_s(path, events))
        ours, bare = min(times), min(bare_s(path, Path(folder) / f"bare{turn}") for turn in range(3))
        size = path.stat().st_size
        assert verify(path) == []
    sys.stdout.write(
        f"journal: {events / ours:,.0f} events/s, {size / events:.0f} bytes each, "
        f"synced every {SYNC_EVERY_ROWS} rows; {ours / bare:.1f} times the bare write of the same bytes\n"
    )


if __name__ == "__main__":
    main()
