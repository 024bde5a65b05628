"""
Any exchange that ccxt speaks to, behind the port.

What makes an adapter dangerous is what it invents: an outcome, a missing page, a rounded price, a
second try of an order. This one never repeats a request, keeps numbers as text, says `unknown`
where the venue may have acted, and `complete` only where it knows where a list ends.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from itertools import product
from typing import Any, TypeVar

from ...model.errors import UsageError, Where
from ...model.instrument import Instrument
from . import ccxt_read as read
from .access import Access
from .ccxt_answers import Wire, answer_of, cancel_answer_of
from .ccxt_connection import connect
from .ccxt_log import funding_of
from .ccxt_names import Names
from .ccxt_traits import SMALLEST_PAGE, traits_of
from .port import (
    Answer,
    Handle,
    NewOrder,
    Snapshot,
    Venue,
    VenueBook,
    VenueFill,
    VenueFunding,
    VenueOrder,
    VenuePosition,
    VenueUnreachable,
)

Item = TypeVar("Item")
Answering = Callable[[Exception, Wire, Callable[[], int]], Answer]
_PAGES = 100
_TIFS = {"gtc": {"timeInForce": "GTC"}, "ioc": {"timeInForce": "IOC"}, "fok": {"timeInForce": "FOK"}}
_POST_ONLY: dict[str, Any] = {"postOnly": True}


class CcxtVenue:
    """One account, over one connection, for one thread."""

    def __init__(self, access: Access, elder: "CcxtVenue | None" = None) -> None:
        self._access, self._traits = access, traits_of(access.settings.name)
        self.name, self.testnet = access.settings.name, access.settings.testnet
        self._wire, self._names = Wire(), Names()
        self._api = connect(access, urgent=elder is not None)
        self._api.on_rest_response = self._wire.heard
        if elder is not None:
            self._api.options.update(elder._api.options)  # noqa: SLF001 -- its own kind
            self._api.set_markets(elder._api.markets)  # noqa: SLF001 -- as above

    # -- what can be traded -----------------------------------------------------------------------

    def instruments(self, symbols: Sequence[str]) -> tuple[Instrument, ...]:
        """Return the venue's filters of these symbols, named as the venue names them."""
        mode = self._api.precisionMode
        return tuple(read.instrument(self._market(symbol), self.name, mode) for symbol in symbols)

    def server_ns(self) -> int:
        """Return the venue's clock."""
        with self._asking("the time"):
            return int(self._api.fetch_time()) * read.NS_PER_MS

    # -- requests -----------------------------------------------------------------------------------

    def place(self, order: NewOrder) -> Answer:
        """Place an order, once."""
        refusal = self._refusal(order)
        if refusal is not None:
            return Answer("rejected", reason=refusal)
        params: dict[str, Any] = dict(_POST_ONLY if order.tif == "post_only" else _TIFS[order.tif])
        params = params if order.kind == "limit" else {}
        params["clientOrderId"] = self._traits.to_venue(order.client_id)

        def send(market: Mapping[str, Any]) -> Any:
            if order.reduce_only and market.get("contract"):
                params["reduceOnly"] = True
            price = None if order.price is None else format(order.price, "f")
            qty = format(order.qty, "f")
            return self._api.create_order(market["symbol"], order.kind, order.side, qty, price, params)

        answer = self._send(order.symbol, send, needs_id=True)
        if answer.outcome != "rejected":
            self._names.learn(order.client_id, order.side, answer.venue_id)
        return answer

    def amend(self, handle: Handle, *, price: Decimal | None, qty: Decimal | None) -> Answer:
        """Change an order by one request of the venue's own; where there is none, refuse."""
        if not self._traits.amends:
            return Answer("rejected", reason=f"{self.name} is not known to amend in one request")
        venue_id = self._names.venue_id(handle)
        if venue_id is None:
            return Answer("rejected", reason="the venue's id of the order is not known")
        side = self._names.side(handle.client_id)
        new_price = None if price is None else format(price, "f")
        new_qty = None if qty is None else format(qty, "f")
        return self._send(
            handle.symbol,
            lambda market: self._api.edit_order(
                venue_id, market["symbol"], "limit", side, new_qty, new_price
            ),
        )

    def cancel(self, handle: Handle) -> Answer:
        """Cancel an order by the venue's id, or by ours while only that is known."""
        venue_id = self._names.venue_id(handle)
        key = self._traits.lists_only or "clientOrderId"
        params = {} if venue_id is not None else {key: self._traits.to_venue(handle.client_id)}
        return self._send(
            handle.symbol,
            lambda market: self._api.cancel_order(venue_id, market["symbol"], params),
            answer=cancel_answer_of,
        )

    def cancel_all(self, symbol: str | None = None) -> Answer:
        """Cancel a symbol's orders, or all of the account that the venue reaches in one request."""
        if not self._api.has.get("cancelAllOrders"):
            return Answer("rejected", reason=f"{self.name} has no cancel-all")
        if symbol is not None:
            return self._send(symbol, lambda market: self._api.cancel_all_orders(market["symbol"]))
        answers = [
            self._send(one, lambda _, params=params: self._api.cancel_all_orders(None, params))  # type: ignore[misc]
            for one, params in self._scopes()
        ]
        return next((answer for answer in answers if answer.outcome != "accepted"), answers[0])

    def arm(self, timeout_ms: int) -> bool:
        """Arm the venue's dead-man's switch; False where there is none that can be relied on."""
        if not (self._traits.arms and self._api.has.get("cancelAllOrdersAfter")):
            return False
        with self._asking("the dead-man's switch"):
            self._api.cancel_all_orders_after(timeout_ms)
        return True

    # -- questions ----------------------------------------------------------------------------------

    def open_orders(self, symbol: str | None = None) -> Snapshot[VenueOrder]:
        """Return what rests, page by page; complete only when the last page is known to be the last."""
        rows: list[Mapping[str, Any]] = []
        complete = True
        now_ns = self._now_ns()
        with self._asking("open orders"):
            for one, params in self._scopes() if symbol is None else [(symbol, {})]:
                name = self._market(one)["symbol"] if symbol is not None else None
                page, whole = self._pages(
                    lambda more, name=name, params=params: self._api.fetch_open_orders(  # type: ignore[misc]
                        name, None, self._traits.page, {**params, **more}
                    )
                )
                rows += page
                complete &= whole
        # A list may show orders that have just ended.
        orders, readable = read.readable(rows, self._order)
        resting = tuple(order for order in orders if order.status == "open")
        return Snapshot(read.unique(resting, lambda order: order.handle), complete and readable, now_ns)

    def order(self, handle: Handle) -> VenueOrder | None:
        """Return one order, None when the venue does not know it."""
        import ccxt

        venue_id = self._names.venue_id(handle)
        with self._asking("an order"):
            market = self._market(handle.symbol)
            if self._traits.lists_only is not None:
                return self._listed(handle, venue_id, market)
            ours = self._traits.to_venue(handle.client_id)
            params = {} if venue_id is not None else {"clientOrderId": ours}
            try:
                return self._order(self._api.fetch_order(venue_id, market["symbol"], params))
            except ccxt.OrderNotFound:
                return None

    def fills(self, since_ns: int) -> Snapshot[VenueFill]:
        """Return the executions since a moment, oldest first, each once."""
        rows: list[Mapping[str, Any]] = []
        now_ns = self._now_ns()
        spans, complete = self._traits.spans(since_ns // read.NS_PER_MS, now_ns // read.NS_PER_MS)
        with self._asking("executions"):
            for symbol, (since_ms, until) in product(self._access.symbols, spans):
                name = self._market(symbol)["symbol"]
                page, whole = self._trades(name, since_ms, until)
                rows += page
                complete &= whole
        fills, readable = read.readable(rows, self._fill)
        recent = (fill for fill in fills if fill.ts_ns >= since_ns)
        kept = read.unique(recent, lambda fill: (fill.handle, fill.trade_id))
        return Snapshot(tuple(sorted(kept, key=lambda fill: fill.ts_ns)), complete and readable, now_ns)

    def positions(self) -> Snapshot[VenuePosition]:
        """Return the positions; on a spot market, what the wallet holds of the base coins."""
        now_ns = self._now_ns()
        markets = [self._market(symbol) for symbol in self._access.symbols]
        if not all(market.get("contract") for market in markets):
            held = self.balances()
            spot = (
                VenuePosition(str(market["id"]), held.get(market["base"], read.ZERO), None, now_ns)
                for market in markets
            )
            return Snapshot(tuple(spot), complete=True, ts_ns=now_ns)
        found: list[VenuePosition] = []
        with self._asking("positions"):
            for market in markets:
                rows = self._api.fetch_positions([market["symbol"]])
                found += [
                    read.position(row, str(market["id"]), now_ns)
                    for row in rows
                    if row.get("symbol") == market["symbol"]
                ]
        held_now = tuple(one for one in found if one.qty)
        return Snapshot(held_now, complete=True, ts_ns=now_ns)

    def funding(self, since_ns: int) -> Snapshot[VenueFunding] | None:
        """Return the funding payments of a venue whose account log is known; ccxt's own form has no sign."""
        if self._traits.funding_log is None:
            return None
        with self._asking("funding payments"):
            return funding_of(self._api, self._traits, self._access.symbols, since_ns, self._now_ns())

    def balances(self) -> dict[str, Decimal]:
        """Return the wallet balance of each currency that has one."""
        with self._asking("balances"):
            total = self._api.fetch_balance().get("total") or {}
            amounts = {str(name): read.decimal(value) for name, value in total.items()}
        return {name: amount for name, amount in amounts.items() if amount is not None}

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """Return the best levels."""
        with self._asking(f"the book of {symbol}"):
            told = self._api.fetch_order_book(self._market(symbol)["symbol"], max(levels, 5))
            sides = [
                tuple((Decimal(str(level[0])), Decimal(str(level[1]))) for level in told[side][:levels])
                for side in ("bids", "asks")
            ]
            moment = read.decimal(told.get("timestamp"))
            ts_ns = self._now_ns() if moment is None else int(moment) * read.NS_PER_MS
            return VenueBook(symbol, sides[0], sides[1], ts_ns)

    # -- the connection -----------------------------------------------------------------------------

    def twin(self) -> "Venue":
        """Return the same account over a connection of its own, which knows what this one has learnt."""
        self._load()
        return CcxtVenue(self._access, self)

    def close(self) -> None:
        """Close the connection."""
        with suppress(Exception):
            self._api.session.close()

    # -- inside ---------------------------------------------------------------------------------------

    def _refusal(self, order: NewOrder) -> str | None:
        """Return why an order is not even sent."""
        if self._access.costs_money and not self._access.real_money:
            return "real money was not permitted"
        if order.reduce_only and order.side == "buy" and self._access.settings.market == "spot":
            return "a spot market has no short position that a purchase could reduce"
        if not self._traits.takes(order.client_id):
            return f"{self.name} takes no client id such as {order.client_id!r}"
        return None

    def _send(
        self,
        symbol: str,
        request: Callable[[Mapping[str, Any]], Any],
        *,
        needs_id: bool = False,
        answer: Answering = answer_of,
    ) -> Answer:
        """Make one request; whatever it raises becomes one of the three answers."""
        try:
            market = self._market(symbol)
        except Exception as error:  # noqa: BLE001 -- before anything was sent nothing was accepted
            return Answer("rejected", reason=f"not sent: {error}")
        self._wire.forget()
        try:
            told = request(market)
        except Exception as error:  # noqa: BLE001 -- the adapter must not turn an outcome into a crash
            return answer(error, self._wire, self._api.milliseconds)
        if self._wire.garbled or (needs_id and not (isinstance(told, Mapping) and told.get("id"))):
            return Answer("unknown", reason="the venue's answer cannot be read")
        row = told if isinstance(told, Mapping) else {}
        moment = row.get("timestamp")
        ts_ns = int(moment) * read.NS_PER_MS if isinstance(moment, int) else None
        return Answer("accepted", venue_id=str(row["id"]) if row.get("id") else None, ts_ns=ts_ns)

    def _pages(
        self, fetch: Callable[[dict[str, Any]], list[Mapping[str, Any]]]
    ) -> tuple[list[Mapping[str, Any]], bool]:
        """Return every row of a list of orders, and whether the end was reached."""
        traits, rows = self._traits, list[Mapping[str, Any]]()
        more: dict[str, Any] = {}
        for _ in range(_PAGES):
            page = fetch(more)
            rows += page
            if traits.everything or traits.cursor is None:
                return rows, traits.everything or len(page) < SMALLEST_PAGE
            more = traits.next_page(page)
            if not more:
                return rows, True
        return rows, False

    def _trades(
        self, name: str, since_ms: int, until: dict[str, Any]
    ) -> tuple[list[Mapping[str, Any]], bool]:
        """Return the executions of a stretch, and whether they are all."""
        traits, rows = self._traits, list[Mapping[str, Any]]()
        more: dict[str, Any] = {}
        for _ in range(_PAGES):
            page = self._api.fetch_my_trades(name, since_ms, traits.trades, {**until, **more})
            rows += page
            if traits.cursor is not None:
                more = traits.next_page(page)
                if not more:
                    return rows, True
                continue
            if len(page) < (traits.trades or SMALLEST_PAGE):
                return rows, True
            reached = max(row["timestamp"] for row in page)
            if not traits.ascending or reached <= since_ms:
                return rows, False
            since_ms = reached
        return rows, False

    def _listed(self, handle: Handle, venue_id: str | None, market: Mapping[str, Any]) -> VenueOrder | None:
        """Return one order from the list of live ones, or from the history."""
        key = "orderId" if venue_id is not None else str(self._traits.lists_only)
        params = {key: venue_id or handle.client_id}
        for fetch in (self._api.fetch_open_orders, self._api.fetch_canceled_and_closed_orders):
            for row in fetch(market["symbol"], None, None, dict(params)):
                if venue_id in {None, row["id"]} and handle.client_id in {"", row.get("clientOrderId")}:
                    return self._order(row)
        return None

    def _order(self, row: Mapping[str, Any]) -> VenueOrder:
        ours = self._traits.from_venue(str(row.get("clientOrderId") or ""))
        order = read.order({**row, "clientOrderId": ours}, self._id_of(row))
        self._names.learn(order.handle.client_id, order.side, order.handle.venue_id)
        return order

    def _fill(self, row: Mapping[str, Any]) -> VenueFill:
        info = row.get("info") or {}
        named = next((info[key] for key in ("orderLinkId", "clOrdId", "clientOrderId") if info.get(key)), "")
        client_id = self._traits.from_venue(str(named)) or self._names.client_id(str(row.get("order")))
        return read.fill(row, self._id_of(row), client_id)

    def _id_of(self, row: Mapping[str, Any]) -> str:
        return str(self._api.market(row["symbol"])["id"])

    def _scopes(self) -> list[tuple[str, dict[str, Any]]]:
        return self._traits.scopes([(symbol, self._market(symbol)) for symbol in self._access.symbols])

    def _market(self, symbol: str) -> Mapping[str, Any]:
        self._load()
        found: Any = self._api.markets_by_id.get(symbol) or []
        wanted = self._access.settings.market
        for market in found if isinstance(found, list) else [found]:
            if market["type"] == wanted:
                return market  # type: ignore[no-any-return]
        raise UsageError(
            f"{self.name} has no {wanted} market {symbol}",
            where=Where(field="market.symbols"),
            fix="write the symbol as the venue does",
        )

    def _load(self) -> None:
        if not self._api.markets:
            with self._asking("the markets"):
                self._api.load_markets()
                if hasattr(self._api, "is_unified_enabled") and self._access.api_key:
                    # Asked for now, so that no order and no cancel has to wait for it.
                    self._api.is_unified_enabled()

    def _now_ns(self) -> int:
        return int(self._api.milliseconds()) * read.NS_PER_MS

    @contextmanager
    def _asking(self, what: str) -> Iterator[None]:
        """Turn whatever a question runs into into the one error that says that nothing is known."""
        self._wire.forget()
        try:
            yield
            if self._wire.garbled:
                raise ValueError("the venue's answer cannot be read")
        except (UsageError, VenueUnreachable):
            raise
        except Exception as error:
            said = f"{type(error).__name__}: {error}"[:300]
            raise VenueUnreachable(f"{self.name} did not say {what}: {said}") from error


VENUE: Callable[[Access], Venue] = CcxtVenue
