"""The risk monitor: what passes, what is held, and that it goes on after a restart as if nothing was."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, LINEAR, MS, OTHER, SELL, THIRD, Stand

from seatrial.engine.execution.order import Order
from seatrial.engine.execution.risk.rule import Level
from seatrial.model.errors import UsageError
from seatrial.model.risk import RiskSettings

TIGHTEST: dict[str, Any] = {
    "max_positions": 0, "max_open_orders": 0, "max_orders_per_s": 0, "max_orders_per_min": 0,
    "max_position_qty": "0.1", "max_position_notional": "0.1", "max_total_notional": "0.1",
    "max_order_qty": "0.1", "max_order_notional": "0.1", "max_collar_bps": 0.001, "max_data_age_ms": 0,
    "max_repeats": 0, "no_self_cross": True,
}  # fmt: skip


# -- what reduces ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TIGHTEST))
@pytest.mark.parametrize("position", [5, -5])
def test_a_reducing_order_passes_every_rule(name: str, position: int) -> None:
    """A limit must never trap a position, on old data, far from the market, whatever else is wrong."""
    stand = Stand(**{name: TIGHTEST[name]})
    reduce, add = (SELL, BUY) if position > 0 else (BUY, SELL)
    if name == "no_self_cross":
        stand.rest(add, 1, 1_000)
    stand.hold_position(position)
    stand.market.ages_ns = [None]

    assert stand.send(reduce, 5, 1_000)


def test_a_reducing_order_passes_all_rules_at_once_without_a_book() -> None:
    """Each of them would block it."""
    stand = Stand(mids=[None], **TIGHTEST)
    stand.hold_position(5)

    assert stand.send(BUY, 1) is None
    assert stand.send(SELL, 5, 1)


def test_what_would_turn_a_position_around_does_not_reduce() -> None:
    """Six out of five is a new position of one."""
    stand = Stand(max_order_qty="0.1")
    stand.hold_position(5)

    assert stand.send(SELL, 6) is None
    assert stand.send(SELL, 5)


def test_a_second_reducing_order_must_leave_room_for_the_first() -> None:
    """Two that reduce by five each are one that turns five around."""
    stand = Stand(max_order_qty="0.1")
    stand.hold_position(5)
    first = stand.rest(SELL, 3)
    assert stand.send(SELL, 3) is None
    assert stand.send(SELL, 2)
    stand.core.cancel(first.order_id)
    assert stand.send(SELL, 1) is None
    stand.core.record("cancel", first.order_id)

    assert stand.send(SELL, 3)


def test_a_reducing_order_may_be_amended_within_its_position() -> None:
    """Its own working lots are not in its own way."""
    stand = Stand(max_order_qty="0.1")
    stand.hold_position(5)
    order = stand.rest(SELL, 5)

    assert stand.core.amend(order.order_id, 990, 5) is True
    stand.core.record("replaced", order.order_id, 990, 5, 1)
    assert stand.core.amend(order.order_id, 990, 6) is False
    assert stand.blotter.working[0] == [0, 5]


@given(st.integers(-9, 9), st.lists(st.tuples(st.sampled_from([BUY, SELL]), st.integers(1, 6)), max_size=12))
def test_under_the_tightest_limits_a_position_only_shrinks(
    position: int, orders: list[tuple[int, int]]
) -> None:
    """Whatever of the orders that passed trades."""
    stand = Stand(**TIGHTEST)
    if position:
        stand.hold_position(position)
    for side, qty in orders:
        stand.send(side, qty)
    buys, sells = stand.blotter.working[0]

    assert buys <= max(0, -position)
    assert sells <= max(0, position)


# -- holds ----------------------------------------------------------------------------------------


def test_frozen_lets_through_only_what_reduces_at_once() -> None:
    """An order that rests may trade when nobody looks any more."""
    stand = Stand()
    stand.hold_position(9)
    stand.core.hold("operator", "frozen", "lunch")

    assert stand.send(SELL, 2, tif="gtc") is None
    assert stand.send(SELL, 2, tif="post_only") is None
    assert stand.blocks == [("frozen", 9, 2)] * 2
    assert stand.send(SELL, 2, tif="ioc")
    assert stand.send(SELL, 2, tif="fok")
    assert stand.send(SELL, 2, kind="market", tif="gtc")
    assert stand.send(BUY, 1, tif="ioc") is None
    assert stand.send(SELL, 4, tif="ioc") is None


def test_reduce_only_lets_through_what_reduces_and_rests() -> None:
    """There is time to leave as a maker."""
    stand = Stand()
    stand.hold_position(9)
    stand.core.hold("operator", "reduce_only", "end of day")

    assert stand.send(SELL, 9, tif="post_only")
    assert stand.send(SELL, 1, tif="ioc") is None
    assert stand.send(BUY, 1) is None
    assert stand.blocks == [("reduce_only", 9, 10), ("reduce_only", 9, 1)]


def test_a_partial_freeze_leaves_the_other_instruments() -> None:
    """One broken feed is no reason to stop everything."""
    stand = Stand(instruments=[LINEAR, OTHER])
    mine, theirs = stand.rest(BUY, 1), stand.rest(BUY, 1, inst=1)
    stand.core.hold("feed", "frozen", "gap", instrument=1)

    assert stand.send(BUY, 1)
    assert stand.send(BUY, 1, inst=1) is None
    assert (stand.monitor.level(0), stand.monitor.level(1), stand.level) == ("normal", "frozen", "normal")
    assert (mine.status, theirs.status) == ("open", "pending_cancel")
    stand.core.lift("feed", instrument=1)
    assert stand.send(BUY, 1, inst=1)
    assert stand.told.of("freeze", "scope", "level", "guard") == [("OTHER", "full", "feed")]
    assert stand.told.of("unfreeze", "scope") == [("OTHER",)]


def test_holds_have_owners_and_the_strictest_counts() -> None:
    """One owner's all-clear does not end another's hold."""
    stand = Stand()
    stand.core.hold("soak", "reduce_only", "edge")
    stand.core.hold("operator", "frozen", "odd fills")
    assert stand.level == "frozen"
    stand.core.lift("operator")
    assert stand.level == "reduce_only"
    stand.core.lift("operator")
    stand.core.lift("nobody")
    assert stand.level == "reduce_only"
    stand.core.lift("soak")

    assert stand.level == "normal"


def test_a_hold_on_one_and_a_hold_on_all_are_two() -> None:
    """The same owner may have both, and they end apart."""
    stand = Stand(instruments=[LINEAR, OTHER])
    stand.core.hold("operator", "reduce_only", "all")
    stand.core.hold("operator", "frozen", "this one", instrument=0)
    stand.core.lift("operator")

    assert (stand.monitor.level(0), stand.monitor.level(1)) == ("frozen", "normal")


def test_an_owner_s_hold_is_told_once_and_may_change_its_level() -> None:
    """A guard that looks every second must not write the journal full."""
    stand = Stand()
    levels: tuple[Level, ...] = ("reduce_only", "reduce_only", "frozen")
    for level in levels:
        stand.core.hold("guard", level, "edge")

    assert stand.told.of("freeze", "level") == [("partial",), ("full",)]
    stand.core.lift("guard")
    assert stand.level == "normal"


def test_what_rests_is_withdrawn_when_a_hold_begins() -> None:
    """An order that is held back but for those that are there already is not held back."""
    stand = Stand()
    order = stand.rest(BUY, 1)
    stand.core.hold("operator", "frozen", "stop")

    assert order.status == "pending_cancel"


# -- telling --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(TIGHTEST))
def test_every_block_is_told_with_rule_limit_and_value(name: str) -> None:
    """A block that nobody can look up is a mystery with money in it."""
    stand = Stand(**{name: TIGHTEST[name]})
    if name == "no_self_cross":
        stand.rest(SELL, 1, 1_000)
    if name == "max_collar_bps":
        stand.market.set(999)
    if name == "max_data_age_ms":
        stand.market.ages_ns = [MS]
    assert stand.send(BUY, 1) is None
    ((rule, limit, value),) = stand.blocks

    assert rule == name
    assert limit == (1_000 if name == "no_self_cross" else stand.monitor.settings.model_dump()[name])
    assert value is not None
    assert value >= limit if name == "no_self_cross" else value > limit
    assert stand.monitor.blocks == 1


# -- limits at run time ---------------------------------------------------------------------------


def test_a_tighter_limit_holds_from_the_next_order_on() -> None:
    """And a hold, and what was counted, stay."""
    stand = Stand(max_order_qty=10, max_repeats=2)
    stand.core.hold("operator", "reduce_only", "x", instrument=0)
    stand.core.lift("operator", instrument=0)
    assert stand.send(BUY, 10)
    stand.monitor.tighten({"max_order_qty": 5})

    assert stand.send(BUY, 6) is None
    assert stand.send(BUY, 5)


@pytest.mark.parametrize(
    "changes",
    [
        {"max_order_qty": 11},
        {"max_order_qty": None},
        {"max_positions": 100},
        {"nonsense": 1},
        {"symbols": {"LINN": {}}},
    ],
)
def test_a_wider_limit_is_refused_and_changes_nothing(changes: dict[str, Any]) -> None:
    """The value that results counts, whatever the change looks like."""
    stand = Stand(max_order_qty=10, max_positions=3)
    before = stand.monitor.settings
    with pytest.raises(UsageError, match="risk"):
        stand.monitor.tighten(changes)

    assert stand.monitor.settings is before
    assert stand.send(BUY, 10)
    assert stand.send(BUY, 11) is None


def test_limits_of_an_instrument_that_is_not_traded_are_refused() -> None:
    """A misspelt symbol would leave the real one without its limits."""
    with pytest.raises(UsageError, match=r"risk\.symbols\.LIM: .*did you mean 'LIN'"):
        Stand(symbols={"LIM": {"max_order_qty": 1}})


# -- restarts -------------------------------------------------------------------------------------

LIVELY: dict[str, Any] = {
    "max_positions": 2, "max_open_orders": 2, "max_orders_per_s": 1, "max_orders_per_min": 3,
    "max_position_qty": 9, "max_position_notional": 8_500, "max_total_notional": 8_800,
    "max_order_qty": 6, "max_order_notional": 5_900, "max_collar_bps": 300, "max_drawdown_ratio": 0.015,
    "max_day_loss": 100, "max_data_age_ms": 500, "max_repeats": 1, "no_self_cross": True,
    "edge": {"min_fills": 2, "window_s": 20, "horizon_ms": 500, "cooldown_s": 2},
}  # fmt: skip
Step = tuple[str, int, int, int, int]
KINDS = (
    "send",
    "send",
    "send",
    "fill",
    "fill",
    "cancel",
    "amend",
    "market",
    "gap",
    "hold",
    "release",
    "wait",
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS), st.integers(0, 2), st.sampled_from([BUY, SELL]), st.integers(1, 7),
        st.integers(-4, 4).map(lambda each: each * 10),
    ),
    max_size=40,
)  # fmt: skip


def lively() -> Stand:
    """Return a stand with every rule active and close to its limits."""
    return Stand(instruments=[LINEAR, OTHER, THIRD], balance=10_000, **LIVELY)


def act(stand: Stand, step: Step) -> None:
    """Do one step; what it meets depends on all before."""
    kind, inst, side, qty, off = step
    core, orders = stand.core, [o for o in stand.core.orders.values() if o.instrument == inst]
    if kind == "send":
        stand.send(side, qty, 1_000 + off, inst=inst, tif="ioc" if off % 5 == 0 else "gtc")
    elif kind == "fill" and orders:
        stand.fill(orders[0], min(qty, orders[0].leaves) or None)
    elif kind == "cancel" and orders:
        core.record("cancel", orders[-1].order_id)
    elif kind == "amend" and orders:
        core.record("accept", orders[-1].order_id)
        core.amend(orders[-1].order_id, 1_000 + off, qty)
    elif kind in {"market", "gap"}:
        stand.market.set(None if kind == "gap" else 1_000 + off, inst)
        stand.market.ages_ns[inst] = abs(off) * 20 * MS
    elif kind == "hold":
        hold_or_lift(stand, inst - 1, hold=off > 0)
    elif kind == "release":
        stand.monitor.release(("max_repeats", "max_drawdown_ratio", "max_day_loss")[inst])
    stand.wait(abs(off) / 80 if kind != "wait" else qty * 9_000)


def hold_or_lift(stand: Stand, scope: int, *, hold: bool) -> None:
    """Let an operator begin or end a hold on one instrument or on all (-1)."""
    if hold:
        stand.core.hold("operator", "reduce_only", "x", instrument=scope)
    else:
        stand.core.lift("operator", instrument=scope)


def reborn(stand: Stand) -> Stand:
    """Return another stand that goes on from this one's state, which went through JSON."""
    other = lively()
    other.core.restore(json.loads(json.dumps(stand.core.state())))
    other.market, other.trades = stand.market, stand.trades
    other.core.monitor.situation.view = stand.market
    other.told.all = list(stand.told.all)
    return other


@settings(max_examples=200)
@given(STEPS, st.integers(0, 40))
def test_cut_anywhere_it_goes_on_as_if_nothing_was(steps: list[Step], cut: int) -> None:
    """A restart must neither forget what was counted nor make anything up."""
    whole, parts = lively(), lively()
    for at, step in enumerate(steps):
        if at == cut:
            parts = reborn(parts)
        act(whole, step)
        act(parts, step)

    assert parts.told.all == whole.told.all
    assert parts.core.state() == whole.core.state()


def test_the_steps_above_meet_every_rule() -> None:
    """A property over steps that never reach a rule says nothing of it."""
    met: set[str] = set()
    number = 12_345
    for _ in range(150):
        stand = lively()
        for _ in range(40):
            number = (number * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
            bits = number >> 30
            kind, bits = KINDS[bits % 12], bits // 12
            act(stand, (kind, bits % 3, bits // 3 % 2, 1 + bits // 6 % 7, (bits // 42 % 9 - 4) * 10))
        met |= {rule for rule, _, _ in stand.blocks}
        met |= {guard for (guard,) in stand.told.of("freeze", "guard")}

    wanted = {name for name in LIVELY if name != "edge"} | {"min_edge_bps", "frozen", "reduce_only"}
    assert wanted - met == set()


@pytest.mark.parametrize(("of_profile", "holds"), [(10, 5), (3, 3)])
def test_what_was_tightened_stays_tight_over_a_restart(of_profile: int, holds: int) -> None:
    """Under the same profile and under a tighter one: the tighter of both."""
    stand = Stand(max_order_qty=10)
    stand.monitor.tighten({"max_order_qty": 5})
    other = Stand(max_order_qty=of_profile)
    other.core.restore(json.loads(json.dumps(stand.core.state())))
    again = Stand(max_order_qty=of_profile)
    again.core.restore(json.loads(json.dumps(other.core.state())))

    assert again.send(BUY, holds + 1) is None
    assert again.send(BUY, holds)


def test_a_restart_takes_the_profile_s_limits_where_nothing_was_tightened() -> None:
    """Whoever widens a limit in the profile, within its ceiling, means it."""
    other = Stand(max_order_qty=10)
    other.core.restore(json.loads(json.dumps(Stand(max_order_qty=5).core.state())))

    assert other.send(BUY, 10)


def test_a_hold_whose_rule_is_gone_stays_until_it_is_released() -> None:
    """A restart under other limits is not an all-clear."""
    stand = Stand(max_repeats=1)
    stand.rest(BUY, 1)
    stand.send(BUY, 1)
    stand.wait(0)
    other = Stand()
    other.core.restore(stand.core.state())
    other.wait(1)
    assert other.level == "frozen"
    other.monitor.release("max_repeats")

    assert other.level == "normal"


def test_nothing_is_asked_where_nothing_is_limited() -> None:
    """The default costs one look at two empty lists."""
    stand = Stand(RiskSettings())
    assert stand.monitor.limits_orders is False
    stand.core.hold("operator", "frozen", "x")

    assert stand.monitor.limits_orders is True


def test_asking_is_not_sending() -> None:
    """What never left must not count, however often it was asked about."""
    stand = Stand(max_orders_per_s=1, max_repeats=1)
    draft = Order(1, "", 0, BUY, 1_000, 1)
    for _ in range(5):
        assert stand.monitor.check(draft, stand.core.now_ns) is None

    assert stand.send(BUY, 1)
