"""The books of a served exchange close against the statement that the same exchange gives out."""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.contracts.serving import AT_ONCE, BUSY, KEY, SECRET, Serving, served
from typer.testing import CliRunner

from seatrial.cli import app

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
FEES = ("--set", "exchange.fees.maker_bps=-0.5", "--set", "exchange.fees.taker_bps=3.0")


def pages(ask: Any, **more: Any) -> list[dict[str, Any]]:
    """Every row of a list that comes in pages."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        told = ask(limit=20, **more, **({"cursor": cursor} if cursor else {}))["result"]
        rows += told["list"]
        cursor = told.get("nextPageCursor") or ""
        if not cursor or not told["list"]:
            return rows


def trade(exchange: Serving, client: Any) -> None:
    """Take and give, with a rest that the market may fill."""
    linear = {"category": "linear", "symbol": "BTCUSDT"}
    for number in range(30):
        book = client.get_orderbook(**linear, limit=1)["result"]
        side, touch = ("Buy", book["a"]) if number % 2 else ("Sell", book["b"])
        tif = "IOC" if number % 3 else "GTC"
        client.place_order(
            **linear, side=side, orderType="Limit", price=touch[0][0], qty="0.002", timeInForce=tif
        )
    client.cancel_all_orders(category="linear", symbol="BTCUSDT")


def document(rows: list[dict[str, Any]]) -> bytes:
    """The pages of an answer as the one answer that a user saves."""
    return orjson.dumps({"retCode": 0, "retMsg": "OK", "result": {"list": rows}, "time": 0})


def test_a_record_and_its_exchanges_statement_reconcile_without_a_break(tmp_path: Path) -> None:
    """Executions and the account's log, through the venue's own client, each against our record."""
    unified = pytest.importorskip("pybit.unified_trading", reason="pybit is not installed")
    with served(tmp_path, *BUSY, *AT_ONCE, *FEES, "--speed", 20) as exchange:
        client = unified.HTTP(api_key=KEY, api_secret=SECRET)
        client.endpoint = exchange.rest
        trade(exchange, client)
        executions = pages(client.get_executions, category="linear")
        log = pages(client.get_transaction_log, accountType="UNIFIED", category="linear")
        assert exchange.stop()[0] == 0
        record = exchange.record
    (tmp_path / "executions.json").write_bytes(document(executions))
    (tmp_path / "log.json").write_bytes(document(log))

    for name in ("executions.json", "log.json"):
        words = [
            "finops",
            "reconcile",
            "--internal",
            str(record),
            "--statement",
            str(tmp_path / name),
            "--json",
        ]
        told = json.loads(CliRunner().invoke(app, words).stdout)
        assert (told["verdict"], told["breaks"]) == ("PASS", []), told["reasons"]
        assert told["matched"] >= 20
        assert set(told["residuals"].values()) == {"0"}
    ledger = CliRunner().invoke(
        app, ["finops", "ledger", "--statement", str(tmp_path / "log.json"), "--json"]
    )
    [usdt] = json.loads(ledger.stdout)["currencies"].values()
    assert usdt["residual"] == "0"
