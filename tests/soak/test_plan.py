"""The phases of a soak."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.model.errors import UsageError
from seatrial.model.profile import BotSettings, Profile, SoakSettings
from seatrial.soak.plan import check_warmup, phases


@settings(deadline=None)
@given(warmup=st.integers(0, 5), steady=st.integers(1, 5), rampdown=st.integers(0, 5))
def test_phases_are_in_order_and_as_many_as_asked(warmup: int, steady: int, rampdown: int) -> None:
    """Warm-up comes first, ramp-down last, and what is judged lies between."""
    plan = phases(
        SoakSettings(
            iterations=warmup + steady + rampdown, warmup_iterations=warmup, rampdown_iterations=rampdown
        )
    )

    assert plan == ("warmup",) * warmup + ("steady",) * steady + ("rampdown",) * rampdown


def test_a_warm_up_argument_without_a_steady_value_is_refused() -> None:
    """The bot's own default is not known here, and half its size for three days is another bot."""
    soak = SoakSettings(warmup_params={"size": 1, "skew": 2})

    with pytest.raises(UsageError, match=r"bot\.params\.skew"):
        check_warmup(Profile(soak=soak, bot=BotSettings(params={"size": 5})))
    check_warmup(Profile(soak=soak, bot=BotSettings(params={"size": 5, "skew": 1})))
    check_warmup(Profile(soak=soak.model_copy(update={"warmup_iterations": 0})))
