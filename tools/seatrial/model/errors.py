"""
What can go wrong, by who has to act; the branch decides the exit code.

    SeatrialError
    ├── UsageError        exit 2   the person at the keyboard: options, profile, input files
    │   └── InputError    exit 2   a file that cannot be read as what it claims to be
    ├── OutsideError      exit 4   something around us: venue, bot, service, disk
    ├── RefusedError      exit 5   another instance holds the lock, or a latch is set
    ├── StoppedError      exit 130 nobody: the person pressed Ctrl-C
    └── BugError          exit 70  us

A failed gate is a verdict, not an error. Not enough evidence is a verdict too (UNKNOWN, exit 3).
"""

from dataclasses import dataclass

from .redact import KNOWN


@dataclass(frozen=True)
class Where:
    """The place in somebody's file that an error speaks of; line counts from 1."""

    file: str | None = None
    line: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        """Return `file:line: field`, leaving out what is not known."""
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        return ": ".join(part for part in (place, self.field) if part)


class SeatrialError(Exception):
    """An error with facts: what happened, where, and what would mend it."""

    exit_code = 70

    def __init__(self, message: str, *, where: Where | None = None, fix: str | None = None) -> None:
        # An error travels further than any log: into reports, alerts and public threads.
        self.message, self.where, self.fix = KNOWN.text(message), where or Where(), fix
        super().__init__(self.line)

    @property
    def line(self) -> str:
        """Return the whole error in one line: place, fact, fix."""
        place = str(self.where)
        text = f"{place}: {self.message}" if place else self.message
        return KNOWN.text(" ".join((f"{text} ({self.fix})" if self.fix else text).split()))


class UsageError(SeatrialError):
    """An option, a profile or a combination of them that makes no sense."""

    exit_code = 2


class InputError(UsageError):
    """A file that is missing, unreadable or not what it claims to be."""


class OutsideError(SeatrialError):
    """A venue, a bot, a service or the disk let us down."""

    exit_code = 4


class RefusedError(SeatrialError):
    """Another instance holds the lock, or a latch is set."""

    exit_code = 5


class StoppedError(SeatrialError):
    """Somebody pressed Ctrl-C before there was anything to conclude."""

    exit_code = 130


class BugError(SeatrialError):
    """Our own mistake: an invariant of this program does not hold."""

    exit_code = 70
