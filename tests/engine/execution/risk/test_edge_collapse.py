"""Edge collapse: the bot still trades, but no longer earns."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, INVERSE, LINEAR, SELL, Stand

from seatrial.engine.execution.fills import Fill
from seatrial.engine.execution.ledger import Fee
from seatrial.model.profile import FeeSettings
from seatrial.model.risk import EdgeSettings, RiskSettings

EDGE = {
    "min_fills": 4,
    "window_s": 600,
    "horizon_ms": 5_000,
    "cooldown_s": 60,
    "min_bps": 1.5,
    "resume_bps": 2.0,
}
MID = 100_000
"""At this mid ten ticks are one basis point."""


def standing(*, mids: list[int | None] | None = None, instruments: Any = (LINEAR,), **edge: Any) -> Stand:
    """Return a stand with an edge to keep."""
    return Stand(instruments=instruments, mids=mids or [MID] * len(instruments), edge={**EDGE, **edge})


def traded(
    stand: Stand, bps: float, *, times: int = 1, side: int = BUY, qty: int = 1, fee_bps: float = 0.0
) -> None:
    """Trade and let the mid stay: each fill is so many basis points better than the mid."""
    mid = stand.market.touches[0]
    assert mid
    px = mid.bid + 1 - round(bps * 10) * (1 if side == BUY else -1)
    for _ in range(times):
        stand.trades += 1
        paid = Decimal(str(-fee_bps)) * px * qty / 10_000
        fee = Fee(paid, "USD", paid)
        stand.core.filled(Fill(0, 0, side, px, qty, f"{stand.trades:06d}", stand.core.now_ns, fee=fee))
    stand.wait(5)


def test_the_threshold_is_one_and_a_half_basis_points_unless_it_is_said() -> None:
    """On by default: a profile that says nothing of risk has this much."""
    edge = RiskSettings().edge

    assert (edge.min_bps, edge.resume_bps, edge.min_fills) == (1.5, 2.0, 50)
    assert Stand(RiskSettings()).monitor._watchers


def test_it_holds_below_the_threshold_and_not_at_it() -> None:
    """Exactly the threshold is enough."""
    stand = standing()
    traded(stand, 1.5, times=4)
    assert stand.level == "normal"
    traded(stand, 1.4)

    assert stand.level == "frozen"
    assert stand.told.of("freeze", "guard", "level") == [("min_edge_bps", "full")]
    assert "1.48 bps over 5 fills is below 1.5 bps" in stand.told.of("freeze", "reason")[0][0]


@pytest.mark.parametrize(("min_bps", "level"), [(2.5, "normal"), (2.500001, "frozen")])
def test_the_threshold_itself_is_enough(min_bps: float, level: str) -> None:
    """Two ticks of 8,000 are 2.5 basis points without any rounding."""
    stand = standing(mids=[8_000], min_bps=min_bps, resume_bps=3.0)
    for _ in range(4):
        stand.fill(stand.rest(BUY, 1, 8_000))
    stand.market.set(8_002)
    stand.wait(5)

    assert stand.level == level


@pytest.mark.parametrize(("resume_bps", "level"), [(2.5, "normal"), (2.500001, "frozen")])
def test_the_resume_level_itself_is_enough(resume_bps: float, level: str) -> None:
    """Half the fills at nothing and half at 5 basis points are 2.5."""
    stand = standing(mids=[8_000], min_bps=2.0, resume_bps=resume_bps)
    for mid in (8_000, 8_004):
        stand.market.set(8_000)
        for _ in range(4):
            stand.trades += 1
            free = Fee(Decimal(0), "USD", Decimal(0))
            stand.core.filled(Fill(0, 0, BUY, 8_000, 1, f"{stand.trades:06d}", stand.core.now_ns, fee=free))
        stand.market.set(mid)
        stand.wait(5)
    stand.wait(60)

    assert stand.level == level


def test_too_few_fills_decide_nothing() -> None:
    """Three bad fills are bad luck; the fourth makes it a finding."""
    stand = standing()
    traded(stand, -50, times=3)
    assert stand.level == "normal"
    traded(stand, -50)

    assert stand.level == "frozen"


def test_a_fill_is_judged_by_the_mid_of_its_horizon() -> None:
    """Not earlier, and not by its own moment: adverse selection shows a little later."""
    stand = standing()
    for _ in range(4):
        stand.fill(stand.rest(BUY, 1, MID - 30))
    stand.market.set(MID - 100)
    stand.wait(4.999)
    assert stand.level == "normal"
    stand.wait(0.001)

    assert stand.level == "frozen"


@pytest.mark.parametrize(("side", "later"), [(BUY, MID + 100), (SELL, MID - 100)])
def test_both_sides_earn_when_the_market_follows(side: int, later: int) -> None:
    """A buy earns by a higher mid, a sell by a lower one."""
    stand = standing()
    for _ in range(4):
        stand.fill(stand.rest(side, 1, MID))
    stand.market.set(later)
    stand.wait(5)
    rule = stand.monitor._watchers[0]

    assert rule.edge_bps() == pytest.approx(10)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("fee_bps", "level"), [(0.6, "frozen"), (0.5, "normal"), (-1.0, "normal")])
def test_fees_and_rebates_count(fee_bps: float, level: str) -> None:
    """Two basis points of spread with a fee of 0.6 are 1.4."""
    stand = standing()
    traded(stand, 2.0, times=4, fee_bps=fee_bps)

    assert stand.level == level


@pytest.mark.parametrize("fee", [None, Fee(Decimal("-0.01"), "TOKEN", None)])
def test_a_fee_that_is_not_known_counts_at_our_own_rates(fee: Fee | None) -> None:
    """Neither told nor valued is not free."""
    fees = FeeSettings(maker_bps=Decimal(0), taker_bps=Decimal(5))
    stand = Stand(mids=[MID], fees=fees, edge=EDGE)
    for _ in range(4):
        stand.fill(stand.rest(BUY, 1, MID - 20), fee=fee, maker=False)
    stand.wait(5)

    assert stand.level == "frozen"


def test_large_fills_weigh_more() -> None:
    """It is money that is earned, not fills."""
    stand = standing()
    traded(stand, 5.0, times=3)
    assert stand.level == "normal"
    traded(stand, 0.0, qty=10)

    assert stand.level == "frozen"


def test_a_missing_mid_judges_nothing() -> None:
    """No mid is not a mid of zero."""
    stand = standing()
    for _ in range(10):
        stand.fill(stand.rest(SELL, 1, MID - 500))
    stand.market.set(None)
    stand.wait(5)
    stand.market.set(MID)
    stand.wait(5)

    assert stand.level == "normal"


def test_a_mid_that_is_much_too_late_judges_nothing() -> None:
    """After a gap the market's move is not the fills' doing; nor is it when a fill is told an hour late."""
    stand = standing()
    for _ in range(4):
        stand.fill(stand.rest(BUY, 1, MID))
    stand.market.set(MID - 5_000)
    stand.wait(66)
    for _ in range(4):
        stand.fill(stand.rest(BUY, 1, MID), ts_ns=stand.core.now_ns - 3_600 * 10**9)
    stand.wait(5)

    assert stand.level == "normal"


def test_a_fill_from_the_future_does_not_make_the_others_wait() -> None:
    """A venue's clock that runs an hour ahead must not blind the rule for an hour."""
    stand = standing()
    for _ in range(4):
        stand.fill(stand.rest(SELL, 1, MID - 500), ts_ns=stand.core.now_ns + 3_600 * 10**9)
    stand.wait(5)

    assert stand.level == "frozen"


def test_only_the_window_counts() -> None:
    """What was bad an hour ago has been answered for."""
    stand = standing()
    traded(stand, -50, times=3)
    stand.wait(600)
    traded(stand, -50, times=3)

    assert stand.level == "normal"
    traded(stand, -50)
    assert stand.level == "frozen"


@pytest.mark.parametrize(("seconds", "level"), [(600, "frozen"), (600.000_001, "normal")])
def test_a_fill_counts_to_the_end_of_the_window(seconds: float, level: str) -> None:
    """To the nanosecond: at its edge it is still in."""
    stand = standing(window_s=600, cooldown_s=1)
    traded(stand, 0.0, times=4)
    stand.wait(seconds - 5)

    assert stand.level == level


def test_it_lasts_the_cool_down_at_least() -> None:
    """Even where a good fill has brought the edge back at once."""
    stand = standing()
    traded(stand, 0.0, times=4)
    traded(stand, 50.0, times=8)
    assert stand.level == "frozen"
    stand.wait(54.9)
    assert stand.level == "frozen"
    stand.wait(0.1)

    assert stand.level == "normal"
    assert stand.told.of("unfreeze", "guard") == [("min_edge_bps",)]


@pytest.mark.parametrize(("bps", "level"), [(3.9, "frozen"), (4.0, "normal")])
def test_it_goes_on_only_at_the_resume_level(bps: float, level: str) -> None:
    """Between the two levels it stays as it is, or it would flap: (0 + bps) / 2 against 2.0."""
    stand = standing()
    traded(stand, 0.0, times=4)
    traded(stand, bps, times=4)
    stand.wait(60)

    assert stand.level == level


def test_it_goes_on_when_there_is_nothing_left_to_say() -> None:
    """A frozen bot has no fills; the window empties, and with it the reason."""
    stand = standing()
    traded(stand, 0.0, times=4)
    stand.wait(590)
    assert stand.level == "frozen"
    stand.wait(11)

    assert stand.level == "normal"


def test_an_inverse_contract_earns_in_coins() -> None:
    """One contract bought at 100 and worth 200 has earned half of its later value, not the whole."""
    stand = standing(instruments=[INVERSE], mids=[100])
    for _ in range(4):
        stand.fill(stand.rest(BUY, 1_000, 100))
    stand.market.set(200)
    stand.wait(5)
    ledger, rule = stand.blotter.account.ledgers[0], stand.monitor._watchers[0]
    earned, notional = ledger.profit(Decimal(200)), abs(ledger.value(100, 4_000))

    assert rule.edge_bps() == pytest.approx(float(earned / notional) * 1e4)  # type: ignore[attr-defined]
    assert rule.edge_bps() == pytest.approx(5_000)  # type: ignore[attr-defined]


def test_the_way_back_is_not_below_the_way_in() -> None:
    """A freeze that ends where it begins is no freeze."""
    with pytest.raises(ValueError, match="resume_bps must be at least min_bps"):
        EdgeSettings(min_bps=2.5)


@given(
    st.lists(
        st.tuples(st.sampled_from([BUY, SELL]), st.integers(-60, 60), st.integers(1, 9)),
        min_size=4,
        max_size=20,
    )
)
def test_the_edge_is_the_profit_over_the_notional(fills: list[tuple[int, int, int]]) -> None:
    """What the rule calls edge is what the ledger calls profit, when the mid stands still."""
    stand = standing(min_bps=-10_000, min_fills=1)
    for side, ticks, qty in fills:
        traded(stand, ticks / 10, side=side, qty=qty, fee_bps=0.3)
    ledger, rule = stand.blotter.account.ledgers[0], stand.monitor._watchers[0]

    wanted = ledger.profit(Decimal(MID)) / ledger.turnover * 10_000
    assert rule.edge_bps() == pytest.approx(float(wanted), abs=1e-6)  # type: ignore[attr-defined]
