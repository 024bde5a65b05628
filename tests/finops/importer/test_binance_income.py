"""Binance's futures: which way a commission goes."""

import json
from pathlib import Path

import pytest
from tests.finops.importer.short import short

from seatrial.finops.reading import read_statement


@pytest.mark.parametrize(
    ("maker", "commission", "moved"),
    [
        (False, "0.4", "USDT -0.4 fee"), (False, "-0.4", "USDT -0.4 fee"), (True, "0.4", "USDT -0.4 fee"),
        (True, "-0.4", "USDT +0.4 rebate"), (True, "0", "-"),
    ],
)  # fmt: skip
def test_only_a_maker_gets_a_rebate(maker: bool, commission: str, moved: str, tmp_path: Path) -> None:
    """The documentation's example writes a taker's fee as cash, the venue's answers write it as paid."""
    trade = {
        "symbol": "ETHUSDT", "id": 1, "orderId": 2, "side": "BUY", "price": "2000", "qty": "0.5",
        "realizedPnl": "0",
        "commission": commission, "commissionAsset": "USDT", "time": 1645930322371, "buyer": True,
        "maker": maker,
    }  # fmt: skip
    path = tmp_path / "trades.json"
    path.write_text(json.dumps([trade]))

    assert short(next(read_statement(path))).split(" | ")[1] == moved
