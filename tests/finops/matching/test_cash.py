"""Payments that are no fills: matched by kind, currency, market and time."""

from tests.finops.desk import cash

from seatrial.finops.cash_breaks import cash_breaks
from seatrial.finops.entry import Kind, Row
from seatrial.finops.matching.cash import match_cash, payments
from seatrial.finops.matching.tolerance import Tolerance
from seatrial.model.profile import FinopsSettings

TOLERANCE = Tolerance.of(FinopsSettings())
KINDS = frozenset({Kind.FUNDING})
EIGHT_HOURS = 8 * 3_600


def found(ours: list[Row], theirs: list[Row]) -> list[tuple[str, str, str | None]]:
    """Return class, field and worth of each break of the payments."""
    matching = match_cash(payments(ours, KINDS), payments(theirs, KINDS), TOLERANCE)
    breaks = cash_breaks(matching, TOLERANCE, {})
    return [
        (one.kind.value, one.field, None if one.value_quote is None else str(one.value_quote))
        for one in breaks
    ]


def funding(*amounts: str, symbol: str = "BTCUSDT") -> list[Row]:
    """Return a payment every eight hours."""
    return [cash(at * EIGHT_HOURS, amount, symbol=symbol) for at, amount in enumerate(amounts)]


def test_equal_payments_agree() -> None:
    """Funding that both books know is nothing to talk about."""
    assert found(funding("1.5", "-2"), funding("1.5", "-2")) == []


def test_a_payment_of_another_amount_is_one_break() -> None:
    """It is one payment that differs, not one that is missing on each side."""
    assert found(funding("1.5", "-2"), funding("1.5", "-2.25")) == [("fee_amount", "funding", "0.25")]


def test_a_payment_that_one_side_does_not_know_is_missing() -> None:
    """Funding that the bot never booked is money all the same."""
    assert found(funding("1.5"), funding("1.5", "-2")) == [("missing_here", "funding", "2")]
    assert found(funding("1.5", "-2"), funding("1.5")) == [("missing_there", "funding", "2")]


def test_a_payment_told_twice_is_a_duplicate() -> None:
    """A page of an export that came twice must not look like another payment."""
    twice = [*funding("1.5"), *funding("1.5")]

    assert found(funding("1.5"), twice) == [("duplicate", "funding", "1.5")]


def test_payments_of_two_markets_do_not_mix() -> None:
    """The funding of one market is not that of another that pays at the same instant."""
    ours = funding("1.5") + funding("2", symbol="ETHUSDT")
    theirs = funding("2") + funding("1.5", symbol="ETH/USDT:USDT")

    assert sorted(found(ours, theirs)) == [("fee_amount", "funding", "0.5")] * 2


def test_a_payment_of_an_unvalued_coin_has_no_made_up_worth() -> None:
    """Nobody knows what half a KCS is worth, so nobody is told that it is nothing."""
    ours, theirs = [cash(0, "1", "KCS", symbol="BTCUSDT")], [cash(0, "1.5", "KCS", symbol="BTCUSDT")]

    assert found(ours, theirs) == [("fee_amount", "funding", None)]


def test_a_payment_at_its_time_is_itself_even_when_its_amount_is_wrong() -> None:
    """Half an hour later somebody was paid the right sum; that is another payment."""
    ours = [cash(0, "1.5", symbol="BTCUSDT")]
    theirs = [cash(0, "2", symbol="BTCUSDT"), cash(1_800, "1.5", symbol="BTCUSDT")]

    assert found(ours, theirs) == [("fee_amount", "funding", "0.5"), ("missing_here", "funding", "1.5")]


def test_equal_amounts_find_each_other_within_the_tolerance_of_time() -> None:
    """Two payments a second apart, told in the other order: nothing differs."""
    ours, theirs = [cash(0, "1"), cash(1, "2")], [cash(0, "2"), cash(1, "1")]

    assert found(ours, theirs) == []
