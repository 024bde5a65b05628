"""ccxt: unified answers in the shapes that people save them in."""

import csv
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seatrial.engine.bot.files.ccxt import kind_of, market_of
from seatrial.engine.bot.files.interface import read_files
from seatrial.model.instrument import Contract

MS = 1_700_000_000_000


def trade(number: int, **others: Any) -> dict[str, Any]:
    """One of `fetch_my_trades`."""
    row: dict[str, Any] = {
        "id": f"t{number}", "order": "o1", "timestamp": MS + number, "datetime": None,
        "symbol": "BTC/USDT:USDT", "type": "limit", "side": "buy", "takerOrMaker": "maker",
        "price": 30000.1, "amount": 0.01, "cost": 300.001, "fee": {"currency": "USDT", "cost": 0.06},
        "fees": [], "info": {},
    }  # fmt: skip
    return row | others


def order(key: str, status: str, **others: Any) -> dict[str, Any]:
    """One of `fetch_orders`."""
    row: dict[str, Any] = {
        "id": key, "clientOrderId": None, "timestamp": MS, "lastTradeTimestamp": MS + 5, "status": status,
        "symbol": "BTC/USDT:USDT", "type": "limit", "side": "buy", "price": 30000.1, "average": 30000.2,
        "amount": 0.01, "filled": 0.01, "remaining": 0.0, "cost": 300.002, "trades": [], "fee": None,
        "postOnly": True, "info": {},
    }  # fmt: skip
    return row | others


@pytest.mark.parametrize("shape", ["list", "lines", "object"])
def test_every_shape_of_an_export_is_read(tmp_path: Path, shape: str) -> None:
    """Some save the answer, some a line per call, some everything in one object."""
    rows = [order("o1", "closed"), trade(1)]
    path = tmp_path / ("x.jsonl" if shape == "lines" else "x.json")
    if shape == "lines":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        path.write_text(
            json.dumps(rows if shape == "list" else {"orders": rows[:1], "trades": rows[1:]}, indent=1)
        )

    told = read_files(path).told

    assert told.format == "ccxt"
    assert [(fill.price, fill.qty, fill.liquidity) for fill in told.fills] == [
        (Decimal("30000.1"), Decimal("0.01"), "maker")
    ]
    assert (told.orders_count, told.anomalies) == (1, [])


def test_orders_alone_give_their_averages_and_with_trades_their_absence_shows(tmp_path: Path) -> None:
    """The same order is a source of a fill in one export and a finding in the other."""
    (tmp_path / "orders.json").write_text(
        json.dumps([order("o1", "closed"), order("o2", "canceled", filled=0)])
    )
    alone = read_files(tmp_path / "orders.json").told
    (tmp_path / "trades.json").write_text(json.dumps([trade(1, order="o9")]))

    both = read_files(tmp_path).told

    assert [fill.price for fill in alone.fills] == [Decimal("30000.2")]
    assert both.counts() == {"completed_without_fills": 1, "orphan_fills": 1}


def test_what_a_contract_is_worth_is_learnt_from_its_cost(tmp_path: Path) -> None:
    """OKX trades 10 contracts of 0.01 BTC; taken for 10 BTC the profit is a thousandfold wrong."""
    rows = [
        trade(1, amount=10.0, cost=3000.01),
        trade(2, symbol="BTC/USD:BTC", amount=100.0, price=50000.0, cost=0.2),
    ]
    (tmp_path / "t.json").write_text(json.dumps(rows))

    markets = read_files(tmp_path / "t.json").told.markets.values()

    assert [(market.contract, market.contract_size) for market in markets] == [
        (Contract.LINEAR, Decimal("0.01")), (Contract.INVERSE, Decimal(100)),
    ]  # fmt: skip


def test_a_fee_that_is_not_there_is_not_zero(tmp_path: Path) -> None:
    """Some venues leave the fee out of the trade; costs nobody knows are not none."""
    rows = [
        trade(1, fee=None),
        trade(2, fee={"currency": None, "cost": 0.0}),
        trade(3, fees=[{"currency": "BNB", "cost": 1}]),
    ]
    (tmp_path / "t.json").write_text(json.dumps(rows))

    first, second, third = read_files(tmp_path / "t.json").told.fills

    assert (first.fees, second.fees) == (None, ())
    assert [(fee.amount, fee.currency) for fee in third.fees or ()] == [(Decimal(-1), "BNB")]


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (order("o", "open"), "order"),
        (trade(1), "trade"),
        ({"symbol": "A/B:B", "code": "B", "amount": -1, "timestamp": 1, "rate": 1e-4, "info": {}}, "funding"),
        ({"direction": "in", "referenceId": None, "timestamp": 1, "amount": 1}, "ledger"),
        ({"kind": "fill", "symbol": "BTCUSDT", "side": "buy", "price": 1, "ts": 1}, None),
        ({"a": 1}, None),
    ],
)
def test_an_answer_is_known_by_its_own_fields(row: dict[str, Any], kind: str | None) -> None:
    """A file is taken for what only such an answer has, not for its name."""
    assert kind_of(row) == kind


def test_a_symbol_says_the_contract() -> None:
    """BASE/QUOTE is spot; what follows the colon is the money that profit is paid in."""
    said = [market_of(text, "x").contract for text in ("A/B", "A/B:B", "A/B:A", "A/B:B-251226")]

    assert said == [Contract.SPOT, Contract.LINEAR, Contract.INVERSE, Contract.LINEAR]


@pytest.mark.parametrize("flat", [False, True])
def test_a_table_of_a_data_frame_is_read(tmp_path: Path, flat: bool) -> None:
    """`DataFrame(trades).to_csv()` is how most of these files come to be."""
    row = {name: value for name, value in trade(1).items() if name not in {"fee", "fees"}}
    row |= {"fee_cost": 0.06, "fee_currency": "USDT"} if flat else {"fee": {"currency": "USDT", "cost": 0.06}}
    with (tmp_path / "trades.csv").open("w", newline="") as file:
        table = csv.DictWriter(file, ["", *row])
        table.writeheader()
        table.writerow({"": 0, **row})

    told = read_files(tmp_path / "trades.csv").told

    assert told.format == "ccxt"
    assert [(fill.price, fill.liquidity) for fill in told.fills] == [(Decimal("30000.1"), "maker")]
    assert [fee.amount for fee in told.fills[0].fees or ()] == [Decimal("-0.06")]
    assert told.anomalies == []
