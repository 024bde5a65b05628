"""The books close to the last unit, and a row that is missing shows where it is missing."""

import random
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.finops.desk import SECOND, START, cash

from seatrial.finops.entry import Kind, Movement, Row, Source
from seatrial.finops.ledger import books, gather
from seatrial.finops.ledger_answer import LedgerAsk, ledger
from seatrial.model.profile import FinopsSettings
from seatrial.model.verdict import Verdict

D = Decimal
amounts = st.decimals(min_value=-1_000, max_value=1_000, places=4, allow_nan=False)


def statement(changes: list[tuple[int, Decimal]], opening: Decimal, *, final: bool) -> list[Row]:
    """Return rows of one wallet; `final` prints the group's last balance on each of its rows."""
    balance, running = opening, []
    for at, amount in changes:
        balance += amount
        running.append((at, amount, balance))
    last = {at: told for at, _, told in running}
    return [
        Row(
            START + at * SECOND,
            Source("s.csv", line),
            (Movement("USDT", amount, Kind.TRADE, last[at] if final else told),),
        )
        for line, (at, amount, told) in enumerate(running)
    ]


@given(
    changes=st.lists(st.tuples(st.integers(0, 5), amounts), min_size=1, max_size=30),
    opening=amounts,
    final=st.booleans(),
    seed=st.integers(0, 1_000),
)
def test_books_close_whatever_the_order_of_the_rows(
    changes: list[tuple[int, Decimal]], opening: Decimal, seed: int, *, final: bool
) -> None:
    """Rows of one instant come in any order, with a running or a final balance: no false alarm."""
    rows = statement(sorted(changes, key=lambda each: each[0]), opening, final=final)
    random.Random(seed).shuffle(rows)

    book = books(gather(rows))["USDT"]

    assert (book.residual, book.jumps) == (D(0), ())
    assert book.closing == opening + sum(amount for _, amount in changes)


@given(
    changes=st.lists(
        st.tuples(st.integers(0, 40), amounts), min_size=6, max_size=30, unique_by=lambda each: each[0]
    ),
    at=st.integers(1, 4),
)
def test_a_row_that_is_missing_is_a_residual_at_its_place(
    changes: list[tuple[int, Decimal]], at: int
) -> None:
    """What a statement leaves out is told with its amount and the row behind it."""
    rows = statement(sorted(changes), D(100), final=False)
    gone = rows.pop(at)

    book = books(gather(rows))["USDT"]

    assert book.residual == gone.movements[0].amount
    if book.residual:
        assert [(jump.amount, jump.ts_ns) for jump in book.jumps] == [(book.residual, rows[at].ts_ns)]


def test_two_errors_that_cancel_are_still_found() -> None:
    """A ledger whose ends agree by accident is not a ledger that closes."""
    rows = [cash(0, "10", balance="10"), cash(1, "5", balance="18"), cash(2, "5", balance="20")]

    book = books(gather(rows))["USDT"]

    assert book.residual == 0
    assert [jump.amount for jump in book.jumps] == [3, -3]


def test_balances_with_fewer_digits_than_amounts_close_at_their_own_precision() -> None:
    """Residual zero at the venue's precision: a balance cut to two places is no break."""
    rows = [cash(at, "0.003", balance=str(round(D("0.003") * (at + 1), 2))) for at in range(12)]

    assert books(gather(rows))["USDT"].residual == 0


def test_a_known_balance_wins_over_the_column() -> None:
    """Somebody who knows the balance finds a column that is wrong from beginning to end."""
    rows = [cash(0, "10", balance="10"), cash(1, "5", balance="15")]

    book = books(gather(rows), opening={"USDT": D(0)}, closing={"USDT": D(16)})["USDT"]

    assert (book.opening, book.closing, book.residual) == (D(0), D(16), D(1))


def ask_of(tmp_path: Path, text: str, **more: object) -> LedgerAsk:
    """Write a ccxt ledger and ask for its books."""
    path = tmp_path / "ledger.json"
    path.write_text(text)
    return LedgerAsk([path], **more)  # type: ignore[arg-type]


def entry(at: int, amount: str, kind: str = "trade", after: str | None = None) -> str:
    """Return one ledger entry in ccxt's form."""
    told = "null" if after is None else f'"{after}"'
    direction = "out" if amount.startswith("-") else "in"
    return (
        f'{{"id":"i{at}","timestamp":{START // 1_000_000 + at},"direction":"{direction}","currency":"USDT",'
        f'"amount":"{amount.lstrip("-")}","type":"{kind}","after":{told}}}'
    )


def test_no_balance_is_unknown_and_given_ones_decide(tmp_path: Path) -> None:
    """Entries alone prove nothing: without a balance at either end the answer is UNKNOWN."""
    text = f"[{entry(0, '5')},{entry(1, '-2', 'fee')}]"
    known = {"opening": {"USDT": D(1)}, "closing": {"USDT": D(4)}}

    without = ledger(ask_of(tmp_path, text), FinopsSettings())
    right = ledger(ask_of(tmp_path, text, **known), FinopsSettings())
    wrong = ledger(ask_of(tmp_path, text, **known | {"closing": {"USDT": D(5)}}), FinopsSettings())

    assert [one.verdict for one in (without, right, wrong)] == [Verdict.UNKNOWN, Verdict.PASS, Verdict.FAIL]
    assert wrong.data["currencies"]["USDT"]["residual"] == "1"


def test_a_type_that_nobody_knows_fails_above_its_tolerance(tmp_path: Path) -> None:
    """Money that moved for no known reason closes the sum and is still not explained."""
    text = f"[{entry(0, '5', after='5')},{entry(1, '2', 'mystery', after='7')}]"

    strict = ledger(ask_of(tmp_path, text), FinopsSettings())
    lenient = ledger(ask_of(tmp_path, text), FinopsSettings(other_tolerance=D(2)))

    assert strict.verdict is Verdict.FAIL
    assert "'mystery'" in strict.reasons[0]
    assert lenient.verdict is Verdict.PASS


def test_the_six_years_of_a_real_account_close_in_every_currency(data: Path) -> None:
    """Seventeen thousand rows, many at one instant, and not one false alarm."""
    folder = data / "statements" / "bitmex_wallet_ledger_2020_2026"
    paths = sorted(folder.glob("*walletHistory*"))
    if not paths:
        pytest.skip("the wallet history is not among the recordings")

    told = ledger(LedgerAsk(paths), FinopsSettings())

    assert told.verdict is Verdict.PASS
    assert {book["residual"] for book in told.data["currencies"].values()} == {"0"}
    assert told.data["jumps"] == []
    assert told.data["currencies"]["BTC"]["closing"] == "30.41484194"


def test_a_statement_of_one_instant_opens_with_what_it_says() -> None:
    """Nothing follows that could confirm it, but a running balance shows what it started from."""
    rows = [cash(0, "10", balance="15"), cash(0, "20", balance="35"), cash(0, "-1", balance="34")]

    book = books(gather(rows))["USDT"]

    assert (book.opening, book.closing, book.residual) == (D(5), D(34), D(0))


def test_a_few_round_balances_are_not_taken_for_rounded_ones() -> None:
    """Two balances that happen to be whole must not hide half a unit."""
    rows = [cash(0, "0.25", balance="100"), cash(1, "0.5", balance="101")]

    assert books(gather(rows))["USDT"].residual == D("0.5")
