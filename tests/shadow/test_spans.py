"""Spans: the arithmetic that decides how much time counts."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.shadow.spans import DAY_NS, days, joined, length_ns, weeks, within, without

SPANS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=8)


def instants(spans: list[tuple[int, int]]) -> set[int]:
    """Every instant of the spans: the definition that the arithmetic is held to."""
    return {moment for start, end in spans for moment in range(start, end)}


@given(SPANS, SPANS)
def test_they_agree_with_sets_of_instants(spans: list[tuple[int, int]], holes: list[tuple[int, int]]) -> None:
    """Whatever overlaps: nothing counts twice, and no hole counts."""
    assert instants(joined(spans)) == instants(spans)
    assert length_ns(spans) == len(instants(spans))
    assert instants(without(spans, holes)) == instants(spans) - instants(holes)
    assert instants(within(joined(spans), (10, 40))) == instants(spans) & set(range(10, 40))


def test_days_and_weeks_have_their_names() -> None:
    """The first of January 2027 is a Friday of the last week of 2026."""
    moment = 1_798_761_600 * 10**9

    assert [name for name, _ in days(moment, moment + DAY_NS)] == ["2027-01-01", "2027-01-02"]
    assert [name for name, _ in weeks(moment, moment + 3 * DAY_NS)] == ["2026-W53", "2027-W01"]
