import re
from decimal import Decimal
from typing import Any

import pytest
from tests.engine.stage import (
    BUY,
    INVERSE,
    SELL,
    Act,
    Wanderer,
    book,
    funding,
    instrument,
    play,
    printed,
    profile,
)

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.scribe import HORIZON_NAMES, ORDER_EVENTS, REASONS

BOOK = book(0, {99: 20, 98: 30}, {101: 20, 102: 30})
NUMBER = re.compile(r"-?\d+(\.\d*[1-9])?")
MONEY = {
    "fill": ("price", "qty", "notional", "fee", "fee_settle", "position"),
    "position": ("qty", "realized", "unrealized", "fees", "funding", "equity", "turnover"),
    "decision": ("equity", "position"),
    "funding": ("rate", "mark", "amount", "position"),
}


def test_the_horizons_have_the_names_of_the_record() -> None:
    """Judges look the mids up by these names."""
    assert HORIZON_NAMES == ("0.1", "1", "5", "15", "60", "300")


def test_every_refusal_has_a_word() -> None:
    """An order refused for no reason cannot be explained."""
    reasons = range(L.WOULD_CROSS, L.BAD_AMEND + 1)

    assert set(reasons) == set(REASONS)
    assert len(set(REASONS.values())) == len(REASONS)
    assert {L.ACCEPTED, L.REJECTED, L.CANCELED, L.AMENDED, L.EXPIRED} <= set(ORDER_EVENTS)


@pytest.mark.parametrize("kind", [instrument(), INVERSE])
def test_money_is_told_as_plain_decimals(kind: Any) -> None:
    """No floats, no exponents, no padding: every number in the record has one spelling."""
    rows = [*book(0, {999: 20}, {1_001: 20}), funding(40, "0.0001", 1_000)]
    rows += [printed(5 + k, k % 2, 1_000 + (k % 7) - 3, 5) for k in range(60)]
    rows.append(funding(70, "-0.00037"))

    played = play(
        sorted(rows),
        Wanderer(seed=4),
        settings=profile(fees={"maker_bps": "-0.3", "taker_bps": "5.5"}),
        instruments=(kind,),
    )

    for event, names in MONEY.items():
        told = played.of(event)
        assert told
        for each in told:
            assert all(NUMBER.fullmatch(each[name]) for name in names), each


@pytest.mark.parametrize("kind", [instrument(), INVERSE])
def test_the_last_position_is_the_sum_of_the_record(kind: Any) -> None:
    """Whoever adds the journal up must come to the ledger's numbers."""
    rows = [*book(0, {999: 20}, {1_001: 20}), funding(40, "0.0001", 1_000)]
    rows += [printed(5 + k, k % 2, 1_000 + (k % 7) - 3, 5) for k in range(60)]

    played = play(
        sorted(rows),
        Wanderer(seed=9),
        settings=profile(fees={"maker_bps": "-0.3", "taker_bps": "5.5"}),
        instruments=(kind,),
    )

    final = played.of("position")[-1]
    fills = played.of("fill")
    assert len(fills) > 10
    assert near(final["turnover"], sum(Decimal(each["notional"]) for each in fills))
    assert near(final["fees"], sum(Decimal(each["fee_settle"]) for each in fills))
    assert near(final["funding"], sum(Decimal(each["amount"]) for each in played.of("funding")))
    parts = sum(Decimal(final[name]) for name in ("realized", "unrealized", "fees", "funding"))
    assert near(final["equity"], 10**9 + parts)


def near(told: str, expected: Decimal | int) -> bool:
    """Equal up to the digits that the record keeps."""
    return abs(Decimal(told) - expected) <= Decimal("1e-15") * (1 + abs(Decimal(told)))


def test_a_token_fee_is_told_in_its_token_and_in_money() -> None:
    """A fee in a third currency is a cost all the same, with its rate applied."""
    fees = {"taker_bps": "10", "charged_in": "token", "token": "BNB", "token_rate": "500"}
    act: Act = lambda desk: desk.submit(BUY, 101, 10, tif="ioc")  # noqa: E731

    played = play(BOOK, {1: act}, settings=profile(fees=fees))

    assert played.of("fill", "fee", "fee_currency", "fee_settle") == [("-0.00202", "BNB", "-1.01")]


def test_an_order_is_told_through_its_life() -> None:
    """Submitted, accepted, partly filled, filled: each with what is left of it."""
    rows = [*BOOK, printed(5, SELL, 98, 2), printed(6, SELL, 98, 9)]
    act: Act = lambda desk: desk.submit(BUY, 99, 5)  # noqa: E731

    played = play(rows, {1: act})

    assert played.of("order", "ms", "event", "leaves", "client_id") == [
        (1.0, "submitted", "5", "o1"),
        (1.0, "accepted", "5", "o1"),
        (5.0, "partially_filled", "3", "o1"),
        (6.0, "filled", "0", "o1"),
    ]


# -- wallets ------------------------------------------------------------------------------------------

FEES: dict[str, dict[str, Any]] = {
    "settle": {"maker_bps": "2", "taker_bps": "5"},
    "rebate": {"maker_bps": "-1", "taker_bps": "3"},
    "token": {"maker_bps": "2", "taker_bps": "5", "charged_in": "token", "token": "BNB", "token_rate": "400"},
    "base": {"maker_bps": "2", "taker_bps": "5", "charged_in": "base"},
}


@pytest.mark.parametrize("fees", FEES)
@pytest.mark.parametrize("contract", ["linear", "inverse", "spot"])
def test_each_wallet_closes_in_the_record(fees: str, contract: str) -> None:
    """Opening and what is explained add up to closing, in every currency, to the last digit that is told."""
    listed = instrument("X", contract=contract)
    rows = [*book(0, {99: 20}, {101: 20}), *(printed(5 + n, n % 2, 98 + 4 * (n % 2), 30) for n in range(30))]
    rows.append(funding(20, "0.001"))
    settings = profile(fees=FEES[fees], self_trade_prevention="none")
    played = play(
        rows, Wanderer(seed=3, middle=100, spread=3), settings=settings, instruments=(listed,), until_ms=60
    )

    told = {each["currency"]: each for each in played.of("wallet")}
    assert played.of("fill")
    assert listed.settle in told
    for wallet in told.values():
        moved = sum(Decimal(amount) for amount in wallet["moved"].values())
        assert Decimal(wallet["opening"]) + moved == Decimal(wallet["closing"])
    fees_told: dict[str, Decimal] = {}
    for fee, currency in played.of("fill", "fee", "fee_currency"):
        fees_told[currency] = fees_told.get(currency, Decimal(0)) + Decimal(fee)
    close = Decimal("1e-15")
    for currency, amount in fees_told.items():
        assert abs(Decimal(told[currency]["moved"]["fee"]) - amount) < close
    if contract != "spot":
        [final] = [each for each in played.of("position") if each["final"]]
        foreign = sum(
            Decimal(value)
            for value, currency in played.of("fill", "fee_settle", "fee_currency")
            if currency != listed.settle
        )
        equity = Decimal(told[listed.settle]["closing"]) + Decimal(final["unrealized"]) + foreign
        assert abs(equity - Decimal(final["equity"])) < close
