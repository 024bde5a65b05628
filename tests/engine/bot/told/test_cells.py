"""Cells: what a number and a time mean, in every unit and notation that files have."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.bot.told.cells import decimal_of, nanoseconds

TIMES = st.integers(1_300_000_000 * 10**9, 4_000_000_000 * 10**9)


@given(TIMES)
def test_a_time_is_the_same_in_every_unit(ts_ns: int) -> None:
    """A millisecond read as a second puts a fill into the year 55000, a float loses its digits."""
    for unit in (1, 10**3, 10**6, 10**9):
        whole, rest = divmod(ts_ns, unit)
        text = f"{whole}.{rest:0{len(str(unit)) - 1}d}" if unit > 1 else str(whole)
        assert nanoseconds(text) == ts_ns


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2024-01-01 00:00:00", 1_704_067_200_000_000_000),
        ("2024-01-01T00:00:00.5Z", 1_704_067_200_500_000_000),
        ("2024-01-01T02:00:00.000000001+02:00", 1_704_067_200_000_000_001),
        ("1700000000.05", 1_700_000_000_050_000_000),
        ("1.7e12", 1_700_000_000_000_000_000),
        ("", None),
        ("NaT", None),
    ],
)
def test_a_date_is_utc_unless_it_says_otherwise(text: str, ns: int | None) -> None:
    """The machine's zone must not move a fill."""
    assert nanoseconds(text) == ns


@pytest.mark.parametrize("text", ["soon", "0", "-1", "5", "1e30", "inf", "2024-13-01 00:00:00"])
def test_what_is_no_time_is_refused(text: str) -> None:
    """A zero time stamp sorts before everything and looks like the start of the history."""
    with pytest.raises(ValueError):
        nanoseconds(text)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=8, min_value=-(10**8), max_value=10**8))
def test_a_decimal_stays_what_it_was(value: Decimal) -> None:
    """No digit of a price may come from the reading of it."""
    assert decimal_of(str(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=1e-9, max_value=1e9))
def test_a_double_written_out_means_its_shortest_name(value: float) -> None:
    """2377.6999999999998181010596454143524169921875 is 2377.7 to whoever wrote it."""
    written = f"{Decimal(value):f}"
    meant = Decimal(repr(value)) if len(Decimal(written).as_tuple().digits) > 17 else Decimal(written)

    assert decimal_of(written) == meant


@pytest.mark.parametrize("text", ["abc", "inf", "-Infinity", "1,5", "0x10", "1e400", "-1e-400"])
def test_what_is_no_number_is_refused(text: str) -> None:
    """Nonsense is listed, never read as something near it."""
    with pytest.raises(ValueError):
        decimal_of(text)
