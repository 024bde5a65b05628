import pytest

from seatrial.engine.bot.strategy import Strategy


class Sized(Strategy):
    """A bot with one argument."""

    def __init__(self, size: int = 1) -> None:
        self.size = size


def test_a_bot_of_plain_attributes_can_be_saved() -> None:
    """Most bots need not write a line for it."""
    bot, other = Sized(3), Sized()

    other.restore(bot.state())

    assert other.size == 3


def test_arguments_change_in_mid_run() -> None:
    """Warm-up ends, a tuner's delta is applied."""
    bot = Sized()
    bot.set_params({"size": 4})

    assert bot.size == 4


def test_an_unknown_argument_is_an_error() -> None:
    """A misspelt delta that is silently kept changes nothing and says it did."""
    with pytest.raises(AttributeError, match="sise"):
        Sized().set_params({"sise": 4})
