"""What a shadow run adds to a run: the pace of the clock, and the decision log."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol, cast

from ..dryrun.escort import Escort
from ..dryrun.voyage import Voyage
from ..dryrun.window import Phase, Window
from ..model.profile import Profile
from ..model.shadow_decision import NAME
from .decisions import DecisionLog

if TYPE_CHECKING:
    from ..model.tape import Tape

_SYNC_EVERY_NS = 1_000_000_000


class Paced(Protocol):
    """A feed that keeps to the clock."""

    def pieces(self, from_ns: int, until_ns: int) -> "Iterator[tuple[Tape, int]]":
        """Yield (tape, end) as time goes by; the last end is `until_ns`."""


class ShadowEscort(Escort):
    """Hold one per run."""

    def __init__(self, log: DecisionLog) -> None:
        self._log = log
        self._opened = False

    def phases(self, profile: Profile) -> Sequence[Phase]:
        """Return steady windows only: nothing is warmed up in a shadow run."""
        steady: Phase = "steady"
        return (steady,) * profile.soak.iterations

    def before(self, voyage: Voyage, window: Window) -> None:
        """Open the decision log with the first window."""
        if not self._opened:
            self._opened = True
            self._log.open(voyage.record.path / NAME, voyage.berth.manifest.run_id)

    def pieces(self, voyage: Voyage, window: Window) -> "Iterator[tuple[Tape, int]]":
        """Yield the market at its own pace; what was told is on the disk about a second later."""
        synced_ns = voyage.seams.monotonic_ns()
        for piece in cast("Paced", voyage.feed).pieces(window.from_ns, window.until_ns):
            yield piece
            now_ns = voyage.seams.monotonic_ns()
            if now_ns - synced_ns >= _SYNC_EVERY_NS:
                synced_ns = now_ns
                voyage.journal.sync()
                self._log.sync()

    def ended(self, voyage: Voyage) -> None:
        """Close the log."""
        self._log.close()
