"""Names on the wire: what other venues call their instruments must read like Bybit's."""

import pytest
from tests.engine.served.stage import contract

from seatrial.engine.served.refusals import Refusal
from seatrial.engine.served.symbols import Symbols
from seatrial.model.errors import UsageError
from seatrial.model.instrument import Contract, Instrument


@pytest.mark.parametrize(
    ("symbol", "base", "quote", "kind", "wire"),
    [
        ("BTCUSDT", "BTC", "USDT", Contract.LINEAR, "BTCUSDT"),
        ("BTC-USDT-SWAP", "BTC", "USDT", Contract.LINEAR, "BTCUSDT"),
        ("BTCUSD_PERP", "BTC", "USD", Contract.INVERSE, "BTCUSD"),
        ("BTC", "BTC", "USDC", Contract.LINEAR, "BTC"),
        ("btcusdt", "", "", Contract.SPOT, "BTCUSDT"),
        ("binance:ETHUSDC", "", "", Contract.SPOT, "ETHUSDC"),
        ("XRP/EUR", "", "", Contract.SPOT, "XRPEUR"),
    ],
)
def test_a_symbol_reads_like_the_venues(
    symbol: str, base: str, quote: str, kind: Contract, wire: str
) -> None:
    """A client that knows BTCUSDT finds it whatever the recording calls it."""
    known = Symbols([contract(symbol, kind, base=base, quote=quote)])

    assert known.index(kind.value, wire) == 0
    with pytest.raises(Refusal):
        known.index(kind.value, "OTHER")


def test_two_instruments_of_one_name_are_refused_at_the_start() -> None:
    """An order must never go to the other one."""
    twins: list[Instrument] = [contract("BTC-USDT"), contract("BTCUSDT")]

    with pytest.raises(UsageError, match="linear BTCUSDT"):
        Symbols(twins)
