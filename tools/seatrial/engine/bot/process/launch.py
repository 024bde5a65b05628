"""
One start of a bot: its warden, its pipes, and how it ended.

The command line is started without a shell, in a session of its own; what it prints goes to the
logbook. Telling it to stop and learning that it has are the two ends of two pipes.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from ....model.errors import OutsideError
from . import warden
from .logbook import Logbook


class Launched:
    """A bot that was started; `pid` is None until the warden has said it."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path, logbook: Logbook) -> None:
        control_read, self._control = os.pipe()
        self._report, report_write = os.pipe()
        log_read, log_write = os.pipe()
        words = [sys.executable, "-I", "-S", warden.__file__, str(control_read), str(report_write), *command]
        try:
            self._warden = subprocess.Popen(  # noqa: S603 -- the command is the profile's, and no shell
                words,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log_write,
                stderr=log_write,
                pass_fds=(control_read, report_write),
                start_new_session=True,
            )
        except OSError as error:
            for descriptor in (self._control, self._report, log_read):
                os.close(descriptor)
            raise OutsideError(f"the bot cannot be started: {error.strerror}") from error
        finally:
            for descriptor in (control_read, report_write, log_write):
                os.close(descriptor)
        os.set_blocking(self._report, False)
        logbook.follow(log_read)
        self._held = b""
        self._closed = False
        self.pid: int | None = None
        self.exit_code: int | None = None
        self.failure: str | None = None
        self.swept = 0

    @property
    def warden_pid(self) -> int:
        """Return the pid of the process between us and the bot."""
        return self._warden.pid

    def poll(self) -> bool:
        """Take in what the warden tells; return whether the bot may still be there."""
        if self._closed:
            return False
        over = self._read()
        if over or self._warden.poll() is not None:
            self._read()
            self._warden.wait()
            self._close()
        return not self._closed

    def term(self) -> None:
        """Ask it to end."""
        self._say(b"term\n")

    def kill(self) -> None:
        """End it and everything that it started, now."""
        self._say(b"kill\n")

    def wait(self, patience_s: float) -> bool:
        """Wait until it is gone with all that it started; return whether it is."""
        try:
            self._warden.wait(patience_s)
        except subprocess.TimeoutExpired:
            return False
        self.poll()
        return True

    def stop(self, grace_s: float) -> None:
        """End it in good order: SIGTERM, and SIGKILL after the grace."""
        if not self.poll():
            return
        self.term()
        if not self.wait(grace_s):
            self.kill()
            if not self.wait(grace_s + 10):
                raise OutsideError("the bot's warden does not end", fix=f"kill {self._warden.pid}")

    def _read(self) -> bool:
        """Read the report pipe; return whether it has ended."""
        while True:
            try:
                piece = os.read(self._report, 4_096)
            except BlockingIOError:
                return False
            if not piece:
                return True
            *lines, self._held = (self._held + piece).split(b"\n")
            for line in lines:
                self._take(json.loads(line))

    def _take(self, fact: Mapping[str, object]) -> None:
        for name, value in fact.items():
            if name == "started" and isinstance(value, int):
                self.pid = value
            elif name == "exited" and isinstance(value, int):
                self.exit_code = value
            elif name == "swept" and isinstance(value, int):
                self.swept = value
            elif name == "failed":
                self.failure = str(value)

    def _say(self, words: bytes) -> None:
        if self._closed:
            return
        try:
            os.write(self._control, words)
        except OSError:
            return

    def _close(self) -> None:
        self._closed = True
        for descriptor in (self._control, self._report):
            os.close(descriptor)
