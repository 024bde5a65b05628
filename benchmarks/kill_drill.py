"""
The kill drill, measured: from the moment the stop is set to the venue's own books being empty.

A live run in a process of its own quotes on an exchange over sockets; `live emergency-stop` in
another process sets the latch. Timed from the stamp in the latch: the acknowledgement, the last
order gone by the venue's books, and the confirmation that two complete snapshots gave. Once in
calm, once with the bot's loop blocked, its books raising, the venue answering 503 for 3 s, and once
with all of it. `--rounds N` repeats each case.
"""

import argparse
import sys
import tempfile
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parents[1]))

COLUMNS = ("acked_ms", "last_order_gone_ms", "confirmed_ms")
ACK_LIMIT_MS = 5_000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1, help="how often each case is drilled")
    rounds = parser.parse_args().rounds
    try:
        import ccxt  # noqa: F401 -- asked for here to say why nothing is measured
        from tests.live.drill import CASES, drill
    except ImportError as error:
        print(f"not measured: {error.name} is not installed")
        return 0
    print(f"{'case':20} {'acknowledged':>14} {'last order gone':>16} {'confirmed':>12}   (ms, median, worst)")
    failed = False
    for case in CASES:
        found = [_drilled(drill, case) for _ in range(rounds)]
        cells = []
        for column in COLUMNS:
            values = [getattr(one, column) for one in found]
            known = [value for value in values if value is not None]
            cells.append(f"{median(known):.0f}, {max(known):.0f}" if len(known) == len(values) else "never")
        late = any(one.acked_ms is None or one.acked_ms > ACK_LIMIT_MS for one in found)
        left = sum(one.orders_after for one in found)
        failed |= late or left > 0 or any(one.exit_code for one in found)
        print(f"{case:20} {cells[0]:>14} {cells[1]:>16} {cells[2]:>12}   orders left: {left}")
    print("acknowledged within 5 s, zero open orders confirmed:", "no" if failed else "yes")
    return int(failed)


def _drilled(drill, case):  # noqa: ANN001, ANN202 -- types come with the import
    with tempfile.TemporaryDirectory(prefix="kill-drill-") as folder:
        return drill(Path(folder), case)


if __name__ == "__main__":
    sys.exit(main())
