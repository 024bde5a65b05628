"""What a process tree costs, measured on real ones."""

from pathlib import Path

import psutil
import pytest
from tests.engine.bot.process.programs import CALM, FAMILY, launched, until

from seatrial.engine.bot.process.tree import TreeMeter, pss_bytes

SPENDS = """
import subprocess, sys
burn = "import time\\nend = time.process_time() + 0.4\\nwhile time.process_time() < end: pass"
subprocess.run([sys.executable, "-c", burn])
print("ready", flush=True)
import time
while True: time.sleep(0.05)
"""


def test_children_and_daemons_count_in(tmp_path: Path) -> None:
    """A leak in a helper process is a leak of the bot."""
    one = launched(FAMILY, tmp_path)
    until(lambda: one.poll() and one.pid and (tmp_path / "bot.log").is_file())
    alone, whole = TreeMeter(), TreeMeter()

    root = alone.sample(one.pid or 0)
    family = whole.sample(one.warden_pid)
    one.stop(10)

    assert root is not None
    assert family is not None
    assert (family["children"] or 0) >= 3
    assert (family["rss_bytes"] or 0) > (root["rss_bytes"] or 0) > 1_000_000
    assert (family["pss_bytes"] or 0) < (family["rss_bytes"] or 0)
    assert (family["fds"] or 0) >= 3
    assert (family["threads"] or 0) >= 3


def test_what_the_dead_have_spent_stays_spent(tmp_path: Path) -> None:
    """A bot that works in short-lived children would look as if it did nothing."""
    meter, one = TreeMeter(), launched(SPENDS, tmp_path)
    spent: list[float] = []

    def measure() -> bool:
        sample = meter.sample(one.pid) if one.poll() and one.pid else None
        spent.append(sample["cpu_s"] or 0 if sample else spent[-1] if spent else 0.0)
        return (tmp_path / "bot.log").is_file()

    until(measure)
    measure()
    one.stop(10)

    assert spent == sorted(spent)
    assert spent[-1] > 0.2


def test_a_process_that_is_gone_is_none(tmp_path: Path) -> None:
    """Gone is not the same as costing nothing."""
    one = launched(CALM, tmp_path)
    until(lambda: one.poll() and one.pid)
    pid = one.pid or 0
    one.stop(10)

    assert TreeMeter().sample(pid) is None
    assert pss_bytes(pid) is None


def test_our_own_proportional_memory_is_no_more_than_the_resident() -> None:
    """The measure itself, against the library's."""
    own = psutil.Process()

    assert pss_bytes(own.pid) == pytest.approx(own.memory_full_info().pss, rel=0.05)
