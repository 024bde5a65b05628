import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.gate.check import Seen, check, decide, overall
from seatrial.judge.gate.trial import Plan, trial
from seatrial.judge.history import History
from seatrial.judge.kpi import KPIS, Kpi, Measure
from seatrial.judge.kpi.kpi import measured, setting
from seatrial.model.artifact import GateResult
from seatrial.model.errors import UsageError
from seatrial.model.profile import DEFAULT_GATES, Bounds, GateSettings
from seatrial.model.verdict import Verdict

NET = GateSettings(kpi="net_bps", at_least=Bounds(hard=2.0, soft=2.7))


def gate(kpi: str = "net_bps", **settings: Any) -> GateSettings:
    """A gate with a bound that a healthy trial keeps."""
    return GateSettings(kpi=kpi, **{"at_least": Bounds(hard=2.0), **settings})


def seen(value: float | None, n: int = 100, newest_ts_ns: int | None = 0) -> Seen:
    """A measured value."""
    return Seen(Measure(value, n, newest_ts_ns, "no reason"), 0, "the whole run")


@pytest.fixture
def broken() -> Iterator[None]:
    """A KPI that raises, and one whose value is no number; removed again afterwards."""

    def boom(_part: object) -> Measure:
        raise ZeroDivisionError("no ground under it")

    members = {
        "broken_ratio": boom,
        "nan_ratio": lambda _part: measured(math.nan, 100, 0),
        "inf_ratio": lambda _part: measured(math.inf, 100, 0),
    }
    for name, measure in members.items():
        KPIS.add(name, Kpi(name, "higher", "for a test", measure, setting("edge_bps")))
    yield
    for name in members:
        del KPIS._members[name]


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (3.0, "PASS"),
        (2.7, "PASS"),
        (2.5, "WARN"),
        (2.0, "WARN"),
        (1.99, "FAIL"),
        (0.0, "FAIL"),
        (None, "UNKNOWN"),
    ],
)
def test_at_least_is_kept_on_the_bound_itself(value: float | None, verdict: str) -> None:
    """Zero is a value and fails; None is no value and is unknown."""
    assert decide(NET, seen(value))[0] == verdict


@pytest.mark.parametrize(("value", "verdict"), [(350, "PASS"), (400, "WARN"), (400.1, "FAIL")])
def test_at_most_turns_the_bounds_around(value: float, verdict: str) -> None:
    """A latency gate read the wrong way round would pass the slowest bot."""
    late = GateSettings(kpi="ack_latency_ms_p95", at_most=Bounds(hard=400, soft=350))

    assert decide(late, seen(value))[0] == verdict


def test_a_soft_bound_alone_only_warns() -> None:
    """Soft means: tell me, and let it through."""
    assert decide(gate(at_least=Bounds(soft=2.0)), seen(-50.0))[0] == "WARN"


@given(st.lists(st.sampled_from(Verdict), max_size=8))
def test_the_worst_gate_counts(verdicts: list[Verdict]) -> None:
    """The overall verdict is a pure function of all gates: FAIL, UNKNOWN, WARN, PASS; none is UNKNOWN."""
    results = [answer(verdict) for verdict in verdicts]
    ranked = [Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS]

    expected = next((verdict for verdict in ranked if verdict in verdicts), Verdict.UNKNOWN)

    assert overall(results) is expected
    assert overall(reversed(results)) is expected


@given(st.lists(st.sampled_from(Verdict), min_size=1, max_size=4))
def test_what_only_reports_never_counts(verdicts: list[Verdict]) -> None:
    """A gate on trial must neither block a release nor stand in for the gates that count."""
    trials = [answer(verdict, report_only=True) for verdict in verdicts]

    assert overall(trials) is Verdict.UNKNOWN
    assert overall([*trials, answer(Verdict.PASS)]) is Verdict.PASS


def answer(verdict: Verdict, *, report_only: bool = False) -> GateResult:
    """One gate's answer."""
    nothing: dict[str, Any] = {"value": None, "bound": {}, "reason": "", "n": 0, "window": "whole"}
    return GateResult.model_validate(
        {"kpi": "net_bps", "verdict": verdict, "report_only": report_only, **nothing}
    )


def test_a_misspelt_kpi_is_an_error_before_anything_is_judged(broken: None) -> None:
    """A gate that nobody evaluates is how a bad release passes."""
    with pytest.raises(UsageError, match="did you mean 'net_bps'"):
        check([gate("broken_ratio"), gate("net_bsp")], trial(Plan()))


# --- never PASS on nothing ----------------------------------------------------------------------

NOTHING: dict[str, Callable[[], History]] = {
    "an empty journal": History,
    "a run without fills": lambda: trial(Plan(fills_per_iteration=0.0)),
    "a run that only warmed up": lambda: trial(Plan(iterations=1)),
    "a run without a ledger": lambda: _without(trial(Plan())),
}


def _without(history: History) -> History:
    history.positions.clear()
    return history


@pytest.mark.parametrize("kind", NOTHING)
def test_money_gates_are_unknown_on(kind: str) -> None:
    """No evidence is never a pass, whatever the evidence that is missing."""
    results = check([gate(), gate("gross_bps"), gate("adverse_bps")], NOTHING[kind]())

    assert {one.verdict for one in results} == {Verdict.UNKNOWN}
    assert all(one.reason for one in results)


@pytest.mark.parametrize("name", [name for name, _ in KPIS])
def test_no_kpi_passes_an_empty_history(name: str) -> None:
    """Every measure, present and future: of nothing comes None, and None is UNKNOWN."""
    for bound in ({"at_least": Bounds(hard=-1e9)}, {"at_most": Bounds(hard=1e9)}):
        found = check([GateSettings(kpi=name, window=window, **bound) for window in WINDOWS], History())
        assert {one.verdict for one in found} == {Verdict.UNKNOWN}


WINDOWS = ("whole", "steady", "last:3", "worst")


def test_the_default_gates_are_unknown_on_an_empty_history() -> None:
    """The gates that ship must hold this rule as a set, too."""
    assert overall(check(DEFAULT_GATES, History())) is Verdict.UNKNOWN


def test_no_gates_is_unknown() -> None:
    """A profile whose gate list was lost must not release a bot."""
    assert overall(check([], trial(Plan()))) is Verdict.UNKNOWN


@pytest.mark.parametrize("kpi", ["broken_ratio", "nan_ratio", "inf_ratio"])
@pytest.mark.parametrize("confidence", [None, 0.95])
def test_a_measure_that_raises_or_is_no_number_is_unknown(
    broken: None, kpi: str, confidence: float | None
) -> None:
    """An evaluator's error is not a green light, and NaN compares false with every bound."""
    found = check(
        [gate(kpi, at_least=Bounds(hard=-1e9), window="whole", confidence=confidence)], trial(Plan())
    )

    assert found[0].verdict is Verdict.UNKNOWN
    assert "raised" in found[0].reason or "no value" in found[0].reason


def test_too_few_samples_are_unknown() -> None:
    """Three good fills prove nothing."""
    found = check([gate(min_samples=1_000)], trial(Plan()))[0]

    assert found.verdict is Verdict.UNKNOWN
    assert "160 samples, and 1000 are needed" in found.reason


@pytest.mark.parametrize(("newest", "verdict"), [(-5, "PASS"), (-11, "UNKNOWN"), (None, "UNKNOWN")])
def test_stale_evidence_is_unknown(newest: int | None, verdict: str) -> None:
    """A bot that traded well at first and then fell silent is not shown to be well now."""
    stamp = None if newest is None else newest * 10**9

    assert decide(gate(max_age_s=10.0), seen(5.0, newest_ts_ns=stamp))[0] == verdict


def test_a_known_failure_outranks_missing_iterations() -> None:
    """Of the worst window: an iteration that fails counts, and one that shows nothing is no pass."""
    history = trial(Plan(fills_per_iteration=0.5))
    known = check([gate(window="worst", at_least=Bounds(hard=50.0))], history)[0]
    quiet = check([gate(window="worst")], history)[0]

    assert (known.verdict, quiet.verdict) == (Verdict.FAIL, Verdict.UNKNOWN)
    assert "iteration" in quiet.reason


# --- intervals ----------------------------------------------------------------------------------


def test_a_confident_gate_passes_only_when_the_whole_interval_does() -> None:
    """A point beyond the bound by luck is not evidence; the gate says what it could have seen."""
    found = check([gate(confidence=0.95)], trial(Plan()))[0]

    assert found.verdict is Verdict.PASS
    assert found.interval is not None
    assert found.interval[0] >= 2.0
    assert "shift" in found.reason


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(3, 4, "PASS"), (2.1, 4, "WARN"), (1, 4, "UNKNOWN"), (1, 1.5, "FAIL")],
)
def test_an_interval_across_the_hard_bound_settles_nothing(low: float, high: float, verdict: str) -> None:
    """Neither shown good nor shown bad: that has its own answer."""
    from seatrial.judge.gate.bootstrap import Interval

    point = Seen(Measure((low + high) / 2, 100, 0), 0, "the whole run", Interval(low, high, 0.5, 100, 80.0))

    assert decide(NET.model_copy(update={"confidence": 0.95}), point)[0] == verdict


def test_every_gate_says_one_sentence_with_value_bound_and_window() -> None:
    """A verdict that cannot be followed is argued about instead of acted on."""
    found = check(DEFAULT_GATES, trial(Plan()))

    assert found[0].reason == "net_bps over the last 8 steady iterations is 5, at least 2.7"
    assert found[0].bound == {"at_least": {"hard": 2.0, "soft": 2.7}}
    assert [one.kpi for one in found] == [one.kpi for one in DEFAULT_GATES]
