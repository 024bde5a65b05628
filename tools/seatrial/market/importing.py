"""
Import: files that users have on disk become one dataset, with a truthful report of what they hold.

Two passes in bounded memory: read all files in one order of time into scratch rows, then, knowing
every grid, look the rows over and write them.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..model.artifact import InstrumentReport, SourceFile
from ..model.errors import InputError, UsageError, Where
from ..model.instrument import Instrument
from .coverage import SILENCE_NS
from .dataset import Dataset
from .dataset_writer import DatasetWriter
from .gathering import Gathering
from .importer import IMPORTERS
from .importer.interface import Stream
from .order import Late, Placed, merged, placed
from .source import Source
from .survey import Survey

TOLD_EVERY_MESSAGES = 20_000
# The first pass parses text and takes most of the time.
GATHERING_SHARE = 0.7

Gathered = dict[tuple[str, str], Gathering]


@dataclass(frozen=True)
class ImportSettings:
    """
    How to import.

    `format` None recognises it; a silence longer than `silence_ns` is a gap; `told` hears how far it
    has come, as a share between 0 and 1.
    """

    format: str | None = None
    silence_ns: int = SILENCE_NS
    told: Callable[[float], object] | None = None


def import_files(paths: Sequence[Path], to: Path, settings: ImportSettings = ImportSettings()) -> Dataset:
    """
    Make a dataset in the new folder `to` from files (or folders of files), whole or not at all.

    InputError names the file, line and field that cannot be believed; UsageError a target that is
    in use; OutsideError a disk that failed.
    """
    sources = sources_of(paths)
    streams = streams_of(sources, settings.format)
    items = placed(streams)
    if not items:
        names = ", ".join(source.name for source in sources[:3])
        raise InputError(
            "the files hold no market events", where=Where(names), fix="record or download again"
        )
    clock = _clock_of(items)
    with DatasetWriter(to, clock=clock, kind="recorded") as writer:
        scratch = writer.scratch / ".gathered"
        scratch.mkdir()
        late: Late = Counter()
        gathered = gather(items, late, scratch, settings)
        for number, gathering in enumerate(gathered.values()):
            if settings.told:
                settings.told(GATHERING_SHARE + (1 - GATHERING_SHARE) * number / len(gathered))
            _write(gathering, writer, late)
        named = {f"{venue}:{symbol}": found for (venue, symbol), found in gathered.items()}
        writer.detail["made_of"] = {name: found.made_of for name, found in named.items()}
        # A quote that came after newer depth would bring dead levels back: left out, and told.
        writer.detail["late_quotes"] = {name: found.stale_quotes for name, found in named.items()}
        scratch.rmdir()
        files = [
            SourceFile(name=source.name, bytes=source.size_bytes, sha256=source.sha256) for source in sources
        ]
        return writer.finish(files)


def sources_of(paths: Sequence[Path]) -> list[Source]:
    """Return the files at the paths, folders looked into one level deep; the same file twice is an error."""
    if not paths:
        raise UsageError("no files to import", fix="name at least one file")
    found: list[Source] = []
    for path in paths:
        inside = sorted(item for item in path.iterdir() if item.is_file()) if path.is_dir() else [path]
        found += [Source(item) for item in inside if len(inside) == 1 or _is_data(item)]
    if not found:
        raise InputError("the folder holds no files", where=Where(str(paths[0])), fix="name the files")
    by_hash: dict[str, Source] = {}
    for source in found:
        twin = by_hash.setdefault(source.sha256, source)
        if twin is not source:
            raise UsageError(f"{source.name} and {twin.name} are the same file", fix="name each file once")
    return sorted(found, key=lambda source: source.sha256)


def streams_of(sources: Sequence[Source], wanted: str | None) -> list[Stream]:
    """Return the streams of all files; a file that no importer claims is an InputError."""
    claimed: dict[str, list[Source]] = {}
    for source in sources:
        claimed.setdefault(_importer_for(source, wanted), []).append(source)
    return [
        stream for name, files in sorted(claimed.items()) for stream in IMPORTERS.get(name).streams(files)
    ]


def gather(items: Sequence[Placed], late: Late, scratch: Path, settings: ImportSettings) -> Gathered:
    """Read everything in order of time and return the instruments by (venue, symbol)."""
    found: Gathered = {}
    origin: dict[tuple[str, str], Stream] = {}
    for number, (stream, message) in enumerate(merged(items, late)):
        if number % TOLD_EVERY_MESSAGES == 0 and settings.told:
            settings.told(GATHERING_SHARE * _share_read(items))
        key = message.listing[:2]
        gathering = found.get(key)
        if gathering is None:
            gathering = found[key] = Gathering(message.listing, scratch, settings.silence_ns)
            origin[key] = stream
        gathering.take(stream, message)
    for key, gathering in found.items():
        _refuse_orphans(gathering, origin[key])
    return dict(sorted(found.items()))


def _share_read(items: Sequence[Placed]) -> float:
    """Return the share of the files' bytes that is behind us; a guess, for a progress bar."""
    sources = {item.stream.source.name: item.stream.source for item in items}.values()
    return sum(source.read_bytes for source in sources) / max(sum(source.size_bytes for source in sources), 1)


def _refuse_orphans(gathering: Gathering, stream: Stream) -> None:
    orphan = gathering.chain.orphan
    if orphan is not None and not gathering.chain.joined:
        raise stream.source.error(
            f"{gathering.listing.symbol} has book changes but no snapshot to apply them to",
            line=orphan.line,
            fix="import it together with the earlier file that holds the snapshot",
        )


def _write(gathering: Gathering, writer: DatasetWriter, late: Late) -> None:
    instrument = gathering.instrument()
    survey = Survey()
    part = writer.instrument(instrument)
    for rows in gathering.rows(instrument):
        survey.add(rows)
        part.append(rows)
    part.close(_report(instrument, gathering, survey, late))


def _report(instrument: Instrument, gathering: Gathering, survey: Survey, late: Late) -> InstrumentReport:
    coverage = gathering.coverage
    return InstrumentReport(
        symbol=instrument.symbol,
        venue=instrument.venue,
        contract=instrument.contract.value,
        events=gathering.events,
        trades=gathering.trades,
        first_ts_ns=coverage.first_ns,
        last_ts_ns=coverage.last_ns,
        coverage_ratio=coverage.ratio,
        gaps=tuple(coverage.gaps),
        sequence_breaks=gathering.chain.breaks,
        crossed=survey.crossed,
        duplicate_trade_ids=gathering.duplicate_trade_ids,
        non_monotonic=late[instrument.venue, instrument.symbol],
        off_book_prints=survey.off_book_prints,
    )


def _clock_of(items: Sequence[Placed]) -> Literal["receive", "exchange"]:
    clocks = {item.stream.clock for item in items}
    if len(clocks) == 1:
        return clocks.pop()
    named = {item.stream.clock: item.stream.source.name for item in items}
    raise UsageError(
        f"{named['receive']} has receive stamps and {named['exchange']} only exchange stamps: "
        "the two clocks cannot be put into one order",
        fix="import them into two datasets",
    )


def _importer_for(source: Source, wanted: str | None) -> str:
    if wanted is not None:
        IMPORTERS.get(wanted)
        return wanted
    for name, importer in IMPORTERS:
        if importer.claims(source):
            return name
    known = ", ".join(name for name, _ in IMPORTERS)
    raise source.error("no known format", fix=f"known: {known}")


def _is_data(path: Path) -> bool:
    return not path.name.startswith(".") and path.suffix.lower() not in {".md", ".checksum"}
