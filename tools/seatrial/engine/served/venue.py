"""
The venue: market, matching, orders and account at one moment of market time.

It is driven from outside (`run_to`), knows nothing of connections or clocks, and tells every fact
to the record with the scribe that every other mode uses; what clients hear is made of those facts.
"""

import heapq
from collections.abc import Callable, Mapping
from typing import Any

from ...model.errors import BugError
from ...model.instrument import Instrument
from ...model.profile import Profile
from ...model.tape import KIND_MASK, TRADE, Tape, tape_of
from ..exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from ..exchange.book import mid2
from ..exchange.memory import NS_PER_MS, Memory
from ..grid import money
from ..scribe import Scribe
from .account import Account, spot_ledgers
from .interface import Counts, Heard, Listener, Ticket
from .orders import Execution, Order, Orders, Telling
from .outcomes import Outcomes
from .player import Player, Source
from .shown import Shown
from .symbols import Symbols

SAMPLE_NS_MAX = 10_000 * NS_PER_MS
OPENING_NS = 60_000 * NS_PER_MS
ALL_BOOKS_NS = 2_000 * NS_PER_MS
OPENING_STEP_NS = 100 * NS_PER_MS


class Venue:
    """The simulated exchange of one account; implements what a run mode asks of a session."""

    def __init__(
        self,
        profile: Profile,
        instruments: tuple[Instrument, ...],
        emit: Callable[[int, str, dict[str, Any]], object],
        *,
        seed: int,
        fast: bool | None = None,
    ) -> None:
        self.profile, self.instruments, self._emit_on = profile, instruments, emit
        # Margin and request limits are the account's and the door's here, not the kernel's.
        settings = profile.exchange.model_copy(update={"rate_limit_per_s": 0})
        stale_ns = round(profile.market.stale_ms * NS_PER_MS)
        self.memory = Memory(instruments, settings, stale_ns=stale_ns, seed=seed, fast=fast)
        self.symbols = Symbols(instruments)
        self.scribe = Scribe(instruments, profile.exchange, self.emit)
        spot_ledgers(self.symbols, self.scribe.ledgers, settings.fees, settings.balance)
        self.orders = Orders()
        self.account = Account(self.symbols, self.scribe.ledgers, settings, self.known_mid2)
        self.telling = Telling(self.symbols.names, self.scribe.grids, self.account.units)
        self.shown = Shown(self.symbols, self.memory, self.scribe.grids)
        self.listener = Listener()
        self.outcomes = Outcomes(self)
        self.now_ns = self.rows = self.decisions = self.actions = 0
        self.told: dict[str, Any] = {}
        self._letters: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._posted = 0
        self._sample_ns = max(NS_PER_MS, min(SAMPLE_NS_MAX, round(profile.soak.window_s * 1e9 / 120)))
        self._sampled_ns = 0
        self._player: Player | None = None
        self._tape, self._at = tape_of([]), 0
        self._columns: tuple[Any, ...] = ()
        self._blank: Any = None

    # -- the run ------------------------------------------------------------------------------------

    def play(self, source: Source) -> None:
        """Take a feed; its rows are played as time goes on."""
        self._player = Player(source)

    def start(self, now_ns: int, params: Mapping[str, Any] | None = None) -> None:
        """Begin, and run on until there are books: all for a moment, any for a minute."""
        self.now_ns = self._sampled_ns = now_ns
        self.account.open(now_ns)
        while self.now_ns < now_ns + OPENING_NS:
            self.run_to(self.now_ns + OPENING_STEP_NS)
            found = [self.touch(at) is not None for at in range(len(self.instruments))]
            if all(found) or (any(found) and self.now_ns >= now_ns + ALL_BOOKS_NS):
                return

    def run_to(self, until_ns: int) -> None:
        """Play the market, and serve what is under way, up to (not including) `until_ns`."""
        while self.now_ns < until_ns:
            sample_at = self._sampled_ns + self._sample_ns
            self._run(min(until_ns, max(sample_at, self.now_ns + 1)))
            if self.now_ns >= sample_at:
                self._decided()

    def _run(self, until_ns: int) -> None:
        while True:
            if self._at >= len(self._tape) and not self._next_tape(until_ns):
                if self.memory.regs is not None:
                    self._drain_to(until_ns)
                self.now_ns = until_ns
                return
            self.memory.regs[L.UNTIL] = until_ns
            self._advance(self._columns, len(self._tape))
            if self.memory.regs[L.NOW] >= until_ns:
                self.now_ns = until_ns
                return

    def _next_tape(self, until_ns: int) -> bool:
        if self._player is None:
            return False
        tape = self._player.next(until_ns)
        if tape is None:
            return False
        self.rows += len(self._tape)
        self._tape, self._at = tape, 0
        self.memory.place(tape, self.now_ns)
        self._columns = self.memory.columns(tape)
        regs = self.memory.regs
        if self._blank is None:
            self._blank = (self.memory.array[: L.EVENT_WIDTH] * 0).data
        regs[L.ROW_BASE] = self.rows
        for at in range(len(self.instruments)):
            # Margin is the account's business here: what the kernel knows of money never binds.
            regs[self.memory.at(at) + L.I_EQUITY] = 2**61 // regs[L.LEVERAGE_MILLI] * 1_000
        return True

    def _drain_to(self, until_ns: int) -> None:
        """Let time run on without rows: what is under way still arrives."""
        regs = self.memory.regs
        regs[L.DRAIN], regs[L.UNTIL] = 1, until_ns
        self.rows += len(self._tape)
        self._tape, self._at = tape_of([]), 0
        self._columns = self.memory.columns(self._tape)
        self._advance(self._columns, 0)
        self.memory.regs[L.DRAIN] = 0

    def _advance(self, columns: tuple[Any, ...], end: int) -> None:
        while True:
            was = self._at
            self._at = self.memory.advance(columns, was, end)
            regs = self.memory.regs
            if self._at > was:
                self._saw(self._tape, was, self._at)
            if regs[L.N_EVENTS]:
                self.outcomes.take()
            reason = regs[L.REASON]
            if reason == L.END:
                return
            if reason == L.RECENTRE:
                self.memory.recentre(regs[L.LAST_INSTRUMENT])
            elif reason == L.DELIVERY:
                self._deliver(regs[L.NOW])

    def _saw(self, tape: Tape, start: int, end: int) -> None:
        """Note the trades among the rows that were played."""
        import numpy as np

        code = tape.code[start:end]
        for row in np.flatnonzero((code & KIND_MASK) == TRADE).tolist():
            at = start + row
            self.shown.traded(
                int(code[row]), int(tape.ts[at]), int(tape.px[at]), int(tape.qty[at]), self.rows + at
            )

    # -- requests -----------------------------------------------------------------------------------

    def submit(self, ticket: Ticket, heard: Heard) -> Order | None:
        """Send an order; None when the exchange holds too many. `heard` is called once."""
        regs = self._ready()
        flags = L.REDUCE_ONLY if ticket.reduce_only else 0
        kind = L.MARKET if ticket.market else L.LIMIT
        order_id = self.memory.submit(
            ticket.instrument, ticket.side, ticket.px, ticket.qty, ticket.tif, kind, flags, 0
        )
        if order_id < 0:
            return None
        slot = regs[L.LAST_SLOT]
        order = Order(
            order_id=order_id,
            link_id=ticket.link_id,
            instrument=ticket.instrument,
            slot=slot,
            side=ticket.side,
            px=ticket.px,
            qty=ticket.qty,
            leaves=ticket.qty,
            tif=ticket.tif,
            market=ticket.market,
            reduce_only=ticket.reduce_only,
            created_ns=self.now_ns,
            updated_ns=self.now_ns,
            last_price=self.shown.last_price(ticket.instrument),
        )
        self.orders.add(order)
        self.outcomes.awaited[L.NEW, order_id] = heard, order
        self._note(L.SUBMITTED, order)
        self._go()
        return order

    def cancel(self, order: Order, heard: Heard, *, cause: str = "CancelByUser") -> bool:
        """Ask for a cancel; False when too much is under way."""
        order.doomed_by = cause
        return self._ask(L.CANCEL, order, (0, 0), heard)

    def amend(self, order: Order, px: int, qty: int, heard: Heard) -> bool:
        """Ask for another price and total quantity; False when too much is under way."""
        return self._ask(L.AMEND, order, (px, qty), heard)

    def _ask(self, kind: int, order: Order, wanted: tuple[int, int], heard: Heard) -> bool:
        regs = self._ready()
        sent = self.memory.request(kind, order.instrument, order.slot, order.order_id, *wanted, 0)
        if sent < 0:
            return False
        asked = L.CANCEL_ASKED if kind == L.CANCEL else L.AMEND_ASKED
        e = self._note(asked, order)
        if kind == L.AMEND:
            regs[e + L.E_PX], regs[e + L.E_QTY_ORDER] = wanted
        self.outcomes.awaited[kind, order.order_id] = heard, order
        self._go()
        return True

    def _note(self, kind: int, order: Order) -> int:
        """
        Put what the client asked for into the outbox, as the kernel's own `event` would.

        That one clears and copies cell by cell for the compiler's sake, which costs an interpreter more
        than the whole order; these are the cells that the scribe reads of a request.
        """
        regs = self.memory.regs
        e = L.AT_EVENTS + regs[L.N_EVENTS] * L.EVENT_WIDTH
        regs[e : e + L.EVENT_WIDTH] = self._blank
        regs[L.N_EVENTS] += 1
        regs[e + L.E_TS], regs[e + L.E_KIND] = self.now_ns, kind
        regs[e + L.E_INSTRUMENT], regs[e + L.E_SLOT] = order.instrument, order.slot
        regs[e + L.E_ORDER_ID], regs[e + L.E_SIDE] = order.order_id, order.side
        regs[e + L.E_PX], regs[e + L.E_QTY_ORDER] = order.px, order.qty
        regs[e + L.E_LEAVES], regs[e + L.E_TIF] = order.leaves, order.tif
        regs[e + L.E_TYPE] = L.MARKET if order.market else L.LIMIT
        regs[e + L.E_FLAGS] = L.REDUCE_ONLY if order.reduce_only else 0
        regs[e + L.E_INTENDED] = regs[L.INTENDED]
        return int(e)

    def _ready(self) -> Any:
        regs = self.memory.regs
        if regs is None:
            raise BugError("an order came in before the market was open")
        if regs[L.N_EVENTS] >= L.MAX_EVENTS - L.EVENT_ROOM:
            self.outcomes.take()
        regs[L.NOW] = regs[L.INTENDED] = self.now_ns
        self.actions += 1
        return regs

    def _go(self) -> None:
        """Serve at once what takes no time on its way."""
        self.run_to(self.now_ns + 1)

    # -- events of the exchange -----------------------------------------------------------------------

    def emit(self, ts_ns: int, kind: str, fields: dict[str, Any]) -> None:
        """Tell the record a fact, with the client's own order id where there is one."""
        if kind == "order":
            order = self.orders.numbered(fields["order_id"])
            if order is not None and order.link_id:
                fields["client_id"] = order.link_id
        elif kind in {"fill", "funding"}:
            self.told = fields
        self._emit_on(ts_ns, kind, fields)

    def fee_rate(self, *, maker: bool) -> str:
        """Return a fee rate as the venue tells it: a share of the value, negative for a rebate."""
        fees = self.profile.exchange.fees
        return money((fees.maker_bps if maker else fees.taker_bps) / 10_000)

    # -- news on its way ----------------------------------------------------------------------------

    def post(self, at_ns: int, call: Callable[..., None], *args: Any) -> None:
        """Call something when market time has come to `at_ns`."""
        self._posted += 1
        heapq.heappush(self._letters, (at_ns, self._posted, call, args))
        regs = self.memory.regs
        regs[L.NEXT_DELIVERY] = min(regs[L.NEXT_DELIVERY], at_ns)

    def _deliver(self, now_ns: int) -> None:
        letters, regs = self._letters, self.memory.regs
        regs[L.NEXT_DELIVERY] = L.NEVER
        self.now_ns = max(self.now_ns, now_ns)
        while letters and letters[0][0] <= now_ns:
            _, _, call, args = heapq.heappop(letters)
            call(*args)
        if letters:
            regs[L.NEXT_DELIVERY] = min(regs[L.NEXT_DELIVERY], letters[0][0])

    def tell_order(self, order: Order) -> None:
        """Let the client know of an order."""
        self.listener.order_changed(order)

    def tell_execution(self, execution: Execution) -> None:
        """Let the client know of a fill."""
        self.listener.executed(execution)

    def tell_wallet(self, coins: tuple[str, ...], instrument: int) -> None:
        """Let the client know of its wallets and position."""
        self.listener.wallet_changed(coins, instrument)

    @property
    def next_due_ns(self) -> int:
        """Return when the next request arrives or the next news is delivered."""
        regs = self.memory.regs
        return L.NEVER if regs is None else min(int(regs[L.NEXT_DUE]), int(regs[L.NEXT_DELIVERY]))

    # -- how the market stands ------------------------------------------------------------------------

    def touch(self, instrument: int) -> tuple[int, int] | None:
        """Return best bid and ask in ticks, None when the book is not whole."""
        regs = self.memory.regs
        if regs is None:
            return None
        o = self.memory.at(instrument)
        bid, ask = regs[o + L.I_BID], regs[o + L.I_ASK]
        return (bid, ask) if bid > 0 and ask > 0 else None

    def mid2(self, instrument: int) -> int:
        """Return the doubled mid in ticks, 0 when it is missing or stale."""
        regs = self.memory.regs
        return 0 if regs is None else mid2(regs, self.memory.at(instrument), self.now_ns)

    def known_mid2(self, instrument: int) -> int:
        """Return the doubled mid, or the last one that was known."""
        twice = self.mid2(instrument)
        if twice:
            self.scribe.last_mids[instrument] = twice
        return twice or self.scribe.last_mids[instrument]

    # -- telling the record -----------------------------------------------------------------------------

    @property
    def counts(self) -> Counts:
        """Return how much has happened so far."""
        return Counts(self.decisions, self.scribe.orders, self.scribe.fills, self.rows + self._at)

    def _decided(self) -> None:
        """Tell what the client's orders look like beside the market, as a sample."""
        self._sampled_ns, actions, self.actions = self.now_ns, self.actions, 0
        for index, instrument in enumerate(self.instruments):
            grid, twice, touch = self.scribe.grids[index], self.mid2(index), self.touch(index)
            self.known_mid2(index)
            own = [
                order for order in self.orders.open.values() if order.instrument == index and not order.market
            ]
            bids = [order.px for order in own if order.side == 0]
            asks = [order.px for order in own if order.side == 1]
            self.decisions += 1
            fields = {
                "symbol": instrument.symbol,
                "bid": grid.price(touch[0]) if touch else None,
                "ask": grid.price(touch[1]) if touch else None,
                "mid": grid.mid(twice),
                "quote_bid": grid.price(max(bids)) if bids else None,
                "quote_ask": grid.price(min(asks)) if asks else None,
                "position": grid.qty(self.scribe.ledgers[index].lots),
                "equity": self.scribe.equity(index, twice),
                "actions": actions,
                "reason": None,
            }
            self.emit(self.now_ns, "decision", fields)

    def mark(self, iteration: int, now_ns: int, *, final: bool = False) -> None:
        """Tell position and money of every instrument at the end of an iteration."""
        self.run_to(now_ns)
        for instrument in range(len(self.instruments)):
            self.known_mid2(instrument)
            self.scribe.position(now_ns, instrument, self.mid2(instrument), final=final)
        self.scribe.iteration = iteration + 1

    def finish(self, now_ns: int) -> None:
        """End the run: mark-outs that never came, gaps that are open, final positions."""
        self.run_to(now_ns)
        if self.memory.regs is not None:
            for instrument, fill_id, mids in self.memory.waiting_marks():
                self.scribe.marked_out(now_ns, instrument, fill_id, mids)
        for instrument in range(len(self.instruments)):
            self.scribe.gap(now_ns, instrument, opens=False)
        self.scribe.iteration -= 1
        for instrument in range(len(self.instruments)):
            self.scribe.position(now_ns, instrument, self.mid2(instrument), final=True)
