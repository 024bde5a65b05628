"""Many files, one order of time."""

from collections import Counter
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.importer.interface import TRADE, Listing, Message, Stream
from seatrial.market.order import WINDOW_MESSAGES, in_order, merged, placed
from seatrial.market.source import Source
from seatrial.model.errors import InputError

LISTING = Listing("v", "S", "linear")
BASE = 1_700_000_000 * 10**9


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """A file to blame."""
    path = tmp_path_factory.mktemp("order") / "rows.csv"
    path.write_text("x")
    return Source(path)


class Recording:
    """A stream of given stamps that knows how often it is being read."""

    def __init__(self, source: Source, stamps: list[int], rank: int = 1, name: str = "") -> None:
        self.open = 0
        self.stamps, self.name = stamps, name
        self.stream = Stream(source, self.messages, "receive", rank)

    def messages(self) -> Iterator[Message]:
        """Yield a trade at each stamp."""
        self.open += 1
        try:
            for line, stamp in enumerate(self.stamps, 1):
                yield Message(BASE + stamp, None, TRADE, line, LISTING, price=self.name)
        finally:
            self.open -= 1


@given(stamps=st.lists(st.integers(0, 10**9), max_size=40), window=st.integers(1, 50))
def test_a_window_sorts_or_refuses(source: Source, stamps: list[int], window: int) -> None:
    """What comes out is sorted and whole; what cannot be sorted within the window is an error."""
    late: Counter[tuple[str, str]] = Counter()
    backwards = sum(1 for place, stamp in enumerate(stamps) if stamp < max(stamps[:place], default=0))

    try:
        found = [message.ts_ns - BASE for message in in_order(Recording(source, stamps).stream, late, window)]
    except InputError:
        assert len(stamps) > window
        return

    assert found == sorted(stamps)
    assert late["v", "S"] == backwards


def test_equal_stamps_keep_the_order_of_the_file(source: Source) -> None:
    """A trade and the change it caused may share a stamp."""
    late: Counter[tuple[str, str]] = Counter()

    lines = [message.line for message in in_order(Recording(source, [5, 5, 3, 5, 3]).stream, late)]

    assert lines == [3, 5, 1, 2, 4]


def test_files_are_read_one_after_the_other(source: Source) -> None:
    """A year of daily files must not need a year of open files."""
    rows = WINDOW_MESSAGES + 10
    days = [Recording(source, list(range(day * rows, (day + 1) * rows))) for day in range(5)]

    most = 0
    for _ in merged(placed([day.stream for day in reversed(days)]), Counter()):
        most = max(most, sum(day.open for day in days))

    assert most == 1


def test_overlapping_files_interleave(source: Source) -> None:
    """Trades and book of one instrument usually come in two files."""
    first, second = Recording(source, [1, 4, 6], name="a"), Recording(source, [2, 3, 9], name="b")

    found = [message.price for _, message in merged(placed([second.stream, first.stream]), Counter())]

    assert found == ["a", "b", "b", "a", "a", "b"]


def test_a_trade_comes_before_the_book_that_shows_it(source: Source) -> None:
    """Else the queue ahead of an order would shrink twice."""
    book, trades = (
        Recording(source, [1, 2], rank=1, name="book"),
        Recording(source, [2], rank=0, name="trade"),
    )

    found = [message.price for _, message in merged(placed([book.stream, trades.stream]), Counter())]

    assert found == ["book", "trade", "book"]


@pytest.mark.parametrize("stamp", [-BASE, 10**19 - BASE])
def test_a_stamp_outside_history_is_refused(source: Source, stamp: int) -> None:
    """Zero, or a unit read wrongly: nothing was traded in 1970 or will be in 2286."""
    with pytest.raises(InputError, match=r"rows\.csv:1: the stamp .* is not between the years 2009 and 2100"):
        list(in_order(Recording(source, [stamp]).stream, Counter()))


def test_an_hour_late_is_refused_however_near_in_the_file(source: Source) -> None:
    """That is another file's row, or another unit, and no jitter."""
    with pytest.raises(
        InputError, match=r"rows\.csv:2: the rows are not in order of time: .* 3600\.000 s late"
    ):
        list(in_order(Recording(source, [3_600 * 10**9, 0]).stream, Counter()))


def test_empty_streams_are_left_out(source: Source) -> None:
    """A quiet topic has no first stamp to be placed by."""
    assert placed([Recording(source, []).stream]) == []
