"""The family of formats is complete, and each reads its statement in whatever dialect it comes."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.finops.importer.dialects import FIXED_COLUMNS, JSONS, TABLES, table, written
from tests.finops.importer.samples import SAMPLES
from tests.finops.importer.short import short

from seatrial.finops import importer
from seatrial.finops.importer import FORMATS
from seatrial.finops.json_file import json_records
from seatrial.finops.reading import read_statement, recognise
from seatrial.model.errors import SeatrialError

SHARED = {"interface", "deal"}
MEMBERS = dict(FORMATS)


def is_json(name: str) -> bool:
    """Say whether a sample is JSON."""
    return SAMPLES[name].text.lstrip()[0] in "{["


def test_no_importer_is_missing_from_the_list() -> None:
    """A file that is not listed is a venue that silently cannot be read."""
    folder = Path(importer.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}

    listed = {name for name in vars(importer) if name in modules}

    registering = {name for name in modules if "FORMATS.add(" in (folder / f"{name}.py").read_text("utf-8")}
    assert registering == modules - SHARED
    assert registering <= listed


def test_every_format_has_its_sample() -> None:
    """A format that no test reads may have stopped working."""
    assert set(MEMBERS) == set(SAMPLES)


def test_names_titles_and_sources_are_there() -> None:
    """`--venue NAME` speaks of them, and each module says where the meaning of its fields comes from."""
    for name, member in MEMBERS.items():
        assert member.name == name
        assert name.startswith(member.venue.partition(".")[0])
        assert len(member.title) > 5
    for path in Path(importer.__file__).parent.glob("*.py"):
        if "FORMATS.add(" in (text := path.read_text("utf-8")):
            assert "Fields" in text.split('"""')[1], path.name


@pytest.mark.parametrize("name", sorted(SAMPLES))
def test_a_statement_becomes_its_rows(name: str, tmp_path: Path) -> None:
    """Amounts to the last digit, fees as cash, times in UTC, unknown words kept."""
    path = tmp_path / "statement"
    path.write_text(SAMPLES[name].text, encoding="utf-8")

    rows = [short(row) for row in read_statement(path)]

    assert recognise(path).format.name == name
    assert rows == list(SAMPLES[name].rows)


@pytest.mark.parametrize("dialect", sorted(TABLES))
def test_a_table_is_the_same_in_every_dialect(dialect: str, tmp_path: Path) -> None:
    """The venue, the browser and the spreadsheet each save it in their way."""
    for name in sorted(SAMPLES):
        if is_json(name) or (dialect in {"turned", "widened", "repeated"} and name in FIXED_COLUMNS):
            continue
        path = tmp_path / name
        path.write_bytes(TABLES[dialect](SAMPLES[name].text))

        rows = [short(row) for row in read_statement(path)]

        assert (name, rows) == (name, list(SAMPLES[name].rows))


@pytest.mark.parametrize("dialect", sorted(JSONS))
def test_json_is_the_same_in_every_dialect(dialect: str, tmp_path: Path) -> None:
    """An answer, a list, a line a record, recorded with its request: the records are the same."""
    for name in filter(is_json, sorted(SAMPLES)):
        path = tmp_path / name
        path.write_bytes(JSONS[dialect](SAMPLES[name].text))

        rows = [short(row) for row in read_statement(path)]

        assert (name, rows) == (name, list(SAMPLES[name].rows))


def test_an_answer_kept_as_a_table_is_the_same(tmp_path: Path) -> None:
    """Bots write the records of an API into CSV, fields of fields in columns of their own."""
    for name in sorted(SAMPLES):
        if not is_json(name) or "table" not in MEMBERS[name].shapes:
            continue
        path, kept = tmp_path / name, tmp_path / f"{name}.csv"
        path.write_text(SAMPLES[name].text, encoding="utf-8")
        flat = [flattened(context | record) for _, record, context in json_records(path)]
        columns = list(dict.fromkeys(column for record in flat for column in record))
        lines = [columns, *([record.get(column, "") for column in columns] for record in flat)]
        kept.write_text(written([], lines), encoding="utf-8")

        rows = [short(row) for row in read_statement(kept)]

        assert (name, rows) == (name, list(SAMPLES[name].rows))


def test_a_table_kept_as_json_is_the_same(tmp_path: Path) -> None:
    """And the other way round: what the venue answers is what it exports."""
    names = [name for name in sorted(SAMPLES) if not is_json(name) and "json" in MEMBERS[name].shapes]
    for name in names:
        _, (head, *body) = table(SAMPLES[name].text)
        path = tmp_path / name
        path.write_text(json.dumps([dict(zip(head, row, strict=True)) for row in body]), encoding="utf-8")

        rows = [short(row) for row in read_statement(path)]

        assert (name, rows) == (name, list(SAMPLES[name].rows))
    assert {"bitmex-wallet", "bitmex-executions", "kraken-ledgers", "kraken-trades"} <= set(names)


def flattened(record: dict[str, Any], inside: str = "") -> dict[str, str]:
    """Return the simple fields of a record by their dotted names."""
    flat: dict[str, str] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= flattened(value, f"{inside}{key}.")
        elif not isinstance(value, list):
            flat[f"{inside}{key}"] = "" if value is None else str(value)
    return flat


@pytest.mark.parametrize(
    "content",
    [
        b"x", b"\x00\xff" * 5_000, b"{", b"[]", b"[[]]", b"[1]", b"a,b\n1,2\n", b'"', b'"""', b"1700000000 {",
        b",,,\n,,,", b"\n\n\n", b"\xef\xbb\xbf", b"[[[[[[", b'{"a":' * 500, b"\x1f\x8b", b"PK\x03\x04",
        b"%PDF-1.4", b"<html>",
    ],
)  # fmt: skip
def test_foreign_content_is_refused_in_one_line(tmp_path: Path, content: bytes) -> None:
    """Whatever somebody hands in: one line that names the file, never a traceback."""
    path = tmp_path / "foreign"
    path.write_bytes(content)

    with pytest.raises(SeatrialError) as caught:
        list(read_statement(path))

    assert caught.value.exit_code == 2
    assert caught.value.line.startswith("foreign")
    assert "\n" not in caught.value.line


def test_the_venue_narrows_the_choice_and_refuses_others(tmp_path: Path) -> None:
    """Who names the venue means it: another venue's file must not be read as if it were that one's."""
    path = tmp_path / "statement"
    path.write_text(SAMPLES["kraken-ledgers"].text, encoding="utf-8")

    assert recognise(path, "Kraken").format.name == "kraken-ledgers"
    assert recognise(path, "kraken-ledgers").format.name == "kraken-ledgers"
    with pytest.raises(SeatrialError, match="is no okx statement") as caught:
        recognise(path, "okx")

    assert "mapping file" in caught.value.line


def test_the_page_lists_every_format() -> None:
    """`docs/statements.md` is where people look whether their file can be read."""
    page = (Path(__file__).parents[3] / "docs" / "statements.md").read_text("utf-8")
    listed = [line for line in page.splitlines() if line.startswith("| `")]

    lines = [
        f"| `{name}` | {member.title} | {', '.join(member.needs)} |"
        for name, member in sorted(MEMBERS.items())
    ]

    assert [line for line in listed if line.count("|") == 4 and line.split("`")[1] in MEMBERS] == lines
