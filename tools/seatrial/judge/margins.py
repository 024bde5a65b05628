"""
Margins: how much of a metric matters, where nobody said so.

A difference can be certain and mean nothing. The margin is relative to the usual level and absolute
in the metric's unit, whichever is larger, so that a level of zero neither forbids every difference
nor hides one.
"""

RELATIVE = 0.10
_ABSOLUTE = {"bps": 0.25, "ratio": 0.02, "ms": 5.0, "pct": 2.0}
_OF_SPREAD = 0.1


def margin(name: str, level: float, spread: float) -> float:
    """Return the difference that matters, in the metric's unit, around a level with that spread."""
    return max(RELATIVE * abs(level), _ABSOLUTE.get(unit(name), _OF_SPREAD * spread))


def unit(name: str) -> str:
    """Return a metric's unit: the last word of its name, a percentile aside."""
    words = name.lower().split("_")
    if len(words) > 1 and words[-1].startswith("p") and words[-1][1:].isdigit():
        return words[-2]
    return words[-1]
