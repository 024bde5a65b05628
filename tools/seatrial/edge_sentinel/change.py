"""
The change against a baseline: what each component and each group added to it, adding up exactly.

A net over notional is a weighted mean of groups, so it moves for two reasons: groups weigh
differently (mix) or earn differently (rate). With w the share of notional and r the net over it,
before (0) and after (1), and bars for means of the two:

    change = sum over groups of  (w1 - w0) (mean r - mean R)  +  mean w (r1 - r0)

where R is the whole's net. Subtracting R moves nothing, because the weights' changes sum to zero,
and lets a group that merely grew be charged only for being worse than the rest. What is no fill
(funding, a carried position) has no weight and changes by its contribution. Source: the midpoint
form of the shift-share decomposition (Bennet 1920).
"""

from collections.abc import Mapping
from decimal import Context, Decimal, localcontext
from typing import Any

from ..judge.money import PARTS
from .account import PRECISION, Sums

_ZERO, _HALF, _BPS = Decimal(0), Decimal("0.5"), Decimal(10_000)
Groups = Mapping[str, Mapping[str, Sums]]


def change(before: Sums, after: Sums, groups_before: Groups, groups_after: Groups) -> dict[str, Any] | None:
    """Return what changed and why, in bps of the whole; None when one side traded nothing."""
    if not before.notional or not after.notional:
        return None
    with localcontext(Context(prec=PRECISION)):
        return {
            "net_bps": float(_rate(after.net, after) - _rate(before.net, before)),
            "components": {
                f"{name}_bps": float(_rate(later, after) - _rate(earlier, before))
                for name, earlier, later in zip(PARTS, before.parts, after.parts, strict=True)
            },
            **{
                name: _by_group(before, after, groups_before.get(name, {}), groups)
                for name, groups in groups_after.items()
            },
        }


def _rate(money: Decimal, whole: Sums) -> Decimal:
    return money / whole.notional * _BPS


def _by_group(
    before: Sums, after: Sums, earlier: Mapping[str, Sums], later: Mapping[str, Sums]
) -> dict[str, dict[str, float]]:
    middle = (_rate(before.net, before) + _rate(after.net, after)) * _HALF
    said = {}
    for name in sorted({*earlier, *later}):
        mix, rate = _mix_and_rate(
            (_weight(earlier.get(name), before), _weight(later.get(name), after)),
            (_own(earlier.get(name)), _own(later.get(name))),
            middle,
        )
        loose = _loose(later.get(name), after) - _loose(earlier.get(name), before)
        said[name] = {
            "mix_bps": float(mix),
            "rate_bps": float(rate + loose),
            "total_bps": float(mix + rate + loose),
        }
    return said


def _mix_and_rate(
    weights: tuple[Decimal, Decimal], rates: tuple[Decimal | None, Decimal | None], middle: Decimal
) -> tuple[Decimal, Decimal]:
    """Return one group's two effects; a group that is new or gone is all mix."""
    first = rates[0] if rates[0] is not None else rates[1]
    second = rates[1] if rates[1] is not None else rates[0]
    if first is None or second is None:
        return _ZERO, _ZERO
    mix = (weights[1] - weights[0]) * ((first + second) * _HALF - middle)
    return mix, (weights[0] + weights[1]) * _HALF * (second - first)


def _weight(group: Sums | None, whole: Sums) -> Decimal:
    return group.notional / whole.notional if group else _ZERO


def _own(group: Sums | None) -> Decimal | None:
    return _rate(group.net, group) if group and group.notional else None


def _loose(group: Sums | None, whole: Sums) -> Decimal:
    """Return what a group without any fill contributed."""
    return _rate(group.net, whole) if group and not group.notional else _ZERO
