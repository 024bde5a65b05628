"""
Acknowledged writes lost when a real Redis primary is killed or stands still: recommended settings or not.

The peer is the same Redis with its defaults: no min-replicas, no WAIT. Run with `--runs 5` for the table that
a decision should rest on; one run each is what fits into a check.
"""

import argparse
import tempfile
from pathlib import Path

from seatrial.chaos.drill import DRILLS
from seatrial.chaos.drill.running import run_drill
from seatrial.chaos.undo import UndoLog

SETUPS = (
    ("redis-failover", None),
    ("redis-pause", None),
    ("redis-pause", "no-min-replicas"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1)
    runs = parser.parse_args().runs
    head = f"{'drill':<16}{'set-up':<18}{'acknowledged':>13}{'lost':>7}"
    print(f"{head}{'longest gap ms':>16}{'two leaders ms':>16}")
    for name, wrong in SETUPS:
        reason = DRILLS.get(name).probe()
        for _ in range(0 if reason else runs):
            with tempfile.TemporaryDirectory() as folder:
                seen = run_drill(name, UndoLog(Path(folder)), wrong).data["metrics"]
            print(
                f"{name:<16}{wrong or 'recommended':<18}{seen['acked']:>13}{seen['lost']:>7}"
                f"{seen['longest_gap_ms']:>16}{seen['two_leaders_ms']:>16}",
                flush=True,
            )
        if reason:
            print(f"{name:<16}{wrong or 'recommended':<18} not here: {reason}")


if __name__ == "__main__":
    main()
