"""A run under way: its record, its market, its bot, and the journal that is kept of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..model.artifact import Manifest
from ..model.profile import Profile
from ..store.heartbeat import Pulse
from ..store.record import Record
from .scribe import Scribe
from .seams import Seams, Session
from .window import Plan

if TYPE_CHECKING:
    from ..market.feed import Feed
    from ..store.journal import Journal

_BEAT_EVERY_NS = 1_000_000_000


@dataclass(frozen=True)
class Berth:
    """A run that is ready to start, or to be resumed: everything but an open journal."""

    record: Record
    manifest: Manifest
    profile: Profile
    plan: Plan
    feed: "Feed"
    dataset: Path | None
    scribe: Scribe
    session: Session


class Voyage:
    """What the phases of a run share."""

    def __init__(self, berth: Berth, journal: "Journal", seams: Seams) -> None:
        self.berth, self.journal, self.seams = berth, journal, seams
        self.record, self.profile, self.plan, self.feed = berth.record, berth.profile, berth.plan, berth.feed
        self.scribe, self.session = berth.scribe, berth.session
        self.scribe.write_to(journal)
        self.now_ns, self.covered_ns = berth.plan.start_ns, 0
        self._pulse = Pulse(berth.record.heartbeat, instance=berth.manifest.run_id, mode=berth.manifest.mode)
        self._next_beat_ns = seams.monotonic_ns()

    def beat(self, *, now: bool = False) -> None:
        """Replace the heartbeat if it is due; with `now` in any case."""
        monotonic_ns = self.seams.monotonic_ns()
        if not now and monotonic_ns < self._next_beat_ns:
            return
        self._next_beat_ns = monotonic_ns + _BEAT_EVERY_NS
        self._pulse.beat(
            self.seams.utc_now_ns(),
            seq=self.journal.seq,
            decisions=self.session.counts.decisions,
            last_decision_ns=self.scribe.last_decision_ns,
            lag_ms=None,
        )
