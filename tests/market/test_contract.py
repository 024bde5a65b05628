from decimal import Decimal

import pytest

from seatrial.market.contract import pair, terms
from seatrial.model.errors import UsageError


@pytest.mark.parametrize(
    ("venue", "symbol", "contract", "base", "quote", "size"),
    [
        ("binance", "BTCUSDT", "spot", "BTC", "USDT", "1"),
        ("binance-futures", "BTCUSDT_240628", "linear", "BTC", "USDT", "1"),
        ("binance-delivery", "BTCUSD_PERP", "inverse", "BTC", "USD", "100"),
        ("binance-delivery", "ETHUSD_240628", "inverse", "ETH", "USD", "10"),
        ("bybit", "BTCUSD", "inverse", "BTC", "USD", "1"),
        ("bybit", "BTCUSDH24", "inverse", "BTC", "USD", "1"),
        ("bybit", "BTCUSDT", "linear", "BTC", "USDT", "1"),
        ("bybit", "BTCPERP", "linear", "BTC", "USDC", "1"),
        ("bybit-spot", "ETHUSDC", "spot", "ETH", "USDC", "1"),
        ("hyperliquid", "SOL", "linear", "SOL", "USDC", "1"),
        ("deribit", "BTC-PERPETUAL", "inverse", "BTC", "USD", "1"),
        ("deribit", "SOL_USDC-PERPETUAL", "linear", "SOL", "USDC", "1"),
        ("bitmex", "XBTUSD", "inverse", "XBT", "USD", "1"),
        ("okex-swap", "BTC-USD-SWAP", "inverse", "BTC", "USD", "100"),
        ("okex-swap", "BTC-USDT-SWAP", "linear", "BTC", "USDT", "0.01"),
    ],
)
def test_known_symbols(venue: str, symbol: str, contract: str, base: str, quote: str, size: str) -> None:
    """Price times quantity is money only with the right contract; each line is a venue's own rule."""
    assert terms(venue, symbol) == (contract, base, quote, Decimal(size))


@pytest.mark.parametrize(
    ("venue", "symbol"),
    [
        ("okex-swap", "NEW-USDT-SWAP"),
        ("bitmex", "ETHUSD"),
        ("deribit", "BTC-9JUN20-9875-P"),
        ("mars", "BTCUSDT"),
    ],
)
def test_unknown_contracts_are_refused(venue: str, symbol: str) -> None:
    """A guessed contract size gives numbers that look fine and are nonsense."""
    with pytest.raises(UsageError, match="known"):
        terms(venue, symbol)


@pytest.mark.parametrize("symbol", ["BTCUSDT", "BTC-USDT", "BTC/USDT", "btc_usdt"])
def test_pairs_are_split_however_they_are_written(symbol: str) -> None:
    """The settlement currency of a report comes from here."""
    assert pair(symbol) == ("BTC", "USDT")
