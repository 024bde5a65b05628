"""A dataset as a feed: its rows, its gaps, in windows."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from tests.market.conftest import SECOND, START, Capture

from seatrial.market.dataset import Dataset
from seatrial.market.dataset_feed import DatasetFeed, told_apart
from seatrial.market.feed import CHUNK_ROWS_MAX, Feed
from seatrial.market.importing import import_files
from seatrial.market.ladder import Ladder
from seatrial.model.errors import UsageError
from seatrial.model.tape import GAP_CLOSES, GAP_OPENS, KIND_MASK, STATUS, TRADE, Tape, join, merge


def whole_of(feed: Feed, window_ns: int) -> Tape:
    assert feed.end_ns is not None
    edges = [*range(feed.start_ns, feed.end_ns, window_ns), feed.end_ns]
    return join([tape for start, end in pairwise(edges) for tape in feed.window(start, end)])


@pytest.mark.parametrize("window_s", [1, 60, 10_000])
def test_every_row_comes_once_in_any_windows(recorded: Callable[[str], Dataset], window_s: int) -> None:
    """The window of a soak is a matter of reporting and may not change the market."""
    dataset = recorded("binance_usdm_raw_ws/btcusdt_20240718.gz")

    tape = whole_of(DatasetFeed(dataset), window_s * SECOND)

    expected = dataset.tape(0, 2**62)
    assert tape.ts.tolist() == expected.ts.tolist()
    assert tape.code.tolist() == expected.code.tolist()
    assert tape.px.tolist() == expected.px.tolist()


@pytest.mark.slow
def test_tapes_are_bounded(recorded: Callable[[str], Dataset]) -> None:
    """A window of days must not fill the memory."""
    feed = DatasetFeed(recorded("binance_usdm_raw_ws/*usdt_*.gz"))

    sizes = [len(tape) for tape in feed.window(feed.start_ns, feed.end_ns or 0)]

    assert sum(sizes) > 3 * CHUNK_ROWS_MAX
    assert max(sizes) <= CHUNK_ROWS_MAX


def test_several_instruments_are_merged_in_time_with_their_index(recorded: Callable[[str], Dataset]) -> None:
    """The engine tells them apart by the index alone."""
    dataset = recorded("binance_usdm_raw_ws/*usdt_20240718.gz")
    feed = DatasetFeed(dataset, ["ETHUSDT", "BTCUSDT"])

    tape = whole_of(feed, 60 * SECOND)

    assert [instrument.symbol for instrument in feed.instruments] == ["ETHUSDT", "BTCUSDT"]
    expected = merge([dataset.rows_of(1, 0, 2**62), dataset.rows_of(0, 0, 2**62, code_index=1)])
    assert tape.ts.tolist() == expected.ts.tolist()
    assert sorted(tape.code.tolist()) == sorted(expected.code.tolist())


def test_a_gap_opens_after_the_last_event_and_closes_before_the_next(whole: Capture) -> None:
    """For the whole of the silence the book is known to be old."""
    whole.ts_ns += 20 * SECOND
    whole.trade()
    feed = DatasetFeed(import_files([whole.file()], whole.folder / "dataset"))

    tape = whole_of(feed, 7 * SECOND)

    tail = list(zip(tape.ts.tolist(), (tape.code & KIND_MASK).tolist(), tape.px.tolist(), strict=True))[-4:]
    assert [(ts - START, kind, px if kind == STATUS else None) for ts, kind, px in tail] == [
        (3 * SECOND, TRADE, None),
        (3 * SECOND, STATUS, GAP_OPENS),
        (24 * SECOND, STATUS, GAP_CLOSES),
        (24 * SECOND, TRADE, None),
    ]


def test_the_book_is_in_the_rows_from_the_start(recorded: Callable[[str], Dataset]) -> None:
    """No other source of state is needed; and the book is whole and uncrossed at the end."""
    feed = DatasetFeed(recorded("binance_usdm_raw_ws/btcusdt_20240718.gz"))
    ladder = Ladder()

    for tape in feed.window(feed.start_ns, feed.end_ns or 0):
        ladder.replay(tape)

    assert not ladder.crossed
    assert len(ladder.bids.levels) > 900
    (instrument,) = feed.instruments
    assert 63_000 < instrument.price(ladder.best_bid or 0) < instrument.price(ladder.best_ask or 0) < 65_000


def names(feed: DatasetFeed) -> list[tuple[str, str]]:
    return [(instrument.venue, instrument.symbol) for instrument in feed.instruments]


def test_one_symbol_on_two_venues_is_named_with_its_venue(two_markets: Dataset) -> None:
    """A record speaks of symbols; a capture of two venues runs without a choice and is told apart."""
    both = [("binance", "binance:BTCUSDT"), ("binance-futures", "binance-futures:BTCUSDT")]

    assert names(DatasetFeed(two_markets)) == both
    assert names(DatasetFeed(two_markets, [symbol for _, symbol in both])) == both


def test_a_symbol_chosen_from_two_venues_keeps_its_plain_name(two_markets: Dataset) -> None:
    """There is nothing to be told apart from, and a record of one market reads as ever."""
    assert names(DatasetFeed(two_markets, ["binance:BTCUSDT"])) == [("binance", "BTCUSDT")]


def test_only_names_that_collide_are_changed(two_markets: Dataset) -> None:
    """A bot's settings for the other symbols go on to fit."""
    spot, futures = two_markets.instruments
    other = spot.model_copy(update={"symbol": "SOLUSDT"})

    named = told_apart([spot, other, futures])

    assert [one.symbol for one in named] == ["binance:BTCUSDT", "SOLUSDT", "binance-futures:BTCUSDT"]


def test_an_instrument_asked_for_twice_is_refused(two_markets: Dataset) -> None:
    """Its events would go by twice and trade against the bot twice."""
    with pytest.raises(UsageError, match=r"market\.symbols\[1\]: 'binance:BTCUSDT' is asked for twice"):
        DatasetFeed(two_markets, ["binance:BTCUSDT", "binance:BTCUSDT"])


def test_a_feed_goes_on_from_its_state(recorded: Callable[[str], Dataset], tmp_path: Path) -> None:
    """A resumed soak asks a new feed for the next window."""
    dataset = recorded("binance_usdm_raw_ws/btcusdt_20240718.gz")
    first, second = DatasetFeed(dataset), DatasetFeed(dataset)
    middle = first.start_ns + 60 * SECOND
    list(first.window(first.start_ns, middle))

    second.restore(first.state())

    went_on = [tape.px.tolist() for tape in first.window(middle, middle + SECOND)]
    assert went_on == [tape.px.tolist() for tape in second.window(middle, middle + SECOND)]
