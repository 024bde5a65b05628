import csv
import os
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.stats import ratios

PUBLISHED = Path(os.environ.get("SEATRIAL_DATA", "../shared/data")) / "stats_vectors" / "performance"
TARGET, MONTHS = 0.005, 12.0
Measure = Callable[["np.ndarray"], float | None]
# What the published page prints -> what is ours.
BACON: dict[str, Measure] = {
    "BernardoLedoitRatio(portfolio_bacon[,1])": ratios.profit_factor,
    "DRatio(portfolio_bacon[,1])": ratios.d_ratio,
    "DownsideDeviation(portfolio_bacon[,1], MAR)": lambda r: ratios.downside_deviation(r, TARGET),
    "DownsidePotential(portfolio_bacon[,1], MAR)": lambda r: ratios.downside_potential(r, TARGET),
    "Kappa(portfolio_bacon[,1], MAR, l)": lambda r: ratios.sortino(r, TARGET),
    "MartinRatio(portfolio_bacon[,1])": lambda r: ratios.martin_ratio(r, MONTHS),
    "MeanAbsoluteDeviation(portfolio_bacon[,1])": ratios.mean_absolute_deviation,
    "OmegaSharpeRatio(portfolio_bacon[,1], MAR)": lambda r: ratios.omega_sharpe(r, TARGET),
    "PainIndex(portfolio_bacon[, 1])": ratios.pain_index,
    "UpsideFrequency(portfolio_bacon[,1], MAR)": lambda r: ratios.hit_ratio(r, TARGET),
    'UpsideRisk(portfolio_bacon[,1], MAR, stat="risk")': lambda r: ratios.upside_risk(r, TARGET),
    'UpsideRisk(portfolio_bacon[,1], MAR, stat="potential")': lambda r: ratios.upside_potential(r, TARGET),
}
RETURNS = st.lists(st.floats(-0.5, 0.5), min_size=1, max_size=40).map(np.array)


@pytest.fixture(scope="module")
def bacon() -> "np.ndarray":
    """Bacon's 24 monthly returns."""
    path = PUBLISHED / "portfolio_bacon.csv"
    if not path.is_file():
        pytest.skip("SEATRIAL_DATA has no stats_vectors")
    with path.open(encoding="utf-8") as file:
        return np.array([float(row[1]) for row in list(csv.reader(file))[1:]])


@pytest.mark.parametrize("call", BACON)
def test_the_ratios_are_the_published_ones(bacon: "np.ndarray", call: str) -> None:
    """To the digits that the page prints."""
    page = (PUBLISHED / "bacon_expected_values.tsv").read_text(encoding="utf-8")
    found = re.search(re.escape(call) + r"\)? ?# ?expected (-?[\d.]+)", page)
    assert found
    digits = len(found[1].partition(".")[2])

    value = BACON[call](bacon)

    assert value == pytest.approx(float(found[1]), abs=1.01 * 10**-digits)


@given(returns=RETURNS)
def test_upside_and_downside_make_the_mean(returns: "np.ndarray") -> None:
    """Nothing is earned or lost between the two."""
    made = ratios.upside_potential(returns) - ratios.downside_potential(returns)

    assert made == pytest.approx(float(returns.mean()), abs=1e-12)
    assert np.all((ratios.drawdowns(returns) >= 0) & (ratios.drawdowns(returns) <= 1))


def test_without_risk_there_is_no_ratio() -> None:
    """A dozen gains without a loss are not an infinite reward."""
    gains = np.full(12, 0.01)

    assert [ratios.sortino(gains), ratios.profit_factor(gains)] == [None, None]
    assert ratios.martin_ratio(gains, 12) is None
    assert ratios.annualised_return(np.array([]), 12) is None


def test_sharpe_is_annualised_by_the_root_of_time() -> None:
    """By hand: mean 0.01, deviation 0.02 a month."""
    returns = np.array([0.03, -0.01] * 6)

    assert ratios.sharpe(returns, 12) == pytest.approx(0.01 / returns.std(ddof=1) * 12**0.5)
