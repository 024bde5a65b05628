"""The survey counts what a trader would find odd."""

from seatrial.market.segments import Rows
from seatrial.market.survey import Survey
from seatrial.model.tape import BBO, DELTA, LAST, SIDE_BIT, TRADE, tape_of


def surveyed(*rows: tuple[int, int]) -> Survey:
    survey = Survey()
    survey.add(Rows.of_tape(tape_of([(number, code, px, 1) for number, (code, px) in enumerate(rows)])))
    return survey


def test_a_book_is_judged_when_its_message_is_whole() -> None:
    """In the middle of a message a book may cross and mean nothing."""
    assert surveyed((DELTA | LAST, 100), (DELTA | SIDE_BIT, 100), (DELTA | SIDE_BIT | LAST, 101)).crossed == 1
    assert surveyed((DELTA, 100), (DELTA | SIDE_BIT | LAST, 101)).crossed == 0


def test_a_locked_book_counts_as_crossed() -> None:
    """Bid equal to ask: one of the two was already gone."""
    assert surveyed((DELTA | LAST, 100), (DELTA | SIDE_BIT | LAST, 100)).crossed == 1


def test_prints_are_measured_from_the_touch_outwards() -> None:
    """5 bps beyond the bid or the ask; inside the spread nothing is off the book."""
    book = ((DELTA, 99_900), (DELTA | SIDE_BIT | LAST, 100_000))

    assert surveyed(*book, (TRADE, 100_050), (TRADE, 99_950), (TRADE, 99_851)).off_book_prints == 0
    assert surveyed(*book, (TRADE, 100_051), (TRADE, 99_850)).off_book_prints == 2


def test_the_quote_stream_is_the_touch_where_there_is_one() -> None:
    """It is fresher than the depth stream."""
    book = ((DELTA, 99_900), (DELTA | SIDE_BIT | LAST, 100_000))
    quote = ((BBO, 109_900), (BBO | SIDE_BIT | LAST, 110_000))

    assert surveyed(*book, *quote, (TRADE, 100_000)).off_book_prints == 1


def test_a_book_that_has_stood_still_for_a_minute_says_nothing() -> None:
    """Where the quotes of a recording end before its trades, the last quote is no touch."""
    survey = Survey()
    rows = [(0, DELTA, 99_900, 1), (0, DELTA | SIDE_BIT | LAST, 100_000, 1), (61 * 10**9, TRADE, 150_000, 1)]

    survey.add(Rows.of_tape(tape_of(rows)))

    assert survey.off_book_prints == 0


def test_without_a_book_no_print_is_off_it() -> None:
    """A file of trades alone has no touch to be measured from."""
    assert surveyed((TRADE, 100), (TRADE, 900)).off_book_prints == 0
