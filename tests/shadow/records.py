"""Records of shadow runs as a run leaves them, planted hour by hour."""

import json
from pathlib import Path
from typing import Any

from seatrial.model.artifact import IterationSummary, Manifest, Provenance
from seatrial.model.atomic import write_json
from seatrial.store.record import Record

HOUR_NS = 3_600 * 10**9
# Monday, 5 January 2026, 00:00 UTC: the first day of 2026-W02.
MONDAY_NS = 1_767_571_200 * 10**9


def manifest(run_id: str, **more: Any) -> Manifest:
    """A manifest of a shadow run that has ended."""
    given: dict[str, Any] = {
        "run_id": run_id,
        "mode": "shadow",
        "seed": 7,
        "command": ("shadow", "run"),
        "config": {},
        "config_sources": {},
        "config_sha256": "0" * 64,
        "provenance": Provenance(kind="live", dataset="bybit"),
        "code_commit": None,
        "code_dirty": None,
        "lock_sha256": None,
        "host": {},
        "versions": {},
        "planned_ns": HOUR_NS,
        "started_ns": MONDAY_NS,
        "ended_ns": MONDAY_NS + HOUR_NS,
    }
    return Manifest(**(given | more))


def planted(
    out: Path, run_id: str, hours: range, *, gaps: tuple[tuple[float, float], ...] = (), **more: Any
) -> Record:
    """A record that saw these hours after the Monday (less the gaps, in hours), deciding each minute."""
    record = Record(out / "shadow" / run_id)
    record.iterations.mkdir(parents=True)
    write_json(record.manifest, manifest(run_id, **more))
    rows, events = [], []
    for place, hour in enumerate(hours):
        start_ns = MONDAY_NS + hour * HOUR_NS
        summary = IterationSummary(
            index=place, phase="steady", from_ts_ns=start_ns, until_ts_ns=start_ns + HOUR_NS, kpis={},
            components={}, coverage_ratio=1.0, fills=0, decisions=60,
        )  # fmt: skip
        write_json(record.iteration(place), summary)
        rows += [row(run_id, start_ns + minute * 60 * 10**9, hour * 60 + minute) for minute in range(60)]
    for start, end in gaps:
        span = {"from_ns": MONDAY_NS + round(start * HOUR_NS), "to_ns": MONDAY_NS + round(end * HOUR_NS)}
        events.append({"kind": "gap", "ts_ns": span["to_ns"], "symbol": "BTCUSDT", **span})
    write_lines(record.journal, events)
    write_lines(record.path / "shadow_decisions.jsonl", rows)
    return record


def row(run_id: str, ts_ns: int, number: int) -> dict[str, Any]:
    """One decision line."""
    bid = 88_000.1 + number % 977
    return {
        "schema": "seatrial.shadow_decision/1",
        "record_type": "decision",
        "run_id": run_id,
        "decision_id": f"{run_id}:{number}",
        "ts_ns": ts_ns,
        "data_mode": "SHADOW_LIVE",
        "symbol": "BTCUSDT",
        "market_context": {"bid": str(bid), "ask": str(bid + 0.1), "mid": str(bid + 0.05)},
        "outcome": "recorded",
        "provenance": {f"market_context.{name}": "observed" for name in ("bid", "ask", "mid")},
    }


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as JSON lines."""
    path.write_text("".join(json.dumps(one) + "\n" for one in rows), encoding="utf-8")
