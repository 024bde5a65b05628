"""The public data of a venue: what it shows, and the fence that nothing but a question passes."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.shadow.stage import Trading, venue

from seatrial.engine.venue.access import Access
from seatrial.engine.venue.ccxt_connection import connect
from seatrial.engine.venue.ccxt_public import CcxtPublic, PublicData, only_questions
from seatrial.model.errors import UsageError
from seatrial.model.live_settings import VenueSettings

ACTS: dict[str, Callable[[Any], object]] = {
    "an order": lambda api: api.create_order("BTC/USDT:USDT", "limit", "buy", 1, 100),
    "a cancel": lambda api: api.cancel_order("x", "BTC/USDT:USDT"),
    "a cancel of everything": lambda api: api.cancel_all_orders("BTC/USDT:USDT"),
    "an amendment": lambda api: api.edit_order("x", "BTC/USDT:USDT", "limit", "buy", 1, 100),
    "a transfer": lambda api: api.transfer("USDT", 1, "spot", "swap"),
    "a question about the account": lambda api: api.fetch_positions(["BTC/USDT:USDT"]),
    "a raw post": lambda api: api.fetch("http://127.0.0.1:9/v5/order/create", "POST", {}, "{}"),
    "a signed request": lambda api: api.privatePostV5OrderCreate({"symbol": "BTCUSDT"}),
}


def data_of(bybit: Trading) -> PublicData:
    """The public data of the venue."""
    return CcxtPublic(VenueSettings(url=bybit.url, throttle=False), ("BTCUSDT",))


@pytest.mark.parametrize("what", ACTS)
def test_nothing_that_acts_passes_the_fence(what: str) -> None:
    """Even with keys at hand, no request of the trade kind leaves: it is stopped where requests are made."""
    with venue() as bybit:
        api = connect(Access(VenueSettings(url=bybit.url, throttle=False), ("BTCUSDT",), "key", "secret"))
        api.load_markets()
        asked = list(bybit.asked)
        only_questions(api)

        with pytest.raises(UsageError, match="only looks"):
            ACTS[what](api)

        assert bybit.asked == asked


def test_there_is_no_method_that_trades() -> None:
    """The port itself has no word for it."""
    words = {name for name in dir(CcxtPublic) if not name.startswith("_")}

    assert words == {"instruments", "book", "prints", "server_ns", "close"}


def test_it_shows_what_the_venue_says() -> None:
    """Prices come exactly, trades oldest first."""
    with venue() as bybit:
        data = data_of(bybit)
        (listed,), book, prints = (
            data.instruments(("BTCUSDT",)),
            data.book("BTCUSDT", 50),
            data.prints("BTCUSDT"),
        )
        more = data.prints("BTCUSDT")
        data.close()

    assert listed.symbol == "BTCUSDT"
    assert book.bids[0] == (Decimal(bybit.account.book[0]), Decimal("1.500"))
    assert (prints[0].trade_id, prints[0].side, prints[0].qty) == ("t1", "sell", Decimal(5))
    assert [one.trade_id for one in more] == ["t1", "t2"]
