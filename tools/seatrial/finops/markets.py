"""
Which two currencies a market's name stands for.

Names without a separator are split at a known quote currency: the longest that fits, because
`BTCFDUSD` ends in USD too. What cannot be split is an error, never a guess.
"""

from collections.abc import Iterable

QUOTES = (
    "FDUSD", "BFUSD", "USDT", "USDC", "USDE", "BUSD", "TUSD", "USDP", "USDS", "RLUSD", "PYUSD", "GUSD",
    "USDD",
    "BIDR", "IDRT", "BKRW", "BVND", "DOGE", "EURI", "EURC", "EURT", "BRL1", "USTC", "MXNT", "TRYB",
    "BTC", "XBT", "ETH", "BNB", "XRP", "TRX", "DAI", "PAX", "VAI", "UST", "DOT", "SOL", "KCS", "OKB", "HTX",
    "USD", "EUR", "GBP", "JPY", "TRY", "BRL", "AUD", "CAD", "CHF", "RUB", "UAH", "NGN", "ZAR", "KRW", "IDR",
    "MXN", "PLN", "RON", "ARS", "CZK", "COP", "INR", "AED", "SGD", "HKD", "NZD", "SEK", "NOK", "DKK", "HUF",
    "HT",
)  # fmt: skip
LONGEST_FIRST = tuple(sorted(QUOTES, key=len, reverse=True))
SEPARATORS = "-/_:"
RENAMED = {"XBT": "BTC"}


def currency(text: str) -> str:
    """Return a currency's code as everywhere else in the books: upper case, XBT as BTC."""
    code = text.strip().upper()
    return RENAMED.get(code, code)


def split(
    symbol: str, hints: Iterable[str | None] = (), quotes: tuple[str, ...] = LONGEST_FIRST
) -> tuple[str, str]:
    """
    Return (base, quote) of a spot market's name; ValueError if it cannot be told.

    `hints` are currencies that the row itself names (its fee's), and go first: DOTUSD with a fee in
    DOT is DOT and USD, though TUSD is a currency too. `quotes` are the venue's, longest first.
    """
    name = symbol.strip().upper()
    parted = _parted(name) or _hinted(name, hints, quotes)
    if parted is None:
        quote = next((quote for quote in quotes if name.endswith(quote) and len(name) > len(quote)), None)
        if quote is None:
            raise ValueError(f"cannot tell base from quote in the market {symbol.strip()!r}")
        parted = name[: -len(quote)], quote
    return currency(parted[0]), currency(parted[1])


def _parted(name: str) -> tuple[str, str] | None:
    for separator in SEPARATORS:
        base, found, rest = name.partition(separator)
        quote = rest.partition(":")[0]
        if found and base and quote:
            return base, quote
    return None


def _hinted(name: str, hints: Iterable[str | None], quotes: tuple[str, ...]) -> tuple[str, str] | None:
    for hint in (hint.strip().upper() for hint in hints if hint and hint.strip()):
        if name.startswith(hint) and name[len(hint) :] in quotes:
            return hint, name[len(hint) :]
        if name.endswith(hint) and hint in quotes and len(name) > len(hint):
            return name[: -len(hint)], hint
    return None
