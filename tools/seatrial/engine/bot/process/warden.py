"""
The warden: a small program between us and the bot, so that nothing of the bot outlives us.

A `kill -9` of the suite cannot run any code of the suite. The warden can: it holds the reading end
of a pipe whose other end dies with us, adopts every descendant of the bot (also those that made
themselves daemons), and kills them all when the pipe closes, when it is told to, or when the bot
itself has ended. It is run as a file of its own and imports nothing of the package.

It is told `term` or `kill`, a line each, on its control pipe, and tells one JSON line per fact on
its report pipe: {"started": pid}, {"failed": "..."}, {"exited": code} (negative: a signal),
{"swept": count}.
"""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_STRAY = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_EVERY_S = 0.05
_SWEEPS = 200


def main(argv: list[str]) -> None:
    """Run `argv[2:]` as the bot; `argv[0]` and `argv[1]` are the control and the report descriptor."""
    control, report, command = int(argv[0]), int(argv[1]), argv[2:]
    for number in _STRAY:
        # Whoever wants the bot gone tells us through the pipe; a stray signal must not leave it alone.
        signal.signal(number, signal.SIG_IGN)
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    try:
        # The warden has one thread, so code between fork and exec is safe.
        bot = subprocess.Popen(  # noqa: S603 -- the command is the profile's
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_become_bot,  # noqa: PLW1509
        )
    except OSError as error:
        _tell(report, {"failed": f"{command[0]}: {error.strerror}"})
        return
    _tell(report, {"started": bot.pid})
    # The bot alone writes to the log: with our copies closed, its end is the end of the log.
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 1)
    os.dup2(null, 2)
    code = _watch(bot, control)
    _tell(report, {"swept": _sweep(bot.pid)})
    _tell(report, {"exited": code})


def _watch(bot: "subprocess.Popen[bytes]", control: int) -> int | None:
    """Wait for the bot's end, doing what the control pipe says; None when it had to be left to the sweep."""
    while True:
        _reap(bot.pid)
        code = bot.poll()
        if code is not None:
            return code
        ready, _, _ = select.select([control], [], [], _LOOK_EVERY_S)
        if not ready:
            continue
        words = os.read(control, 4_096)
        if b"term" in words:
            _signal_group(bot.pid, signal.SIGTERM)
        if b"kill" in words or not words:
            _signal_group(bot.pid, signal.SIGKILL)
            bot.kill()
            return bot.wait()


def _sweep(bot_pid: int) -> int:
    """Kill every descendant that is left; return how many there were."""
    swept: set[int] = set()
    _signal_group(bot_pid, signal.SIGKILL)
    for _ in range(_SWEEPS):
        _reap(None)
        left = descendants(os.getpid())
        if not left:
            break
        for pid in left:
            swept.add(pid)
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                continue
        time.sleep(_LOOK_EVERY_S)
    return len(swept)


def descendants(root: int) -> set[int]:
    """Return the pids below a process that are not zombies."""
    parents: dict[int, int] = {}
    for name in os.listdir("/proc"):  # noqa: PTH208 -- names are all that is wanted
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    state, parent = file.read().rpartition(b")")[2].split()[:2]
            except OSError:
                continue
            if state != b"Z":
                parents[int(name)] = int(parent)
    found: set[int] = set()
    grown = {root}
    while grown:
        grown = {pid for pid, parent in parents.items() if parent in grown and pid not in found}
        found |= grown
    return found


def _reap(keep: int | None) -> None:
    """Collect adopted children that have ended; `keep` is collected by its own waiter."""
    while True:
        try:
            info = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if info is None or info.si_pid == keep:
            return
        try:
            os.waitpid(info.si_pid, os.WNOHANG)
        except ChildProcessError:
            return


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except OSError:
        return


def _become_bot() -> None:
    """Between fork and exec: die with the warden, and hear the signals that it does not."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in _STRAY:
        signal.signal(number, signal.SIG_DFL)


def _prctl(option: int, value: int) -> None:
    try:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (AttributeError, OSError):
        return


def _tell(report: int, fact: dict[str, object]) -> None:
    try:
        os.write(report, json.dumps(fact).encode() + b"\n")
    except OSError:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
