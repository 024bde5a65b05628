import math
from pathlib import Path

import pytest

from seatrial.judge import kpi as family
from seatrial.judge.gate.trial import Plan, trial
from seatrial.judge.kpi import KPIS, Kpi
from seatrial.judge.kpi.kpi import measured, quantile, setting

UNITS = {"bps", "ratio", "ms", "count", "min", "h"}


@pytest.mark.parametrize("name", KPIS.names())
def test_the_unit_is_the_last_word_of_the_name(name: str) -> None:
    """A bound without a unit is a bound that somebody reads wrongly."""
    assert KPIS.get(name).unit in UNITS
    assert KPIS.get(name).name == name


@pytest.mark.parametrize("name", KPIS.names())
def test_every_kpi_has_a_value_in_a_healthy_run(name: str) -> None:
    """A measure that can never be taken makes its gates UNKNOWN for ever."""
    plan = Plan(maker_ratio=0.5)

    found = KPIS.get(name).measure(trial(plan).slice("whole"))

    assert found.value is not None, found.reason
    assert math.isfinite(found.value)
    assert found.n > 0
    assert found.newest_ts_ns is not None
    low, high = KPIS.get(name).domain
    assert low <= found.value <= high


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("net_bps", 5.0),
        ("gross_bps", 5.0),
        ("adverse_bps", 0.0),
        ("maker_share_ratio", 1.0),
        ("risk_ratio", 0.0),
        ("ack_latency_ms_p95", 10.0),
        ("order_age_ms_p95", 1_000.0),
        ("fill_ratio", 0.5),
        ("cancel_ratio", 0.5),
        ("replace_rate_per_min", 0.9),
        ("fills_per_h", 360.0),
        ("fills_count", 240.0),
        ("drawdown_ratio", 0.0),
        ("coverage_ratio", 1.0),
        ("uptime_ratio", 1.0),
        ("quote_uptime_ratio", 1.0),
        ("residual_ratio", 0.0),
        ("recorded_ratio", 1.0),
        ("unattributed_ratio", 0.0),
        ("markout_60s_bps", 5.0),
    ],
)
def test_a_run_of_known_making_measures_as_made(name: str, value: float) -> None:
    """The values are known from how the run was written, not from the code that measures it."""
    found = KPIS.get(name).measure(trial(Plan()).slice("whole")).value

    assert found == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_a_value(value: float) -> None:
    """NaN passes every comparison that is written the wrong way round."""
    found = measured(value, 10, 0)

    assert found.value is None
    assert found.reason


def test_a_measure_that_raises_says_so() -> None:
    """A crash in one measure must neither stop a judgement nor pass for a value."""

    def boom(_part: object) -> None:
        raise KeyError("no such thing")

    found = Kpi("x_ratio", "higher", "", boom, setting("edge_bps")).look(trial(Plan()).slice("whole"))  # type: ignore[arg-type]

    assert found.value is None
    assert "KeyError" in found.reason


@pytest.mark.parametrize(("share", "value"), [(0.0, 1.0), (0.5, 2.5), (0.95, 3.85), (1.0, 4.0)])
def test_quantiles_interpolate_between_order_statistics(share: float, value: float) -> None:
    """Two readers of one file must get the same percentile."""
    assert quantile([4.0, 1.0, 3.0, 2.0], share) == pytest.approx(value)
    assert quantile([], share) is None


def test_no_member_file_is_missing_from_the_list() -> None:
    """A measure that nobody imports is a measure that silently does not exist."""
    files = {path.stem for path in Path(family.__file__).parent.glob("*.py")}

    assert files - {"__init__", "kpi"} == set(family.__all__) - {"KPIS", "Kpi", "Measure"}
