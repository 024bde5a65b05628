"""The limits of a run: units, ceilings, and that at run time they only tighten."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from seatrial.model.errors import UsageError
from seatrial.model.risk import EdgeSettings, RiskCeilings, RiskSettings, SymbolLimits, unit_of

LIMITS = RiskSettings(
    max_positions=3,
    max_order_qty=Decimal("1.5"),
    no_self_cross=True,
    edge=EdgeSettings(min_fills=10),
    symbols={"BTC": SymbolLimits(max_order_qty=Decimal(1))},
)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("max_order_notional", 0),
        ("max_order_notional", -1),
        ("max_day_loss", 0),
        ("max_day_loss", "-0.01"),
        ("max_order_qty", 0),
        ("max_position_qty", "NaN"),
        ("max_total_notional", "Infinity"),
        ("max_collar_bps", 0),
        ("max_collar_bps", -5),
        ("max_collar_bps", float("nan")),
        ("max_drawdown_ratio", 5),
        ("max_drawdown_ratio", -0.1),
        ("max_data_age_ms", -1),
        ("max_positions", -1),
        ("max_positions", 1.5),
        ("max_order_qty", "1e30"),
        ("max_order_qty", "1e-19"),
    ],
)
def test_a_limit_that_makes_no_sense_is_refused(name: str, value: Any) -> None:
    """A zero where money belongs, a percent where a ratio belongs."""
    with pytest.raises(ValidationError, match=name):
        RiskSettings.model_validate({name: value})


def test_every_limit_says_its_unit() -> None:
    """In its name, and in what editors and documents show."""
    for model in (RiskSettings, RiskCeilings, SymbolLimits, EdgeSettings):
        for name, field in model.model_fields.items():
            if name not in {"edge", "symbols", "ceilings"}:
                assert field.description, name
    units = {name: unit_of(name) for name in RiskSettings.model_fields}

    assert units["max_orders_per_s"] == "orders per second"
    assert units["max_drawdown_ratio"] == "ratio, 0 to 1"
    assert units["max_day_loss"] == units["max_order_notional"] == "settlement currency"
    assert units["max_positions"] == "count"


def test_every_ceiling_is_the_ceiling_of_a_limit() -> None:
    """A misspelt ceiling would hold nothing."""
    assert set(RiskCeilings.model_fields) <= set(RiskSettings.model_fields)


@pytest.mark.parametrize("name", sorted(RiskCeilings.model_fields))
def test_a_limit_passes_at_its_ceiling_and_not_above(name: str) -> None:
    """Also the limit of a single instrument."""
    ceiling = Decimal("0.25") if name == "max_drawdown_ratio" else Decimal(4)
    whole = {"max_positions", "max_open_orders", "max_orders_per_s", "max_orders_per_min"}
    kind = int if name in whole else float if name.endswith(("bps", "ratio", "ms")) else Decimal
    at, above = kind(ceiling), kind(2 * ceiling)
    ceilings = {"ceilings": {name: at}}

    assert getattr(RiskSettings.model_validate({name: at, **ceilings}), name) == at
    with pytest.raises(ValidationError, match=f"{name} .* is above its ceiling of"):
        RiskSettings.model_validate({name: above, **ceilings})
    if name in SymbolLimits.model_fields:
        with pytest.raises(ValidationError, match=rf"symbols\.X\.{name} .* is above its ceiling of"):
            RiskSettings.model_validate({"symbols": {"X": {name: above}}, **ceilings})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"max_positions": 100}, "max_positions"),
        ({"max_positions": 4}, "max_positions"),
        ({"max_positions": None}, "max_positions"),
        ({"max_positions": "2"}, "max_positions"),
        ({"max_positions": True}, "max_positions"),
        ({"max_positions": 2.5}, "max_positions"),
        ({"max_positions": float("nan")}, "max_positions"),
        ({"max_positions": float("inf")}, "max_positions"),
        ({"max_positions": {"add": -1}}, "max_positions"),
        ({"max_positions": [1]}, "max_positions"),
        ({"max_positions": object()}, "max_positions"),
        ({"max_order_qty": Decimal("NaN")}, "max_order_qty"),
        ({"max_order_qty": "-Infinity"}, "max_order_qty"),
        ({"max_order_qty": Decimal("1.500000001")}, "max_order_qty"),
        ({"max_order_qty": 0}, "max_order_qty"),
        ({"no_self_cross": False}, "no_self_cross"),
        ({"no_self_cross": 0}, "no_self_cross"),
        ({"edge": {"min_bps": 1.4}}, "edge.min_bps"),
        ({"edge": {"min_bps": None}}, "edge.min_bps"),
        ({"edge": {"min_fills": 11}}, "edge.min_fills"),
        ({"edge": {"resume_bps": 1.9}}, "edge.resume_bps"),
        ({"edge": {"cooldown_s": 1}}, "edge.cooldown_s"),
        ({"edge": {"window_s": 0.001}}, "edge.window_s"),
        ({"edge": {"horizon_ms": 0}}, "edge.horizon_ms"),
        ({"edge": None}, "edge"),
        ({"symbols": None}, "symbols"),
        ({"symbols": []}, "symbols"),
        ({"symbols": {"BTC": None}}, "symbols.BTC"),
        ({"symbols": {"BTC": {"max_order_qty": 2}}}, "symbols.BTC.max_order_qty"),
        ({"symbols": {"BTC": {"max_order_qty": None}}}, "symbols.BTC.max_order_qty"),
        ({"ceilings": {"max_positions": 100}}, "ceilings"),
        ({"ceilings": None}, "ceilings"),
        ({"symbols.BTC.max_order_qty": 1}, "symbols.BTC.max_order_qty"),
        ({"max_position": 1}, "max_position"),
    ],
)
def test_a_change_that_widens_is_refused_however_it_is_written(changes: dict[str, Any], field: str) -> None:
    """One line that names the limit, and nothing has changed."""
    with pytest.raises(UsageError) as caught:
        LIMITS.tightened(changes)

    assert f"risk.{field}: " in caught.value.line or f"risk: {field} " in caught.value.line
    assert "\n" not in caught.value.line


@pytest.mark.parametrize(
    ("changes", "path", "value"),
    [
        ({}, ("max_positions",), 3),
        ({"max_positions": 3}, ("max_positions",), 3),
        ({"max_positions": 0}, ("max_positions",), 0),
        ({"max_order_qty": 0.25}, ("max_order_qty",), Decimal("0.25")),
        ({"max_order_qty": "0.1"}, ("max_order_qty",), Decimal("0.1")),
        ({"max_day_loss": 5}, ("max_day_loss",), Decimal(5)),
        ({"edge": {"min_bps": 2.0}}, ("edge", "min_fills"), 10),
        ({"edge": {"min_bps": 3.0, "resume_bps": 3.5}}, ("edge", "resume_bps"), 3.5),
        ({"symbols": {}}, ("symbols", "BTC", "max_order_qty"), Decimal(1)),
        ({"symbols": {"BTC": {"max_collar_bps": 5.0}}}, ("symbols", "BTC", "max_order_qty"), Decimal(1)),
        ({"symbols": {"ETH": {"max_order_qty": 2}}}, ("symbols", "ETH", "max_order_qty"), Decimal(2)),
    ],
)
def test_a_change_that_tightens_is_taken_and_leaves_the_rest(
    changes: dict[str, Any], path: tuple[str, ...], value: Any
) -> None:
    """A change speaks of what it names; the rest stays as it was."""
    held: Any = LIMITS.tightened(changes)
    for step in path:
        held = held[step] if isinstance(held, dict) else getattr(held, step)

    assert held == value


AMOUNTS = st.none() | st.decimals("0.1", 100, places=2)
SOME = st.builds(
    RiskSettings,
    max_positions=st.none() | st.integers(0, 50),
    max_order_qty=AMOUNTS,
    no_self_cross=st.booleans(),
    edge=st.builds(
        EdgeSettings,
        min_bps=st.none() | st.floats(-5, 2),
        resume_bps=st.floats(2, 5),
        min_fills=st.integers(1, 99),
    ),
    symbols=st.dictionaries(st.sampled_from(["A", "B"]), st.builds(SymbolLimits, max_order_qty=AMOUNTS)),
)


@given(SOME, SOME)
def test_a_change_is_taken_exactly_when_nothing_gets_wider(now: RiskSettings, wanted: RiskSettings) -> None:
    """Said by other means: the tighter of both is what was wanted."""
    changes = wanted.model_dump(exclude={"ceilings"})
    tightest = now.tightest(wanted)
    try:
        changed = now.tightened(changes)
    except UsageError:
        assert any(
            getattr(tightest, name) != getattr(wanted, name)
            for name in ("max_positions", "max_order_qty", "no_self_cross", "edge", "symbols")
        )
        return

    assert changed == tightest


@given(SOME, SOME)
def test_the_tightest_is_tighter_than_either(one: RiskSettings, other: RiskSettings) -> None:
    """So that a restart under another profile keeps what was tightened at run time."""
    both = one.tightest(other)

    assert one.tightened(both.model_dump(exclude={"ceilings"})) == both
    assert RiskSettings.model_validate(both.model_dump()) == both
    if both.edge.window_s == other.edge.window_s:
        assert other.tightened(both.model_dump(exclude={"ceilings"})).max_positions == both.max_positions
