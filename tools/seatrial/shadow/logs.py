"""
Decision logs of any program, line by line, as entries that the checks can read.

Our own and other programs' differ in names only: what is looked for is a symbol, a moment, a price
and an id, wherever a program of this kind puts them. Nothing is filled in.
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ..model.errors import InputError, Where
from ..model.shadow_decision import NAME

Row = Mapping[str, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID_FIELDS = ("decision_id", "id", "uuid")
_WRITER_FIELDS = ("run_id", "instance", "pid", "session_id", "writer", "process_id")
_TIME_FIELDS = ("ts_ns", "timestamp", "ts", "time", "datetime", "created_at")
_PRICE_FIELDS = ("mid", "price", "last", "close", "bid")
_CONTEXTS = ("market_context", "market", "context")
_COUNTER = re.compile(r"^(?P<name>.*?)(?P<number>\d+)$")
_OUTCOMES = frozenset({"outcome", "result", "fill"})
# Since 2001 in each unit; what is smaller is no time of this century.
_UNITS = ((10**18, 1), (10**15, 1_000), (10**12, 1_000_000), (10**9, 1_000_000_000))


@dataclass(frozen=True)
class Entry:
    """
    One line of a log: `row` counts from 1, `ts_ns` None when it says no moment.

    `naive` is a time without its zone, read as UTC. `values` are the numbers of the market context.
    """

    file: str
    row: int
    raw: Row
    symbol: str | None = None
    decision_id: str | None = None
    writer: str | None = None
    ts_ns: int | None = None
    naive: bool = False
    price: float | None = None
    values: Mapping[str, float] = field(default_factory=dict)
    is_outcome: bool = False

    @property
    def counter(self) -> tuple[str, int] | None:
        """Return the number that ends the id, with what kind of id it is; None without one."""
        found = _COUNTER.match(self.decision_id or "")
        if found is None:
            return None
        return re.sub(r"\d+", "", found["name"]), int(found["number"])


@dataclass(frozen=True)
class Broken:
    """A line that is no JSON object; `torn` when it is the last one and has no end."""

    file: str
    row: int
    torn: bool
    reason: str


def files_of(path: Path) -> list[Path]:
    """Return the logs that a path names: a file, a record, or a folder of JSONL files."""
    if path.is_file():
        return [path]
    if (path / NAME).is_file():
        return [path / NAME]
    found = sorted(file for file in path.glob("*.jsonl") if file.is_file()) if path.is_dir() else []
    if not found:
        raise InputError(
            "there is no decision log here",
            where=Where(str(path)),
            fix=f"name a JSONL file, or a record that holds {NAME}",
        )
    return found


def read(file: Path) -> Iterator[Entry | Broken]:
    """Yield the lines of a log; a line that cannot be read is told, not skipped."""
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _line(str(file), number, line)
    except OSError as error:
        raise InputError(f"cannot read it: {error.strerror}", where=Where(str(file))) from error


def _line(file: str, number: int, line: bytes) -> Entry | Broken:
    try:
        raw = json.loads(line)
    except (ValueError, RecursionError) as error:
        return Broken(file, number, not line.endswith(b"\n"), str(error)[:80])
    if not isinstance(raw, dict):
        return Broken(file, number, torn=False, reason="not an object")
    return entry_of(file, number, raw)


def entry_of(file: str, number: int, raw: Row) -> Entry:
    """Return a row as an entry."""
    context: Row = next((raw[name] for name in _CONTEXTS if isinstance(raw.get(name), Mapping)), {})
    ts_ns, naive = _moment(raw)
    sources = (context, raw)
    price = next((value for src in sources if (value := _first_number(src, _PRICE_FIELDS)) is not None), None)
    kind = str(raw.get("record_type") or raw.get("type") or "").lower()
    return Entry(
        file=file,
        row=number,
        raw=raw,
        symbol=_text(raw, ("symbol", "pair", "market_symbol")),
        decision_id=_text(raw, _ID_FIELDS),
        writer=_text(raw, _WRITER_FIELDS),
        ts_ns=ts_ns,
        naive=naive,
        price=price,
        values={name: found for name, value in context.items() if (found := _number(value)) is not None},
        is_outcome=kind in _OUTCOMES,
    )


def is_decision(entry: Entry) -> bool:
    """Return whether a row decides something about a symbol."""
    return entry.symbol is not None and not entry.is_outcome


def _moment(raw: Row) -> tuple[int | None, bool]:
    for name in _TIME_FIELDS:
        value = raw.get(name)
        if isinstance(value, str):
            found = _parsed(value)
            if found is not None:
                return found
        elif (number := _number(value)) is not None:
            return _scaled(value if isinstance(value, int) else number), False
    return None, False


def _parsed(text: str) -> tuple[int, bool] | None:
    # Nine digits of a second are common and more than Python keeps: cut them, keep them ourselves.
    found = re.fullmatch(r"(.*?)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?", text.strip())
    if found is None:
        return None
    whole, fraction, zone = (
        found[1],
        (found[2] or "0")[:9].ljust(9, "0"),
        (found[3] or "").replace("Z", "+00:00"),
    )
    try:
        moment = datetime.fromisoformat(whole + zone)
    except ValueError:
        return None
    naive = moment.tzinfo is None
    since = (moment.replace(tzinfo=UTC) if naive else moment) - _EPOCH
    return since // timedelta(seconds=1) * 10**9 + int(fraction), naive


def _scaled(value: float) -> int | None:
    for least, factor in _UNITS:
        if value >= least:
            return int(value * factor)
    return None


def _first_number(source: Row, names: Sequence[str]) -> float | None:
    return next((number for name in names if (number := _number(source.get(name))) is not None), None)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _text(raw: Row, names: Sequence[str]) -> str | None:
    return next((str(raw[name]) for name in names if _plain(raw.get(name))), None)


def _plain(value: Any) -> bool:
    return isinstance(value, str | int) and value != ""
