from math import isnan, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.history import History
from seatrial.judge.kpi.drawdown_ratio import drawdown_ratio

SAMPLE = st.tuples(st.sampled_from([0, 1]), st.one_of(st.just(nan), st.integers(-50, 200).map(float)))


def sampled(samples: list[tuple[int, float]]) -> History:
    """A history of equity samples of two symbols of one currency."""
    history = History()
    history.kinds["decision"] = len(samples)
    for name in ("A", "B"):
        history.symbol_code(name)
    for at, (code, equity) in enumerate(samples):
        rows = history.decisions
        rows.ts.append(at)
        rows.symbol.append(code)
        rows.equity.append(equity)
        for column in (rows.bid, rows.ask, rows.mid, rows.quote_bid, rows.quote_ask, rows.position):
            column.append(nan)
        rows.actions.append(0)
    return history


def by_hand(samples: list[tuple[int, float]]) -> float | None:
    """The same, sample by sample: the opening balance once, and every symbol's change."""
    known = [(code, equity) for code, equity in samples if not isnan(equity)]
    if not known:
        return None
    total = peak = known[0][1]
    last: dict[int, float] = {}
    deepest = 0.0
    for code, equity in known:
        total += equity - last.get(code, equity)
        last[code] = equity
        peak = max(peak, total)
        if peak > 0:
            deepest = max(deepest, (peak - total) / peak)
    return deepest if peak > 0 else None


@given(samples=st.lists(SAMPLE, max_size=30))
def test_the_columns_say_what_the_samples_say_one_by_one(samples: list[tuple[int, float]]) -> None:
    """Two symbols of one account, gaps among them, whatever their order."""
    found, wanted = drawdown_ratio(sampled(samples).slice("whole")), by_hand(samples)

    assert (found.value is None) == (wanted is None)
    if wanted is not None:
        assert found.value == pytest.approx(wanted)
