import math

import pytest
from pydantic import ValidationError

from seatrial.model.config import Config, Count, PositiveInt, Ratio


class Sample(Config):
    """A setting of each kind."""

    share: Ratio = 0.5
    size: PositiveInt = 1
    number: Count = 0


def test_a_value_cannot_change() -> None:
    """A profile that changes during a run is not the one in the record."""
    with pytest.raises(ValidationError):
        Sample().share = 0.1  # type: ignore[misc]


def test_an_unknown_key_is_refused() -> None:
    """A misspelt gate must be an error, not a gate that always passes."""
    with pytest.raises(ValidationError):
        Sample.model_validate({"shar": 0.1})


@pytest.mark.parametrize(
    "wrong",
    [{"share": 1.1}, {"share": -0.1}, {"share": math.nan}, {"share": math.inf}, {"size": 0}, {"number": -1}],
)
def test_a_value_out_of_range_or_not_finite_is_refused(wrong: dict[str, float]) -> None:
    """NaN compares false with every bound, so it would slip through each of them later."""
    with pytest.raises(ValidationError):
        Sample.model_validate(wrong)
