"""One side of a comparison: a record's decisions, orders, fills and gaps within a stretch of market time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from ..model.artifact import Manifest
from ..model.errors import InputError, Where
from ..model.journal_lines import lines
from ..store.manifest import read_manifest
from ..store.record import open_record
from .spans import Span

Event = Mapping[str, Any]
ZERO = Decimal(0)
_CONFIGURED = ("bot", "exchange", "risk")


@dataclass(frozen=True)
class Order:
    """An order as it was sent, and what became of it."""

    order_id: int
    ts_ns: int
    symbol: str
    side: str
    price: Decimal | None
    qty: Decimal
    fills: list[Event] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def filled(self) -> Decimal:
        """Return how much was filled."""
        return sum((Decimal(fill["qty"]) for fill in self.fills), ZERO)


@dataclass(frozen=True)
class Side:
    """What a record did between two moments."""

    path: Path
    manifest: Manifest
    span: Span
    decisions: tuple[Event, ...]
    orders: tuple[Order, ...]
    fills: tuple[Event, ...]
    gaps: tuple[Span, ...]
    funding: Decimal
    instruments: Mapping[str, Mapping[str, Any]]

    @property
    def marks(self) -> dict[str, Decimal]:
        """Return the last mid of each symbol that was seen."""
        return {d["symbol"]: Decimal(d["mid"]) for d in self.decisions if d["mid"] is not None}

    def in_gap(self, ts_ns: int, slack_ns: int) -> bool:
        """Return whether the market could not be seen then, or a moment before."""
        return any(start - slack_ns <= ts_ns <= end + slack_ns for start, end in self.gaps)


def span_of(path: Path) -> Span:
    """Return the market time of a record, by its journal."""
    moments = [int(e["ts_ns"]) for e in lines(open_record(path).journal) if e["kind"] == "decision"]
    if not moments:
        raise InputError("there are no decisions in it", where=Where(str(path)), fix="name a record of a run")
    return moments[0], moments[-1] + 1


def side_of(path: Path, span: Span) -> Side:
    """Return what a record did within a span."""
    record = open_record(path)
    kinds: dict[str, list[Event]] = {name: [] for name in ("decision", "order", "fill", "gap", "funding")}
    instruments: dict[str, Mapping[str, Any]] = {}
    for event in lines(record.journal):
        if event["kind"] == "run_started":
            instruments = {one["symbol"]: one for one in event["instruments"]}
        elif event["kind"] in kinds and span[0] <= event["ts_ns"] < span[1]:
            kinds[event["kind"]].append(event)
    return Side(
        path=path,
        manifest=read_manifest(record.manifest),
        span=span,
        decisions=tuple(kinds["decision"]),
        orders=tuple(_orders(kinds["order"], kinds["fill"])),
        fills=tuple(kinds["fill"]),
        gaps=tuple((int(gap["from_ns"]), int(gap["to_ns"])) for gap in kinds["gap"]),
        funding=sum((Decimal(event["amount"]) for event in kinds["funding"]), ZERO),
        instruments=instruments,
    )


def _orders(events: Iterable[Event], fills: Iterable[Event]) -> Iterable[Order]:
    orders: dict[int, Order] = {}
    for event in events:
        if event["event"] == "submitted":
            price = None if event["price"] is None else Decimal(event["price"])
            head = (event["order_id"], int(event["ts_ns"]), event["symbol"], event["side"])
            orders[event["order_id"]] = Order(*head, price, Decimal(event["qty"]))
        elif event["order_id"] in orders and event["reason"]:
            orders[event["order_id"]].reasons.append(str(event["reason"]))
    for fill in fills:
        if fill["order_id"] in orders:
            orders[fill["order_id"]].fills.append(fill)
    return orders.values()


def worth(fill: Event, marks: Mapping[str, Decimal], instruments: Mapping[str, Mapping[str, Any]]) -> Decimal:
    """Return what a fill is worth at a mark, before its fee, in the settlement currency."""
    mark = marks.get(fill["symbol"])
    if mark is None or not mark:
        return ZERO
    instrument = instruments.get(fill["symbol"], {})
    size = Decimal(str(instrument.get("contract_size", 1)))
    price, qty = Decimal(fill["price"]), Decimal(fill["qty"])
    sign = 1 if fill["side"] == "buy" else -1
    if instrument.get("contract") == "inverse":
        return sign * qty * size * (1 / price - 1 / mark)
    return sign * qty * size * (mark - price)


def fee_of(fill: Event) -> Decimal:
    """Return the fee of a fill in the settlement currency: paid is negative."""
    return Decimal(fill["fee_settle"])


def config_differences(one: Manifest, other: Manifest) -> list[str]:
    """Return the settings of bot, exchange and risk that differ, by their paths."""
    found: list[str] = []
    for section in _CONFIGURED:
        found += _differ(section, one.config.get(section), other.config.get(section))
    return found


def _differ(path: str, one: Any, other: Any) -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        keys: Sequence[str] = sorted({*one, *other})
        return [found for key in keys for found in _differ(f"{path}.{key}", one.get(key), other.get(key))]
    return [] if one == other else [path]
