"""
Orders and executions as the venue tells them, and the bounded memory of those that are over.

What is open is always there; of what has ended the newest are kept, and everything is in the record.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from ..grid import Grid, money

SIDES = ("Buy", "Sell")
TIFS = {L.GTC: "GTC", L.IOC: "IOC", L.FOK: "FOK", L.POST_ONLY: "PostOnly"}
TIF_CODES = {name: code for code, name in TIFS.items()}
KEPT_MAX = 10_000
ZERO = Decimal(0)


@dataclass(slots=True)
class Order:
    """One order, in ticks and lots, with what was executed of it."""

    order_id: int
    link_id: str
    instrument: int
    slot: int
    side: int
    px: int
    qty: int
    leaves: int
    tif: int
    market: bool
    reduce_only: bool
    created_ns: int
    updated_ns: int
    last_price: str = ""
    status: str = "Created"
    cancel_type: str = ""
    reject_reason: str = "EC_NoError"
    value: Decimal = ZERO
    fee: Decimal = ZERO
    fee_currency: str = ""
    doomed_by: str = ""

    @property
    def live(self) -> bool:
        """Tell whether the order can still trade."""
        return self.status in {"Created", "New", "PartiallyFilled"}


@dataclass(slots=True)
class Execution:
    """One fill: the words of the record, and what the venue adds to them."""

    order: Order
    exec_id: int
    ts_ns: int
    price: str
    qty: str
    leaves: str
    order_price: str
    order_qty: str
    value: str
    fee: str
    fee_currency: str
    fee_rate: str
    maker: bool
    closed: str
    pnl: str
    mark: str
    seq: int
    late: bool = False


class Orders:
    """Every order by its id and by its client's id."""

    def __init__(self) -> None:
        self.open: dict[int, Order] = {}
        self.ended: deque[Order] = deque()
        self.executions: deque[Execution] = deque(maxlen=KEPT_MAX)
        self._by_link: dict[str, Order] = {}
        self._ended_by_id: dict[int, Order] = {}

    def add(self, order: Order) -> None:
        """Take in a new order."""
        self.open[order.order_id] = order
        if order.link_id:
            self._by_link[order.link_id] = order

    def end(self, order: Order) -> None:
        """Put an order away that can no longer trade; the oldest such one is forgotten."""
        if self.open.pop(order.order_id, None) is None:
            return
        self.ended.append(order)
        self._ended_by_id[order.order_id] = order
        if len(self.ended) > KEPT_MAX:
            self._forget(self.ended.popleft())

    def drop(self, order: Order) -> None:
        """Forget an order that the venue never took."""
        self.open.pop(order.order_id, None)
        self._forget(order)

    def _forget(self, order: Order) -> None:
        self._ended_by_id.pop(order.order_id, None)
        if self._by_link.get(order.link_id) is order:
            del self._by_link[order.link_id]

    def find(self, order_id: str, link_id: str) -> Order | None:
        """Return the order of that id, or else of that client's id."""
        if order_id:
            number = int(order_id) if order_id.isascii() and order_id.isdigit() and len(order_id) < 19 else -1
            return self.numbered(number)
        return self._by_link.get(link_id) if link_id else None

    def numbered(self, number: int) -> Order | None:
        """Return the order of that number."""
        return self.open.get(number) or self._ended_by_id.get(number)

    def newest_ended(self) -> Iterator[Order]:
        """Yield the ended orders that are kept, newest first."""
        return reversed(self.ended)


class Telling:
    """Renders orders and executions in the venue's fields."""

    def __init__(self, names: list[tuple[str, str]], grids: list[Grid], units: list[Any]) -> None:
        self.names, self.grids, self.units = names, grids, units

    def order(self, order: Order, shown_ms: Any) -> dict[str, Any]:
        """Return an order's fields; `shown_ms` turns market time into the venue's."""
        grid, (category, symbol) = self.grids[order.instrument], self.names[order.instrument]
        done = order.qty - order.leaves
        live_value = money(self.units[order.instrument](order.px, order.leaves)) if order.px > 0 else "0"
        spot = category == "spot"
        return {
            "category": category,
            "symbol": symbol,
            "orderId": str(order.order_id),
            "orderLinkId": order.link_id,
            "blockTradeId": "",
            "side": SIDES[order.side],
            "positionIdx": 0,
            "orderStatus": order.status,
            "createType": "CreateByUser",
            "cancelType": order.cancel_type or "UNKNOWN",
            "rejectReason": order.reject_reason,
            "timeInForce": TIFS[order.tif],
            "isLeverage": "0" if spot else "",
            "orderType": "Market" if order.market else "Limit",
            "price": "0" if order.market else grid.price(order.px),
            "qty": grid.qty(order.qty),
            "avgPrice": self.average(order),
            "leavesQty": grid.qty(order.leaves) if order.live else "0",
            "leavesValue": live_value if order.live else "0",
            "cumExecQty": grid.qty(done),
            "cumExecValue": money(order.value),
            "cumExecFee": money(order.fee),
            "cumFeeDetail": {order.fee_currency: money(order.fee)} if order.fee_currency else {},
            "feeCurrency": order.fee_currency,
            "orderIv": "",
            "stopOrderType": "",
            "triggerPrice": "0.0" if spot else "",
            "takeProfit": "",
            "stopLoss": "",
            "tpslMode": "",
            "tpLimitPrice": "",
            "slLimitPrice": "",
            "tpTriggerBy": "",
            "slTriggerBy": "",
            "triggerDirection": 0,
            "triggerBy": "",
            "lastPriceOnCreated": order.last_price,
            "reduceOnly": order.reduce_only,
            "closeOnTrigger": False,
            "placeType": "",
            "smpType": "None",
            "smpGroup": 0,
            "smpOrderId": "",
            "ocoTriggerBy": "",
            "createdTime": str(shown_ms(order.created_ns)),
            "updatedTime": str(shown_ms(order.updated_ns)),
        }

    def average(self, order: Order) -> str:
        """Return the average price of what was executed, or the venue's word for none."""
        done = order.qty - order.leaves
        if done <= 0 or not order.value:
            return "0" if self.names[order.instrument][0] == "spot" else ""
        return money(self.units[order.instrument].average(order.value, done))

    def execution(self, found: Execution, shown_ms: Any) -> dict[str, Any]:
        """Return an execution's fields."""
        order = found.order
        category, symbol = self.names[order.instrument]
        return {
            "category": category,
            "symbol": symbol,
            "orderId": str(order.order_id),
            "orderLinkId": order.link_id,
            "side": SIDES[order.side],
            "orderPrice": found.order_price,
            "orderQty": found.order_qty,
            "leavesQty": found.leaves,
            "createType": "CreateByUser",
            "orderType": "Market" if order.market else "Limit",
            "stopOrderType": "",
            "execFee": found.fee,
            "execFeeV2": "",
            "execId": str(found.exec_id),
            "execPrice": found.price,
            "execQty": found.qty,
            "execType": "Trade",
            "execValue": found.value,
            "execPnl": found.pnl,
            "execTime": str(shown_ms(found.ts_ns)),
            "feeCurrency": found.fee_currency,
            "feeRate": found.fee_rate,
            "isLeverage": "0",
            "isMaker": found.maker,
            "tradeIv": "",
            "markIv": "",
            "markPrice": found.mark,
            "indexPrice": found.mark,
            "underlyingPrice": "",
            "blockTradeId": "",
            "closedSize": found.closed,
            "extraFees": "",
            "seq": found.seq,
        }
