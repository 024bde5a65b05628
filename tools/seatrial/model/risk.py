"""
The limits of a run, each in the unit that its name ends in, and the ceilings above them.

A limit may be set by a profile, the environment, the command line or a tuner; whichever route it
comes by, what counts is the value that results. It must stay within its ceiling, and ceilings
belong to the profile file of a production profile alone (see `ConfigManager`).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field, model_validator

from .config import Config, Count, Milliseconds, PositiveInt, PositiveSeconds, Ratio

Money = Annotated[Decimal, Field(gt=0)]
Quantity = Annotated[Decimal, Field(gt=0)]
Bps = Annotated[float, Field(ge=-10_000, le=10_000)]


class RiskCeilings(Config):
    """What no limit may exceed, whatever sets it; None leaves a limit without a ceiling."""

    max_positions: Count | None = 50
    max_open_orders: Count | None = 1_000
    max_orders_per_s: Count | None = 5_000
    max_orders_per_min: Count | None = 120_000
    max_position_qty: Quantity | None = None
    max_position_notional: Money | None = None
    max_total_notional: Money | None = None
    max_order_qty: Quantity | None = None
    max_order_notional: Money | None = None
    max_collar_bps: Bps | None = 5_000
    max_drawdown_ratio: Ratio | None = 0.5
    max_day_loss: Money | None = None
    max_data_age_ms: Milliseconds | None = 600_000


class EdgeSettings(Config):
    """When to stop trading because the edge is gone, and when to go on."""

    min_bps: Bps | None = Field(1.5, description="Freeze when the window's edge is below this; null: never.")
    resume_bps: Bps = Field(2.0, description="Go on only when the window's edge is at least this again.")
    window_s: PositiveSeconds = Field(3_600, description="The fills of the last so many seconds count.")
    min_fills: PositiveInt = Field(50, description="Fewer fills in the window than this decide nothing.")
    horizon_ms: Milliseconds = Field(5_000, description="A fill is judged by the mid so much later.")
    cooldown_s: PositiveSeconds = Field(900, description="A freeze lasts at least so long.")

    @model_validator(mode="after")
    def _has_a_way_back(self) -> "EdgeSettings":
        if self.min_bps is not None and self.resume_bps < self.min_bps:
            raise ValueError("resume_bps must be at least min_bps, or a freeze would end at once")
        return self


class RiskSettings(Config):
    """
    Limits that hold at run time; None leaves a limit out.

    Quantities are in the instrument's unit, money in its settlement currency. An order that reduces
    a position passes every limit: a limit must never trap risk.
    """

    max_positions: Count | None = Field(None, description="Instruments with an open position.")
    max_open_orders: Count | None = Field(None, description="Working orders, all instruments.")
    max_orders_per_s: Count | None = Field(None, description="Orders and amendments sent in a second.")
    max_orders_per_min: Count | None = Field(None, description="The same in a minute.")
    max_position_qty: Quantity | None = Field(None, description="Position of one instrument.")
    max_position_notional: Money | None = Field(None, description="Value of one instrument's position.")
    max_total_notional: Money | None = Field(None, description="Value of all positions of a currency.")
    max_order_qty: Quantity | None = Field(None, description="Size of one order.")
    max_order_notional: Money | None = Field(None, description="Value of one order.")
    max_collar_bps: Bps | None = Field(None, description="Distance of a price from the mid.")
    max_drawdown_ratio: Ratio | None = Field(None, description="Loss from the equity's peak: freeze.")
    max_day_loss: Money | None = Field(None, description="Loss since midnight UTC: freeze until the next.")
    max_data_age_ms: Milliseconds | None = Field(None, description="Age of the book that an order relies on.")
    max_repeats: Count | None = Field(
        None, description="Equal orders in a row, filled or not, before a person has to look."
    )
    no_self_cross: bool = Field(False, description="Refuse an order that would meet one of our own.")
    edge: EdgeSettings = EdgeSettings()
    symbols: dict[str, "SymbolLimits"] = Field(
        default_factory=dict, description="Tighter limits of single instruments."
    )
    ceilings: RiskCeilings = RiskCeilings()

    @model_validator(mode="after")
    def _within_ceilings(self) -> "RiskSettings":
        for name in RiskCeilings.model_fields:
            limits = [(name, getattr(self, name))]
            limits += [(f"symbols.{s}.{name}", getattr(own, name, None)) for s, own in self.symbols.items()]
            ceiling = getattr(self.ceilings, name)
            for label, limit in limits:
                if limit is not None and ceiling is not None and limit > ceiling:
                    raise ValueError(f"{label} {limit} is above its ceiling of {ceiling}")
        return self

    def tightened(self, changes: Mapping[str, Any]) -> "RiskSettings":
        """
        Return these limits with changes made at run time.

        What counts is the value that results: it may be tighter or equal, never wider and never
        gone, whatever way the change is written. A wider one is a ValueError.
        """
        changed = RiskSettings.model_validate({**self.model_dump(), **dict(changes)})
        if changed.ceilings != self.ceilings:
            raise ValueError("ceilings do not change at run time")
        _must_be_tighter(self, changed)
        return changed


class SymbolLimits(Config):
    """Limits of one instrument; they hold beside the general ones."""

    max_position_qty: Quantity | None = None
    max_position_notional: Money | None = None
    max_order_qty: Quantity | None = None
    max_order_notional: Money | None = None
    max_collar_bps: Bps | None = None
    max_data_age_ms: Milliseconds | None = None


def _must_be_tighter(now: Config, wanted: Config, at: str = "") -> None:
    """Refuse any limit of `wanted` that is wider than the one of `now`."""
    for name in type(now).model_fields:
        mine, other = getattr(now, name), getattr(wanted, name)
        label = f"{at}{name}"
        if isinstance(mine, Config):
            _must_be_tighter(mine, other, f"{label}.")
        elif isinstance(mine, dict):
            for symbol, limits in mine.items():
                if symbol not in other:
                    raise ValueError(f"{label}.{symbol} cannot be taken away at run time")
                _must_be_tighter(limits, other[symbol], f"{label}.{symbol}.")
        elif mine is not None and mine != other and _is_wider(name, mine, other):
            raise ValueError(f"{label} {other} would be wider than {mine}: at run time limits only tighten")


def _is_wider(name: str, mine: Any, other: Any) -> bool:
    if other is None:
        return True
    if isinstance(mine, bool):
        return mine and not other
    return bool(other < mine) if name in _FLOORS else bool(other > mine)


# Where more is safer: a higher threshold freezes earlier, a longer cool-down trades later.
_FLOORS = frozenset({"min_bps", "resume_bps", "cooldown_s"})

RiskSettings.model_rebuild()
