import pytest

from seatrial.judge.gate.check import check, overall
from seatrial.judge.judgement import judge_history
from seatrial.judge.watch.watched import watched
from seatrial.judge.watch.worsening import worsenings
from seatrial.model.profile import DEFAULT_GATES
from seatrial.model.verdict import Verdict

from .voyages import FAULTS, Fault, soak


@pytest.mark.parametrize("name", FAULTS)
def test_the_default_gates_verdict_names_every_planted_fault(name: str) -> None:
    """A run of days whose last hours went bad is no PASS, whatever its average says."""
    fault, cause, _ = FAULTS[name]

    judged = judge_history(soak(1, fault), DEFAULT_GATES).verdict

    assert judged.verdict in {Verdict.WARN, Verdict.FAIL}
    assert any(reason.startswith(f"{cause}:") for reason in judged.reasons)


def test_a_clean_soak_passes() -> None:
    """Nothing changed, and the gates hold."""
    judged = judge_history(soak(1), DEFAULT_GATES).verdict

    assert (judged.verdict, judged.reasons) == (Verdict.PASS, ("all 4 gates hold",))


@pytest.mark.slow
def test_a_hundred_clean_soaks_alarm_at_most_at_the_nominal_rate() -> None:
    """Eighteen series of seventy-two hours each, with dependence: five in a hundred at most."""
    alarms = 0
    for seed in range(100):
        history = soak(seed)
        held = overall(check(DEFAULT_GATES, history)) is Verdict.PASS
        alarms += not held or bool(worsenings(watched(history)))

    assert alarms <= 5


def test_what_went_back_is_not_told() -> None:
    """An hour's dip in the middle has no say about the end."""
    dip = soak(3, Fault(hour=40, latency_ms=60.0))
    series = [one for one in watched(dip) if one.name == "ack_latency_ms_p95"]
    healed = series[0].values.copy()
    healed[50:] = healed[:22]

    assert worsenings(series)
    assert worsenings([type(series[0])(**{**series[0].__dict__, "values": healed})]) == []


def test_better_is_no_finding() -> None:
    """Costs that fall are nobody's alarm."""
    found = worsenings(watched(soak(1, Fault(fee_bps=-0.4, latency_ms=-15.0))))

    assert found == []


def test_what_is_certain_and_small_is_not_told() -> None:
    """Fees that rose by a hundredth of a basis point did rise, and do not matter."""
    assert worsenings(watched(soak(1, Fault(fee_bps=0.02)))) == []
