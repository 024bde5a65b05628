"""Lengths of time, read and written as people do."""

import pytest

from seatrial.dryrun.duration import seconds, words
from seatrial.model.errors import UsageError


@pytest.mark.parametrize(
    ("text", "length_s"),
    [("60s", 60), ("5m", 300), ("1h", 3_600), ("2d", 172_800), ("90", 90), ("0.5h", 1_800), ("250ms", 0.25)],
)
def test_a_length_is_read_with_its_unit(text: str, length_s: float) -> None:
    """A unit that is guessed wrongly is a soak of the wrong length."""
    assert seconds(text) == length_s


@pytest.mark.parametrize("text", ["", "h", "-5m", "0s", "5 weeks", "1h30", "nan", "1e3"])
def test_nonsense_is_refused(text: str) -> None:
    """One line that says how to write it."""
    with pytest.raises(UsageError, match="60s"):
        seconds(text)


@pytest.mark.parametrize(
    ("length_s", "text"),
    [
        (0.09, "90 ms"),
        (45, "45 s"),
        (300, "5 min"),
        (330, "5 min 30 s"),
        (3_900, "65 min"),
        (259_200, "72 h"),
        (9_000, "2 h 30 min"),
    ],
)
def test_a_length_is_written_in_its_two_largest_units(length_s: float, text: str) -> None:
    """Nobody reads 259200 s."""
    assert words(length_s) == text
