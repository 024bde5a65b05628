"""
What a longer mode adds to a run; a dry run adds nothing.

The run itself is the same for every mode, so that what was seen in a dry run is what a soak does.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..model.artifact import IterationSummary
from ..model.profile import Profile
from .instants import whole_instants
from .window import Phase, Window

if TYPE_CHECKING:
    from ..model.tape import Tape
    from .voyage import Voyage


class Escort:
    """The hooks of a run, in the order in which they are called; each does nothing by itself."""

    def phases(self, profile: Profile) -> Sequence[Phase]:
        """Return the phase of each planned iteration."""
        steady: Phase = "steady"
        return (steady,) * profile.soak.iterations

    def first_files(self, run_id: str, dataset: Path | None) -> Mapping[str, bytes]:
        """Return the files that the record begins with, beside its manifest."""
        return {}

    def first_params(self, profile: Profile) -> dict[str, Any] | None:
        """Return the arguments that the bot is started with, None for the profile's own."""
        return None

    def before(self, voyage: "Voyage", window: Window) -> None:
        """Prepare for an iteration."""

    def pieces(self, voyage: "Voyage", window: Window) -> "Iterator[tuple[Tape, int]]":
        """Yield the market of an iteration as (tape, end): every row of a tape is before its end."""
        return whole_instants(voyage.feed.window(window.from_ns, window.until_ns), window.until_ns)

    def freeze(self) -> str:
        """Return the freeze in force: none, partial or full."""
        return "none"

    def after(self, voyage: "Voyage", window: Window, summary: IterationSummary) -> IterationSummary:
        """Look at an iteration that has just ended and return its summary, completed."""
        return summary

    def kept(self, voyage: "Voyage", window: Window) -> None:
        """Keep what a resumed run needs; the iteration is whole and its summary is written."""

    def ended(self, voyage: "Voyage") -> None:
        """Tidy up after a run that has its verdict."""
