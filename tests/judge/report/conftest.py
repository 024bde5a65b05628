"""Judged records for the reports, made once."""

from pathlib import Path

import pytest
from tests.judge import records

from seatrial.judge.history import History
from seatrial.judge.report.story import Story
from seatrial.judge.report.telling import tell
from seatrial.model.artifact import VerdictFile
from seatrial.model.profile import ReportSettings
from seatrial.model.verdict import Verdict

HOSTILE = "</script><script>alert(1)</script>\"'&|`=1"


def told(folder: Path, voyage: records.Voyage | None = None, verdict: VerdictFile | None = None) -> Story:
    """Return the story of a record made in `folder`."""
    judged = verdict or records.verdict_file()
    record = records.build(folder, voyage, verdict=judged)
    return tell(record, judged, History.read(record), ReportSettings())


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The story of a small run with one gate of each colour."""
    return told(tmp_path_factory.mktemp("story") / "record")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """The same, whose symbol and reasons try to be markup."""
    gate = records.gate("net_bps", Verdict.FAIL, -1.0, HOSTILE, at_least={"hard": 2.0, "soft": 2.7})
    verdict = records.verdict_file(gate, reasons=(HOSTILE,))
    voyage = records.Voyage(symbol=HOSTILE, reason=HOSTILE, iterations=3)
    return told(tmp_path_factory.mktemp("hostile") / "record", voyage, verdict)


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A run that filled nothing and judged nothing."""
    verdict = VerdictFile(
        run_id=records.RUN_ID, verdict=Verdict.UNKNOWN, reasons=("there are no gates",),
        gates=(), kpis={}, inputs={},
    )  # fmt: skip
    return told(
        tmp_path_factory.mktemp("empty") / "record", records.Voyage(fills=False, iterations=3), verdict
    )
