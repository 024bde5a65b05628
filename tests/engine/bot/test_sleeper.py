from tests.engine.stage import book, play, profile

from seatrial.engine.bot.sleeper import Sleeper


def test_it_stops_quoting_and_says_nothing() -> None:
    """No error, no orders: only a gate on uptime can notice."""
    bot = Sleeper(awake_s=5, order_qty="1")

    played = play(book(0, {9_999: 100}, {10_001: 100}), bot, settings=profile(bot_ms=1_000), until_ms=60_000)

    assert {ms for ms, *_ in played.of("order", "ms", "event")} == {1_000, 6_000}
    assert len(played.orders("canceled")) == 2
    assert played.session.desk.orders == {}
