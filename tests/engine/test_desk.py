from typing import Any

import numpy as np
import pytest
from tests.engine.stage import (
    ASK,
    BID,
    BUY,
    SELL,
    Act,
    Watcher,
    book,
    gap,
    instrument,
    level,
    play,
    printed,
    profile,
)

BIDS, ASKS = {99: 20, 98: 30, 95: 4}, {101: 21, 102: 31}
BOOK = book(0, BIDS, ASKS)


def ask(question: Act, rows: Any = BOOK, *, when: float = 5, **more: Any) -> Any:
    """What a bot finds out at some millisecond."""
    answers: list[Any] = []
    play(rows, {when: lambda desk: answers.append(question(desk))}, **more)
    return answers[0]


# -- seeing -----------------------------------------------------------------------------------------


def test_the_touch_is_best_prices_and_their_sizes() -> None:
    """Ticks and lots, bid before ask."""
    assert ask(lambda desk: desk.book()) == (99, 101, 20, 21)


@pytest.mark.parametrize(
    "row", [level(3, ASK, 99, 1), level(3, ASK, 98, 1), gap(3, opens=True)], ids=["locked", "crossed", "gap"]
)
def test_an_unusable_book_is_none(row: Any) -> None:
    """A bot that quotes on a broken book quotes on nothing."""
    assert ask(lambda desk: desk.book(), [*BOOK, row]) is None


def test_an_old_book_is_none() -> None:
    """Older than the cap of the profile."""
    stale = profile(stale_ms=3)

    assert ask(lambda desk: desk.book(), when=3, settings=stale) == (99, 101, 20, 21)
    assert ask(lambda desk: desk.book(), when=4, settings=stale, until_ms=10) is None


def test_before_the_first_row_there_is_nothing() -> None:
    """Starting up is not an error."""
    later = [level(50, BID, 99, 1), level(50, ASK, 101, 1)]

    assert ask(lambda desk: (desk.book(), desk.depth(0, 5), desk.position()), later) == (None, [], 0)


@pytest.mark.parametrize(
    ("side", "levels", "found"),
    [
        (0, 2, [(99, 20), (98, 30)]),
        (0, 9, [(99, 20), (98, 30), (95, 4)]),
        (1, 9, [(101, 21), (102, 31)]),
        (1, 0, []),
    ],
)
def test_depth_is_the_best_levels_first(side: int, levels: int, found: list[tuple[int, int]]) -> None:
    """Empty prices are skipped, and the book ends where it ends."""
    assert ask(lambda desk: desk.depth(side, levels)) == found


def test_depth_of_a_frozen_view_ends() -> None:
    """Shown a touch of long ago, far from today's book, the search still comes to its end."""
    rows = [*book(0, {99: 1}, {101: 1})]
    for k in range(200):
        middle = 1_000 + 50 * k
        rows += book(10 + 10 * k, {middle - 1: 1}, {middle + 1: 1})
    seen: list[Any] = []
    acts: dict[float, Act] = {
        ms: lambda desk: seen.append((desk.depth(0, 3), desk.depth(1, 3))) for ms in range(1, 2_000, 5)
    }

    play(rows, acts, settings=profile(faults={"stale_per_h": 36_000.0, "stale_ms": 500}))

    assert len(seen) == 400


@pytest.mark.parametrize(("qty", "lots"), [("0.05", 50), ("0.0509", 50), ("1", 1_000), ("0.0009", 0)])
def test_quantities_are_rounded_down_to_the_grid(qty: str, lots: int) -> None:
    """Never more than was asked for."""
    assert ask(lambda desk: desk.lots(qty), instruments=(instrument(lot_size="0.001"),)) == lots


# -- acting ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("px", "qty"), [(0, 5), (-3, 5), (99, 0), (99, -1)])
def test_an_order_without_price_or_size_is_not_sent(px: int, qty: int) -> None:
    """It would be nonsense at the venue too."""
    played = play(BOOK, {1: lambda desk: desk.submit(BUY, px, qty)})

    assert not played.of("order")


@pytest.mark.parametrize("px", [99.5, "99", None])
def test_a_price_that_is_no_whole_number_of_ticks_is_an_error(px: Any) -> None:
    """A compiled kernel would cut the fraction off and say nothing."""
    with pytest.raises(Exception, match="TypeError"):
        play(BOOK, {1: lambda desk: desk.submit(BUY, px, 5)})


def test_a_numpy_price_is_a_price() -> None:
    """Bots calculate with arrays; what is kept of them must be plain and savable."""
    px, qty = np.array([99]), np.array([5])
    played = play(BOOK, {1: lambda desk: desk.submit(BUY, px[0], qty[0])}, end=False)

    [order] = played.session.desk.orders.values()
    assert (type(order.px), type(order.qty)) == (int, int)


def test_live_orders_are_known_by_side_and_instrument() -> None:
    """Sent, they count as live until the exchange says otherwise."""
    acts: dict[float, Act] = {
        1: lambda desk: desk.submit(BUY, 99, 5),
        2: lambda desk: desk.submit(SELL, 101, 5),
    }
    played = play(BOOK, acts, end=False)

    desk = played.session.desk
    assert [order.order_id for order in desk.quotes(BUY)] == [1]
    assert [order.order_id for order in desk.quotes(SELL)] == [2]
    assert desk.quotes(BUY, 1) == []
    assert {order.status for order in desk.orders.values()} == {"open"}


def test_only_live_orders_can_be_cancelled_or_amended() -> None:
    """Unknown, already asked for, or still on its way: no request is sent."""
    answers: list[bool] = []

    def both(desk: Any) -> None:
        desk.submit(BUY, 99, 5)
        answers.append(desk.amend(1, px=98))
        answers.append(desk.cancel(1))
        answers.append(desk.cancel(1))
        answers.append(desk.amend(1, px=98))
        answers.append(desk.cancel(77))

    play(BOOK, {1: both})

    assert answers == [False, True, False, False, False]


def test_a_cancel_in_flight_stays_one_when_an_amendment_is_answered() -> None:
    """Amended, then cancelled before the answer: the order must not look open again."""
    states: list[str] = []
    acts: dict[float, Act] = {
        1: lambda desk: desk.submit(BUY, 99, 5),
        30: lambda desk: desk.amend(1, px=98),
        35: lambda desk: desk.cancel(1),
        52: lambda desk: states.extend(order.status for order in desk.orders.values()),
    }

    played = play(BOOK, acts, settings=profile(latency={"out_ms": 10, "back_ms": 10}), until_ms=90)

    assert states == ["pending_cancel"]
    assert played.orders("amended", "canceled") == [(1, "amended", None), (1, "canceled", None)]


def test_a_blocked_intent_is_told() -> None:
    """Risk that stopped an order is part of the record."""
    act: Act = lambda desk: desk.blocked("max_position", 10, 12, side=SELL)  # noqa: E731

    told = play(BOOK, {1: act}).of("risk_block", "rule", "limit", "value", "side", "symbol")

    assert told == [("max_position", 10, 12, "sell", "LIN")]


def test_a_desk_goes_on_from_its_state() -> None:
    """Orders, positions and what was last shown survive a save."""
    rows = [*BOOK, *(printed(5 + k, SELL, 98, 1) for k in range(20)), level(40, ASK, 101, 5)]
    acts: dict[float, Act] = {1: lambda desk: desk.submit(BUY, 99, 50), 8: lambda desk: desk.amend(1, qty=40)}
    settings = profile(latency={"out_ms": 2, "back_ms": 3}, faults={"stale_per_h": 360_000, "stale_ms": 3})

    assert (
        play(rows, acts, settings=settings, cuts=[8, 15], saves=True).text
        == play(rows, acts, settings=settings).text
    )
    assert Watcher is not None
