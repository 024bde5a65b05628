"""What is in a dataset, how much of its time is there, and where it is not: told in one table."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..model.artifact import InstrumentReport
from ..model.errors import UsageError
from ..model.outcome import Outcome
from .coverage import Slots
from .dataset import Dataset
from .opening import open_data

_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3_600.0, "d": 86_400.0}
_SHOWN_GAPS_MAX = 20
_HEADINGS = ("instrument", "contract", "events", "trades", "from (UTC)", "to (UTC)", "coverage", "gaps")
# What a dataset is made of -> what a run on it cannot know.
_LACKS = {
    "bars": "made of bars: no claim about spread or depth",
    "trades": "trades only: no book and no quotes",
    "quotes": "best quotes only: no depth and no trades",
    "quotes+trades": "best quotes and trades: no depth",
    "book": "book only: no trades",
}
_FINDINGS = ("sequence_breaks", "crossed", "duplicate_trade_ids", "non_monotonic", "off_book_prints")


def imported(
    paths: Sequence[Path],
    to: Path,
    *,
    wanted: str | None,
    silence_s: float,
    told: Callable[[float], object] | None = None,
) -> Outcome:
    """Import files into a new dataset and tell what they hold; `told` hears how far it has come."""
    from .importing import ImportSettings, import_files

    settings = ImportSettings(format=wanted, silence_ns=int(silence_s * 1e9), told=told)
    dataset = import_files(paths, to, settings)
    return Outcome("market.import", data=_facts(dataset), lines=(*_table(dataset), _last_line(dataset)))


def info(path: Path) -> Outcome:
    """Tell what the dataset in a folder holds."""
    dataset = Dataset.open(path)
    return Outcome("market.info", data=_facts(dataset), lines=(*_table(dataset), _last_line(dataset)))


def coverage(path: Path, grid: str | None) -> Outcome:
    """
    Tell how much of the time is there, of a dataset or of raw files.

    With a grid such as 1h, time is counted in slots: expected, present and their ratio.
    """
    grid_ns = None if grid is None else duration_ns(grid)
    dataset = open_data(path)
    if grid_ns is None:
        return Outcome("market.coverage", data=_facts(dataset), lines=_table(dataset))
    slots = [_slots(dataset, place, grid_ns) for place in range(len(dataset.instruments))]
    reports = tuple(
        report.model_copy(update={"coverage_ratio": found.ratio, "gaps": tuple(found.gaps)})
        for report, found in zip(dataset.reports, slots, strict=True)
    )
    data = _facts(dataset, reports)
    for entry, found in zip(data["instruments"], slots, strict=True):
        entry.update(expected=found.expected, present=found.present)
    data.update(
        grid_s=grid_ns / 1e9,
        expected=sum(found.expected for found in slots),
        present=sum(found.present for found in slots),
    )
    told = f"{data['present']} of {data['expected']} slots of {grid} present"
    return Outcome("market.coverage", data=data, lines=(*_table(dataset, reports), told))


def gaps(path: Path) -> Outcome:
    """Tell every stretch of time in which nothing was recorded."""
    dataset = Dataset.open(path)
    lines = []
    for report in dataset.reports:
        name = f"{report.venue}:{report.symbol}"
        lines += [
            f"{name}  {moment(gap.from_ts_ns)} - {moment(gap.to_ts_ns)}  "
            f"{(gap.to_ts_ns - gap.from_ts_ns) / 1e9:.3f} s"
            for gap in report.gaps[:_SHOWN_GAPS_MAX]
        ]
        if len(report.gaps) > _SHOWN_GAPS_MAX:
            lines.append(f"{name}  and {len(report.gaps) - _SHOWN_GAPS_MAX} more (see --json)")
    total = sum(len(report.gaps) for report in dataset.reports)
    return Outcome(
        "market.gaps", data=_facts(dataset), lines=(*lines, f"{total} gap{'' if total == 1 else 's'}")
    )


def duration_ns(text: str) -> int:
    """Return a duration such as 250ms, 5s, 1m, 1h or 1d in nanoseconds."""
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text[len(number) :] or "s"
    try:
        duration = round(float(number) * _UNITS_S[unit] * 1e9)
    except (ValueError, KeyError, OverflowError):
        duration = 0
    if duration <= 0:
        raise UsageError(f"{text!r} is not a duration", fix="write it like 250ms, 5s, 1m, 1h or 1d")
    return duration


def moment(ts_ns: int | None) -> str:
    """Return a time as people read it, UTC, to the millisecond."""
    if ts_ns is None:
        return "-"
    whole, rest = divmod(ts_ns, 10**9)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%d %H:%M:%S}.{rest // 10**6:03d}"


def _slots(dataset: Dataset, place: int, grid_ns: int) -> Slots:
    slots = Slots(grid_ns)
    for rows in dataset.every_row(place):
        slots.see_all(rows.ts_ns)
    return slots


def _facts(dataset: Dataset, reports: Sequence[InstrumentReport] | None = None) -> dict[str, Any]:
    return {
        "dataset": str(dataset.path),
        "sha256": dataset.sha256,
        "kind": dataset.description.kind,
        "clock": dataset.clock,
        "made_of": dataset.description.detail.get("made_of", {}),
        "late_quotes": dataset.description.detail.get("late_quotes", {}),
        "instruments": [report.model_dump(mode="json") for report in reports or dataset.reports],
    }


def _table(dataset: Dataset, reports: Sequence[InstrumentReport] | None = None) -> tuple[str, ...]:
    reports = reports or dataset.reports
    made_of = dataset.description.detail.get("made_of", {})
    late = dataset.description.detail.get("late_quotes", {})
    rows = [_HEADINGS, *(_cells(report) for report in reports)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    for report in reports:
        found = [
            f"{getattr(report, name)} {name.replace('_', ' ')}" for name in _FINDINGS if getattr(report, name)
        ]
        name = f"{report.venue}:{report.symbol}"
        found += [_LACKS[made_of[name]]] if made_of.get(name) in _LACKS else []
        found += [f"{late[name]} late quotes left out"] if late.get(name) else []
        lines.append(f"{name}  {', '.join(found) or 'nothing amiss'}")
    return tuple(lines)


def _cells(report: InstrumentReport) -> tuple[str, ...]:
    ratio = "-" if report.coverage_ratio is None else f"{report.coverage_ratio:.2%}"
    return (
        f"{report.venue}:{report.symbol}",
        report.contract,
        f"{report.events:,}",
        f"{report.trades:,}",
        moment(report.first_ts_ns),
        moment(report.last_ts_ns),
        ratio,
        str(len(report.gaps)),
    )


def _last_line(dataset: Dataset) -> str:
    return f"dataset: {dataset.path}  sha256 {dataset.sha256[:16]}  ({dataset.clock} clock)"
