"""
The port of a channel: a place outside the bot's process that holds one account's latch.

Reading answers a state, None when there has never been one, or `ChannelError`. A state that
is there and cannot be understood is no error: it is a latch with `damage`, and so it is set.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from ...model.errors import OutsideError
from ...model.live_settings import LatchSettings
from .state import Ack, Latch, Presence

Change = Callable[[Latch | None], Latch]


class ChannelError(OutsideError):
    """The place of the latch did not answer; nothing is known from it."""


@dataclass(frozen=True)
class Place:
    """What a kind of channel is opened with."""

    account: str
    folder: Path
    settings: LatchSettings
    password: str | None = None


class Channel(Protocol):
    """One account's latch, its acknowledgements and the instances that have to give them."""

    where: str

    def read(self) -> Latch | None:
        """Return the state, None when there is none."""

    def change(self, change: Change) -> Latch:
        """Replace the state by what `change` makes of it, durably and with no other writer between."""

    def acknowledge(self, ack: Ack) -> None:
        """Put down an instance's answer, in the place of its last one."""

    def acks(self) -> tuple[Ack, ...]:
        """Return the last answer of each instance."""

    def present(self, presence: Presence) -> AbstractContextManager[None]:
        """Be known as running while the block runs."""

    def running(self) -> tuple[Presence, ...]:
        """Return the instances that run, as far as this place can tell."""

    def close(self) -> None:
        """Let go of the connection."""


Kind = Callable[[Place], Channel]


def understood(data: bytes | str, account: str) -> Latch:
    """Return the state that `data` hold; what cannot be understood is damage, and therefore set."""
    try:
        latch = Latch.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return Latch(account=account, damage=f"the latch cannot be read: {first['msg']}")
    if latch.account != account:
        return Latch(account=account, damage=f"the latch is that of the account {latch.account}")
    return latch
