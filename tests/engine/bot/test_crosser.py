from tests.engine.stage import book, play, profile

from seatrial.engine.bot.crosser import Crosser


def test_it_pays_the_spread_again_and_again() -> None:
    """The gates for maker share and net edge must have something to fail on."""
    bot = Crosser(cross_every_s=5, order_qty="1", max_position="100", half_spread_bps=5)

    played = play(book(0, {9_999: 100}, {10_001: 100}), bot, settings=profile(bot_ms=1_000), until_ms=21_500)

    assert played.of("fill", "ms", "side", "liquidity") == [
        (1_000, "buy", "taker"),
        (6_000, "sell", "taker"),
        (11_000, "buy", "taker"),
        (16_000, "sell", "taker"),
        (21_000, "buy", "taker"),
    ]
    assert played.orders("submitted")[:2] == [(1, "submitted", None), (2, "submitted", None)]
