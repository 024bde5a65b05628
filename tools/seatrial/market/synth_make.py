"""Make a synthetic dataset, and say how like its source it is; `market synth` is this."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model.artifact import InstrumentReport
from ..model.atomic import write_bytes
from ..model.errors import UsageError
from ..model.instrument import Contract, Instrument
from ..model.outcome import Outcome
from ..model.tape import KIND_MASK, LAST, TRADE, Tape
from .calibration import Calibration, dump, load
from .calibration_fit import Request, calibrate, synthetic_statistics
from .calibration_tables import Density
from .dataset import Dataset
from .dataset_feed import DatasetFeed
from .dataset_writer import DatasetWriter
from .fidelity import Row, compare, table
from .opening import open_data
from .segments import Rows
from .synth import SynthFeed

HOUR_NS = 3_600 * 10**9
WINDOW_NS = HOUR_NS


@dataclass(frozen=True)
class Synthesis:
    """
    What to make: a market like the recording `like`, or like a calibration; at least one place to put it.

    `to` is a new dataset folder, `save` a file for the calibration itself. The rest changes the
    recording on its way into the calibration: how fast its time runs, how many of its lots a lot
    is, what contract it becomes, and how much of its book's traffic is kept.
    """

    seed: int
    hours: float = 24.0
    to: Path | None = None
    save: Path | None = None
    like: Path | None = None
    symbol: str | None = None
    calibration: str = "demo"
    name: str | None = None
    description: str = ""
    time_factor: int = 1
    lot_factor: int = 1
    contract: Contract | None = None
    density: Density | None = None


def make(wanted: Synthesis) -> Outcome:
    """Calibrate if asked to, write the dataset if asked to, and tell how like its source the market is."""
    if wanted.to is None and wanted.save is None:
        raise UsageError("nothing to make", fix="give --to DIR for a dataset, --save FILE for a calibration")
    calibration = load(wanted.calibration) if wanted.like is None else calibrated(wanted)
    if wanted.save is not None:
        write_bytes(wanted.save, dump(calibration))
    facts: dict[str, Any] = {"calibration": calibration.name, "dataset": None, "instruments": []}
    lines: list[str] = []
    rows = fidelity(calibration, wanted.seed)
    facts["fidelity"] = [_facts(row) for row in rows]
    if wanted.to is not None:
        dataset = written(calibration, wanted, facts["fidelity"])
        facts["dataset"], facts["sha256"] = str(dataset.path), dataset.sha256
        facts["instruments"] = [report.model_dump(mode="json") for report in dataset.reports]
        lines.append(f"dataset: {dataset.path}  {dataset.reports[0].events:,} events, synthetic")
    return Outcome("market.synth", data=facts, lines=(*table(rows), *lines))


def fidelity(calibration: Calibration, seed: int) -> tuple[Row, ...]:
    """Return the statistics of the source and of a synthetic market long enough to measure them."""
    return compare(calibration.statistics, synthetic_statistics(calibration, seed=seed))


def calibrated(wanted: Synthesis) -> Calibration:
    """Return the calibration of a recording."""
    if wanted.like is None:
        raise UsageError("there is no recording to calibrate to", fix="give --from DATASET")
    dataset = open_data(wanted.like)
    feed = DatasetFeed(dataset, [wanted.symbol] if wanted.symbol else ())
    if len(feed.instruments) > 1:
        known = ", ".join(instrument.symbol for instrument in feed.instruments)
        raise UsageError("a synthetic market has one instrument", fix=f"choose one with --symbol: {known}")
    instrument = feed.instruments[0]
    request = Request(
        name=wanted.name or f"{instrument.venue}_{instrument.symbol}".lower(),
        description=wanted.description,
        instrument=_restated(instrument, wanted),
        source={
            "dataset": f"{instrument.venue}:{instrument.symbol}",
            "sha256": dataset.sha256,
            "files": [f"{source.name} {source.sha256}" for source in dataset.description.sources],
            "first_ts_ns": feed.start_ns,
            "last_ts_ns": (feed.end_ns or feed.start_ns + 1) - 1,
            "made_with": _command(wanted),
        },
        time_factor=wanted.time_factor,
        lot_factor=wanted.lot_factor,
        density=wanted.density or Density(),
    )
    return calibrate(feed.window(feed.start_ns, feed.end_ns or feed.start_ns), request)


def written(calibration: Calibration, wanted: Synthesis, likeness: list[dict[str, Any]]) -> Dataset:
    """Write so many hours of a synthetic market as a dataset; its description keeps the fidelity."""
    if wanted.to is None:
        raise UsageError("no folder to write to", fix="give --to DIR")
    feed = SynthFeed(calibration, seed=wanted.seed)
    detail = {
        "calibration": calibration.name,
        "seed": wanted.seed,
        "hours": wanted.hours,
        "source": calibration.source,
        "fidelity": likeness,
    }
    with DatasetWriter(wanted.to, clock="exchange", kind="synthetic", detail=detail) as writer:
        part = writer.instrument(calibration.instrument)
        events = trades = 0
        last_ns = feed.start_ns
        for tape in _windows(feed, wanted.hours):
            part.append(Rows.of_tape(tape))
            events += int(((tape.code & LAST) != 0).sum())
            trades += int(((tape.code & KIND_MASK) == TRADE).sum())
            last_ns = int(tape.ts[-1])
        part.close(_report(calibration.instrument, (events, trades), (feed.start_ns, last_ns)))
        return writer.finish()


def contract_of(name: str | None) -> Contract | None:
    """Return the contract of that name; an unknown one is an error that lists them."""
    if name is None or name in list(Contract):
        return None if name is None else Contract(name)
    raise UsageError(f"no contract is called {name!r}", fix=f"use one of {', '.join(Contract)}")


def _command(wanted: Synthesis) -> str:
    """Return the command that makes the calibration again."""
    density = wanted.density or Density()
    options: dict[str, object] = {
        "--symbol": wanted.symbol,
        "--time-factor": wanted.time_factor if wanted.time_factor != 1 else None,
        "--lot-factor": wanted.lot_factor if wanted.lot_factor != 1 else None,
        "--contract": wanted.contract,
        "--rows-per-s": f"{density.rows_per_s:g}",
        "--touch-share": f"{density.touch:g}",
        "--levels": density.levels,
    }
    given = " ".join(f"{name} {value}" for name, value in options.items() if value is not None)
    return f"seatrial market synth --from DATASET {given} --save FILE"


def _windows(feed: SynthFeed, hours: float) -> Iterator[Tape]:
    end_ns = feed.start_ns + round(hours * HOUR_NS)
    for from_ns in range(feed.start_ns, end_ns, WINDOW_NS):
        yield from feed.window(from_ns, min(from_ns + WINDOW_NS, end_ns))


def _report(instrument: Instrument, counts: tuple[int, int], span: tuple[int, int]) -> InstrumentReport:
    return InstrumentReport(
        symbol=instrument.symbol,
        venue=instrument.venue,
        contract=instrument.contract.value,
        events=counts[0],
        trades=counts[1],
        first_ts_ns=span[0],
        last_ts_ns=span[1],
        coverage_ratio=1.0,
    )


def _restated(instrument: Instrument, wanted: Synthesis) -> Instrument:
    changes: dict[str, Any] = {}
    if wanted.lot_factor != 1:
        changes["lot_size"] = instrument.lot_size * wanted.lot_factor
    if wanted.contract is not None:
        changes["contract"] = wanted.contract
    return Instrument.model_validate(instrument.model_dump() | changes)


def _facts(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "source": row.source,
        "source_error": row.source_error,
        "synthetic": row.synthetic,
        "distance": row.distance,
    }
