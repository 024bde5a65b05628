"""
The exchange's memory and the kernel that works on it, compiled or interpreted.

Nothing else knows how the array is laid out in full: it is made, moved, saved and restored here.
"""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from ...model.compile import available, bind, load
from ...model.instrument import Contract, Instrument
from ...model.profile import ExchangeSettings
from ...model.tape import CLEAR, COLUMNS, FUNDING, INSTRUMENT_SHIFT, KIND_MASK, STATUS, Tape
from . import layout as L  # noqa: N812  (the layout's names are its vocabulary)

LADDER_MIN, LADDER_MAX = 2**12, 2**21
NS_PER_MS = 1_000_000
STP = {"none": 0, "cancel_new": 1, "cancel_resting": 2}


class Memory:
    """
    One flat int64 array and the kernel over it.

    `regs` is the array in the form that Python indexes fastest; the array exists from the first
    tape on, because the ladders are sized by the market's price.
    """

    def __init__(
        self,
        instruments: Sequence[Instrument],
        settings: ExchangeSettings,
        *,
        stale_ns: int,
        seed: int,
        fast: bool | None,
    ) -> None:
        self.instruments, self.settings, self.stale_ns, self.seed = (
            tuple(instruments),
            settings,
            stale_ns,
            seed,
        )
        self.compiled = available() if fast is None else fast
        kernel = load(f"{__package__}.kernel", compiled=self.compiled)
        arrival = load(f"{__package__}.arrival", compiled=self.compiled)
        self._advance = kernel.advance_at if self.compiled else kernel.advance
        self._submit = arrival.submit_at if self.compiled else arrival.submit
        self._request = arrival.request_at if self.compiled else arrival.request_for
        self.array: Any = None
        self.regs: Any = None
        self._handle: Any = None
        self._columns: list[Any] = []

    # -- the kernel ---------------------------------------------------------------------------

    def drive_with(self, strategy: str) -> None:
        """Let a strategy that is a kernel module wake inside the kernel."""
        swap = {"on_wake": (strategy, "on_wake")}
        name = "drive_at" if self.compiled else "drive"
        self._advance = bind(f"{__package__}.drive", name, swap, compiled=self.compiled)

    def columns(self, tape: Tape) -> tuple[Any, ...]:
        """Return the tape's columns in the form that the kernel takes."""
        import numpy as np

        # Held until the next tape: an address does not keep its array alive.
        self._columns = [np.ascontiguousarray(getattr(tape, name), kind) for name, kind in COLUMNS]
        return tuple(column.ctypes.data if self.compiled else column.data for column in self._columns)

    def advance(self, columns: tuple[Any, ...], start: int, end: int) -> int:
        """Read rows `start` to `end` until something concerns the bot; return the next row."""
        return int(self._advance(*columns, self._handle, start, end))

    def submit(self, *order: int) -> int:
        """
        Send a new order; return its id, or -1 when too many are under way.

        `order` is instrument, side, px, qty, time in force, type, flags, forced refusal.
        """
        return int(self._submit(self._handle, *order))

    def request(self, *request: int) -> int:
        """
        Send a cancel or an amendment; return when it arrives, or -1 when too many are under way.

        `request` is kind, instrument, slot, order id, px, qty, forced refusal.
        """
        return int(self._request(self._handle, *request))

    def at(self, instrument: int) -> int:
        """Return where an instrument's registers begin."""
        return L.AT_INSTRUMENTS + instrument * int(self.regs[L.STRIDE])

    # -- making and moving ----------------------------------------------------------------------

    def place(self, tape: Tape, now_ns: int) -> None:
        """Make room for the prices of the tape, for every instrument that has none yet."""
        import numpy as np

        if self.array is None:
            self._make(LADDER_MIN, now_ns)
        for index in range(len(self.instruments)):
            if self.regs[self.at(index) + L.I_BASE] > 0:
                continue
            kind = tape.code & KIND_MASK
            priced = (kind != STATUS) & (kind != CLEAR) & (kind != FUNDING) & (tape.px > 0)
            rows = priced & ((tape.code >> INSTRUMENT_SHIFT) == index)
            if rows.any():
                middle = int(np.median(tape.px[rows]))
                self._widen(middle)
                self.regs[self.at(index) + L.I_BASE] = max(1, middle - self.regs[L.SIZE] // 2)

    def _widen(self, px: int) -> None:
        """Make every ladder long enough for an instrument at this price, contents kept."""
        import numpy as np

        old, size, was = self.array, LADDER_MIN, int(self.regs[L.SIZE])
        while size < px // 2 and size < LADDER_MAX:
            size *= 2
        if size <= was:
            return
        stride, before = L.AT_LADDERS + 2 * size, L.AT_LADDERS + 2 * was
        wide = np.zeros(L.AT_INSTRUMENTS + len(self.instruments) * stride, np.int64)
        wide[: L.AT_INSTRUMENTS] = old[: L.AT_INSTRUMENTS]
        for index in range(len(self.instruments)):
            o, from_o = L.AT_INSTRUMENTS + index * stride, L.AT_INSTRUMENTS + index * before
            wide[o : o + L.AT_LADDERS] = old[from_o : from_o + L.AT_LADDERS]
            base = int(old[from_o + L.I_BASE])
            wide[o + L.I_BASE] = max(1, base - (size - was) // 2) if base else 0
            for side in (0, 1):
                at = o + L.AT_LADDERS + side * size + base - int(wide[o + L.I_BASE])
                from_at = from_o + L.AT_LADDERS + side * was
                wide[at : at + was] = old[from_at : from_at + was]
        self._hold(wide)
        self.regs[L.STRIDE], self.regs[L.SIZE] = stride, size

    def _make(self, size: int, now_ns: int) -> None:
        import numpy as np

        stride = L.AT_LADDERS + 2 * size
        self._hold(np.zeros(L.AT_INSTRUMENTS + len(self.instruments) * stride, np.int64))
        regs, settings = self.regs, self.settings
        regs[L.STRIDE], regs[L.SIZE], regs[L.N_INSTRUMENTS] = stride, size, len(self.instruments)
        for register in (L.NEXT_TIMER, L.NEXT_DUE, L.NEXT_DELIVERY, L.NEXT_MARK, L.UNTIL):
            regs[register] = L.NEVER
        regs[L.NOW] = now_ns
        regs[L.NEXT_ORDER_ID] = regs[L.FILL_ID] = 1
        regs[L.LAT_OUT] = round(settings.latency.out_ms * NS_PER_MS)
        regs[L.LAT_BACK] = round(settings.latency.back_ms * NS_PER_MS)
        regs[L.RATE_LIMIT] = settings.rate_limit_per_s
        regs[L.OPTIMISTIC] = int(settings.queue == "optimistic")
        regs[L.STP] = STP[settings.self_trade_prevention]
        regs[L.COLLAR_PPM] = round(settings.off_book_collar_bps * 100)
        regs[L.STALE_NS] = self.stale_ns
        regs[L.LEVERAGE_MILLI] = int(settings.leverage * 1000)
        self._fill_jitter()
        for index, instrument in enumerate(self.instruments):
            self._open(index, instrument)

    def _hold(self, array: Any) -> None:
        self.array, self.regs = array, array.data
        self._handle = array.ctypes.data if self.compiled else array.data

    def _fill_jitter(self) -> None:
        import numpy as np

        mean_ns = round(self.settings.latency.jitter_ms * NS_PER_MS)
        if mean_ns == 0:
            return
        raw = np.random.PCG64(self.seed).random_raw(L.N_JITTER) >> np.uint64(11)
        # The exponential by its series of halvings, in integers: no logarithm differs by machine.
        self.array[L.AT_JITTER : L.AT_JITTER + L.N_JITTER] = [
            _exponential(int(draw), mean_ns) for draw in raw
        ]

    def _open(self, index: int, instrument: Instrument) -> None:
        regs, o = self.regs, self.at(index)
        regs[o + L.I_LO_BID] = L.FAR_AWAY
        regs[o + L.I_OWN_BID_HI] = regs[o + L.I_OWN_ASK_HI] = -1
        regs[o + L.I_OWN_BID_LO] = regs[o + L.I_OWN_ASK_LO] = L.FAR_AWAY
        regs[o + L.I_INVERSE] = int(instrument.contract is Contract.INVERSE)
        unit = value_unit(instrument)
        # Capped so that equity times leverage stays within 62 bits.
        regs[o + L.I_EQUITY] = min(int(self.settings.balance / unit), 2**61 // regs[L.LEVERAGE_MILLI] * 1000)
        if instrument.contract is not Contract.INVERSE:
            regs[o + L.I_MIN_NOTIONAL] = math.ceil(instrument.min_notional / unit)

    def recentre(self, index: int) -> None:
        """Move the ladders so that the price which the kernel asked for is in their middle."""
        import numpy as np

        self._widen(int(self.regs[L.FAR_PX]))
        o, size = self.at(index), int(self.regs[L.SIZE])
        fresh = max(1, int(self.regs[L.FAR_PX]) - size // 2)
        shift = max(-size, min(size, fresh - int(self.regs[o + L.I_BASE])))
        for side in (0, 1):
            ladder = self.array[o + L.AT_LADDERS + side * size :][:size]
            moved = np.zeros(size, np.int64)
            if shift >= 0:
                moved[: size - shift] = ladder[shift:]
            else:
                moved[-shift:] = ladder[: size + shift]
            ladder[:] = moved
            full = np.flatnonzero(moved) + fresh
            low, high = (int(full[0]), int(full[-1])) if len(full) else (0, 0)
            if side == 0:
                self.regs[o + L.I_BID], self.regs[o + L.I_LO_BID] = high, low or L.FAR_AWAY
            else:
                self.regs[o + L.I_ASK], self.regs[o + L.I_HI_ASK] = low, high
        self.regs[o + L.I_BASE] = fresh

    # -- saving ---------------------------------------------------------------------------------

    def state(self) -> dict[str, Any] | None:
        """Return the memory as its non-zero cells; the outbox must have been emptied."""
        if self.array is None:
            return None
        import numpy as np

        kept = self.array.copy()
        kept[L.AT_EVENTS : L.AT_MARKS] = 0
        kept[L.AT_JITTER : L.AT_INSTRUMENTS] = 0
        self._forget_closed_marks(kept)
        at = np.flatnonzero(kept)
        return {"size": int(self.regs[L.SIZE]), "at": at.tolist(), "is": kept[at].tolist()}

    def waiting_marks(self) -> Iterator[tuple[int, int, list[int]]]:
        """Yield instrument, fill and mids (twice; 0 not reached) of each fill that waits for mark-outs."""
        regs = self.regs
        for at in range(regs[L.MARK_AT + L.N_HORIZONS - 1], regs[L.MARKS_HEAD]):
            m = L.AT_MARKS + at % L.MAX_MARKS * L.MARK_WIDTH
            reached = [at < regs[L.MARK_AT + h] for h in range(L.N_HORIZONS)]
            mids = [regs[m + L.M_MIDS + h] if reached[h] else 0 for h in range(L.N_HORIZONS)]
            yield regs[m + L.M_INSTRUMENT], regs[m + L.M_FILL_ID], mids

    def _forget_closed_marks(self, kept: Any) -> None:
        head, tail = int(kept[L.MARKS_HEAD]), int(kept[L.MARK_AT + L.N_HORIZONS - 1])
        marks = kept[L.AT_MARKS : L.AT_JITTER].reshape(L.MAX_MARKS, L.MARK_WIDTH)
        alive = {at % L.MAX_MARKS for at in range(tail, head)}
        for at in range(L.MAX_MARKS):
            if at not in alive:
                marks[at] = 0

    def restore(self, state: dict[str, Any] | None) -> None:
        """Take over a memory that `state` returned."""
        if state is None:
            return
        self._make(state["size"], 0)
        jitter = self.array[L.AT_JITTER : L.AT_INSTRUMENTS].copy()
        self.array[:] = 0
        self.array[state["at"]] = state["is"]
        self.array[L.AT_JITTER : L.AT_INSTRUMENTS] = jitter


def value_unit(instrument: Instrument) -> Decimal:
    """
    Return the settlement money in one of the kernel's value units.

    Linear and spot: a tick times a lot. Inverse: a lot's worth of quote money at one tick, over
    `INVERSE_SCALE`, because there value is size over price.
    """
    lot = instrument.lot_size * instrument.contract_size
    if instrument.contract is Contract.INVERSE:
        return lot / instrument.tick_size / L.INVERSE_SCALE
    return lot * instrument.tick_size


def _exponential(draw: int, mean: int) -> int:
    """Return an exponential variate of mean `mean` from 53 random bits, in integers."""
    # Leading zero bits count halvings, each worth ln 2 of the mean; the bits after them place the
    # value within its half by a parabola through the logarithm's ends and middle (within 1.5 %).
    zeros = 53 - draw.bit_length()
    if zeros == 53:
        return mean * 37
    width = 52 - zeros
    share = ((draw & ((1 << width) - 1)) << 20) >> width
    left = (1 << 20) - share
    millionths = 693_147 * zeros + (693_147 * left >> 20) - (236_500 * (share * left >> 20) >> 20)
    return mean * millionths // 1_000_000
