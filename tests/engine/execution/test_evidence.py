"""What a statement proves, and what it only claims."""

from dataclasses import replace
from decimal import Decimal

import pytest
from tests.engine.execution.market import PERP, Desk, Paper

from seatrial.engine.execution.evidence import Evidence, Seen
from seatrial.engine.execution.rates import DatedRates
from seatrial.engine.venue.port import VenueOrder
from seatrial.model.instrument import Contract


def resting(**more: object) -> tuple[Desk, VenueOrder]:
    """A desk with one order that rests, and the venue's statement of it."""
    desk = Desk(Paper(**more))  # type: ignore[arg-type]
    desk.send()
    desk.answers()
    return desk, desk.venue.orders["c1"]


@pytest.mark.parametrize("status", ["canceled", "expired", "rejected"])
def test_an_end_that_the_venue_states_is_an_end(status: str) -> None:
    """Once: stated again it is no news."""
    desk, stated = resting()
    evidence, seen = Evidence(desk.core), Seen()
    for _ in range(2):
        evidence.order(replace(stated, status=status), seen)  # type: ignore[arg-type]
    assert desk.core.blotter.ended[1].status == status
    assert seen.records == 1


def test_a_changed_price_is_a_confirmed_amendment_and_an_older_one_is_old_news() -> None:
    """By the venue's own stamp."""
    desk, stated = resting()
    evidence, seen = Evidence(desk.core), Seen()
    evidence.order(replace(stated, price=Decimal("99.5"), ts_ns=stated.ts_ns + 9), seen)
    evidence.order(replace(stated, price=Decimal("99.0"), ts_ns=stated.ts_ns + 5), seen)
    assert desk.core.orders[1].px == 995


def test_a_statement_about_a_strangers_order_is_kept_for_who_must_know() -> None:
    """Open ones: an ended order of somebody else is history."""
    desk, stated = resting()
    foreign = replace(stated, handle=replace(stated.handle, client_id="somebody"))
    seen = Seen()
    assert Evidence(desk.core).order(foreign, seen) is None
    Evidence(desk.core).order(replace(foreign, status="filled"), seen)
    assert seen.strangers == [foreign]


def test_a_fill_of_a_foreign_symbol_is_not_ours() -> None:
    """The account may trade what this core does not."""
    desk, _ = resting()
    stated = desk.venue.trade("c1")
    foreign = replace(stated, handle=replace(stated.handle, symbol="DOGEUSDT"))
    assert Evidence(desk.core).fill(foreign, Seen()) is None


def test_the_same_fill_in_every_look_makes_one_record() -> None:
    """A log that grows with each poll is full in a day."""
    desk, _ = resting()
    stated = desk.venue.trade("c1", Decimal("0.5"))
    seen = Seen()
    assert [Evidence(desk.core).fill(stated, seen) for _ in range(3)] == ["booked", "replay", "replay"]
    assert seen.records == 1


@pytest.mark.parametrize(
    ("currency", "contract", "settled"),
    [
        ("USDT", Contract.LINEAR, "-0.4"),
        ("BTC", Contract.LINEAR, "-40"),
        ("BTC", Contract.INVERSE, "-0.4"),
        ("USDT", Contract.INVERSE, "-0.004"),
        ("BNB", Contract.LINEAR, "-160"),
        ("KCS", Contract.LINEAR, None),
    ],
)
def test_a_fee_is_valued_in_settlement_money(currency: str, contract: Contract, settled: str | None) -> None:
    """As it is, by the fill's own price, or by the rate of its day; else it stays not valued."""
    listed = PERP.model_copy(update={"contract": contract})
    desk = Desk(Paper(instruments_=(listed,)))
    desk.send()
    desk.answers()
    stated = replace(desk.venue.trade("c1"), fee=Decimal("-0.4"), fee_currency=currency)
    rates = DatedRates({("BNB", "USDT"): [(0, Decimal(400))]})

    fee = Evidence(desk.core, rates).as_fill(0, None, stated).fee

    assert fee is not None
    assert (fee.amount, fee.currency) == (Decimal("-0.4"), currency)
    assert fee.settled == (None if settled is None else Decimal(settled))
