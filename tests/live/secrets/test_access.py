"""The access log: nothing lost, torn or unbounded, and without it there is no access."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seatrial.live.secrets.access import AccessLog
from seatrial.model.errors import OutsideError
from seatrial.model.redact import KNOWN


def lines(path: Path) -> list[dict[str, Any]]:
    """The entries of one file."""
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_entries_are_appended_in_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    """Names and places of keys are a map for a thief."""
    log = AccessLog(tmp_path / "deep" / "er" / "access.jsonl")

    log.write({"n": 1})
    log.write({"n": 2})

    assert lines(log.path) == [{"n": 1}, {"n": 2}]
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert log.path.parent.stat().st_mode & 0o777 == 0o700


def test_a_value_never_gets_into_it(tmp_path: Path) -> None:
    """Somebody writes the key into the purpose."""
    KNOWN.learn("wJalrXUtn/FEMI+K7")

    AccessLog(tmp_path / "a").write(
        {"purpose": "to test wJalrXUtn/FEMI+K7", "url": "?k=wJalrXUtn%2FFEMI%2BK7"}
    )

    assert lines(tmp_path / "a") == [{"purpose": "to test [redacted]", "url": "?k=[redacted]"}]


def test_a_line_torn_by_a_kill_costs_that_line_only(tmp_path: Path) -> None:
    """A kill can stop the write after any byte."""
    log = AccessLog(tmp_path / "a")
    log.write({"n": 1})
    log.write({"n": 2})
    whole = log.path.read_bytes()
    for cut in range(len(whole) + 1):
        log.path.write_bytes(whole[:cut])

        log.write({"n": 3})

        rows = log.path.read_bytes().split(b"\n")
        assert rows[-2:] == [b'{"n":3}', b""]
        assert all(row == full for row, full in zip(rows, whole[:cut].splitlines(), strict=False))


def test_it_is_bounded_by_rotation(tmp_path: Path) -> None:
    """A process that reads its key each second must not fill the disk."""
    log = AccessLog(tmp_path / "a", largest_bytes=100, kept=2)

    for number in range(100):
        log.write({"n": number, "pad": "x" * 20})

    files = sorted(path.name for path in tmp_path.iterdir())
    assert files[-2:] == ["a.1", "a.2"]
    assert set(files) <= {"a", "a.1", "a.2"}
    assert all(path.stat().st_size < 140 for path in tmp_path.iterdir())
    assert lines(tmp_path / "a.1")[-1]["n"] > lines(tmp_path / "a.2")[-1]["n"]


_WRITE = """
import sys
from pathlib import Path
from seatrial.live.secrets.access import AccessLog
log = AccessLog(Path(sys.argv[1]), largest_bytes=2_000, kept=50)
for number in range(40):
    log.write({"who": sys.argv[2], "n": number, "pad": "x" * 30})
"""


def test_several_processes_lose_nothing_even_while_it_rotates(tmp_path: Path) -> None:
    """Every bot of a machine writes into one log."""
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITE, str(tmp_path / "a"), str(number)])
        for number in range(4)
    ]

    assert [writer.wait() for writer in writers] == [0] * 4
    entries = [entry for path in tmp_path.iterdir() for entry in lines(path)]
    assert len(list(tmp_path.iterdir())) > 3
    assert sorted((entry["who"], entry["n"]) for entry in entries) == [
        (w, n) for w in "0123" for n in range(40)
    ]


class RotatedUnderIt(AccessLog):
    """A log that another process rotates between our opening it and our lock."""

    def _open(self) -> int:
        descriptor = super()._open()
        if not self._numbered(1).exists():
            self.path.replace(self._numbered(1))
        return descriptor


def test_a_log_that_was_rotated_while_we_waited_is_opened_again(tmp_path: Path) -> None:
    """A line in a file that has moved on is a line in the wrong order, or in a deleted file."""
    RotatedUnderIt(tmp_path / "a").write({"n": 1})

    assert lines(tmp_path / "a") == [{"n": 1}]
    assert lines(tmp_path / "a.1") == []


@pytest.mark.parametrize("obstacle", ["folder", "link", "parent"])
def test_an_access_that_cannot_be_written_down_is_refused(tmp_path: Path, obstacle: str) -> None:
    """Else whoever wants to read keys unseen only has to break the log."""
    path = tmp_path / "log" / "a"
    if obstacle == "parent":
        (tmp_path / "log").write_text("in the way")
    else:
        path.parent.mkdir()
        path.mkdir() if obstacle == "folder" else path.symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OutsideError, match="is refused") as caught:
        AccessLog(path).write({"n": 1})
    assert caught.value.where.file == str(path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_full_disk_is_refused_too(tmp_path: Path) -> None:
    """A log that ends in the middle of a line is no log of that access."""
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\n"
        "from seatrial.live.secrets.access import AccessLog\nfrom seatrial.model.errors import OutsideError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))\n"
        "log = AccessLog(Path(sys.argv[1]))\n"
        "try:\n    for n in range(9): log.write({'n': n, 'pad': 'xxxxxxxx'})\n"
        "except OutsideError as error: sys.exit(error.exit_code)\n"
    )

    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a")], check=False)

    assert done.returncode == 4
    assert os.stat(tmp_path / "a").st_size <= 50  # noqa: PTH116 -- as the limit counts
