"""
Bars (open, high, low, close, volume) as CSV or Parquet, for runs where nothing finer exists.

A bar says nothing of the book. It becomes four prints, open, high, low and close, in this order and
at fixed places inside the bar, each with a quote one tick either side: enough for a coarse run, no
claim about spread or depth. The listing carries the bar's length, so that coverage counts bars and
the dataset says what it is made of.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, InvalidOperation
from functools import partial
from typing import NamedTuple

from ..contract import SPOT, is_venue, pair, terms
from ..source import Source
from ..stamp import any_ns
from ..table import header, text
from .interface import IMPORTERS, QUOTE, TRADE, Listing, Message, Stream

NEEDED = ("time", "open", "high", "low", "close", "volume")
RENAMED: Mapping[str, tuple[str, ...]] = {
    "time": ("timestamp", "date", "datetime", "open_time", "opentime", "ts", "unix", "start"),
    "open": ("o",), "high": ("h",), "low": ("l",), "close": ("c",),
    "volume": ("vol", "v", "volume_base", "base_volume", "amount"),
}  # fmt: skip
# Binance's klines without a header: these six come first of twelve.
KLINE_FIELDS = 12
_PARQUET = b"PAR1"
_SYMBOL = re.compile(r"(?<![A-Z0-9])([A-Z0-9]{2,15}?[-_/]?(?:USDT|USDC|FDUSD|BUSD|USD|EUR|BTC|ETH))(?![A-Z])")


class Bar(NamedTuple):
    """One bar as it stands in the file."""

    line: int
    ts_ns: int
    prices: tuple[str, str, str, str]
    volume: str


@dataclass(frozen=True)
class Grid:
    """What a first pass learns: the bar's length, and the decimals of prices and volumes."""

    bar_ns: int
    tick: Decimal
    lot: Decimal


class Ohlcv:
    """Reads bars."""

    name = "ohlcv"
    title = "OHLCV bars, CSV or Parquet"

    def claims(self, source: Source) -> bool:
        """Say whether the columns are those of bars."""
        if source.magic.startswith(_PARQUET):
            return _places(list(_parquet_columns(source))) is not None
        names = header(source)
        return _is_kline(names) or _places(names) is not None

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [Stream(source, partial(_messages, source), "exchange", 0) for source in sources]


def _messages(source: Source) -> Iterator[Message]:
    grid = measure(source)
    listing = _listing(source, grid)
    for bar in bars(source):
        yield from prints(bar, listing, grid)


def prints(bar: Bar, listing: Listing, grid: Grid) -> Iterator[Message]:
    """Yield quote and print of a bar's open, high, low and close, the volume shared among them."""
    share = (Decimal(bar.volume) / 4).quantize(grid.lot, ROUND_DOWN)
    last = Decimal(bar.volume) - 3 * share
    offsets = (0, grid.bar_ns // 3, 2 * grid.bar_ns // 3, grid.bar_ns - 1)
    for offset, price, size in zip(offsets, bar.prices, (share, share, share, last), strict=True):
        ts_ns, shown, level = bar.ts_ns + offset, max(size, grid.lot), Decimal(price)
        bids, asks = ((str(level - grid.tick), str(shown)),), ((str(level + grid.tick), str(shown)),)
        yield Message(ts_ns, ts_ns, QUOTE, bar.line, listing, bids, asks)
        if size > 0:
            yield Message(ts_ns, ts_ns, TRADE, bar.line, listing, price=price, qty=str(size))


def measure(source: Source) -> Grid:
    """Read the file once for its grid; the bar's length is the commonest distance between two bars."""
    distances: Counter[int] = Counter()
    decimals = [0, 0]
    before: int | None = None
    for bar in bars(source):
        if before is not None and bar.ts_ns > before:
            distances[bar.ts_ns - before] += 1
        before = bar.ts_ns
        for place, values in enumerate((bar.prices, (bar.volume,))):
            decimals[place] = max(decimals[place], *map(_decimals, values))
    if not distances:
        raise source.error("two bars at least are needed to know how long a bar is", fix="give a longer file")
    # The shorter of two equally common distances: a gap is a multiple of the bar.
    bar_ns = min(distances, key=lambda distance: (-distances[distance], distance))
    return Grid(bar_ns, Decimal(1).scaleb(-decimals[0]), Decimal(1).scaleb(-decimals[1]))


def _decimals(value: str) -> int:
    exponent = Decimal(value).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def bars(source: Source) -> Iterator[Bar]:
    """Yield the bars of a file in its order; a bar that contradicts itself is an InputError."""
    if source.magic.startswith(_PARQUET):
        return _parquet_bars(source)
    return _csv_bars(source)


def _csv_bars(source: Source) -> Iterator[Bar]:
    import csv

    names = header(source)
    kline = _is_kline(names)
    at = (0, 1, 2, 3, 4, 5) if kline else _places(names)
    if at is None:
        raise source.error("these are not bars", line=1, fix=f"columns needed: {', '.join(NEEDED)}")
    for line, raw in source.lines():
        if line == 1 and not kline:
            continue
        fields = next(csv.reader([text(source, line, raw)]))
        if len(fields) < max(at) + 1:
            raise source.error(f"the row has {len(fields)} fields", line=line, fix="is the file cut short?")
        yield _bar(source, line, [fields[place].strip() for place in at])


def _parquet_bars(source: Source) -> Iterator[Bar]:
    import duckdb

    from ..segments import connect

    columns = _parquet_columns(source)
    names = list(columns)
    at = _places(names)
    if at is None:
        raise source.error("these are not bars", fix=f"columns needed: {', '.join(NEEDED)}")
    chosen = [_quoted(names[place]) for place in at]
    if columns[names[at[0]]] == "TIMESTAMP WITH TIME ZONE":
        chosen[0] = f"epoch_us({chosen[0]})"
    line = 0
    try:
        # Names come from the file and are quoted; the path is a parameter.
        rows = connect().execute(f"SELECT {', '.join(chosen)} FROM read_parquet(?)", [str(source.path)])  # noqa: S608
        while batch := rows.fetchmany(10_000):
            for row in batch:
                line += 1
                yield _bar(source, line, ["" if value is None else str(value) for value in row])
    except duckdb.Error as error:
        raise source.error("the Parquet file cannot be read", line=line + 1, fix="is it damaged?") from error


def _parquet_columns(source: Source) -> dict[str, str]:
    """Return the type of each column; InputError for a file that only begins like Parquet."""
    import duckdb

    from ..segments import connect

    try:
        rows = connect().execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(source.path)]).fetchall()
    except duckdb.Error as error:
        raise source.error("the Parquet file cannot be read", fix="is it damaged or cut short?") from error
    return {str(row[0]): str(row[1]) for row in rows}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _bar(source: Source, line: int, fields: Sequence[str]) -> Bar:
    time, *values = fields
    try:
        ts_ns = any_ns(time)
    except ValueError as error:
        raise source.error(
            str(error),
            line=line,
            field="time",
            fix="write each time with its zone, or as whole milliseconds UTC",
        ) from error
    numbers = [_number(source, line, name, value) for name, value in zip(NEEDED[1:], values, strict=True)]
    opened, high, low, close, volume = numbers
    if not low <= min(opened, close) <= max(opened, close) <= high:
        raise source.error("high and low do not hold open and close", line=line, fix="are columns swapped?")
    if low <= 0 or volume < 0:
        raise source.error("a price or the volume is negative or zero", line=line, fix="mend or drop the bar")
    return Bar(line, ts_ns, (values[0], values[1], values[2], values[3]), values[4])


def _number(source: Source, line: int, name: str, value: str) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise source.error(f"{value!r} is not a number", line=line, field=name, fix="mend or drop the bar")
    return number


def _places(names: Sequence[str]) -> tuple[int, ...] | None:
    lower = [name.lower() for name in names]
    found = []
    for name in NEEDED:
        options = [option for option in (name, *RENAMED[name]) if option in lower]
        if not options:
            return None
        found.append(lower.index(options[0]))
    return tuple(found)


def _is_kline(fields: Sequence[str]) -> bool:
    return len(fields) == KLINE_FIELDS and fields[0].isdecimal() and fields[6].isdecimal()


def _listing(source: Source, grid: Grid) -> Listing:
    found = _SYMBOL.search(source.name.upper())
    if found is None:
        raise source.error(
            "the file does not say which instrument this is", line=1, fix="rename it to begin with the symbol"
        )
    symbol = re.sub(r"[-_/]", "", found.group(1))
    venue = next((part for part in reversed(source.path.parts[:-1]) if is_venue(part)), None)
    if venue is not None:
        said = terms(venue, symbol)
        return Listing(venue, symbol, *said[:3], grid.tick, grid.lot, said.contract_size, grid.bar_ns)
    return Listing("unknown", symbol, SPOT, *pair(symbol), grid.tick, grid.lot, bar_ns=grid.bar_ns)


IMPORTERS.add(Ohlcv.name, Ohlcv())
