"""
hftbacktest's npz: the local side of a feed, as the arrays that its backtests read.

Rows that the local side saw (LOCAL flag) are in order of arrival; rows of one arrival are one
message. Values are 64-bit floats there; their shortest text gives the decimal that was put in.
Venue and symbol are in the name only.
"""

import re
from collections.abc import Iterator, Sequence
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from ..contract import LINEAR, pair
from ..source import Source
from .interface import DEPTH, IMPORTERS, QUOTE, SNAPSHOT, TRADE, Listing, Message, Stream

if TYPE_CHECKING:
    import numpy as np

LOCAL, BUY, SELL = 1 << 30, 1 << 29, 1 << 28
CHUNK_ROWS = 50_000
_KINDS = {1: DEPTH, 2: TRADE, 3: SNAPSHOT, 4: SNAPSHOT, 5: QUOTE}
_CLEAR = 3
_COLUMNS = {"ev", "exch_ts", "local_ts", "px", "qty"}
_MAGIC = b"\x93NUMPY"
Row = tuple[int, int, int, float, float]


class HftbacktestNpz:
    """Reads event arrays."""

    name = "hftbacktest-npz"
    title = "hftbacktest npz event arrays"

    def claims(self, source: Source) -> bool:
        """Say whether the one member is an event array."""
        return source.head.startswith(_MAGIC) and b"'local_ts'" in source.head[:2048]

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per file."""
        return [Stream(source, partial(_messages, source), "receive", 1) for source in sources]


def _messages(source: Source) -> Iterator[Message]:
    listing = _listing(source)
    held: list[Row] = []
    start = key = None
    for number, row in _rows(source):
        kind = _KINDS.get(row[0] & 0xFF)
        if kind is None:
            raise source.error(
                f"event {row[0] & 0xFF} is not market depth, a trade or a quote", line=number,
                fix="order-by-order (L3) arrays are not read",
            )  # fmt: skip
        group = (row[1], row[2], kind)
        if held and (group != key or kind == TRADE):
            yield _message(source, start or 1, listing, held)
            held = []
        if not held:
            key, start = group, number
        held.append(row)
    if held:
        yield _message(source, start or 1, listing, held)


def _message(source: Source, line: int, listing: Listing, rows: Sequence[Row]) -> Message:
    flags, exch_ns, local_ns, px, qty = rows[0]
    kind = _KINDS[flags & 0xFF]
    sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for row in rows:
        if not row[0] & (BUY | SELL):
            raise source.error(
                "the row has neither the BUY nor the SELL flag", line=line, fix="convert it again"
            )
        if row[0] & 0xFF != _CLEAR:
            sides[0 if row[0] & BUY else 1].append((repr(row[3]), repr(row[4])))
    if kind == TRADE:
        side = 0 if flags & BUY else 1
        return Message(local_ns, exch_ns, TRADE, line, listing, side=side, price=repr(px), qty=repr(qty))
    return Message(local_ns, exch_ns, kind, line, listing, bids=sides[0], asks=sides[1], age=exch_ns)


def _rows(source: Source) -> Iterator[tuple[int, Row]]:
    """Yield (row number from 1, row) of the local side, in chunks of bounded memory."""
    number = 0
    with source.open() as file:
        dtype, count = _head(source, file)
        while number < count:
            due = min(CHUNK_ROWS, count - number)
            array = _chunk(source, file, dtype, due)
            columns = [array[name].tolist() for name in ("ev", "exch_ts", "local_ts", "px", "qty")]
            for row in zip(*columns, strict=True):
                number += 1
                if row[0] & LOCAL:
                    yield number, row


def _head(source: Source, file: IO[bytes]) -> "tuple[np.dtype[Any], int]":
    import numpy as np

    try:
        version = np.lib.format.read_magic(file)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, dtype = read(file)
    except (ValueError, EOFError) as error:
        raise source.error(f"not a numpy array: {error}", fix="is the file damaged?") from error
    if not set(dtype.names or ()) >= _COLUMNS or len(shape) != 1:
        raise source.error(
            "the array has not the columns of hftbacktest 2", fix="convert it with hftbacktest 2"
        )
    return dtype, shape[0]


def _chunk(source: Source, file: IO[bytes], dtype: "np.dtype[Any]", rows: int) -> "np.ndarray":
    import zipfile
    import zlib

    import numpy as np

    try:
        data = file.read(rows * dtype.itemsize)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise source.error("the compressed data are damaged", fix="download it again") from error
    if len(data) != rows * dtype.itemsize:
        raise source.error("the array is cut short", fix="download it again")
    return np.frombuffer(data, dtype)


def _listing(source: Source) -> Listing:
    found = re.match(
        r"([A-Za-z]+?)[-_]?(usdt|usdc|fdusd|usd)(_perp)?(?![A-Za-z])", source.name, re.IGNORECASE
    )
    if found is None:
        raise source.error(
            "the file does not say which instrument this is",
            fix="rename it to begin with the symbol, as btcusdt_",
        )
    symbol = f"{found.group(1)}{found.group(2)}".upper()
    if found.group(2).lower() == "usd":
        raise source.error(
            "the array does not say what an inverse contract is worth",
            fix="import the capture it was made from",
        )
    return Listing("unknown", symbol, LINEAR, *pair(symbol))


IMPORTERS.add(HftbacktestNpz.name, HftbacktestNpz())
