from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.stage import INVERSE, LINEAR, instrument

from seatrial.engine.execution.ledger import Ledger
from seatrial.model.instrument import Contract, Instrument
from seatrial.model.profile import FeeSettings

BUY, SELL = 0, 1
FREE = FeeSettings(maker_bps=Decimal(0), taker_bps=Decimal(0))
ODD: dict[str, Any] = {
    "tick_size": Decimal("0.05"),
    "lot_size": Decimal("0.003"),
    "contract_size": Decimal(7),
}


def ledger(kind: Instrument = LINEAR, fees: FeeSettings = FREE, opening: int = 1_000) -> Ledger:
    return Ledger(kind, fees, Decimal(opening))


def money(book: Ledger, mark: int) -> tuple[float, ...]:
    """Realised, unrealised and equity; whole numbers in the examples."""
    parts = (book.realized(), book.unrealized(Decimal(mark)), book.equity(Decimal(mark)))
    return tuple(float(part) for part in parts)


# -- hand-computed ----------------------------------------------------------------------------------


def test_adding_averages_and_reducing_realises() -> None:
    """10 at 100 and 30 at 120 average 115; 20 sold at 125 realise 200 and leave the average alone."""
    book = ledger()
    book.fill(BUY, 100, 10, maker=True)
    book.fill(BUY, 120, 30, maker=True)

    assert book.average() == 115
    book.fill(SELL, 125, 20, maker=True)
    assert book.average() == 115
    assert money(book, 130) == (200, 300, 1_500)


def test_crossing_zero_realises_the_whole_old_side() -> None:
    """Long 10 at 100, 25 sold at 110: 100 realised, short 15 at 110."""
    book = ledger()
    book.fill(BUY, 100, 10, maker=True)
    book.fill(SELL, 110, 25, maker=True)

    assert (book.lots, book.average()) == (-15, Decimal(110))
    assert money(book, 108) == (100, 30, 1_130)


def test_a_short_gains_when_the_price_falls() -> None:
    """10 sold at 100, bought back at 90."""
    book = ledger()
    book.fill(SELL, 100, 10, maker=True)
    book.fill(BUY, 90, 10, maker=True)

    assert (book.lots, book.average()) == (0, None)
    assert book.realized() == 100


def test_the_average_of_an_inverse_contract_is_harmonic() -> None:
    """A peer takes the arithmetic mean and loses a third: 0.00333 coins where 0.00500 were made."""
    book = ledger(INVERSE)
    book.fill(BUY, 10_000, 100, maker=True)
    book.fill(BUY, 20_000, 100, maker=True)

    average = book.average()
    assert average is not None
    assert abs(average - Decimal(40_000) / 3) < Decimal("1e-20")
    book.fill(SELL, 20_000, 200, maker=True)
    assert book.realized() == Decimal("0.005")


def test_an_inverse_short_gains_coins_when_the_price_falls() -> None:
    """1,000 contracts sold at 100 and bought back at 80: 12.5 - 10 coins."""
    book = ledger(INVERSE)
    book.fill(SELL, 100, 1_000, maker=True)
    book.fill(BUY, 80, 1_000, maker=True)

    assert book.realized() == Decimal("2.5")


def test_a_grid_of_ticks_lots_and_contract_size_is_applied() -> None:
    """20 ticks of 0.05 are 1; 10 lots of 0.003 times 7 are 0.21."""
    notional, _ = ledger(instrument(**ODD)).fill(BUY, 20, 10, maker=True)

    assert notional == Decimal("0.21")


# -- fees and funding --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "maker", "amount", "currency", "settled"),
    [
        ({}, True, "-2", "USD", "-2"),
        ({}, False, "-5.5", "USD", "-5.5"),
        ({"maker_bps": "-0.5"}, True, "0.5", "USD", "0.5"),
        ({"charged_in": "base"}, True, "-0.02", "COIN", "-2"),
        ({"charged_in": "token", "token": "BNB", "token_rate": "400"}, True, "-0.005", "BNB", "-2"),
    ],
)
def test_a_fee_is_a_signed_cash_effect_in_its_own_currency(
    more: dict[str, Any], maker: bool, amount: str, currency: str, settled: str
) -> None:
    """10,000 of notional: 2 bps paid, 5.5 bps paid, a rebate received; in quote, base or a token."""
    fees = FeeSettings.model_validate({"maker_bps": "2", "taker_bps": "5.5", **more})
    book = ledger(fees=fees)

    _, fee = book.fill(BUY, 100, 100, maker=maker)

    assert (fee.amount, fee.currency, fee.settled) == (Decimal(amount), currency, Decimal(settled))
    assert book.fees == Decimal(settled)


@pytest.mark.parametrize("charged_in", ["settle", "base"])
def test_an_inverse_fee_is_paid_in_the_coin(charged_in: str) -> None:
    """1,000 contracts at 100 are 10 coins; 2 bps of them are 0.002."""
    fees = FeeSettings.model_validate({"maker_bps": "2", "charged_in": charged_in})

    _, fee = ledger(INVERSE, fees).fill(BUY, 100, 1_000, maker=True)

    assert (fee.amount, fee.currency) == (Decimal("-0.002"), "COIN")


@pytest.mark.parametrize(
    ("side", "rate", "amount"),
    [(BUY, "0.01", -10), (SELL, "0.01", 10), (BUY, "-0.01", 10), (None, "0.01", 0)],
)
def test_funding_follows_the_position(side: int | None, rate: str, amount: int) -> None:
    """10 at a mark of 100 are 1,000: a hundredth of it, from the long to the short; flat pays nothing."""
    book = ledger()
    if side is not None:
        book.fill(side, 90, 10, maker=True)

    assert book.fund(Decimal(rate), Decimal(100)) == amount
    assert book.funding == amount


def test_funding_changes_money_and_not_the_position() -> None:
    """Neither the size nor the average entry moves."""
    book = ledger()
    book.fill(BUY, 100, 10, maker=True)
    book.fund(Decimal("0.01"), Decimal(100))

    assert (book.lots, book.average()) == (10, Decimal(100))
    assert book.realized() == 0
    assert book.equity(Decimal(100)) == 990


def test_without_a_mark_there_is_no_unrealised() -> None:
    """A position nobody can price is worth its cost, and says so by its mark being missing."""
    book = ledger()
    book.fill(BUY, 100, 10, maker=True)

    assert book.unrealized(None) == 0
    assert book.equity(None) == 1_000


# -- against an independent calculation ----------------------------------------------------------------

FILLS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(1, 10**6), st.integers(1, 10**6), st.booleans()),
    min_size=1,
    max_size=30,
)


def exact(kind: Instrument, fills: list[tuple[int, int, int, bool]], mark: int) -> tuple[Fraction, ...]:
    """Position, cash flow value and fees of a run by fractions, from the flows alone."""
    size = Fraction(kind.lot_size) * Fraction(kind.contract_size)
    tick = Fraction(kind.tick_size)
    position, cash, fees = 0, Fraction(0), Fraction(0)
    for side, px, lots, maker in fills:
        sign = 1 if side == BUY else -1
        worth = size * lots / (tick * px) if kind.contract is Contract.INVERSE else size * lots * tick * px
        cash += sign * worth if kind.contract is Contract.INVERSE else -sign * worth
        position += sign * lots
        fees -= worth * (Fraction(2) if maker else Fraction(11, 2)) / 10_000
    held = (
        size * position / (tick * mark)
        if kind.contract is Contract.INVERSE
        else size * position * tick * mark
    )
    total = cash - held if kind.contract is Contract.INVERSE else cash + held
    return Fraction(position), total, fees


@pytest.mark.parametrize(
    "kind", [instrument(**ODD), instrument(contract=Contract.INVERSE, **ODD)], ids=["linear", "inverse"]
)
@given(fills=FILLS, mark=st.integers(1, 10**6), rate=st.integers(-(10**6), 10**6))
def test_equity_is_the_sum_of_its_parts_and_of_the_flows(
    kind: Instrument, fills: list[tuple[int, int, int, bool]], mark: int, rate: int
) -> None:
    """Opening + realised + unrealised + fees + funding, flips included, equals what flowed in and out."""
    book = ledger(kind, FeeSettings(maker_bps=Decimal(2), taker_bps=Decimal("5.5")))
    for side, px, lots, maker in fills:
        book.fill(side, px, lots, maker=maker)
    funded = book.fund(Decimal(rate) / 10**12, Decimal(mark))

    position, total, fees = exact(kind, fills, mark)
    parts = book.realized() + book.unrealized(Decimal(mark)) + book.fees + book.funding
    largest = max(Fraction(1), abs(total), *(abs(Fraction(each)) for each in (book.turnover, book.cost)))
    assert book.lots == position
    assert abs(Fraction(book.equity(Decimal(mark)) - book.opening - parts)) < Fraction(1, 10**20) * largest
    expected = Fraction(book.opening) + total + fees + Fraction(funded)
    assert abs(Fraction(book.equity(Decimal(mark))) - expected) < Fraction(1, 10**20) * largest


@given(fills=FILLS)
def test_a_ledger_goes_on_from_its_state(fills: list[tuple[int, int, int, bool]]) -> None:
    """Saved and restored between any two fills, nothing is rounded."""
    whole, resumed = ledger(INVERSE), ledger(INVERSE)
    for side, px, lots, maker in fills:
        whole.fill(side, px, lots, maker=maker)
        fresh = ledger(INVERSE)
        fresh.restore(resumed.state())
        resumed = fresh
        resumed.fill(side, px, lots, maker=maker)

    assert resumed.state() == whole.state()
