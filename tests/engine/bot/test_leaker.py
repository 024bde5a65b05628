import json

from tests.engine.stage import book, play, profile

from seatrial.engine.bot.leaker import Leaker


def kept(bot: Leaker) -> int:
    return sum(len(each) for each in bot._kept)


def test_it_grows_with_every_timer() -> None:
    """The memory gate must have something to fail on."""
    bot = Leaker(leak_bytes=1_000)

    play(book(0, {9_999: 100}, {10_001: 100}), bot, settings=profile(bot_ms=1_000), until_ms=20_500)

    assert kept(bot) == 20_000


def test_the_leak_survives_a_resume_without_being_saved() -> None:
    """A checkpoint with the leak inside would grow as the bot does."""
    bot, resumed = Leaker(leak_bytes=1_000), Leaker(leak_bytes=1_000)
    play(book(0, {9_999: 100}, {10_001: 100}), bot, settings=profile(bot_ms=1_000), until_ms=20_500)
    saved = json.dumps(bot.state())

    resumed.restore(json.loads(saved))

    assert len(saved) < 1_000
    assert kept(resumed) == kept(bot)
