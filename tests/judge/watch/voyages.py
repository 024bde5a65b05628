"""
Soaks with a planted fault, written as a journal: five symbols, 72 hours, and the hour at which it began.

Healthy values scatter from iteration to iteration as a real soak's do, with some dependence, so that a
detector has something to be wrong about. The books close.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from seatrial.judge.history import History
from seatrial.judge.stats.draws import Draws
from seatrial.judge.tables import HORIZONS

Event = dict[str, Any]
SYMBOLS = ("AAA", "BBB", "CCC", "DDD", "EEE")
HOUR_NS, START_NS = 3_600 * 10**9, 1_700_006_400 * 10**9
MID = Decimal(100)


@dataclass(frozen=True)
class Fault:
    """What goes wrong from an hour on; every default is nothing."""

    hour: int = 60
    edge_bps: float = 0.0
    drift_bps: float = 0.0
    adverse_bps: float = 0.0
    symbol: str | None = None
    symbol_bps: float = 0.0
    latency_ms: float = 0.0
    fills_ratio: float = 1.0
    fee_bps: float = 0.0

    def since(self, hour: int) -> bool:
        """Whether it has begun."""
        return hour >= self.hour


# What is planted -> the cause and the action that must be named.
FAULTS = {
    "edge collapse at hour 60 of 72": (Fault(edge_bps=3.0), "fills capture less spread", "review_quotes"),
    "slow drift": (Fault(hour=99, drift_bps=2.5), "fills capture less spread", "review_quotes"),
    "one bad symbol of five": (Fault(symbol="CCC", symbol_bps=5.0), "CCC went bad", "pause_symbol:CCC"),
    "latency step": (Fault(latency_ms=60.0), "answers to orders come later", "check_venue_link"),
    "fill drought": (Fault(fills_ratio=0.34), "fills dried up", "check_quoting"),
    "fee change": (Fault(fee_bps=1.0), "fees changed", "check_fee_tier"),
    "adverse flow": (Fault(adverse_bps=2.0), "the market moves against the fills", "widen_quotes"),
}


def soak(seed: int, fault: Fault | None = None, *, hours: int = 72, fills: int = 6) -> History:
    """The history of such a soak."""
    return History.of(events(seed, fault or Fault(hour=hours), hours=hours, fills=fills))


def events(seed: int, fault: Fault, *, hours: int, fills: int) -> Iterator[Event]:
    """The journal of such a soak."""
    yield _event(
        START_NS,
        "run_started",
        run_id="VOYAGE",
        mode="soak",
        seed=seed,
        start_ns=START_NS,
        planned_iterations=hours,
        window_ns=HOUR_NS,
        profile="voyage",
        instruments=[
            {"symbol": name, "venue": "test", "contract": "linear", "base": name, "quote": "USDT"}
            for name in SYMBOLS
        ],
        provenance={"kind": "recorded", "recorded_ratio": 1.0},
    )
    yield _event(START_NS, "config", sha256="", values={})
    yield from _Soak(seed, fault, hours, fills).iterations()
    end = START_NS + hours * HOUR_NS
    yield _event(end, "run_finished", reason="plan", iterations=hours, covered_ns=hours * HOUR_NS)


class _Soak:
    """The run as it is written: each symbol's ledger, and the hour's weather."""

    def __init__(self, seed: int, fault: Fault, hours: int, fills: int) -> None:
        self.fault, self.hours, self.fills = fault, hours, fills
        draws = Draws(seed)
        self.weather = draws.autoregressive(hours, 0.4)
        self.noise = draws.normal(hours * len(SYMBOLS) * fills).tolist()
        self.count = 0
        self.cash = dict.fromkeys(SYMBOLS, Decimal(0))
        self.fees = dict.fromkeys(SYMBOLS, Decimal(0))
        self.turnover = dict.fromkeys(SYMBOLS, Decimal(0))

    def iterations(self) -> Iterator[Event]:
        """Each hour."""
        for hour in range(self.hours):
            start = START_NS + hour * HOUR_NS
            for name in SYMBOLS:
                for at in range(self._fills(hour)):
                    yield from self._fill(start + (at + 1) * HOUR_NS // (self.fills + 2), hour, name)
                yield self._position(start + HOUR_NS, hour, name)
            words = {"index": hour, "phase": "steady", "freeze": "none"}
            span = {"from_ns": start, "until_ns": start + HOUR_NS, "covered_ns": HOUR_NS}
            yield _event(start + HOUR_NS, "iteration", **span, **words)

    def _fills(self, hour: int) -> int:
        share = self.fault.fills_ratio if self.fault.since(hour) else 1.0
        return round(self.fills * share)

    def _edge_bps(self, hour: int, name: str) -> float:
        fault = self.fault
        edge = 4.0 + 0.4 * float(self.weather[hour]) - fault.drift_bps * hour / self.hours
        if fault.since(hour):
            edge -= fault.edge_bps + (fault.symbol_bps if name == fault.symbol else 0.0)
        return edge

    def _fill(self, ts_ns: int, hour: int, name: str) -> Iterator[Event]:
        fault, self.count = self.fault, self.count + 1
        late = fault.since(hour)
        noise = self.noise[(self.count - 1) % len(self.noise)]
        side = 1 if self.count % 2 else -1
        price = MID * (1 - side * _bps(self._edge_bps(hour, name) + noise))
        later = MID * (1 - side * _bps(1.0 + (fault.adverse_bps if late else 0.0)))
        qty = Decimal(1)
        fee = -price * qty * _bps(0.5 + (fault.fee_bps if late else 0.0))
        # What was traded is taken over at the mark, so positions stay flat and the books close.
        self.cash[name] += side * qty * (MID - price)
        self.fees[name] += fee
        self.turnover[name] += price * qty
        yield from self._order(ts_ns, name, 20.0 + 2 * noise + (fault.latency_ms if late else 0.0))
        yield _event(
            ts_ns,
            "fill",
            fill_id=self.count,
            order_id=self.count,
            symbol=name,
            side="buy" if side > 0 else "sell",
            price=str(price),
            qty=str(qty),
            notional=str(price * qty),
            liquidity="maker",
            fee=str(fee),
            fee_currency="USDT",
            fee_settle=str(fee),
            cause="trade_through",
            mid=str(MID),
            decision_mid=str(MID),
            order_age_ms=500.0,
            position="0",
            iteration=hour,
            leaves="0",
        )
        yield _event(ts_ns, "markout", fill_id=self.count, mids=dict.fromkeys(HORIZONS, str(later)))

    def _order(self, ts_ns: int, name: str, latency_ms: float) -> Iterator[Event]:
        common = {"order_id": self.count, "symbol": name, "intended_ns": ts_ns}
        acked = ts_ns + int(max(1.0, latency_ms) * 1e6)
        yield _event(ts_ns, "order", event="submitted", ack_ns=None, **common)
        yield _event(ts_ns, "order", event="accepted", ack_ns=acked, **common)

    def _position(self, ts_ns: int, hour: int, name: str) -> Event:
        money = {
            "realized": self.cash[name],
            "unrealized": Decimal(0),
            "fees": self.fees[name],
            "funding": Decimal(0),
            "equity": 20_000 + self.cash[name] + self.fees[name],
            "turnover": self.turnover[name],
            "qty": Decimal(0),
            "mark": MID,
        }
        said = {key: str(value) for key, value in money.items()}
        final = hour == self.hours - 1
        return _event(
            ts_ns,
            "position",
            symbol=name,
            currency="USDT",
            iteration=hour,
            mark_stale=False,
            final=final,
            **said,
        )


def _event(ts_ns: int, kind: str, **words: Any) -> Event:
    return {"ts_ns": ts_ns, "kind": kind, **words}


def _bps(value: float) -> Decimal:
    return Decimal(repr(round(value, 6))) / 10_000
