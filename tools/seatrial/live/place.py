"""Where things of an account are: its profile, its latch, its folder of records."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from ..config.environment import variables
from ..config.manager import ConfigManager, Resolved
from ..dryrun.asking import DEFAULT_OUT
from ..model.live_settings import LiveSettings
from ..store.clock import utc_now_ns
from .latch import CHANNELS
from .latch.channel import Channel, Place
from .latch.witness import Witness

__all__ = ["DEFAULT_OUT", "Wanted", "open_channel", "resolve", "witnessing"]


@dataclass(frozen=True)
class Wanted:
    """A command's common options."""

    profile: str | None = None
    sets: tuple[str, ...] = ()
    account: str | None = None
    allow_env: bool = False
    seed: int | None = None


def resolve(wanted: Wanted) -> Resolved:
    """Return the configuration that a command means."""
    account = () if wanted.account is None else (f"live.account={wanted.account}",)
    return ConfigManager(variables()).resolve(
        wanted.profile, sets=(*account, *wanted.sets), allow_env=wanted.allow_env, seed=wanted.seed
    )


@contextmanager
def witnessing(settings: LiveSettings, password: str | None = None) -> Iterator[Witness]:
    """Open the account's latch while the block runs."""
    channel = open_channel(settings, password)
    try:
        yield Witness(channel, settings.account, settings.account_folder, utc_now_ns)
    finally:
        channel.close()


def open_channel(settings: LiveSettings, password: str | None = None) -> Channel:
    """Return the channel of an account's latch."""
    place = Place(settings.account, settings.account_folder, settings.latch, password)
    return CHANNELS.get(settings.latch.channel)(place)
