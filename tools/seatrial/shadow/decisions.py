"""
The decision log: hears the journal's events and tells each decision whole, with each value's origin.

It hears what the journal hears, so that the two cannot disagree. A line is on its way to the disk
as soon as it is told; a kill leaves whole lines and at most one torn one at the end.
"""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import orjson

from ..dryrun.seams import Emit
from ..model.errors import OutsideError, Where
from ..model.shadow_decision import (
    DataMode,
    GateStep,
    MarketContext,
    Origin,
    ShadowDecision,
    ShadowOutcome,
)
from ..store.clock import iso

_ASKED = frozenset({"submitted", "cancel_requested", "amend_requested"})
_ENDS = frozenset(
    {"rejected", "canceled", "expired", "cancel_rejected", "amend_rejected", "accepted", "amended"}
)
_ORDER_FIELDS = ("order_id", "client_id", "side", "type", "tif", "price", "qty", "reduce_only")
Fields = dict[str, Any]


class DecisionLog:
    """Writes one run's decisions; `data_mode` says which market they were made on."""

    def __init__(self, data_mode: DataMode) -> None:
        self.data_mode = data_mode
        self.newest_order_ns = 0
        """When the bot last asked for an order or an amendment."""
        self._run_id = ""
        self._file: IO[bytes] | None = None
        self._path: Path | None = None
        self._waiting: list[bytes] = []
        self._seq = 0
        self._intents: dict[str, list[Fields]] = {}
        self._blocks: dict[str, list[Fields]] = {}
        self._made_by: dict[int, str] = {}

    def hearing(self, emit: Emit) -> Emit:
        """Return an `emit` that tells this log as well."""

        def both(ts_ns: int, kind: str, fields: Fields) -> object:
            told = emit(ts_ns, kind, fields)
            self.hear(ts_ns, kind, fields)
            return told

        return both

    def open(self, path: Path, run_id: str) -> None:
        """Begin to write, with what was heard before there was a record."""
        self._path, self._run_id = path, run_id
        self._file = path.open("ab")

    def sync(self) -> None:
        """Hand what was told to the system."""
        if self._file is not None:
            self._guarded(self._file.flush)

    def close(self) -> None:
        """Write no more."""
        if self._file is not None:
            self.sync()
            self._file.close()
            self._file = None

    # -- hearing ----------------------------------------------------------------------------------

    def hear(self, ts_ns: int, kind: str, fields: Fields) -> None:
        """Take an event of the journal."""
        if kind == "order":
            self._order(ts_ns, fields)
        elif kind == "risk_block":
            self._blocks.setdefault(fields["symbol"], []).append(fields)
        elif kind == "fill":
            self._filled(ts_ns, fields)
        elif kind == "decision":
            self._decided(ts_ns, fields)

    def _order(self, ts_ns: int, fields: Fields) -> None:
        event = fields["event"]
        if event in _ASKED:
            asked = {name: fields[name] for name in _ORDER_FIELDS}
            self._intents.setdefault(fields["symbol"], []).append({"request": event, **asked})
            if event != "cancel_requested":
                self.newest_order_ns = max(self.newest_order_ns, ts_ns)
        elif event in _ENDS:
            self._outcome(ts_ns, fields, event=event, reason=fields["reason"])

    def _filled(self, ts_ns: int, fields: Fields) -> None:
        told = {name: fields[name] for name in ("price", "qty", "fee", "cause")}
        self._outcome(ts_ns, fields, event="filled", **told)

    def _outcome(self, ts_ns: int, fields: Fields, **told: Any) -> None:
        provenance: dict[str, Origin] = {"event": "synthetic"}
        if told["event"] == "filled":
            # The paper model says that it filled and what it cost; the market showed the price.
            provenance |= {"price": "synthetic", "qty": "synthetic", "fee": "default"}
        self._seq += 1
        line = ShadowOutcome(
            run_id=self._run_id,
            decision_id=self._made_by.get(fields["order_id"]),
            seq=self._seq,
            ts_ns=ts_ns,
            timestamp=_utc(ts_ns),
            data_mode=self.data_mode,
            symbol=fields["symbol"],
            order_id=fields["order_id"],
            provenance=provenance,
            **told,
        )
        self._write(line.model_dump(mode="json"))
        if told["event"] in {"rejected", "canceled", "expired"}:
            self._made_by.pop(fields["order_id"], None)

    def _decided(self, ts_ns: int, fields: Fields) -> None:
        symbol = fields["symbol"]
        intents, blocks = self._intents.pop(symbol, []), self._blocks.pop(symbol, [])
        seen = fields["bid"] is not None and fields["ask"] is not None
        self._seq += 1
        decision_id = f"{self._run_id}:{self._seq}"
        for intent in intents:
            self._made_by[intent["order_id"]] = decision_id
        line = ShadowDecision(
            run_id=self._run_id,
            decision_id=decision_id,
            seq=self._seq,
            ts_ns=ts_ns,
            timestamp=_utc(ts_ns),
            data_mode=self.data_mode,
            symbol=symbol,
            market_context=context_of(fields),
            position=fields["position"],
            equity=fields["equity"],
            gate_trace=tuple(trace_of(seen=seen, reason=fields["reason"], intents=intents, blocks=blocks)),
            intended_order=tuple(intents),
            outcome=_outcome_of(seen=seen, intents=intents, blocks=blocks),
            provenance=self._provenance(fields, seen=seen),
        )
        self._write(line.model_dump(mode="json"))

    def _provenance(self, fields: Fields, *, seen: bool) -> dict[str, Origin]:
        shown = ("bid", "ask", "mid", "spread_bps") if seen else ()
        origin: Origin = "synthetic" if self.data_mode == "SYNTHETIC" else "observed"
        found: dict[str, Origin] = {f"market_context.{name}": origin for name in shown}
        # Position and money are the paper model's; its opening balance and fees are settings.
        return found | {name: "synthetic" for name in ("position", "equity") if fields.get(name) is not None}

    # -- writing ----------------------------------------------------------------------------------

    def _write(self, row: Fields) -> None:
        file = self._file
        if file is None:
            return
        row["schema"] = row.pop("record_schema")
        line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS)
        self._guarded(lambda: file.write(line))

    def _guarded(self, act: Callable[[], object]) -> None:
        try:
            act()
        except OSError as error:
            raise OutsideError(
                f"cannot write the decisions: {error.strerror}", where=Where(str(self._path))
            ) from error


def trace_of(
    *, seen: bool, reason: str | None, intents: list[Fields], blocks: list[Fields]
) -> list[GateStep]:
    """Return the stages that a decision went through, in order; the first that stops it is the last."""
    steps = [GateStep(stage="data", reason="a usable book" if seen else "no usable book", passed=seen)]
    acted = bool(intents or blocks)
    if not acted:
        steps.append(GateStep(stage="intent", reason=reason or "the bot asked for nothing", passed=False))
        return steps
    steps.append(GateStep(stage="intent", reason=reason or "the bot asked for orders", passed=True))
    steps += [
        GateStep(
            stage="risk",
            reason=f"{block['rule']}: {block['side']} {block['value']} beyond {block['limit']}",
            passed=False,
        )
        for block in blocks
    ]
    if intents:
        steps.append(GateStep(stage="risk", reason="within the limits", passed=True))
        steps.append(GateStep(stage="send", reason="shadow: recorded, not sent", passed=False))
    return steps


def context_of(fields: Fields) -> MarketContext:
    """Return the market of a decision event."""
    bid, ask = fields["bid"], fields["ask"]
    spread = None
    if bid is not None and ask is not None and Decimal(bid) + Decimal(ask):
        mid = (Decimal(bid) + Decimal(ask)) / 2
        spread = float(round((Decimal(ask) - Decimal(bid)) / mid * 10_000, 6))
    return MarketContext(bid=bid, ask=ask, mid=fields["mid"], spread_bps=spread)


def _outcome_of(*, seen: bool, intents: list[Fields], blocks: list[Fields]) -> Any:
    if intents:
        return "recorded"
    if blocks:
        return "blocked"
    return "no_action" if seen else "no_data"


def _utc(ts_ns: int) -> str:
    """Return a time in UTC to the nanosecond, with its zone."""
    return f"{iso(ts_ns)[:-1]}.{ts_ns % 10**9:09d}Z"
