"""
A ledger of its own: average cost (harmonic for inverse contracts), as a venue keeps it.

It shares no formula with the decomposition, so the two can only agree by both being right.
"""

from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from typing import Any

Event = dict[str, Any]
SECOND = 1_000_000_000
HORIZONS = ("0.1", "1", "5", "15", "60", "300")
ZERO = Decimal(0)


@dataclass
class Ledger:
    """One symbol's position, realised result and events."""

    symbol: str
    inverse: bool
    size: Decimal = Decimal(1)
    base_fees: bool = False
    qty: Decimal = ZERO
    cost: Decimal = ZERO  # linear: sum q p; inverse: sum q / p; of the open position, signed
    realized: Decimal = ZERO
    fees: Decimal = ZERO
    funding: Decimal = ZERO
    turnover: Decimal = ZERO
    fills: int = 0
    events: list[Event] = field(default_factory=list)

    @property
    def currency(self) -> str:
        """Settlement currency."""
        return "BTC" if self.inverse else "USDT"

    def instrument(self) -> Event:
        """The instrument as the journal states it."""
        return {
            "symbol": self.symbol, "venue": "test", "base": "BTC", "quote": "USDT",
            "contract": "inverse" if self.inverse else "spot" if self.base_fees else "linear",
            "contract_size": str(self.size),
        }  # fmt: skip

    def worth(self, price: Decimal, qty: Decimal) -> Decimal:
        """What that many are worth in settlement money."""
        return qty * self.size / price if self.inverse else qty * self.size * price

    def fill(self, ts_ns: int, signed: Decimal, price: Decimal, facts: Event) -> None:
        """Trade, and journal the fill and its mark-outs."""
        self.fills += 1
        notional = self.worth(price, abs(signed))
        fee = Decimal(facts["fee_rate"]) * notional
        self._move(signed, price)
        self.turnover += notional
        fee_units = fee
        if self.base_fees:
            fee_units = Decimal(facts["fee_rate"]) * abs(signed)
            fee = fee_units * self.size * price
            self.cost += fee_units * price
            self.qty += fee_units
        self.fees += fee
        self.events.append({
            "ts_ns": ts_ns, "kind": "fill", "fill_id": self.fills * 10 + self.inverse, "order_id": self.fills,
            "symbol": self.symbol, "side": "buy" if signed > 0 else "sell", "price": str(price),
            "qty": str(abs(signed)), "notional": str(notional), "liquidity": facts["liquidity"],
            "fee": str(fee_units), "fee_currency": "BTC" if self.base_fees else self.currency,
            "fee_settle": str(fee), "cause": "trade_through", "mid": facts["mid"],
            "decision_mid": facts["mid"], "order_age_ms": 1.0, "position": str(self.qty), "iteration": 0,
        })  # fmt: skip
        if facts["matured"]:
            mids = dict.fromkeys(HORIZONS, facts["later"])
            self.events.append(
                {"ts_ns": ts_ns, "kind": "markout", "fill_id": self.fills * 10 + self.inverse, "mids": mids}
            )

    def _move(self, signed: Decimal, price: Decimal) -> None:
        """Average cost: adding re-averages, reducing realises, crossing zero does both."""
        unit = 1 / price if self.inverse else price
        if self.qty * signed >= 0:
            self.qty, self.cost = self.qty + signed, self.cost + signed * unit
            return
        closed = min(abs(signed), abs(self.qty)) * (1 if self.qty > 0 else -1)
        average = self.cost / self.qty
        gained = closed * (average - unit) if self.inverse else closed * (unit - average)
        self.realized += gained * self.size
        self.qty, self.cost = self.qty - closed, self.cost - closed * average
        rest = signed + closed
        if rest:
            self.qty, self.cost = rest, rest * unit

    def pay(self, ts_ns: int, rate: Decimal, mark: Decimal) -> None:
        """Settle funding on the position: longs pay when the rate is positive."""
        amount = -self.worth(mark, self.qty) * rate
        self.funding += amount
        self.events.append({
            "ts_ns": ts_ns, "kind": "funding", "symbol": self.symbol, "rate": str(rate), "mark": str(mark),
            "position": str(self.qty), "amount": str(amount), "currency": self.currency,
        })  # fmt: skip

    def book(self, ts_ns: int, mark: Decimal, index: int) -> None:
        """Journal the position at an iteration's end."""
        held = self.cost * self.size - self.worth(mark, self.qty)
        unrealized = held if self.inverse else -held
        money = {
            "realized": self.realized, "unrealized": unrealized, "fees": self.fees, "funding": self.funding,
            "turnover": self.turnover, "qty": self.qty, "mark": mark,
            "equity": 1000 + self.realized + unrealized + self.fees + self.funding,
        }  # fmt: skip
        self.events.append({
            "ts_ns": ts_ns, "kind": "position", "symbol": self.symbol, "mark_stale": False, "final": False,
            "currency": self.currency, "iteration": index,
            **{key: str(value) for key, value in money.items()},
        })  # fmt: skip


def started(*ledgers: Ledger) -> Event:
    """The journal's first event."""
    return {
        "ts_ns": 0, "kind": "run_started", "run_id": "R", "mode": "soak", "seed": 1, "start_ns": 0,
        "planned_iterations": 1, "window_ns": SECOND, "profile": "test",
        "instruments": [ledger.instrument() for ledger in ledgers],
        "provenance": {"kind": "recorded", "recorded_ratio": 1.0},
    }  # fmt: skip


def iteration(index: int, from_ns: int, until_ns: int, phase: str = "steady") -> Event:
    """The end of an iteration."""
    return {
        "ts_ns": until_ns, "kind": "iteration", "index": index, "phase": phase, "from_ns": from_ns,
        "until_ns": until_ns, "covered_ns": until_ns - from_ns, "fills": 0, "decisions": 0, "events": 0,
        "freeze": "none",
    }  # fmt: skip


def precise() -> Any:
    """Forty digits, as the engine keeps its books."""
    return localcontext(Context(prec=40))
