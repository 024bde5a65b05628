"""
What a symbol means at its venue: contract type, currencies, and what one unit of quantity is worth.

Files rarely say it. An inverse contract read as coins, or contracts read as coins, gives numbers
that look fine and are nonsense; so what is not known here is refused, not guessed.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from ..model.errors import UsageError

SPOT, LINEAR, INVERSE = "spot", "linear", "inverse"
QUOTES = (
    "USDT",
    "USDC",
    "FDUSD",
    "BUSD",
    "TUSD",
    "USDE",
    "DAI",
    "USD",
    "EUR",
    "GBP",
    "TRY",
    "BRL",
    "JPY",
    "BTC",
    "ETH",
    "BNB",
)
SPOT_VENUES = frozenset({
    "binance", "binance-us", "bybit-spot", "bitstamp", "bitfinex", "coinbase", "kraken", "okex", "kucoin",
    "gate-io", "huobi", "bitget", "mexc", "ascendex", "crypto-com",
})  # fmt: skip
# Coins in one linear contract of OKX (ctVal of its instruments list); its inverse ones are in USD.
OKX_COINS = {
    "BTC": "0.01", "ETH": "0.1", "SOL": "1", "XRP": "100", "DOGE": "1000", "LTC": "1", "ADA": "100",
    "AVAX": "1", "LINK": "1", "BCH": "0.1", "DOT": "1", "BNB": "0.01",
}  # fmt: skip


class Terms(NamedTuple):
    """The part of a listing that follows from venue and symbol."""

    contract: str
    base: str
    quote: str
    contract_size: Decimal = Decimal(1)


def terms(venue: str, symbol: str) -> Terms:
    """Return what `symbol` is at `venue` (named as Tardis does); UsageError when it is not known."""
    if venue in SPOT_VENUES:
        return Terms(SPOT, *pair(symbol))
    if venue in _RULES:
        return _RULES[venue](symbol)
    raise UsageError(
        f"no contract terms are known for the venue {venue!r}",
        fix=f"known: {', '.join(sorted({*SPOT_VENUES, *_RULES}))}",
    )


def is_venue(name: str) -> bool:
    """Say whether `terms` knows a venue of that name."""
    return name in SPOT_VENUES or name in _RULES


def pair(symbol: str) -> tuple[str, str]:
    """Return base and quote of a symbol such as BTCUSDT, BTC-USDT or BTC/USDT; the quote is "" if unclear."""
    text = symbol.upper()
    found = re.match(r"([A-Z0-9]+)[-_/]([A-Z0-9]+)", text)
    if found is not None and found.group(2) in QUOTES:
        return found.group(1), found.group(2)
    for quote in QUOTES:
        if text.endswith(quote) and len(text) > len(quote):
            return text.removesuffix(quote), quote
    return text, ""


def _binance_futures(symbol: str) -> Terms:
    return Terms(LINEAR, *pair(symbol.partition("_")[0]))


def _binance_delivery(symbol: str) -> Terms:
    base, quote = pair(symbol.partition("_")[0])
    return Terms(INVERSE, base, quote, _usd_a_contract(base))


def _usd_a_contract(base: str) -> Decimal:
    return Decimal(100 if base == "BTC" else 10)


def _bybit(symbol: str) -> Terms:
    if symbol.endswith("PERP"):
        return Terms(LINEAR, symbol.removesuffix("PERP"), "USDC")
    plain = re.sub(r"(-\d{1,2}[A-Z]{3}\d{2}|[HMUZ]\d{2})$", "", symbol)
    base, quote = pair(plain)
    return Terms(INVERSE if quote == "USD" else LINEAR, base, quote)


def _hyperliquid(symbol: str) -> Terms:
    if "/" in symbol:
        return Terms(SPOT, *pair(symbol))
    return Terms(LINEAR, symbol, "USDC")


def _deribit(symbol: str) -> Terms:
    if found := re.fullmatch(r"([A-Z0-9]+)_(USDC|USDT)-(PERPETUAL|\d{1,2}[A-Z]{3}\d{2})", symbol):
        return Terms(LINEAR, found.group(1), found.group(2))
    if found := re.fullmatch(r"(BTC|ETH)-(PERPETUAL|\d{1,2}[A-Z]{3}\d{2})", symbol):
        return Terms(INVERSE, found.group(1), "USD")
    raise _unknown("deribit", symbol)


def _bitmex(symbol: str) -> Terms:
    if re.fullmatch(r"XBT(USD|[FGHJKMNQUVXZ]\d{2})", symbol):
        return Terms(INVERSE, "XBT", "USD")
    raise _unknown("bitmex", symbol)


def _huobi_swap(symbol: str) -> Terms:
    base, quote = pair(symbol)
    return Terms(INVERSE, base, quote, _usd_a_contract(base))


def _okx(symbol: str) -> Terms:
    base, quote, *_ = [*symbol.split("-"), "", ""]
    if quote == "USD":
        return Terms(INVERSE, base, quote, _usd_a_contract(base))
    if base in OKX_COINS and quote in {"USDT", "USDC"}:
        return Terms(LINEAR, base, quote, Decimal(OKX_COINS[base]))
    raise _unknown("okex-swap", symbol)


def _unknown(venue: str, symbol: str) -> UsageError:
    return UsageError(
        f"what one contract of {symbol} is worth at {venue} is not known here",
        fix="import the symbols that are known",
    )


_RULES: dict[str, Callable[[str], Terms]] = {
    "binance-futures": _binance_futures,
    "binance-delivery": _binance_delivery,
    "bybit": _bybit,
    "hyperliquid": _hyperliquid,
    "deribit": _deribit,
    "bitmex": _bitmex,
    "huobi-dm-swap": _huobi_swap,
    "okex-swap": _okx,
    "okex-futures": _okx,
}
