"""What an OKX bill moves is its balance change, with fee and profit told apart."""

import json
from decimal import Context, Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seatrial.finops.reading import read_statement

CASH = st.decimals(allow_nan=False, allow_infinity=False, places=12, min_value=-(10**6), max_value=10**6)
EXACT = Context(prec=80)


@given(change=CASH, fee=CASH, profit=CASH, kind=st.sampled_from(["1", "2", "5", "8", "22", "999"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_movements_are_the_balance_change(
    change: Decimal, fee: Decimal, profit: Decimal, kind: str, tmp_path: Path
) -> None:
    """Fee and profit are contained in the change; whatever is left belongs to the bill's type."""
    bill = {
        "billId": "1", "ccy": "USDT", "balChg": f"{change:f}", "bal": "7", "type": kind, "fee": f"{fee:f}",
        "pnl": f"{profit:f}", "ts": "1625097600000",
    }  # fmt: skip
    path = tmp_path / "bills.json"
    path.write_text(json.dumps({"data": [bill]}))

    moved = next(read_statement(path)).movements

    total = Decimal(0)
    for one in moved:
        total = EXACT.add(total, one.amount)
    assert total == change
    assert [one.balance for one in moved][-1] == 7
