"""
What the latch says, who has answered it, and who is there to answer.

The latch is written by people's commands only, an acknowledgement by its instance only: no two
writers ever meet, so nobody's save can undo a stop.
"""

import os
import platform
from typing import Literal

from ...model.config import Config, Count

MISSING = "the latch is gone"
BACKWARDS = "the latch went back to an earlier state"


class Entry(Config):
    """One call to stop: when, why, by whom (user@host pid), of what."""

    set_at_ns: int
    reason: str
    by: str
    scope: str = "account"
    seq: Count


class Cleared(Config):
    """The last clearing: when, by whom, and the reason that was echoed."""

    cleared_at_ns: int
    by: str
    reason: str
    seq: Count


class Latch(Config):
    """The latch of one account: set while it has an entry; the first entry's reason is the reason."""

    schema_version: Literal[1] = 1
    account: str
    seq: Count = 0
    entries: tuple[Entry, ...] = ()
    cleared: Cleared | None = None
    damage: str | None = None

    @property
    def is_set(self) -> bool:
        """Return whether trading has to stop; a latch that cannot be read is set."""
        return bool(self.entries) or self.damage is not None

    @property
    def reason(self) -> str | None:
        """Return why it is set: the first reason given, which has to be echoed to clear it."""
        return self.entries[0].reason if self.entries else self.damage


class Ack(Config):
    """
    An instance's answer to the latch's state `seq`.

    `open_orders_confirmed` is what the venue's last complete snapshot showed: None until there was
    one, and 0 with `confirmed_at_ns` once zero is confirmed.
    """

    instance: str
    pid: int
    boot_id: str
    host: str
    seq: Count
    acked_at_ns: int
    open_orders_confirmed: Count | None = None
    confirmed_at_ns: int | None = None

    @property
    def confirms(self) -> bool:
        """Return whether the venue confirmed zero open orders."""
        return self.open_orders_confirmed == 0 and self.confirmed_at_ns is not None


class Presence(Config):
    """A running instance: who has to acknowledge."""

    instance: str
    account: str
    symbols: tuple[str, ...]
    pid: int
    pid_started_ns: int
    boot_id: str
    host: str
    record: str
    since_ns: int


def author() -> str:
    """Return who is at work here: user@host pid."""
    return f"{_user()}@{platform.node()} pid {os.getpid()}"


def _user() -> str:
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
