"""Fills in the program's own columns: read as they are meant, or refused with their place."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from tests.finops.desk import START, book, cells, write_table

from seatrial.finops.fill_table import is_fill_table, table_fills
from seatrial.model.errors import InputError

HEADER = "ts_ns,symbol,side,price,qty,trade_id,order_id,fee,fee_currency,liquidity\n"
LINE = f"{START},BTCUSDT,buy,60000.10,0.002,t1,o1,-0.024,USDT,maker\n"


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Digits and all."""
    rows = book(20)

    read = list(table_fills(write_table(tmp_path / "fills.csv", rows)))

    assert [cells(row) for row in read] == [cells(row) for row in rows]
    assert [row.source.line for row in read] == list(range(2, 22))


def test_json_lines_keep_every_digit(tmp_path: Path) -> None:
    """A number in JSON is money too: 0.1 is a tenth, and twenty digits are twenty digits."""
    path = tmp_path / "fills.jsonl"
    told = '{"ts_ms": 1751328000000, "symbol": "BTCUSDT", "side": "B", "price": 0.12345678901234567891, '
    told += '"qty": 0.1}'
    path.write_text(told + "\n\n" + told + "\n")

    first, second = table_fills(path)

    assert first.fill is not None
    assert (first.ts_ns, first.fill.price, first.fill.side) == (
        START,
        Decimal("0.12345678901234567891"),
        "buy",
    )
    assert second.source.line == 3


@pytest.mark.parametrize("name", ["ts", "timestamp", "time"])
@pytest.mark.parametrize(
    "value", ["2025-07-01T00:00:00Z", "2025-07-01 02:00:00+02:00", "1751328000", "1751328000000"]
)
def test_a_time_may_be_written_in_several_ways(tmp_path: Path, name: str, value: str) -> None:
    """One instant."""
    path = tmp_path / "fills.csv"
    path.write_text(f"{name},symbol,side,price,qty\n{value},BTCUSDT,sell,1,1\n")

    assert [row.ts_ns for row in table_fills(path)] == [START]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("60000.10", "much", "price"),
        ("60000.10", "", "price"),
        ("60000.10", "inf", "price"),
        ("60000.10", "1e99", "price"),
        ("0.002", "-1", "qty"),
        ("0.002", "0", "qty"),
        ("buy", "long", "side"),
        ("maker", "both", "liquidity"),
        (str(START), "noon", "ts_ns"),
        (",BTCUSDT,", ",,", "symbol"),
        (",maker", "", None),
    ],
)
def test_a_damaged_cell_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, field: str | None
) -> None:
    """File, line, and the column as the file calls it."""
    path = tmp_path / "fills.csv"
    path.write_text(HEADER + LINE + LINE.replace(old, new, 1))

    with pytest.raises(InputError) as refused:
        list(table_fills(path))

    where = refused.value.where
    assert (where.file, where.line, where.field) == ("fills.csv", 3, field)


def test_a_damaged_json_line_is_refused(tmp_path: Path) -> None:
    """A line that was cut while it was written."""
    path = tmp_path / "fills.jsonl"
    good = json.dumps({"ts_ns": START, "symbol": "A", "side": "buy", "price": 1, "qty": 1})
    path.write_text(f"{good}\n{good[:20]}\n")

    with pytest.raises(InputError) as refused:
        list(table_fills(path))

    assert refused.value.where.line == 2


@pytest.mark.parametrize(
    "text", ["Date(UTC),Pair,Side\n", "hello\n", "{}\n", '{"a": 1}\n', "symbol,side,price,qty\n"]
)
def test_other_files_are_left_to_others(tmp_path: Path, text: str) -> None:
    """A venue's statement is not taken for a table of ours."""
    path = tmp_path / "x.csv"
    path.write_text(text)

    assert not is_fill_table(path)
