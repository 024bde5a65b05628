"""Starting and ending real processes: whatever happens to whom, nothing is left behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.engine.bot.process.programs import CALM, DEAF, DIES, FAMILY, env, launched, logbook, python, until

from seatrial.engine.bot.process.launch import Launched
from seatrial.engine.bot.process.sweep import left_behind, sweep


def said_ready(folder: Path) -> bool:
    """Whether the program has said that it is ready."""
    log = folder / "bot.log"
    return log.is_file() and b"ready" in log.read_bytes()


def test_a_program_ends_when_it_is_asked_to(tmp_path: Path) -> None:
    """The soft way first: a bot that may cancel its orders should."""
    one = launched(CALM, tmp_path, mark="soft")
    until(lambda: said_ready(tmp_path))

    one.stop(10)

    assert (one.poll(), one.exit_code) == (False, -signal.SIGTERM)
    assert left_behind("soft") == []


def test_a_program_that_does_not_listen_is_killed(tmp_path: Path) -> None:
    """The hard way after the grace: a soak must end."""
    one = launched(DEAF, tmp_path, mark="deaf")
    until(lambda: said_ready(tmp_path))

    one.stop(0.2)

    assert one.exit_code == -signal.SIGKILL
    assert left_behind("deaf") == []


def test_daemons_of_the_bot_end_with_it(tmp_path: Path) -> None:
    """A helper in a session of its own would go on trading when the bot is gone."""
    one = launched(FAMILY, tmp_path, mark="family")
    until(lambda: said_ready(tmp_path) and len(left_behind("family")) == 4)

    one.stop(10)

    assert one.swept >= 1
    assert left_behind("family") == []


def test_how_it_ended_is_known(tmp_path: Path) -> None:
    """An exit code is the first thing that its owner asks for."""
    one = launched(DIES, tmp_path)
    until(lambda: not one.poll())

    assert (one.exit_code, one.failure) == (3, None)


def test_a_command_that_is_not_there_says_so(tmp_path: Path) -> None:
    """Not found is the user's to mend, and no crash of the bot."""
    one = Launched(["/no/such/program"], env(), tmp_path, logbook(tmp_path))
    until(lambda: not one.poll())

    assert (one.pid, one.exit_code) == (None, None)
    assert "/no/such/program" in (one.failure or "")


KEEPS = """
import sys, time
sys.path[:0] = {paths!r}
from pathlib import Path
from tests.engine.bot.process.programs import FAMILY, launched, until
one = launched(FAMILY, Path({folder!r}), mark={mark!r})
until(lambda: one.poll() and one.pid)
print(one.warden_pid, flush=True)
while True: time.sleep(0.05)
"""


@pytest.mark.parametrize("victims", ["suite", "warden", "bot"])
def test_nothing_outlives_a_kill(tmp_path: Path, victims: str) -> None:
    """`kill -9` runs no code of ours; what then lives on holds open orders that nobody watches."""
    code = KEEPS.format(
        folder=str(tmp_path), mark=f"kill-{victims}", paths=[path for path in sys.path if path]
    )
    mark = f"kill-{victims}"
    suite = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert suite.stdout is not None
    try:
        warden = int(suite.stdout.readline())
        until(lambda: said_ready(tmp_path) and len(left_behind(mark)) == 4)
        bot = next(pid for pid in left_behind(mark) if _parent(pid) == warden and b"fork" in _words(pid))

        os.kill({"suite": suite.pid, "warden": warden, "bot": bot}[victims], signal.SIGKILL)

        if victims == "warden":
            # Its death takes the bot along; what had become a daemon is the next start's to end.
            until(lambda: bot not in left_behind(mark))
            sweep(mark)
        until(lambda: left_behind(mark) == [])
    finally:
        suite.kill()
        suite.communicate()
        sweep(mark)


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[1])


def _words(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def test_a_bot_hears_the_signals_that_its_warden_does_not(tmp_path: Path) -> None:
    """An ignored signal is inherited: the bot could then never end in good order."""
    code = "import signal\nprint(*[signal.getsignal(n) == signal.SIG_IGN for n in (1, 15)], flush=True)"
    book = logbook(tmp_path)
    one = launched(code, tmp_path, book)
    until(lambda: not one.poll())
    book.finish(10)

    assert (tmp_path / "bot.log").read_text() == "False False\n"


def test_the_bot_gets_no_descriptor_of_ours(tmp_path: Path) -> None:
    """Holding the end of a pipe of ours, it would keep its own warden from noticing our death."""
    book = logbook(tmp_path)
    one = Launched(
        python("import os\nprint(len(os.listdir('/proc/self/fd')), flush=True)"), env(), tmp_path, book
    )
    until(lambda: not one.poll())
    book.finish(10)

    # In, out, err, and the one that lists them.
    assert (tmp_path / "bot.log").read_text() == "4\n"
