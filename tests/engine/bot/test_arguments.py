"""Arguments are held against the bot's own signature before the run begins."""

from typing import Any

import pytest

from seatrial.engine.bot import BOTS
from seatrial.engine.bot.arguments import check_arguments
from seatrial.engine.bot.crosser import Crosser
from seatrial.engine.bot.reference import ReferenceMaker
from seatrial.model.errors import UsageError


class Stranger:
    """A class whose annotations exist for a type checker only."""

    def __init__(self, desk: "NoSuchName", size: int) -> None:  # type: ignore[name-defined]  # noqa: F821
        self.size = size


@pytest.mark.parametrize(
    ("kind", "params", "field"),
    [
        (ReferenceMaker, {"half_spread_bps": "wide"}, "half_spread_bps"),
        (ReferenceMaker, {"half_spread_bps": None}, "half_spread_bps"),
        (ReferenceMaker, {"skew_bps": float("nan")}, "skew_bps"),
        (ReferenceMaker, {"vol_mult": True}, "vol_mult"),
        (ReferenceMaker, {"order_qty": "some"}, "order_qty"),
        (ReferenceMaker, {"order_qty": "0"}, "order_qty"),
        (ReferenceMaker, {"max_position": "-1"}, "max_position"),
        (ReferenceMaker, {"max_position": "inf"}, "max_position"),
        (Crosser, {"half_spread_bps": "wide"}, "half_spread_bps"),
        (BOTS.get("leaker"), {"leak_bytes": 1.5}, "leak_bytes"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kind: type[Any], params: dict[str, Any], field: str) -> None:
    """A word for a number would break in the bot's arithmetic, hours later and in its own terms."""
    with pytest.raises(UsageError, match=rf"bot\.params\.{field}: .* --set bot\.params\.{field}="):
        check_arguments(kind, params)


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        (ReferenceMaker, {"half_spread_bps": 1, "order_qty": 0.5, "max_position": "0.1", "unknown": "x"}),
        (Stranger, {"size": "large"}),
        (lambda: None, {"anything": object()}),
    ],
)
def test_what_may_fit_is_the_bot_s_affair(kind: type[Any], params: dict[str, Any]) -> None:
    """Whole numbers are numbers, and what nobody annotated nobody can check."""
    check_arguments(kind, params)
