from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.stage import (
    ASK,
    BID,
    BUY,
    MS,
    SELL,
    Act,
    Row,
    Script,
    Wanderer,
    book,
    gap,
    level,
    play,
    printed,
    profile,
    quote,
)

BIDS, ASKS = {99: 20, 98: 30}, {101: 20, 102: 30}
QUEUE = ("ms", "price", "qty", "cause", "queue_ahead_before", "queue_ahead_after")
OPTIMISTIC = profile(queue="optimistic")


def join(qty: int = 5, px: int = 99, side: int = BUY, **more: Any) -> Act:
    return lambda desk: desk.submit(side, px, qty, **more)


def ahead(rows: list[Row], *, optimistic: bool = False) -> tuple[Any, ...]:
    """What stood before our bid of 5 at 99, sent at 1 ms, when a print of 1,000 clears the level at 90 ms."""
    chosen = OPTIMISTIC if optimistic else profile()
    played = play([*book(0, BIDS, ASKS), *rows, printed(90, SELL, 99, 1_000)], {1: join()}, settings=chosen)
    [before] = played.of("fill", "queue_ahead_before")
    return int(before), played.of("fill", "cause")[0]


# -- the queue ------------------------------------------------------------


def test_joining_puts_the_displayed_size_ahead_of_us() -> None:
    """Who joins a level is last in it, or every quote fills at once."""
    assert ahead([]) == (20, "queue_cleared")


@pytest.mark.parametrize(("side", "px", "taker"), [(BUY, 99, SELL), (SELL, 101, BUY)])
def test_prints_at_our_price_first_serve_who_was_there(side: int, px: int, taker: int) -> None:
    """A print fills us with what is left after the queue ahead, on either side of the book."""
    rows = [
        *book(0, BIDS, ASKS),
        printed(5, taker, px, 12),
        printed(6, taker, px, 10),
        printed(7, taker, px, 2),
    ]

    played = play(rows, {1: join(5, px, side)})

    assert played.of("fill", *QUEUE) == [
        (6.0, str(px), "2", "queue_cleared", "8", "0"),
        (7.0, str(px), "2", "queue_cleared", "0", "0"),
    ]


def test_a_print_that_only_reaches_the_queue_fills_nothing() -> None:
    """Exactly the size ahead leaves nothing for us: not one lot more."""
    assert not play([*book(0, BIDS, ASKS), printed(5, SELL, 99, 20)], {1: join()}).of("fill")


def test_a_print_on_the_other_side_is_not_for_us() -> None:
    """A buyer does not meet a bid."""
    assert not play([*book(0, BIDS, ASKS), printed(5, BUY, 99, 500)], {1: join()}).of("fill")


@pytest.mark.parametrize(("shown", "left"), [(25, 20), (20, 20), (12, 12), (0, 0)])
def test_only_a_level_smaller_than_the_queue_proves_that_we_moved_up(shown: int, left: int) -> None:
    """Conservative: a cancel may have been behind us, until the level is smaller than what was ahead."""
    assert ahead([level(5, BID, 99, shown)])[0] == left


def test_a_level_grows_behind_us() -> None:
    """Who comes later stands behind: 20 to 30 to 20 has nothing to say about the queue ahead."""
    assert ahead([level(5, BID, 99, 30), level(6, BID, 99, 20)])[0] == 20


def test_a_level_that_was_gone_puts_us_first() -> None:
    """A level deleted and shown again queues behind us: nobody who is back kept a place."""
    assert ahead([level(5, BID, 99, 0), level(6, BID, 99, 50)])[0] == 0


def test_every_cancel_advances_the_optimist() -> None:
    """The other bound: 30 to 25 was all ahead of us."""
    rows = [level(5, BID, 99, 30), level(6, BID, 99, 25)]

    assert (ahead(rows)[0], ahead(rows, optimistic=True)[0]) == (20, 15)


def test_a_print_and_the_level_that_shows_it_count_once() -> None:
    """Trades come before depth: the same five lots must not advance even the optimist twice."""
    rows = [printed(5, SELL, 99, 5), level(5, BID, 99, 15)]

    assert ahead(rows)[0] == 15
    assert ahead(rows, optimistic=True)[0] == 15
    assert ahead([*rows, level(6, BID, 99, 12)], optimistic=True)[0] == 12


def test_a_best_quote_below_us_says_that_our_level_is_gone() -> None:
    """A best bid of 98 leaves nobody ahead of a bid at 99."""
    assert ahead([quote(5, BID, 98, 30)])[0] == 0


def test_a_snapshot_without_our_level_puts_us_first() -> None:
    """Within what a snapshot shows, an absent level is an empty one."""
    assert ahead(book(5, {98: 30}, ASKS))[0] == 0


def test_a_snapshot_that_does_not_reach_our_level_says_nothing() -> None:
    """A level below the deepest shown may be as full as before."""
    played = play(
        [*book(0, {99: 20, 97: 9}, ASKS), *book(5, {99: 20, 98: 1}, ASKS), printed(9, SELL, 97, 10)],
        {1: join(5, 97)},
    )

    assert played.of("fill", "queue_ahead_before", "qty") == [("9", "1")]


def test_after_a_gap_everybody_shown_may_be_ahead() -> None:
    """Nobody watched the queue: at the far end the whole level stands before us again."""
    watched = [printed(5, SELL, 99, 12)]
    blind = [*watched, gap(6, opens=True), gap(8, opens=False), *book(8, {99: 33}, ASKS)]

    assert (ahead(watched)[0], ahead(blind)[0]) == (8, 33)


def test_two_own_orders_at_one_price_fill_in_turn() -> None:
    """The public queue is passed once, and the order that came first fills first."""
    rows = [*book(0, BIDS, ASKS), printed(5, SELL, 99, 23), printed(6, SELL, 99, 6)]

    played = play(rows, {1: join(5), 2: join(7)})

    assert played.of("fill", "ms", "order_id", "qty") == [(5.0, 1, "3"), (6.0, 1, "2"), (6.0, 2, "4")]


def test_the_better_own_price_fills_first() -> None:
    """A seller meets the highest bid before the next."""
    rows = [*book(0, BIDS, ASKS), printed(5, SELL, 98, 36)]

    played = play(rows, {1: join(5, 98), 2: join(4, 99)})

    assert played.of("fill", "order_id", "qty", "cause") == [
        (2, "4", "trade_through"),
        (1, "2", "queue_cleared"),
    ]


def test_an_amended_order_queues_by_its_new_place() -> None:
    """The older number does not make an order that came to the price later the first in line."""
    acts: dict[float, Act] = {1: join(5, 98), 2: join(5, 99), 3: lambda desk: desk.amend(1, px=99)}
    rows = [*book(0, {98: 30}, ASKS), level(2.5, BID, 99, 40), level(5, BID, 99, 4), printed(6, SELL, 99, 11)]

    assert play(rows, acts).of("fill", "order_id", "qty") == [(2, "5"), (1, "2")]


# -- prints through, and the book across -------------------------------------------------------------


def test_a_print_through_our_price_fills_at_our_price_and_no_more_than_itself() -> None:
    """Trading through us proves that we would have been met, with the size that traded."""
    rows = [*book(0, BIDS, ASKS), printed(5, SELL, 98, 3), printed(6, SELL, 98, 100)]

    assert play(rows, {1: join()}).of("fill", *QUEUE) == [
        (5.0, "99", "3", "trade_through", "20", "0"),
        (6.0, "99", "2", "trade_through", "0", "0"),
    ]


@pytest.mark.parametrize("prints", [[5], [2, 3], [1] * 5, [2, 2, 9]])
def test_an_order_that_is_used_up_is_gone(prints: list[int]) -> None:
    """Peers kept an exactly exhausted order alive and broke on the next trade."""
    rows = [*book(0, BIDS, ASKS), *(printed(5 + k, SELL, 98, qty) for k, qty in enumerate(prints))]
    rows += [printed(20, SELL, 98, 4), level(21, ASK, 98, 9)]

    played = play(rows, {1: join(5)})

    assert sum(int(qty) for qty in played.of("fill", "qty")) == 5
    assert played.of("fill", "leaves")[-1] == "0"
    assert played.orders("filled") == [(1, "filled", None)]
    assert played.orders("cancel_requested") == []


def test_the_book_across_our_price_fills_us_as_maker() -> None:
    """A new ask at or under a resting bid would have traded with it."""
    rows = [*book(0, BIDS, ASKS), level(5, BID, 99, 0), level(5, ASK, 99, 3), level(6, ASK, 98, 1)]

    played = play(rows, {1: join()})

    assert played.of("fill", "ms", "price", "qty", "cause", "liquidity") == [
        (5.0, "99", "3", "book_cross", "maker"),
        (6.0, "99", "1", "book_cross", "maker"),
    ]


def test_the_same_displayed_size_crosses_us_once() -> None:
    """A level shown again with what we already took is not a second seller."""
    rows = [*book(0, BIDS, ASKS), *(level(5 + k, ASK, 99, qty) for k, qty in enumerate((3, 3, 2, 4, 4)))]

    assert play(rows, {1: join(9)}).of("fill", "ms", "qty") == [(5.0, "3"), (8.0, "2")]


@pytest.mark.parametrize("no_fill", [False, True])
def test_a_marked_print_fills_nothing(no_fill: bool) -> None:
    """Insurance-fund prints and replayed ones met no resting order."""
    played = play([*book(0, BIDS, ASKS), printed(5, SELL, 98, 100, no_fill=no_fill)], {1: join()})

    assert len(played.of("fill")) == (0 if no_fill else 1)


@pytest.mark.parametrize(("px", "filled"), [(9_901, True), (9_900, True), (9_899, False), (5_000, False)])
def test_a_print_off_the_book_fills_nothing(px: int, filled: bool) -> None:
    """A print beyond the collar (100 bps of a touch of 10,000 here) is not this market's."""
    rows = [*book(0, {10_000: 5}, {10_001: 5}), printed(5, SELL, px, 100)]

    played = play(rows, {1: join(5, 10_000)}, settings=profile(off_book_collar_bps=100))

    assert bool(played.of("fill")) is filled


def test_a_print_before_any_book_fills_nothing() -> None:
    """Without a touch nobody can say whether a print is on the book."""
    rows = [printed(0, SELL, 100, 1), printed(5, SELL, 98, 100)]

    assert not play(rows, {1: join()}).of("fill")


# -- taking ------------------------------------------------------------


def test_a_marketable_order_walks_the_levels_it_reaches() -> None:
    """Each level at its own price, as taker, and the rest of a limit order rests."""
    rows = [*book(0, BIDS, {101: 20, 102: 30, 104: 9}), printed(9, SELL, 103, 2)]

    played = play(rows, {1: join(60, 103, tif="gtc")})

    assert played.of("fill", "price", "qty", "cause", "liquidity", "queue_ahead_before") == [
        ("101", "20", "marketable", "taker", None),
        ("102", "30", "marketable", "taker", None),
        ("103", "2", "queue_cleared", "maker", "0"),
    ]


def test_what_we_took_is_not_sold_to_us_twice() -> None:
    """The recorded book does not know that we traded: what it still shows is partly ours already."""
    acts: dict[float, Act] = {ms: join(15, 101, tif="ioc") for ms in (1, 2, 3)}

    assert play(book(0, BIDS, ASKS), acts).of("fill", "qty") == ["15", "5"]


def test_new_size_at_a_level_can_be_taken() -> None:
    """Growth is new; a level that went away and came back is new altogether."""
    rows = [*book(0, BIDS, ASKS), level(5, ASK, 101, 26), level(7, ASK, 101, 0), level(7, ASK, 101, 8)]
    acts: dict[float, Act] = {ms: join(50, 101, tif="ioc") for ms in (1, 6, 8)}

    assert play(rows, acts).of("fill", "ms", "qty") == [(1.0, "20"), (6.0, "6"), (8.0, "8")]


def test_a_restated_snapshot_sells_nothing_twice() -> None:
    """Venues that repeat the whole book would otherwise be a fountain of liquidity."""
    rows = [*book(0, BIDS, ASKS), *book(5, BIDS, ASKS), *book(7, BIDS, {102: 30}), *book(9, BIDS, ASKS)]
    acts: dict[float, Act] = {ms: join(50, 101, tif="ioc") for ms in (1, 6, 10)}

    assert play(rows, acts).of("fill", "ms", "qty") == [(1.0, "20"), (10.0, "20")]


def test_a_best_quote_beyond_a_level_frees_what_we_took() -> None:
    """The level was gone: what stands there later is somebody else's."""
    rows = [quote(0, BID, 99, 5), quote(0, ASK, 101, 20), quote(5, ASK, 102, 9), quote(6, ASK, 101, 20)]
    acts: dict[float, Act] = {ms: join(50, 101, tif="ioc") for ms in (1, 7)}

    assert play(rows, acts).of("fill", "ms", "qty") == [(1.0, "20"), (7.0, "20")]


# -- reduce-only --------------------------------------------------------------------------------------


def test_a_reduce_only_order_never_turns_the_position() -> None:
    """Bought 5, selling 20 reduce-only: 5 are sold, the rest is cancelled."""
    rows = [*book(0, BIDS, ASKS), printed(5, BUY, 101, 22), printed(6, BUY, 101, 30)]
    acts: dict[float, Act] = {1: join(5, 101, tif="ioc"), 2: join(20, 101, SELL, reduce_only=True)}

    played = play(rows, acts)

    fills = played.of("fill", "side", "qty", "position")
    assert fills == [("buy", "5", "5"), ("sell", "2", "3"), ("sell", "3", "0")]
    assert played.orders("canceled") == [(2, "canceled", "reduce_only")]


def test_a_reduce_only_order_that_is_met_flat_is_cancelled() -> None:
    """Another order closed the position first: there is nothing to reduce."""
    rows = [*book(0, BIDS, ASKS), printed(5, BUY, 102, 100)]
    acts: dict[float, Act] = {
        1: join(5, 101, tif="ioc"),
        2: join(5, 101, SELL, reduce_only=True),
        3: join(5, 99, SELL, tif="ioc"),
    }

    played = play(rows, acts)

    assert played.of("fill", "order_id") == [1, 3]
    assert played.orders("canceled") == [(2, "canceled", "reduce_only")]


def test_a_reduce_only_sweep_stops_when_it_is_flat() -> None:
    """The cap holds over the levels of one sweep too."""
    rows = [*book(0, {99: 3, 98: 30}, ASKS)]
    acts: dict[float, Act] = {1: join(5, 101, tif="ioc"), 2: join(20, 90, SELL, tif="gtc", reduce_only=True)}

    played = play(rows, acts)

    assert played.of("fill", "price", "qty") == [("101", "5"), ("99", "3"), ("98", "2")]
    assert played.orders("canceled") == [(2, "canceled", "reduce_only")]


# -- what every fill tells ------------------------------------------------------------


def test_a_fill_names_the_event_that_proves_it() -> None:
    """A fill nobody can check is a fill nobody should believe."""
    rows = [*book(0, BIDS, ASKS), printed(5, SELL, 98, 3), level(7, ASK, 99, 4)]

    played = play(rows, {1: join()})

    assert played.of("fill", "evidence") == [
        {"row": 5, "kind": "trade", "price": "98", "qty": "3"},
        {"row": 6, "kind": "book", "price": "99", "qty": "4"},
    ]
    assert played.of("fill", "order_age_ms", "mid", "decision_mid") == [
        (4.0, "100", "100"),
        (6.0, "100", "100"),
    ], "the mid is that of the last whole book"


# -- properties ------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 1), st.integers(0, 5), st.integers(0, 30), st.integers(0, 6)),
    min_size=5,
    max_size=60,
)


def rows_of(steps: list[tuple[int, int, int, int, int]], *, inst: int = 0) -> list[Row]:
    """A random walk of a book around 1,000: prints, levels, quotes and snapshots."""
    ms = 0.0
    rows = book(0, {999: 8, 998: 5}, {1_001: 8, 1_002: 5}, inst=inst)
    for kind, side, away, qty, wait in steps:
        ms += wait / 4
        px = 1_001 + away - 2 if side else 999 - away + 2
        if kind < 2:
            rows.append(printed(ms, side, px, qty + 1, inst=inst))
        elif kind < 4:
            rows.append(level(ms, side, px, qty, inst=inst))
        elif kind == 4:
            rows.append(quote(ms, side, px, qty + 1, inst=inst))
        else:
            rows += book(ms, {998 - away: qty + 1, 990: 3}, {1_002 + away: qty + 2}, inst=inst)
    return rows


@settings(max_examples=40, deadline=None)
@given(steps=STEPS, seed=st.integers(0, 10**6), optimistic=st.booleans())
def test_nothing_fills_more_than_was_asked_or_was_there(
    steps: list[tuple[int, int, int, int, int]], seed: int, optimistic: bool
) -> None:
    """Per order: at most its quantity. Per market event: at most its own size. Position: the sum of fills."""
    bot = Wanderer(seed=seed)

    played = play(rows_of(steps), bot, settings=OPTIMISTIC if optimistic else profile(), until_ms=120)

    largest: dict[int, int] = {}
    for each in played.of("order"):
        largest[each["order_id"]] = max(largest.get(each["order_id"], 0), int(each["qty"] or 0))
    filled: dict[int, int] = {}
    by_row: dict[int, int] = {}
    position = 0
    for fill in played.of("fill"):
        qty = int(fill["qty"])
        filled[fill["order_id"]] = filled.get(fill["order_id"], 0) + qty
        position += qty if fill["side"] == "buy" else -qty
        assert qty > 0
        assert int(fill["position"]) == position
        if fill["liquidity"] == "maker":
            row = fill["evidence"]["row"]
            by_row[row] = by_row.get(row, 0) + qty
            assert by_row[row] <= int(fill["evidence"]["qty"])
            better = int(fill["price"]) >= int(fill["evidence"]["price"])
            assert better if fill["side"] == "buy" else int(fill["price"]) <= int(fill["evidence"]["price"])
    assert all(qty <= largest[number] for number, qty in filled.items())
    assert played.of("position", "qty")[-1] == str(position)
    assert [ts for ts, _, _ in played.events] == sorted(ts for ts, _, _ in played.events)


def test_the_wanderer_meets_every_cause() -> None:
    """A property over fills that never happen would hold for any engine."""
    steps = [(k % 6, k // 3 % 2, k * 7 % 6, k * 11 % 31, 3) for k in range(400)]

    causes = set(play(rows_of(steps), Wanderer(seed=5)).of("fill", "cause"))

    assert causes == {"trade_through", "queue_cleared", "book_cross", "marketable"}


def test_the_script_hears_its_fill() -> None:
    """The bot is told at the moment of the fill when there is no latency."""
    played = play([*book(0, BIDS, ASKS), printed(5, SELL, 98, 3)], {1: join()})

    assert isinstance(played.bot, Script)
    assert played.bot.heard == [(1 * MS, "accepted", 1, None), (5 * MS, "fill", 1, 3)]
