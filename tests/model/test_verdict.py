import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.model.verdict import Verdict, worst

PASS, WARN, UNKNOWN, FAIL = Verdict.PASS, Verdict.WARN, Verdict.UNKNOWN, Verdict.FAIL


def test_fail_outranks_unknown_outranks_warn_outranks_pass() -> None:
    """The order is the contract: no evidence must hide a warning, and never a known failure."""
    order = [PASS, WARN, UNKNOWN, FAIL]

    for (i, a), (j, b) in itertools.product(enumerate(order), repeat=2):
        assert worst([a, b]) is order[max(i, j)]


def test_nothing_judged_is_unknown() -> None:
    """An empty gate list released a bot once: nothing failed because nothing was asked."""
    assert worst([]) is UNKNOWN


@given(st.lists(st.sampled_from(Verdict), min_size=1))
def test_worst_does_not_depend_on_order_and_is_one_of_them(verdicts: list[Verdict]) -> None:
    """Gates are evaluated in any order; the answer must not care."""
    assert worst(verdicts) is worst(reversed(verdicts))
    assert worst(verdicts) in verdicts


@pytest.mark.parametrize(
    ("verdict", "plain", "strict"), [(PASS, 0, 0), (WARN, 0, 1), (UNKNOWN, 3, 3), (FAIL, 1, 1)]
)
def test_exit_codes(verdict: Verdict, plain: int, strict: int) -> None:
    """UNKNOWN is its own answer, never 0; under strict a WARN blocks too."""
    assert (verdict.exit_code, verdict.strict_exit_code()) == (plain, strict)


def test_a_verdict_is_its_name_in_json() -> None:
    """Outside programs compare the string."""
    assert [str(verdict) for verdict in Verdict] == ["PASS", "WARN", "UNKNOWN", "FAIL"]
