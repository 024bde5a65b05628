import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.stamp import any_ns, seconds_ns, step_ns, written_ns

MOMENTS = st.integers(1_000_000_000 * 10**9, 9_999_999_999 * 10**9)


@given(MOMENTS)
def test_decimal_seconds_keep_every_digit(ns: int) -> None:
    """Through a float the last hundred nanoseconds are lost, and with them the order of messages."""
    assert seconds_ns(f"{ns // 10**9}.{ns % 10**9:09d}") == ns


def test_the_case_that_floats_get_wrong() -> None:
    """1700000000.05 times 1e9 is ...049999872 in floating point."""
    assert seconds_ns("1700000000.05") == 1_700_000_000_050_000_000
    assert int(1700000000.05 * 1e9) != 1_700_000_000_050_000_000


def test_more_than_nine_decimals_are_cut_not_rounded() -> None:
    """Rounding up could put a message before its own cause."""
    assert seconds_ns("1743776076.9390001999") == 1_743_776_076_939_000_199


@given(MOMENTS, st.sampled_from([1, 1_000, 1_000_000, 1_000_000_000]))
def test_whole_stamps_are_told_apart_by_their_digits(ns: int, step: int) -> None:
    """Binance's spot files changed from milli- to microseconds in 2025 without saying so."""
    assert any_ns(str(ns // step)) == ns // step * step


@pytest.mark.parametrize("text", ["", "12", "-1700000000", "17000000000000", "1e9", "nan", "1700000000,5"])
def test_what_is_no_stamp_is_refused(text: str) -> None:
    """A stamp of the wrong length is a wrong column, not an early market."""
    with pytest.raises(ValueError, match=r"stamp|time|isoformat|month|zone"):
        any_ns(text)
    with pytest.raises(ValueError, match="not a stamp"):
        step_ns(text)


def test_a_written_time_needs_its_zone() -> None:
    """A naive time is wrong by hours on half of the machines that read it."""
    assert written_ns("2026-06-14T17:49:49.952157+02:00") == 1_781_452_189_952_157_000
    assert any_ns("2026-06-14 15:49:49.952157Z") == 1_781_452_189_952_157_000
    with pytest.raises(ValueError, match="names no time zone"):
        any_ns("2026-06-14 17:49:49.952157")
