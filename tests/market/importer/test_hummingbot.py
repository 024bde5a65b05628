from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.market.importer.interface import Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
NAME = "binance_paper_trade_BTC-USDT_trades_2025-04-04.txt"


def test_floats_keep_their_decimals(read: Read) -> None:
    """7e-05 and 1743776076.9390001 are how Python wrote them; both are exact as text."""
    (message,) = read(
        NAME, '\n{"ts": 1743776076.9390001, "price": 82981.13, "q_base": 7e-05, "side": "sell"}\n'
    )

    assert (message.ts_ns, message.price, message.qty, message.side) == (
        1743776076_939000100,
        "82981.13",
        "7e-05",
        1,
    )


@pytest.mark.parametrize(
    ("connector", "venue", "contract"),
    [
        ("binance_paper_trade", "binance", "spot"),
        ("bybit_perpetual", "bybit", "linear"),
        ("bybit", "bybit-spot", "spot"),
    ],
)
def test_connectors_are_called_as_their_venues(read: Read, connector: str, venue: str, contract: str) -> None:
    """Files of several tools must meet under one venue name."""
    (message,) = read(
        f"{connector}_ETH-USDT_trades_2025-04-04.txt",
        '{"ts": 1743776077.0, "price": 1, "q_base": 1, "side": "buy"}',
    )

    assert (message.listing.venue, message.listing.contract, message.listing.symbol) == (
        venue,
        contract,
        "ETHUSDT",
    )


def test_the_real_files_hold_what_their_readme_counts(imported: Imported, recordings: Path) -> None:
    """23 books and all trades of both pairs, never crossed."""
    reports = imported(*sorted((recordings / "hummingbot_paper_20250404").glob("*.txt")))

    assert {name: (r.trades, r.events - r.trades, r.crossed) for name, r in reports.items()} == {
        "binance:BTCUSDT": (1_856, 23, 0), "binance:ETHUSDT": (824, 23, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    "line",
    ['{"ts": 1743776077.0, "price": 1', '{"ts": 1743776077.0, "price": 1, "q_base": 1, "side": "both"}'],
)
def test_a_bad_line_is_named(read: Read, line: str) -> None:
    """The script is often killed in the middle of a line."""
    good = '{"ts": 1743776077.0, "price": 1, "q_base": 1, "side": "buy"}'
    with pytest.raises(InputError, match=f"{NAME}:2: not a line of this script"):
        read(NAME, f"{good}\n{line}")
