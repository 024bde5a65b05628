import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.stats.ranks import hodges_lehmann, mann_whitney, midranks, u_statistic

PUBLISHED = Path(os.environ.get("SEATRIAL_DATA", "../shared/data")) / "stats_vectors" / "mann_whitney"
VALUES = st.lists(st.integers(-20, 20).map(float), min_size=1, max_size=12).map(np.array)


@pytest.fixture(scope="module")
def published() -> Any:
    """Values stated by R and by Mann and Whitney's own tables."""
    path = PUBLISHED / "scipy_r_wilcox_cases.json"
    if not path.is_file():
        pytest.skip("SEATRIAL_DATA has no stats_vectors")
    return json.loads(path.read_text(encoding="utf-8"))


def test_p_values_agree_with_r(published: Any) -> None:
    """Exact and approximate, one- and two-sided, to the digits that are published."""
    case = published["basic"]
    x, y = np.array(case["x"]), np.array(case["y"])

    assert u_statistic(x, y) == case["u_x"]
    for one in case["pvalues"]:
        found = mann_whitney(x, y, one["alternative"], exact=one["method"] == "exact")
        assert found == pytest.approx(one["p"], abs=1e-12)
    for one in case["no_continuity_swapped"]:
        assert u_statistic(y, x) == one["u"]
        found = mann_whitney(y, x, one["alternative"], exact=False, continuity=False)
        assert found == pytest.approx(one["p"], abs=1e-12)


def test_ties_agree_with_r(published: Any) -> None:
    """Rounded prices tie all the time; without the correction the test is too sure of itself."""
    case = published["ties"]
    x, base = np.array(case["x"], dtype=float), np.array(case["y_base"], dtype=float)
    shifts = {"y-0.01": -0.01, "y-dy": -np.array(case["dy"]), "y-dy2": -np.array(case["dy2"]), "y": 0.0}
    shifts |= {"y+dy2": np.array(case["dy2"]), "y+dy": np.array(case["dy"]), "y+0.01": 0.01}

    for name, u, p in zip(case["order"], case["u"], case["p_asymptotic"], strict=True):
        y = base + shifts[name]
        assert u_statistic(x, y) == u
        assert mann_whitney(x, y, exact=False) == pytest.approx(p, abs=1e-12)


def test_the_exact_distribution_is_that_of_the_first_table(published: Any) -> None:
    """Mann and Whitney (1947), n up to 6, to three digits."""
    for second, rows in published["exact_cdf_tables"].items():
        for first, chances in rows.items():
            m, n = int(first), int(second.removeprefix("n="))
            for u, chance in enumerate(chances):
                assert below(m, n, u) == pytest.approx(chance, abs=6e-4)


def below(m: int, n: int, u: int) -> float:
    """The exact chance of U at most `u`, from two sets that have just this U."""
    x = np.array([float(at) for at in range(m)])
    left, beaten = u, []
    for _ in range(m):
        beaten.append(min(n, left))
        left -= beaten[-1]
    # Each x beats that many y: place it between them.
    y = np.array([at + 0.5 for at in range(n)]) * 100
    x = np.array([count * 100.0 - 10 + at for at, count in enumerate(beaten)])
    assert u_statistic(x, y) == u
    return mann_whitney(x, y, "less", exact=True)


@given(x=VALUES, y=VALUES)
def test_the_two_u_add_up_and_the_test_is_symmetric(x: "np.ndarray", y: "np.ndarray") -> None:
    """Whichever side is called x, the answer is the same."""
    assert u_statistic(x, y) + u_statistic(y, x) == len(x) * len(y)
    assert mann_whitney(x, y) == pytest.approx(mann_whitney(y, x))
    assert hodges_lehmann(x, y) == -hodges_lehmann(y, x)


@given(values=VALUES)
def test_ranks_add_up_whatever_ties(values: "np.ndarray") -> None:
    """Shared ranks move nothing in total."""
    assert midranks(values).sum() == len(values) * (len(values) + 1) / 2
