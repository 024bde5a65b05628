"""What a row of Bybit's log moves is its change, to the last digit, whichever way the fee is written."""

import json
from decimal import Context, Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatrial.finops.entry import Kind
from seatrial.finops.reading import read_statement
from seatrial.model.errors import InputError

CASH = st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=-(10**9), max_value=10**9)
EXACT = Context(prec=80)


def log(folder: Path, **fields: str) -> Path:
    """Write a log of one row."""
    row = {
        "symbol": "BTCUSDT", "side": "Buy", "category": "linear", "currency": "USDT", "type": "TRADE",
        "qty": "1",
        "tradePrice": "2", "cashBalance": "5", "transactionTime": "1672128000000", **fields,
    }  # fmt: skip
    path = folder / "log.json"
    path.write_text(json.dumps({"result": {"list": [row]}}))
    return path


@given(flow=CASH, funding=CASH, fee=CASH)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_movements_are_the_change(flow: Decimal, funding: Decimal, fee: Decimal, tmp_path: Path) -> None:
    """`change = cashFlow + funding - fee`, and no part of it is lost or rounded."""
    change = EXACT.subtract(EXACT.add(flow, funding), fee)
    path = log(tmp_path, cashFlow=f"{flow:f}", funding=f"{funding:f}", fee=f"{fee:f}", change=f"{change:f}")

    moved = next(read_statement(path)).movements

    total = Decimal(0)
    for one in moved:
        total = EXACT.add(total, one.amount)
    assert total == change
    assert sum(one.kind in {Kind.FEE, Kind.REBATE} for one in moved) == bool(fee)
    assert moved[-1].balance == 5


def test_a_change_that_is_none_of_it_is_refused(tmp_path: Path) -> None:
    """A damaged row must not close by taking its own word for it."""
    path = log(tmp_path, cashFlow="1", funding="0", fee="0.1", change="0.8")

    with pytest.raises(InputError, match="is not cashFlow"):
        list(read_statement(path))
