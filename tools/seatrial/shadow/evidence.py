"""What shadow records show, as health needs it: when they saw a market, and what was decided."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from ..model.artifact import IterationSummary, Manifest
from ..model.errors import InputError, Where
from ..model.journal_lines import lines
from ..model.shadow_decision import NAME
from ..store.heartbeat import Heartbeat, read_heartbeat
from ..store.manifest import read_manifest
from ..store.record import MANIFEST, Record, open_record
from .audit import CONTAMINATIONS, look
from .logs import Entry, is_decision, read
from .spans import Span, without

OBSERVED = frozenset({"live", "recorded"})


@dataclass(frozen=True)
class Shadow:
    """One record: what of its time it saw, its decisions, and the findings that make it worth nothing."""

    record: Record
    manifest: Manifest
    seen: tuple[Span, ...]
    decisions: tuple[Entry, ...]
    findings: tuple[str, ...]
    fills: tuple[tuple[int, str], ...]
    heartbeat: Heartbeat | None

    @property
    def observed(self) -> bool:
        """Return whether its market was one, and not made."""
        return self.manifest.provenance.kind in OBSERVED


def gathered(paths: Sequence[Path], now_ns: int) -> list[Shadow]:
    """Return the records under the paths, each once: record folders, or folders of them."""
    found: dict[Path, Record] = {}
    for path in paths:
        for record in _records(path):
            found.setdefault(record.path.resolve(), record)
    return [shadow_of(record, now_ns) for record in found.values()]


def _records(path: Path) -> Iterator[Record]:
    if (path / MANIFEST).is_file():
        yield open_record(path)
        return
    inner = [folder for folder in sorted(path.glob("*")) if (folder / MANIFEST).is_file()]
    if not inner:
        raise InputError(
            "there is no record here", where=Where(str(path)), fix="name a folder with a run.json"
        )
    yield from (open_record(folder) for folder in inner if not folder.is_symlink())


def shadow_of(record: Record, now_ns: int) -> Shadow:
    """Return what a record shows."""
    manifest = read_manifest(record.manifest)
    if manifest.mode != "shadow":
        raise InputError(
            f"this is a record of a {manifest.mode} run",
            where=Where(str(record.path)),
            fix="name records of shadow runs",
        )
    log = record.path / NAME
    read_lines = list(read(log)) if log.is_file() else []
    decisions = [line for line in read_lines if isinstance(line, Entry) and is_decision(line)]
    contaminated = sorted({f.kind for f in look(decisions, now_ns, 300.0) if f.kind in CONTAMINATIONS})
    gaps, fills = _journalled(record)
    return Shadow(
        record=record,
        manifest=manifest,
        seen=tuple(without(_windows(record), gaps)),
        decisions=tuple(decisions),
        findings=tuple(contaminated),
        fills=tuple(fills),
        heartbeat=read_heartbeat(record.heartbeat),
    )


def _windows(record: Record) -> Iterable[Span]:
    for path in sorted(record.iterations.glob("ITER_SUMMARY_*.json")):
        try:
            summary = IterationSummary.model_validate_json(path.read_bytes())
        except (ValidationError, OSError) as error:
            raise InputError("this summary cannot be read", where=Where(str(path))) from error
        yield summary.from_ts_ns, summary.until_ts_ns


def _journalled(record: Record) -> tuple[list[Span], list[tuple[int, str]]]:
    gaps, fills = [], []
    for event in lines(record.journal) if record.journal.is_file() else ():
        if event["kind"] == "gap":
            gaps.append((int(event["from_ns"]), int(event["to_ns"])))
        elif event["kind"] == "fill":
            fills.append((int(event["ts_ns"]), f"{event['symbol']}:{event['order_id']}:{event['fill_id']}"))
    return gaps, fills
