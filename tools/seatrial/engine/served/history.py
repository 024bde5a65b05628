"""Requests about what was: orders open and ended, executions, the log of the account."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from .account import LogRow
from .answers import Fields, moment_ms, page
from .clock import VenueClock
from .orders import Execution, Order
from .symbols import must_be_category
from .tickets import text
from .trading import Trading

LIMITS = (20, 50)
EXECUTION_LIMITS = (50, 100)
RECENT_MAX = 500
# Bybit's own list of what a trade is called here and in the log.
EXEC_TYPES = {"", "Trade"}


class Past:
    """Answers from what the venue remembers: all that is open, and the newest of what is over."""

    def __init__(self, trading: Trading, clock: VenueClock) -> None:
        self._trading, self.venue, self.clock = trading, trading.venue, clock

    def realtime(self, fields: Fields) -> Fields:
        """Return open orders; by its id an order is found for some time after its end too."""
        category = text(fields, "category")
        must_be_category(category)
        order_id, link = text(fields, "orderId"), text(fields, "orderLinkId")
        if order_id or link:
            found = self.venue.orders.find(order_id, link)
            mine = [found] if found and self.venue.symbols.names[found.instrument][0] == category else []
            return self._orders(category, mine, fields)
        wanted = self._trading.selected(category, fields, needed=category == "linear")
        if text(fields, "openOnly") in {"1", "2"}:
            recent = [
                order for _, order in zip(range(RECENT_MAX), self.venue.orders.newest_ended(), strict=False)
            ]
            return self._orders(category, [order for order in recent if order.instrument in wanted], fields)
        live = [order for order in self.venue.orders.open.values() if order.instrument in wanted]
        return self._orders(category, live, fields)

    def orders(self, fields: Fields) -> Fields:
        """Return orders that are over, newest first, and those that are open with a status of theirs."""
        category = text(fields, "category")
        must_be_category(category)
        order_id, link, status = (text(fields, name) for name in ("orderId", "orderLinkId", "orderStatus"))
        if order_id or link:
            found = self.venue.orders.find(order_id, link)
            kept: Iterable[Order] = [found] if found else []
        else:
            kept = [*self.venue.orders.open.values(), *self.venue.orders.ended]
        wanted = self._trading.selected(category, fields, needed=False)
        in_time = self._in_time(fields)
        mine = [
            order
            for order in kept
            if order.instrument in wanted
            and (not status or order.status == status)
            and in_time(order.created_ns)
        ]
        return self._orders(category, mine, fields)

    def _orders(self, category: str, found: list[Order], fields: Fields) -> Fields:
        newest = sorted(found, key=lambda order: -order.order_id)
        rows, cursor = page(newest, fields, lambda order: order.order_id, LIMITS)
        told = [self.venue.telling.order(order, self.clock.shown_ms) for order in rows]
        return {"category": category, "list": told, "nextPageCursor": cursor}

    def executions(self, fields: Fields) -> Fields:
        """Return fills, newest first."""
        category = text(fields, "category")
        wanted = self._trading.selected(category, fields, needed=False)
        order_id, link = text(fields, "orderId"), text(fields, "orderLinkId")
        kinds = text(fields, "execType") in EXEC_TYPES
        in_time = self._in_time(fields)

        def found() -> Iterator[Execution]:
            for each in reversed(self.venue.orders.executions):
                order = each.order
                if (
                    kinds
                    and order.instrument in wanted
                    and (not order_id or str(order.order_id) == order_id)
                    and (not link or order.link_id == link)
                    and in_time(each.ts_ns)
                ):
                    yield each

        rows, cursor = page(found(), fields, lambda each: each.exec_id, EXECUTION_LIMITS)
        told = [self.venue.telling.execution(each, self.clock.shown_ms) for each in rows]
        return {"category": category, "list": told, "nextPageCursor": cursor}

    def log(self, fields: Fields) -> Fields:
        """Return every change of a wallet, newest first."""
        category, coin, kind = (text(fields, name) for name in ("category", "currency", "type"))
        if category:
            must_be_category(category)
        in_time = self._in_time(fields)
        names = self.venue.symbols.names

        def found() -> Iterator[LogRow]:
            for row in reversed(self.venue.account.log):
                theirs = names[row.instrument][0] if row.instrument >= 0 else ""
                if (
                    (not category or theirs == category)
                    and (not coin or row.coin == coin)
                    and (not kind or row.kind == kind)
                    and in_time(row.ts_ns)
                ):
                    yield row

        rows, cursor = page(found(), fields, lambda row: row.number, LIMITS)
        return {"list": [self._logged(row) for row in rows], "nextPageCursor": cursor}

    def _logged(self, row: LogRow) -> dict[str, Any]:
        category, symbol = self.venue.symbols.names[row.instrument] if row.instrument >= 0 else ("", "")
        return {
            "id": f"{row.number}_{symbol}" if symbol else str(row.number),
            "symbol": symbol,
            "category": category,
            "side": row.side,
            "transactionTime": str(self.clock.shown_ms(row.ts_ns)),
            "type": row.kind,
            "transSubType": "",
            "qty": row.qty,
            "size": row.size,
            "currency": row.coin,
            "tradePrice": row.price,
            "funding": row.funding,
            "fee": row.fee,
            "cashFlow": row.cash_flow,
            "change": row.change,
            "cashBalance": row.balance,
            "feeRate": row.fee_rate,
            "bonusChange": "",
            "tradeId": row.trade_id,
            "orderId": row.order_id,
            "orderLinkId": row.link_id,
            "extraFees": "",
        }

    def _in_time(self, fields: Fields) -> Callable[[int], bool]:
        since, until = moment_ms(fields, "startTime"), moment_ms(fields, "endTime")

        def holds(ts_ns: int) -> bool:
            shown = self.clock.shown_ms(ts_ns)
            return (since is None or shown >= since) and (until is None or shown <= until)

        return holds
