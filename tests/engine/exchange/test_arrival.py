from typing import Any

import pytest
from tests.engine.stage import (
    ASK,
    BID,
    BUY,
    MS,
    SELL,
    T0,
    Act,
    Script,
    book,
    instrument,
    level,
    play,
    printed,
    profile,
)

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.exchange.arrival import request_at, submit_at
from seatrial.model.errors import BugError

BIDS, ASKS = {99: 20, 98: 30}, {101: 20, 102: 30}
SLOW = profile(latency={"out_ms": 10, "back_ms": 7})


def send(side: int = BUY, px: int = 99, qty: int = 5, **more: Any) -> Act:
    return lambda desk: desk.submit(side, px, qty, **more)


def cancel(order_id: int) -> Act:
    return lambda desk: desk.cancel(order_id)


def amend(order_id: int, **more: int) -> Act:
    return lambda desk: desk.amend(order_id, **more)


# -- latency ------------------------------------------------------------


def test_an_order_meets_the_market_only_when_it_arrives() -> None:
    """Sent at 1 ms, it reaches the exchange at 11 ms: the print before is missed, the one after met."""
    rows = [*book(0, BIDS, ASKS), printed(10.999, SELL, 90, 3), printed(11, SELL, 90, 2)]

    played = play(rows, {1: send()}, settings=SLOW)

    assert played.of("fill", "ms", "qty") == [(11.0, "2")]


def test_answers_travel_back_too() -> None:
    """Accepted at 11 ms, the bot knows at 18 ms; a fill at 20 ms reaches it at 27 ms."""
    rows = [*book(0, BIDS, ASKS), printed(20, SELL, 90, 2)]

    played = play(rows, {1: send()}, settings=SLOW)

    assert isinstance(played.bot, Script)
    assert played.bot.heard == [(18 * MS, "accepted", 1, None), (27 * MS, "fill", 1, 2)]
    [accepted] = [each for each in played.of("order") if each["event"] == "accepted"]
    assert (accepted["ms"], accepted["intended_ns"], accepted["ack_ns"]) == (11.0, T0 + MS, T0 + 18 * MS)


def test_the_bots_position_is_what_it_was_told() -> None:
    """The exchange knows of the fill at 20 ms, the bot at 27 ms: in between it must not know."""
    seen: list[tuple[int, int]] = []
    acts: dict[float, Act] = {1: send()}
    for ms in (20, 26, 27, 28):
        acts[ms] = lambda desk: seen.append((round((desk.now_ns - T0) / MS), desk.position()))

    play([*book(0, BIDS, ASKS), printed(20, SELL, 90, 2)], acts, settings=SLOW)

    assert seen == [(20, 0), (26, 0), (27, 2), (28, 2)]


def test_jitter_is_drawn_from_the_seed() -> None:
    """Latency varies from order to order, and is the same in every run."""
    settings = profile(latency={"out_ms": 1, "back_ms": 1, "jitter_ms": 5})
    acts: dict[float, Act] = {ms: send(qty=1) for ms in range(1, 100, 10)}

    runs = [play(book(0, BIDS, ASKS), acts, settings=settings) for _ in range(2)]

    delays = [
        (each["ack_ns"] - each["intended_ns"]) / MS
        for each in runs[0].of("order")
        if each["event"] == "accepted"
    ]
    assert runs[0].text == runs[1].text
    assert len(set(delays)) == 10
    assert min(delays) >= 2
    assert 4 < sum(delays) / 10 < 30


# -- cancels ------------------------------------------------------------


def test_a_cancel_that_comes_too_late_is_refused_and_the_fill_stands() -> None:
    """Cancelled at 20 ms, filled at 25 ms, the cancel arrives at 30 ms."""
    rows = [*book(0, BIDS, ASKS), printed(25, SELL, 90, 5)]

    played = play(rows, {1: send(), 20: cancel(1)}, settings=SLOW)

    assert played.of("fill", "ms", "qty") == [(25.0, "5")]
    assert played.orders("canceled", "cancel_rejected") == [(1, "cancel_rejected", "too_late")]


def test_an_order_may_fill_until_its_cancel_arrives() -> None:
    """A partial fill on the way of the cancel, then the rest is gone."""
    rows = [*book(0, BIDS, ASKS), printed(25, SELL, 90, 2), printed(31, SELL, 90, 3)]

    played = play(rows, {1: send(), 20: cancel(1)}, settings=SLOW)

    assert played.of("fill", "qty") == ["2"]
    [canceled] = [each for each in played.of("order") if each["event"] == "canceled"]
    assert (canceled["leaves"], canceled["intended_ns"]) == ("3", T0 + 20 * MS)


def test_a_cancel_strikes_its_own_order_only() -> None:
    """Order 1 is filled and its slot goes to order 2 before the bot knows: the cancel of 1 spares 2."""
    rows = [*book(0, BIDS, ASKS), printed(25, SELL, 90, 5)]
    acts: dict[float, Act] = {1: send(), 26: send(px=98), 27: cancel(1)}

    played = play(rows, acts, settings=SLOW, end=False)

    assert played.orders("canceled", "cancel_rejected") == [(1, "cancel_rejected", "too_late")]
    assert [order.order_id for order in played.session.desk.orders.values()] == [2]


def test_a_late_cancel_keeps_its_symbol_when_the_slot_went_elsewhere() -> None:
    """A refusal must be told of the instrument it was about."""
    pair = (instrument("A"), instrument("B"))
    rows = [*book(0, BIDS, ASKS), *book(0, BIDS, ASKS, inst=1), printed(25, SELL, 90, 5)]
    acts: dict[float, Act] = {1: send(), 26: send(instrument=1), 27: cancel(1)}

    played = play(rows, acts, settings=SLOW, instruments=pair)

    assert [each["symbol"] for each in played.of("order") if each["event"] == "cancel_rejected"] == ["A"]


def test_cancel_all_withdraws_every_order_of_an_instrument() -> None:
    """One call, one request for each live order."""
    acts: dict[float, Act] = {1: send(), 2: send(px=98), 3: lambda desk: desk.cancel_all()}

    assert len(play(book(0, BIDS, ASKS), acts).orders("canceled")) == 2


# -- amendments ------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "ahead"),
    [({"qty": 3}, 8), ({"qty": 5}, 8), ({"qty": 6}, 33), ({"px": 98}, 30), ({"px": 99}, 8)],
)
def test_only_a_smaller_size_at_the_same_price_keeps_the_place(change: dict[str, int], ahead: int) -> None:
    """Anything else goes to the end of the queue, as at every venue."""
    rows = [*book(0, BIDS, ASKS), printed(5, SELL, 99, 12), level(6, BID, 99, 33), printed(90, SELL, 99, 99)]
    rows.append(printed(91, SELL, 98, 99))

    played = play(rows, {1: send(), 10: amend(1, **change)})

    assert played.of("fill", "queue_ahead_before")[0] == str(ahead)


def test_an_amended_order_has_its_new_size() -> None:
    """Total 5 with 2 filled, amended to 4: 2 are left."""
    rows = [*book(0, {98: 5}, ASKS), printed(5, SELL, 99, 2), printed(20, SELL, 90, 99)]

    played = play(rows, {1: send(), 10: amend(1, qty=4)})

    assert played.of("fill", "qty") == ["2", "2"]
    assert played.orders("amended") == [(1, "amended", None)]


@pytest.mark.parametrize("qty", [1, 2])
def test_an_order_cannot_shrink_below_what_is_filled(qty: int) -> None:
    """What is done is done: the order stays as it was."""
    rows = [*book(0, {98: 5}, ASKS), printed(5, SELL, 99, 2), printed(20, SELL, 90, 99)]

    played = play(rows, {1: send(), 10: amend(1, qty=qty)})

    assert played.orders("amend_rejected") == [(1, "amend_rejected", "not_amendable")]
    assert played.of("fill", "qty") == ["2", "3"]


def test_an_amended_post_only_order_still_never_takes() -> None:
    """Moved across the spread it is refused, and rests where it was."""
    played = play([*book(0, BIDS, ASKS), printed(9, SELL, 98, 5)], {1: send(), 5: amend(1, px=101)})

    assert played.orders("amend_rejected") == [(1, "amend_rejected", "post_only_would_cross")]
    assert played.of("fill", "price") == ["99"]


def test_an_amended_limit_order_takes_what_it_now_reaches() -> None:
    """A plain limit order moved across the spread is a taker."""
    played = play(book(0, BIDS, ASKS), {1: send(tif="gtc"), 5: amend(1, px=101)})

    assert played.of("fill", "price", "liquidity") == [("101", "taker")]


def test_growing_needs_margin() -> None:
    """An amendment must not be the way around the check."""
    settings = profile(balance=1_000, leverage=1)

    played = play(book(0, BIDS, ASKS), {1: send(qty=10), 5: amend(1, qty=11)}, settings=settings)

    assert played.orders("amend_rejected") == [(1, "amend_rejected", "insufficient_margin")]


def test_an_amendment_that_comes_too_late_is_refused() -> None:
    """The order was filled on the way."""
    rows = [*book(0, BIDS, ASKS), printed(25, SELL, 90, 5)]

    played = play(rows, {1: send(), 20: amend(1, px=98)}, settings=SLOW)

    assert played.orders("amend_rejected") == [(1, "amend_rejected", "too_late")]


# -- many ------------------------------------------------------------


def test_hundreds_of_orders_at_once() -> None:
    """All slots taken, one more is blocked and told; a sweep of the market fills them all in price order."""

    def flood(desk: Any) -> None:
        for k in range(L.MAX_ORDERS + 1):
            desk.submit(BUY, 900 - k, 2)

    rows = [*book(0, {1_000: 5}, {1_001: 5}), printed(5, SELL, 100, 10_000)]

    played = play(rows, {1: flood})

    assert len(played.orders("accepted")) == L.MAX_ORDERS
    assert played.of("risk_block", "rule") == ["orders_in_flight_max"]
    assert played.of("fill", "price") == [str(900 - k) for k in range(L.MAX_ORDERS)]
    assert played.of("position", "qty")[-1] == str(2 * L.MAX_ORDERS)
    assert not played.session.desk.orders


def test_requests_are_served_in_the_order_of_their_arrival() -> None:
    """Two orders sent in one wake-up arrive in the order in which they were sent."""

    def two(desk: Any) -> None:
        desk.submit(BUY, 101, 15, tif="ioc")
        desk.submit(BUY, 101, 15, tif="ioc")

    assert play(book(0, BIDS, ASKS), {1: two}).of("fill", "order_id", "qty") == [(1, "15"), (2, "5")]


def test_the_addressed_forms_are_for_compiled_kernels() -> None:
    """An address means nothing to the interpreter."""
    with pytest.raises(BugError):
        submit_at(0, 0, 0, 1, 1, 0, 0, 0, 0)
    with pytest.raises(BugError):
        request_at(0, L.CANCEL, 0, 0, 1, 0, 0, 0)


def test_an_order_far_outside_the_ladder_rests_with_nobody_ahead() -> None:
    """A price beyond the ladder is a price all the same."""
    rows = [*book(0, {50_000: 5}, {50_001: 5}), level(5, ASK, 50_001, 9)]

    played = play(rows, {1: send(px=1)})

    assert played.orders("accepted") == [(1, "accepted", None)]
