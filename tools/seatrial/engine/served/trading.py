"""
Requests about orders: create, amend, cancel, all of them, and in batches.

REST and the trade WebSocket both come here, so that an order is the same whichever way it came.
"""

from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Any, NamedTuple

from ...model.instrument import Contract
from ..exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from ..execution.ledger import EXACT
from .answers import Later, gathered
from .interface import Heard, Ticket
from .orders import Order
from .refusals import ANSWERED, NO_FUNDS, NO_ORDER, SERVER, TOO_MANY_ORDERS, Refusal, bad, refusal
from .symbols import must_be_category
from .tickets import read_change, read_ticket, text
from .venue import Venue

BATCH_MAX = {"spot": 10, "linear": 20, "inverse": 20, "option": 20}
Fields = dict[str, Any]
ZERO = Decimal(0)


class Told(NamedTuple):
    """A result with the extra information that batches carry."""

    result: Fields
    extra: Fields


class Trading:
    """Carries out order requests at a venue; `spare` is asked which orders a cancel-all leaves."""

    def __init__(self, venue: Venue, shown_ms: Callable[[int], int]) -> None:
        self.venue, self._shown_ms = venue, shown_ms
        self.spare: Callable[[list[Order]], set[int]] = lambda _: set()

    # -- one order ----------------------------------------------------------------------------------

    def create(self, fields: Fields) -> Later:
        """Send an order; the result names it."""
        venue = self.venue
        ticket = read_ticket(venue, fields)
        category = venue.symbols.names[ticket.instrument][0]
        if not self._affords(ticket):
            raise refusal(NO_FUNDS, category)
        later = Later()
        if venue.submit(ticket, settling(later, category)) is None:
            raise refusal(TOO_MANY_ORDERS, category)
        return later

    def amend(self, fields: Fields) -> Later:
        """Ask for another price or quantity of an order."""
        order, category = self._order(fields)
        px, qty = read_change(self.venue, order, fields)
        grows = Ticket(order.instrument, order.side, px, qty, order.tif, order.market, order.reduce_only, "")
        if not self._affords(grows, instead_of=order):
            raise refusal(NO_FUNDS, category)
        later = Later()
        if not self.venue.amend(order, px, qty, settling(later, category)):
            raise refusal(TOO_MANY_ORDERS, category)
        return later

    def cancel(self, fields: Fields) -> Later:
        """Ask for an order's cancel."""
        order, category = self._order(fields)
        later = Later()
        if not self.venue.cancel(order, settling(later, category)):
            raise refusal(TOO_MANY_ORDERS, category)
        return later

    def cancel_all(self, fields: Fields) -> Later:
        """Ask for the cancel of every order of a category, a symbol or a coin."""
        category = text(fields, "category")
        must_be_category(category)
        wanted = self.selected(category, fields, needed=category != "spot")
        live = [order for order in self.venue.orders.open.values() if order.instrument in wanted]
        return self.cancel_each(live, category, "CancelByUser")

    def cancel_each(self, live: list[Order], category: str, cause: str) -> Later:
        """Ask for the cancel of these orders; the result lists those that were cancelled."""
        spared = self.spare(live)
        parts = []
        for order in [each for each in live if each.order_id not in spared]:
            later = Later()
            if self.venue.cancel(order, settling(later, category), cause=cause):
                parts.append(later)
        return gathered(
            parts,
            lambda told: {"list": [each for each in told if not isinstance(each, Refusal)], "success": "1"},
        )

    # -- batches ------------------------------------------------------------------------------------

    def create_batch(self, fields: Fields) -> Later:
        """Send several orders."""
        return self._batch(fields, self.create)

    def amend_batch(self, fields: Fields) -> Later:
        """Amend several orders."""
        return self._batch(fields, self.amend)

    def cancel_batch(self, fields: Fields) -> Later:
        """Cancel several orders."""
        return self._batch(fields, self.cancel)

    def _batch(self, fields: Fields, one: Callable[[Fields], Later]) -> Later:
        category, asked = text(fields, "category"), fields.get("request")
        must_be_category(category)
        if not isinstance(asked, list) or not asked or not all(isinstance(each, dict) for each in asked):
            raise bad("request")
        if len(asked) > BATCH_MAX[category]:
            raise bad("request", f"has more than {BATCH_MAX[category]} orders")
        parts = [self._tried(one, {**each, "category": category}) for each in asked]
        now_ms = str(self._shown_ms(self.venue.now_ns))

        def join(told: list[Any]) -> Told:
            rows = [
                {
                    "category": category,
                    "symbol": str(each.get("symbol", "")),
                    "orderId": "",
                    "orderLinkId": "",
                    "createAt": now_ms,
                    **({} if isinstance(said, Refusal) else said),
                }
                for each, said in zip(asked, told, strict=True)
            ]
            codes = [
                {"code": said.code, "msg": said.words}
                if isinstance(said, Refusal)
                else {"code": 0, "msg": "OK"}
                for said in told
            ]
            return Told({"list": rows}, {"list": codes})

        return gathered(parts, join)

    def _tried(self, one: Callable[[Fields], Later], fields: Fields) -> Later:
        try:
            return one(fields)
        except Refusal as no:
            later = Later()
            later.settle(no)
            return later

    # -- what these need ------------------------------------------------------------------------------

    def selected(self, category: str, fields: Fields, *, needed: bool) -> set[int]:
        """Return the instruments that a symbol or a coin selects; `needed` refuses to take all."""
        symbol, base, settle = (text(fields, name) for name in ("symbol", "baseCoin", "settleCoin"))
        symbols = self.venue.symbols
        if symbol:
            return {symbols.index(category, symbol)}
        if needed and not (base or settle):
            raise bad("symbol, settleCoin or baseCoin", "is needed")
        return {
            at
            for at in symbols.of(category)
            if (not base or symbols.coins[at][0] == base) and (not settle or symbols.settle(at) == settle)
        }

    def _order(self, fields: Fields) -> tuple[Order, str]:
        category = text(fields, "category")
        at = self.venue.symbols.index(category, text(fields, "symbol"))
        order_id, link = text(fields, "orderId"), text(fields, "orderLinkId")
        if not order_id and not link:
            raise bad("orderId or orderLinkId", "is needed")
        order = self.venue.orders.find(order_id, link)
        if order is None or not order.live or order.instrument != at:
            raise refusal(NO_ORDER, category)
        return order, category

    def _affords(self, ticket: Ticket, instead_of: Order | None = None) -> bool:
        """Tell whether the account can pay for what could come of this order."""
        venue, at = self.venue, ticket.instrument
        if ticket.reduce_only:
            return True
        px = ticket.px or venue.shown.best(at)[1 - ticket.side][0]
        if px <= 0:
            return True  # there is no market: the exchange says so itself
        if venue.instruments[at].contract is Contract.SPOT:
            return self._has_coins(ticket, px, instead_of)
        regs, o = venue.memory.regs, venue.memory.at(at)
        held = instead_of.leaves if instead_of else 0
        filled = instead_of.qty - instead_of.leaves if instead_of else 0
        open_lots = regs[o + (L.I_OPEN_BID if ticket.side == 0 else L.I_OPEN_ASK)] - held
        position = venue.scribe.ledgers[at].lots * (1 - 2 * ticket.side)
        result = position + open_lots + ticket.qty - filled
        if result <= 0 or (position < 0 and result <= -position):
            return True
        return venue.account.affords(at, result, px)

    def _has_coins(self, ticket: Ticket, px: int, instead_of: Order | None) -> bool:
        venue, at = self.venue, ticket.instrument
        account, unit = venue.account, venue.account.units[at]
        base, quote = venue.symbols.coins[at]
        same = [
            order
            for order in venue.orders.open.values()
            if order.side == ticket.side and order is not instead_of and not order.market
        ]
        filled = instead_of.qty - instead_of.leaves if instead_of else 0
        lots = ticket.qty - filled
        with localcontext(EXACT):
            if ticket.side == 0:
                mine = [order for order in same if venue.symbols.coins[order.instrument][1] == quote]
                held = sum((account.units[order.instrument](order.px, order.leaves) for order in mine), ZERO)
                return unit(px, lots) + held <= account.wallets.get(quote, ZERO)
            step = venue.instruments[at].lot_size
            held = sum((step * order.leaves for order in same if order.instrument == at), ZERO)
            return step * lots + held <= account.wallets.get(base, ZERO)


def settling(later: Later, category: str) -> Heard:
    """Return what hears the exchange's word on an order and makes the venue's answer of it."""

    def heard(order: Order, reason: int) -> None:
        later.settle(refusal(ANSWERED.get(reason, SERVER), category) if reason else named(order))

    return heard


def named(order: Order) -> dict[str, str]:
    """Return how an answer names an order."""
    return {"orderId": str(order.order_id), "orderLinkId": order.link_id}
