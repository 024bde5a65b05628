from pathlib import Path

import pytest

from seatrial.judge.calibration.table import LIKENESSES, calibrate
from seatrial.model.verdict import Verdict

PAGE = Path(__file__).parents[3] / "docs" / "calibration.md"


@pytest.mark.slow
def test_the_page_is_what_the_command_prints_and_our_judges_keep_their_level() -> None:
    """Error rates in a document are printed, from fixed seeds, or they are claims."""
    found = calibrate()

    assert found.verdict is Verdict.PASS
    assert PAGE.read_text(encoding="utf-8") == "\n".join(found.lines) + "\n"


def test_each_judge_has_a_row_for_each_question() -> None:
    """A few runs show the form: dependence from 0 to 0.9, planted shifts, ours and the others'."""
    found = calibrate(4)
    cells = found.data["cells"]

    assert {cell["likeness"] for cell in cells if not cell["shift"]} == set(LIKENESSES)
    assert {cell["judge"] for cell in cells} == {
        "gate, once", "canary, once", "canary, peeking", "z-test, once", "z-test, peeking", "Kayenta, once",
    }  # fmt: skip
    assert sum(line.startswith("| ") for line in found.lines) == 14
