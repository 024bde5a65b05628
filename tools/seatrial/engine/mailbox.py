"""
The mailbox: what is on its way from the exchange to the bot, and when it arrives.

A lost answer (a time-out) is posted late: the bot first hears that the outcome is unknown, and the
truth only when it would have asked the venue.
"""

import heapq
from typing import Any

from .exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .exchange.memory import NS_PER_MS, Memory
from .execution.order import Order
from .scribe import ORDER_EVENTS, REASONS, heard_ns

UNKNOWN_AFTER_NS = 5_000 * NS_PER_MS


class Mailbox:
    """Letters to the bot, in order of arrival: (kind, fields)."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._letters: list[tuple[int, int, str, tuple[Any, ...]]] = []
        self._posted = 0

    def post(self, at_ns: int, kind: str, *fields: Any) -> None:
        """Put a letter on its way; it arrives at `at_ns`."""
        self._posted += 1
        heapq.heappush(self._letters, (at_ns, self._posted, kind, fields))
        self._memory.regs[L.NEXT_DELIVERY] = min(self._memory.regs[L.NEXT_DELIVERY], at_ns)

    def post_event(self, e: int) -> None:
        """Post the event at `e` if it is one for the bot."""
        kind = self._memory.regs[e + L.E_KIND]
        if kind == L.FILL:
            self.post_fill(e)
        elif kind in ORDER_EVENTS:
            self.post_answer(e)

    def post_fill(self, e: int) -> None:
        """Post the fill whose event is at `e`."""
        regs = self._memory.regs
        names = (L.E_ORDER_ID, L.E_INSTRUMENT, L.E_SIDE, L.E_PX, L.E_QTY, L.E_MAKER, L.E_TS, L.E_FILL_ID)
        self.post(regs[e + L.E_DELIVER], "fill", *(regs[e + name] for name in names))

    def post_answer(self, e: int) -> None:
        """Post the answer whose event is at `e`."""
        regs = self._memory.regs
        reason = REASONS.get(regs[e + L.E_REASON])
        names = (L.E_PX, L.E_QTY_ORDER)
        self.post(
            heard_ns(regs, e),
            "answer",
            regs[e + L.E_ORDER_ID],
            ORDER_EVENTS[regs[e + L.E_KIND]],
            reason,
            *(regs[e + name] for name in names),
        )

    def post_unknown(self, order: Order) -> None:
        """Post the moment at which the bot gives up waiting for an answer."""
        self.post(order.sent_ns + UNKNOWN_AFTER_NS, "unknown", order.order_id)

    def arrived(self, now_ns: int) -> tuple[str, tuple[Any, ...]] | None:
        """Take the next letter that has arrived, or None and set the next delivery."""
        if self._letters and self._letters[0][0] <= now_ns:
            _, _, kind, fields = heapq.heappop(self._letters)
            return kind, fields
        self._memory.regs[L.NEXT_DELIVERY] = self._letters[0][0] if self._letters else L.NEVER
        return None

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        letters = [[at, number, kind, list(fields)] for at, number, kind, fields in sorted(self._letters)]
        return {"letters": letters, "posted": self._posted}

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned."""
        self._letters = [(at, number, kind, tuple(fields)) for at, number, kind, fields in state["letters"]]
        self._posted = state["posted"]
