"""The checkpoint comes back as it was written, wide numbers included."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.soak.checkpoint import Checkpoint, read, write

states = st.dictionaries(
    st.text(max_size=5), st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=3), max_size=4
)


@settings(deadline=None, max_examples=50)
@given(session=states, feed=states)
def test_a_state_comes_back_exactly(
    tmp_path_factory: object, session: dict[str, object], feed: dict[str, object]
) -> None:
    """A generator's state is wider than 64 bits; one bit lost there changes every later draw."""
    path = Path(tmp_path_factory.getbasetemp()) / "checkpoint.json"  # type: ignore[attr-defined]
    held = Checkpoint(run_id="r", next_iteration=3, session=session, feed=feed, guards={"net_bps": (True, 2)})
    write(path, held)

    assert read(path) == held


def test_no_checkpoint_is_none(tmp_path: Path) -> None:
    """A finished run has none."""
    assert read(tmp_path / "checkpoint.json") is None
