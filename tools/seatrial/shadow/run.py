"""
A shadow run: the bot on live data, its orders recorded and filled on paper, none of them sent.

It is a dry run in everything but its market: the same execution core, desk, journal and judge, and
the matching kernel with its queue. What is different is who keeps time. There is no account here,
no key, and no code that could place an order at a venue.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path

from ..dryrun.asking import Ask, resolve
from ..dryrun.dataset import dataset_folder
from ..dryrun.duration import seconds
from ..dryrun.run import run as dry_run
from ..dryrun.seams import Cast, Seams, Session
from ..engine.bot.loading import load_bot
from ..engine.venue.ccxt_public import PublicData, open_public
from ..market.feed import Feed
from ..model.errors import OutsideError, RefusedError, UsageError, Where
from ..model.live_settings import VenueSettings
from ..model.outcome import Outcome
from ..model.profile import FaultSettings, MarketSettings, Profile
from ..model.shadow_decision import DataMode
from ..store.lock import held, holder_pid
from .decisions import DecisionLog
from .escort import ShadowEscort
from .live_feed import LiveFeed
from .paced import PacedFeed

Opener = Callable[[VenueSettings, Sequence[str]], PublicData]
_NS_PER_S = 10**9


@dataclass(frozen=True)
class ShadowAsk:
    """A shadow run as it was asked for; with data it replays them at `speed`, else it looks at the venue."""

    ask: Ask
    length: str | None = None
    speed: float = 1.0


def run(
    wanted: ShadowAsk,
    *,
    seams: Seams | None = None,
    open_: Opener = open_public,
    pause: Callable[[float], object] | None = None,
) -> Outcome:
    """Run a bot in the shadow of a market until the plan is done; judge the record."""
    seams = seams or Seams()
    ask = planned(wanted, seams)
    profile = resolve(ask).profile
    live = profile.market.feed == "venue"
    _refuse_what_is_no_shadow(profile)
    with ExitStack() as stack:
        _seat(stack, profile, ask.folder, live=live)
        log = DecisionLog("SHADOW_LIVE" if live else "SHADOW_REPLAY")
        stack.callback(log.close)

        def opened(settings: MarketSettings, seed: int, _needed_ns: int) -> Feed:
            if not live:
                # A recording is never stretched: resampled time would be no shadow of anything.
                feed = seams.open_feed(settings, seed, 1)
                log.data_mode = _mode_of(feed)
                return PacedFeed(feed, wanted.speed, seams.monotonic_ns, pause)
            data = open_(profile.live.venue, profile.market.symbols)
            watching = _watching(data, profile, seams, log, pause)
            stack.callback(watching.close)
            return watching

        def session(cast: Cast) -> Session:
            return seams.session(replace(cast, emit=log.hearing(cast.emit)))

        doors = replace(seams, open_feed=opened, session=session)
        return dry_run(ask, escort=ShadowEscort(log), seams=doors)


def planned(wanted: ShadowAsk, seams: Seams) -> Ask:
    """Return what was asked for with its market and its windows: equal ones that make up the length."""
    ask = wanted.ask
    profile = resolve(ask).profile
    settings = profile.market
    replays = settings.feed == "dataset" or (ask.data is not None)
    if not replays:
        ask = replace(ask, sets=("market.feed=venue", *ask.sets))
        if not settings.symbols:
            raise UsageError(
                "the profile names no symbols to look at",
                where=Where(field="market.symbols"),
                fix="name them as the venue does, such as BTCUSDT, or give --data",
            )
    length_s = None if wanted.length is None else seconds(wanted.length)
    if replays:
        recorded_s = _recorded_s(ask, profile, seams)
        length_s = recorded_s if length_s is None else min(length_s, recorded_s)
    if length_s is None:
        return ask
    window_s = profile.soak.window_s
    count = max(1, ceil(length_s / window_s - 1e-9))
    return replace(
        ask,
        window=None,
        sets=(
            *ask.sets,
            f"soak.window_s={length_s / count!r}",
            f"soak.iterations={count}",
            "soak.warmup_iterations=0",
            "soak.rampdown_iterations=0",
        ),
    )


def _recorded_s(ask: Ask, profile: Profile, seams: Seams) -> float:
    folder = dataset_folder(Path(str(profile.market.data)), ask.folder)
    settings = profile.market.model_copy(update={"data": str(folder)})
    feed = seams.open_feed(settings, profile.seed, 1)
    if feed.end_ns is None:
        raise UsageError("this market has no end", where=Where(field="market.feed"), fix="give --for")
    return (feed.end_ns - feed.start_ns) / _NS_PER_S


def _watching(
    data: PublicData,
    profile: Profile,
    seams: Seams,
    log: DecisionLog,
    pause: Callable[[float], object] | None,
) -> LiveFeed:
    out_ns = round(profile.exchange.latency.out_ms * 1e6)
    try:
        return LiveFeed(data, profile, seams.utc_now_ns, lambda: log.newest_order_ns + out_ns, pause)
    except BaseException:
        data.close()
        raise


def _refuse_what_is_no_shadow(profile: Profile) -> None:
    if load_bot(profile.bot.entry, dict(profile.bot.params)).kernel:
        raise UsageError(
            f"the bot {profile.bot.entry!r} is compiled with the exchange: its orders pass no limits",
            where=Where(field="bot.entry"),
            fix="use a Strategy whose callbacks are Python",
        )
    if profile.exchange.faults != FaultSettings():
        raise UsageError(
            "a shadow run injects no faults, and exchange.faults names some",
            where=Where(field="exchange.faults"),
            fix="use `seatrial dryrun run`, or leave the faults out",
        )


def _seat(stack: ExitStack, profile: Profile, out: Path, *, live: bool) -> None:
    """Hold the account's seat among the records, and on this machine where a venue is looked at."""
    account = profile.live.account
    places = [out / "shadow" / f".{account}.lock"]
    if live:
        places.append(profile.live.account_folder / "shadow.lock")
    for place in places:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutsideError(f"cannot make a folder: {error.strerror}", where=Where(str(place))) from error
        try:
            stack.enter_context(held(place))
        except RefusedError as error:
            raise RefusedError(
                f"another shadow run of the account {account} is under way: pid {holder_pid(place)}",
                where=Where(str(place)),
                fix="stop it first, or give this one an account of its own with --account",
            ) from error


def _mode_of(feed: Feed) -> DataMode:
    return "SHADOW_REPLAY" if feed.provenance.kind in {"recorded", "live"} else "SYNTHETIC"
