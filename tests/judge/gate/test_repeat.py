from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.gate.check import check
from seatrial.judge.gate.repeat import repeated, too_many_errors
from seatrial.judge.gate.trial import Plan, trial
from seatrial.judge.kpi import KPIS, Kpi, Measure
from seatrial.judge.kpi.kpi import setting
from seatrial.judge.slices import Slice
from seatrial.model.profile import GateSettings
from seatrial.model.verdict import Verdict


def gate(**settings: Any) -> GateSettings:
    """A gate on the net."""
    return GateSettings.model_validate({"kpi": "net_bps", "at_least": {"hard": 2.0, "soft": 3.0}, **settings})


def pieces(count: int) -> Sequence[Slice]:
    """So many iterations."""
    return trial(Plan(iterations=count)).slice("whole").parts()


def told(verdicts: str, bad: int, of: int) -> Verdict:
    """The answer over iterations that ended so: P, W, U or F each."""
    names = {"P": Verdict.PASS, "W": Verdict.WARN, "U": Verdict.UNKNOWN, "F": Verdict.FAIL}
    answers = iter([(names[letter], 1.0) for letter in verdicts[-of:]])
    return repeated(
        gate(each={"bad": bad, "of": of}), pieces(len(verdicts)), lambda _piece: next(answers)
    ).verdict


@pytest.mark.parametrize(
    ("verdicts", "bad", "of", "verdict"),
    [
        ("PPPPF", 2, 5, "PASS"),
        ("PFPPF", 2, 5, "FAIL"),
        ("FFFPPPPP", 2, 5, "PASS"),
        ("PPPUF", 2, 5, "UNKNOWN"),
        ("PPWWP", 2, 5, "WARN"),
        ("PPP", 2, 5, "UNKNOWN"),
        ("UUUUU", 1, 5, "UNKNOWN"),
    ],
)
def test_m_of_n_is_counted_over_the_last_n(verdicts: str, bad: int, of: int, verdict: str) -> None:
    """One blip is no failure, what was not measured may have been one, and too short is no evidence."""
    assert told(verdicts, bad, of) == verdict


@given(verdicts=st.text(alphabet="PWUF", min_size=6, max_size=6), bad=st.integers(1, 6))
def test_a_worse_iteration_never_improves_the_answer(verdicts: str, bad: int) -> None:
    """Monotone: turning any iteration into a failure cannot turn the gate greener."""
    rank = {"PASS": 0, "WARN": 1, "UNKNOWN": 2, "FAIL": 3}
    worse = [verdicts[:at] + "F" + verdicts[at + 1 :] for at in range(6)]

    assert all(rank[told(one, bad, 6)] >= rank[told(verdicts, bad, 6)] for one in worse)


def test_through_the_journal_a_bad_run_fails_and_a_good_one_holds() -> None:
    """The whole way, with the reason that says how often."""
    rule = gate(each={"bad": 3, "of": 6})

    bad, good = (check((rule,), trial(Plan(edge_bps=edge)))[0] for edge in (1.0, 5.0))

    assert (bad.verdict, good.verdict) == ("FAIL", "PASS")
    assert "in 6 of the last 6 iterations, and 3 make a failure" in bad.reason


def flaky(name: str, answers: str) -> Kpi:
    """A KPI that measures in some iterations only."""

    def measure(part: Slice) -> Measure:
        return Measure(None if answers[part.first % len(answers)] == "x" else 5.0, 30, part.until_ns)

    return Kpi(name, "higher", "", measure, setting("edge_bps"))


@pytest.mark.parametrize(
    ("answers", "limits", "lacks"),
    [
        ("..x.", {"max_error_ratio": 0.5}, False),
        (".x", {"max_error_ratio": 0.4}, True),
        (".x", {"max_consecutive_errors": 1}, False),
        (".xx.", {"max_consecutive_errors": 1}, True),
        ("....", {"max_error_ratio": 0.0, "max_consecutive_errors": 0}, False),
        ("xxxx", {}, False),
    ],
)
def test_errors_are_limited_by_share_and_in_a_row(answers: str, limits: dict[str, Any], lacks: bool) -> None:
    """A source that errs every other time never errs twice in a row: it needs the other limit."""
    found = too_many_errors(gate(**limits), flaky("flaky_bps", answers), pieces(8))

    assert bool(found) is lacks


def test_a_flaky_measure_is_unknown_though_its_value_is_fine() -> None:
    """Half of a run is no evidence of the whole."""
    KPIS.add("flaky_bps", flaky("flaky_bps", ".x"))
    try:
        asked = gate(kpi="flaky_bps", max_error_ratio=0.25)
        found = check((asked,), trial(Plan()))[0]
    finally:
        del KPIS._members["flaky_bps"]

    assert (found.verdict, "not measured in 4 of 8" in found.reason) == ("UNKNOWN", True)
