"""Tampering shows: every way to change a journal afterwards is a finding."""

from pathlib import Path

import pytest

from seatrial.store.journal import Journal
from seatrial.store.verify import head_of, verify


@pytest.fixture
def rows(tmp_path: Path) -> list[bytes]:
    """Return the lines of a whole journal of six events."""
    with Journal.create(tmp_path / "whole", "run-a") as journal:
        for number in range(6):
            journal.append(number * 10, "fill", {"price": f"10{number}.5", "qty": "1"})
    assert verify(tmp_path / "whole") == []
    return (tmp_path / "whole").read_bytes().splitlines(keepends=True)


def found(tmp_path: Path, rows: list[bytes], **options: str) -> list[tuple[str, int]]:
    """Write the rows as a journal and return the findings as (kind, row)."""
    path = tmp_path / "tampered"
    path.write_bytes(b"".join(rows))
    return [(finding.kind, finding.row) for finding in verify(path, **options)]


def test_an_edited_price_shows_at_the_next_line(tmp_path: Path, rows: list[bytes]) -> None:
    """Somebody makes one fill a little better; exactly one line says so."""
    rows[2] = rows[2].replace(b"102.5", b"102.6")

    assert found(tmp_path, rows) == [("chain", 4)]


@pytest.mark.parametrize("row", range(5))
def test_every_byte_of_a_body_is_covered(tmp_path: Path, rows: list[bytes], row: int) -> None:
    """No byte of a line but those of its run id may change unseen."""
    line = rows[row]
    identity = line.index(b'"run_id"')
    for at in range(len(line) - 1):
        if not identity <= at < identity + len(b'"run_id":"run-a"'):
            changed = [*rows[:row], line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :], *rows[row + 1 :]]
            assert found(tmp_path, changed) != []


def test_a_removed_line_shows(tmp_path: Path, rows: list[bytes]) -> None:
    """A loss that was taken out of the middle."""
    assert found(tmp_path, rows[:2] + rows[3:]) == [("seq", 3), ("chain", 3)]


def test_a_removed_first_line_shows(tmp_path: Path, rows: list[bytes]) -> None:
    """The first line is bound to the beginning."""
    assert found(tmp_path, rows[1:]) == [("seq", 1), ("chain", 1)]


def test_swapped_lines_show(tmp_path: Path, rows: list[bytes]) -> None:
    """Order is evidence: what came first may have caused what came second."""
    rows[1], rows[2] = rows[2], rows[1]

    assert {kind for kind, _ in found(tmp_path, rows)} == {"seq", "time", "chain"}


def test_a_line_of_another_run_shows(tmp_path: Path, rows: list[bytes]) -> None:
    """The run id is outside the chain, so it is checked by itself."""
    rows[3] = rows[3].replace(b"run-a", b"run-b")

    assert found(tmp_path, rows) == [("run_id", 4), ("run_id", 5)]


def test_garbage_in_the_middle_shows_and_the_rest_is_still_looked_at(
    tmp_path: Path, rows: list[bytes]
) -> None:
    """An auditor wants the whole list, not the first entry."""
    rows[1] = b"garbage\n"
    rows[4] = rows[4].replace(b"104.5", b"1.5")

    assert found(tmp_path, rows) == [("unparsable", 2), ("seq", 3), ("chain", 3), ("chain", 6)]


def test_a_torn_tail_is_named_and_nothing_else(tmp_path: Path, rows: list[bytes]) -> None:
    """A killed run is not a forged one."""
    assert found(tmp_path, [*rows[:3], rows[3][:20]]) == [("torn_tail", 4)]


def test_valid_json_that_the_journal_did_not_write_shows(tmp_path: Path, rows: list[bytes]) -> None:
    """A line re-encoded by another program has lost its bytes, and with them its hash."""
    rows[5] = rows[5].replace(b'":"', b'": "')

    assert found(tmp_path, rows) == [("unparsable", 6)]


def test_a_changed_last_line_shows_against_the_sealed_head(tmp_path: Path, rows: list[bytes]) -> None:
    """Nothing follows the last line, so only a head kept elsewhere can tell."""
    head = head_of(tmp_path / "whole")
    assert found(tmp_path, rows, head=head) == []
    rows[5] = rows[5].replace(b"105.5", b"999.5")

    assert found(tmp_path, rows) == []
    assert found(tmp_path, rows, head=head) == [("chain", 6)]
    assert found(tmp_path, rows[:4], head=head) == [("chain", 4)]


def test_an_empty_journal_is_a_finding(tmp_path: Path) -> None:
    """No evidence is not clean evidence."""
    assert found(tmp_path, []) == [("empty", 0)]
