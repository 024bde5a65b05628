"""
A trial run: a small seeded run written as journal events, whose KPIs have the values asked for.

It goes through the same reader and the same measures as a real run. Its books close: every fill
moves a ledger, and the ledger is journalled as the engine does.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..history import History
from ..tables import HORIZONS
from ..trend.resources import MARGINS

Event = dict[str, Any]
SYMBOL, OPENING, MID = "TRIAL", Decimal(100_000), Decimal(100)
START_NS = 1_700_000_000 * 10**9
_SPACING_NS = 10 * 10**9
_SAMPLE_H = 6
_MOST = 5_000
_EXTREME = 0.9
_HALF = Decimal("0.1")


@dataclass(frozen=True)
class Plan:
    """What a trial run shall look like; every default is healthy."""

    iterations: int = 12
    steady_last: int = 8
    fills_per_iteration: float = 20.0
    samples: int = 40
    seed: int = 7
    fills_per_h: float | None = None
    edge_bps: float = 5.0
    adverse_bps: float = 0.0
    swing_bps: float = 0.0
    fee_bps: float = 0.0
    funding_bps: float = 0.0
    slippage_bps: float = 0.0
    lost_ratio: float = 0.0
    maker_ratio: float = 1.0
    risk_ratio: float = 0.0
    latency_ms: float = 10.0
    age_ms: float = 1_000.0
    filled_ratio: float = 0.5
    replaces_per_min: float = 1.0
    drawdown_ratio: float = 0.0
    covered_ratio: float = 1.0
    up_ratio: float = 1.0
    quoting_ratio: float = 1.0
    residual_ratio: float = 0.0
    recorded_ratio: float = 1.0
    rss_growth_ratio: float = 0.0
    rss_span: float = 12.0
    leak_ratio: float = 0.0

    @property
    def spacing_ns(self) -> int:
        """Return the time between two fills."""
        return int(3600e9 / self.fills_per_h) if self.fills_per_h else _SPACING_NS

    @property
    def fills(self) -> float:
        """Return the fills of an iteration, thinned when few orders shall fill."""
        share = self.filled_ratio
        return self.fills_per_iteration * (share / (1 - share) if share < 0.5 else 1.0)

    @property
    def cancels(self) -> int:
        """Return how many orders of an iteration end by cancellation."""
        share = max(self.filled_ratio, 0.5)
        return round(self.fills_per_iteration * (1 - share) / share)

    @property
    def window_ns(self) -> int:
        """Return the length of an iteration; an empty one still lasts."""
        return max(1, int(self.fills_per_iteration)) * self.spacing_ns


def trial(plan: Plan) -> History:
    """Return the history of a trial run."""
    history = History.of(events(plan))
    history.resources = resources(plan)
    return history


def events(plan: Plan) -> Iterator[Event]:
    """Yield the journal of a trial run."""
    yield from _Trial(plan).events()


def resources(plan: Plan) -> list[Event]:
    """
    Return the resource samples of a trial run, hours apart.

    Each resource grows by `leak_ratio` times what it may grow in a day.
    """
    rows: list[Event] = []
    for index in range(plan.iterations):
        days = index * _SAMPLE_H / 24
        grown = {name: plan.leak_ratio * margin.least * days for name, margin in MARGINS.items()}
        hours_s = _SAMPLE_H * 3600 * index
        rows.append(
            {
                "iteration": index,
                "ts_ns": START_NS + int(hours_s * 1e9),
                "rss_bytes": _resident(plan, index) + grown["rss"],
                "pss_bytes": 5e7 + grown["pss"],
                # The use of a core rises in a line, so the time spent rises in a curve.
                "cpu_s": hours_s * (0.2 + grown["cpu"] / 2),
                "fds": 20 + grown["fds"],
                "threads": 5 + grown["threads"],
                "children": 2 + grown["children"],
            }
        )
    return rows


class _Trial:
    """The run as it is written: the counters of its ledger."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.count = 0
        self.cash = self.fees = self.funding = self.turnover = self.qty = Decimal(0)
        self.bits = plan.seed

    def events(self) -> Iterator[Event]:
        """Yield the events of the journal."""
        plan = self.plan
        yield _event(START_NS, "run_started", **_started(plan))
        yield _event(START_NS, "config", sha256="", values={"soak": {"steady_last": plan.steady_last}})
        for index in range(plan.iterations):
            yield from self._iteration(index)
        end = START_NS + plan.iterations * plan.window_ns
        yield _event(end, "run_finished", reason="plan", iterations=plan.iterations, covered_ns=0)

    def _iteration(self, index: int) -> Iterator[Event]:
        plan, start = self.plan, START_NS + index * self.plan.window_ns
        until = start + plan.window_ns
        before = self.turnover
        if plan.up_ratio < 1:
            halt = start + int(plan.window_ns * plan.up_ratio)
            yield _event(halt, "freeze", scope="all", level="full", guard="trial", reason="asked for")
        yield from self._samples(start)
        for at in range(_share(index + 1, plan.fills) - _share(index, plan.fills)):
            yield from self._fill(start + at * plan.spacing_ns, index)
        yield from self._requests(start)
        if plan.funding_bps and self.turnover > before:
            amount = (self.turnover - before) * _bps(plan.funding_bps)
            self.funding += amount
            yield _event(
                until, "funding", symbol=SYMBOL, rate="0", mark=str(MID), position="0", amount=str(amount)
            )
        yield self._position(until, index)
        if plan.up_ratio < 1:
            yield _event(until, "unfreeze", scope="all", level="full", guard="trial", reason="asked for")
        covered = int(plan.window_ns * plan.covered_ratio)
        words = {"index": index, "phase": "steady" if index else "warmup", "freeze": "none"}
        yield _event(until, "iteration", from_ns=start, until_ns=until, covered_ns=covered, **words)

    def _samples(self, start: int) -> Iterator[Event]:
        """Yield the decisions: quoting for the first part, and one dip of the equity."""
        plan = self.plan
        for at in range(plan.samples):
            quoted = (at + 0.5) / plan.samples < plan.quoting_ratio
            mid = MID + Decimal(at % 5 - 2) / 100  # a price that never moves is not plausible
            equity = OPENING * (1 - Decimal(repr(plan.drawdown_ratio)) if at == plan.samples - 1 else 1)
            yield _event(
                start + plan.window_ns * at // plan.samples,
                "decision",
                symbol=SYMBOL,
                bid=str(mid - _HALF),
                ask=str(mid + _HALF),
                mid=str(mid),
                quote_bid=str(mid - _HALF) if quoted else None,
                quote_ask=str(mid + _HALF) if quoted else None,
                position=str(self.qty),
                equity=str(equity),
                actions=2,
            )

    def _fill(self, ts_ns: int, index: int) -> Iterator[Event]:
        """Yield one order that fills: buys and sells take turns."""
        plan, self.count = self.plan, self.count + 1
        side = 1 if self.count % 2 else -1
        mid = MID if side > 0 else MID * (1 + _bps(2 * plan.swing_bps) + _bps(plan.adverse_bps))
        later = MID * (1 + _bps(plan.adverse_bps)) if side > 0 else mid * (1 - _bps(plan.adverse_bps))
        price = mid / (1 + side * _bps(plan.edge_bps))
        qty = Decimal(1 + self._jitter()) / 10
        fee = price * qty * _bps(plan.fee_bps)
        lost = _turn(self.count, plan.lost_ratio)
        self.qty += side * qty
        self.cash -= side * qty * price
        self.fees += fee
        self.turnover += price * qty
        yield from self._order(ts_ns, self.count, "filled")
        yield _event(
            ts_ns,
            "fill",
            fill_id=self.count,
            order_id=self.count,
            symbol=SYMBOL,
            side="buy" if side > 0 else "sell",
            price=str(price),
            qty=str(qty),
            notional=str(price * qty),
            liquidity="maker" if _turn(self.count, plan.maker_ratio) else "taker",
            fee=str(fee),
            fee_currency="USDT",
            fee_settle=str(fee),
            cause="trade_through",
            mid=None if lost else str(mid),
            decision_mid=str(price * (1 + side * _bps(plan.slippage_bps))),
            order_age_ms=plan.age_ms,
            position=str(self.qty),
            iteration=index,
        )
        mids = dict.fromkeys(HORIZONS, None if lost else str(later))
        yield _event(ts_ns, "markout", fill_id=self.count, mids=mids)

    def _order(self, ts_ns: int, order_id: int, ending: str) -> Iterator[Event]:
        plan = self.plan
        accepted = ts_ns - int(plan.age_ms * 1e6)
        intended = accepted - int(plan.latency_ms * 1e6)
        common = {"order_id": order_id, "symbol": SYMBOL, "intended_ns": intended}
        if plan.risk_ratio < 1:
            yield _event(intended, "order", event="submitted", ack_ns=None, **common)
        for _ in range(_blocked(order_id, plan.risk_ratio)):
            yield _event(
                intended, "risk_block", symbol=SYMBOL, rule="trial", limit="0", value="1", side="buy"
            )
        yield _event(accepted, "order", event="accepted", ack_ns=accepted, **common)
        yield _event(ts_ns, "order", event=ending, ack_ns=None, **common)

    def _requests(self, start: int) -> Iterator[Event]:
        plan, until = self.plan, start + self.plan.window_ns
        for _ in range(plan.cancels):
            self.count += 2  # an even step, so that buys and sells keep taking turns
            yield from self._order(until, self.count, "canceled")
        wanted = min(_MOST, round(plan.replaces_per_min * plan.window_ns / 60e9))
        for _ in range(wanted):
            words = {"order_id": 0, "symbol": SYMBOL, "intended_ns": until, "ack_ns": None}
            yield _event(until, "order", event="cancel_requested", **words)

    def _position(self, ts_ns: int, index: int) -> Event:
        worth = self.cash + self.qty * MID
        wrong = self.turnover * Decimal(repr(self.plan.residual_ratio))
        money = {
            "realized": worth + wrong,
            "unrealized": Decimal(0),
            "fees": self.fees,
            "funding": self.funding,
            "equity": OPENING + worth + wrong + self.fees + self.funding,
            "turnover": self.turnover,
            "qty": self.qty,
            "mark": MID,
        }
        words = {"symbol": SYMBOL, "currency": "USDT", "iteration": index, "mark_stale": False}
        last = index == self.plan.iterations - 1
        return _event(
            ts_ns, "position", final=last, **words, **{name: str(value) for name, value in money.items()}
        )

    def _jitter(self) -> int:
        """Return a whole number of 0 to 9, from the seed (Lehmer's generator)."""
        self.bits = (self.bits * 48_271 + 11) % 2_147_483_647
        return self.bits % 10


def _event(ts_ns: int, kind: str, **words: Any) -> Event:
    return {"ts_ns": ts_ns, "kind": kind, **words}


def _started(plan: Plan) -> Event:
    instrument = {"symbol": SYMBOL, "venue": "trial", "contract": "linear", "base": "T", "quote": "USDT"}
    return {
        "mode": "trial",
        "seed": plan.seed,
        "start_ns": START_NS,
        "planned_iterations": plan.iterations,
        "window_ns": plan.window_ns,
        "profile": "trial",
        "instruments": [instrument],
        "provenance": {"kind": "recorded", "recorded_ratio": plan.recorded_ratio},
    }


def _bps(value: float) -> Decimal:
    """Return basis points as a share, held within what a price can bear."""
    return Decimal(repr(max(-_EXTREME, min(_EXTREME, value / 1e4))))


def _share(count: int, each: float) -> int:
    return int(count * each + 1e-9)


def _turn(count: int, share: float) -> bool:
    """Whether it is this one's turn, when a share of them shall be chosen evenly."""
    return _share(count, share) > _share(count - 1, share)


def _blocked(count: int, share: float) -> int:
    each = share / (1 - share) if share < 1 else 1.0
    return min(_MOST, _share(count, each) - _share(count - 1, each))


def _resident(plan: Plan, index: int) -> float:
    """Return resident bytes: a straight line through the size that counts as warm in the window."""
    warm = plan.iterations - plan.rss_span * 2 / 3
    return 1e8 * max(0.01, 1 + plan.rss_growth_ratio * (index - warm) / max(1.0, plan.rss_span - 1))
