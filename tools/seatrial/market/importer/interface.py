"""
What an importer is: it recognises files and turns each into a time-ordered stream of messages.

A message is one thing the venue said, in the venue's own decimal strings. The shared pipeline
(`market.importing`) does all the rest once for everybody: grids, order, chains, snapshots,
sanity, segments. An importer counts nothing and repairs nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, Protocol

from ...model.registry import Registry
from ..source import Source

DEPTH, SNAPSHOT, TRADE, QUOTE, FUNDING = "depth", "snapshot", "trade", "quote", "funding"

Levels = Sequence[tuple[str, str]] | Sequence[list[str]]


class Listing(NamedTuple):
    """
    What a file says about one instrument; None is not said.

    `contract` is spot, linear or inverse. `bar_ns` is set for bars only, and makes coverage count
    bars. A tick or lot that is None is derived from every price and quantity in the files.
    """

    venue: str
    symbol: str
    contract: str
    base: str = ""
    quote: str = ""
    tick_size: Decimal | None = None
    lot_size: Decimal | None = None
    contract_size: Decimal = Decimal(1)
    bar_ns: int | None = None


class Message(NamedTuple):
    """
    One message of a venue about one instrument.

    `ts_ns` is the ordering clock: receive stamp where the file has one, else exchange stamp.
    `age` is what tells older book state from newer across depth and quote streams (an update id,
    or the exchange time; higher is newer; None if the venue gives neither).
    `first_id`, `last_id`, `prev_id` are the chain of a depth stream: with `prev_id`, it must equal
    the last `last_id`; without, `first_id` must be the last `last_id` + 1; all None: no chain.
    """

    ts_ns: int
    exch_ns: int | None
    kind: str
    line: int
    listing: Listing
    bids: Levels = ()
    asks: Levels = ()
    side: int = 0
    price: str = "0"
    qty: str = "0"
    ref: int = 0
    no_fill: bool = False
    age: int | None = None
    first_id: int | None = None
    last_id: int | None = None
    prev_id: int | None = None
    joins: bool = False


# By kind (name the fields when you build one):
#   DEPTH     bids, asks: levels with absolute sizes, "0" removes; the chain ids.
#   SNAPSHOT  bids, asks: the whole book. joins=True for an answer that was fetched beside the stream
#             (REST): deltas seen before it are kept and joined by their ids, and it is passed over
#             while the chain is whole. joins=False: it belongs to the stream and always replaces.
#   TRADE     price, qty, side (the taker's: 0 buys, 1 sells), ref (the venue's trade id, 0: none);
#             no_fill for a print that no resting order could have met (insurance fund, block trade).
#   QUOTE     bids, asks: the best level of each side; () for a side that the message leaves out.
#   FUNDING   qty is the rate, price the mark price ("0": unknown); once per boundary, at the boundary.


@dataclass(frozen=True)
class Stream:
    """
    The messages of one file in (nearly) time order; `messages()` starts again from the beginning.

    `rank` orders equal stamps: trades 0, depth 1, quotes 2 (a trade before the depth that shows it).
    `clock` says which stamp `ts_ns` is.
    """

    source: Source
    messages: Callable[[], Iterator[Message]]
    clock: Literal["receive", "exchange"]
    rank: int = 1


class Importer(Protocol):
    """One family of file formats."""

    name: str
    title: str

    def claims(self, source: Source) -> bool:
        """Say, from its head alone, whether this importer reads the file; never raise on foreign content."""

    def streams(self, sources: Sequence[Source]) -> Sequence[Stream]:
        """Return a stream per file and topic; files may be read together (snapshot beside updates)."""


# Files are cut at midnight, which is a funding boundary: the payment then falls between two files.
SEAM_NS = 10 * 10**9


def falls_due(due_ns: int, last_ns: int) -> bool:
    """
    Say whether a payment falls due right after the end of a file (exchange stamps).

    It is then booked with the file's last message: the next file no longer knows its rate, and a
    recording in daily files would lose one payment a day.
    """
    return last_ns < due_ns <= last_ns + SEAM_NS


IMPORTERS: Registry[Importer] = Registry("importer")
