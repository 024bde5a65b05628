from decimal import Decimal
from typing import Any

import pytest
from tests.engine.stage import (
    BUY,
    INVERSE,
    LINEAR,
    SELL,
    Act,
    S,
    book,
    instrument,
    play,
    printed,
    profile,
)

from seatrial.engine.exchange import layout as L  # noqa: N812

BIDS, ASKS = {99: 20, 98: 30}, {101: 20, 102: 30}


def send(side: int, px: int, qty: int, **more: Any) -> Act:
    return lambda desk: desk.submit(side, px, qty, **more)


def reason(act: Act, rows: Any = None, **more: Any) -> str | None:
    """Why the exchange refused one order, or None when it was taken."""
    played = play(rows or book(0, BIDS, ASKS), {1: act}, **more)
    [answer] = played.orders("accepted", "rejected")
    return answer[2]


@pytest.mark.parametrize(
    ("side", "px", "why"),
    [
        (BUY, 100, None),
        (BUY, 101, "post_only_would_cross"),
        (BUY, 150, "post_only_would_cross"),
        (SELL, 100, None),
        (SELL, 99, "post_only_would_cross"),
        (SELL, 1, "post_only_would_cross"),
    ],
)
def test_post_only_never_takes(side: int, px: int, why: str | None) -> None:
    """A maker's order that would pay the spread is refused, and one that would not is in the book."""
    assert reason(send(side, px, 5)) == why


def test_an_accepted_post_only_order_is_in_the_book() -> None:
    """A peer acknowledged maker-only orders and never put them into the book."""
    played = play([*book(0, BIDS, ASKS), printed(5, SELL, 99, 9)], {1: send(BUY, 100, 5)})

    assert played.of("fill", "liquidity", "price") == [("maker", "100")]


def test_a_marketable_limit_order_pays_the_takers_fee() -> None:
    """A peer charged the maker's fee for crossing the spread."""
    fees = {"maker_bps": 1, "taker_bps": 10}

    played = play(book(0, BIDS, ASKS), {1: send(BUY, 101, 10, tif="gtc")}, settings=profile(fees=fees))

    assert played.of("fill", "liquidity", "notional", "fee") == [("taker", "1010", "-1.01")]


@pytest.mark.parametrize(
    ("px", "qty", "filled", "event"),
    [(101, 20, ["20"], "filled"), (101, 25, ["20"], "expired"), (100, 5, [], "expired")],
)
def test_immediate_or_cancel_takes_what_is_there(px: int, qty: int, filled: list[str], event: str) -> None:
    """What cannot be had at once is given up, never rested."""
    played = play([*book(0, BIDS, ASKS), printed(5, SELL, 90, 99)], {1: send(BUY, px, qty, tif="ioc")})

    assert played.of("fill", "qty") == filled
    assert [name for _, name, _ in played.orders("filled", "expired")] == [event]


@pytest.mark.parametrize(
    ("px", "qty", "filled"), [(102, 50, ["20", "30"]), (102, 51, []), (101, 21, []), (101, 20, ["20"])]
)
def test_fill_or_kill_is_all_or_nothing(px: int, qty: int, filled: list[str]) -> None:
    """One lot short is a refusal, and no lot is bought."""
    played = play(book(0, BIDS, ASKS), {1: send(BUY, px, qty, tif="fok")})

    assert played.of("fill", "qty") == filled
    assert played.orders("rejected") == ([] if filled else [(1, "rejected", "fill_or_kill")])


def test_a_market_order_takes_any_price_and_never_rests() -> None:
    """It walks the whole book, and what the book cannot give expires."""
    played = play(book(0, BIDS, ASKS), {1: send(SELL, 0, 60, tif="gtc", kind="market")})

    assert played.of("fill", "price", "qty") == [("99", "20"), ("98", "30")]
    assert played.orders("expired") == [(1, "expired", "unfilled_rest")]


def test_a_market_order_needs_a_market() -> None:
    """With nobody on the other side there is no price."""
    act = send(BUY, 0, 5, tif="ioc", kind="market")

    assert reason(act, book(0, BIDS, {})) == "no_market"


def test_a_limit_order_may_rest_in_an_empty_book() -> None:
    """The first order of a market is first in its queue."""
    played = play([*book(0, {}, {101: 5}), printed(5, SELL, 99, 9)], {1: send(BUY, 99, 5)})

    assert played.orders("accepted")
    assert not played.of("fill"), "a print without a bid touch is off the book"


@pytest.mark.parametrize(("qty", "why"), [(9, "below_min_notional"), (10, None)])
def test_the_smallest_order_value_holds(qty: int, why: str | None) -> None:
    """10 lots at 99 are worth 990, which is the least; 9 are refused."""
    small = instrument(min_notional=Decimal("989.5"))

    assert reason(send(BUY, 99, qty), instruments=(small,)) == why


@pytest.mark.parametrize(
    ("position", "side", "why"), [(0, SELL, "reduce_only"), (1, BUY, "reduce_only"), (1, SELL, None)]
)
def test_reduce_only_is_refused_when_it_would_add(position: int, side: int, why: str | None) -> None:
    """Flat, or on the side of the position, there is nothing to reduce."""
    acts: dict[float, Act] = {2: send(side, 99 if side == BUY else 101, 1, reduce_only=True)}
    if position:
        acts[1] = send(BUY, 101, 5, tif="ioc")

    assert play(book(0, BIDS, ASKS), acts).orders("accepted", "rejected")[-1][2] == why


# -- margin ------------------------------------------------------------


@pytest.mark.parametrize(("qty", "why"), [(100, None), (101, "insufficient_margin")])
def test_margin_bounds_a_linear_position(qty: int, why: str | None) -> None:
    """1,000 at leverage 10 carry 100 lots at 100, worth 10,000."""
    act = send(BUY, 100, qty)

    assert reason(act, settings=profile(balance=1_000, leverage=10)) == why


@pytest.mark.parametrize(("qty", "why"), [(1_000, None), (1_010, "insufficient_margin")])
def test_margin_bounds_an_inverse_position(qty: int, why: str | None) -> None:
    """1 coin at leverage 10 carries 1,000 contracts at 100, worth 10 coins."""
    settings = profile(balance=1, leverage=10)

    assert reason(send(BUY, 100, qty), instruments=(INVERSE,), settings=settings) == why


def test_margin_counts_what_already_rests() -> None:
    """Two orders that could both fill must both be carried; the other side is another matter."""
    acts: dict[float, Act] = {1: send(BUY, 100, 60), 2: send(BUY, 100, 60), 3: send(SELL, 101, 60)}

    played = play(book(0, BIDS, ASKS), acts, settings=profile(balance=1_000, leverage=10))

    assert played.orders("accepted", "rejected") == [
        (1, "accepted", None),
        (2, "rejected", "insufficient_margin"),
        (3, "accepted", None),
    ]


def test_closing_needs_no_margin() -> None:
    """A position without equity behind it can still be closed."""
    rows = [*book(0, {99: 200}, {101: 200}), *book(2, {49: 200}, {51: 200})]
    acts: dict[float, Act] = {1: send(BUY, 101, 90, tif="ioc"), 3: send(SELL, 49, 90, tif="ioc")}

    played = play(rows, acts, settings=profile(balance=1_000, leverage=10))

    assert played.orders("rejected") == []
    assert played.of("position", "qty")[-1] == "0"


def test_ten_million_contracts_stay_within_the_machines_word() -> None:
    """Compiled integers wrap: the value of a large inverse position must not."""
    act = send(BUY, 60_000, 30_000_000)
    rows = book(0, {59_999: 5}, {60_001: 5})

    assert reason(act, rows, instruments=(INVERSE,), settings=profile(balance=10_000, leverage=1)) is None
    assert reason(act, rows, instruments=(INVERSE,), settings=profile(balance=499, leverage=1)) is not None


def test_a_fine_grid_does_not_overflow_the_margin() -> None:
    """Coins priced in hundred-millionths make equity a number that leverage could push past 63 bits."""
    fine = instrument(tick_size=Decimal("1e-8"), lot_size=Decimal("1e-8"))
    settings = profile(balance=10**9, leverage=200)

    played = play(book(0, BIDS, ASKS), {1: send(BUY, 100, 5)}, instruments=(fine,), settings=settings)

    regs = played.session.memory.regs
    equity = regs[played.session.memory.at(0) + L.I_EQUITY]
    assert equity // 1_000 * regs[L.LEVERAGE_MILLI] < 2**62
    assert played.orders("rejected") == []


# -- self-trades and rates -----------------------------------------------------------------------------


def crossing_myself(mode: str) -> list[tuple[int, str, str | None]]:
    """An own bid at 100 rests when an own sell at 100 comes."""
    acts: dict[float, Act] = {1: send(BUY, 100, 5, tif="gtc"), 2: send(SELL, 100, 5, tif="gtc")}
    settings = profile(self_trade_prevention=mode)
    return play(book(0, BIDS, ASKS), acts, settings=settings).orders("accepted", "rejected", "canceled")


def test_self_trade_prevention_cancels_the_newer() -> None:
    """The order that would trade with our own is refused."""
    assert crossing_myself("cancel_new") == [(1, "accepted", None), (2, "rejected", "self_trade_prevention")]


def test_self_trade_prevention_cancels_the_resting() -> None:
    """The order in the way is cancelled, then the new one is taken."""
    assert crossing_myself("cancel_resting") == [
        (1, "accepted", None),
        (1, "canceled", "self_trade_prevention"),
        (2, "accepted", None),
    ]


def test_without_self_trade_prevention_both_stand() -> None:
    """Own orders are not in the recorded book: they do not trade with each other either way."""
    assert crossing_myself("none") == [(1, "accepted", None), (2, "accepted", None)]


@pytest.mark.parametrize(("mode", "event"), [("none", "amended"), ("cancel_new", "amend_rejected")])
def test_an_amendment_obeys_the_same_rule(mode: str, event: str) -> None:
    """Moving an order onto our own other side is a self-trade as much as sending it there."""
    acts: dict[float, Act] = {
        1: send(BUY, 99, 5, tif="gtc"),
        2: send(SELL, 101, 5),
        3: lambda desk: desk.amend(1, px=101),
    }
    played = play(book(0, BIDS, {105: 5}), acts, settings=profile(self_trade_prevention=mode))

    assert [name for _, name, _ in played.orders("amended", "amend_rejected")] == [event]


def test_the_venue_takes_so_many_requests_a_second() -> None:
    """The third order of one second is refused, the first of the next second is taken."""
    rows = book(0, BIDS, ASKS)
    acts: dict[float, Act] = {ms: send(BUY, 99, 1) for ms in (1, 2, 3, 1_001)}

    played = play(rows, acts, settings=profile(rate_limit_per_s=2), until_ms=2 * S / 1e6)

    assert [why for _, _, why in played.orders("accepted", "rejected")] == [None, None, "rate_limited", None]


def test_a_forced_refusal_comes_before_every_check() -> None:
    """A venue that errs does not look at the order first."""
    settings = profile(faults={"reject_ratio": 1})

    assert reason(send(BUY, 500, 5), settings=settings) == "venue_reject"


def test_the_linear_contract_of_the_stage_is_what_the_examples_assume() -> None:
    """Prices and sizes of the examples are ticks and lots of one."""
    assert (LINEAR.tick_size, LINEAR.lot_size, INVERSE.settle) == (Decimal(1), Decimal(1), "COIN")
