import pytest

from seatrial.judge.gate.check import Beside, check
from seatrial.judge.gate.settle import with_family_errors
from seatrial.judge.gate.trial import Plan, trial
from seatrial.model.artifact import GateResult
from seatrial.model.profile import GateSettings
from seatrial.model.verdict import Verdict


def guard(**settings: object) -> GateSettings:
    """A guard on the net."""
    return GateSettings.model_validate({"kpi": "net_bps", **settings})


def answered(gate: GateSettings, edge_bps: float, golden_bps: float | None = 5.0) -> GateResult:
    """What a guard says of a run, beside a golden record of that edge."""
    golden = None if golden_bps is None else trial(Plan(edge_bps=golden_bps))
    return check((gate,), trial(Plan(edge_bps=edge_bps)), beside=Beside(lambda _gate: golden))[0]


@pytest.mark.parametrize(("edge", "verdict"), [(5.0, "PASS"), (9.0, "PASS"), (4.4, "WARN"), (3.9, "FAIL")])
def test_a_regression_guard_looks_at_the_worse_side_only(edge: float, verdict: str) -> None:
    """Better than the golden record is no failure."""
    assert answered(guard(worse_by={"hard": 1.0, "soft": 0.5}), edge).verdict == verdict


@pytest.mark.parametrize(("edge", "verdict"), [(5.2, "PASS"), (6.5, "FAIL"), (3.5, "FAIL"), (5.7, "WARN")])
def test_a_drift_guard_looks_at_both_sides(edge: float, verdict: str) -> None:
    """A run that is suddenly much better has usually measured something else."""
    assert answered(guard(apart_by={"hard": 1.0, "soft": 0.5}), edge).verdict == verdict


def test_a_losing_baseline_still_guards() -> None:
    """A check that is skipped when the baseline loses lets it sink."""
    gate = guard(worse_by={"hard": 0.2}, relative=True)

    assert answered(gate, -6.0, -5.0).verdict == "PASS"
    assert answered(gate, -6.1, -5.0).verdict == "FAIL"


def test_of_a_kpi_where_less_is_better_more_is_worse() -> None:
    """Latency, share for share."""
    gate = GateSettings.model_validate(
        {"kpi": "ack_latency_ms_p95", "worse_by": {"hard": 0.5}, "relative": True}
    )
    golden = trial(Plan(latency_ms=10.0))
    beside = Beside(lambda _gate: golden)

    slow, quick = (check((gate,), trial(Plan(latency_ms=ms)), beside=beside)[0] for ms in (16.0, 2.0))

    assert (slow.verdict, quick.verdict) == ("FAIL", "PASS")
    assert slow.bound == {"at_most": {"hard": 15.0}}


@pytest.mark.parametrize("golden", [None, "empty"])
def test_without_a_golden_value_a_guard_is_unknown(golden: str | None) -> None:
    """A guard that passes because its baseline is missing guards nothing."""
    history = None if golden is None else trial(Plan(fills_per_iteration=0.0))
    beside = Beside(lambda _gate: history)

    assert check((guard(worse_by={"hard": 1.0}),), trial(Plan()), beside=beside)[0].verdict == "UNKNOWN"


def test_a_family_shares_its_error() -> None:
    """Four gates at 95 % are judged at 98.75 % each; a report-only one asks for nothing."""
    one = {"kpi": "net_bps", "at_least": {"hard": 1.0}, "confidence": 0.95, "family": "edge"}
    gates = [GateSettings.model_validate(one) for _ in range(4)]
    gates.append(GateSettings.model_validate({**one, "report_only": True}))

    found = with_family_errors(gates)

    assert [gate.confidence for gate in found[:4]] == pytest.approx([0.9875] * 4)


def test_a_stricter_confidence_widens_the_interval() -> None:
    """What a family costs is seen in its intervals."""
    one = {"kpi": "gross_bps", "at_least": {"hard": 1.0}, "confidence": 0.9}
    alone = GateSettings.model_validate(one)
    family = [GateSettings.model_validate({**one, "family": "edge"}) for _ in range(5)]
    history = trial(Plan(edge_bps=5.0, swing_bps=3.0, adverse_bps=1.0))

    first, second = check((alone, *family), history)[:2]

    assert first.interval is not None
    assert second.interval is not None
    assert second.interval[0] <= first.interval[0]
    assert Verdict.PASS in {first.verdict, second.verdict}
