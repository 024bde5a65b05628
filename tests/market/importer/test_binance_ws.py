"""Binance captures: which market, which stamp, which of two trade streams."""

import pytest
from tests.market.conftest import START, Capture

from seatrial.market.importer import IMPORTERS
from seatrial.market.importer.interface import FUNDING, QUOTE, SNAPSHOT, TRADE, Message
from seatrial.market.importing import import_files
from seatrial.market.source import Source
from seatrial.model.errors import InputError


def read(capture: Capture) -> list[Message]:
    (stream,) = IMPORTERS.get("binance-ws").streams([Source(capture.file("a.log"))])
    return list(stream.messages())


@pytest.mark.parametrize("digits", [10, 13, 16, 19])
def test_the_unit_of_the_receive_stamp_is_read_from_its_digits(capture: Capture, digits: int) -> None:
    """The 2023 files are in microseconds, the 2024 ones in nanoseconds."""
    capture.trade()
    capture.lines = [line[:digits] + line[19:] for line in capture.lines]

    assert read(capture)[0].ts_ns == START


@pytest.mark.parametrize(
    ("data", "venue", "contract"),
    [
        ({"pu": 1, "s": "BTCUSDT"}, "binance-futures", "linear"),
        ({"pu": 1, "s": "BTCUSD_PERP", "ps": "BTCUSD"}, "binance-delivery", "inverse"),
        ({"s": "BTCUSDT"}, "binance", "spot"),
    ],
)
def test_the_market_is_read_from_the_messages(
    capture: Capture, data: dict[str, object], venue: str, contract: str
) -> None:
    """The three markets share symbols and topics; their messages differ in small ways."""
    body = {"e": "depthUpdate", "E": capture.exch_ms, "U": 1, "u": 2, "b": [], "a": []}
    capture.event("depth@100ms", body | data)

    listing = read(capture)[0].listing

    assert (listing.venue, listing.contract) == (venue, contract)


@pytest.mark.parametrize(
    ("symbol", "size"), [("BTCUSD_PERP", 100), ("ETHUSD_PERP", 10), ("SOLUSD_240927", 10)]
)
def test_a_coin_margined_contract_is_worth_dollars(capture: Capture, symbol: str, size: int) -> None:
    """Read as coins, ten thousand contracts would be ten thousand bitcoin."""
    capture.quote(s=symbol, ps=symbol.partition("_")[0])  # type: ignore[arg-type]

    assert read(capture)[0].listing.contract_size == size


def test_a_quote_before_any_depth_still_knows_its_market(capture: Capture) -> None:
    """Spot quotes carry no time; the depth updates further down settle it."""
    capture.quote()
    capture.depth()

    assert {message.listing.venue for message in read(capture)} == {"binance-futures"}


def test_aggregated_trades_are_left_out_beside_single_ones(capture: Capture) -> None:
    """They tell of the same prints; both would double the volume."""
    capture.trade()
    capture.event(
        "aggTrade", {"e": "aggTrade", "s": "BTCUSDT", "a": 9, "p": "1", "q": "1", "T": 1, "m": True}
    )

    assert [message.ref for message in read(capture)] == [1]


def test_aggregated_trades_alone_are_the_trades(capture: Capture) -> None:
    """Many recorders subscribe to nothing else."""
    capture.event(
        "aggTrade", {"e": "aggTrade", "s": "BTCUSDT", "a": 9, "p": "1", "q": "1", "T": 1, "m": True}
    )

    (message,) = read(capture)

    assert (message.kind, message.ref, message.side) == (TRADE, 9, 1)


def test_the_snapshot_takes_the_only_symbol_also_when_it_comes_first(capture: Capture) -> None:
    """The REST answer of USD-M and spot does not say whose book it is."""
    capture.snapshot()
    capture.trade()

    first = read(capture)[0]

    assert (first.kind, first.listing.symbol, first.joins) == (SNAPSHOT, "BTCUSDT", True)


def test_a_snapshot_among_several_symbols_is_not_guessed_at(capture: Capture) -> None:
    """The wrong book would look right for a while."""
    capture.trade()
    capture.trade(s="ETHUSDT")
    capture.snapshot()

    with pytest.raises(InputError, match=r"a\.log:3: the snapshot names no symbol and the file has 2"):
        read(capture)


def test_unknown_topics_are_passed_over(capture: Capture) -> None:
    """A capture may hold liquidations, tickers and whatever Binance invents next."""
    capture.event("forceOrder", {"e": "forceOrder", "o": {}})
    capture.quote()

    assert [message.kind for message in read(capture)] == [QUOTE]


def test_a_print_without_a_price_is_an_announcement(capture: Capture) -> None:
    """Binance sends X=NA with price and quantity zero."""
    capture.trade(X="NA", price="0", qty="0")
    capture.trade()

    assert len(read(capture)) == 1


def test_funding_is_read_again_from_the_start_each_time(capture: Capture) -> None:
    """A stream can be opened twice, and must tell the same story."""
    capture.trade()
    for boundary in (1, 2 * 8 * 3_600_000):
        data = {"e": "markPriceUpdate", "E": 1, "s": "BTCUSDT", "p": "100", "r": "0.0001", "T": boundary}
        capture.event("markPrice@1s", data)
    (stream,) = IMPORTERS.get("binance-ws").streams([Source(capture.file())])

    once, twice = list(stream.messages()), list(stream.messages())

    assert once == twice
    assert [message.kind for message in once] == [TRADE, FUNDING]


def test_funding_between_two_files_is_paid_with_the_end_of_the_first(capture: Capture) -> None:
    """Daily files are cut at midnight, which is a boundary: without this one payment a day is lost."""
    capture.trade()
    due = capture.exch_ms + 4_000
    for rate in ("0.0001", "0.0002"):
        data = {"e": "markPriceUpdate", "E": capture.exch_ms, "s": "BTCUSDT", "p": "100.5", "r": rate}
        capture.event("markPrice@1s", data | {"T": due})
    capture.trade()

    messages = read(capture)

    assert [message.kind for message in messages] == [TRADE, TRADE, FUNDING]
    paid, last = messages[-1], messages[-2]
    assert (paid.ts_ns, paid.exch_ns, paid.qty, paid.price) == (last.ts_ns, due * 10**6, "0.0002", "100.5")


def test_the_wrong_format_by_name_is_an_error_with_a_place(capture: Capture) -> None:
    """`--format` overrules recognition, and the file has the last word."""
    path = capture.folder / "a.csv"
    path.write_text("time,price\n1,2\n")

    from seatrial.market.importing import ImportSettings

    with pytest.raises(InputError, match=r"a\.csv:1: the line does not begin with a stamp"):
        import_files([path], capture.folder / "out", ImportSettings(format="binance-ws"))
