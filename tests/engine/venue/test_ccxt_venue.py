"""The ccxt adapter against a Bybit of the tests' own, over real sockets and with checked signatures."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from tests.contracts.venue_contract import VenueContract
from tests.engine.venue.bybit import KEY, SECRET, Bybit, serving

from seatrial.engine.venue import VENUES
from seatrial.engine.venue.access import Access
from seatrial.engine.venue.ccxt_venue import CcxtVenue
from seatrial.engine.venue.port import Handle, NewOrder, Venue, VenueUnreachable
from seatrial.model.errors import UsageError
from seatrial.model.live_settings import VenueSettings
from seatrial.store.clock import utc_now_ns

pytest.importorskip("ccxt", reason="the extra 'venues' is not installed")

SYMBOLS = ("BTCUSDT", "ETHUSDT", "BTCUSD")
PATHS = {
    "create": "/v5/order/create",
    "cancel": "/v5/order/cancel",
    "cancel_all": "/v5/order/cancel-all",
    "amend": "/v5/order/amend",
    "open": "/v5/order/realtime",
    "order": "/v5/order/history",
    "fills": "/v5/execution/list",
}


class BybitRig:
    """The server in the contract's hands."""

    symbol, price = "BTCUSDT", Decimal("63999.90")

    def __init__(self, bybit: Bybit, secret: str = SECRET, **settings: Any) -> None:
        self.bybit = bybit
        held = VenueSettings(**({"url": bybit.url, "timeout_ms": 250, "throttle": False} | settings))
        self.access = Access(held, SYMBOLS, KEY, secret)

    def venue(self) -> Venue:
        """A new connection."""
        return VENUES.get("ccxt")(self.access)

    def open_count(self) -> int:
        """How many orders rest."""
        return len(self.bybit.open_ids())

    def fill(self, client_id: str, qty: str, *, rebate: bool = False) -> None:
        """Fill a part of an order."""
        orders = self.bybit.account.orders.values()
        order_id = next(order["orderId"] for order in orders if order["orderLinkId"] == client_id)
        self.bybit.execute(order_id, qty, fee="-0.0128" if rebate else "0.0128")

    def trouble(self, kind: Any, what: str, times: int = 1) -> None:
        """Make requests fail."""
        self.bybit.troubles[PATHS[what]] = (kind, times)


@pytest.fixture
def bybit() -> Iterator[Bybit]:
    """A served account."""
    with serving(Bybit()) as served:
        yield served


class TestBybit(VenueContract):
    """The contract, against Bybit's protocol."""

    @pytest.fixture
    def rig(self, bybit: Bybit) -> BybitRig:
        """The server."""
        return BybitRig(bybit)


def placed(rig: BybitRig, venue: Venue, client_id: str = "x-1", **more: Any) -> NewOrder:
    """An order that rests."""
    fields: dict[str, Any] = {
        "kind": "limit",
        "tif": "post_only",
        "price": rig.price,
        "qty": Decimal("0.010"),
    } | more
    order = NewOrder(client_id, "BTCUSDT", "buy", **fields)
    assert venue.place(order).outcome == "accepted"
    return order


@pytest.mark.parametrize(
    ("tif", "kind", "said"),
    [
        ("post_only", "limit", {"timeInForce": "PostOnly", "price": "63999.9"}),
        ("gtc", "limit", {"timeInForce": "GTC", "price": "63999.9"}),
        ("ioc", "limit", {"timeInForce": "IOC"}),
        ("fok", "limit", {"timeInForce": "FOK"}),
        ("gtc", "market", {"orderType": "Market"}),
    ],
)
def test_the_venue_gets_what_was_meant(bybit: Bybit, tif: str, kind: str, said: dict[str, str]) -> None:
    """A post-only order that arrives as a plain limit pays the taker's fee."""
    rig = BybitRig(bybit)
    price = rig.price if kind == "limit" else None
    placed(rig, rig.venue(), tif=tif, kind=kind, price=price, reduce_only=True)
    (order,) = bybit.account.orders.values()

    assert said.items() <= order.items()
    assert (order["qty"], order["reduceOnly"], order["orderLinkId"]) == ("0.01", True, "x-1")


def test_a_wrong_secret_is_a_refusal_and_no_request_is_made_twice(bybit: Bybit) -> None:
    """The venue says so; a time-out it is not."""
    rig = BybitRig(bybit)
    venue = rig.venue()
    venue.instruments(("BTCUSDT",))
    venue._api.secret = "another"  # type: ignore[attr-defined]
    order = NewOrder("x-1", "BTCUSDT", "buy", "limit", "gtc", rig.price, Decimal("0.010"))
    answer = venue.place(order)

    assert answer.outcome == "rejected"
    assert "AuthenticationError" in str(answer.reason)
    assert bybit.asked.count("/v5/order/create") == 1


def test_a_signature_the_venue_checks_is_right(bybit: Bybit) -> None:
    """The server of these tests computes it from the bytes that arrived."""
    rig = BybitRig(bybit)
    placed(rig, rig.venue())

    assert bybit.bad_signatures == 0


def test_403_on_a_new_order_is_a_refusal(bybit: Bybit) -> None:
    """Ccxt calls it `ExchangeNotAvailable`, which would leave an order in doubt that never was one."""
    rig = BybitRig(bybit)
    venue = rig.venue()
    venue.instruments(("BTCUSDT",))
    rig.trouble("forbidden", "create")
    order = NewOrder("x-1", "BTCUSDT", "buy", "limit", "gtc", rig.price, Decimal("0.010"))

    assert venue.place(order).outcome == "rejected"


def test_a_server_that_is_not_there_is_unknown_for_an_order() -> None:
    """Nobody answered: whether somebody heard is not known."""
    with serving(Bybit()) as gone:
        rig = BybitRig(gone)
        venue = rig.venue()
        venue.instruments(("BTCUSDT",))
        venue.place(NewOrder("x-0", "BTCUSDT", "buy", "limit", "gtc", rig.price, Decimal("0.010")))
    venue.close()
    order = NewOrder("x-1", "BTCUSDT", "buy", "limit", "gtc", rig.price, Decimal("0.010"))

    assert venue.place(order).outcome == "unknown"
    with pytest.raises(VenueUnreachable):
        venue.order(Handle("x-1", "BTCUSDT"))


def test_filters_are_exact(bybit: Bybit) -> None:
    """0.1 is a tenth, and an inverse contract is worth quote money."""
    linear, inverse = BybitRig(bybit).venue().instruments(("BTCUSDT", "BTCUSD"))

    assert (linear.tick_size, linear.lot_size, linear.min_notional) == (
        Decimal("0.10"), Decimal("0.001"), Decimal(5),
    )  # fmt: skip
    assert (linear.contract, linear.settle) == ("linear", "USDT")
    assert (inverse.contract, inverse.settle, inverse.contract_size) == ("inverse", "BTC", Decimal(1))


def test_a_wallet_of_many_digits_is_exact(bybit: Bybit) -> None:
    """A balance through a float ends in another digit, and the books do not close."""
    assert BybitRig(bybit).venue().balances() == {"USDT": Decimal("1000.123456789012345678")}


def test_hedge_mode_is_refused(bybit: Bybit) -> None:
    """Long and short at once cannot be netted into one position."""
    bybit.account.positions["BTCUSDT"] = {"size": "0.5", "positionIdx": 1}

    with pytest.raises(UsageError, match="hedge mode"):
        BybitRig(bybit).venue().positions()


def test_an_execution_without_a_fee_makes_the_list_incomplete(bybit: Bybit) -> None:
    """A fee that is not told is not zero, and must not vanish from the books."""
    rig = BybitRig(bybit)
    venue = rig.venue()
    order = placed(rig, venue)
    rig.fill(order.client_id, "0.003")
    for row in bybit.account.executions:
        del row["execFee"]

    found = venue.fills(utc_now_ns() - 10**12)
    assert (found.items, found.complete) == ((), False)


def test_an_order_in_a_state_that_nobody_knows_makes_the_list_incomplete(bybit: Bybit) -> None:
    """A venue adds a state; guessing that it means `open` or `gone` is how orders get lost."""
    rig = BybitRig(bybit)
    venue = rig.venue()
    placed(rig, venue)
    real = bybit._wanted
    bybit._wanted = lambda params, *, is_open: [  # type: ignore[method-assign]
        row | {"orderStatus": "Quarantined"} for row in real(params, is_open=is_open)
    ]

    assert (venue.open_orders().items, venue.open_orders().complete) == ((), False)


def test_orders_of_every_settlement_currency_are_seen_and_cancelled(bybit: Bybit) -> None:
    """Account-wide requests of this venue reach one currency at a time."""
    rig = BybitRig(bybit)
    venue = rig.venue()
    placed(rig, venue)
    inverse = NewOrder("x-2", "BTCUSD", "sell", "limit", "post_only", Decimal("65000.0"), Decimal(10))
    assert venue.place(inverse).outcome == "accepted"

    assert {order.handle.symbol for order in venue.open_orders().items} == {"BTCUSDT", "BTCUSD"}
    assert venue.cancel_all().outcome == "accepted"
    assert rig.open_count() == 0


def test_this_venue_s_dead_man_is_not_relied_on(bybit: Bybit) -> None:
    """The request that ccxt makes there arms nothing without a private stream."""
    assert BybitRig(bybit).venue().arm(60_000) is False
    assert "/v5/order/disconnected-cancel-all" not in bybit.asked


def test_without_permission_no_order_goes_to_a_real_venue(bybit: Bybit) -> None:
    """Whoever calls, whatever the profile says: the adapter itself refuses."""
    rig = BybitRig(bybit, testnet=False)
    assert not rig.access.costs_money, "this machine is exempt"
    far = VenueSettings(testnet=False)
    venue = CcxtVenue(Access(far, SYMBOLS, KEY, SECRET))
    venue._api = rig.venue()._api  # type: ignore[attr-defined]
    order = NewOrder("x-1", "BTCUSDT", "buy", "limit", "gtc", rig.price, Decimal("0.010"))

    answer = venue.place(order)

    assert (answer.outcome, answer.reason) == ("rejected", "real money was not permitted")
    assert rig.open_count() == 0


def test_a_twin_needs_no_question_before_it_can_cancel(bybit: Bybit) -> None:
    """A kill switch that first has to learn the markets is late."""
    rig = BybitRig(bybit)
    venue = rig.venue()
    placed(rig, venue)
    twin = venue.twin()
    before = len(bybit.asked)
    twin.cancel_all()

    assert set(bybit.asked[before:]) == {"/v5/order/cancel-all"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"name": "nosuch"}, "no exchange"),
        ({"url": "127.0.0.1:80"}, "not an address"),
        ({"name": "kraken"}, "no test network"),
    ],
)
def test_an_account_that_cannot_be_opened_says_why(settings: dict[str, Any], said: str) -> None:
    """Before the first order, with exit 2."""
    with pytest.raises(UsageError, match=said):
        CcxtVenue(Access(VenueSettings(**settings), SYMBOLS))


def test_an_unknown_symbol_is_named(bybit: Bybit) -> None:
    """A typo must not become a market of the same currency."""
    with pytest.raises(UsageError, match="no swap market BTCUSDTT"):
        BybitRig(bybit).venue().instruments(("BTCUSDTT",))


@pytest.mark.parametrize(("days", "complete"), [(3, True), (20, True), (500, False)])
def test_executions_of_long_ago_are_found_or_the_list_says_that_it_does_not_reach(
    bybit: Bybit, days: int, complete: bool
) -> None:
    """Bybit answers a question about a month with its first week, and calls it an answer."""
    rig = BybitRig(bybit)
    venue = rig.venue()
    order = placed(rig, venue)
    rig.fill(order.client_id, "0.003")
    now_ns = utc_now_ns()
    bybit.account.executions[0]["execTime"] = str((now_ns - 86_400 * 10**9) // 10**6)
    found = venue.fills(now_ns - days * 86_400 * 10**9)

    assert [fill.qty for fill in found.items] == [Decimal("0.003")]
    assert found.complete is complete


def test_a_purchase_on_a_spot_market_reduces_nothing(bybit: Bybit) -> None:
    """The venue has no word for it, and would simply buy."""
    rig = BybitRig(bybit, market="spot")
    order = NewOrder("x-1", "BTCUSDT", "buy", "limit", "gtc", rig.price, Decimal("0.010"), reduce_only=True)

    assert rig.venue().place(order).outcome == "rejected"
    assert bybit.asked == []


# -- funding ------------------------------------------------------------------------------------------


def test_funding_is_read_from_the_accounts_log_with_its_sign(bybit: Bybit) -> None:
    """Received is positive, paid negative; a wrong sign turns a cost into a gain."""
    bybit.settle("BTCUSDT", "-0.25")
    bybit.settle("BTCUSDT", "0.125")
    bybit.settle("DOGEUSDT", "9")

    told = BybitRig(bybit).venue().funding(utc_now_ns() - 3_600_000_000_000)

    assert told is not None
    assert told.complete
    assert [one.amount for one in told.items] == [Decimal("-0.25"), Decimal("0.125")]
    assert {one.symbol for one in told.items} == {"BTCUSDT"}


def test_funding_of_weeks_and_of_many_pages_is_whole(bybit: Bybit) -> None:
    """The log tells seven days and fifty rows at a time."""
    for number in range(130):
        bybit.settle("BTCUSDT", f"0.{number + 1:03d}", ago_ms=number * 3_600_000 * 3)

    told = BybitRig(bybit).venue().funding(utc_now_ns() - 20 * 86_400_000_000_000)

    assert told is not None
    assert told.complete
    assert len({one.funding_id for one in told.items}) == 130


def test_a_settlement_that_cannot_be_read_makes_the_list_incomplete(bybit: Bybit) -> None:
    """Left out silently it would be money that nobody misses."""
    bybit.settle("BTCUSDT", "0.5")
    bybit.settle("BTCUSDT", "half")

    told = BybitRig(bybit).venue().funding(utc_now_ns() - 3_600_000_000_000)

    assert told is not None
    assert (told.complete, len(told.items)) == (False, 1)


def test_a_venue_whose_log_is_not_known_says_that_it_cannot_tell(bybit: Bybit) -> None:
    """None is not zero."""
    rig = BybitRig(bybit)
    other = rig.venue()
    assert isinstance(other, CcxtVenue)
    other._traits = replace(other._traits, funding_log=None)
    assert other.funding(0) is None
