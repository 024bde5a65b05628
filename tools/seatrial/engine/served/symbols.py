"""
What is traded, by the venue's names: a category (spot, linear, inverse) and a symbol in capitals.

Recordings of other venues write their symbols in other ways; on the wire they all look like the
Bybit ones that its clients can read.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from ...model.errors import UsageError, Where
from ...model.instrument import Contract, Instrument
from ..grid import money
from .refusals import PARAMS, Refusal, bad

CATEGORIES = ("spot", "linear", "inverse")
# Clients ask for options when they load their markets; the answer is that there are none.
KNOWN = (*CATEGORIES, "option")
QUOTES = ("USDT", "USDC", "FDUSD", "USD", "EUR", "BTC", "ETH")
COIN = re.compile(r"[^A-Z0-9]")
LARGE = 1_000_000_000


class Symbols:
    """The instruments of a market under their wire names."""

    def __init__(self, instruments: Sequence[Instrument]) -> None:
        self.instruments = tuple(instruments)
        self.coins = [coins_of(instrument) for instrument in instruments]
        self.names = [
            (instrument.contract.value, wire_name(instrument, coins))
            for instrument, coins in zip(instruments, self.coins, strict=True)
        ]
        self._index = {name: at for at, name in enumerate(self.names)}
        if len(self._index) < len(self.names):
            raise UsageError(
                f"two of the instruments would both be {twice(self.names)} on the wire",
                where=Where(field="market.symbols"),
                fix="choose one of them with --set market.symbols",
            )

    def index(self, category: str, symbol: str) -> int:
        """Return the instrument of that name, or raise the venue's refusal."""
        must_be_category(category)
        found = self._index.get((category, symbol))
        if found is None:
            if category == "spot":
                raise Refusal(170121, "Invalid symbol.")
            raise Refusal(
                PARAMS, "params error: symbol invalid" if symbol else "params error: symbol is empty"
            )
        return found

    def of(self, category: str) -> list[int]:
        """Return the instruments of a category."""
        must_be_category(category)
        return [at for at, (theirs, _) in enumerate(self.names) if theirs == category]

    def settle(self, index: int) -> str:
        """Return the coin in which an instrument's profit is counted."""
        base, quote = self.coins[index]
        return base if self.instruments[index].contract is Contract.INVERSE else quote

    def facts(self, index: int, leverage_max: Decimal) -> dict[str, Any]:
        """Return the instrument as `instruments-info` tells it."""
        instrument, (category, symbol), (base, quote) = (
            self.instruments[index],
            self.names[index],
            self.coins[index],
        )
        tick, lot = f"{instrument.tick_size:f}", f"{instrument.lot_size:f}"
        if category == "spot":
            return _spot_facts(instrument, symbol, base, quote)
        most = f"{instrument.lot_size * LARGE:f}"
        return {
            "symbol": symbol,
            "contractType": "InversePerpetual" if category == "inverse" else "LinearPerpetual",
            "status": "Trading",
            "baseCoin": base,
            "quoteCoin": quote,
            "launchTime": "1577836800000",
            "deliveryTime": "0",
            "deliveryFeeRate": "",
            "priceScale": str(max(0, -int(instrument.tick_size.normalize().as_tuple().exponent))),
            "leverageFilter": {
                "minLeverage": "1",
                "maxLeverage": money(leverage_max),
                "leverageStep": "0.01",
            },
            "priceFilter": {
                "minPrice": tick,
                "maxPrice": f"{instrument.tick_size * (2**31 - 1):f}",
                "tickSize": tick,
            },
            "lotSizeFilter": {
                "maxOrderQty": most,
                "minOrderQty": lot,
                "qtyStep": lot,
                "postOnlyMaxOrderQty": most,
                "maxMktOrderQty": most,
                "minNotionalValue": f"{instrument.min_notional:f}",
            },
            "unifiedMarginTrade": True,
            "fundingInterval": 480,
            "settleCoin": self.settle(index),
            "copyTrading": "none",
            "upperFundingRate": "0.005",
            "lowerFundingRate": "-0.005",
            "isPreListing": False,
            "preListingInfo": None,
            "riskParameters": {"priceLimitRatioX": "0", "priceLimitRatioY": "0"},
            "displayName": "",
            "symbolType": "",
        }


def _spot_facts(instrument: Instrument, symbol: str, base: str, quote: str) -> dict[str, Any]:
    lot, most = f"{instrument.lot_size:f}", f"{instrument.lot_size * LARGE:f}"
    least = f"{instrument.min_notional:f}"
    return {
        "symbol": symbol,
        "baseCoin": base,
        "quoteCoin": quote,
        "innovation": "0",
        "status": "Trading",
        "marginTrading": "none",
        "stTag": "0",
        "lotSizeFilter": {
            "basePrecision": lot,
            "quotePrecision": f"{instrument.lot_size * instrument.tick_size:f}",
            "minOrderQty": lot,
            "maxOrderQty": most,
            "minOrderAmt": least,
            "maxOrderAmt": str(LARGE),
            "maxLimitOrderQty": most,
            "maxMarketOrderQty": most,
        },
        "priceFilter": {"tickSize": f"{instrument.tick_size:f}"},
        "riskParameters": {"priceLimitRatioX": "0", "priceLimitRatioY": "0"},
        "symbolType": "",
    }


def must_be_category(category: str) -> None:
    """Refuse a category that the venue does not have."""
    if category not in KNOWN:
        raise bad("category", "invalid" if category else "is empty")


def coins_of(instrument: Instrument) -> tuple[str, str]:
    """Return base and quote coin, from the symbol where the recording does not name them."""
    base, quote = COIN.sub("", instrument.base.upper()), COIN.sub("", instrument.quote.upper())
    if base and quote:
        return base, quote
    bare = _bare(instrument.symbol)
    for each in QUOTES:
        if bare.endswith(each) and len(bare) > len(each):
            return base or bare.removesuffix(each), quote or each
    return base or bare, quote or ("USD" if instrument.contract is Contract.INVERSE else "USDT")


def wire_name(instrument: Instrument, coins: tuple[str, str]) -> str:
    """Return the symbol on the wire: the recording's own if it could be one of the venue's."""
    own = instrument.symbol.rpartition(":")[2]
    if own and own == _bare(own) and own.startswith(coins[0]):
        return own
    return "".join(coins)


def _bare(symbol: str) -> str:
    return COIN.sub("", symbol.rpartition(":")[2].upper())


def twice(names: Sequence[tuple[str, str]]) -> str:
    """Return the first name that occurs more than once."""
    return next(" ".join(name) for at, name in enumerate(names) if name in names[:at])
