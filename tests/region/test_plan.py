from pathlib import Path

import pytest

from seatrial.model.errors import InputError, UsageError
from seatrial.region.compare import Terms, compare
from seatrial.region.direction import Rules
from seatrial.region.plan import plan

from .series_files import side, written

TERMS = Terms(rules=Rules(margins={"net_bps": 0.2}))


def test_a_larger_effect_and_a_shared_market_take_less_time(tmp_path: Path) -> None:
    """What every planner must know."""
    first = written(tmp_path / "a.csv", {"net_bps": side(400, 2)})
    second = written(tmp_path / "b.csv", {"net_bps": side(400, 3)})

    small, large = (plan(first, effect, TERMS).data["detect_harm"]["hours"] for effect in (0.5, 1.0))
    piloted = plan(first, 0.5, TERMS, second).data["detect_harm"]["hours"]

    assert piloted < large < small


def test_a_run_of_the_planned_length_finds_the_effect(tmp_path: Path) -> None:
    """The promise: four in five runs of that length end in FAIL."""
    first = written(tmp_path / "a.csv", {"net_bps": side(400, 2)})
    second = written(tmp_path / "b.csv", {"net_bps": side(400, 3)})
    samples = plan(first, 0.6, TERMS, second).data["detect_harm"]["samples"]

    found = 0
    for seed in range(20):
        control = written(tmp_path / "c.csv", {"net_bps": side(samples, 200 + seed)})
        canary = written(tmp_path / "d.csv", {"net_bps": side(samples, 300 + seed, level=2.4)})
        found += compare(control, canary, TERMS).document()["winner"] == "control"

    assert found >= 14


def test_what_cannot_be_planned_is_said(tmp_path: Path) -> None:
    """An effect within the margin would never be called harm; five samples say nothing."""
    path = written(tmp_path / "a.csv", {"net_bps": side(400, 2)})
    short = written(tmp_path / "b.csv", {"net_bps": side(5, 2)})

    with pytest.raises(UsageError, match="within the margin"):
        plan(path, 0.1, TERMS)
    with pytest.raises(InputError, match="nothing can be planned"):
        plan(short, 1.0, TERMS)
