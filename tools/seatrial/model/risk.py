"""
The limits of a run, each in the unit that its name ends in, and the ceilings above them.

A limit may be set by a profile, the environment, the command line or a tuner; whichever route it
comes by, what counts is the value that results. It must stay within its ceiling, and ceilings
belong to the profile file of a production profile alone (see `config.envelope`).
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError, model_validator

from .config import Config, Count, Milliseconds, PositiveInt, PositiveSeconds, Ratio
from .errors import UsageError, Where

Amount = Annotated[Decimal, Field(gt=0, max_digits=42, decimal_places=18)]
Money = Amount
Quantity = Amount
Bps = Annotated[float, Field(ge=-10_000, le=10_000)]
DistanceBps = Annotated[float, Field(gt=0, le=10_000)]

UNITS: Final = {
    "count": "count",
    "per_s": "orders per second",
    "per_min": "orders per minute",
    "qty": "the instrument's unit",
    "notional": "settlement currency",
    "loss": "settlement currency",
    "bps": "basis points",
    "ratio": "ratio, 0 to 1",
    "ms": "milliseconds",
    "s": "seconds",
}
"""What the last word of a limit's name means; a name without any of them counts things."""


def unit_of(name: str) -> str:
    """Return the unit of a limit, in words, from the last word of its name."""
    words = name.split("_")
    return UNITS.get("_".join(words[-2:])) or UNITS.get(words[-1]) or UNITS["count"]


def _limit(description: str, default: Any = None) -> Any:
    return Field(default, description=description)


class RiskCeilings(Config):
    """What no limit may exceed, whatever sets it; None leaves a limit without a ceiling."""

    max_positions: Count | None = _limit("Highest max_positions (count).", 50)
    max_open_orders: Count | None = _limit("Highest max_open_orders (count).", 1_000)
    max_orders_per_s: Count | None = _limit("Highest max_orders_per_s (orders per second).", 5_000)
    max_orders_per_min: Count | None = _limit("Highest max_orders_per_min (orders per minute).", 120_000)
    max_position_qty: Quantity | None = _limit("Highest max_position_qty (the instrument's unit).")
    max_position_notional: Money | None = _limit("Highest max_position_notional (settlement currency).")
    max_total_notional: Money | None = _limit("Highest max_total_notional (settlement currency).")
    max_order_qty: Quantity | None = _limit("Highest max_order_qty (the instrument's unit).")
    max_order_notional: Money | None = _limit("Highest max_order_notional (settlement currency).")
    max_collar_bps: DistanceBps | None = _limit("Highest max_collar_bps (basis points).", 5_000)
    max_drawdown_ratio: Ratio | None = _limit("Highest max_drawdown_ratio (ratio, 0 to 1).", 0.5)
    max_day_loss: Money | None = _limit("Highest max_day_loss (settlement currency).")
    max_data_age_ms: Milliseconds | None = _limit("Highest max_data_age_ms (milliseconds).", 600_000)


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

    max_positions: Count | None = _limit("Instruments with a position, or an order that could open one.")
    max_open_orders: Count | None = _limit("Working orders, all instruments together.")
    max_orders_per_s: Count | None = _limit("Orders and amendments sent in any one second.")
    max_orders_per_min: Count | None = _limit("Orders and amendments sent in any one minute.")
    max_position_qty: Quantity | None = _limit("Position of one instrument, in its unit.")
    max_position_notional: Money | None = _limit("Value of one instrument's position, in settlement money.")
    max_total_notional: Money | None = _limit("Value of all positions that settle in one currency.")
    max_order_qty: Quantity | None = _limit("Size of one order, in the instrument's unit.")
    max_order_notional: Money | None = _limit("Value of one order, in settlement money.")
    max_collar_bps: DistanceBps | None = _limit("Distance of a limit price from the mid, in basis points.")
    max_drawdown_ratio: Ratio | None = _limit("Loss from the equity's peak over that peak (0.05 is 5 %).")
    max_day_loss: Money | None = _limit("Loss since midnight UTC, in settlement money.")
    max_data_age_ms: Milliseconds | None = _limit("Age of the book that an order relies on, in milliseconds.")
    max_repeats: Count | None = _limit("Equal orders in a row, filled or not, before a person has to look.")
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
        Return these limits with changes made at run time, laid over them key by key.

        What counts is the value that results: it may be tighter or equal, never wider and never
        gone, whatever way the change is written. All else is a UsageError that names the limit.
        """
        document = _laid_over(self.model_dump(mode="json"), changes)
        try:
            # As JSON and strictly, as a profile is read: True is no count, "5" no number.
            changed = RiskSettings.model_validate_json(json.dumps(document, default=str), strict=True)
        except (TypeError, ValidationError) as error:
            raise _refused(*_said(error)) from error
        if changed.ceilings != self.ceilings:
            raise _refused("ceilings", "ceilings do not change at run time")
        _must_be_tighter(self, changed)
        return changed

    def tightest(self, other: "RiskSettings") -> "RiskSettings":
        """Return the tighter of two settings, limit by limit, under the ceilings of this one."""
        tightest: RiskSettings = _tightest(self, other)
        return tightest


class SymbolLimits(Config):
    """Limits of one instrument; they hold beside the general ones."""

    max_position_qty: Quantity | None = _limit("Position, in the instrument's unit.")
    max_position_notional: Money | None = _limit("Value of the position, in settlement money.")
    max_order_qty: Quantity | None = _limit("Size of one order, in the instrument's unit.")
    max_order_notional: Money | None = _limit("Value of one order, in settlement money.")
    max_collar_bps: DistanceBps | None = _limit("Distance of a limit price from the mid, in basis points.")
    max_data_age_ms: Milliseconds | None = _limit("Age of the book that an order relies on, in milliseconds.")


def _laid_over(below: Any, above: Any) -> Any:
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{key: _laid_over(below.get(key), value) for key, value in above.items()}}


def _refused(field: str, message: str) -> UsageError:
    where = Where(field=f"risk.{field}" if field else "risk")
    return UsageError(message, where=where, fix="tighten it, or start a new run")


def _said(error: TypeError | ValidationError) -> tuple[str, str]:
    if isinstance(error, TypeError):
        return "", str(error)
    first = error.errors(include_url=False)[0]
    field = ".".join(str(step) for step in first["loc"])
    return field, first["msg"].removeprefix("Value error, ").replace("Input should be", "should be")


def _must_be_tighter(now: Config, wanted: Config, at: str = "") -> None:
    """Refuse any limit of `wanted` that is wider than the one of `now`."""
    for name in type(now).model_fields:
        mine, other = getattr(now, name), getattr(wanted, name)
        label = f"{at}{name}"
        if isinstance(mine, Config):
            _must_be_tighter(mine, other, f"{label}.")
        elif isinstance(mine, dict):
            for symbol, limits in mine.items():
                _must_be_tighter(limits, other[symbol], f"{label}.{symbol}.")
        elif mine is not None and mine != other and _is_wider(name, mine, other):
            other = "null" if other is None else other
            raise _refused(label, f"{other} would be wider than {mine}: at run time limits only tighten")


def _tightest(now: Any, other: Any) -> Any:
    values = {}
    for name in type(now).model_fields:
        mine, theirs = getattr(now, name), getattr(other, name)
        if isinstance(mine, Config):
            values[name] = mine if name == "ceilings" else _tightest(mine, theirs)
        elif isinstance(mine, dict):
            both = {symbol: _tightest(mine[symbol], theirs[symbol]) for symbol in mine if symbol in theirs}
            values[name] = {**mine, **theirs, **both}
        else:
            values[name] = theirs if mine is None or not _is_wider(name, mine, theirs) else mine
    # Every value was validated where it comes from.
    return now.model_copy(update=values)


def _is_wider(name: str, mine: Any, other: Any) -> bool:
    if other is None or name in _FIXED:
        return True
    if isinstance(mine, bool):
        return mine and not other
    return bool(other < mine) if name in _FLOORS else bool(other > mine)


# Where more is safer: a higher threshold freezes earlier, a longer cool-down trades later.
_FLOORS: Final = frozenset({"min_bps", "resume_bps", "cooldown_s"})
# Neither way is safer: a short window never gathers its fills, a short horizon flatters every maker.
_FIXED: Final = frozenset({"window_s", "horizon_ms"})

RiskSettings.model_rebuild()
