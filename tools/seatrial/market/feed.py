"""
A feed: where a run's market events come from, recorded, resampled or synthetic.

Run modes ask for consecutive windows of market time and get tapes; they cannot tell the kinds
apart except by the provenance, which goes into the record.
"""

from collections.abc import Iterator
from typing import Any, Protocol

from ..model.artifact import Provenance
from ..model.instrument import Instrument
from ..model.tape import Tape

CHUNK_ROWS_MAX = 250_000


class Feed(Protocol):
    """
    Market events of one or more instruments; the index in a row's code is the place in `instruments`.

    Book state at `start_ns` is in the data: the first rows of an instrument with a book are its
    snapshot.
    """

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Return what is traded, in the order of the indices in the codes."""

    @property
    def provenance(self) -> Provenance:
        """Return where the events come from."""

    @property
    def start_ns(self) -> int:
        """Return the first moment of market time."""

    @property
    def end_ns(self) -> int | None:
        """Return the moment after the last event; None means endless."""

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """
        Yield the rows with from_ns <= ts < until_ns in time order, in bounded tapes.

        Windows are asked for one after the other; a window that does not begin where the last one
        ended is allowed and costs a new look-up.
        """

    def state(self) -> dict[str, Any]:
        """Return what `restore` needs to go on from here: small and JSON-able."""

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state` returned."""
