"""What a market's name stands for: the wrong pair would move money between wallets that never met."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.finops.markets import QUOTES, currency, split


@pytest.mark.parametrize(
    ("symbol", "hints", "pair"),
    [
        ("BTCUSDT", (), ("BTC", "USDT")), ("1INCHUSDT", (), ("1INCH", "USDT")), ("BTCFDUSD", (),
        ("BTC", "FDUSD")),
        ("ltc_usdt", (), ("LTC", "USDT")), ("BTC-USD", (), ("BTC", "USD")), ("ETH/USDT:USDT", (),
        ("ETH", "USDT")),
        ("XBT/EUR", (), ("BTC", "EUR")), ("tDOGE:UST"[1:], (), ("DOGE", "UST")), ("DOTUSD", ("DOT",),
        ("DOT", "USD")),
        ("DOTUSD", ("USD",), ("DOT", "USD")), ("BTC-USDT-SWAP", (), ("BTC", "USDT-SWAP")), ("USDTTRY", (),
        ("USDT", "TRY")),
    ],
)  # fmt: skip
def test_a_market_is_a_pair(symbol: str, hints: tuple[str, ...], pair: tuple[str, str]) -> None:
    """By its separator, by the currency that the row itself names, or by the longest known quote."""
    assert split(symbol, hints) == pair


@pytest.mark.parametrize("symbol", ["", "BTC", "USDT", "/", "ETH-", "QQQWWW"])
def test_what_cannot_be_told_is_an_error(symbol: str) -> None:
    """Never a guess."""
    with pytest.raises(ValueError, match="base from quote"):
        split(symbol)


@given(st.from_regex(r"[A-Z0-9]{1,8}", fullmatch=True), st.sampled_from(QUOTES))
def test_a_separator_always_tells(base: str, quote: str) -> None:
    """Whatever the coins are called."""
    assert split(f"{base}/{quote}") == (currency(base), currency(quote))


def test_one_coin_has_one_name() -> None:
    """BitMEX and Kraken say XBT, everybody else BTC; books of both have one wallet."""
    assert currency(" xbt ") == currency("BTC") == "BTC"
