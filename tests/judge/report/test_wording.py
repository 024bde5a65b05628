import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.report.wording import bound_text, duration, margin, number, plain, unit_of, utc


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "bps", "\u2013"),
        (float("nan"), "bps", "\u2013"),
        (0.0, "", "0"),
        (2.41, "bps", "2.41 bps"),
        (0.962, "ratio", "0.962"),
        (0.0004, "ratio", "0.0004"),
        (1e-12, "", "1.0e-12"),
        (431.0, "ms", "431 ms"),
        (181_040_000.0, "bytes", "181 MB"),
        (40_000.0, "bytes", "40,000 bytes"),
        (-0.0077, "bps", "-0.0077 bps"),
    ],
)
def test_a_number_is_said_as_people_read_it(value: float | None, unit: str, said: str) -> None:
    """A report that says 4.00e-04 or nan makes its reader stop; one that says 0 for nothing lies."""
    assert number(value, unit) == said


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_plain_number_reads_back_as_itself(value: float) -> None:
    """Machines compare what they read from the CSV and the metrics with the verdict file."""
    assert float(plain(value)) == value


def test_nothing_measured_is_an_empty_cell() -> None:
    """A zero in a spreadsheet would be averaged."""
    assert (plain(None), plain(float("inf"))) == ("", "")


@pytest.mark.parametrize(
    ("value", "bound", "inside"),
    [
        (2.5, {"at_least": {"hard": 2.0, "soft": 2.7}}, 0.5),
        (431.0, {"at_most": {"hard": 400, "soft": 350}}, -31.0),
        (1.0, {"at_most": {"hard": None, "soft": 3.0}}, 2.0),
        (None, {"at_least": {"hard": 2.0}}, None),
        (1.0, {}, None),
    ],
)
def test_the_margin_is_positive_inside_the_bound(
    value: float | None, bound: dict[str, dict[str, float]], inside: float | None
) -> None:
    """An alert on the margin must not care which side a gate bounds."""
    assert margin(value, bound) == inside


def test_a_bound_is_said_with_its_unit() -> None:
    """A bound without its unit cannot be checked by hand."""
    assert bound_text({"at_most": {"hard": 400, "soft": 350}}, "ms") == "at most 400 ms, better 350"
    assert bound_text({"at_least": {"hard": None, "soft": 0.9}}) == "better at least 0.9"
    assert bound_text({}) == "\u2013"


@pytest.mark.parametrize(
    ("kpi", "unit"),
    [
        ("net_bps", "bps"),
        ("ack_latency_ms_p95", "ms"),
        ("risk_ratio", "ratio"),
        ("fills_count", ""),
        ("fills_per_h", "per h"),
    ],
)
def test_the_unit_is_in_the_name(kpi: str, unit: str) -> None:
    """A KPI of a stranger's plug-in gets its unit too."""
    assert unit_of(kpi) == unit


def test_times_do_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same record gives the same report in any time zone."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")

    assert utc(1_751_328_000_000_000_000) == "2025-07-01 00:00:00"
    assert duration(262_861 * 1_000_000_000) == "3 d 1 h"
    assert duration(500_000_000) == "0.5 s"
