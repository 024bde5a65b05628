"""Positions and money: any arrival of the same fills gives the same books, to the last digit."""

import random
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.market import FREE, fill
from tests.engine.stage import INVERSE, LINEAR, instrument

from seatrial.engine.execution import account as trail
from seatrial.engine.execution.account import Account
from seatrial.engine.execution.fills import Fill
from seatrial.engine.execution.ledger import Fee
from seatrial.model.instrument import Contract, Instrument

SPOT = instrument("SPOT", contract=Contract.SPOT)
fills = st.lists(
    st.tuples(st.integers(0, 1), st.integers(50, 150), st.integers(1, 9)), min_size=1, max_size=30
)


def account(kind: Instrument = LINEAR, opening: int = 1_000) -> Account:
    return Account([kind], FREE, {kind.settle: Decimal(opening)})


def made(rows: list[tuple[int, int, int]], fee: str | None = None) -> list[Fill]:
    return [fill(1, f"t{n:04d}", side, px, qty, ts=n, fee=fee) for n, (side, px, qty) in enumerate(rows)]


def told(books: Account, mark: int = 100) -> tuple[object, ...]:
    ledger = books.ledgers[0]
    return (
        ledger.lots,
        ledger.realized(),
        ledger.average(),
        books.equity(ledger.instrument.settle, [Decimal(mark)]),
    )


@given(fills, st.randoms(use_true_random=False), st.sampled_from([LINEAR, INVERSE]))
def test_late_fills_are_booked_where_they_belong(
    rows: list[tuple[int, int, int]], shuffle: random.Random, kind: Instrument
) -> None:
    """What was realised depends on the order of fills, so the order must be theirs and not the network's."""
    in_time, late = account(kind), account(kind)
    for each in made(rows, fee="-0.5"):
        in_time.add(each)
    shuffled = made(rows, fee="-0.5")
    shuffle.shuffle(shuffled)
    for each in shuffled:
        late.add(each)

    assert told(late) == told(in_time)


@given(fills, st.data())
def test_a_busted_fill_never_was(rows: list[tuple[int, int, int]], data: st.DataObject) -> None:
    """Position, realised profit and fees are those of the other fills."""
    gone = data.draw(st.integers(0, len(rows) - 1))
    with_it, without = account(), account()
    for number, each in enumerate(made(rows, fee="-0.5")):
        with_it.add(each)
        if number != gone:
            without.add(each)
    was = made(rows, fee="-0.5")[gone]
    with_it.change(was, was.changed(was.px, 0))

    assert told(with_it) == told(without)


@given(fills)
def test_equity_is_cash_and_position_by_exact_fractions(rows: list[tuple[int, int, int]]) -> None:
    """Held against a computation that shares nothing with the ledger."""
    books = account(INVERSE)
    cash, lots = Fraction(1_000), 0
    for each in made(rows):
        books.add(each)
        signed = each.qty if each.side == 0 else -each.qty
        cash += Fraction(signed, each.px)
        lots += signed

    equity = books.equity("COIN", [Decimal(100)])
    assert abs(Fraction(equity) - (cash - Fraction(lots, 100))) < Fraction(1, 10**30)


def test_fills_older_than_the_trail_keep_cash_and_position(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded; a fill that arrives a week late still counts whole."""
    monkeypatch.setattr(trail, "TRAIL_MAX", 128)
    books, whole = account(), account()
    rows = [(n % 2, 100 + n % 7, 1 + n % 3) for n in range(500)]
    everyone = made(rows)
    for each in everyone[1:]:
        books.add(each)
    books.add(everyone[0])
    for each in everyone:
        whole.add(each)

    assert books.ledgers[0].lots == whole.ledgers[0].lots
    assert books.equity("USD", [Decimal(100)]) == whole.equity("USD", [Decimal(100)])
    gone = everyone[3]
    for one in (books, whole):
        one.change(gone, gone.changed(gone.px, 0))
    assert books.ledgers[0].lots == whole.ledgers[0].lots
    assert books.equity("USD", [Decimal(100)]) == whole.equity("USD", [Decimal(100)])
    assert len(books.state()["trails"][0]["fills"]) < 200


def test_a_base_fee_comes_out_of_the_inventory() -> None:
    """1,000 lots bought with a fee of one coin leave 999; selling 999 with 0.999 leaves less than nothing."""
    books = account(SPOT)
    bought = fill(1, "t1", 0, 100, 1_000)
    bought.fee = Fee(Decimal(-1), "COIN", Decimal(-100))
    books.add(bought)

    assert books.ledgers[0].lots == 999
    assert books.wallets()["COIN"] == {"opening": 0, "trade": 1_000, "fee": -1, "closing": 999}
    assert books.wallets()["USD"] == {"opening": 1_000, "trade": -100_000, "closing": -99_000}
    sold = fill(2, "t2", 1, 100, 999, ts=1)
    sold.fee = Fee(Decimal("-0.999"), "COIN", Decimal("-99.9"))
    books.add(sold)
    assert books.ledgers[0].lots == Decimal("-0.999")
    assert books.wallets()["COIN"]["closing"] == Decimal("-0.999")
    # No price has moved: what is lost is the fees, to the last digit.
    assert books.equity("USD", [Decimal(100)]) == Decimal(1000) - Decimal("199.9")


def test_a_third_currency_moves_its_own_wallet_and_needs_a_rate() -> None:
    """Without a rate the fee is kept and counted as not valued; it is never dropped."""
    books = account()
    valued, unvalued = fill(1, "t1"), fill(1, "t2", ts=1)
    valued.fee = Fee(Decimal("-0.01"), "BNB", Decimal(-4))
    unvalued.fee = Fee(Decimal("-0.02"), "KCS", None)
    books.add(valued)
    books.add(unvalued)

    wallets = books.wallets()
    assert wallets["BNB"] == {"opening": 0, "fee": Decimal("-0.01"), "closing": Decimal("-0.01")}
    assert wallets["KCS"]["closing"] == Decimal("-0.02")
    assert books.ledgers[0].fees == -4
    assert books.ledgers[0].unvalued == {"KCS": Decimal("-0.02")}


KINDS = {"linear": LINEAR, "inverse": INVERSE, "spot": SPOT}


fees = st.lists(
    st.tuples(st.sampled_from(["USD", "COIN", "BNB"]), st.integers(-50, 50)), min_size=30, max_size=30
)
# Our own sums below have 28 digits; the books have 50.
CLOSE = Decimal("1e-20")


@pytest.mark.parametrize("kind", KINDS)
@given(fills, fees, st.integers(-9, 9))
def test_every_wallet_closes(
    kind: str, rows: list[tuple[int, int, int]], charged: list[tuple[str, int]], funding: int
) -> None:
    """Closing is opening plus what is explained, and equity is the wallets plus what is open."""
    listed = KINDS[kind]
    books = account(listed)
    for each, (currency, thousandths) in zip(made(rows), charged, strict=False):
        amount = Decimal(thousandths) / 1_000
        settled = {listed.settle: amount, listed.base: amount * each.px, "BNB": amount * 400}
        each.fee = Fee(amount, currency, settled.get(currency, amount / each.px))
        books.add(each)
    books.fund(0, Decimal(funding))

    ledger, mark = books.ledgers[0], Decimal(100)
    wallets = books.wallets()
    for wallet in wallets.values():
        moved = sum(
            (amount for name, amount in wallet.items() if name not in {"opening", "closing"}), Decimal(0)
        )
        assert abs(wallet["opening"] + moved - wallet["closing"]) < CLOSE
    # Fees in other currencies are valued in the profit and sit in their own wallets.
    foreign = ledger.fees - ledger.charged.get(listed.settle, Decimal(0))
    if kind == "spot":
        assert wallets[listed.base]["closing"] == ledger.lots
        # A base fee is sold out of the inventory at the fill's price, and that was never cash.
        foreign += ledger.swapped
        equity = wallets[listed.settle]["closing"] + mark * ledger.lots + foreign
    else:
        equity = wallets[listed.settle]["closing"] + ledger.unrealized(mark) + foreign
    assert abs(equity - books.equity(listed.settle, [mark])) < CLOSE


def test_the_account_survives_saving_in_mid_life() -> None:
    """And a late fill after the restart is still booked where it belongs."""
    rows = [(n % 2, 100 + n % 7, 1 + n % 3) for n in range(150)]
    everyone = made(rows, fee="-0.25")
    books, whole = account(), account()
    for each in everyone[:50] + everyone[51:]:
        books.add(each)
    again = account()
    again.restore(books.state())
    again.add(everyone[50])
    for each in everyone:
        whole.add(each)

    assert told(again) == told(whole)
