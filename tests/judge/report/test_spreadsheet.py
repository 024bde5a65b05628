import csv
import io

from seatrial.judge.report.spreadsheet import render
from seatrial.judge.report.story import Story


def rows_of(story: Story) -> list[dict[str, str]]:
    """The table by its header."""
    return list(csv.DictReader(io.StringIO(render(story).decode())))


def test_one_row_an_iteration_and_the_totals(story: Story) -> None:
    """The first question to a spreadsheet is which hour went wrong."""
    rows = rows_of(story)

    assert [row["iteration"] for row in rows] == ["1", "2", "3", "4", "5", "6", "total"]
    assert float(rows[0]["net_bps"]) == story.iterations[0].components["net_bps"]
    assert float(rows[-1]["net_bps"]) == 2.41


def test_nothing_measured_is_an_empty_cell(empty: Story) -> None:
    """A zero would be averaged with the rest."""
    assert {row["net_bps"] for row in rows_of(empty)} == {""}


def test_cells_cannot_become_formulas(story: Story) -> None:
    """A guard or KPI that begins with = runs on the reader's machine in some spreadsheets."""
    bad = story.iterations[0].model_copy(update={"guards": ("=cmd()",)})
    rows = rows_of(Story(**{**vars(story), "iterations": (bad,)}))

    assert rows[0]["guards"] == "'=cmd()"
