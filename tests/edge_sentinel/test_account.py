from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.edge_sentinel.account import KEYS, NO_FILL, ages, figures, grouped, sums
from seatrial.judge.money import PARTS
from seatrial.judge.shares import Share

MONEY = st.integers(-10_000, 10_000).map(lambda cents: Decimal(cents) / 100)
SHARE = st.builds(
    Share,
    symbol=st.sampled_from(["A", "B", "C"]),
    ts_ns=st.integers(0, 10**15),
    side=st.sampled_from([1, -1]),
    age_ms=st.one_of(st.none(), st.floats(0, 1e6)),
    notional=st.integers(1, 10**6).map(Decimal),
    parts=st.tuples(MONEY, MONEY, MONEY, MONEY, MONEY, MONEY),
    missing=st.booleans(),
)
PAYMENT = st.builds(
    Share,
    symbol=st.sampled_from(["A", "B"]),
    ts_ns=st.integers(0, 10**15),
    side=st.none(),
    age_ms=st.none(),
    notional=st.just(Decimal(0)),
    parts=st.tuples(*[st.just(Decimal(0))] * 4, MONEY, st.just(Decimal(0))),
)
ROWS = st.lists(st.one_of(SHARE, PAYMENT), min_size=1, max_size=40)


@given(rows=ROWS)
def test_the_components_add_up_to_the_net(rows: list[Share]) -> None:
    """An explanation that leaves a remainder explains something else."""
    said = figures(sums(rows))

    if said["net_bps"] is not None:
        assert said["net_bps"] == pytest.approx(sum(said[f"{name}_bps"] for name in PARTS), abs=1e-9)


@given(rows=ROWS, cut=st.sampled_from(sorted(KEYS)))
def test_the_groups_of_every_cut_add_up_to_the_whole(rows: list[Share], cut: str) -> None:
    """Whichever way the edge is cut, nothing falls between two groups."""
    whole = sums(rows)
    said = [figures(part, whole) for part in grouped(rows, KEYS[cut]).values()]

    assert sum(one["n"] for one in said) == whole.n
    assert sum(one["notional"] for one in said) == pytest.approx(float(whole.notional))
    if whole.notional:
        assert figures(whole)["net_bps"] == pytest.approx(
            sum(one["contribution_bps"] for one in said), abs=1e-9
        )


@pytest.mark.parametrize(
    ("age_ms", "bucket"),
    [(0.0, "0 to 100ms"), (100.0, "100ms to 1s"), (59_999.0, "10s to 60s"), (60_000.0, "60s and more")],
)
def test_an_order_s_age_falls_into_one_bucket(age_ms: float, bucket: str) -> None:
    """A bound that belongs to both neighbours, or to none, loses fills."""
    assert ages(Share("A", 0, 1, age_ms, Decimal(1), (Decimal(0),) * 6)) == bucket


def test_a_payment_is_in_no_fill_s_bucket() -> None:
    """Funding has neither side nor age, and must not be charged to either."""
    payment = Share("A", 0, None, None, Decimal(0), (Decimal(0),) * 6)

    assert (ages(payment), KEYS["sides"](payment), KEYS["hours"](payment)) == (NO_FILL, NO_FILL, "00")
