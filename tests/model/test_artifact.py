import pytest
from pydantic import ValidationError

from seatrial.model.artifact import GateResult, InstrumentReport, Provenance, VerdictFile
from seatrial.model.verdict import Verdict


def test_a_verdict_file_survives_its_json() -> None:
    """Judgements are read back by other programs, months later."""
    gate = GateResult(
        kpi="net_bps",
        verdict=Verdict.WARN,
        value=2.5,
        bound={"hard": 2.0},
        reason="low",
        n=30,
        window="steady",
    )
    file = VerdictFile(
        run_id="r", verdict=Verdict.WARN, reasons=("low",), gates=(gate,), kpis={"net_bps": None}, inputs={}
    )

    assert VerdictFile.model_validate_json(file.model_dump_json()) == file


def test_a_coverage_above_one_is_refused() -> None:
    """Coverage of 1.2 is a double count, and hides gaps."""
    with pytest.raises(ValidationError):
        Provenance(kind="recorded", recorded_ratio=1.2)


def test_coverage_that_was_not_measured_is_null_and_not_zero() -> None:
    """Zero means no data; null means that nobody looked."""
    report = InstrumentReport(
        symbol="X", venue="v", contract="linear", events=0, trades=0, first_ts_ns=None, last_ts_ns=None,
        coverage_ratio=None,
    )  # fmt: skip

    assert '"coverage_ratio":null' in report.model_dump_json()
