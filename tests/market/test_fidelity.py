"""Two markets measured with the same rulers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.market.calibration import Statistic, load, packaged
from seatrial.market.calibration_fit import synthetic_statistics
from seatrial.market.fidelity import MEASURES, Row, compare, statistics, table
from seatrial.market.fidelity_series import Series, observe, restated
from seatrial.model.compile import available
from seatrial.model.tape import (
    CLEAR,
    DELTA,
    GAP_CLOSES,
    GAP_OPENS,
    LAST,
    NO_FILL,
    SIDE_BIT,
    SNAPSHOT,
    STATUS,
    TRADE,
    tape_of,
)

SECOND = 10**9
BOOK = [(0, CLEAR, 0, 0), (0, SNAPSHOT, 100, 5), (0, SNAPSHOT | SIDE_BIT | LAST, 101, 7)]
# (relative, absolute): a statistic may differ by the larger, or by three standard errors of the source.
TOLERANCES = {
    "spread_median_bps": (0.20, 0),
    "spread_p99_bps": (0.25, 0),
    "one_tick_ratio": (0.10, 0.03),
    "touch_depth_median_lots": (0.15, 0),
    "touch_changes_per_s": (0.20, 0),
    "trades_per_s": (0.20, 0),
    "orders_per_s": (0.15, 0),
    "trade_size_p50_lots": (0.25, 0),
    "trade_size_p95_lots": (0.25, 0),
    "return_1s_bps": (0.15, 0),
    "still_seconds_ratio": (0.10, 0),
    "return_kurtosis": (0.70, 0),
    "abs_return_acf_1s": (0.30, 0.10),
    "abs_return_acf_10s": (0.30, 0.10),
    "abs_return_acf_60s": (0.30, 0.10),
    "trade_sign_acf": (0.15, 0.05),
    "effective_half_spread_bps": (0.25, 0.06),
    "impact_1s_bps": (0.25, 0),
    "impact_30s_bps": (0.50, 0.05),
}


def _series(rows: list[tuple[int, int, int, int]]) -> Series:
    return observe([tape_of(BOOK + rows)])


def test_every_statistic_has_a_tolerance() -> None:
    """A statistic without a bound would be measured and never believed."""
    assert set(TOLERANCES) == set(MEASURES)


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="hours of market need the fast extra")
@pytest.mark.parametrize("name", packaged())
def test_a_packaged_market_is_like_its_source(name: str) -> None:
    """A maker that earns in the synthetic market must not do so because the market is another one."""
    calibration = load(name)
    rows = compare(calibration.statistics, synthetic_statistics(calibration, seed=11))

    far = [row for row in rows if not row.within(*TOLERANCES[row.name])]
    assert not far, "\n".join(table(far))


def test_the_touch_is_noted_when_it_changes() -> None:
    """Times and sizes of the touch are what most statistics are made of."""
    series = _series([(2, DELTA | LAST, 100, 6), (3, DELTA | LAST, 99, 1), (4, DELTA | LAST, 100, 0)])

    assert series.touch.tolist() == [[0, 100, 5, 101, 7], [2, 100, 6, 101, 7], [4, 99, 1, 101, 7]]


def test_prints_that_fill_nobody_do_not_count() -> None:
    """An insurance fund's print far off the book would look like an enormous impact."""
    series = _series([(1, TRADE | LAST, 101, 2), (2, TRADE | LAST | NO_FILL, 150, 900)])

    assert series.trades.tolist() == [[1, 101, 2, 1]]


def test_in_a_gap_nothing_is_known() -> None:
    """A mid that is old by minutes is not a return of zero."""
    rows = [(10 * SECOND, STATUS | LAST, GAP_OPENS, 0), (40 * SECOND, STATUS | LAST, GAP_CLOSES, 0)]
    series = _series([*rows, (40 * SECOND, DELTA | LAST, 100, 9), (60 * SECOND, DELTA | LAST, 100, 8)])
    known = series.touch[:, 1] > 0

    assert known.tolist() == [True, False, True, True]


def test_known_markets_have_known_statistics() -> None:
    """The rulers are checked on a market small enough to measure by hand."""
    rows = []
    for k in range(1, 120):
        at = k * SECOND
        # Every 2 s a buyer lifts two lots, and half a second later the book is one tick higher.
        if k % 2 == 0:
            rows.append((at, TRADE | LAST, 101 + k // 2 - 1, 2))
            rows += _moved_up(at + SECOND // 2, 100 + k // 2)
    found = statistics(_series(rows))

    assert found["trades_per_s"].value == pytest.approx(0.5, rel=0.05)
    assert found["trade_size_p50_lots"].value == 2
    assert found["one_tick_ratio"].value == 1
    assert found["impact_1s_bps"].value == pytest.approx(1 / 130 * 1e4, rel=0.05)
    assert found["effective_half_spread_bps"].value == pytest.approx(0.5 / 130 * 1e4, rel=0.05)
    assert found["touch_depth_median_lots"].value in (5, 7)


def _moved_up(at: int, bid: int) -> list[tuple[int, int, int, int]]:
    return [
        (at, DELTA | SIDE_BIT, bid, 0),
        (at, DELTA | SIDE_BIT, bid + 1, 7),
        (at, DELTA | LAST, bid, 5),
    ]


def test_a_market_without_trades_has_no_impact() -> None:
    """Not measured is not zero."""
    found = statistics(_series([(SECOND, DELTA | LAST, 100, 6)]))

    assert found["impact_1s_bps"].value is None
    assert found["trade_size_p50_lots"].value is None
    assert found["trades_per_s"].value == 0


@pytest.mark.parametrize(
    ("row", "within"),
    [
        (Row("x", 1.0, None, 1.2), True),
        (Row("x", 1.0, None, 1.3), False),
        (Row("x", 1.0, 0.2, 1.5), True),
        (Row("x", 0.0, None, 0.01), True),
        (Row("x", None, None, 1.0), False),
        (Row("x", 1.0, None, None), False),
    ],
)
def test_a_distance_is_judged_by_the_widest_allowance(row: Row, within: bool) -> None:
    """A recording of minutes cannot demand more precision than it has; what is missing never agrees."""
    assert row.within(0.25, 0.05) is within


def test_the_table_shows_what_was_not_measured() -> None:
    """A dash and not a zero."""
    lines = table(compare({}, {name: Statistic(value=1.0) for name in MEASURES}))

    assert len(lines) == len(MEASURES) + 1
    assert "-" in lines[1]


@given(factor=st.integers(1, 50), lots=st.integers(1, 1_000))
def test_restating_keeps_rows_and_never_removes_a_level(factor: int, lots: int) -> None:
    """A coarser lot must not turn a small level into a deletion."""
    rows = [*BOOK, (7 * SECOND, DELTA | LAST, 100, 3), (9 * SECOND, DELTA | LAST, 100, 0)]
    (tape,) = restated([tape_of(rows)], time_factor=factor, lot_factor=lots)

    assert (tape.qty > 0).tolist() == [row[3] > 0 for row in rows]
    assert tape.ts.tolist() == [row[0] // factor for row in rows]
    assert np.diff(tape.ts).min() >= 0
