from pathlib import Path

import pytest

from seatrial.market.source import Source
from seatrial.market.table import Table
from seatrial.model.errors import InputError


def table(folder: Path, text: str) -> Table:
    """Return the table of a file with this text."""
    path = folder / "rows.csv"
    path.write_text(text)
    return Table(Source(path))


def test_columns_are_found_by_name_wherever_they_stand(tmp_path: Path) -> None:
    """Exchanges append and move columns; a fixed place would read a size as a price."""
    rows = table(tmp_path, "\ufeffRPI, Price ,size\n0,1.5,2\n")

    assert rows.places("price", "size") == [1, 2]
    assert list(rows.rows()) == [(2, ["0", "1.5", "2"])]


def test_a_renamed_column_is_found(tmp_path: Path) -> None:
    """The same column has had several names over the years."""
    assert table(tmp_path, "qty,p\n1,2\n").places("price", renamed={"price": ("p",)}) == [1]


def test_a_missing_column_is_named_with_what_there_is(tmp_path: Path) -> None:
    """The reader of the error sees at once whether it is a typo or another file."""
    with pytest.raises(
        InputError, match=r"rows.csv:1: price: the column 'price' is missing \(the file has: a, b\)"
    ):
        table(tmp_path, "a,b\n1,2\n").places("price")


def test_a_torn_row_names_its_line(tmp_path: Path) -> None:
    """A file that was cut in the middle of a row must not lose the rest of it silently."""
    with pytest.raises(InputError, match=r"rows.csv:3: the row has 1 fields where 2 are due"):
        list(table(tmp_path, "a,b\n1,2\n3").rows())


def test_a_row_that_is_not_text_names_its_line(tmp_path: Path) -> None:
    """Binary junk in the middle of a download is damage, not data."""
    (tmp_path / "rows.csv").write_bytes(b"a,b\n1,2\n\xff\xfe,2\n")

    with pytest.raises(InputError, match=r"rows.csv:3: the line is not text"):
        list(Table(Source(tmp_path / "rows.csv")).rows())
