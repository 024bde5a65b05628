from collections.abc import Iterator
from typing import Any

import pytest

from seatrial.judge.gate.selftest import selftest, violation
from seatrial.judge.kpi import KPIS, Kpi, Measure
from seatrial.judge.kpi.kpi import setting
from seatrial.model.errors import UsageError
from seatrial.model.profile import DEFAULT_GATES, Bounds, GateSettings
from seatrial.model.verdict import Verdict


def gate(kpi: str, **settings: Any) -> GateSettings:
    """A gate."""
    return GateSettings(kpi=kpi, **settings)


@pytest.fixture
def deaf() -> Iterator[str]:
    """A KPI that is always fine: the kind of measure that a self-test is there to find."""
    name = "deaf_ratio"
    KPIS.add(name, Kpi(name, "higher", "", lambda _part: Measure(1.0, 100, 0), setting("edge_bps"), (0, 1)))
    yield name
    del KPIS._members[name]


def test_the_default_gates_all_bite() -> None:
    """What ships has been seen to turn red."""
    found = selftest(DEFAULT_GATES)

    assert {one.verdict for one in found} == {Verdict.PASS}
    assert all("FAIL" in one.reason for one in found)


@pytest.mark.parametrize("side", ["at_least", "at_most"])
@pytest.mark.parametrize("name", KPIS.names())
def test_a_gate_on_any_kpi_bites(name: str, side: str) -> None:
    """Through the real measures, from a journal: not one KPI is deaf in either direction."""
    inside = 0.5 if KPIS.get(name).domain == (0, 1) else 3.0

    found = selftest([gate(name, window="whole", **{side: Bounds(hard=inside)})])[0]

    assert found.verdict is Verdict.PASS, found.reason


def test_a_soft_gate_has_to_warn() -> None:
    """Without a hard bound there is nothing that could fail."""
    found = selftest([gate("net_bps", at_least=Bounds(soft=2.0))])[0]

    assert found.verdict is Verdict.PASS
    assert "turned WARN" in found.reason


@pytest.mark.parametrize(
    "settings",
    [
        {"kpi": "coverage_ratio", "at_least": Bounds(hard=0.0)},
        {"kpi": "risk_ratio", "at_most": Bounds(hard=1.0)},
        {"kpi": "ack_latency_ms_p95", "at_least": Bounds(hard=0.0)},
        {"kpi": "fills_count", "at_least": Bounds(hard=-1.0)},
        {"kpi": "net_bps", "at_least": Bounds(hard=-10_000.0)},
        {"kpi": "coverage_ratio", "at_least": Bounds(hard=0.9), "min_samples": 20},
        {"kpi": "rss_growth_ratio", "at_most": Bounds(hard=0.1), "window": "worst"},
        {"kpi": "drawdown_ratio", "at_most": Bounds(hard=0.1), "confidence": 0.95},
        {"kpi": "net_bps", "at_least": Bounds(hard=2.0), "max_age_s": 1e-6},
    ],
)
def test_a_gate_that_cannot_fail_is_itself_a_failure(settings: dict[str, Any]) -> None:
    """Bounds that no run can break, and conditions that no run can meet, guard nothing."""
    assert selftest([GateSettings(**settings)])[0].verdict is Verdict.FAIL


def test_a_deaf_measure_is_found(deaf: str) -> None:
    """The trial goes through the measure itself, so one that ignores its input stays green."""
    found = selftest([gate(deaf, at_least=Bounds(hard=0.5))])[0]

    assert found.verdict is Verdict.FAIL
    assert "stayed PASS where FAIL is due" in found.reason


def test_a_stranger_that_cannot_be_provoked_is_found(deaf: str) -> None:
    """A plug-in with a wrong recipe has not been seen to fail either."""
    del KPIS._members[deaf]
    KPIS.add(
        deaf, Kpi(deaf, "higher", "", lambda _part: Measure(1.0, 1, 0), setting("no_such_setting"), (0, 1))
    )

    found = selftest([gate(deaf, at_least=Bounds(hard=0.5))])[0]

    assert found.verdict is Verdict.FAIL
    assert "could not be tried" in found.reason


def test_a_misspelt_gate_is_an_error() -> None:
    """The self-test must not skip what it does not know."""
    with pytest.raises(UsageError, match="maker_share_ratio"):
        selftest([gate("maker_shar_ratio", at_least=Bounds(hard=0.5))])


def test_many_samples_are_made_when_a_gate_asks_for_them() -> None:
    """A gate's own condition must be met before its bound can be tried."""
    found = selftest([gate("net_bps", at_least=Bounds(hard=2.0), min_samples=400)])[0]

    assert found.verdict is Verdict.PASS
    assert found.n >= 400


@pytest.mark.parametrize(
    ("settings", "value"),
    [
        ({"at_least": Bounds(hard=2.0, soft=2.7)}, 1.0),
        ({"at_most": Bounds(hard=400.0)}, 600.0),
        ({"at_least": Bounds(soft=0.0)}, -1.0),
    ],
)
def test_a_violation_lies_beyond_the_outer_bound(settings: dict[str, Any], value: float) -> None:
    """Well beyond, so that no rounding decides whether a gate bites."""
    assert violation(gate("net_bps", **settings), (float("-inf"), float("inf"))) == value


@pytest.mark.parametrize(
    "settings",
    [
        {"worse_by": {"hard": 1.0}},
        {"apart_by": {"hard": 1.0, "soft": 0.5}},
        {"worse_by": {"hard": 0.1}, "relative": True},
        {"at_least": {"hard": 2.0}, "each": {"bad": 3, "of": 10}},
        {"at_least": {"hard": 2.0}, "waiver": {"owner": "ann", "reason": "r", "until": "2999-01-01"}},
        {"at_least": {"hard": 2.0}, "max_error_ratio": 0.1, "max_consecutive_errors": 1},
    ],
)
def test_guards_repetitions_and_waived_gates_bite_too(settings: dict[str, Any]) -> None:
    """Beside a healthy golden record, over n iterations, and without the waiver that hides it."""
    found = selftest((gate("net_bps", **settings),))[0]

    assert found.verdict is Verdict.PASS, found.reason


def test_a_drift_guard_on_a_share_bites_on_the_side_that_can_be_left() -> None:
    """A risk share of zero cannot fall; it can rise."""
    assert selftest((gate("risk_ratio", apart_by={"hard": 0.2}),))[0].verdict is Verdict.PASS


def test_a_drift_guard_wider_than_its_kpi_can_never_fail() -> None:
    """Twice the whole range, either way."""
    assert selftest((gate("maker_share_ratio", apart_by={"hard": 2.0}),))[0].verdict is Verdict.FAIL
