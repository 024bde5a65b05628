"""The synthetic market: one seed, one market."""

import hashlib
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.market.calibration import load, packaged
from seatrial.market.ladder import Ladder
from seatrial.market.synth import BLOCK_NS, SynthFeed
from seatrial.model.compile import available
from seatrial.model.errors import BugError, UsageError
from seatrial.model.tape import (
    CLEAR,
    DELTA,
    FUNDING,
    KIND_MASK,
    LAST,
    SIDE_BIT,
    SNAPSHOT,
    TRADE,
    Tape,
    join,
)

SECOND = 10**9
MINUTES_5 = 300 * SECOND


def _feed(name: str = "demo", seed: int = 7, *, compiled: bool | None = None) -> SynthFeed:
    return SynthFeed(load(name), seed=seed, compiled=compiled)


def _rows(feed: SynthFeed, from_ns: int, until_ns: int) -> Tape:
    return join(list(feed.window(feed.start_ns + from_ns, feed.start_ns + until_ns)))


def _digest(tape: Tape) -> str:
    columns = (tape.ts, tape.code, tape.px, tape.qty)
    return hashlib.sha256(b"".join(column.tobytes() for column in columns)).hexdigest()


@pytest.fixture(scope="module")
def ten_minutes() -> Tape:
    return _rows(_feed(), 0, 2 * MINUTES_5)


def test_the_same_seed_gives_the_same_rows(ten_minutes: Tape) -> None:
    """A run must be repeatable from its manifest alone."""
    assert _digest(_rows(_feed(), 0, 2 * MINUTES_5)) == _digest(ten_minutes)


def test_the_rows_are_the_same_everywhere(ten_minutes: Tape) -> None:
    """The digest was written down on one machine; a new calibration may change it, and nothing else."""
    assert _digest(ten_minutes)[:16] == "2c1d728e53c8c900"


def test_another_seed_gives_another_market(ten_minutes: Tape) -> None:
    """A seed that changed nothing would make many runs look like evidence of one."""
    assert _digest(_rows(_feed(seed=8), 0, 2 * MINUTES_5)) != _digest(ten_minutes)


@pytest.mark.skipif(not available(), reason="the fast extra is not installed")
@pytest.mark.parametrize("name", packaged())
def test_compiled_and_interpreted_give_the_same_bytes(name: str) -> None:
    """The fast extra may change the speed of a run and nothing else."""
    compiled, plain = (_rows(_feed(name, compiled=form), 0, 100 * SECOND) for form in (True, False))

    assert len(plain) > 100
    assert _digest(compiled) == _digest(plain)


@settings(max_examples=40)
@given(cuts=st.lists(st.integers(0, MINUTES_5), max_size=8))
def test_windows_do_not_change_the_rows(ten_minutes: Tape, cuts: list[int]) -> None:
    """An iteration's length must not choose the market that it judges."""
    feed = _feed()
    whole = ten_minutes.between(0, int(np.searchsorted(ten_minutes.ts, feed.start_ns + MINUTES_5)))
    edges = [0, *sorted(cuts), MINUTES_5]
    pieces = [_rows(feed, start, end) for start, end in pairwise(edges)]

    assert _digest(join(pieces)) == _digest(whole)
    for piece, (start, end) in zip(pieces, pairwise(edges), strict=True):
        assert ((piece.ts >= feed.start_ns + start) & (piece.ts < feed.start_ns + end)).all()


@pytest.mark.parametrize("at", [0, 1, BLOCK_NS, BLOCK_NS + SECOND, 4 * BLOCK_NS - 1])
def test_a_restored_feed_goes_on_with_the_same_rows(at: int) -> None:
    """A resumed soak must end with the bytes of an undisturbed one."""
    feed = _feed()
    list(feed.window(feed.start_ns, feed.start_ns + at))
    fresh = _feed()
    fresh.restore(feed.state())

    assert _digest(_rows(fresh, at, MINUTES_5)) == _digest(_rows(_feed(), at, MINUTES_5))
    assert len(feed.state()["market"]) < 1_000


def test_a_restored_feed_keeps_its_state_until_it_is_used() -> None:
    """A run that is stopped twice without having moved must not lose its place."""
    feed = _feed()
    list(feed.window(feed.start_ns, feed.start_ns + 3 * BLOCK_NS))
    fresh = _feed()
    fresh.restore(feed.state())

    assert fresh.state() == feed.state()


def test_a_foreign_state_is_refused() -> None:
    """A state of another version must stop the run and not bend the market."""
    with pytest.raises(BugError):
        _feed().restore({"block": 3, "market": [1, 2, 3]})


@pytest.mark.parametrize("seed", [-1, 2**63])
def test_a_seed_out_of_range_is_refused(seed: int) -> None:
    """A seed that were cut silently would name two markets with one number."""
    with pytest.raises(UsageError, match="seed"):
        _feed(seed=seed)


@pytest.mark.parametrize("name", packaged())
@pytest.mark.parametrize("seed", [1, 2])
def test_the_book_is_never_crossed_and_never_empty(name: str, seed: int) -> None:
    """A crossed book would hand fills to every bot."""
    tape, ladder = _rows(_feed(name, seed), 0, MINUTES_5), Ladder()
    for code, px, qty in zip(tape.code.tolist(), tape.px.tolist(), tape.qty.tolist(), strict=True):
        ladder.apply(code, px, qty)
        if code & LAST and code & KIND_MASK != TRADE:
            assert ladder.best_bid is not None
            assert ladder.best_ask is not None
            assert not ladder.crossed
            assert len(ladder.bids.levels) >= 8
            assert len(ladder.asks.levels) >= 8


@pytest.mark.parametrize("name", packaged())
def test_rows_are_in_order_and_sizes_are_positive(name: str) -> None:
    """The engine trusts its tape: time never goes back, and only a level's end has size zero."""
    tape = _rows(_feed(name), 0, MINUTES_5)
    kind = tape.code & KIND_MASK
    sized = (kind == TRADE) | (kind == SNAPSHOT)

    assert (np.diff(tape.ts) >= 0).all()
    assert (tape.qty[sized] > 0).all()
    assert (tape.qty[kind == DELTA] >= 0).all()
    assert (tape.px[kind != CLEAR] > 0).all()
    assert tape.code[-1] & LAST


def test_the_first_rows_are_the_whole_book(ten_minutes: Tape) -> None:
    """A run begins with a book and not with the hope of one."""
    kind = ten_minutes.code & KIND_MASK
    levels = int((kind == SNAPSHOT).sum())

    assert kind[0] == CLEAR
    assert (kind[1 : levels + 1] == SNAPSHOT).all()
    assert (kind == CLEAR).sum() == 1
    assert ten_minutes.code[levels] & LAST


def test_a_trade_is_printed_before_what_it_did_to_the_book() -> None:
    """Seen the other way round, the order would have traded with a level that was gone."""
    tape, ladder = _rows(_feed(), 0, 4 * MINUTES_5), Ladder()
    trades = 0
    for code, px, qty in zip(tape.code.tolist(), tape.px.tolist(), tape.qty.tolist(), strict=True):
        if code & KIND_MASK == TRADE:
            trades += 1
            resting = ladder.bids if code & SIDE_BIT else ladder.asks
            assert px in resting.levels
        ladder.apply(code, px, qty)
    assert trades > 50


def test_funding_is_written_every_eight_hours() -> None:
    """Positions held over a settlement must pay for it."""
    feed = _feed(compiled=available())
    tape = _rows(feed, 0, 17 * 3_600 * SECOND)
    paid = (tape.code & KIND_MASK) == FUNDING

    assert (tape.ts[paid] % (8 * 3_600 * SECOND) == 0).all()
    assert paid.sum() == 2
    assert (np.abs(tape.qty[paid]) <= 2 * 10**8).all()


def test_the_provenance_says_synthetic() -> None:
    """Nobody may take a made-up market for a recorded one."""
    provenance = _feed().provenance

    assert provenance.kind == "synthetic"
    assert provenance.recorded_ratio == 0
    assert provenance.detail["seed"] == 7
