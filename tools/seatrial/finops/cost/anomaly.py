"""
Days that cost unlike the others: robust scores, so that the outliers do not hide themselves.

The modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993): 0.6745 times
the distance from the median over the median absolute deviation; where more than half of the days
cost the same, the mean absolute deviation takes its place.
"""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

MIN_DAYS = 7
MEDIAN_FACTOR = Decimal("0.6745")
MEAN_FACTOR = Decimal("1.253314")
# A change of less than this share of an ordinary day is no news, however regular the days are.
SMALL_SHARE = Decimal("0.05")


@dataclass(frozen=True)
class Anomaly:
    """One day of one series, what it cost and what such a day costs."""

    series: str
    day: str
    cost: Decimal
    usual: Decimal
    score: Decimal


def anomalies(series: str, costs: Mapping[str, Decimal], limit: float, ordinary: Decimal) -> list[Anomaly]:
    """Return the days whose cost is far from the median of the series, in the order of days."""
    if len(costs) < MIN_DAYS:
        return []
    usual = statistics.median(costs.values())
    apart = {when: cost - usual for when, cost in costs.items()}
    spread = statistics.median(abs(value) for value in apart.values()) / MEDIAN_FACTOR
    if not spread:
        spread = MEAN_FACTOR * statistics.mean(abs(value) for value in apart.values())
    if not spread:
        return []
    return [
        Anomaly(series, when, costs[when], usual, round(value / spread, 2))
        for when, value in sorted(apart.items())
        if abs(value / spread) > Decimal(str(limit)) and abs(value) > SMALL_SHARE * abs(ordinary)
    ]
