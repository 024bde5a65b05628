import pytest

from seatrial.model.outcome import Outcome
from seatrial.model.verdict import Verdict


def test_the_document_has_the_four_keys_and_the_command_s_own() -> None:
    """Outside programs rely on this form."""
    outcome = Outcome("soak.run", Verdict.WARN, ("net_bps is low",), {"fills": 3})

    assert outcome.document() == {
        "schema": "seatrial.soak.run/1",
        "verdict": "WARN",
        "exit_code": 0,
        "reasons": ["net_bps is low"],
        "fills": 3,
    }


def test_a_command_that_judges_nothing_has_a_null_verdict_and_exits_0() -> None:
    """`market info` passes no judgement, and must not claim a PASS."""
    document = Outcome("market.info").document()

    assert (document["verdict"], document["exit_code"]) == (None, 0)


def test_strict_is_the_same_in_document_and_exit_code() -> None:
    """A document that says 0 while the process exits 1 is worse than either."""
    outcome = Outcome("gate.check", Verdict.WARN)

    assert outcome.document(strict=True)["exit_code"] == outcome.exit_code(strict=True) == 1


@pytest.mark.parametrize("strict", [False, True])
def test_a_forced_exit_code_wins(strict: bool) -> None:
    """An interrupted soak has a verdict so far, and still ends with 130."""
    assert Outcome("soak.run", Verdict.PASS, exit_code_forced=130).exit_code(strict=strict) == 130


@pytest.mark.parametrize("key", ["schema", "verdict", "exit_code", "reasons"])
def test_a_command_cannot_overwrite_the_four_keys(key: str) -> None:
    """Data named `verdict` would replace the verdict, unseen."""
    with pytest.raises(AssertionError):
        Outcome("x.y", Verdict.FAIL, data={key: "PASS"}).document()
