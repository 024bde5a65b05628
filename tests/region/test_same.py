from pathlib import Path

import numpy as np

from seatrial.region.compare import Terms
from seatrial.region.same import same_against_same

from .series_files import side, written


def test_the_rate_of_false_alarms_is_said_and_kept(tmp_path: Path) -> None:
    """On data with dependence, looked at forty times a run."""
    first = written(tmp_path / "a.csv", {"net_bps": side(300, 2)})
    second = written(tmp_path / "b.csv", {"net_bps": side(300, 3)})

    said = same_against_same(first, second, Terms(), 60).document()

    one = said["metrics"][0]
    assert (said["verdict"], said["winner"]) == ("PASS", "none")
    assert one["false_positive_rate"] <= 0.1
    assert one["interval"][0] <= one["false_positive_rate"] <= one["interval"][1]


def test_too_few_pairs_for_a_look_are_unknown(tmp_path: Path) -> None:
    """No look, no error, and no claim of a low rate."""
    short = written(tmp_path / "a.csv", {"net_bps": np.arange(5.0)})

    said = same_against_same(short, short, Terms(), 10).document()

    assert (said["verdict"], said["metrics"][0]["false_positive_rate"]) == ("UNKNOWN", None)
