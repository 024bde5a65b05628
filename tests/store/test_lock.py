"""One writer per record, also after crashes."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.model.errors import OutsideError, RefusedError
from seatrial.store.lock import held, holder_pid

_HOLD = """
import sys
from pathlib import Path
from seatrial.store.lock import held
with held(Path(sys.argv[1])):
    sys.stdout.write("held"); sys.stdout.flush()
    sys.stdin.read()
"""


def test_a_second_instance_is_refused_and_the_first_is_named(tmp_path: Path) -> None:
    """Two writers would interleave their lines; the pid says whom to ask."""
    path = tmp_path / "lock"
    other = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.read(4)
    try:
        with pytest.raises(RefusedError, match=f"pid {other.pid}") as caught, held(path):
            pass
        assert caught.value.exit_code == 5
        assert holder_pid(path) == other.pid
    finally:
        other.send_signal(signal.SIGKILL)
        other.communicate()

    with held(path):
        assert path.read_text() == f"{os.getpid()}\n"
    assert holder_pid(path) is None


def test_the_lock_is_free_again_after_an_error(tmp_path: Path) -> None:
    """A run that failed must be resumable at once."""
    with pytest.raises(ValueError, match="boom"), held(tmp_path / "lock"):
        raise ValueError("boom")

    with held(tmp_path / "lock"):
        pass


def test_a_lock_that_was_never_taken_has_no_holder(tmp_path: Path) -> None:
    """`soak status` of a finished record must not say that somebody is at work."""
    assert holder_pid(tmp_path / "lock") is None


def test_a_folder_that_is_not_there_is_an_outside_error(tmp_path: Path) -> None:
    """One clear line instead of a traceback."""
    with pytest.raises(OutsideError, match="cannot lock"), held(tmp_path / "no" / "lock"):
        pass
