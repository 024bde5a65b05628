"""
Metric series of one side: what was measured, in which region, over which stretch of the market.

From a record: its KPIs in each steady iteration. From a folder of records: one region a folder. From a
file: a row per time (and region), a column per metric. The stretch is the key on which control and
canary are paired, so that what the market did to both cancels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..judge.history import JOURNAL, History
from ..judge.kpi import KPIS
from ..judge.slices import steady_iterations
from ..judge.tabular import Row, rows
from ..model.errors import InputError, Where
from ..store.record import open_record

KPI_NAMES = (
    "net_bps", "maker_share_ratio", "risk_ratio", "ack_latency_ms_p95", "adverse_bps", "quote_uptime_ratio",
)  # fmt: skip
ALL = "all"
_REGION = ("region", "dc")
_WEIGHTS = ("n", "count", "samples")
Points = dict[int, float]


@dataclass
class Side:
    """One side's metrics: `metrics[name][region][ns]`, and how much was seen of the market."""

    where: str
    metrics: dict[str, dict[str, Points]] = field(default_factory=dict)
    exposure: dict[str, float] = field(default_factory=dict)
    market: dict[str, Any] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Return whether nothing was measured at all."""
        return not any(points for regions in self.metrics.values() for points in regions.values())

    def put(self, name: str, region: str, at_ns: int, value: float) -> None:
        """Add one measured value; a second one of the same time and region is averaged in by the reader."""
        self.metrics.setdefault(name, {}).setdefault(region, {})[at_ns] = value


def read_side(path: Path, wanted: Sequence[str] = ()) -> Side:
    """Return one side from a record, a folder of regions, or a file of series."""
    if path.is_dir() and not (path / JOURNAL).exists():
        regions = sorted(inner for inner in path.iterdir() if (inner / JOURNAL).is_file())
        if not regions:
            raise InputError(
                "there is no record here",
                where=Where(str(path)),
                fix="give a record, a folder of records by region, or a file of series",
            )
        side = Side(str(path))
        for inner in regions:
            _add_record(side, open_record(inner).path, inner.name, wanted)
        return side
    if path.is_dir():
        side = Side(str(path))
        _add_record(side, open_record(path).path, ALL, wanted)
        return side
    return _from_file(path, wanted)


def _add_record(side: Side, record: Path, region: str, wanted: Sequence[str]) -> None:
    history = History.read(record)
    kpis = [KPIS.get(name) for name in wanted or KPI_NAMES]
    for kpi in kpis:
        side.metrics.setdefault(kpi.name, {}).setdefault(region, {})
    for piece in steady_iterations(history):
        for kpi in kpis:
            value = kpi.look(piece).value
            if value is not None:
                side.put(kpi.name, region, piece.from_ns, value)
    covered = [fact.covered_ns for fact in history.iterations if fact.phase == "steady"]
    side.exposure[region] = sum(value or 0 for value in covered) / 60e9
    if history.run is not None:
        facts = history.run.provenance
        side.market[region] = {name: facts.get(name) for name in ("kind", "dataset", "sha256")}


def _from_file(path: Path, wanted: Sequence[str]) -> Side:
    side = Side(str(path))
    sums: dict[tuple[str, str, int], tuple[float, int]] = {}
    for row in rows(path):
        at_ns, region = row.time_ns(), _region(row)
        weight = row.decimal(*_WEIGHTS)
        side.exposure[region] = side.exposure.get(region, 0.0) + (1.0 if weight is None else float(weight))
        for name, value in _values(row).items():
            if not wanted or name in wanted:
                before = sums.get((name, region, at_ns), (0.0, 0))
                sums[name, region, at_ns] = (before[0] + value, before[1] + 1)
    for (name, region, at_ns), (total, count) in sums.items():
        side.put(name, region, at_ns, total / count)
    for name in wanted:
        side.metrics.setdefault(name, {})
    return side


def _region(row: Row) -> str:
    found = row.first(_REGION)
    return str(found[1]) if found else ALL


def _values(row: Row) -> Mapping[str, float]:
    """Return the numbers of a row by metric; a long file names the metric in a column of its own."""
    named = row.first(("metric",))
    if named is not None:
        value = row.decimal("value")
        return {} if value is None else {str(named[1]): float(value)}
    return row.numbers(but=(*_REGION, *_WEIGHTS))
