"""
Delivery: what has travelled back from the exchange reaches the core, and then the bot.

The core takes note first, so that the bot, when it is called, sees its orders and position as they
are after the message.
"""

from collections.abc import Callable

from .bot.strategy import OwnFill, Strategy
from .desk import Desk
from .execution.blotter import DONE
from .execution.fills import BOOKED, Fill
from .execution.order import Order
from .execution.states import FILLED
from .mailbox import Mailbox
from .scribe import Scribe

RECORDS = {
    "accepted": "accept",
    "rejected": "reject",
    "canceled": "cancel",
    "cancel_rejected": "cancel_rejected",
    "amend_rejected": "replace_rejected",
    "expired": "expire",
}

Ask = Callable[..., None]


class Delivery:
    """Opens the letters of a mailbox; `ask_bot(callback, *args)` calls the bot."""

    def __init__(self, mailbox: Mailbox, desk: Desk, scribe: Scribe, bot: Strategy, ask_bot: Ask) -> None:
        self.mailbox, self.desk, self.scribe, self.bot, self.ask_bot = mailbox, desk, scribe, bot, ask_bot

    def open_all(self) -> None:
        """Hand over everything that has arrived by now."""
        now_ns = self.desk.now_ns
        letter = self.mailbox.arrived(now_ns)
        while letter is not None:
            kind, fields = letter
            if kind == "fill":
                self._fill(fields)
            elif kind == "answer":
                self._answer(*fields)
            else:
                self._unknown(*fields)
            letter = self.mailbox.arrived(now_ns)

    def _fill(self, fields: tuple[int, ...]) -> None:
        order_id, instrument, side, px, qty, maker, ts_ns, fill_id = fields
        desk, core = self.desk, self.desk.core
        ledger = core.blotter.account.ledgers[instrument]
        fee = ledger.fee(abs(ledger.value(px, qty)), px, maker=bool(maker))
        # Numbers as text of one length: fills of one moment sort as they happened.
        fill = Fill(order_id, instrument, side, px, qty, f"{fill_id:09d}", ts_ns, bool(maker), fee)
        order = desk.orders.get(order_id)
        if core.filled(fill) is not BOOKED:
            return
        desk.positions[instrument] += qty if side == 0 else -qty
        if order is not None:
            self.scribe.order(desk.now_ns, order, "filled" if order.state == FILLED else "partially_filled")
        told = OwnFill(order_id, instrument, side, px, qty, bool(maker), ts_ns)
        self.ask_bot(self.bot.on_fill, desk, told)

    def _answer(self, order_id: int, event: str, reason: str | None, px: int, qty: int) -> None:
        core = self.desk.core
        order = self.desk.orders.get(order_id)
        if event == "amended":
            done = core.record("replaced", order_id, px, qty, core.now_ns)
        else:
            done = core.record(RECORDS[event], order_id)
        if order is not None and done is DONE:
            self.ask_bot(self.bot.on_order, self.desk, order, event, reason)

    def _unknown(self, order_id: int) -> None:
        order: Order | None = self.desk.orders.get(order_id)
        if order is None or order.status != "pending_new":
            return
        self.desk.core.record("timeout", order_id)
        self.scribe.order(self.desk.now_ns, order, "unknown", "timeout")
        self.ask_bot(self.bot.on_order, self.desk, order, "unknown", "timeout")
