"""
History: everything a judgement needs to know about a run, read once from its journal.

Facts are kept as columns, not as the journal's objects, so that the journal of a soak of days
fits in memory and one pass over it answers every question.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ..model.errors import InputError, Where
from ..model.journal_lines import lines
from .columns import NOT_MEASURED, number
from .slices import Slice, cut
from .tables import (
    CAUSE_CODE,
    EVENT_CODE,
    HORIZONS,
    Acks,
    Decisions,
    Ends,
    Fills,
    FreezeFact,
    Fundings,
    GapFact,
    IterationFact,
    Orders,
    PositionFact,
    RiskBlocks,
    RunFacts,
)

Event = Mapping[str, Any]
JOURNAL = "journal.jsonl"
RESOURCES = "resources.jsonl"
_ENDINGS = frozenset({"canceled", "expired", "filled"})
_ANSWERS = frozenset({"accepted", "rejected"})
_AMENDMENTS = frozenset({"amended", "amend_rejected"})
_REMEMBERED = 1_024
_SAMPLED = ("bid", "ask", "mid", "quote_bid", "quote_ask", "position", "equity")


class History:
    """The facts of one run; feed it the journal's events in order with `add`."""

    def __init__(self) -> None:
        self.path: Path | None = None
        self.run: RunFacts | None = None
        self.config: dict[str, Any] = {}
        self.symbols: list[str] = []
        self.instruments: dict[int, dict[str, Any]] = {}
        self.fills, self.decisions, self.orders = Fills(), Decisions(), Orders()
        self.acks, self.ends, self.funding, self.risk_blocks = Acks(), Ends(), Fundings(), RiskBlocks()
        self.positions: list[PositionFact] = []
        self.iterations: list[IterationFact] = []
        self.gaps: list[GapFact] = []
        self.freezes: list[FreezeFact] = []
        self.faults: Counter[str] = Counter()
        self.reject_reasons: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self.resources: list[dict[str, Any]] = []
        self.finished: dict[str, Any] | None = None
        self.first_ts_ns: int | None = None
        self.last_ts_ns: int | None = None
        self._codes: dict[str, int] = {}
        self._sampled = tuple((getattr(self.decisions, name).append, name) for name in _SAMPLED)
        self._maturing: dict[int, int] = {}
        self._resting: dict[int, list[int]] = {}
        self._ended: tuple[set[int], set[int]] = (set(), set())
        self._takers: dict[str, Callable[[int, Event], None]] = {
            "decision": self._decision,
            "order": self._order,
            "fill": self._fill,
            "markout": self._markout,
            "position": self._position,
            "funding": self._funding,
            "risk_block": self._risk_block,
            "gap": self._gap,
            "freeze": self._freeze,
            "unfreeze": self._freeze,
            "fault": self._fault,
            "iteration": self._iteration,
            "run_started": self._run_started,
            "config": self._config,
            "run_finished": self._run_finished,
        }

    @classmethod
    def of(cls, events: Iterable[Event]) -> "History":
        """Return the history of these events."""
        history = cls()
        for event in events:
            history.add(event)
        return history

    @classmethod
    def read(cls, record: Path) -> "History":
        """
        Return the history of a record folder, line by line.

        A torn last line is what a killed run leaves, and is ignored; anything else that cannot
        be read is an InputError naming file, line and field.
        """
        path = Path(record) / JOURNAL
        if not path.is_file():
            raise InputError(
                "there is no journal here", where=Where(str(path)), fix="give the folder of a record"
            )
        history = cls()
        history.path = path
        for count, event in enumerate(lines(path), 1):
            try:
                history.add(event)
            except (KeyError, ValueError, TypeError, InvalidOperation, OverflowError) as error:
                field = str(error.args[0]) if isinstance(error, KeyError) else None
                what = "the field is missing" if field else f"not a journal event: {error}"
                raise InputError(what, where=Where(str(path), count, field)) from error
        history.resources = (
            list(lines(path.with_name(RESOURCES))) if path.with_name(RESOURCES).is_file() else []
        )
        return history

    def add(self, event: Event) -> None:
        """Take one event of the journal; kinds that no judgement needs are only counted."""
        ts_ns, kind = event["ts_ns"], event["kind"]
        if self.first_ts_ns is None:
            self.first_ts_ns = ts_ns
        self.last_ts_ns = ts_ns
        self.kinds[kind] += 1
        take = self._takers.get(kind)
        if take is not None:
            take(ts_ns, event)

    @property
    def untold(self) -> frozenset[str]:
        """Return what this record cannot tell, where it was made from a bot's own files."""
        detail = self.run.provenance.get("detail") if self.run else None
        return frozenset(detail.get("untold", ())) if isinstance(detail, dict) else frozenset()

    def slice(self, window: str | int = "whole") -> Slice:
        """Return a part: whole, steady, last:N, or one iteration by its index."""
        return cut(self, window)

    def symbol_code(self, symbol: str) -> int:
        """Return the small number that stands for a symbol."""
        code = self._codes.get(symbol)
        if code is None:
            code = self._codes[symbol] = len(self.symbols)
            self.symbols.append(symbol)
        return code

    def lengths(self) -> dict[str, int]:
        """Return how many rows each table holds by now."""
        tables = ("fills", "decisions", "orders", "acks", "ends", "funding", "risk_blocks", "gaps", "freezes")
        return {name: len(getattr(self, name)) for name in tables}

    def _run_started(self, _ts_ns: int, event: Event) -> None:
        names = ("mode", "seed", "start_ns", "planned_iterations", "window_ns", "profile", "provenance")
        self.run = RunFacts(
            run_id=event.get("run_id", ""),
            instruments=tuple(event["instruments"]),
            **{name: event[name] for name in names},
        )
        for instrument in event["instruments"]:
            self.instruments[self.symbol_code(instrument["symbol"])] = dict(instrument)

    def _config(self, _ts_ns: int, event: Event) -> None:
        self.config = dict(event["values"])

    def _run_finished(self, ts_ns: int, event: Event) -> None:
        self.finished = {"ts_ns": ts_ns, "reason": event["reason"], "covered_ns": event.get("covered_ns")}

    def _decision(self, ts_ns: int, event: Event) -> None:
        # The most frequent event of a long run: no call per column but the one that stores it.
        self.decisions.ts.append(ts_ns)
        self.decisions.symbol.append(self.symbol_code(event["symbol"]))
        for store, name in self._sampled:
            text = event[name]
            store(NOT_MEASURED if text is None else float(text))
        self.decisions.actions.append(event["actions"])

    def _order(self, ts_ns: int, event: Event) -> None:
        name, order_id = event["event"], event["order_id"]
        symbol = self.symbol_code(event["symbol"])
        self.orders.ts.append(ts_ns)
        self.orders.symbol.append(symbol)
        self.orders.event.append(EVENT_CODE[name])
        if name in _ANSWERS:
            self._answer(ts_ns, symbol, event)
        elif name == "partially_filled" and order_id in self._resting:
            self._resting[order_id][1] = 1
        elif name in _AMENDMENTS:
            self._amendment(ts_ns, symbol, event)
        elif name in _ENDINGS:
            self._end(ts_ns, symbol, name, order_id)

    def _answer(self, ts_ns: int, symbol: int, event: Event) -> None:
        accepted, order_id = event["event"] == "accepted", event["order_id"]
        if order_id in self._resting or order_id in self._ended[0] or order_id in self._ended[1]:
            return  # the venue said it twice
        if accepted:
            self._resting[order_id] = [ts_ns, 0]
        else:
            self.reject_reasons[str(event.get("reason"))] += 1
        self._acknowledged(ts_ns, symbol, event, accepted=accepted)

    def _amendment(self, ts_ns: int, symbol: int, event: Event) -> None:
        accepted = event["event"] == "amended"
        if accepted and event["order_id"] in self._resting:
            self._resting[event["order_id"]][0] = ts_ns
        self._acknowledged(ts_ns, symbol, event, accepted=accepted)

    def _acknowledged(self, ts_ns: int, symbol: int, event: Event, *, accepted: bool) -> None:
        if event["ack_ns"] is not None:
            self.acks.ts.append(ts_ns)
            self.acks.symbol.append(symbol)
            self.acks.accepted.append(accepted)
            self.acks.latency_ms.append((event["ack_ns"] - event["intended_ns"]) / 1e6)

    def _end(self, ts_ns: int, symbol: int, name: str, order_id: int) -> None:
        life = self._resting.pop(order_id, None)
        if life is None:
            return
        # Two generations of ended orders: enough to know a late second answer, and bounded.
        if len(self._ended[0]) >= _REMEMBERED:
            self._ended = (set(), self._ended[0])
        self._ended[0].add(order_id)
        self.ends.ts.append(ts_ns)
        self.ends.symbol.append(symbol)
        self.ends.event.append(EVENT_CODE[name])
        self.ends.filled.append(1 if name == "filled" else life[1])
        self.ends.age_ms.append((ts_ns - life[0]) / 1e6)

    def _fill(self, ts_ns: int, event: Event) -> None:
        rows, symbol = self.fills, self.symbol_code(event["symbol"])
        self._maturing[event["fill_id"]] = len(rows)
        life = self._resting.get(event["order_id"])
        if life is not None:
            life[1] = 1
            if event.get("leaves") is not None and not float(event["leaves"]):
                self._end(ts_ns, symbol, "filled", event["order_id"])
        rows.ts.append(ts_ns)
        rows.fill_id.append(event["fill_id"])
        rows.order_id.append(event["order_id"])
        rows.symbol.append(symbol)
        rows.side.append({"buy": 1, "sell": -1}[event["side"]])
        # Only what a bot's own file reports may leave it open; the engine always knows.
        unsaid = event["liquidity"] is None and event["cause"] == "reported"
        rows.maker.append(0 if unsaid else {"maker": 1, "taker": 0}[event["liquidity"]])
        rows.unsaid.append(unsaid)
        rows.cause.append(CAUSE_CODE.get(event["cause"], CAUSE_CODE["other"]))
        rows.iteration.append(event["iteration"])
        rows.price.append(event["price"])
        rows.qty.append(event["qty"])
        rows.notional.append(event["notional"])
        rows.fee.append(event["fee_settle"])
        rows.base_fee.append(event["fee"] if self._fee_is_inventory(symbol, event) else None)
        rows.mid.append(event["mid"])
        rows.decision_mid.append(event["decision_mid"])
        age_ms = event["order_age_ms"]
        rows.age_ms.append(NOT_MEASURED if age_ms is None else age_ms)
        rows.position.append(number(event["position"]))
        rows.matured.append(0)
        for horizon in HORIZONS:
            rows.later[horizon].append(None)

    def _fee_is_inventory(self, symbol: int, event: Event) -> bool:
        facts = self.instruments.get(symbol, {})
        return facts.get("contract") != "inverse" and event["fee_currency"] == (facts.get("base") or None)

    def _markout(self, _ts_ns: int, event: Event) -> None:
        row = self._maturing.pop(event["fill_id"], None)
        if row is None:
            return
        self.fills.matured[row] = 1
        for horizon, mid in event["mids"].items():
            if mid is not None and horizon in self.fills.later:
                self.fills.later[horizon].put(row, mid)

    def _position(self, ts_ns: int, event: Event) -> None:
        money = ("realized", "unrealized", "fees", "funding", "equity", "turnover", "qty")
        mark = event["mark"]
        self.positions.append(
            PositionFact(
                ts_ns=ts_ns,
                symbol=self.symbol_code(event["symbol"]),
                iteration=event["iteration"],
                final=event["final"],
                mark=None if mark is None else Decimal(mark),
                mark_stale=event["mark_stale"],
                currency=event["currency"],
                **{name: Decimal(event[name]) for name in money},
            )
        )

    def _funding(self, ts_ns: int, event: Event) -> None:
        self.funding.ts.append(ts_ns)
        self.funding.symbol.append(self.symbol_code(event["symbol"]))
        self.funding.amount.append(event["amount"])
        self.funding.rate.append(number(event["rate"]))
        self.funding.position.append(number(event["position"]))

    def _risk_block(self, ts_ns: int, event: Event) -> None:
        self.risk_blocks.ts.append(ts_ns)
        self.risk_blocks.symbol.append(self.symbol_code(event["symbol"]))
        self.risk_blocks.rule.append(event["rule"])

    def _gap(self, _ts_ns: int, event: Event) -> None:
        self.gaps.append(GapFact(self.symbol_code(event["symbol"]), event["from_ns"], event["to_ns"]))

    def _freeze(self, ts_ns: int, event: Event) -> None:
        words = (str(event[name]) for name in ("scope", "level", "guard", "reason"))
        self.freezes.append(FreezeFact(ts_ns, event["kind"] == "freeze", *words))

    def _fault(self, _ts_ns: int, event: Event) -> None:
        self.faults[event["fault"]] += 1

    def _iteration(self, _ts_ns: int, event: Event) -> None:
        self.iterations.append(
            IterationFact(
                index=event["index"],
                phase=event["phase"],
                from_ns=event["from_ns"],
                until_ns=event["until_ns"],
                covered_ns=event["covered_ns"],
                freeze=str(event["freeze"]),
                rows=self.lengths(),
            )
        )
