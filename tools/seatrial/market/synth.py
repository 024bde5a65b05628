"""
A seeded synthetic market without end, in the statistics of a recorded one.

It is made in blocks of a minute of market time. A block depends on the seed, its number and the
market's state at its start, and on nothing else: not on the windows asked for, not on whether the
loop is compiled, not on the machine.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..model.artifact import Provenance
from ..model.compile import available, load
from ..model.errors import BugError, UsageError
from ..model.instrument import Instrument
from ..model.tape import Tape, join, tape_of
from . import calibration as calibrations
from . import layout
from .feed import CHUNK_ROWS_MAX

if TYPE_CHECKING:
    import numpy as np

    from .calibration import Calibration

BLOCK_NS = 60 * 10**9
START_NS = 1_767_225_600 * 10**9  # 2026-01-01; a synthetic market has no date of its own
RANDOM_BATCH = 16_384
ROWS_BATCH = 16_384
CHUNK_ROWS = CHUNK_ROWS_MAX // 4
KERNEL_NAME = f"{__package__}.synth_kernel"


class SynthFeed:
    """
    The `Feed` of a synthetic market of one instrument.

    `compiled` picks the form of the loop; None takes the compiled one where it is available.
    """

    end_ns = None

    def __init__(
        self, calibration: "Calibration", *, seed: int, start_ns: int = START_NS, compiled: bool | None = None
    ) -> None:
        if not 0 <= seed < 2**63:
            raise UsageError(f"seed {seed} is not between 0 and 2^63 - 1")
        self.instruments: tuple[Instrument, ...] = (calibration.instrument,)
        self.start_ns = start_ns
        self.provenance = Provenance(
            kind="synthetic",
            recorded_ratio=0.0,
            detail={"calibration": calibration.name, "seed": seed, "source": calibration.source},
        )
        self._market = _Market(
            calibration, seed, start_ns, compiled=available() if compiled is None else compiled
        )
        self._number, self._rows = -1, tape_of([])

    def window(self, from_ns: int, until_ns: int) -> Iterator[Tape]:
        """Yield the rows with from_ns <= ts < until_ns in bounded tapes."""
        waiting: list[Tape] = []
        first = max(0, (from_ns - self.start_ns) // BLOCK_NS)
        for number in range(first, -(-(until_ns - self.start_ns) // BLOCK_NS)):
            waiting.append(_cut(self._block(number), from_ns, until_ns))
            if sum(map(len, waiting)) >= CHUNK_ROWS:
                yield join(waiting)
                waiting = []
        if any(map(len, waiting)):
            yield join(waiting)

    def state(self) -> dict[str, Any]:
        """Return the place in the market: a few hundred integers."""
        return self._market.before()

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state; the block it lies in is made again when it is asked for."""
        self._market.go_to(state)
        self._number, self._rows = -1, tape_of([])

    def _block(self, number: int) -> Tape:
        if number != self._number:
            self._rows = self._market.block(number)
            self._number = number
        return self._rows


class _Market:
    """The generator's arrays, and the one place where random numbers enter."""

    def __init__(self, calibration: "Calibration", seed: int, start_ns: int, *, compiled: bool) -> None:
        import numpy as np

        kernel = load(KERNEL_NAME, compiled=compiled)
        self._seed, self._start_ns = seed, start_ns
        self._s = np.zeros(layout.STATE_SIZE, "int64")
        self._p = calibrations.parameters(calibration)
        self._r = np.zeros(RANDOM_BATCH, "int64")
        self._o = np.zeros(ROWS_BATCH * 4, "int64")
        arrays = (self._s, self._p, self._r, self._o)
        self._memory = [array.data for array in arrays]
        # The compiled loop takes addresses; what runs only once is not worth compiling.
        self._place = [int(array.ctypes.data) for array in arrays] if compiled else self._memory
        self._advance = kernel.advance_at if compiled else kernel.advance
        self._open = load(KERNEL_NAME, compiled=False).open_market
        self._next, self._mark = 0, (0, self._s.copy())

    def block(self, number: int) -> Tape:
        """Return the rows of a block; going forward block by block is the cheap way."""
        if number < self._next:
            self.go_to({"block": 0, "market": []})
        while True:
            rows = self._make()
            if self._next > number:
                return rows

    def before(self) -> dict[str, Any]:
        """Return the state at the start of the newest block."""
        block, market = self._mark
        return {"block": block, "market": market.tolist()}

    def go_to(self, state: dict[str, Any]) -> None:
        """Stand at the start of a block."""
        block, market = state["block"], state["market"]
        if len(market) not in (0, len(self._s)) or (block > 0) != any(market):
            raise BugError("the state of the synthetic market does not fit this program")
        self._s[:] = market or 0
        self._next = block
        self._mark = (block, self._s.copy())

    def _make(self) -> Tape:
        import numpy as np

        s = self._s
        self._mark = (self._next, s.copy())
        stream = np.random.PCG64([self._seed, self._next])
        self._r[:] = _fresh(stream, RANDOM_BATCH)
        s[layout.RANDOM_AT], s[layout.ROWS] = 0, 0
        s[layout.RANDOM_SIZE], s[layout.ROOM] = RANDOM_BATCH, ROWS_BATCH
        block_start = self._start_ns + self._next * BLOCK_NS
        s[layout.UNTIL] = block_start + BLOCK_NS
        if self._next == 0:
            s[layout.NOW] = block_start
            self._open(*self._memory)
        pieces = []
        done = False
        while not done:
            done = bool(self._advance(*self._place))
            pieces.append(self._flush())
            if not done:
                self._refill(stream)
        self._next += 1
        s[layout.RANDOM_AT] = 0
        return join(pieces)

    def _flush(self) -> Tape:
        """Return the rows made so far and empty the room for them."""
        rows = self._o[: int(self._s[layout.ROWS]) * 4].reshape(-1, 4)
        self._s[layout.ROWS] = 0
        return Tape(
            rows[:, 0].copy(), rows[:, 1].astype("int32"), rows[:, 2].astype("int32"), rows[:, 3].copy()
        )

    def _refill(self, stream: "np.random.PCG64") -> None:
        """Keep the unused random numbers and put fresh ones behind them, so that batches do not matter."""
        used = int(self._s[layout.RANDOM_AT])
        kept = len(self._r) - used
        self._r[:kept] = self._r[used:].copy()
        self._r[kept:] = _fresh(stream, used)
        self._s[layout.RANDOM_AT] = 0


def _fresh(stream: "np.random.PCG64", count: int) -> "np.ndarray":
    # The raw stream is the only one that numpy promises never to change.
    return (stream.random_raw(count) >> 1).astype("int64")


def _cut(tape: Tape, from_ns: int, until_ns: int) -> Tape:
    import numpy as np

    low, high = np.searchsorted(tape.ts, [from_ns, until_ns]).tolist()
    return tape.between(low, high)
