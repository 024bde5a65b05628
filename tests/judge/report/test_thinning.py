import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.report.thinning import thin

SERIES = st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), max_size=400)


@given(SERIES, st.integers(3, 90))
def test_thinning_keeps_order_bounds_and_extremes(values: list[float], points: int) -> None:
    """A spike of one tick in three days is what the reader is looking for."""
    series = np.array(values, np.float64)

    kept = thin(series, points)

    assert list(kept) == sorted(set(kept.tolist()))
    assert len(kept) <= max(points, 3)
    if len(series) and not np.isnan(series).all():
        assert np.nanmin(series[kept]) == np.nanmin(series)
        assert np.nanmax(series[kept]) == np.nanmax(series)


@given(SERIES, st.integers(3, 90))
def test_a_hole_in_a_line_survives(values: list[float], points: int) -> None:
    """A gap that thinning closes would show a price nobody saw."""
    series = np.array(values, np.float64)

    assert np.isnan(series[thin(series, points)]).any() == np.isnan(series).any()


def test_a_short_line_is_left_alone() -> None:
    """Thinning is for what does not fit."""
    assert thin(np.zeros(5, np.float64), 5).tolist() == [0, 1, 2, 3, 4]
