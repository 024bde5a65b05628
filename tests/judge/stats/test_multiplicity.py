from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.stats.multiplicity import benjamini_hochberg, holm

CHANCES = st.lists(st.floats(0, 1), max_size=12)


@given(chances=CHANCES)
def test_adjusting_never_lowers_a_p_value_and_keeps_the_order(chances: list[float]) -> None:
    """Asking more questions cannot make any single answer surer."""
    for adjust in (holm, benjamini_hochberg):
        found = adjust(chances)
        assert all(one >= was - 1e-12 and one <= 1 for one, was in zip(found, chances, strict=True))
        order = sorted(range(len(chances)), key=chances.__getitem__)
        assert all(found[a] <= found[b] for a, b in pairwise(order))


def test_both_are_the_textbook_s() -> None:
    """Holm (1979) and Benjamini and Hochberg (1995), by hand."""
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
