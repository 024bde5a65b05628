"""Rows of a table keep their lines, and a row that does not fit is never bent into shape."""

from pathlib import Path

import pytest

from seatrial.finops.record import plain_name
from seatrial.finops.table_file import first_lines, headers, table_rows
from seatrial.model.errors import InputError

ASKED = frozenset({"a", "b", "c"})


def rows(folder: Path, text: str) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a table whose header begins with A."""
    path = folder / "t.csv"
    path.write_bytes(text.encode())
    header = next(one for one in headers(first_lines(path)) if one.columns[0] == "A")
    return list(table_rows(path, header, plain_name, ASKED))


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    """A cell may hold lines of its own, and a preamble may stand above."""
    found = rows(tmp_path, 'About: x\n\nA,B,C,D\n1,2,3,"two\nlines"\n\n4,5,6,7\n')

    assert [(line, row["a"], row["d"]) for line, row in found] == [(4, "1", "two\nlines"), (7, "4", "7")]


def test_headers_again_blank_lines_and_totals_are_passed_over(tmp_path: Path) -> None:
    """Pages of one table, put together."""
    found = rows(tmp_path, "A,B,C,D\n1,2,3,4\nA,B,C,D\n,,,\n5,6,7,8\nTotal,,6,\nEnd of report\n")

    assert [row["a"] for _, row in found] == ["1", "5"]


def test_a_row_that_only_begins_like_a_total_is_kept(tmp_path: Path) -> None:
    """A coin may be called SUM."""
    assert [row["a"] for _, row in rows(tmp_path, "A,B,C,D\nSUM,2,3,4\n")] == ["SUM"]


def test_what_nobody_asks_for_may_be_missing_at_the_end(tmp_path: Path) -> None:
    """Spreadsheets leave empty last cells away."""
    assert rows(tmp_path, "A,B,C,D\n1,2,3\n")[0][1]["d"] == ""


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("A,B,C,D\n1,2\n", 2, "2 cells"), ("A,B,C,D\n1,2,3,4\n1,2,3,4,5\n", 3, "5 cells"),
        ('A,B,C,D\n1,"2,3,4\n5,6,7,8\n', 2, "closed"),
        ("A,B,C,D\n1,2,3,4\n1,2,3,4,\n", 3, "5 cells"), ("A,B,C,D\n1,2,3,4\n" + "x" * 140_000 + ",1,1,1\n",
        3, "limit"),
    ],
)  # fmt: skip
def test_a_row_of_another_width_is_refused(text: str, line: int, says: str, tmp_path: Path) -> None:
    """It is cut off or wrongly quoted, and any reading of it would shift amounts into other columns."""
    with pytest.raises(InputError, match=says) as caught:
        rows(tmp_path, text)

    assert caught.value.where.line == line


def test_a_venue_may_end_every_row_with_a_delimiter(tmp_path: Path) -> None:
    """Huobi does; then all rows do."""
    assert [len(row) for _, row in rows(tmp_path, "A,B,C,D\n1,2,3,4,\n5,6,7,8,\n")] == [4, 4]


def test_columns_of_one_name_do_not_hide_each_other(tmp_path: Path) -> None:
    """`Cur.` three times is three currencies."""
    assert rows(tmp_path, "A,B,C,Cur.,Cur.\n1,2,3,X,Y\n")[0][1] == {
        "a": "1",
        "b": "2",
        "c": "3",
        "cur": "X",
        "cur#2": "Y",
    }


def test_a_header_names_its_zone(tmp_path: Path) -> None:
    """In the column's name or in the line above."""
    path = tmp_path / "t.csv"
    path.write_text("UID:1,Time Zone:UTC+8\nDate (+01:00),Filled Volume (USDT)\n")

    found = next(one for one in headers(first_lines(path)) if one.line == 2)

    assert (str(found.zone), {name: str(zone) for name, zone in found.zones.items()}) == (
        "UTC+08:00",
        {"date": "UTC+01:00"},
    )
    assert found.columns == ("Date", "Filled Volume (USDT)")


def test_a_file_that_changes_its_encoding_names_the_line(tmp_path: Path) -> None:
    """Two exports joined by hand."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"A,B,C,D\n" + b"1,2,3,4\n" * 20_000 + b"1,2,3,\xff\n")
    header = next(headers(first_lines(path)))

    with pytest.raises(InputError, match="not UTF-8 from here"):
        list(table_rows(path, header, plain_name, ASKED))
