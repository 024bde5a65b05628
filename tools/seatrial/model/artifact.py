"""
The files of a record, as one versioned model each; producers and consumers share them.

Money and prices are decimal strings; times are integer nanoseconds UTC; None is not measured.
"""

from typing import Any, Literal

from .config import Config, Count, Ratio
from .verdict import Verdict


class SourceFile(Config):
    """One input file of a dataset."""

    name: str
    bytes: Count
    sha256: str


class Gap(Config):
    """A stretch of market time in which nothing was recorded."""

    from_ts_ns: int
    to_ts_ns: int


class InstrumentReport(Config):
    """What an import found about one instrument: counted and reported, never silently repaired."""

    symbol: str
    venue: str
    contract: str
    events: Count
    trades: Count
    first_ts_ns: int | None
    last_ts_ns: int | None
    coverage_ratio: Ratio | None
    gaps: tuple[Gap, ...] = ()
    sequence_breaks: Count = 0
    crossed: Count = 0
    duplicate_trade_ids: Count = 0
    non_monotonic: Count = 0
    off_book_prints: Count = 0


class Provenance(Config):
    """Where a run's market came from, and how much of it was recorded."""

    kind: Literal["recorded", "resampled", "synthetic", "live", "history"]
    dataset: str | None = None
    sha256: str | None = None
    recorded_ratio: Ratio | None = None
    detail: dict[str, Any] = {}


class Manifest(Config):
    """`run.json`: who ran what, on which data, and how it ended."""

    schema_version: Literal[1] = 1
    run_id: str
    mode: str
    seed: int
    command: tuple[str, ...]
    config: dict[str, Any]
    config_sources: dict[str, Any]
    config_sha256: str
    provenance: Provenance
    code_commit: str | None
    code_dirty: bool | None
    lock_sha256: str | None
    host: dict[str, Any]
    versions: dict[str, str]
    planned_ns: Count
    covered_ns: Count = 0
    started_ns: int
    ended_ns: int | None = None
    exit_code: int | None = None
    verdict: Verdict | None = None
    stopped_by: Literal["plan", "interrupt", "guard", "error"] | None = None


class IterationSummary(Config):
    """`iterations/ITER_SUMMARY_nnnn.json`: one window of a soak, judged as it ended."""

    schema_version: Literal[1] = 1
    index: int
    phase: Literal["warmup", "steady", "rampdown"]
    from_ts_ns: int
    until_ts_ns: int
    kpis: dict[str, float | None]
    components: dict[str, float | None]
    guards: tuple[str, ...] = ()
    freeze: Literal["none", "partial", "full"] = "none"
    deltas_proposed: dict[str, Any] = {}
    deltas_applied: dict[str, Any] = {}
    coverage_ratio: Ratio | None
    fills: Count
    decisions: Count
    resources: dict[str, float | None] = {}


class GateResult(Config):
    """One gate's answer, with what it saw."""

    kpi: str
    verdict: Verdict
    value: float | None
    bound: dict[str, Any]
    reason: str
    n: Count
    interval: tuple[float, float] | None = None
    window: str
    report_only: bool = False
    effective_n: float | None = None
    detectable: float | None = None
    waived: str | None = None


class VerdictFile(Config):
    """`verdict.json`: the answer, its reasons, and the hashes of what it was judged from."""

    schema_version: Literal[1] = 1
    run_id: str
    verdict: Verdict
    reasons: tuple[str, ...]
    gates: tuple[GateResult, ...]
    kpis: dict[str, float | None]
    inputs: dict[str, str]
