"""Finding what an earlier start left behind, and nothing else."""

from pathlib import Path

import psutil
from tests.engine.bot.process.programs import CALM, launched, until

from seatrial.engine.bot.process.sweep import left_behind, sweep
from seatrial.engine.bot.process.tree import Identity


def test_only_what_carries_the_mark_is_ended(tmp_path: Path) -> None:
    """The bot of another soak, or a stranger who got the pid, must live."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    ours, theirs = launched(CALM, tmp_path / "a", mark="ours"), launched(CALM, tmp_path / "b", mark="theirs")
    until(lambda: ours.poll() and ours.pid and theirs.poll() and theirs.pid)

    swept = sweep("ours")

    until(lambda: not ours.poll())
    assert len(swept) >= 1
    assert left_behind("ours") == []
    assert theirs.poll()
    theirs.stop(10)


def test_a_pid_is_believed_only_with_its_start() -> None:
    """Pids come round again: the one that was written down may be somebody else's by now."""
    own = psutil.Process()
    real = Identity(own.pid, own.create_time())

    assert left_behind("nobody", [real]) == [own.pid]
    assert left_behind("nobody", [Identity(own.pid, own.create_time() - 60)]) == []
    assert left_behind("nobody", [Identity(2**22 + 1, 0.0)]) == []
