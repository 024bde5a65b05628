from hypothesis import given
from hypothesis import strategies as st

from seatrial.judge.report.picture import PARTS, Bar

VALUES = st.dictionaries(st.sampled_from(PARTS), st.none() | st.floats(-50, 50))


@given(VALUES)
def test_a_stack_adds_up_to_its_parts(parts: dict[str, float | None]) -> None:
    """What towers over zero are the gains, what hangs below are the losses; nothing overlaps."""
    placed = Bar(0, "steady", 0.0, 1.0, parts, 0.0).stacked()

    gains = sum(value for value in parts.values() if value and value > 0)
    losses = sum(value for value in parts.values() if value and value < 0)
    assert abs(max(high for _, high in placed.values()) - gains) < 1e-9
    assert abs(sum(high - low for low, high in placed.values()) - (gains - losses)) < 1e-9
    assert abs(min(low for low, _ in placed.values()) - losses) < 1e-9
