"""
A small record that looks like a real one, made from a seed in a few milliseconds.

Reports, judgements and commands need a whole record folder to work on; this one has fills on both
sides, a funding payment, a gap, a freeze, blocked intents and a ledger that closes to the last digit.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from seatrial.model.artifact import GateResult, IterationSummary, Manifest, Provenance, VerdictFile
from seatrial.model.instrument import Instrument
from seatrial.model.verdict import Verdict, worst
from seatrial.store.journal import Journal

SECOND = 1_000_000_000
START_NS = 1_751_328_000 * SECOND  # 2025-07-01T00:00:00Z
HORIZONS_S = (0.1, 1, 5, 15, 60, 300)
OPENING = Decimal(100_000)
RUN_ID = "20250701T000000Z-soak-0a1b2c3d-7"


@dataclass(frozen=True)
class Voyage:
    """What should happen in the record."""

    seed: int = 7
    iterations: int = 6
    window_s: int = 600
    step_s: int = 5
    symbol: str = "BTCUSDT"
    fills: bool = True
    provenance: str = "resampled"
    reason: str = "requote"


@dataclass
class _Book:
    """The ledger and the walk of the market while the record is being written."""

    rng: random.Random
    mids: list[Decimal]
    position: Decimal = Decimal(0)
    cash: Decimal = Decimal(0)
    fees: Decimal = Decimal(0)
    funding: Decimal = Decimal(0)
    turnover: Decimal = Decimal(0)
    avg: Decimal | None = None
    order_id: int = 0
    fill_id: int = 0
    fills: list[dict[str, Any]] = field(default_factory=list)

    def equity(self, mark: Decimal) -> Decimal:
        return OPENING + self.cash + self.position * mark + self.fees + self.funding


def instrument(symbol: str = "BTCUSDT") -> Instrument:
    """Return the linear perpetual that the record trades."""
    return Instrument(
        symbol=symbol, venue="binance-futures", base="BTC", quote="USDT",
        tick_size=Decimal("0.1"), lot_size=Decimal("0.001"),
    )  # fmt: skip


def provenance(kind: str = "resampled") -> Provenance:
    """Return where the record's market came from."""
    ratio = {"recorded": 1.0, "resampled": 0.25, "synthetic": 0.0, "live": 1.0}[kind]
    return Provenance(kind=kind, dataset="btcusdt-sample", sha256="d" * 64, recorded_ratio=ratio)


def events(voyage: Voyage | None = None) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield (ts_ns, kind, fields) of a whole run, in the order of a journal."""
    voyage = voyage or Voyage()
    rng = random.Random(voyage.seed)
    book = _Book(rng, _walk(rng, voyage))
    yield START_NS, "run_started", _started(voyage)
    yield START_NS, "config", {"sha256": "c" * 64, "values": {"seed": voyage.seed, "name": "demo"}}
    for index in range(voyage.iterations):
        yield from _iteration(voyage, book, index)
    end = START_NS + voyage.iterations * voyage.window_s * SECOND
    yield from _markouts(voyage, book, end)
    yield end, "position", _position(voyage, book, voyage.iterations - 1, final=True)
    covered = voyage.iterations * voyage.window_s * SECOND
    yield end, "run_finished", {"reason": "plan", "iterations": voyage.iterations, "covered_ns": covered}


def build(folder: Path, voyage: Voyage | None = None, *, verdict: VerdictFile | None = None) -> Path:
    """Write the record folder of `voyage` and return it."""
    voyage = voyage or Voyage()
    (folder / "iterations").mkdir(parents=True)
    written = list(events(voyage))
    journal = Journal.create(folder / "journal.jsonl", RUN_ID)
    for ts_ns, kind, fields in written:
        journal.append(ts_ns, kind, fields)
    journal.close()
    (folder / "run.json").write_bytes(_json(manifest(voyage).model_dump(mode="json")))
    for summary in summaries(voyage, written):
        name = f"ITER_SUMMARY_{summary.index + 1:04d}.json"
        (folder / "iterations" / name).write_bytes(_json(summary.model_dump(mode="json")))
    judged = verdict or verdict_file()
    (folder / "verdict.json").write_bytes(_json(judged.model_dump(mode="json")))
    return folder


def manifest(voyage: Voyage | None = None) -> Manifest:
    """Return `run.json` of the record."""
    voyage = voyage or Voyage()
    span = voyage.iterations * voyage.window_s * SECOND
    values = {"name": "demo", "seed": voyage.seed, "soak": {"iterations": voyage.iterations}}
    sources = {
        "name": {"layer": "profile", "file": "demo.yaml", "line": 3},
        "seed": {"layer": "set", "file": None, "line": None},
        "soak.iterations": {"layer": "defaults", "file": None, "line": None},
    }
    return Manifest(
        run_id=RUN_ID, mode="soak", seed=voyage.seed, command=("seatrial", "soak", "run"),
        config=values, config_sources=sources, config_sha256="c" * 64,
        provenance=provenance(voyage.provenance), code_commit="f" * 40, code_dirty=False,
        lock_sha256=None, host={"cpus": 2}, versions={"python": "3.11.7", "seatrial": "0.1.0"},
        planned_ns=span, covered_ns=span, started_ns=START_NS, ended_ns=START_NS + 60 * SECOND,
        exit_code=0, stopped_by="plan",
    )  # fmt: skip


def summaries(voyage: Voyage, written: list[tuple[int, str, dict[str, Any]]]) -> Iterator[IterationSummary]:
    """Yield the summary of each iteration, its edge summed from the fills themselves."""
    for index in range(voyage.iterations):
        fills = [fields for _, kind, fields in written if kind == "fill" and fields["iteration"] == index]
        components = _components(fills)
        from_ns = START_NS + index * voyage.window_s * SECOND
        yield IterationSummary(
            index=index, phase=_phase(voyage, index), from_ts_ns=from_ns,
            until_ts_ns=from_ns + voyage.window_s * SECOND,
            kpis={
                "net_bps": components["net_bps"],
                "maker_share_ratio": 0.96 if fills else None,
                "ack_latency_ms_p95": 12.5 + index if fills else None,
            },
            components=components, guards=("min_net_bps",) if index == 3 else (),
            freeze="partial" if index == 3 else "none", coverage_ratio=0.95 if index == 2 else 1.0,
            resources={"rss_bytes": 180e6 + 1e6 * index, "cpu_s": 3.2 * (index + 1)},
            fills=len(fills), decisions=voyage.window_s // voyage.step_s,
        )  # fmt: skip


def gate(kpi: str, verdict: Verdict, value: float | None, reason: str, **bound: Any) -> GateResult:
    """Return one gate's answer."""
    return GateResult(
        kpi=kpi, verdict=verdict, value=value, bound=bound, reason=reason, n=240, window="steady"
    )


def verdict_file(*gates: GateResult, reasons: tuple[str, ...] | None = None) -> VerdictFile:
    """Return `verdict.json`: of the given gates, or of one of each colour."""
    gates = gates or (
        gate("net_bps", Verdict.WARN, 2.41, "2.41 bps is under the soft bound of 2.7",
             at_least={"hard": 2.0, "soft": 2.7}),
        gate("maker_share_ratio", Verdict.PASS, 0.962, "0.962 is at least 0.9",
             at_least={"hard": 0.85, "soft": 0.9}),
        gate("risk_ratio", Verdict.UNKNOWN, None, "no intents in the window: nothing was measured",
             at_most={"hard": 0.5, "soft": 0.4}),
        gate("ack_latency_ms_p95", Verdict.FAIL, 431.0, "431 ms is over the hard bound of 400 ms",
             at_most={"hard": 400, "soft": 350}),
    )  # fmt: skip
    verdict = worst(one.verdict for one in gates if not one.report_only)
    said = tuple(f"{one.kpi}: {one.reason}" for one in gates if one.verdict is not Verdict.PASS)
    kpis = {one.kpi: one.value for one in gates}
    return VerdictFile(
        run_id=RUN_ID, verdict=verdict, reasons=said if reasons is None else reasons, gates=gates,
        kpis={**kpis, "fill_ratio": 0.21, "drawdown_ratio": 0.0004}, inputs={"journal.jsonl": "e" * 64},
    )  # fmt: skip


def _started(voyage: Voyage) -> dict[str, Any]:
    return {
        "mode": "soak", "seed": voyage.seed, "start_ns": START_NS, "planned_iterations": voyage.iterations,
        "window_ns": voyage.window_s * SECOND, "profile": "demo",
        "instruments": [instrument(voyage.symbol).model_dump(mode="json")],
        "provenance": provenance(voyage.provenance).model_dump(mode="json"),
    }  # fmt: skip


def _walk(rng: random.Random, voyage: Voyage) -> list[Decimal]:
    """Return one mid a second, with room behind the end for the last mark-outs."""
    ticks, mids = 637_050, []
    for _ in range(voyage.iterations * voyage.window_s + 1):
        ticks += rng.choice((-12, -5, -2, 0, 0, 1, 2, 5, 12))
        mids.append(Decimal(ticks) / 10)
    return mids


def _phase(voyage: Voyage, index: int) -> str:
    if index == 0:
        return "warmup"
    return "rampdown" if index == voyage.iterations - 1 else "steady"


def _iteration(voyage: Voyage, book: _Book, index: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    from_s = index * voyage.window_s
    until = START_NS + (from_s + voyage.window_s) * SECOND
    for second in range(from_s, from_s + voyage.window_s, voyage.step_s):
        yield from _step(voyage, book, second, index)
    if index == 1:
        amount = -book.position * book.mids[from_s] * Decimal("0.0001")
        book.funding += amount
        yield until, "funding", {
            "symbol": voyage.symbol, "rate": "0.0001", "mark": str(book.mids[from_s]),
            "position": str(book.position), "amount": str(amount), "currency": "USDT",
        }  # fmt: skip
    yield until, "position", _position(voyage, book, index, final=False)
    yield until, "iteration", {
        "index": index, "phase": _phase(voyage, index), "from_ns": START_NS + from_s * SECOND,
        "until_ns": until, "covered_ns": voyage.window_s * SECOND, "fills": book.fill_id,
        "decisions": voyage.window_s // voyage.step_s, "events": voyage.window_s * 20,
        "freeze": "partial" if index == 3 else "none",
    }  # fmt: skip
    yield until, "heartbeat", {"iteration": index}


def _step(voyage: Voyage, book: _Book, second: int, index: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    ts, mid, within = START_NS + second * SECOND, book.mids[second], second % voyage.window_s
    gap = index == 2 and 300 <= within < 330
    if index == 2 and within == 330:
        yield ts, "gap", {"symbol": voyage.symbol, "from_ns": ts - 30 * SECOND, "to_ns": ts}
    if index == 3 and within in (120, 300):
        kind = "freeze" if within == 120 else "unfreeze"
        yield (
            ts,
            kind,
            {"scope": "all", "level": "partial", "guard": "min_net_bps", "reason": "net edge under 1.5 bps"},
        )
    half = Decimal("0.1") * book.rng.randint(1, 6)
    own = half + Decimal("0.1") * book.rng.randint(5, 40)
    equity = book.equity(mid)
    yield ts, "decision", {
        "symbol": voyage.symbol,
        "bid": None if gap else str(mid - half), "ask": None if gap else str(mid + half),
        "mid": None if gap else str(mid), "quote_bid": None if gap else str(mid - own),
        "quote_ask": None if gap else str(mid + own), "position": str(book.position), "equity": str(equity),
        "actions": 2, "reason": voyage.reason,
    }  # fmt: skip
    if gap:
        return
    yield from _trade(voyage, book, second, index, own)


def _trade(
    voyage: Voyage, book: _Book, second: int, index: int, own: Decimal
) -> Iterator[tuple[int, str, dict[str, Any]]]:
    ts, mid, roll = START_NS + second * SECOND, book.mids[second], book.rng.random()
    side = (
        "sell"
        if book.position > Decimal("0.02") or (roll < 0.5 and book.position > Decimal("-0.02"))
        else "buy"
    )
    sign = 1 if side == "buy" else -1
    if book.rng.random() < 0.04:
        yield ts, "risk_block", {
            "symbol": voyage.symbol, "side": side,
            "rule": "position", "limit": "0.02", "value": str(book.position),
        }  # fmt: skip
        return
    book.order_id += 1
    order = {
        "order_id": book.order_id, "client_id": f"m{book.order_id}", "symbol": voyage.symbol, "side": side,
        "type": "limit", "tif": "post_only", "price": str(mid - sign * own),
        "qty": "0.010", "leaves": "0.010",
        "event": "submitted", "reason": None, "intended_ns": ts, "ack_ns": None, "reduce_only": False,
    }  # fmt: skip
    yield ts, "order", order
    ack = ts + int((8 + 6 * book.rng.random() ** 4 * 30) * 1_000_000)
    yield ts + 1, "order", {**order, "event": "accepted", "ack_ns": ack}
    if voyage.fills and book.rng.random() < 0.30:
        yield ts + 2, "order", {**order, "event": "filled", "leaves": "0"}
        yield ts + 2, "fill", _fill(voyage, book, order, second, index)
    else:
        yield ts + 2, "order", {**order, "event": "canceled", "reason": "age", "ack_ns": ack}


def _fill(voyage: Voyage, book: _Book, order: dict[str, Any], second: int, index: int) -> dict[str, Any]:
    price, qty = Decimal(order["price"]), Decimal(order["qty"])
    sign = 1 if order["side"] == "buy" else -1
    notional = price * qty
    taker = book.rng.random() < 0.04
    fee = -notional * (Decimal("0.00055") if taker else Decimal("-0.00005"))
    _book_average(book, sign * qty, price)
    book.cash -= sign * notional
    book.fees += fee
    book.turnover += notional
    book.fill_id += 1
    made = {
        "fill_id": book.fill_id, "order_id": order["order_id"],
        "symbol": voyage.symbol, "side": order["side"],
        "price": str(price), "qty": str(qty), "notional": str(notional),
        "liquidity": "taker" if taker else "maker",
        "fee": str(fee), "fee_currency": "USDT", "fee_settle": str(fee),
        "cause": "marketable" if taker else "trade_through",
        "queue_ahead_before": "0.5", "queue_ahead_after": "0",
        "evidence": {"row": second * 20, "kind": "trade", "price": str(price), "qty": "0.2"},
        "mid": str(book.mids[second]), "decision_mid": str(book.mids[second]),
        "order_age_ms": 250.0 + second % 50, "position": str(book.position), "iteration": index,
    }  # fmt: skip
    book.fills.append({**made, "second": second})
    return made


def _book_average(book: _Book, signed: Decimal, price: Decimal) -> None:
    """Move the average price as a ledger of average cost does."""
    after = book.position + signed
    if after == 0:
        book.avg = None
    elif book.avg is None or book.position * after < 0:
        book.avg = price
    elif abs(after) > abs(book.position):
        book.avg = (book.avg * book.position + price * signed) / after
    book.position = after


def _position(voyage: Voyage, book: _Book, index: int, *, final: bool) -> dict[str, Any]:
    mark = book.mids[(index + 1) * voyage.window_s]
    unrealized = Decimal(0) if book.avg is None else book.position * (mark - book.avg)
    realized = book.cash + book.position * mark - unrealized
    return {
        "symbol": voyage.symbol, "qty": str(book.position),
        "avg_price": None if book.avg is None else str(book.avg),
        "mark": str(mark), "mark_stale": False, "realized": str(realized), "unrealized": str(unrealized),
        "fees": str(book.fees), "funding": str(book.funding),
        "equity": str(OPENING + realized + unrealized + book.fees + book.funding),
        "turnover": str(book.turnover), "currency": "USDT", "iteration": index, "final": final,
    }  # fmt: skip


def _markouts(voyage: Voyage, book: _Book, end: int) -> Iterator[tuple[int, str, dict[str, Any]]]:
    for fill in book.fills:
        later = {f"{h:g}": int(fill["second"] + max(1, h)) for h in HORIZONS_S}
        mids = {h: str(book.mids[at]) if at < len(book.mids) else None for h, at in later.items()}
        yield end, "markout", {"fill_id": fill["fill_id"], "symbol": voyage.symbol, "mids": mids}


def _components(fills: list[dict[str, Any]]) -> dict[str, float | None]:
    names = (
        "gross_bps",
        "adverse_bps",
        "inventory_bps",
        "fees_bps",
        "funding_bps",
        "unattributed_bps",
        "net_bps",
    )
    notional = sum((Decimal(fill["notional"]) for fill in fills), Decimal(0))
    if not notional:
        return dict.fromkeys(names)
    gross = sum(
        (1 if fill["side"] == "buy" else -1)
        * Decimal(fill["qty"])
        * (Decimal(fill["mid"]) - Decimal(fill["price"]))
        for fill in fills
    )
    fees = sum(Decimal(fill["fee_settle"]) for fill in fills)
    gross_bps, fees_bps = (round(float(part / notional * 10_000), 6) for part in (gross, fees))
    adverse, inventory = round(-0.35 * gross_bps, 6), round(-0.2 * gross_bps + len(fills) % 3 * 0.1, 6)
    parts = (gross_bps, adverse, inventory, fees_bps, 0.0, 0.0)
    return {**dict(zip(names, parts, strict=False)), "net_bps": round(sum(parts), 6)}


def _json(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
