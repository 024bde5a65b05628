"""
Online: a watch that sees one value at a time and says when the series is no longer what it was.

A CUSUM chart over standardised residuals: what a value adds to what the values before it said. Level,
spread and dependence are not set but learnt as it goes, and how little is known yet goes into each
residual (Student's t turned into a normal), so that the stated run length without a change holds from
the first alarm-ready value on. After an alarm everything is learnt anew. Sources: Hawkins (1987) for
the self-starting chart; Wallace (1959) for the transformation.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ..judge.stats.cusum import ALLOWANCE, Alarm, limit_for
from ..judge.stats.student import as_normal

WARM_UP = 30
RUN_LENGTH = 10_000.0
_HELD = 4.0
_MOST_LIKENESS = 0.95
_FLAT = 1e-9


@dataclass
class _Learnt:
    """Running mean and spread of what was seen so far (Welford)."""

    count: int = 0
    mean: float = 0.0
    square: float = 0.0

    def add(self, value: float) -> None:
        """Take one more value in."""
        self.count += 1
        away = value - self.mean
        self.mean += away / self.count
        self.square += away * (value - self.mean)

    @property
    def spread(self) -> float:
        """Return the standard deviation; of equal values a trace of their size, so that a step shows."""
        plain = math.sqrt(self.square / (self.count - 1)) if self.count > 1 else 0.0
        return plain or _FLAT * max(1.0, abs(self.mean))


@dataclass
class Watch:
    """The chart of one series; feed it with `see`."""

    run_length: float = RUN_LENGTH
    warm_up: int = WARM_UP
    count: int = 0
    _level: _Learnt = field(default_factory=_Learnt)
    _residuals: _Learnt = field(default_factory=_Learnt)
    _shared: float = 0.0
    _before: float | None = None
    _sums: tuple[float, float] = (0.0, 0.0)
    _since: tuple[int, int] = (0, 0)

    @property
    def limit(self) -> float:
        """Return h: the sum at which the chart alarms."""
        return limit_for(self.run_length)

    def see(self, value: float) -> Alarm | None:
        """Take the next value; return the alarm that it raises."""
        at, self.count = self.count, self.count + 1
        before, self._before = self._before, value
        if before is None:
            self._level.add(value)
            return None
        level = self._level.mean
        # About the level: a dependence that is only learnt on the way must not move the residuals' mean.
        residual = (value - level) - self._likeness() * (before - level)
        known = self._residuals
        usual, spread = known.mean, known.spread
        ready = known.count >= self.warm_up
        score = _normal((residual - usual) / spread, known.count) if ready else 0.0
        # One wild value is a spike, not a change: what it may add, and teach, is held in.
        held = max(-_HELD, min(_HELD, score))
        known.add(usual + held * spread if ready and held != score else residual)
        self._shared += (value - self._level.mean) * (before - self._level.mean)
        self._level.add(value)
        return self._added(at, held) if ready else None

    def _likeness(self) -> float:
        """Return the dependence learnt so far, erring upwards; none before there is enough to learn from."""
        if self._level.count < self.warm_up or self._level.square <= 0:
            return 0.0
        learnt = self._shared / self._level.square + 1 / math.sqrt(self._level.count)
        return min(_MOST_LIKENESS, max(0.0, learnt))

    def _added(self, at: int, residual: float) -> Alarm | None:
        high, low = self._sums
        self._since = (at if high == 0.0 else self._since[0], at if low == 0.0 else self._since[1])
        high, low = max(0.0, high + residual - ALLOWANCE), max(0.0, low - residual - ALLOWANCE)
        self._sums = (high, low)
        if max(high, low) <= self.limit:
            return None
        up = high >= low
        found = Alarm(at, self._since[0 if up else 1], "up" if up else "down", max(high, low) / self.limit)
        self._level, self._residuals, self._shared = _Learnt(), _Learnt(), 0.0
        self._before, self._sums = None, (0.0, 0.0)
        return found


def alarms(
    values: Iterable[float], run_length: float = RUN_LENGTH, warm_up: int = WARM_UP
) -> Iterator[Alarm]:
    """Yield the alarms that a watch raises over a series."""
    watch = Watch(run_length, warm_up)
    for value in values:
        found = watch.see(value)
        if found is not None:
            yield found


def _normal(score: float, count: int) -> float:
    """Return a standardised value from `count` values before it as the normal value of equal chance."""
    return as_normal(math.sqrt(count / (count + 1)) * score, count - 1)
