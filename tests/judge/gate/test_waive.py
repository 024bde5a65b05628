import pytest

from seatrial.judge.gate.check import Beside, check
from seatrial.judge.gate.trial import Plan, trial
from seatrial.model.artifact import GateResult
from seatrial.model.profile import GateSettings

DAY_NS = 86_400 * 10**9
WAIVER = {"owner": "ann", "reason": "new venue, ticket 12", "until": "1970-01-10"}


def answered(edge_bps: float, now_ns: int | None, fills: float = 20.0) -> GateResult:
    """What a waived gate says on a day."""
    gate = GateSettings.model_validate({"kpi": "net_bps", "at_least": {"hard": 2.0}, "waiver": WAIVER})
    history = trial(Plan(edge_bps=edge_bps, fills_per_iteration=fills))
    return check((gate,), history, beside=Beside(now_ns=now_ns))[0]


def test_a_waived_failure_warns_and_names_who_answers_for_it() -> None:
    """It does not vanish: the reason, the owner and the day are in the verdict."""
    found = answered(1.0, 9 * DAY_NS)

    assert (found.verdict, found.waived) == ("WARN", "ann")
    assert all(
        word in found.reason for word in ("ann", "1970-01-10", "new venue, ticket 12", "below the hard bound")
    )


@pytest.mark.parametrize("now_ns", [10 * DAY_NS, None])
def test_a_waiver_that_ended_or_has_no_date_to_be_held_against_counts_for_nothing(now_ns: int | None) -> None:
    """A waiver nobody renews must not stay for ever."""
    found = answered(1.0, now_ns)

    assert (found.verdict, found.waived) == ("FAIL", None)
    assert "waiver" in found.reason


def test_a_waiver_changes_neither_a_pass_nor_an_unknown() -> None:
    """Nobody can answer for what was not measured."""
    assert answered(5.0, 0).verdict == "PASS"
    assert answered(5.0, 0, fills=0.0).verdict == "UNKNOWN"
