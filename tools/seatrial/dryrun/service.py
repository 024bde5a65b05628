"""
A run whose bot comes in over the wire: the served exchange, and the record that it leaves.

The exchange is the session of the run; what is different is who keeps time. The windows of the
run are summed up as market time passes them, and the run ends when it is told to.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import orjson

from ..model.atomic import write_json
from ..model.errors import UsageError
from ..model.outcome import Outcome
from ..model.profile import MarketSettings, Profile
from ..store.clock import utc_now_ns
from ..store.journal import Journal
from ..store.lock import held
from ..store.manifest import read_manifest
from .asking import Ask
from .conclude import rejudge
from .drive import start, stop, sum_up
from .ending import ended, failing
from .escort import Escort
from .prepare import prepare
from .seams import Cast, Seams, Session
from .voyage import Voyage
from .window import Phase, Window

if TYPE_CHECKING:
    from ..engine.served.exchange import Exchange
    from ..engine.served.tls import Authority
    from ..engine.served.venue import Venue
    from ..market.feed import Feed

SYNC_NS = 1_000_000_000


@dataclass(frozen=True)
class Service:
    """How the exchange is served; an empty key lets nobody trade."""

    host: str = "127.0.0.1"
    port: int = 0
    speed: float = 1.0
    api_key: str = ""
    api_secret: str = ""
    tls: bool = False


class Endless(Escort):
    """A run without a planned end: one window after the other until it is stopped."""

    def phases(self, profile: Profile) -> Sequence[Phase]:
        """Return the one window that is sure to begin."""
        return ("steady",)


def serve(ask: Ask, service: Service, *, ready: Callable[[str], None], seams: Seams | None = None) -> Outcome:
    """Serve the simulated exchange until SIGTERM, and seal the record it leaves."""
    if bool(service.api_key) != bool(service.api_secret):
        raise UsageError("a key without a secret opens nothing", fix="give both --api-key and --api-secret")
    if find_spec("httptools") is None:
        raise UsageError("the served exchange needs httptools", fix="pip install 'seatrial[serve]'")
    from ..engine.served.server import Place, Server, bind

    authority = _authority(service)
    place = Place(bind(service.host, service.port), service.host, authority)
    seams = seams or Seams()
    seams = replace(seams, session=_venue, open_feed=_endless(seams), check=_checked(seams))
    berth = prepare(ask, Endless(), seams)
    record = berth.record
    with (
        held(record.lock),
        failing(record),
        Journal.create(record.journal, berth.manifest.run_id) as journal,
    ):
        watch = Watch(Voyage(berth, journal, seams))
        exchange = watch.open(service)
        told: dict[str, Any] = {}

        def announce(addresses: dict[str, Any]) -> None:
            told.update({**addresses, "record": str(record.path)})
            if authority is not None:
                told["ca"] = _certificate(authority, record.path)
            ready(orjson.dumps(told).decode())

        Server(exchange, place, watch.tick).run(announce)
        watch.close()
    return _sealed(watch, told)


class Watch:
    """Keeps the record of a served exchange: windows, heartbeat, and a journal that is on the disk."""

    def __init__(self, voyage: Voyage) -> None:
        self.voyage = voyage
        # The session that `_venue` made; of a session's verbs it has those that a run over the wire needs.
        self.venue = cast("Venue", voyage.session)
        self._escort = Endless()
        self._window = Window(0, "steady", voyage.plan.start_ns, voyage.plan.start_ns + voyage.plan.window_ns)
        self._done = (0, 0, 0)
        self._synced_ns = 0

    def open(self, service: Service) -> "Exchange":
        """Begin the record and the market; return the exchange that is to be served."""
        from ..engine.served.clock import Clocks, VenueClock
        from ..engine.served.exchange import Exchange
        from ..engine.served.signing import Keys

        voyage, seams = self.voyage, self.voyage.seams
        self.venue.play(voyage.feed)
        start(voyage, self._escort)
        # Signatures are checked against the wall itself: a frozen clock would refuse every client.
        clock = VenueClock(Clocks(utc_now_ns, seams.monotonic_ns), speed=service.speed)
        keys = Keys(service.api_key, service.api_secret)
        exchange = Exchange(self.venue, clock, keys, voyage.profile, voyage.profile.seed)
        exchange.boundary = self.boundary
        voyage.scribe.emit(self.venue.now_ns, "heartbeat", {"iteration": 0, "speed": service.speed})
        voyage.beat(now=True)
        return exchange

    def boundary(self, until_ns: int) -> int:
        """Sum up the windows that are over; return how far the market may go before the next one is."""
        while self.venue.now_ns >= self._window.until_ns:
            self._sum_up(self._window.until_ns)
        return min(until_ns, self._window.until_ns)

    def tick(self) -> None:
        """Show that the run is alive; what was journalled a second ago is on the disk."""
        self.voyage.now_ns = self.venue.now_ns
        self.voyage.beat()
        now_ns = self.voyage.seams.monotonic_ns()
        if now_ns - self._synced_ns >= SYNC_NS:
            self._synced_ns = now_ns
            self.voyage.journal.sync()

    def close(self) -> None:
        """Sum up the window under way and end the run."""
        voyage = self.voyage
        voyage.now_ns = self.venue.now_ns
        if voyage.now_ns > self._window.from_ns:
            self._sum_up(voyage.now_ns)
        stop(voyage, "plan")
        voyage.journal.close()
        ended(voyage, "plan")

    def _sum_up(self, until_ns: int) -> None:
        voyage, window = self.voyage, self._window
        voyage.now_ns = until_ns
        sum_up(voyage, self._escort, window, self._done)
        counts = self.venue.counts
        self._done = (counts.fills, counts.decisions, counts.events)
        length_ns = voyage.plan.window_ns
        self._window = Window(window.index + 1, "steady", until_ns, until_ns + length_ns)
        voyage.scribe.emit(until_ns, "heartbeat", {"iteration": self._window.index})


def _sealed(watch: Watch, told: dict[str, Any]) -> Outcome:
    """Judge the record, write what was found beside it, and return what there is to say."""
    record = watch.voyage.record
    manifest = read_manifest(record.manifest)
    judged = rejudge(record, manifest, watch.voyage.seams)
    verdict = judged.verdict.verdict
    write_json(record.manifest, manifest.model_copy(update={"verdict": verdict, "exit_code": 0}))
    counts = watch.venue.counts
    return Outcome(
        name="exchange.serve",
        data={**told, "orders": counts.orders, "fills": counts.fills, "judged": verdict.value},
        lines=(f"served {counts.orders} orders, {counts.fills} fills", f"{verdict.value}  {record.report}"),
    )


def _venue(who: Cast) -> Session:
    from ..engine.served.venue import Venue

    venue = Venue(who.profile, who.instruments, who.emit, seed=who.seed, fast=who.fast)
    return cast("Session", venue)


def _endless(seams: Seams) -> Callable[[MarketSettings, int, int], "Feed"]:
    """Return what opens a feed that goes on after its recording, where the profile allows it."""

    def opened(settings: MarketSettings, seed: int, needed_ns: int) -> "Feed":
        feed = seams.open_feed(settings, seed, 1)
        if feed.end_ns is None or not settings.resample:
            return feed
        return seams.open_feed(settings, seed, max(needed_ns, feed.end_ns - feed.start_ns + 1))

    return opened


def _checked(seams: Seams) -> Callable[[Profile], None]:
    """Return a check that also refuses faults which do not exist, while there is no record yet."""

    def check(profile: Profile) -> None:
        from ..engine.served.wire_faults import must_exist

        seams.check(profile)
        for at, each in enumerate(profile.exchange.faults.schedule):
            must_exist(each.fault, f"exchange.faults.schedule[{at}].fault")

    return check


def _authority(service: Service) -> "Authority | None":
    if not service.tls:
        return None
    from ..engine.served.tls import authority

    return authority(service.host)


def _certificate(authority: "Authority", folder: Path) -> str:
    from ..engine.served.tls import write_certificate

    return str(write_certificate(authority, folder))
