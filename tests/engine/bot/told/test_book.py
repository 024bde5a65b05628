"""The books of a history: the engine's own rule, and what fees in coins do to it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.engine.bot.told.book import Book, fee_of
from seatrial.engine.bot.told.telling import Origin, Side, ToldFee, ToldFill, ToldMarket
from seatrial.engine.execution.ledger import Ledger
from seatrial.model.instrument import Contract, Instrument
from seatrial.model.profile import FeeSettings

AT = Origin("x", 1)
MOVES = st.lists(
    st.tuples(st.sampled_from(["buy", "sell"]), st.integers(1, 500), st.integers(1, 9)),
    min_size=1,
    max_size=30,
)


def fill(side: Side, price: object, qty: object, *fees: ToldFee) -> ToldFill:
    """A fill at a price."""
    return ToldFill(None, None, "m", AT, side, 1, Decimal(str(price)), Decimal(str(qty)), fees=fees)


@pytest.mark.parametrize("contract", list(Contract))
@given(moves=MOVES, mark=st.integers(1, 500))
def test_money_is_what_the_engine_counts(
    contract: Contract, moves: list[tuple[Side, int, int]], mark: int
) -> None:
    """Two rules for one profit would be found by the first user who compares."""
    market = ToldMarket("m", "v", contract, "A", "B", Decimal(3))
    book = Book(market)
    instrument = Instrument(
        symbol="m", venue="v", contract=contract, base="A", quote="B", tick_size=Decimal("0.5"),
        lot_size=Decimal("0.1"), contract_size=Decimal(3),
    )  # fmt: skip
    ledger = Ledger(instrument, FeeSettings(maker_bps=0, taker_bps=0), Decimal(0))

    for side, ticks, lots in moves:
        one = fill(side, instrument.price(ticks), instrument.qty(lots))
        book.book(one, fee_of(one, market))
        ledger.fill(0 if side == "buy" else 1, ticks, lots, maker=True)

    assert book.qty == instrument.qty(ledger.lots)
    assert abs(book.equity(instrument.price(mark)) - ledger.equity(Decimal(mark))) < Decimal("1e-30")
    assert abs(book.unrealized(instrument.price(mark)) - ledger.unrealized(Decimal(mark))) < Decimal("1e-30")


def test_a_fee_in_the_bought_coin_is_missing_from_the_position() -> None:
    """Selling all of what was bought would sell what is not there."""
    market = ToldMarket("m", "v", Contract.SPOT, "A", "B")
    book, one = Book(market), fill("buy", 100, 1, ToldFee(Decimal("-0.001"), "A"))

    book.book(one, fee_of(one, market))

    assert book.qty == Decimal("0.999")
    assert book.equity(Decimal(100)) == Decimal("-0.1")
    assert book.equity(Decimal(200)) == Decimal("99.8")


def test_books_that_miss_a_figure_are_not_whole() -> None:
    """A mark on such books would value a guess."""
    market = ToldMarket("m", "v", Contract.SPOT, "A", "B")
    for one in (
        fill("buy", 1, 1, ToldFee(Decimal(-1), "BNB")),
        ToldFill(None, None, "m", AT, "buy", 1, None, Decimal(1)),
    ):
        book = Book(market)
        book.book(one, fee_of(one, market))
        assert not book.whole


def test_fees_of_several_coins_become_one_sum_only_where_each_has_a_worth() -> None:
    """A fee that is left out makes a loss look like a profit."""
    market = ToldMarket("m", "v", Contract.SPOT, "A", "B")
    known = fill("buy", 10, 1, ToldFee(Decimal("-0.1"), "A"), ToldFee(Decimal(-2), "B"))
    unknown = fill("buy", 10, 1, ToldFee(Decimal("-0.1"), "A"), ToldFee(Decimal(-2), "C"))

    assert fee_of(known, market) == ToldFee(Decimal("-3.0"), "B", Decimal("-3.0"))
    assert fee_of(unknown, market) is None
