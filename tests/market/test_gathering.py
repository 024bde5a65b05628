"""Messages become rows: what each kind means on the tape, and on which grid."""

from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.market import gathering as gathering_module
from seatrial.market.gathering import Gathering
from seatrial.market.importer.interface import (
    DEPTH,
    FUNDING,
    QUOTE,
    SNAPSHOT,
    TRADE,
    Listing,
    Message,
    Stream,
)
from seatrial.market.segments import NONE_NS
from seatrial.market.source import Source
from seatrial.model.errors import InputError
from seatrial.model.tape import FUNDING as FUNDING_ROW
from seatrial.model.tape import LAST, Tape, join

NOW = 1_700_000_000 * 10**9


@pytest.fixture
def stream(tmp_path: Path) -> Stream:
    """A stream to blame."""
    path = tmp_path / "a.log"
    path.write_text("x")
    return Stream(Source(path), lambda: iter(()), "receive")


def listing(**more: object) -> Listing:
    return Listing("venue", "SYM", "linear", **more)  # type: ignore[arg-type]


def message(kind: str, **more: object) -> Message:
    fields = {"ts_ns": NOW, "exch_ns": None, "kind": kind, "line": 7, "listing": listing()} | more
    return Message(**fields)  # type: ignore[arg-type]


def rows_of(gathering: Gathering) -> Tape:
    return join([rows.tape() for rows in gathering.rows(gathering.instrument())])


def test_a_finer_price_late_in_the_file_refines_all_before(
    tmp_path: Path, stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that went to scratch files long ago come back on the final grid."""
    monkeypatch.setattr(gathering_module, "ROWS_HELD_MAX", 2)
    gathering = Gathering(listing(), tmp_path)
    prices = ["100", "100.5", "101", "100.25", "7", "100.125"]
    for price in prices:
        gathering.take(stream, message(TRADE, price=price, qty="2"))

    tape = rows_of(gathering)

    instrument = gathering.instrument()
    assert instrument.tick_size == Decimal("0.001")
    assert [instrument.price(px) for px in tape.px.tolist()] == [Decimal(price) for price in prices]
    assert list(tmp_path.glob("*.npz")) == []


@pytest.mark.parametrize(("given", "expected"), [("0.05", "0.05"), ("0.5", "0.01")])
def test_the_venues_tick_is_taken_if_the_data_keep_it(
    tmp_path: Path, stream: Stream, given: str, expected: str
) -> None:
    """Ticks change over the years, and today's instrument list is no proof about last year's file."""
    gathering = Gathering(listing(tick_size=Decimal(given)), tmp_path)
    for price in ("100.05", "100.10"):
        gathering.take(stream, message(TRADE, price=price, qty="1"))

    assert gathering.instrument().tick_size == Decimal(expected)


def test_one_sided_quotes_are_messages_of_their_own(tmp_path: Path, stream: Stream) -> None:
    """Some venues send the bid and the ask apart."""
    gathering = Gathering(listing(), tmp_path)
    gathering.take(stream, message(QUOTE, bids=[("99", "1")]))
    gathering.take(stream, message(QUOTE, asks=[("101", "1")]))
    gathering.take(stream, message(QUOTE))

    assert [bool(code & LAST) for code in rows_of(gathering).code.tolist()] == [True, True]


def test_an_empty_change_writes_nothing(tmp_path: Path, stream: Stream) -> None:
    """It moves the chain on, and that is all."""
    gathering = Gathering(listing(), tmp_path)
    gathering.take(stream, message(SNAPSHOT, bids=[("99", "1")], asks=[("101", "1")], last_id=1))
    gathering.take(stream, message(DEPTH, first_id=2, last_id=2))
    gathering.take(stream, message(DEPTH, bids=[("98", "1")], first_id=3, last_id=3))

    assert len(rows_of(gathering)) == 4
    assert gathering.chain.breaks == 0


def test_funding_keeps_its_rate_whatever_the_lots_are(tmp_path: Path, stream: Stream) -> None:
    """The quantity column holds a rate here; rescaling the sizes must not touch it."""
    gathering = Gathering(listing(), tmp_path)
    gathering.take(stream, message(FUNDING, qty="-0.000123456789", price="100.2"))
    gathering.take(stream, message(TRADE, price="100.5", qty="0.00001"))

    tape = rows_of(gathering)

    assert int(tape.code[0]) & 0x0F == FUNDING_ROW
    assert (int(tape.qty[0]), int(tape.px[0])) == (-123_456_789, 1002)


def test_references_and_missing_stamps_are_kept(tmp_path: Path, stream: Stream) -> None:
    """A fill is explained by the venue's own trade id."""
    gathering = Gathering(listing(), tmp_path)
    gathering.take(stream, message(TRADE, price="1", qty="1", ref=77))

    (rows,) = gathering.rows(gathering.instrument())

    assert (rows.ref.tolist(), rows.exch_ts_ns.tolist()) == ([77], [NONE_NS])


def test_a_price_beyond_the_ticks_is_refused(tmp_path: Path, stream: Stream) -> None:
    """Noise of floating point makes a grid so fine that prices no longer fit."""
    gathering = Gathering(listing(), tmp_path)
    for price in ("64000", "0.000000001"):
        gathering.take(stream, message(TRADE, price=price, qty="1"))

    with pytest.raises(InputError, match=r"SYM: a price of 64000\S* is too many ticks of 1E-9"):
        rows_of(gathering)


@pytest.mark.parametrize(
    ("kind", "fields", "reason"),
    [
        (TRADE, {"price": "0", "qty": "1"}, "SYM trade: it is zero"),
        (TRADE, {"price": "1", "qty": "-1"}, "SYM trade: -1 is negative"),
        (QUOTE, {"bids": [("x", "1")]}, "SYM quote: 'x' is not a number"),
        (SNAPSHOT, {"bids": [("y", "1")], "asks": [("1", "1")]}, "SYM snapshot: 'y' is not a number"),
        (FUNDING, {"qty": "z"}, "SYM funding: rate 'z'"),
        (TRADE, {"exch_ns": 10**19}, "SYM trade: the exchange stamp 10000000000000000000 ns is not before"),
        (TRADE, {"ref": 2**63}, "SYM trade: the id 9223372036854775808 is too big"),
        (DEPTH, {"last_id": "x"}, "SYM depth: "),
        (FUNDING, {"qty": "NaN"}, "SYM funding: rate NaN or mark 0 is not finite"),
    ],
)
def test_a_value_that_makes_no_sense_is_named_with_its_line(
    tmp_path: Path, stream: Stream, kind: str, fields: dict[str, object], reason: str
) -> None:
    """Whichever importer it came from."""
    with pytest.raises(InputError, match=r"a\.log:7: " + reason):
        Gathering(listing(), tmp_path).take(stream, message(kind, **fields))


def test_what_it_is_made_of_is_said(tmp_path: Path, stream: Stream) -> None:
    """A run on trades alone claims nothing about spread or depth."""
    gathering = Gathering(listing(), tmp_path)
    gathering.take(stream, message(TRADE, price="1", qty="1"))
    gathering.take(stream, message(QUOTE, bids=[("1", "1")]))

    assert gathering.made_of == "quotes+trades"
