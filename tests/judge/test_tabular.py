import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.judge.tabular import rows
from seatrial.model.errors import InputError


def file(folder: Path, text: str) -> Path:
    """A file with this text."""
    path = folder / "file"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    ["Price,N\n1.5,2\n", '{"price": 1.5, "n": 2}\n', '[{"PRICE": "1.5", "n": 2}]', "\ufeffprice,n\n1.5,2"],
)
def test_one_row_reads_the_same_in_every_form(tmp_path: Path, text: str) -> None:
    """CSV, JSON lines, a JSON list, and the mark that some editors put first."""
    found = list(rows(file(tmp_path, text)))

    assert [(row.decimal("price"), row.decimal("n")) for row in found] == [(Decimal("1.5"), Decimal(2))]


def test_a_gzipped_file_is_read_as_what_is_in_it(tmp_path: Path) -> None:
    """Archives keep metrics compressed, and not always with the suffix."""
    path = tmp_path / "metrics"
    path.write_bytes(gzip.compress(b"timestamp,value\n0,1\n"))

    assert [row.decimal("value") for row in rows(path)] == [Decimal(1)]


@pytest.mark.parametrize(
    ("cells", "seconds"),
    [
        ('{"ts_ms": 1500}', 1.5),
        ('{"ts_ns": 1500000000}', 1.5),
        ('{"ts": 1700000000}', 1_700_000_000),
        ('{"timestamp": 1700000000000}', 1_700_000_000),
        ('{"timestamp": "2014-04-10 00:00:00"}', 1_397_088_000),
        ('{"timestamp": "2014-04-10T02:00:00+02:00"}', 1_397_088_000),
        ('{"time": "2014-04-10T00:00:00Z"}', 1_397_088_000),
    ],
)
def test_a_time_is_understood_in_the_forms_that_files_have(
    tmp_path: Path, cells: str, seconds: float
) -> None:
    """The unit is in the name, or follows from the size; without a zone it is UTC."""
    assert next(rows(file(tmp_path, cells))).time_ns() == int(seconds * 1e9)


@pytest.mark.parametrize(
    ("text", "line"),
    [("a,b\n1,2\n1\n", 3), ('{"a": 1}\n{"a": \n', 2), ('{"a": 1}\n[1]\n', 2), ("[1]", 1)],
)
def test_a_broken_row_is_named(tmp_path: Path, text: str, line: int) -> None:
    """File and line, because a file has millions of them."""
    with pytest.raises(InputError) as found:
        list(rows(file(tmp_path, text)))

    assert found.value.where.line == line


def test_an_empty_file_has_no_rows_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    """Nothing recorded is no evidence; nothing there is a typing mistake."""
    assert list(rows(file(tmp_path, ""))) == []
    with pytest.raises(InputError):
        list(rows(tmp_path / "nowhere"))


@pytest.mark.parametrize("value", ['"x"', '"nan"', "true", '"1e999999999999"'])
def test_what_is_no_number_is_refused(tmp_path: Path, value: str) -> None:
    """NaN compares false with every bound."""
    with pytest.raises(InputError):
        next(rows(file(tmp_path, f'{{"a": {value}}}'))).decimal("a")


@pytest.mark.parametrize(
    "data",
    [
        b"\x7fELF\x02\xd0\xff\xfe",
        gzip.compress(b"timestamp,value\n0,1\n" * 50)[:30],
        b"\x1f\x8b\x08\x00garbage",
        b"a,b\n1,\xff\n",
        b"a,b\n1,\x002\n" + b"\x00" * 9,
        b'{"a": 1}\n{"a": \xff}\n',
    ],
    ids=["binary", "torn gzip", "broken gzip", "not UTF-8", "zeros", "JSON of other bytes"],
)
def test_what_is_no_text_is_an_error_of_the_file_s_and_not_of_ours(tmp_path: Path, data: bytes) -> None:
    """One line and exit 2; never a crash report for a wrong file name."""
    path = tmp_path / "file"
    path.write_bytes(data)

    with pytest.raises(InputError):
        assert [row.decimal("b") for row in rows(path)]
