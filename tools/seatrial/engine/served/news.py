"""
The account's own news: orders, executions, positions and wallets on the private stream.

A message is made only when somebody listens; late and doubled news are faults of the wire and
happen here, after the exchange has done its part.
"""

from typing import Any

import orjson

from .clock import NS_PER_MS
from .hub import PRIVATE, Hub
from .interface import Listener
from .orders import Execution, Order
from .standing import Standing
from .wire_faults import WireFaults


class News(Listener):
    """Publishes what happened to whoever has logged in and subscribed."""

    def __init__(self, hub: Hub, standing: Standing, faults: WireFaults) -> None:
        self._hub, self._standing, self._faults = hub, standing, faults
        self._venue, self._clock = standing.venue, standing.clock
        self._number = 0

    def wants_orders(self) -> bool:
        """Tell whether somebody has subscribed to orders."""
        return self._hub.orders_heard

    def order_changed(self, order: Order) -> None:
        """Tell how an order stands."""
        category = self._venue.symbols.names[order.instrument][0]
        for topic in self._topics("order", category):
            fields = self._venue.telling.order(order, self._clock.shown_ms)
            self._publish(topic, [fields])
            if self._faults.faults and self._faults.strikes("duplicate_ack", self._venue.now_ns):
                self._publish(topic, [fields])
                self._faults.bit("duplicate_ack", {"order_id": order.order_id})

    def executed(self, execution: Execution) -> None:
        """Tell a fill, late or twice where a fault has it so."""
        faults, now = self._faults, self._venue.now_ns
        if faults.faults and not execution.late and (fault := faults.strikes("late", now)) is not None:
            execution.late = True
            faults.bit("late", {"exec_id": execution.exec_id, "late_ms": fault.value_ms})
            self._venue.post(now + int(fault.value_ms * NS_PER_MS), self.executed, execution)
            return
        category = self._venue.symbols.names[execution.order.instrument][0]
        for topic in self._topics("execution", category):
            fields = self._venue.telling.execution(execution, self._clock.shown_ms)
            self._publish(topic, [fields])
            if faults.faults and faults.strikes("duplicate", now):
                self._publish(topic, [fields])
                faults.bit("duplicate", {"exec_id": execution.exec_id})

    def wallet_changed(self, coins: tuple[str, ...], instrument: int) -> None:
        """Tell wallets, and the position if the instrument has one."""
        category = self._venue.symbols.names[instrument][0]
        if category != "spot":
            for topic in self._topics("position", category):
                fields = self._standing.position(instrument)
                self._publish(topic, [{**fields, "entryPrice": fields["avgPrice"]}])
        for topic in self._topics("wallet", category):
            self._publish(topic, [self._standing.summary(list(coins))])

    def _topics(self, name: str, category: str) -> list[str]:
        return [topic for topic in (name, f"{name}.{category}") if self._hub.listened((PRIVATE, topic))]

    def _publish(self, topic: str, data: list[dict[str, Any]]) -> None:
        self._number += 1
        head = {
            "topic": topic,
            "id": f"{self._number}",
            "creationTime": self._clock.shown_ms(self._venue.now_ns),
        }
        self._hub.publish((PRIVATE, topic), orjson.dumps({**head, "data": data}))
