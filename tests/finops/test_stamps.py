"""A time is one instant, or an error: an hour off moves a trade into another day's books."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.finops.stamps import DateOrder, places_in, stamp, zone_of


def ns(*parts: int) -> int:
    """Return nanoseconds of a UTC date and time."""
    return int(datetime(*parts, tzinfo=UTC).timestamp()) * 10**9  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "order", "parts"),
    [
        ("2020-02-04 16:19:07", "ymd", (2020, 2, 4, 16, 19, 7)), ("2020/09/29 17:55:30", "ymd",
        (2020, 9, 29, 17, 55, 30)),
        ("2020-02-04T16:19:07Z", "ymd", (2020, 2, 4, 16, 19, 7)), ("2025-01-17 16:57:02 UTC", "ymd",
        (2025, 1, 17, 16, 57, 2)),
        ("2022-01-25 02:58:40-0800", "ymd", (2022, 1, 25, 10, 58, 40)), ("2018-06-03 21:16:15 +0000", "ymd",
        (2018, 6, 3, 21, 16, 15)),
        ("2023-06-02 16:06:47-04:00", "ymd", (2023, 6, 2, 20, 6, 47)), ("24-03-08 10:15:42", "ymd",
        (2024, 3, 8, 10, 15, 42)),
        ("1/26/2020, 6:32:04 PM", "mdy", (2020, 1, 26, 18, 32, 4)), ("2/14/19 14:56", "mdy",
        (2019, 2, 14, 14, 56)),
        ("7/28/2019 12:35:53 AM", "mdy", (2019, 7, 28, 0, 35, 53)), ("7/28/2019 12:35:53 pm", "mdy",
        (2019, 7, 28, 12, 35, 53)),
        ("Feb. 14, 2019, 03:32 PM", "ymd", (2019, 2, 14, 15, 32)), ("May 5, 2020, 10:10:57 PM", "ymd",
        (2020, 5, 5, 22, 10, 57)),
        ("10 Mar 2021 10:40:20", "ymd", (2021, 3, 10, 10, 40, 20)), ("Tue May 26 2020 18:06:28 GMT+0000",
        "ymd", (2020, 5, 26, 18, 6, 28)),
        ("16.08.2021 9:42", "mdy", (2021, 8, 16, 9, 42)), ("28/03/2024 - 13:38:36", "dmy",
        (2024, 3, 28, 13, 38, 36)),
        ("04-02-20 16:52:06", "dmy", (2020, 2, 4, 16, 52, 6)), ("20230522", "ymd", (2023, 5, 22)),
        ("27-10-19", "dmy", (2019, 10, 27)),
    ],
)  # fmt: skip
def test_what_venues_write_is_read(text: str, order: DateOrder, parts: tuple[int, ...]) -> None:
    """Each is the form of some export."""
    assert stamp(text, order) == ns(*parts)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1700000000", 1_700_000_000 * 10**9), ("1700000000123", 1_700_000_000_123 * 10**6),
        ("1700000000123456", 1_700_000_000_123_456 * 10**3), ("1700000000123456789",
        1_700_000_000_123_456_789),
        ("1700000000.05", 1_700_000_000_050_000_000), (1_700_000_000_123, 1_700_000_000_123 * 10**6),
        (Decimal("1700000000.123456789"), 1_700_000_000_123_456_789), ("1.7000000001E+12",
        1_700_000_000_100 * 10**6),
    ],
)  # fmt: skip
def test_the_digits_of_an_epoch_tell_its_unit(value: str | int | Decimal, expected: int) -> None:
    """Binance's spot files went from milliseconds to microseconds in 2025; nothing else tells."""
    assert stamp(value) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "2020-13-01", "2020-02-30 00:00:00", "2020-01-01 24:00:00", "2020-01-01 10:60",
        "0020-01-01", "1500-01-01",
        "31/31/2020 10:00", "1/26/2020, 13:32:04 PM", "XXX. 14, 2019, 03:32 PM", "12345", "17000000000",
        "-1700000000",
        "2020-01-01T00:00:00+25:00", "2020-01-01 00:00:00 Mars", "20201301",
    ],
)  # fmt: skip
def test_what_is_no_time_is_refused(text: str) -> None:
    """A wrong instant is worse than none."""
    with pytest.raises(ValueError, match=r"\w"):
        stamp(text)


def test_a_number_of_a_billion_digits_is_refused_at_once() -> None:
    """JSON may hold one in ten characters, and writing it out would take for ever."""
    for value in (Decimal("1e999999999"), Decimal("-1e999999999"), Decimal(0), Decimal("1e-999999999")):
        with pytest.raises(ValueError, match="is not a time"):
            stamp(value)


@given(st.datetimes(datetime(2010, 1, 1), datetime(2090, 1, 1)), st.integers(-840, 840))  # noqa: DTZ001 (naive ones)
def test_every_way_of_writing_an_instant_is_that_instant(naive: datetime, minutes: int) -> None:
    """The same moment with an offset, with a letter, in seconds and in nanoseconds."""
    moment = naive.replace(tzinfo=UTC)
    expected = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 1000
    sign, away = ("-" if minutes < 0 else "+"), abs(minutes)
    local = (naive + timedelta(minutes=minutes)).isoformat(timespec="microseconds")

    assert stamp(f"{local}{sign}{away // 60:02}:{away % 60:02}") == expected
    assert stamp(naive.isoformat(sep=" ", timespec="microseconds") + "Z") == expected
    assert stamp(str(expected)) == expected
    assert stamp(naive.isoformat(), zone=UTC) == expected


def test_a_zone_is_named_in_the_usual_ways() -> None:
    """In a header, an option, a column."""
    naive = "2024-07-01 12:00:00"

    assert {stamp(naive, zone=zone_of(name)) for name in ("UTC+2", "GMT+02:00", "+02", "Europe/Berlin")} == {
        ns(2024, 7, 1, 10)
    }
    assert stamp(naive, zone=zone_of("Z")) == ns(2024, 7, 1, 12)
    for name in ("Mars/Base", "UTC+15", "", "../etc/passwd"):
        with pytest.raises(ValueError, match="zone"):
            zone_of(name)


def test_a_repeated_hour_is_the_first_and_a_skipped_one_is_refused() -> None:
    """What a clock showed twice has to be one of the two; what it never showed is a mistake."""
    berlin = zone_of("Europe/Berlin")

    assert stamp("2023-10-29 02:30:00", zone=berlin) == ns(2023, 10, 29, 0, 30)
    with pytest.raises(ValueError, match="put forward"):
        stamp("2023-03-26 02:30:00", zone=berlin)


def test_a_date_says_which_orders_it_leaves_open() -> None:
    """From these the order of a whole statement is told."""
    assert places_in("04-02-20 16:52:06") == {"dmy", "mdy"}
    assert places_in("12-20-20 16:52:06") == {"mdy"}
    assert places_in("25-12-20 16:52:06") == {"dmy"}
    assert places_in("2020-12-25") == frozenset()
