"""Published fees as data: dated, with a source; and a rebate that did not come is named."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.finops.desk import book, fill, with_fill, write_table

from seatrial.finops.matching.tolerance import Tolerance
from seatrial.finops.reconcile import ReconcileAsk, reconcile
from seatrial.finops.reconcile_answer import judge
from seatrial.finops.schedule import FeeCheck, FeeRate, Schedule, expected_fee, tables
from seatrial.finops.sides import Asked
from seatrial.model.errors import UsageError
from seatrial.model.profile import FeeScheduleSettings, FinopsSettings
from seatrial.model.verdict import Verdict

D = Decimal


def settings(**fees: object) -> FinopsSettings:
    """Return settings with a fee schedule."""
    return FinopsSettings(fees=FeeScheduleSettings.model_validate(fees))


def test_every_published_rate_has_a_source_and_a_day() -> None:
    """A rate that nobody can trace is a rumour."""
    rates = tables()

    assert {rate.venue for rate in rates} == {"binance", "bybit", "kraken", "okx"}
    assert all(rate.source and re.fullmatch(r"20\d\d(-\d\d)?", rate.seen_on) for rate in rates)
    assert all(re.fullmatch(r"(20\d\d-\d\d-\d\d)?", rate.valid_from) for rate in rates)
    # Beyond this a rate is in the wrong unit: a percentage taken for a share, or basis points for percent.
    assert all(-2 <= rate.maker_bps <= rate.taker_bps <= 50 for rate in rates)
    keys = [(rate.venue, rate.product, rate.tier, rate.region, rate.valid_from) for rate in rates]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize(
    ("venue", "product", "tier", "maker", "taker"),
    [
        ("bybit", "perpetual", "VIP0", "2", "5.5"),
        ("bybit", "perpetual", "MM2", "-0.5", "3"),
        ("binance", "perpetual", "VIP9", "0", "1.7"),
        ("okx", "spot", "VIP8", "-0.5", "2"),
    ],
)
def test_known_rates_are_in_basis_points(venue: str, product: str, tier: str, maker: str, taker: str) -> None:
    """A published 0.02 % is two basis points, wherever it is read."""
    schedule = Schedule.of(settings(venue=venue, product=product, tier=tier), None)

    assert schedule is not None
    rate = schedule.at(1_764_000_000 * 10**9)
    assert (rate.maker_bps, rate.taker_bps) == (D(maker), D(taker))


def test_the_rate_of_the_day_counts() -> None:
    """A fill of August is not judged by the table of September."""
    days = [
        FeeRate("v", "p", "t", D(maker), D(5), day, day, "s")
        for maker, day in ((1, "2025-07-01"), (2, "2025-09-01"))
    ]
    schedule = Schedule(days)

    assert [schedule.at(ns).maker_bps for ns in (1_756_000_000 * 10**9, 1_757_000_000 * 10**9)] == [1, 2]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"fee": D(0)}, "0.3"),
        ({"fee": D(0), "fee_currency": "BTC"}, "0.000005"),
        ({"fee": D(0), "fee_currency": "BNB"}, "0.0005"),
        (
            {"fee": D(0), "fee_currency": "BTC", "inverse": True, "notional": D("0.01"), "symbol": "BTCUSD"},
            "5E-7",
        ),
        ({"fee": D(0), "liquidity": None}, None),
        ({"fee": D(0), "fee_currency": "KCS"}, None),
    ],
)
def test_an_expected_fee_is_in_the_coin_that_was_charged(
    more: dict[str, object], expected: str | None
) -> None:
    """Quote, base, a third coin, an inverse contract; and no guess where role or rate is missing."""
    schedule = Schedule([FeeRate("v", "p", "t", D("-0.5"), D(5), "", "2025-07", "s")])

    row = with_fill(fill(0, liquidity="maker"), **more)
    found = expected_fee(row, schedule, {"BNB": D(600)})

    assert found == (None if expected is None else D(expected))


def test_lost_rebates_are_named_with_their_sum(tmp_path: Path) -> None:
    """Both books agree that makers were charged; only the schedule knows that they should have been paid."""
    rows = write_table(tmp_path / "rows.csv", book(10))
    asked = settings(venue="bybit", tier="MM2")

    found = reconcile(ReconcileAsk(rows, [rows], date(2025, 8, 1), Asked(venue="bybit")), asked)

    judged = judge(found, asked)
    value = sum(row.fill.price * row.fill.qty for row in book(10) if row.fill)
    assert found.fees is not None
    paid = sum(row.fill.fee for row in book(10) if row.fill and row.fill.fee)
    assert found.fees.lost_rebates["USDT"] == value * D("0.00005") - paid
    assert {(one.field, one.cause.split(":")[0]) for one in found.breaks} == {("fee_schedule", "lost rebate")}
    assert judged.verdict is Verdict.FAIL
    assert any(reason.startswith("lost rebates: ") for reason in judged.reasons)


def test_fees_that_could_not_be_checked_are_no_pass(tmp_path: Path) -> None:
    """A schedule was asked for and no fill says whether it made or took: that is not evidence."""
    rows = write_table(tmp_path / "rows.csv", [fill(at) for at in range(5)])
    asked = settings(maker_bps="2", taker_bps="5")

    found = reconcile(ReconcileAsk(rows, [rows], date(2025, 8, 1)), asked)

    assert judge(found, asked).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    "fees", [{"venue": "bybit", "tier": "VIP99"}, {"venue": "nowhere", "tier": "VIP0"}, {"maker_bps": "1"}]
)
def test_a_schedule_that_does_not_exist_is_refused(fees: dict[str, str]) -> None:
    """A typo in a tier must not switch the check off."""
    with pytest.raises(UsageError):
        Schedule.of(settings(**fees), None)


def test_own_rates_win_over_any_table() -> None:
    """What the account pays by contract is what counts."""
    schedule = Schedule.of(settings(venue="bybit", tier="VIP0", maker_bps="-1", taker_bps="3"), None)

    assert schedule is not None
    check = FeeCheck(schedule, Tolerance.of(FinopsSettings()), {})
    check.take(fill(0, fee=D("0.6"), liquidity="maker"))
    assert (check.checked, check.breaks) == (1, [])


def test_a_fee_that_is_too_high_is_no_lost_rebate() -> None:
    """A taker who pays too much is overcharged; only a maker who is not paid loses a rebate."""
    rates = FeeRate("v", "p", "t", D("-0.5"), D(5), "", "2025-07", "s")
    check = FeeCheck(Schedule([rates]), Tolerance.of(FinopsSettings()), {})
    check.take(fill(0, fee=D(-9), liquidity="taker"))

    assert (len(check.breaks), check.lost_rebates) == (1, {})
    assert check.breaks[0].cause.startswith("charged otherwise")
