"""
Ratios of a series of returns: what was earned, for which risk, by the textbook's definitions.

Returns are simple and per period; `target` is the least acceptable return per period; what divides by a
risk of zero is None, because no risk seen is not an infinite reward. Source: Bacon, Practical Portfolio
Performance Measurement and Attribution (2008).
"""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def annualised_return(returns: "np.ndarray", periods_per_year: float) -> float | None:
    """Return the geometric return a year; None of nothing, or of a total loss."""
    import numpy as np

    grown = float(np.prod(1 + returns)) if len(returns) else 0.0
    return grown ** (periods_per_year / len(returns)) - 1 if grown > 0 else None


def sharpe(returns: "np.ndarray", periods_per_year: float, free: float = 0.0) -> float | None:
    """Return the mean excess over its standard deviation, annualised by the root of time."""
    spread = float(returns.std(ddof=1)) if len(returns) > 1 else 0.0
    return _over(float(returns.mean()) - free if len(returns) else 0.0, spread, math.sqrt(periods_per_year))


def sortino(returns: "np.ndarray", target: float = 0.0, periods_per_year: float = 1.0) -> float | None:
    """Return the mean excess over the downside deviation (Kappa of order two), annualised."""
    return _over(_mean(returns) - target, downside_deviation(returns, target), math.sqrt(periods_per_year))


def downside_deviation(returns: "np.ndarray", target: float = 0.0) -> float:
    """Return the root mean square of what is missing to the target, over all periods."""
    return math.sqrt(_mean(_below(returns, target) ** 2))


def downside_potential(returns: "np.ndarray", target: float = 0.0) -> float:
    """Return the mean of what is missing to the target."""
    return _mean(_below(returns, target))


def upside_risk(returns: "np.ndarray", target: float = 0.0) -> float:
    """Return the root mean square of what is beyond the target."""
    return math.sqrt(_mean(_below(-returns, -target) ** 2))


def upside_potential(returns: "np.ndarray", target: float = 0.0) -> float:
    """Return the mean of what is beyond the target."""
    return _mean(_below(-returns, -target))


def omega_sharpe(returns: "np.ndarray", target: float = 0.0) -> float | None:
    """Return (upside - downside potential) over downside potential."""
    down = downside_potential(returns, target)
    return _over(upside_potential(returns, target) - down, down)


def profit_factor(returns: "np.ndarray") -> float | None:
    """Return all gains over all losses (Bernardo and Ledoit)."""
    return _over(upside_potential(returns), downside_potential(returns))


def d_ratio(returns: "np.ndarray") -> float | None:
    """Return losses over gains, each weighted by how often it happened; 0 is best."""
    losses, gains = int((returns < 0).sum()), int((returns > 0).sum())
    return _over(losses * downside_potential(returns), gains * upside_potential(returns))


def hit_ratio(returns: "np.ndarray", target: float = 0.0) -> float | None:
    """Return the share of periods beyond the target."""
    return float((returns > target).mean()) if len(returns) else None


def mean_absolute_deviation(returns: "np.ndarray") -> float:
    """Return the mean distance from the mean."""
    return _mean(abs(returns - _mean(returns)))


def drawdowns(returns: "np.ndarray") -> "np.ndarray":
    """Return how far compounded wealth is below its peak after each period, from 0 to 1; it began at one."""
    import numpy as np

    wealth = np.concatenate(([1.0], np.cumprod(1 + returns)))
    found: np.ndarray = (1 - wealth / np.maximum.accumulate(wealth))[1:]
    return found


def pain_index(returns: "np.ndarray") -> float:
    """Return the mean drawdown."""
    return _mean(drawdowns(returns))


def martin_ratio(returns: "np.ndarray", periods_per_year: float) -> float | None:
    """Return the annualised return over the root mean square of the drawdowns."""
    ulcer = math.sqrt(_mean(drawdowns(returns) ** 2))
    return _over(annualised_return(returns, periods_per_year), ulcer)


def _below(returns: "np.ndarray", target: float) -> "np.ndarray":
    import numpy as np

    short: np.ndarray = np.maximum(target - returns, 0.0)
    return short


def _mean(values: "np.ndarray") -> float:
    return float(values.mean()) if len(values) else 0.0


def _over(reward: float | None, risk: float, scale: float = 1.0) -> float | None:
    return None if reward is None or risk <= 0 else reward / risk * scale
