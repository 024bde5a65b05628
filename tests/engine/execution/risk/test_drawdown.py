"""Drawdown: loss from the highest equity of the run."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, INVERSE, LINEAR, SELL, Stand


def marked(stand: Stand, mid: int) -> str:
    """Move the mid, let the monitor look, return the level."""
    stand.market.set(mid)
    stand.wait(1)
    return stand.level


def test_it_holds_beyond_the_limit_and_not_at_it() -> None:
    """10 % of a peak of 10,000 is 1,000: a loss of that passes, a tick more holds."""
    stand = Stand(balance=10_000, max_drawdown_ratio=0.1)
    stand.hold_position(1, 5_000)

    assert marked(stand, 5_000) == "normal"
    assert marked(stand, 4_000) == "normal"
    assert marked(stand, 3_999) == "frozen"
    assert stand.told.of("freeze", "guard", "scope") == [("max_drawdown_ratio", "all")]


def test_it_is_counted_from_the_peak() -> None:
    """A bot that has won and lost it again has lost."""
    stand = Stand(balance=10_000, max_drawdown_ratio=0.1)
    stand.hold_position(1, 5_000)
    assert marked(stand, 15_000) == "normal"

    assert marked(stand, 13_000) == "normal"
    assert marked(stand, 12_999) == "frozen"


def test_a_recovery_does_not_end_it_and_a_person_does() -> None:
    """The peak then begins anew, at what is left."""
    stand = Stand(balance=10_000, max_drawdown_ratio=0.1)
    stand.hold_position(1, 5_000)
    marked(stand, 5_000)
    marked(stand, 3_000)
    assert marked(stand, 9_000) == "frozen"
    assert marked(stand, 3_000) == "frozen"
    stand.monitor.release("max_drawdown_ratio")

    assert marked(stand, 3_000) == "normal"
    assert marked(stand, 2_000) == "frozen"


def test_without_equity_any_loss_is_too_much() -> None:
    """An opening balance that nobody knew must not switch the rule off."""
    stand = Stand(balance=0, max_drawdown_ratio=0.5)
    stand.hold_position(1, 5_000)
    assert marked(stand, 5_000) == "normal"

    assert marked(stand, 4_999) == "frozen"


def test_a_debt_that_does_not_grow_is_no_loss() -> None:
    """A ratio of a negative peak would be below any loss, and even none at all."""
    stand = Stand(balance=-10_000, max_drawdown_ratio=0.5)
    stand.hold_position(1, 5_000)
    assert marked(stand, 5_000) == "normal"

    assert marked(stand, 4_999) == "frozen"


def test_fees_are_losses() -> None:
    """Equity is what is left after them."""
    stand = Stand(balance=10_000, max_drawdown_ratio=0.1)
    stand.hold_position(1, 5_000)
    marked(stand, 5_000)
    stand.core.record("funding", 0, 0, "-1000.01")

    assert marked(stand, 5_000) == "frozen"


def test_each_currency_has_its_own_peak() -> None:
    """A loss in coins is not made up for by dollars."""
    stand = Stand(instruments=[LINEAR, INVERSE], balance=100, max_drawdown_ratio=0.1)
    stand.hold_position(20_000, 1_000, inst=1)
    stand.wait(1)
    assert stand.level == "normal"
    stand.market.set(600, 1)
    stand.wait(1)

    assert stand.level == "frozen"
    assert "COIN" in stand.told.of("freeze", "reason")[0][0]


def test_a_position_can_be_left_at_once_and_nothing_else() -> None:
    """What rests is withdrawn, and only what reduces without resting goes out."""
    stand = Stand(balance=10_000, max_drawdown_ratio=0.1)
    stand.hold_position(2, 5_000)
    order = stand.rest(BUY, 1, 4_900)
    marked(stand, 5_000)
    marked(stand, 4_000)

    assert order.status == "pending_cancel"
    assert stand.send(BUY, 1, 3_000) is None
    assert stand.send(SELL, 2, 4_000) is None
    assert stand.send(SELL, 2, 4_000, tif="ioc")


@given(
    limit=st.integers(0, 1_000).map(lambda each: each / 1_000),
    mids=st.lists(st.integers(1, 20_000), min_size=1, max_size=20),
)
def test_it_holds_as_soon_as_the_ratio_is_exceeded(limit: float, mids: list[int]) -> None:
    """Exactly, as decimals: 0.1 is a tenth."""
    stand = Stand(balance=10_000, max_drawdown_ratio=limit, ceilings={"max_drawdown_ratio": None})
    stand.hold_position(1, 5_000)
    peak, broken = Decimal(0), False
    for mid in mids:
        equity = Decimal(5_000 + mid)
        peak = max(peak, equity)
        broken = broken or peak - equity > Decimal(str(limit)) * peak

        assert (marked(stand, mid) == "frozen") == broken
