"""Columns go into Parquet and come back as they were."""

import hashlib
import sys
from pathlib import Path

import pytest

from seatrial.market.segments import NONE_NS, Rows, connect, read_tape
from seatrial.model.errors import InputError, UsageError
from seatrial.model.tape import ASK, BID, LAST, NO_FILL, SIDE_BIT, TRADE, tape_of

TAPE = tape_of([(1, TRADE | BID * SIDE_BIT | LAST, 5, 6), (2, TRADE | ASK * SIDE_BIT | LAST | NO_FILL, 7, 8)])


def test_a_tape_becomes_rows_and_a_tape_again() -> None:
    """The columns of the file and the code of the tape say the same."""
    rows = Rows.of_tape(TAPE)

    again = rows.tape(3)

    assert rows.exch_ts_ns.tolist() == [NONE_NS] * 2
    assert again.code.tolist() == [code | 3 << 8 for code in TAPE.code.tolist()]
    assert (again.ts.tolist(), again.px.tolist(), again.qty.tolist()) == ([1, 2], [5, 7], [6, 8])


def test_the_hash_of_rows_does_not_depend_on_how_they_were_cut() -> None:
    """Batches are an accident of memory."""
    whole, pieces = hashlib.sha256(), hashlib.sha256()
    rows = Rows.of_tape(TAPE)

    rows.update(whole)
    rows.between(0, 1).update(pieces)
    rows.between(1, 2).update(pieces)

    assert whole.digest() == pieces.digest()


def test_a_damaged_segment_is_named(tmp_path: Path) -> None:
    """DuckDB's own words, one line of them, and what to do."""
    path = tmp_path / "01.parquet"
    path.write_bytes(b"PAR1 this is not a segment PAR1")

    with pytest.raises(
        InputError, match=r"01\.parquet: the segment is damaged: .*\(import the dataset again\)"
    ) as caught:
        read_tape(connect(), path, 0, 1)

    assert "\n" not in caught.value.line


def test_without_the_data_extra_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The core installs small; datasets are an extra."""
    monkeypatch.setitem(sys.modules, "duckdb", None)

    with pytest.raises(UsageError, match=r"datasets need DuckDB \(pip install 'seatrial\[data\]'\)"):
        connect()
