import json
import math
from decimal import Decimal

import pytest
import typer

from seatrial.console import speak
from seatrial.model.outcome import Outcome
from seatrial.model.redact import KNOWN
from seatrial.model.verdict import Verdict

LINES = ("net_bps 1.5", "WARN: report.html")
OUTCOME = Outcome("gate.check", Verdict.WARN, ("net_bps is low",), {"value": Decimal("1.50")}, LINES)


def spoken(capsys: pytest.CaptureFixture[str], **options: bool) -> tuple[str, int]:
    """What was printed, and the exit code."""
    with pytest.raises(typer.Exit) as leaving:
        speak(OUTCOME, **options)
    return capsys.readouterr().out, leaving.value.exit_code


def test_a_person_gets_the_lines_and_the_verdict_last(capsys: pytest.CaptureFixture[str]) -> None:
    """The last line is where eyes and `tail -1` look."""
    assert spoken(capsys) == ("net_bps 1.5\nWARN: report.html\n", 0)


def test_quiet_keeps_the_last_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Quiet is not silent: the verdict and the report remain."""
    assert spoken(capsys, quiet=True) == ("WARN: report.html\n", 0)


def test_a_machine_gets_one_document_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    """Money stays a string of decimals."""
    text, code = spoken(capsys, json=True, strict=True)

    assert (text.count("\n"), code) == (1, 1)
    assert json.loads(text) == {
        "schema": "seatrial.gate.check/1",
        "verdict": "WARN",
        "exit_code": 1,
        "reasons": ["net_bps is low"],
        "value": "1.50",
    }


def test_a_number_that_is_none_is_null(capsys: pytest.CaptureFixture[str]) -> None:
    """`NaN` is no JSON; a strict parser would refuse the whole verdict."""
    with pytest.raises(typer.Exit):
        speak(Outcome("x.y", data={"value": math.nan}), json=True)

    assert json.loads(capsys.readouterr().out)["value"] is None


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("as_json", [True, False])
def test_a_known_secret_is_not_spoken(as_json: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A reason quotes a venue's error, and CI logs are read by many."""
    KNOWN.learn('sec"ret-value')
    outcome = Outcome("a.b", reasons=('sec"ret-value',), data={"n": 1}, lines=('with sec"ret-value.',))

    with pytest.raises(typer.Exit):
        speak(outcome, json=as_json)

    text = capsys.readouterr().out
    assert json.loads(text)["reasons"] == ["[redacted]"] if as_json else text == "with [redacted].\n"
