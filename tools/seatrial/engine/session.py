"""
A session: one bot against one simulated exchange, fed tape by tape.

Every fact goes to `emit` in the order of market time. The session knows nothing of iterations'
judgement, of files or of the wall clock; its whole state can be saved between two tapes and
restored, after which it goes on to the same bytes.
"""

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass
from typing import Any, Literal

from ..model.errors import SeatrialError, UsageError, Where
from ..model.instrument import Instrument
from ..model.profile import Profile
from ..model.tape import INSTRUMENT_SHIFT, SIDE_BIT, Tape, tape_of
from .bot.arguments import check_arguments
from .bot.blame import blame
from .bot.loading import load_bot
from .bot.strategy import Strategy, Trade
from .delivery import Delivery
from .desk import SIDES, Desk
from .exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .exchange.faults import Faults
from .exchange.memory import NS_PER_MS, Memory
from .execution.blotter import Blotter
from .execution.core import Execution
from .execution.order import Order
from .grid import said
from .mailbox import Mailbox
from .scribe import Scribe
from .sim_gateway import UNANSWERED, SimGateway
from .sim_view import SimView
from .tally import Tally

SAMPLE_NS_MAX = 10_000 * NS_PER_MS
Mode = Literal["normal", "reduce_only", "frozen"]


@dataclass(frozen=True)
class Counts:
    """How much has happened so far."""

    decisions: int
    orders: int
    fills: int
    events: int


class Session:
    """
    One bot against one simulated exchange.

    `emit(ts_ns, kind, fields)` takes the journal events (None: nothing is told, only counted);
    `fast` chooses the compiled kernel (None: if it is there). Errors of the bot are `OutsideError`.
    """

    def __init__(
        self,
        profile: Profile,
        instruments: tuple[Instrument, ...],
        emit: Callable[[int, str, dict[str, Any]], object] | None,
        *,
        seed: int,
        fast: bool | None = None,
        bot: Strategy | None = None,
    ) -> None:
        self.profile, self.instruments, self.emit = profile, instruments, emit or _tell_nobody
        stale_ns = round(profile.market.stale_ms * NS_PER_MS)
        self.memory = Memory(instruments, profile.exchange, stale_ns=stale_ns, seed=seed, fast=fast)
        self.faults = Faults(profile.exchange.faults, seed)
        self.scribe = (Scribe if emit else Tally)(instruments, profile.exchange, self.emit)
        self.gateway, self.view = SimGateway(self.memory, self.faults), SimView(self.memory, self.faults)
        self.core = self._core()
        self.desk = Desk(instruments, self.view, self.core)
        self.bot = bot or load_bot(profile.bot.entry, dict(profile.bot.params))
        check_arguments(type(self.bot), profile.soak.warmup_params, section="soak.warmup_params")
        self.rows = self.decisions = self.sampled_ns = 0
        # The account is charged when the exchange charges; there is no message that could be late.
        self.scribe.on_funding = lambda at, amount: self.core.record("funding", 0, at, str(amount))
        self.mailbox = Mailbox(self.memory)
        self.delivery = Delivery(self.mailbox, self.desk, self.scribe, self.bot, self._ask_bot)
        self._guard: str | None = None
        if self.bot.kernel:
            _refuse_limits(self.core.monitor.limits)
            self.memory.drive_with(self.bot.kernel)
        self._timer_ns = round(profile.bot.timer_ms * NS_PER_MS)
        self._sample_ns = max(NS_PER_MS, min(SAMPLE_NS_MAX, round(profile.soak.window_s * 1e9 / 120)))
        self._last_trade: Trade | None = None

    def _core(self) -> Execution:
        settings = self.profile.exchange
        opening = {instrument.settle: settings.balance for instrument in self.instruments}
        # The simulated exchange never reuses or repeats a trade id.
        blotter = Blotter(self.instruments, fees=settings.fees, opening=opening, trusting=True)
        return Execution(blotter, self.gateway, self.view, self.profile.risk, self._record)

    # -- the run --------------------------------------------------------------------------------

    def _now(self, now_ns: int) -> None:
        """Let everybody know what time it is."""
        self.view.now_ns = self.gateway.now_ns = self.core.now_ns = now_ns

    def start(self, now_ns: int, params: Mapping[str, Any] | None = None) -> None:
        """Begin at a moment of market time, with the bot's warm-up arguments if there are any."""
        self._now(now_ns)
        if params:
            self.set_params(params)
        self.faults.start(now_ns)
        self._ask_bot(self.bot.on_start, self.desk)

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Give the bot new arguments in mid-run."""
        check_arguments(type(self.bot), params)
        try:
            self.bot.set_params(dict(params))
        except (AttributeError, TypeError, ValueError) as error:
            raise UsageError(
                f"the bot does not take the argument {error}", where=Where(field="bot.params")
            ) from error

    def advance(self, tape: Tape, until_ns: int) -> None:
        """Play the rows of a tape (all before `until_ns`), waking the bot when it is concerned."""
        self.memory.place(tape, self.desk.now_ns)
        self._wire()
        regs = self.memory.regs
        regs[L.UNTIL] = until_ns
        columns, end, at = self.memory.columns(tape), len(tape), 0
        regs[L.ROW_BASE] = self.rows
        while True:
            at = self.memory.advance(columns, at, end)
            regs = self.memory.regs
            if regs[L.N_EVENTS]:
                self._drain()
            reason = regs[L.REASON]
            if reason == L.END:
                break
            self._react(reason, at, tape)
        self.rows += end
        self._now(max(self.desk.now_ns, regs[L.NOW]))

    def mark(self, iteration: int, now_ns: int, *, final: bool = False) -> None:
        """Let time run on to `now_ns`, then tell position and money of every instrument."""
        if self.memory.regs is not None:
            self._run_on(now_ns)
        self._now(now_ns)
        for instrument in range(len(self.instruments)):
            self.scribe.position(now_ns, instrument, self._mid2(instrument), final=final)
        self.scribe.iteration = iteration + 1

    def _run_on(self, now_ns: int) -> None:
        self.memory.regs[L.DRAIN] = 1
        self.advance(tape_of([]), now_ns)
        self.memory.regs[L.DRAIN] = 0

    def set_mode(self, mode: Mode, reason: str, guard: str) -> None:
        """Freeze (no orders), allow only what reduces risk, or lift both; live orders are cancelled."""
        if self._guard is not None and mode == "normal":
            self.core.lift(self._guard, reason)
            self._guard = None
        elif mode != "normal":
            if self._guard not in {None, guard}:
                self.core.lift(str(self._guard), reason)
            self._guard = guard
            self.core.hold(guard, mode, reason)

    def finish(self, now_ns: int) -> None:
        """End the run: the bot's last word, cancels, mark-outs that never came, final positions."""
        if self.memory.regs is not None:
            self._run_on(now_ns)
        self._now(now_ns)
        self._ask_bot(self.bot.on_stop, self.desk)
        self.desk.cancel_all()
        if self.memory.regs is not None:
            for instrument, fill_id, mids in self.memory.waiting_marks():
                self.scribe.marked_out(now_ns, instrument, fill_id, mids)
        for instrument in range(len(self.instruments)):
            self.scribe.gap(now_ns, instrument, opens=False)
        self.scribe.iteration -= 1
        for instrument in range(len(self.instruments)):
            self.scribe.position(now_ns, instrument, self._mid2(instrument), final=True)
        self.scribe.tell_wallets(now_ns)

    @property
    def counts(self) -> Counts:
        """Return how much has happened so far."""
        return Counts(self.decisions, self.scribe.orders, self.scribe.fills, self.rows)

    # -- waking the bot -------------------------------------------------------------------------

    def _wire(self) -> None:
        """Ask the kernel for the wake-ups that this bot wants."""
        regs = self.memory.regs
        if regs[L.TIMER_NS]:
            return
        regs[L.TIMER_NS] = self._timer_ns
        regs[L.NEXT_TIMER] = self.desk.now_ns + self._timer_ns
        regs[L.SAMPLE_NS] = self._sample_ns
        regs[L.NEXT_SAMPLE] = L.NEVER if isinstance(self.scribe, Tally) else 0
        for cell, value in enumerate(self.bot.cells(self.desk)):
            regs[L.AT_USER + cell] = value
        regs[L.QUIET_TIMER] = int(self.bot.quiet_timer)
        regs[L.WAKE_TOUCH] = int(type(self.bot).on_book is not Strategy.on_book)
        regs[L.WAKE_TRADE] = int(type(self.bot).on_trade is not Strategy.on_trade)

    def _react(self, reason: int, at: int, tape: Tape) -> None:
        regs, desk = self.memory.regs, self.desk
        if reason == L.OUTBOX_FULL:
            return
        if reason == L.RECENTRE:
            self.memory.recentre(regs[L.LAST_INSTRUMENT])
            return
        self._now(regs[L.NOW])
        desk.intended_ns, desk.actions, desk.reason = regs[L.INTENDED], 0, None
        if self.faults.windows:
            self._begin_faults()
        self._wake(reason, at, tape)
        self.core.look(desk.now_ns)
        if desk.actions or desk.now_ns - self.sampled_ns >= self._sample_ns:
            self._decided()

    def _wake(self, reason: int, at: int, tape: Tape) -> None:
        if reason == L.DELIVERY:
            self.delivery.open_all()
        elif reason == L.SAMPLED:
            self._look_into_kernel()
        elif reason == L.TIMER:
            self._ask_bot(self.bot.on_timer, self.desk)
        elif reason == L.TOUCH:
            self._ask_bot(self.bot.on_book, self.desk, self.memory.regs[L.LAST_INSTRUMENT])
        else:
            self._show_trade(tape, at - 1)

    def _ask_bot(self, callback: Callable[..., object], *args: object) -> None:
        try:
            callback(*args)
        except SeatrialError:
            raise
        except (Exception, SystemExit) as error:
            raise blame(error, f"the bot's {getattr(callback, '__name__', 'callback')}") from error

    def _show_trade(self, tape: Tape, row: int) -> None:
        code = int(tape.code[row])
        trade = Trade(
            code >> INSTRUMENT_SHIFT,
            int(bool(code & SIDE_BIT)),
            int(tape.px[row]),
            int(tape.qty[row]),
            int(tape.ts[row]),
        )
        held, self._last_trade = self._last_trade, None
        if self.faults.windows and self.faults.holds("out_of_order", self.desk.now_ns) and held is None:
            self._last_trade = trade
            return
        shown = [trade] if held is None else [trade, held]
        if self.faults.windows and self.faults.holds("duplicate", self.desk.now_ns):
            shown.append(trade)
        for each in shown:
            self._ask_bot(self.bot.on_trade, self.desk, each)

    def _begin_faults(self) -> None:
        now = self.desk.now_ns
        for name in self.faults.begun(now):
            until = self.faults.windows[name].until_ns
            symbol = self.instruments[0].symbol
            self.emit(now, "fault", {"fault": name, "symbol": symbol, "detail": {"until_ns": until}})
            if name == "disconnect":
                self.memory.regs[L.HOLD_UNTIL] = until

    # -- answers and fills ------------------------------------------------------------------------

    def _drain(self) -> None:
        """Tell every event of the outbox, and post what is to reach the bot."""
        regs, scribe = self.memory.regs, self.scribe
        events = range(L.AT_EVENTS, L.AT_EVENTS + regs[L.N_EVENTS] * L.EVENT_WIDTH, L.EVENT_WIDTH)
        if isinstance(scribe, Tally):
            scribe.count(self.memory.array[events.start + L.E_KIND : events.stop : L.EVENT_WIDTH])
            events = events[: 0 if self.bot.kernel else None]
        for e in events:
            scribe.tell(regs, e)
            if not self.bot.kernel:
                self.mailbox.post_event(e)
        regs[L.N_EVENTS] = 0

    def _look_into_kernel(self) -> None:
        """Show positions, orders and actions of a compiled strategy as they stand at the exchange."""
        regs, desk = self.memory.regs, self.desk
        desk.actions, regs[L.ACTIONS] = regs[L.ACTIONS], 0
        desk.positions = [regs[self.memory.at(i) + L.I_POSITION] for i in range(len(self.instruments))]
        desk.orders = {order.order_id: order for order in self.view.resting()}

    # -- telling ----------------------------------------------------------------------------------

    def _record(self, what: str, order: Order | None, **more: Any) -> None:
        now, scribe = self.desk.now_ns, self.scribe
        if order is None:
            self.emit(now, what, more)
        elif what == "risk_block":
            symbol, side = self.instruments[order.instrument].symbol, SIDES[order.side]
            limits = {name: said(more[name]) for name in ("limit", "value")}
            self.emit(now, "risk_block", {"symbol": symbol, "side": side, "rule": more["rule"], **limits})
        elif what == "submitted":
            scribe.submitted(now, order)
            self._struck(order)
        elif what != "refused":
            scribe.order(now, order, what)

    def _struck(self, order: Order) -> None:
        """Tell the fault that struck an order on its way out, if one did."""
        fault = self.gateway.struck
        if fault is None:
            return
        symbol = self.instruments[order.instrument].symbol
        detail = {"order_id": order.order_id}
        self.emit(self.desk.now_ns, "fault", {"fault": fault, "symbol": symbol, "detail": detail})
        if fault in UNANSWERED:
            self.mailbox.post_unknown(order)

    def _mid2(self, instrument: int) -> int:
        touch = self.view.true_touch(instrument)
        if touch is None:
            return 0
        self.scribe.last_mids[instrument] = touch.bid + touch.ask
        return touch.bid + touch.ask

    def _decided(self) -> None:
        """Tell what the bot saw and has standing, once per wake-up that acted or is due as a sample."""
        desk, scribe = self.desk, self.scribe
        self.sampled_ns = desk.now_ns
        if isinstance(scribe, Tally):
            self.decisions += 1
            return
        for index in range(len(self.instruments)):
            scribe.decided(desk, index, self._mid2(index))
            self.decisions += 1

    # -- saving -----------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything that `restore` needs, JSON-able; to be called between two tapes."""
        return {
            "memory": self.memory.state(),
            "faults": self.faults.state(),
            "scribe": self.scribe.state(),
            "bot": self.bot.state(),
            "view": self.view.state(),
            "core": self.core.state(),
            "desk": self.desk.state(),
            "guard": self._guard,
            "mailbox": self.mailbox.state(),
            "rows": self.rows,
            "decisions": self.decisions,
            "sampled_ns": self.sampled_ns,
            "held_trade": self._last_trade and astuple(self._last_trade),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state that `state` returned; call it instead of `start`."""
        for name in ("memory", "faults", "view", "core", "scribe", "bot", "desk", "mailbox"):
            getattr(self, name).restore(state[name])
        self._now(self.view.now_ns)
        self._guard = state["guard"]
        self.rows, self.decisions, self.sampled_ns = state["rows"], state["decisions"], state["sampled_ns"]
        self._last_trade = state["held_trade"] and Trade(*state["held_trade"])


def _refuse_limits(limits: tuple[str, ...]) -> None:
    """Refuse limits that would not hold: a compiled strategy's orders never come by the core."""
    if limits:
        raise UsageError(
            "risk limits do not reach a strategy that is compiled with the exchange",
            where=Where(field=f"risk.{limits[0]}"),
            fix="run the bot's plain form, or leave the limits out",
        )


def _tell_nobody(_ts_ns: int, _kind: str, _fields: dict[str, Any]) -> None:
    """Take a journal event and forget it."""
