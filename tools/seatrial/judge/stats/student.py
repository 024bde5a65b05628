"""
Student's t by way of the normal distribution: close to three digits, and no table and no library.

Source: Wallace (1959), bounds on normal approximations to Student's distribution.
"""

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def quantile(share: float, degrees: float) -> float:
    """Return a quantile of Student's t."""
    plain = _NORMAL.inv_cdf(share) * (8 * degrees + 3) / (8 * degrees + 1)
    return math.copysign(math.sqrt(degrees * math.expm1(plain**2 / degrees)), plain)


def as_normal(statistic: float, degrees: float) -> float:
    """Return the normal value that is as improbable as a value of Student's t."""
    size = math.sqrt(degrees * math.log1p(statistic**2 / degrees)) * (8 * degrees + 1) / (8 * degrees + 3)
    return math.copysign(size, statistic)


def two_sided(statistic: float, degrees: float) -> float:
    """Return the chance of a value of Student's t at least as far from zero."""
    return 2 * (1 - _NORMAL.cdf(abs(as_normal(statistic, degrees))))
