"""
A live run, from the profile to the sealed record.

Permission, seat, latch, books, then trading; and at the end, however it comes, nothing rests at the
venue. Whatever refuses does so before there is a record, so a refusal leaves nothing behind.
"""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import Any

from ..config.manager import Resolved
from ..dryrun.conclude import conclude
from ..dryrun.ending import failing
from ..dryrun.interrupt import Interrupt, listening
from ..dryrun.scribe import Scribe
from ..dryrun.seams import Seams
from ..engine.bot.loading import load_bot
from ..engine.bot.strategy import Strategy
from ..engine.collector import calm
from ..engine.execution.core import Execution
from ..engine.execution.evidence import Evidence
from ..engine.execution.rates import rates_of
from ..engine.execution.reconcile import Reconciler
from ..engine.execution.recovery import DurableLog
from ..engine.execution.risk.monitor import RiskMonitor
from ..engine.venue import VENUES
from ..engine.venue.access import Access
from ..engine.venue.port import Venue
from ..engine.venue_gateway import VenueGateway
from ..engine.venue_scribe import VenueScribe
from ..engine.venue_view import VenueView
from ..model.artifact import Provenance
from ..model.atomic import json_bytes, write_json
from ..model.errors import RefusedError, UsageError, Where
from ..model.outcome import Outcome
from ..model.profile import Profile
from ..store.clock import stamp
from ..store.heartbeat import Pulse, boot_id, started_ns
from ..store.journal import Journal
from ..store.lock import held
from ..store.manifest import ConfigFacts, Intent, build_manifest, read_manifest, surroundings
from ..store.record import MANIFEST, Record, create_record, free_run_id
from .ashore import Ended, bring_ashore, not_confirmed
from .books import Books, opened
from .deck import Deck, Plan, beat, sail
from .gate import Gate
from .keys import latch_password, venue_keys
from .kill import KillSwitch, Rigging
from .latch.state import Presence
from .latch.witness import Witness
from .outset import agreed, watched
from .permission import access_to, permit, symbols_of
from .place import DEFAULT_OUT, Wanted, resolve, witnessing
from .poller import Poller
from .restart import refuse_if_stopped
from .session import Crew, LiveSession
from .single import seated
from .steady import SteadyClock

MODE = "live"
SAMPLE_MS = 10_000.0


@dataclass(frozen=True)
class LiveAsk:
    """A live run as it was asked for."""

    wanted: Wanted
    out: Path | None = None
    duration_s: float | None = None
    confirmed: bool = False
    strict: bool = False
    command: tuple[str, ...] = ()


def open_venue(access: Access) -> Venue:
    """Open the account with the adapter of the registry."""
    return VENUES.get("ccxt")(access)


def run(
    ask: LiveAsk, *, seams: Seams | None = None, open_: Callable[[Access], Venue] = open_venue
) -> Outcome:
    """Trade with real orders until the plan is done or somebody asks for the end; judge the record."""
    seams = seams or Seams()
    resolved = resolve(ask.wanted)
    profile = resolved.profile
    real_money = permit(resolved, confirmed=ask.confirmed)
    symbols, bot = symbols_of(profile), _bot(profile)
    seams.check(profile)
    with ExitStack() as stack:
        interrupt = stack.enter_context(listening())
        presence = _presence(ask, resolved, seams, symbols)
        stack.enter_context(seated(profile.live.account_folder, presence))
        witness = stack.enter_context(witnessing(profile.live, latch_password(profile)))
        # Keys are asked for by whoever has the seat, so that the access log names nobody else.
        venue = open_(access_to(profile, venue_keys(profile), real_money=real_money))
        stack.callback(venue.close)
        refuse_if_stopped(witness, venue, presence, profile.live)
        instruments = venue.instruments(symbols)
        now_ns = seams.utc_now_ns()
        books = stack.enter_context(opened(profile, venue, instruments, presence.instance, now_ns))
        voyage = Voyage(ask, resolved, presence, Opened(seams, venue, witness, books, bot))
        return voyage.make(interrupt)


@dataclass(frozen=True)
class Opened:
    """What a run works with, once it has the seat."""

    seams: Seams
    venue: Venue
    witness: Witness
    books: Books
    bot: Strategy


class Voyage:
    """One run under way: from agreed books to the sealed record."""

    def __init__(self, ask: LiveAsk, resolved: Resolved, presence: Presence, opened: Opened) -> None:
        self.ask, self.resolved, self.presence = ask, resolved, presence
        self.seams, self.venue, self.witness = opened.seams, opened.venue, opened.witness
        self.books, self.bot = opened.books, opened.bot
        self.profile, self.settings = resolved.profile, resolved.profile.live
        self.scribe = Scribe()
        self.gate = Gate(self.venue)
        self._begin_telling: Callable[[], None] = _nothing

    def make(self, interrupt: Interrupt) -> Outcome:
        """Agree on the books, then trade; the record begins when trading may."""
        crew = self._crew()
        kill = self._kill(crew)
        watch = watched(self.witness, self.presence, kill)
        with closing(crew.gateway), watch:
            seen = (kill, interrupt)
            reconciler = agreed(crew, self.venue, self.settings, seen, self.seams.utc_now_ns)
            record = self._record()
            with held(record.lock), failing(record):
                with calm(), Journal.create(record.journal, record.run_id) as journal:
                    self.scribe.write_to(journal)
                    deck = self._deck(crew, (reconciler, kill), record, journal)
                    ended = self._trade(deck, interrupt)
                return self._conclude(record, deck, ended)

    def _crew(self) -> Crew:
        profile, books = self.profile, self.books
        instruments = books.blotter.instruments
        gateway = VenueGateway(self.gate, instruments, books.log.client_id)
        view = VenueView(instruments, stale_ms=profile.market.stale_ms)
        tellers: list[VenueScribe] = []

        def tell(what: str, order: Any, **more: Any) -> None:
            for teller in tellers:
                teller.record(what, order, **more)

        log = DurableLog(books.log, books.blotter)
        core = Execution(books.blotter, gateway, view, profile.risk, tell, log=log)
        scribe = VenueScribe(core, view, profile.exchange, self.scribe.emit)
        # What the books learn before the record begins is in the order log and in no journal.
        self._begin_telling = lambda: tellers.append(scribe)
        evidence = Evidence(core, rates_of(self.settings.rates))
        return Crew(core, gateway, view, scribe, evidence, self.bot)

    def _kill(self, crew: Crew) -> KillSwitch:
        settings = self.settings
        return KillSwitch(
            Rigging(
                self.witness,
                self.presence,
                self.venue.twin(),
                settings.latch,
                settings.kill,
                self.gate.shut,
                signals=(signal_of(crew.core.monitor, settings.kill.on_holds),),
                now_ns=self.seams.utc_now_ns,
            )
        )

    def _record(self) -> Record:
        resolved, ask = self.resolved, self.ask
        out = ask.out or DEFAULT_OUT
        profile = self.profile
        started_ns = self.seams.utc_now_ns()
        provenance = Provenance(
            kind="live",
            dataset=self.venue.name,
            detail={
                "testnet": self.venue.testnet,
                "account": self.settings.account,
                "url": self.settings.venue.url,
            },
        )
        manifest = build_manifest(
            Intent(self.presence.instance, MODE, profile.seed, ask.command, self._planned_ns(), started_ns),
            ConfigFacts(resolved.values, resolved.sources_document, resolved.sha256),
            provenance,
            surroundings(Path.cwd()),
        )
        record = create_record(out, MODE, self.presence.instance, {MANIFEST: json_bytes(manifest)})
        record.point_latest()
        return record

    def _planned_ns(self) -> int:
        return self._plan(0).iterations * self._plan(0).window_ns

    def _plan(self, start_ns: int) -> Plan:
        duration_s = self.ask.duration_s
        window_s = self.profile.soak.window_s
        if duration_s is None:
            return Plan(start_ns, round(window_s * 1e9), 0)
        iterations = max(1, ceil(duration_s / window_s))
        return Plan(start_ns, round(duration_s * 1e9) // iterations, iterations)

    def _deck(
        self, crew: Crew, with_: tuple[Reconciler, KillSwitch], record: Record, journal: Journal
    ) -> Deck:
        settings, profile = self.settings, self.profile
        clock = SteadyClock(self.seams.utc_now_ns, self.seams.monotonic_ns)
        now_ns = clock()
        plan = self._plan(now_ns)
        sample_ms = max(1.0, min(SAMPLE_MS, plan.window_ns / 1e6 / 120))
        session = LiveSession(crew, timer_ms=profile.bot.timer_ms, sample_ms=sample_ms)
        poller = Poller(
            self.venue,
            self.presence.symbols,
            self.seams.utc_now_ns,
            book_ms=settings.book_ms,
            orders_ms=settings.orders_ms,
        )
        pulse = Pulse(record.heartbeat, instance=self.presence.instance, mode=MODE)
        return Deck(
            settings=settings,
            record=record,
            session=session,
            reconciler=with_[0],
            poller=poller,
            kill=with_[1],
            scribe=self.scribe,
            journal=journal,
            seams=self.seams,
            pulse=pulse,
            plan=plan,
            clock=clock,
            reconciled_ns=now_ns,
        )

    def _trade(self, deck: Deck, interrupt: Interrupt) -> Ended:
        """Trade, and come ashore whatever happens."""
        self._begin(deck)
        reason, raised = "error", None
        deck.poller.start()
        try:
            deck.session.start(deck.clock())
            reason = sail(deck, interrupt)
        except BaseException as error:  # noqa: BLE001 -- told again below, once nothing rests any more
            raised = error
        try:
            ended = bring_ashore(deck, self.venue, reason)
        finally:
            deck.poller.stop()
        if raised is not None:
            raise raised
        return ended

    def _begin(self, deck: Deck) -> None:
        plan, profile = deck.plan, self.profile
        manifest = read_manifest(deck.record.manifest)
        instruments = deck.session.scribe.instruments
        started = {
            "mode": MODE,
            "seed": manifest.seed,
            "start_ns": plan.start_ns,
            "planned_iterations": plan.iterations,
            "window_ns": plan.window_ns,
            "profile": profile.name,
            "instruments": [instrument.model_dump(mode="json") for instrument in instruments],
            "provenance": manifest.provenance.model_dump(mode="json"),
        }
        self.scribe.emit(plan.start_ns, "run_started", started)
        config = {"sha256": manifest.config_sha256, "values": manifest.config}
        self.scribe.emit(plan.start_ns, "config", config)
        self._begin_telling()
        self._first_books(deck)
        deck.session.at(plan.start_ns)
        # What the books held before: measured from here on, not from the account's first day.
        deck.session.mark(-1, plan.start_ns)
        beat(deck, now=True)

    def _first_books(self, deck: Deck) -> None:
        for symbol in self.presence.symbols:
            deck.session.take_book(self.venue.book(symbol), deck.plan.start_ns)

    def _conclude(self, record: Record, deck: Deck, ended: Ended) -> Outcome:
        manifest = read_manifest(record.manifest)
        facts = {
            "covered_ns": deck.covered_ns,
            "ended_ns": self.seams.utc_now_ns(),
            "stopped_by": ended.reason,
        }
        write_json(record.manifest, manifest.model_copy(update=facts))
        outcome = conclude(record, "live.run", self.seams, strict=self.ask.strict)
        if not ended.confirmed:
            raise not_confirmed(ended)
        if ended.reason == "guard":
            said = f"stopped: {deck.kill.reason}"
            code = RefusedError.exit_code
            outcome = replace(
                outcome,
                reasons=(said, *outcome.reasons),
                lines=(said, *outcome.lines),
                exit_code_forced=code,
            )
            manifest = read_manifest(record.manifest)
            write_json(record.manifest, manifest.model_copy(update={"exit_code": code}))
        return outcome


@contextmanager
def closing(gateway: VenueGateway) -> Iterator[None]:
    """Let the gateway's workers end when the block does."""
    try:
        yield
    finally:
        gateway.close()


def signal_of(monitor: RiskMonitor, owners: tuple[str, ...]) -> Callable[[], str | None]:
    """Return what tells the kill switch of a freeze by one of these rules; asked from its own thread."""

    def signal() -> str | None:
        for (owner, _), hold in tuple(monitor.holds.items()):
            if owner in owners and hold.level == "frozen":
                return f"{owner}: {hold.reason}"
        return None

    return signal


def _bot(profile: Profile) -> Strategy:
    bot = load_bot(profile.bot.entry, dict(profile.bot.params))
    if bot.kernel:
        raise UsageError(
            f"the bot {profile.bot.entry!r} is compiled with the simulated exchange and cannot trade live",
            where=Where(field="bot.entry"),
            fix="use a Strategy whose callbacks are Python",
        )
    return bot


def _presence(ask: LiveAsk, resolved: Resolved, seams: Seams, symbols: tuple[str, ...]) -> Presence:
    now_ns = seams.utc_now_ns()
    out = ask.out or DEFAULT_OUT
    wanted = f"{stamp(now_ns)}-{MODE}-{resolved.sha256[:8]}-{resolved.profile.seed}"
    run_id = free_run_id(out, MODE, wanted)
    return Presence(
        instance=run_id,
        account=resolved.profile.live.account,
        symbols=symbols,
        pid=os.getpid(),
        pid_started_ns=started_ns(),
        boot_id=boot_id(),
        host=platform.node(),
        record=str((out / MODE / run_id).absolute()),
        since_ns=now_ns,
    )


def _nothing() -> None:
    """Tell nobody yet."""
