"""
Totals compared: a bot's metrics per symbol against a venue's daily profit, fees and turnover.

The files of an earlier toolkit: `metrics.json`, and `pnl.csv`, `fees.csv`, `turnover.csv` with one row
per day and symbol, each about the figure in its third column. Profit and turnover add up over days;
basis points do not: they are weighted by the day's turnover, and without one they are compared only
where all days agree.
"""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation, localcontext
from pathlib import Path
from typing import Any

from ..model.errors import InputError, Where
from .breaks import Break
from .ledger import EXACT, ZERO
from .matching.rules import BreakClass
from .saying import maybe
from .text_file import open_text

PNL, FEES, TURNOVER = "pnl", "fees_bps", "turnover_usd"
FIGURES = (PNL, FEES, TURNOVER)
TOLERANCE = Decimal("1e-6")
SUM_ROW = "TOTAL"
MAX_BYTES = 2**20
Figures = dict[str, Decimal]


@dataclass
class Totals:
    """The figures of each symbol, how many were equal, and what differs."""

    equal: int = 0
    ours: int = 0
    theirs: int = 0
    breaks: list[Break] = field(default_factory=list)


def is_metrics(path: Path) -> bool:
    """Return whether a file is such a bot's metrics."""
    if path.suffix != ".json" or not path.is_file() or path.stat().st_size > MAX_BYTES:
        return False
    try:
        return _metrics(path) is not None
    except InputError:
        return False


def compare_totals(internal: Path, statements: Sequence[Path]) -> Totals:
    """Compare the figures of metrics with those of daily tables."""
    ours = _metrics(internal) or {}
    theirs = _tables(statements)
    found = Totals()
    for symbol in sorted(ours.keys() | theirs.keys()):
        for name in FIGURES:
            a, b = ours.get(symbol, {}).get(name), theirs.get(symbol, {}).get(name)
            found.ours += bool(a)
            found.theirs += bool(b)
            # A symbol that did not trade may stand in one file with zeros and not in the other.
            if (a or b) and abs((b or ZERO) - (a or ZERO)) > TOLERANCE:
                found.breaks.append(_break(symbol, name, (a, b), theirs.get(symbol, {}), statements))
            elif a or b:
                found.equal += 1
    return found


def _break(
    symbol: str,
    name: str,
    sides: tuple[Decimal | None, Decimal | None],
    theirs: Figures,
    files: Sequence[Path],
) -> Break:
    a, b = sides
    kind = BreakClass.FEE_AMOUNT if name == FEES else BreakClass.QUANTITY
    if a is None or b is None:
        kind = BreakClass.MISSING_HERE if a is None else BreakClass.MISSING_THERE
    with localcontext(EXACT):
        apart: Decimal | None = abs((b or ZERO) - (a or ZERO))
        if name == FEES and apart is not None:
            turnover = theirs.get(TURNOVER)
            apart = None if turnover is None else apart * turnover / 10_000
    return Break(
        kind, f"{symbol} {name}", name, maybe(a), maybe(b), apart, symbol, 0, _file_of(name, files),
        cause="the totals differ: compare the fills of these days to see which",
    )  # fmt: skip


def _file_of(name: str, files: Sequence[Path]) -> str:
    return next((path.name for path in files if path.stem in name), files[0].name if files else "")


def _metrics(path: Path) -> dict[str, Figures] | None:
    """Return the figures of each symbol in metrics of either form, None when it is no such file."""
    with open_text(path) as file:
        try:
            told = json.loads(file.read(), parse_float=Decimal, parse_int=Decimal)
        except ValueError as error:
            raise InputError("is no JSON", where=Where(path.name)) from error
    if not isinstance(told, dict):
        return None
    flat = {
        symbol: each for symbol, each in told.items() if isinstance(each, dict) and each.keys() & set(FIGURES)
    }
    if flat:
        return {symbol: _known(each) for symbol, each in flat.items()}
    if isinstance(told.get("fees"), dict) and isinstance(told.get("turnover"), dict):
        found: dict[str, Figures] = defaultdict(dict)
        for name, figures in (
            (FEES, told["fees"].get("per_symbol_bps")),
            (TURNOVER, told["turnover"].get("usd")),
        ):
            for symbol, value in (figures or {}).items():
                found[symbol] |= _known({name: value})
        return dict(found)
    return None


def _known(each: Mapping[str, Any]) -> Figures:
    return {name: value for name in FIGURES if isinstance(value := each.get(name), Decimal)}


def _tables(paths: Sequence[Path]) -> dict[str, Figures]:
    """Return the figures of each symbol over all days of all tables."""
    days: dict[str, dict[tuple[str, str], Decimal]] = {name: {} for name in FIGURES}
    for path in paths:
        name, rows = _table(path)
        for key, value in rows:
            days[name][key] = days[name].get(key, ZERO) + value
    found: dict[str, Figures] = defaultdict(dict)
    with localcontext(EXACT):
        for name in (PNL, TURNOVER):
            for (symbol, _), value in days[name].items():
                found[symbol][name] = found[symbol].get(name, ZERO) + value
        for symbol in sorted({symbol for symbol, _ in days[FEES]}):
            found[symbol] |= _weighted(symbol, days[FEES], days[TURNOVER])
    return dict(found)


def _weighted(
    symbol: str, fees: Mapping[tuple[str, str], Decimal], turnover: Mapping[tuple[str, str], Decimal]
) -> Figures:
    """Return basis points over all days, or nothing where days differ and no turnover weighs them."""
    mine = {day: bps for (name, day), bps in fees.items() if name == symbol}
    weights = {day: turnover.get((symbol, day), ZERO) for day in mine}
    total = sum(weights.values(), ZERO)
    if total:
        return {FEES: sum((bps * weights[day] for day, bps in mine.items()), ZERO) / total}
    return {FEES: next(iter(mine.values()))} if len(set(mine.values())) == 1 else {}


def _table(path: Path) -> tuple[str, Iterable[tuple[tuple[str, str], Decimal]]]:
    with open_text(path) as file:
        rows = [row for row in csv.reader(file) if row]
    header = [name.strip().lower() for name in rows[0]] if rows else []
    if header[:2] != ["date", "symbol"] or len(header) < 3 or header[2] not in FIGURES:
        raise InputError(
            "is no daily table of pnl, fees_bps or turnover_usd", where=Where(path.name, 1),
            fix="its columns begin with date,symbol and the figure that it is about",
        )  # fmt: skip
    return header[2], _values(path, header[2], rows[1:])


def _values(
    path: Path, name: str, rows: Sequence[Sequence[str]]
) -> Iterator[tuple[tuple[str, str], Decimal]]:
    for line, row in enumerate(rows, 2):
        if len(row) < 3:
            raise InputError("is cut", where=Where(path.name, line))
        try:
            value = Decimal(row[2].strip())
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise InputError(f"{row[2]!r} is no number", where=Where(path.name, line, name))
        if row[1].strip() != SUM_ROW:
            yield (row[1].strip(), row[0].strip()), value
