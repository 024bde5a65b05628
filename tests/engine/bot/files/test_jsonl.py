"""Plain JSONL: our own names, the names that bots use, and lines that are damaged."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seatrial.engine.bot.files.interface import read_files
from seatrial.engine.bot.files.jsonl import __doc__ as documented
from seatrial.model.errors import InputError
from seatrial.model.instrument import Contract


def written(path: Path, *rows: Any) -> Path:
    """A file of these lines; a text is a line as it stands."""
    path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
    return path


def test_the_documented_lines_are_what_is_read(tmp_path: Path) -> None:
    """The example in the documentation is the first thing that anybody tries."""
    text = documented or ""
    lines = [block.replace("\n", " ").split("}")[0] + "}" for block in text.split("    {")[1:]]
    path = written(tmp_path / "a.jsonl", *("{" + line for line in lines))

    told = read_files(path, "jsonl").told

    assert (len(told.orders), len(told.fills), len(told.mids), len(told.fundings)) == (1, 1, 1, 1)
    assert (told.fills[0].mid, told.mids[0].mid) == (Decimal("37000.3"), Decimal("37000.3"))
    assert told.anomalies == []


@pytest.mark.parametrize(
    "row",
    [
        {
            "exec_id": "1",
            "symbol": "BTCUSDT",
            "side": "Buy",
            "exec_price": "10",
            "exec_qty": "2",
            "ts_ms": 1700000000000,
        },
        {"trade_id": 1, "pair": "BTC/USDT", "side": "B", "px": 10, "sz": 2, "time": "2023-11-14T22:13:20Z"},
        {
            "event": "fill",
            "symbol": "BTCUSDT",
            "side": 1,
            "price": "1e1",
            "size": 2.0,
            "timestamp": 1700000000,
        },
    ],
)
def test_common_names_are_understood(tmp_path: Path, row: dict[str, Any]) -> None:
    """A bot's log should not need rewriting to be read."""
    fill = read_files(written(tmp_path / "a.jsonl", row)).told.fills[0]

    assert (fill.side, fill.ts_ns) == ("buy", 1_700_000_000 * 10**9)
    assert (fill.price, fill.qty) == (Decimal(10), Decimal(2))
    assert (fill.fees, fill.liquidity) == (None, None)


def test_damaged_and_impossible_lines_are_listed_and_the_others_read(tmp_path: Path) -> None:
    """A crash tears the last line; the rest of the day is still evidence."""
    good = {"kind": "fill", "symbol": "BTCUSDT", "side": "buy", "price": "1", "qty": "1", "ts": 1700000000}
    path = written(
        tmp_path / "a.jsonl", good, {**good, "price": "-1"}, {**good, "qty": "NaN"}, {**good, "ts": 5},
        {**good, "side": "hold"}, {"kind": "tick"}, '{"kind": "fi',
    )  # fmt: skip

    told = read_files(path, "jsonl").told

    assert (len(told.fills), told.lost_fills) == (3, 2)
    assert told.counts() == {"damaged_rows": 2, "impossible_values": 3, "unplaceable_fills": 2}
    assert [one.row for one in told.anomalies if one.kind == "damaged_rows"] == [6, 7]


def test_a_contract_can_be_said(tmp_path: Path) -> None:
    """BTCUSD may be spot or inverse: the file says which."""
    row = {
        "kind": "fill",
        "symbol": "BTCUSD",
        "side": "buy",
        "price": 1,
        "qty": 1,
        "ts": 1700000000,
        "contract": "inverse",
    }
    told = read_files(written(tmp_path / "a.jsonl", row)).told

    assert next(iter(told.markets.values())).contract is Contract.INVERSE


@pytest.mark.parametrize("text", ["", "no json\n", "[1, 2]\n", '{"a": 1}\n'])
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    """An empty history would be judged as a bot that did nothing."""
    (tmp_path / "a.jsonl").write_text(text)

    with pytest.raises(InputError):
        read_files(tmp_path / "a.jsonl")
