"""
What a run reaches through: market, engine, judge and clocks, in one value that a test can replace.

The real ones are imported when they are first called, because a command that prints help must not
pay for numpy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from ..model.artifact import IterationSummary, VerdictFile
from ..model.errors import UsageError, Where
from ..model.profile import MarketSettings, Profile
from ..store.clock import monotonic_ns, utc_now_ns

if TYPE_CHECKING:
    from ..judge.history import History
    from ..market.feed import Feed
    from ..model.instrument import Instrument
    from ..model.tape import Tape

Mode = Literal["normal", "reduce_only", "frozen"]
Emit = Callable[[int, str, dict[str, Any]], object]


class Counts(Protocol):
    """What a session has done so far."""

    @property
    def decisions(self) -> int:
        """Return how often the bot decided."""

    @property
    def orders(self) -> int:
        """Return how many orders it sent."""

    @property
    def fills(self) -> int:
        """Return how many fills it got."""

    @property
    def events(self) -> int:
        """Return how many market events went by."""


class Session(Protocol):
    """One bot against one exchange, as the engine drives it."""

    @property
    def counts(self) -> Counts:
        """Return what was done so far."""

    def start(self, now_ns: int, params: Mapping[str, Any] | None = None) -> None:
        """Start the bot, with other arguments than the profile's if given."""

    def advance(self, tape: "Tape", until_ns: int) -> None:
        """Go through the rows of a tape, all before `until_ns`, and through the timers up to there."""

    def mark(self, iteration: int, now_ns: int) -> None:
        """Journal the positions at the end of an iteration."""

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Give the bot other arguments."""

    def set_mode(self, mode: Mode, reason: str, guard: str) -> None:
        """Let the bot trade (`normal`), only reduce (`reduce_only`), or do nothing (`frozen`)."""

    def finish(self, now_ns: int) -> None:
        """Stop the bot and journal the last positions and mark-outs."""

    def state(self) -> dict[str, Any]:
        """Return what `restore` needs: JSON-able."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state instead of starting."""


@dataclass(frozen=True)
class Cast:
    """Who takes part in a session."""

    profile: Profile
    instruments: "tuple[Instrument, ...]"
    emit: Emit
    seed: int
    fast: bool | None


@dataclass(frozen=True)
class Judged:
    """A judged record: the verdict, and every file that says it (name to content)."""

    verdict: VerdictFile
    files: Mapping[str, bytes]
    residual_ratio: float | None


def _open_feed(settings: MarketSettings, seed: int, needed_ns: int) -> "Feed":
    from ..market.opening import open_feed

    return open_feed(settings, seed=seed, needed_ns=needed_ns)


def _session(cast: Cast) -> Session:
    from ..engine.session import Session as Engine

    return Engine(cast.profile, cast.instruments, cast.emit, seed=cast.seed, fast=cast.fast)


def _summarise(history: "History", index: int) -> IterationSummary:
    from ..judge.judgement import summarise

    return summarise(history, index)


def _judge(record: Path, profile: Profile) -> Judged:
    from .judging import judged

    return judged(record, profile)


def _check(profile: Profile) -> None:
    from ..judge.kpi import KPIS

    for at, gate in enumerate(profile.gates):
        try:
            KPIS.get(gate.kpi)
        except UsageError as error:
            where = Where(field=f"gates[{at}].kpi")
            raise UsageError(error.message, where=where, fix=error.fix) from error


def _utc_now_ns() -> int:
    from ..config.environment import frozen_ns, variables

    return utc_now_ns(frozen_ns(variables()))


@dataclass(frozen=True)
class Seams:
    """The doors of a run."""

    open_feed: Callable[[MarketSettings, int, int], "Feed"] = _open_feed
    session: Callable[[Cast], Session] = _session
    summarise: Callable[["History", int], IterationSummary] = _summarise
    judge: Callable[[Path, Profile], Judged] = _judge
    check: Callable[[Profile], None] = _check
    utc_now_ns: Callable[[], int] = _utc_now_ns
    monotonic_ns: Callable[[], int] = monotonic_ns
