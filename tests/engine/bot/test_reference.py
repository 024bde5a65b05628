from typing import Any

import pytest
from tests.engine.stage import (
    BUY,
    SELL,
    Played,
    Row,
    book,
    gap,
    play,
    printed,
    profile,
)

from seatrial.engine.bot.reference import ReferenceMaker

# A touch of 9,999 and 10,001: one basis point is one tick.
TOUCH = book(0, {9_999: 100, 9_900: 5}, {10_001: 100, 10_100: 5})
QUIET = profile(bot_ms=1_000)


def run(rows: list[Row] | None = None, until_ms: float = 10_000, **params: Any) -> Played:
    values: dict[str, Any] = {
        "order_qty": "10", "max_position": "100", "half_spread_bps": 5, "min_half_spread_bps": 1,
        "vol_mult": 0, "skew_bps": 0, "refresh_ratio": 0.5, **params,
    }  # fmt: skip
    return play(rows or TOUCH, ReferenceMaker(**values), settings=QUIET, until_ms=until_ms, end=False)


def quotes(played: Played) -> tuple[int | None, int | None]:
    """Its standing quotes at the end."""
    desk = played.session.desk
    bids, asks = ([order.px for order in desk.quotes(side)] for side in (BUY, SELL))
    return max(bids, default=None), min(asks, default=None)


def test_it_quotes_both_sides_around_the_middle() -> None:
    """Five basis points to each side of 10,000, post-only, once."""
    played = run()

    assert quotes(played) == (9_995, 10_005)
    assert played.of("order", "tif")[:2] == ["post_only", "post_only"]
    assert len(played.orders("submitted")) == 2


def test_the_middle_leans_to_the_thinner_side() -> None:
    """A bid nine times the ask's size says that the price is nearer to the ask."""
    rows = book(0, {9_990: 900}, {10_010: 100})

    bid, ask = quotes(run(rows))

    assert (bid, ask) == (10_002, 10_014)


def test_inventory_moves_both_quotes_against_it() -> None:
    """Long a tenth of the cap, with a skew of 40 bps: both quotes four ticks lower."""
    rows = [*TOUCH, printed(1_500, SELL, 9_990, 10)]

    assert quotes(run(rows, skew_bps=40)) == (9_991, 10_001)


def test_volatility_widens_the_quotes() -> None:
    """The same touch after a wild minute deserves more distance."""
    rows = list(TOUCH)
    for k in range(1, 20):
        px = 10_030 if k % 2 else 10_000
        rows += book(500 + 1_000 * k, {px - 1: 100}, {px + 1: 100})
    rows += book(30_000, {9_999: 100}, {10_001: 100})

    calm, wild = (
        [int(px or 0) for px in quotes(run(rows, until_ms=31_500, vol_mult=mult, order_qty="1"))]
        for mult in (0, 2)
    )

    assert wild[1] - wild[0] > calm[1] - calm[0] + 10


def test_it_never_quotes_closer_than_its_minimum() -> None:
    """A half spread of nothing is a gift."""
    assert quotes(run(half_spread_bps=0, min_half_spread_bps=2)) == (9_998, 10_002)


def test_it_stays_out_of_the_other_side() -> None:
    """With a wide skew a quote would cross: it stops one tick short."""
    rows = [*TOUCH, printed(1_500, SELL, 9_990, 10)]

    bid, ask = quotes(run(rows, skew_bps=200))

    assert bid is not None
    assert ask == 10_000, "one tick above the best bid"


def test_the_risk_cap_takes_the_quote_away_and_says_so_once() -> None:
    """At its cap the buying side is silent; the block is one event, not one a second."""
    rows = [*TOUCH, printed(1_500, SELL, 9_990, 10)]

    played = run(rows, max_position="10")

    assert played.of("risk_block", "rule", "side", "limit", "value") == [("max_position", "buy", 10, 20)]
    assert quotes(played)[0] is None
    assert quotes(played)[1] is not None


def test_without_a_usable_book_it_cancels() -> None:
    """Quotes on a market that nobody sees are options for others."""
    rows = [*TOUCH, gap(3_500, opens=True)]

    played = run(rows)

    assert len(played.orders("canceled")) == 2
    assert "no usable book" in played.of("decision", "reason")


@pytest.mark.parametrize(("move", "amended"), [(1, 0), (5, 2)])
def test_quotes_follow_the_market_when_they_are_off_enough(move: int, amended: int) -> None:
    """Half of the half spread is forgiven, more is not."""
    rows = [*TOUCH, *book(3_500, {9_999 + move: 100}, {10_001 + move: 100})]

    assert len(run(rows).orders("amended")) == amended


def test_an_old_quote_is_refreshed() -> None:
    """Two ticks off are forgiven, but not for ever."""
    rows = [*TOUCH, *book(3_500, {10_000: 100}, {10_002: 100})]

    assert run(rows).orders("amended") == []
    assert run(rows, max_order_age_ms=5_000).orders("amended") == [(2, "amended", None)]


def test_a_second_quote_on_a_side_is_taken_away() -> None:
    """After a muddle there is one quote again."""
    played = run()
    desk = played.session.desk
    bot = played.bot
    assert isinstance(bot, ReferenceMaker)
    desk.submit(BUY, 9_990, 5)
    desk.submit(BUY, 9_991, 5)

    bot.refresh(desk, desk.quotes(BUY), 9_990, 1)

    assert [order.status for order in desk.quotes(BUY)][-1] == "pending_cancel"
