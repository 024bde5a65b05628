"""
Edge collapse: the bot still trades, but no longer earns.

Each fill is judged by the mid a little later: with s = +1 for a buy, price p and mid m, its edge is
s * (m(t + h) - p) * q plus its fees, over p * q in basis points (the realised spread net of fees).
The window's edge is notional-weighted over the fills of the last `window_s`. Below `min_bps`, with
at least `min_fills` judged fills, trading freezes; it goes on after `cooldown_s`, and only when what
is left in the window is above `resume_bps` or too little to say.

A mid that is missing, or comes long after its time (a gap, a fill told late), judges nothing: it is
not a mid of zero. A fee that the venue has not told, or not in a currency that we can value, counts
at our own rates: a fee that is not known is not nothing.
"""

from collections import deque
from typing import Any

from ..fills import Fill
from .rule import NS_PER_S, Hold, Rule

LATE_NS = 60 * NS_PER_S
"""A mid that is later than its time by more than this judges nothing."""


class EdgeCollapse(Rule):
    """Hold trading while the edge of the newest fills is gone."""

    name = "min_edge_bps"
    limits_of = (
        "edge.min_bps", "edge.resume_bps", "edge.window_s",
        "edge.min_fills", "edge.horizon_ms", "edge.cooldown_s",
    )  # fmt: skip
    does = "hold"
    ends = "after `cooldown_s`, once the window's edge is at `resume_bps` or too few fills are left to say"
    watches = True

    def load(self) -> bool:
        """Take the settings; there are no fills yet."""
        edge = self.settings.edge
        self.limit, self.resume, self.min_fills = edge.min_bps, edge.resume_bps, edge.min_fills
        self.window_ns = round(edge.window_s * NS_PER_S)
        self.horizon_ns = round(edge.horizon_ms * 1e6)
        self.cooldown_ns = round(edge.cooldown_s * NS_PER_S)
        self.waiting: deque[list[Any]] = deque()
        self.judged: deque[tuple[int, float, float]] = deque()
        self.gain = self.notional = 0.0
        self.since_ns: int | None = None
        self.reason = ""
        return self.limit is not None

    def filled(self, fill: Fill, now_ns: int) -> None:
        """Let a fill wait for its later mid."""
        at, ticks2 = fill.instrument, 2 * fill.px
        factor = self.situation.rough_factors[at] * fill.qty
        worth = factor / ticks2 if self.situation.inverse[at] else factor * ticks2
        # A venue's clock may run ahead of ours; it must not make the others wait.
        ts_ns = min(fill.ts_ns, now_ns)
        self.waiting.append([ts_ns, at, fill.side, fill.px, worth, self._fee(fill)])

    def _fee(self, fill: Fill) -> float:
        if fill.fee is not None and fill.fee.settled is not None:
            return float(fill.fee.settled)
        ledger = self.situation.ledgers[fill.instrument]
        notional = abs(ledger.value(fill.px, fill.qty))
        own = ledger.fee(notional, fill.px, maker=bool(fill.maker)).settled
        assert own is not None, "our own rates are always valued"
        return float(own)

    def after(self, now_ns: int) -> Hold | None:
        """Judge the fills whose time has come, let old ones go, and decide."""
        waiting = self.waiting
        while waiting and now_ns - waiting[0][0] >= self.horizon_ns:
            fill = waiting.popleft()
            if now_ns - fill[0] <= self.horizon_ns + LATE_NS:
                self._judge(*fill)
        judged = self.judged
        while judged and now_ns - judged[0][0] > self.window_ns:
            _, gain, notional = judged.popleft()
            self.gain -= gain
            self.notional -= notional
        if not judged:
            # Floats that should have come to nothing are brought to nothing.
            self.gain = self.notional = 0.0
        return self._decide(now_ns)

    def _judge(self, ts_ns: int, instrument: int, side: int, px: int, worth: float, fee: float) -> None:
        touch = self.situation.view.book(instrument)
        if touch is None or worth == 0:
            return
        later = (touch.bid + touch.ask) / 2
        # Inverse contracts are worth size over price: the same move, over the later price.
        over = later if self.situation.ledgers[instrument].inverse else px
        gain = (later - px) / over * worth * (1 if side == 0 else -1) + fee
        self.judged.append((ts_ns, gain, worth))
        self.gain += gain
        self.notional += worth

    def edge_bps(self) -> float | None:
        """Return the window's edge, None when there are too few judged fills to say."""
        if len(self.judged) < self.min_fills or self.notional <= 0:
            return None
        return self.gain / self.notional * 1e4

    def _decide(self, now_ns: int) -> Hold | None:
        edge, limit = self.edge_bps(), self.limit
        assert limit is not None, "an inactive rule is not asked"
        if self.since_ns is None:
            if edge is None or edge >= limit:
                return None
            self.since_ns = now_ns
            self.reason = f"edge {edge:.2f} bps over {len(self.judged)} fills is below {limit:g} bps"
        elif now_ns - self.since_ns >= self.cooldown_ns and (edge is None or edge >= self.resume):
            self.since_ns = None
            return None
        return Hold("frozen", self.reason)

    def state(self) -> Any:
        """Return the window."""
        return {
            "waiting": [list(each) for each in self.waiting],
            "judged": [list(each) for each in self.judged],
            "gain": self.gain,
            "notional": self.notional,
            "since_ns": self.since_ns,
            "reason": self.reason,
        }

    def restore(self, state: Any) -> None:
        """Take it over."""
        self.waiting = deque(list(each) for each in state["waiting"])
        self.judged = deque((ts_ns, gain, notional) for ts_ns, gain, notional in state["judged"])
        self.gain, self.notional = state["gain"], state["notional"]
        self.since_ns, self.reason = state["since_ns"], state["reason"]


RULE = EdgeCollapse
