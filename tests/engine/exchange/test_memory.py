import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from tests.engine.stage import (
    ASK,
    BID,
    INVERSE,
    LINEAR,
    MS,
    T0,
    S,
    at,
    book,
    funding,
    gap,
    instrument,
    level,
    needs_compiler,
    profile,
)

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.exchange.book import set_level
from seatrial.engine.exchange.memory import LADDER_MAX, LADDER_MIN, Memory, value_unit
from seatrial.model.tape import Tape, tape_of


def made(*instruments: Any, fast: bool = False, seed: int = 1, **exchange: Any) -> Memory:
    return Memory(instruments or (LINEAR,), profile(**exchange).exchange, stale_ns=S, seed=seed, fast=fast)


def advanced(memory: Memory, rows: Any) -> Memory:
    tape = rows if isinstance(rows, Tape) else tape_of(rows)
    memory.place(tape, T0)
    memory.regs[L.UNTIL] = L.NEVER
    memory.advance(memory.columns(tape), 0, len(tape))
    return memory


def test_the_memory_waits_for_the_first_tape() -> None:
    """Ladders are sized by the market's price, which nobody knows before."""
    memory = made()

    assert memory.regs is None
    assert memory.state() is None
    memory.restore(None)
    assert memory.regs is None


@pytest.mark.parametrize(
    ("price", "size"), [(100, LADDER_MIN), (9_000, 8_192), (600_000, 2**19), (10**9, LADDER_MAX)]
)
def test_a_ladder_reaches_a_quarter_of_the_price_to_either_side(price: int, size: int) -> None:
    """Room for the market to move, bounded for coins priced in a billion ticks."""
    memory = advanced(made(), book(0, {price: 1}, {price + 1: 1}))

    assert memory.regs[L.SIZE] == size
    base = memory.regs[memory.at(0) + L.I_BASE]
    assert 1 <= base <= price
    assert price < base + size


def test_rows_without_a_market_price_do_not_place_the_ladder() -> None:
    """Gaps, cleared books and funding marks say nothing about where the levels will be."""
    rows = [gap(0, opens=True), gap(1, opens=False), funding(2, "0.1", 7), *book(3, {90_000: 1}, {90_001: 1})]

    memory = advanced(made(), rows)

    assert memory.regs[memory.at(0) + L.I_BID] == 90_000


def test_a_widened_memory_keeps_what_it_held() -> None:
    """The dear coin's arrival must not touch the cheap one's book."""
    memory = advanced(made(instrument("A"), instrument("B")), book(0, {99: 4}, {101: 5}))
    before = memory.regs[L.SIZE]

    advanced(memory, book(1, {900_000: 4}, {900_001: 5}, inst=1))

    o, size = memory.at(0), memory.regs[L.SIZE]
    levels = o + L.AT_LADDERS - memory.regs[o + L.I_BASE]
    assert size > before
    assert (memory.regs[levels + 99], memory.regs[levels + size + 101]) == (4, 5)
    assert memory.regs[memory.at(1) + L.I_ASK] == 900_001


@pytest.mark.parametrize("target", [12_500, 9_000, 60_000])
def test_moving_the_ladder_keeps_the_levels_that_fit(target: int) -> None:
    """After the move every level stands at its own price, and the best prices are those that are left."""
    memory = advanced(made(), book(0, {10_000: 3, 9_500: 2}, {10_001: 4, 12_000: 6}))
    size = memory.regs[L.SIZE]
    memory.regs[L.FAR_PX] = target

    memory.recentre(0)

    o = memory.at(0)
    base, now = memory.regs[o + L.I_BASE], memory.regs[L.SIZE]
    assert now >= size
    kept = [px for px in (9_500, 10_000) if base <= px < base + now]
    asks = [px for px in (10_001, 12_000) if base <= px < base + now]
    assert memory.regs[o + L.I_BID] == max(kept, default=0)
    assert memory.regs[o + L.I_ASK] == min(asks, default=0)
    assert set_level(memory.regs, o, BID, target, 1) == 0
    levels = o + L.AT_LADDERS - base
    assert [memory.regs[levels + px] for px in kept] == [2, 3][2 - len(kept) :]
    assert [memory.regs[levels + now + px] for px in asks] == [4, 6][: len(asks)]


def test_a_state_is_json_and_restores_every_cell() -> None:
    """What goes on from it must not be able to tell the difference."""
    memory = advanced(made(), [*book(0, {99: 4, 90: 1}, {101: 5}), level(1, BID, 98, 7)])
    memory.submit(0, 0, 95, 3, L.GTC, L.LIMIT, 0, 0)
    saved = json.loads(json.dumps(memory.state()))

    resumed = made()
    resumed.restore(saved)

    assert resumed.state() == saved
    assert np.array_equal(resumed.array[: L.AT_EVENTS], memory.array[: L.AT_EVENTS])
    assert np.array_equal(resumed.array[L.AT_JITTER :], memory.array[L.AT_JITTER :])


def test_a_state_is_small() -> None:
    """A checkpoint each hour must not write megabytes of zeros."""
    memory = advanced(made(latency={"jitter_ms": 5}), book(0, {99: 4}, {101: 5}))

    assert len(json.dumps(memory.state())) < 4_000


def test_jitter_has_the_mean_it_was_given() -> None:
    """Seeded, exponential, in whole nanoseconds; another seed draws other numbers."""
    memory = advanced(made(latency={"jitter_ms": 5}), book(0, {99: 4}, {101: 5}))
    drawn = memory.array[L.AT_JITTER : L.AT_INSTRUMENTS]
    other = advanced(made(latency={"jitter_ms": 5}, seed=2), book(0, {99: 4}, {101: 5}))

    assert 4.7 * MS < drawn.mean() < 5.3 * MS
    assert 0.9 < drawn.std() / drawn.mean() < 1.1
    assert drawn.min() >= 0
    assert 0.66 < (drawn < 5.493 * MS).mean() < 0.68, "two thirds are below ln 3 means"
    assert not np.array_equal(drawn, other.array[L.AT_JITTER : L.AT_INSTRUMENTS])


def test_a_value_unit_is_a_tick_times_a_lot() -> None:
    """What the kernel counts margin in, in settlement money."""
    fine: dict[str, Any] = {"tick_size": Decimal("0.1"), "lot_size": Decimal("0.001")}

    assert value_unit(instrument(**fine)) == Decimal("0.0001")
    assert value_unit(INVERSE) == Decimal(1) / L.INVERSE_SCALE


def test_columns_of_any_layout_are_read_right() -> None:
    """A strided view is not a row of addresses."""
    rows = book(0, {99: 4}, {101: 5})
    doubled = [row for row in rows for _ in (0, 1)]
    whole = tape_of(doubled)
    strided = Tape(whole.ts[::2], whole.code[::2], whole.px[::2], whole.qty[::2])

    memory = advanced(made(), strided)

    assert memory.regs[memory.at(0) + L.I_BID] == 99


@needs_compiler
def test_the_compiled_kernel_reads_any_layout_too() -> None:
    """The compiled kernel takes bare addresses: the array behind them must be dense and alive."""
    whole = tape_of([row for row in book(0, {99: 4}, {101: 5}) for _ in (0, 1)])

    memory = advanced(made(fast=True), Tape(whole.ts[::2], whole.code[::2], whole.px[::2], whole.qty[::2]))

    o = memory.at(0)
    assert (memory.regs[o + L.I_BID], memory.regs[o + L.I_ASK]) == (99, 101)


def test_fills_that_wait_for_mark_outs_are_listed() -> None:
    """At the end of a run they are told as far as they came."""
    memory = advanced(made(), book(0, {99: 4}, {101: 5}))
    regs = memory.regs
    regs[L.MARKS_HEAD] = 1
    m = L.AT_MARKS
    regs[m + L.M_TS], regs[m + L.M_FILL_ID], regs[m + L.M_MIDS] = at(1), 7, 200
    regs[L.MARK_AT] = 1

    assert list(memory.waiting_marks()) == [(0, 7, [200, 0, 0, 0, 0, 0])]
    assert set_level(regs, memory.at(0), ASK, 101, 0) == 5
