"""Files that are damaged at any place: a record or one clear error, never a crash."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.engine.bot.files.making import freqtrade, ft_order, ft_trade, hb_fill, hb_order, hummingbot
from tests.engine.bot.files.test_ccxt import order, trade

from seatrial.engine.bot.files.interface import read_files
from seatrial.engine.bot.told.retelling import Retelling
from seatrial.judge.history import History
from seatrial.model.errors import OutsideError, UsageError

pytestmark = pytest.mark.slow

ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**62), 2**62),
    st.floats(),
    st.text(max_size=12),
    st.binary(max_size=8),
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
RARELY = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def tried(path: Path) -> None:
    """Read a file and tell its history to the judge, or be told what is wrong with it."""
    try:
        reading = read_files(path)
    except (UsageError, OutsideError):
        return
    retelling, history = Retelling(reading.told), History()
    for step in retelling.steps:
        for ts_ns, kind, fields in retelling.events(step):
            history.add({"ts_ns": ts_ns, "kind": kind, **fields})
    for ts_ns, kind, fields in retelling.positions(2**60, final=True):
        history.add({"ts_ns": ts_ns, "kind": kind, **fields})
    assert len(history.fills) == len(reading.told.fills)
    assert retelling.instruments is not None


@pytest.mark.parametrize("bot", ["hummingbot", "freqtrade"])
@given(data=st.data())
@RARELY
def test_any_value_in_any_cell_of_a_database(bot: str, data: st.DataObject, tmp_path: Path) -> None:
    """SQLite lets anything stand in any column, and bots have written all of it."""
    path = tmp_path / "a.sqlite"
    path.unlink(missing_ok=True)
    if bot == "hummingbot":
        hummingbot(path, [hb_order("So1", "OrderCancelled")], [hb_fill(1), hb_fill(2)])
    else:
        freqtrade(path, [ft_trade(1)], [ft_order(1, 1, "buy"), ft_order(2, 1, "sell")])
    connection = sqlite3.connect(path)
    tables = {"hummingbot": ("Order", "TradeFill"), "freqtrade": ("trades", "orders")}[bot]
    for _ in range(data.draw(st.integers(1, 4))):
        table = data.draw(st.sampled_from(tables))
        names = [row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')]
        name, value = data.draw(st.sampled_from(names)), data.draw(ANY)
        connection.execute(f'UPDATE "{table}" SET "{name}" = ?', (value,))
    connection.commit()
    connection.close()

    tried(path)


@given(data=st.data())
@RARELY
def test_any_bytes_in_a_database(data: st.DataObject, tmp_path: Path) -> None:
    """Half a copy, a flipped page, a torn log."""
    path = tmp_path / "a.sqlite"
    path.unlink(missing_ok=True)
    hummingbot(path, [hb_order("So1", "OrderCancelled")], [hb_fill(1)])
    held = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        held[data.draw(st.integers(0, len(held) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(held[: data.draw(st.integers(0, len(held)))])
    (tmp_path / "a.sqlite-wal").write_bytes(data.draw(st.binary(max_size=64)))

    tried(path)


@given(data=st.data())
@RARELY
def test_any_value_in_any_field_of_an_export(data: st.DataObject, tmp_path: Path) -> None:
    """What a venue leaves out, ccxt passes on as it came."""
    rows: list[dict[str, Any]] = [order("o1", "closed"), trade(1), {"kind": "fill", **trade(2)}]
    for row in rows:
        for name in data.draw(st.lists(st.sampled_from(sorted(row)), max_size=3)):
            row[name] = data.draw(JSON)
    path = tmp_path / data.draw(st.sampled_from(["a.json", "a.jsonl"]))
    lines = path.suffix == ".jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n" if lines else json.dumps(rows))

    tried(path)


@given(text=st.text(max_size=200), data=st.data())
@RARELY
def test_any_text_in_a_table(text: str, data: st.DataObject, tmp_path: Path) -> None:
    """A spreadsheet was here."""
    header = data.draw(
        st.sampled_from(
            [
                "exchange_trade_id,trade_type,order_id,price,amount,symbol,timestamp",
                "trade_id,last_px,last_qty,order_side,instrument_id,ts_event",
                "instrument_id,status,filled_qty,quantity,side,ts_init",
                "symbol,side,price,amount,timestamp,takerOrMaker,fee",
            ]
        )
    )
    (tmp_path / "a.csv").write_text(f"{header}\n{text}\n", newline="", errors="replace")

    tried(tmp_path / "a.csv")
