"""
The risk monitor: asks every rule before an order leaves, and holds trading when one says so.

Holds have owners (a rule, a soak's guard, the kill switch, an operator), and the strictest holds:
`reduce_only` lets through what reduces a position, `frozen` only what reduces it at once and cannot
rest. A hold may be on one instrument alone (a partial freeze). An order that can only reduce a
position passes every rule, and every hold in the way that the hold allows: a limit must never trap
a position.
"""

import difflib
from collections.abc import Callable
from typing import Any, Final

from ....model.errors import UsageError, Where
from ....model.risk import RiskSettings
from ..fills import Fill
from ..order import Order
from . import RULES
from .edge_collapse import EdgeCollapse
from .rule import Block, Hold, Level, Rule, Situation

IMMEDIATE: Final = frozenset({"ioc", "fok"})
ALL: Final = -1
_RANK: Final = {"reduce_only": 1, "frozen": 2}

Told = Callable[[str, dict[str, Any]], object]


class RiskMonitor:
    """
    The rules of one run. `tell(kind, fields)` takes the beginnings and ends of holds.

    `on_hold(instrument)` is called when a hold begins, so that what rests can be withdrawn.
    """

    def __init__(
        self, settings: RiskSettings, situation: Situation, tell: Told, *, on_hold: Callable[[int], object]
    ) -> None:
        _must_know(settings, situation)
        self.settings, self.situation, self._tell, self._on_hold = settings, situation, tell, on_hold
        self.rules: list[Rule] = [rule(settings, situation) for _, rule in RULES]
        self.holds: dict[tuple[str, int], Hold] = {}
        self.blocks = 0
        self.tightened = False
        self._sort_out()

    def _sort_out(self) -> None:
        active = [rule for rule in self.rules if rule.active]
        self._gates = [rule.before for rule in active if type(rule).before is not Rule.before]
        self._wants_market = any(rule.wants_market for rule in active)
        self._listeners = [rule.sent for rule in active if type(rule).sent is not Rule.sent]
        self._fill_listeners = [rule.filled for rule in active if type(rule).filled is not Rule.filled]
        self._watchers = [rule for rule in active if rule.watches]

    @property
    def limits_orders(self) -> bool:
        """Tell whether an order can be blocked at all now."""
        return bool(self.holds or self._gates)

    @property
    def limits(self) -> tuple[str, ...]:
        """Return the rules whose limits somebody has set; the edge rule is on by itself."""
        return tuple(rule.name for rule in self.rules if rule.active and rule.name != EdgeCollapse.name)

    # -- before and after an order ----------------------------------------------------------------

    def check(self, order: Order, now_ns: int) -> Block | None:
        """Return why an order, or an amendment as the order that would result, must not leave."""
        if self.holds:
            block = self._held(order)
            if block is not None:
                self.blocks += 1
                return block
        if self._wants_market:
            self.situation.show(order)
        for gate in self._gates:
            block = gate(order, now_ns)
            if block is not None:
                # Asked last, because nearly every order passes every rule.
                if self.reduces(order):
                    return None
                self.blocks += 1
                return block
        return None

    def reduces(self, order: Order) -> bool:
        """Tell whether an order can only bring its position nearer to zero, whatever else works."""
        position = self.situation.ledgers[order.instrument].lots
        if position == 0 or (position > 0) == (order.side == 0):
            return False
        working = self.situation.blotter.working[order.instrument][order.side]
        return order.qty + working <= abs(position)

    def sent(self, order: Order, now_ns: int) -> None:
        """Tell the rules that an order or an amendment has left: it counts at once."""
        for listener in self._listeners:
            listener(order, now_ns)

    def filled(self, fill: Fill, now_ns: int) -> None:
        """Tell the rules of a booked fill."""
        for listener in self._fill_listeners:
            listener(fill, now_ns)

    def look(self, now_ns: int) -> None:
        """Let the rules that watch look at how things stand, and begin or end their holds."""
        for rule in self._watchers:
            wanted = rule.after(now_ns)
            held = self.holds.get((rule.name, ALL))
            if wanted is None and held is not None:
                self.lift(rule.name)
            elif wanted is not None and held is None:
                self.hold(rule.name, wanted.level, wanted.reason)

    # -- holds ------------------------------------------------------------------------------------

    def level(self, instrument: int = ALL) -> str:
        """Return `normal`, `reduce_only` or `frozen`: the strictest hold on an instrument, or on all."""
        if not self.holds:
            return "normal"
        levels = [hold.level for (_, scope), hold in self.holds.items() if scope in {ALL, instrument}]
        return max(levels, key=_RANK.__getitem__, default="normal")

    def hold(self, owner: str, level: Level, reason: str, *, instrument: int = ALL) -> None:
        """Hold trading for an owner; its earlier hold of the same scope is replaced."""
        key = (owner, instrument)
        held = self.holds.get(key)
        if held is not None and held.level == level:
            return
        self.holds[key] = Hold(level, reason)
        self._tell("freeze", self._fields(key, level, reason))
        self._on_hold(instrument)

    def lift(self, owner: str, reason: str | None = None, *, instrument: int = ALL) -> None:
        """End an owner's hold, if there is one."""
        held = self.holds.pop((owner, instrument), None)
        if held is not None:
            self._tell("unfreeze", self._fields((owner, instrument), held.level, reason or held.reason))

    def release(self, owner: str) -> None:
        """Let a person end what a rule would hold for ever (drawdown, repeats)."""
        for rule in self.rules:
            if rule.name == owner:
                rule.release()
        self.lift(owner, "released by a person")

    def _fields(self, key: tuple[str, int], level: str, reason: str) -> dict[str, Any]:
        owner, instrument = key
        scope = "all" if instrument == ALL else self.situation.instruments[instrument].symbol
        return {
            "scope": scope,
            "level": "full" if level == "frozen" else "partial",
            "guard": owner,
            "reason": reason,
        }

    def _held(self, order: Order) -> Block | None:
        level = self.level(order.instrument)
        if level == "normal":
            return None
        passes = self.reduces(order) and (
            level == "reduce_only" or order.kind == "market" or order.tif in IMMEDIATE
        )
        if passes:
            return None
        working = self.situation.blotter.working[order.instrument][order.side]
        return Block(level, abs(self.situation.ledgers[order.instrument].lots), order.qty + working)

    # -- limits -----------------------------------------------------------------------------------

    def tighten(self, changes: dict[str, Any]) -> None:
        """
        Change limits while trading: tighter only, judged by the value that results.

        A wider limit, a ceiling or an unknown name is a UsageError and changes nothing.
        """
        settings = self.settings.tightened(changes)
        _must_know(settings, self.situation)
        self._take(settings)
        self.tightened = True

    def _take(self, settings: RiskSettings) -> None:
        """Let the rules take other limits, and keep what they know."""
        kept = {rule.name: rule.state() for rule in self.rules if rule.active}
        self.settings = settings
        self.rules = [rule(settings, self.situation) for _, rule in RULES]
        for rule in self.rules:
            if rule.active and kept.get(rule.name) is not None:
                rule.restore(kept[rule.name])
        self._sort_out()

    # -- saving -----------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """Return everything as JSON-able values."""
        return {
            "rules": {rule.name: state for rule in self.rules if (state := rule.state()) is not None},
            "holds": [[owner, scope, hold.level, hold.reason] for (owner, scope), hold in self.holds.items()],
            "blocks": self.blocks,
            "last_mids2": self.situation.last_mids2,
            "tightened": self.settings.model_dump(mode="json") if self.tightened else None,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a state that `state` returned; what was tightened at run time stays tight."""
        if state["tightened"] is not None:
            self._take(self.settings.tightest(RiskSettings.model_validate(state["tightened"])))
            self.tightened = True
        for rule in self.rules:
            if rule.name in state["rules"]:
                rule.restore(state["rules"][rule.name])
        self.holds = {(owner, scope): Hold(level, reason) for owner, scope, level, reason in state["holds"]}
        self.blocks = state["blocks"]
        self.situation.last_mids2[:] = state["last_mids2"]


def _must_know(settings: RiskSettings, situation: Situation) -> None:
    """Refuse limits of an instrument that is not traded: a misspelt symbol would have no limits at all."""
    known = [instrument.symbol for instrument in situation.instruments]
    for symbol in settings.symbols:
        if symbol not in known:
            near = difflib.get_close_matches(symbol, known, n=1)
            fix = f"did you mean {near[0]!r}?" if near else f"traded are {', '.join(known)}"
            where = Where(field=f"risk.symbols.{symbol}")
            raise UsageError("limits of an instrument that this run does not trade", where=where, fix=fix)
