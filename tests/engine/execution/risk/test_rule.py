"""What all rules have in common, and the family they are."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.engine.execution.risk.stand import BUY, INVERSE, LINEAR, SELL, Stand, instrument

from seatrial.engine.execution import risk as family
from seatrial.engine.execution.order import Order
from seatrial.engine.execution.risk import RULES
from seatrial.engine.execution.risk.rule import Rule, atoms, money
from seatrial.model.instrument import Contract
from seatrial.model.risk import EdgeSettings, RiskSettings


def test_no_rule_file_is_missing_from_the_list() -> None:
    """A rule that nobody imports is a limit that silently does not hold."""
    files = {path.stem for path in Path(family.__file__).parent.glob("*.py")}

    assert files - {"__init__", "monitor", "rule"} == {
        rule.__module__.rpartition(".")[2] for _, rule in RULES
    }


def test_every_limit_has_a_rule_and_every_rule_a_limit() -> None:
    """A setting that no rule reads is a promise that nobody keeps."""
    settings = [name for name in RiskSettings.model_fields if name not in {"edge", "symbols", "ceilings"}]
    settings += [f"edge.{name}" for name in EdgeSettings.model_fields]
    enforced = [name for _, rule in RULES for name in (rule.limits_of or (rule.name,))]

    assert sorted(enforced) == sorted(settings)


@pytest.mark.parametrize(("name", "rule"), list(RULES))
def test_a_rule_says_what_it_is(name: str, rule: type[Rule]) -> None:
    """Its page in the documents is made of this."""
    assert rule.name == name
    assert rule.__doc__
    assert ("block" in rule.does) == (rule.before is not Rule.before)
    assert ("hold" in rule.does) == rule.watches == (rule.after is not Rule.after)


@pytest.mark.parametrize(("name", "rule"), list(RULES))
def test_a_rule_without_a_limit_costs_nothing(name: str, rule: type[Rule]) -> None:
    """What is not set is not asked."""
    assert not rule(RiskSettings(edge=EdgeSettings(min_bps=None)), Stand().monitor.situation).active, name


@given(
    contract=st.sampled_from(list(Contract)),
    ticks=st.integers(1, 10**9),
    lots=st.integers(1, 10**9),
    steps=st.tuples(*[st.sampled_from(["0.5", "0.01", "0.00000001", "5", "1"])] * 3),
)
def test_worth_is_the_instrument_s_own_notional(
    contract: Contract, ticks: int, lots: int, steps: tuple[str, ...]
) -> None:
    """In whole atoms, rounded up by less than one."""
    tick, lot, size = steps
    one = instrument(contract=contract, tick_size=tick, lot_size=lot, contract_size=size)
    worth = money(Stand(instruments=[one]).monitor.situation.worth(0, 2 * ticks, lots))

    assert abs(worth - one.notional(ticks, lots)) <= max(Decimal("1e-24"), worth * Decimal("1e-27"))


@given(st.decimals("1e-18", 10**12, places=18))
def test_an_amount_survives_as_atoms(amount: Decimal) -> None:
    """Eighteen decimals are what the smallest coin has."""
    assert money(atoms(amount)) == amount


@pytest.mark.parametrize("inst", [LINEAR, INVERSE])
def test_the_look_at_an_order_says_what_would_result(inst: object) -> None:
    """What works on its side, its position and itself, without a sign."""
    stand = Stand(instruments=[inst])  # type: ignore[list-item]
    stand.hold_position(-5)
    stand.rest(SELL, 3)
    situation = stand.monitor.situation
    for side, qty, reached in ((SELL, 2, 10), (BUY, 2, 3), (BUY, 9, 4)):
        situation.show(Order(9, "", 0, side, 1_000, qty))

        assert situation.reached == reached


def test_equity_is_computed_anew_when_something_has_changed() -> None:
    """A fill, a fee, a mid: each is noticed, and nothing else is work."""
    stand = Stand()
    situation = stand.monitor.situation
    first = situation.equities()
    stand.market.set(2_000)
    assert situation.equities() is first
    stand.hold_position(2, 2_000)
    assert situation.equities() is not first
    stand.market.set(2_500)

    assert situation.equities() == {"USD": Decimal(1_001_000)}
    stand.core.record("funding", 0, 0, "7")
    assert situation.equities() == {"USD": Decimal(1_001_007)}
