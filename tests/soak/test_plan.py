"""The phases of a soak."""

from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.model.profile import SoakSettings
from seatrial.soak.plan import phases


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
