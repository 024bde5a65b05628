"""BitMEX counts in minor units; a wrong scale would be off by a hundred."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from seatrial.finops.importer.bitmex import DECIMALS, wallet


def test_wallets_have_their_scale() -> None:
    """As the venue's own list says; the code's small letter is the minor unit."""
    assert wallet("XBt") == ("BTC", 8)
    assert wallet("USDt") == ("USDT", 6)
    assert wallet("Gwei") == ("ETH", 9)
    assert wallet("LAMp") == ("SOL", 9)


@given(st.text(min_size=1, max_size=6))
def test_a_wallet_that_nobody_knows_stays_in_its_minor_unit(code: str) -> None:
    """Exact under its own code, rather than scaled by a guess."""
    if code not in DECIMALS:
        assert wallet(code) == (code, 0)
    assert all(0 < places < 19 for places in DECIMALS.values())
    assert Decimal(1).scaleb(-wallet("XBt")[1]) == Decimal("0.00000001")
