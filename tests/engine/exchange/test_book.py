import pytest
from tests.engine.stage import ASK, BID, INVERSE, LINEAR, T0, S, book, profile

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.exchange.book import (
    clear_book,
    forget_gone,
    mid2,
    near_edge,
    next_level,
    outside,
    refresh_taken,
    set_level,
    take,
    taken_at,
    worth,
)
from seatrial.engine.exchange.memory import LADDER_MIN, Memory
from seatrial.model.tape import tape_of


@pytest.fixture
def memory() -> Memory:
    """An empty book around 10,000."""
    made = Memory((LINEAR,), profile().exchange, stale_ns=S, seed=1, fast=False)
    made.place(tape_of(book(0, {10_000: 1}, {10_001: 1})), T0)
    return made


def best(memory: Memory) -> tuple[int, int]:
    o = memory.at(0)
    return memory.regs[o + L.I_BID], memory.regs[o + L.I_ASK]


def test_setting_a_level_keeps_the_best_prices_and_returns_what_was(memory: Memory) -> None:
    """The best is known without a search, and the old size tells what was cancelled."""
    mem, o = memory.regs, memory.at(0)

    assert [set_level(mem, o, BID, px, qty) for px, qty in ((9_990, 5), (9_995, 3), (9_990, 7))] == [0, 0, 5]
    assert best(memory) == (9_995, 0)
    set_level(mem, o, BID, 9_995, 0)
    set_level(mem, o, ASK, 10_005, 2)
    assert best(memory) == (9_990, 10_005)
    set_level(mem, o, BID, 9_990, 0)
    assert best(memory) == (0, 10_005)


def test_the_next_level_is_the_nearest_that_is_not_empty(memory: Memory) -> None:
    """Sweeps jump over holes, and know where a side ends."""
    mem, o = memory.regs, memory.at(0)
    for px in (9_990, 9_900):
        set_level(mem, o, BID, px, 1)
    for px in (10_010, 10_100):
        set_level(mem, o, ASK, px, 1)

    assert [next_level(mem, o, BID, px) for px in (9_995, 9_990, 9_989, 9_899)] == [9_990, 9_990, 9_900, 0]
    assert [next_level(mem, o, ASK, px) for px in (10_005, 10_010, 10_011, 10_101)] == [
        10_010,
        10_010,
        10_100,
        0,
    ]


def test_a_cleared_book_is_empty_everywhere(memory: Memory) -> None:
    """A level that survives a snapshot is liquidity that is not there."""
    mem, o = memory.regs, memory.at(0)
    for k in range(50):
        set_level(mem, o, BID, 9_990 - 3 * k, 1)
        set_level(mem, o, ASK, 10_010 + 3 * k, 1)

    clear_book(mem, o)

    assert best(memory) == (0, 0)
    assert not memory.array[o + L.AT_LADDERS :].any()


@pytest.mark.parametrize(
    ("side", "px", "answer"), [(BID, 20_000, -1), (ASK, 5, -1), (BID, 5, 0), (ASK, 20_000, 0), (BID, 0, 0)]
)
def test_only_a_jump_of_the_market_moves_the_ladder(memory: Memory, side: int, px: int, answer: int) -> None:
    """A bid above or an ask below the whole ladder is the market; anything else out there is far away."""
    mem, o = memory.regs, memory.at(0)
    set_level(mem, o, BID, 9_990, 1)

    assert outside(mem, o, side, px, 1) == answer
    assert mem[o + L.I_FAR] == (0 if answer else 1)


def test_an_empty_book_goes_where_its_first_level_is(memory: Memory) -> None:
    """Both sides empty, any level is the market."""
    mem, o = memory.regs, memory.at(0)

    assert set_level(mem, o, BID, 5, 1) == -1
    assert set_level(mem, o, ASK, 10**6, 1) == -1
    assert set_level(mem, o, ASK, 10**6, 0) == 0


def test_the_edge_is_an_eighth_of_the_ladder(memory: Memory) -> None:
    """The ladder moves before the market reaches its end; an empty book is nowhere."""
    mem, o = memory.regs, memory.at(0)
    base, size = mem[o + L.I_BASE], mem[L.SIZE]

    assert near_edge(mem, o, base + size // 8 - 1)
    assert not near_edge(mem, o, base + size // 8)
    assert not near_edge(mem, o, base + size - size // 8 - 1)
    assert near_edge(mem, o, base + size - size // 8)
    assert not near_edge(mem, o, 0)


def test_what_was_taken_is_remembered_until_the_level_shrinks(memory: Memory) -> None:
    """Took 4 of 10: growth is new, shrinking below 4 leaves nothing unsold, zero forgets."""
    mem, o = memory.regs, memory.at(0)
    take(mem, o, ASK, 10_001, 3)
    take(mem, o, ASK, 10_001, 1)
    take(mem, o, BID, 10_001, 9)

    assert (taken_at(mem, o, ASK, 10_001), taken_at(mem, o, BID, 10_001)) == (4, 9)
    refresh_taken(mem, o, ASK, 10_001, 15)
    assert taken_at(mem, o, ASK, 10_001) == 4
    refresh_taken(mem, o, ASK, 10_001, 2)
    assert taken_at(mem, o, ASK, 10_001) == 2
    refresh_taken(mem, o, ASK, 10_001, 0)
    assert (taken_at(mem, o, ASK, 10_001), taken_at(mem, o, BID, 10_001)) == (0, 9)


def test_the_oldest_taking_gives_way(memory: Memory) -> None:
    """The list is bounded: what was taken longest ago is forgotten first."""
    mem, o = memory.regs, memory.at(0)
    for k in range(L.MAX_TAKEN + 1):
        take(mem, o, ASK, 10_001 + k, 1)

    assert mem[o + L.I_N_TAKEN] == L.MAX_TAKEN
    assert [taken_at(mem, o, ASK, 10_001 + k) for k in (0, 1, L.MAX_TAKEN)] == [0, 1, 1]


def test_what_a_snapshot_no_longer_shows_is_forgotten(memory: Memory) -> None:
    """Only levels that still stand can have been taken from."""
    mem, o = memory.regs, memory.at(0)
    set_level(mem, o, ASK, 10_002, 5)
    for px in (10_001, 10_002, 10**6):
        take(mem, o, ASK, px, 1)

    forget_gone(mem, o)

    assert [taken_at(mem, o, ASK, px) for px in (10_001, 10_002, 10**6)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("bid", "ask", "mid"), [(99, 101, 200), (0, 101, 0), (99, 0, 0), (101, 101, 0), (102, 101, 0)]
)
def test_a_mid_needs_two_sides_that_do_not_cross(memory: Memory, bid: int, ask: int, mid: int) -> None:
    """Half a book, a locked or a crossed one has no middle."""
    mem, o = memory.regs, memory.at(0)
    mem[o + L.I_SEEN_BID], mem[o + L.I_SEEN_ASK], mem[o + L.I_LAST_TS] = bid, ask, T0

    assert mid2(mem, o, T0) == mid


@pytest.mark.parametrize(("age", "mid"), [(S, 200), (S + 1, 0)])
def test_a_mid_grows_stale(memory: Memory, age: int, mid: int) -> None:
    """Up to the cap it holds, a nanosecond later it is missing."""
    mem, o = memory.regs, memory.at(0)
    mem[o + L.I_SEEN_BID], mem[o + L.I_SEEN_ASK], mem[o + L.I_LAST_TS] = 99, 101, T0

    assert mid2(mem, o, T0 + age) == mid


@pytest.mark.parametrize("qty", [1, 7, -7, 999_999, 4 * 10**9])
@pytest.mark.parametrize("px", [1, 3, 60_001, 2**31 - 1])
def test_an_inverse_value_is_the_floor_of_the_exact_one(px: int, qty: int) -> None:
    """Split to stay in 63 bits, and still the same number."""
    made = Memory((INVERSE,), profile().exchange, stale_ns=S, seed=1, fast=False)
    made.place(tape_of(book(0, {10_000: 1}, {10_001: 1})), T0)

    assert worth(made.regs, made.at(0), px, qty) == qty * L.INVERSE_SCALE // px


def test_a_small_market_has_the_smallest_ladder(memory: Memory) -> None:
    """Examples at 10,000 run on a ladder of at least half the price."""
    assert memory.regs[L.SIZE] == max(LADDER_MIN, 8_192)
