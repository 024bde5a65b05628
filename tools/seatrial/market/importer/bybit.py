"""
Bybit v5 frames: WebSocket captures, and the public order-book dumps (ob500, ob200).

One frame a line, in one of four wrappings: `{"t","conn","ts","data"}` records (which also hold the
connection's address and `instruments-info` answers), `<receive stamp> <frame>`, the bare frame with a
receive stamp beside it, or the bare frame of a dump, which only knows the exchange's own clock.
Spot and linear share topic names, so a book belongs to a connection's category and a symbol.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

from ..contract import terms
from ..source import Source
from ..stamp import seconds_ns, step_ns
from .interface import (
    DEPTH,
    FUNDING,
    IMPORTERS,
    QUOTE,
    SNAPSHOT,
    TRADE,
    Listing,
    Message,
    Stream,
    falls_due,
)

MS_NS = 1_000_000
SIGHT_LINES = 2_000
CATEGORIES = ("linear", "inverse", "spot")
_FRAME = re.compile(rb'\\?"topic\\?":\s*\\?"(?:orderbook\.\d+|publicTrade|tickers)\.')
_CAPTURE = re.compile(rb'"t":\s*"header".*"exchange":\s*"BYBIT"|stream\.bybit\.com/v5/|api\.bybit\.com/v5/')
_BOOK = re.compile(rb"orderbook\.(\d+)\.([A-Z0-9-]+)")
_CONN = re.compile(rb'"conn":\s*"([^"]*)"')
_HTTP = re.compile(rb'\{"t":\s*"http"')
_PREFIX = re.compile(rb"\s*(\d{13}|\d{16}|\d{19})\s+(?=\{)")


class Bybit:
    """Reads captures and dumps of the v5 public streams."""

    name = "bybit"
    title = "Bybit v5 WebSocket captures and ob500/ob200 order-book dumps"

    def claims(self, source: Source) -> bool:
        """Say whether the head holds v5 frames or a v5 connection."""
        head = b"\n".join(line[:4096] for line in source.head_lines[:200])
        return _FRAME.search(head) is not None or _CAPTURE.search(head) is not None

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return one stream per connection: a capture may hold one connection after the other."""
        return [
            Stream(
                source, partial(_messages, source, conn),
                "receive" if _received(source) else "exchange",
            )
            for source in sources
            for conn in _connections(source)
        ]  # fmt: skip


class Frame(NamedTuple):
    """One line, unwrapped: where it came from, when it arrived (None: not recorded), what it says."""

    conn: str
    recv_ns: int | None
    body: Mapping[str, Any]


@dataclass
class Session:
    """What must be remembered from frame to frame: categories, listings, funding boundaries."""

    source: Source
    depths: Mapping[str, int]
    categories: dict[str, str] = field(default_factory=dict)
    grids: dict[tuple[str, str], tuple[Decimal, Decimal]] = field(default_factory=dict)
    listings: dict[tuple[str, str], Listing] = field(default_factory=dict)
    funding: dict[Listing, dict[str, Any]] = field(default_factory=dict)

    def listing(self, conn: str, symbol: str) -> Listing:
        """Return the instrument that a connection means by a symbol."""
        key = (conn, symbol)
        if key not in self.listings:
            category = self.categories.get(conn) or _category(self.source, symbol)
            venue = "bybit-spot" if category == "spot" else "bybit"
            tick, lot = self.grids.get((category, symbol), (None, None))
            said = terms(venue, symbol)
            self.listings[key] = Listing(venue, symbol, *said[:3], tick, lot, said.contract_size)
        return self.listings[key]


def _messages(source: Source, conn: str) -> Iterator[Message]:
    """Yield the messages of one connection; answers of the REST API are read for all of them."""
    session = Session(source, _deepest(source))
    line = last_ns = 0
    for line, raw in source.lines():
        found = _CONN.search(raw, 0, 200)
        if found is not None and found.group(1).decode() != conn and not _HTTP.match(raw):
            continue
        try:
            frame = _unwrap(raw)
            if frame is not None:
                for message in _of_frame(session, line, frame):
                    last_ns = max(last_ns, message.ts_ns)
                    yield message
        except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
            reason = f"not a Bybit v5 frame ({type(error).__name__}: {str(error)[:80]})"
            raise source.error(reason, line=line, fix="cut the line, or record again") from error
    yield from _last_funding(session, line, last_ns)


def _of_frame(session: Session, line: int, frame: Frame) -> Iterator[Message]:
    body = frame.body
    if "addr" in body:
        session.categories[frame.conn] = str(body["addr"]).rsplit("/", 1)[-1]
    elif "retCode" in body:
        _learn_grids(session, body)
    elif "topic" in body:
        channel, _, rest = body["topic"].partition(".")
        if channel == "orderbook":
            depth, _, symbol = rest.partition(".")
            yield from _book(session, line, frame, (int(depth), symbol))
        elif channel == "publicTrade":
            yield from _trades(session, line, frame)
        elif channel == "tickers":
            yield from _funding(session, line, frame, rest)


def _book(session: Session, line: int, frame: Frame, topic: tuple[int, str]) -> Iterator[Message]:
    depth, symbol = topic
    body, data = frame.body, frame.body["data"]
    listing, update = session.listing(frame.conn, symbol), int(data["u"])
    exch_ns = int(body.get("cts") or body["ts"]) * MS_NS
    ts_ns = exch_ns if frame.recv_ns is None else frame.recv_ns
    bids, asks = data["b"], data["a"]
    age = int(data["seq"]) if "seq" in data else None
    if depth == 1:
        yield Message(ts_ns, exch_ns, QUOTE, line, listing, bids, asks, ref=update, age=age)
    elif depth == session.depths.get(symbol, depth):
        kind = {"snapshot": SNAPSHOT, "delta": DEPTH}[body["type"]]
        yield Message(
            ts_ns,
            exch_ns,
            kind,
            line,
            listing,
            bids,
            asks,
            ref=update,
            age=age,
            first_id=update,
            last_id=update,
        )


def _trades(session: Session, line: int, frame: Frame) -> Iterator[Message]:
    for trade in frame.body["data"]:
        exch_ns = int(trade["T"]) * MS_NS
        yield Message(
            exch_ns if frame.recv_ns is None else frame.recv_ns,
            exch_ns, TRADE, line, session.listing(frame.conn, trade["s"]),
            side={"Buy": 0, "Sell": 1}[trade["S"]], price=trade["p"], qty=trade["v"],
            # A block trade is agreed off the book and meets no resting order.
            ref=number_of(trade["i"]), no_fill=bool(trade.get("BT")),
        )  # fmt: skip


def _funding(session: Session, line: int, frame: Frame, symbol: str) -> Iterator[Message]:
    """Yield the payment at the first ticker after its boundary, with the rate last known before it."""
    body, listing = frame.body, session.listing(frame.conn, symbol)
    known, now_ms = session.funding.setdefault(listing, {}), int(body["ts"])
    due_ms = int(known.get("nextFundingTime") or 0)
    if due_ms and now_ms >= due_ms and known.get("fundingRate"):
        ts_ns = now_ms * MS_NS if frame.recv_ns is None else frame.recv_ns
        mark = known.get("markPrice") or "0"
        yield Message(ts_ns, due_ms * MS_NS, FUNDING, line, listing, price=mark, qty=known["fundingRate"])
        known["nextFundingTime"] = None
    told = {key: body["data"].get(key) for key in ("nextFundingTime", "fundingRate", "markPrice")}
    if int(told["nextFundingTime"] or 0) <= now_ms:
        told["nextFundingTime"] = None
    known.update({key: value for key, value in told.items() if value}, told_ms=now_ms)


def _last_funding(session: Session, line: int, last_ns: int) -> Iterator[Message]:
    """Yield the payments that fall between this file and the next."""
    for listing, known in session.funding.items():
        due_ns = int(known.get("nextFundingTime") or 0) * MS_NS
        if known.get("fundingRate") and falls_due(due_ns, known["told_ms"] * MS_NS):
            mark = known.get("markPrice") or "0"
            yield Message(last_ns, due_ns, FUNDING, line, listing, price=mark, qty=known["fundingRate"])


def _learn_grids(session: Session, body: Mapping[str, Any]) -> None:
    result = body.get("result") or {}
    for entry in result.get("list", ()):
        lot = entry.get("lotSizeFilter", {})
        step = lot.get("qtyStep") or lot.get("basePrecision")
        if step and "priceFilter" in entry:
            grid = (Decimal(entry["priceFilter"]["tickSize"]), Decimal(step))
            session.grids[result["category"], entry["symbol"]] = grid


def _unwrap(raw: bytes) -> Frame | None:
    """Return the frame of a line; None for lines that say nothing about a market."""
    import orjson

    if found := _PREFIX.match(raw):
        stamp = found.group(1).decode()
        return Frame("", int(stamp) * step_ns(stamp), orjson.loads(raw[found.end() :]))
    record = orjson.loads(raw)
    if not isinstance(record, dict):
        raise ValueError("not an object")  # noqa: TRY004 - a bad file, not a bad call
    if "t" not in record or "topic" in record:
        return Frame("", None, record)
    # The text of a JSON float is what Python prints for it, so no digit is lost on the way.
    recv_ns = seconds_ns(repr(record["ts"])) if "ts" in record else None
    if record["t"] == "connect":
        return Frame(record["conn"], recv_ns, {"addr": record["addr"]})
    if record["t"] in {"recv", "http"}:
        data = record["data"]
        body = orjson.loads(data) if isinstance(data, str) else data
        return Frame(record["conn"], recv_ns, body) if isinstance(body, dict) else None
    return None


def _received(source: Source) -> bool:
    first = source.head_lines[0]
    return first.startswith(b'{"t"') or _PREFIX.match(first) is not None


def _connections(source: Source) -> list[str]:
    """Return the connections of a capture by their first appearance; [""] when lines name none."""
    if not source.head_lines[0].startswith(b'{"t"'):
        return [""]
    found: dict[bytes, None] = {}
    for _, raw in source.lines():
        conn = _CONN.search(raw, 0, 200)
        if conn is not None and not _HTTP.match(raw):
            found[conn.group(1)] = None
    return [conn.decode() for conn in found]


def _deepest(source: Source) -> dict[str, int]:
    """Return the deepest book per symbol in the first lines: the same book at less depth adds nothing."""
    deepest: dict[str, int] = {}
    for _, raw in islice(source.lines(), SIGHT_LINES):
        for found in _BOOK.finditer(raw, 0, 1_000):
            symbol = found.group(2).decode()
            deepest[symbol] = max(deepest.get(symbol, 0), int(found.group(1)))
    return deepest


def _category(source: Source, symbol: str) -> str:
    """Return what folder or file name say of a bare frame, else what its symbol says."""
    parts = "/".join([*source.path.parts[-3:-1], source.name]).lower()
    for category in CATEGORIES:
        if re.search(rf"(?<![a-z]){category}(?![a-z])", parts):
            return category
    return "inverse" if symbol.endswith("USD") else "linear"


def number_of(trade_id: str) -> int:
    """Return a venue's trade id as a 63-bit number: itself when it is one, else a digest of it."""
    if trade_id.isdecimal() and len(trade_id) <= 18:
        return int(trade_id)
    return int.from_bytes(hashlib.blake2b(trade_id.encode(), digest_size=8).digest()) >> 1


IMPORTERS.add(Bybit.name, Bybit())
