"""The mirrored module is what the leader lock guards."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.chaos.lock.guard import FenceGuard
from seatrial.model.errors import InputError

FENCES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=20)


@given(FENCES)
def test_admitted_fences_never_go_back(fences: list[tuple[int, int]]) -> None:
    """An order of a deposed leader must not reach the venue."""
    guard = FenceGuard()

    admitted = [fence for fence in fences if guard.admit(fence)]

    assert admitted == sorted(admitted)
    assert guard.refused == len(fences) - len(admitted)


def test_the_newest_fence_survives_a_restart(tmp_path: Path) -> None:
    """A guard that forgets lets the old leader in after the next crash."""
    FenceGuard(tmp_path / "fence.json").admit((2, 1))

    assert not FenceGuard(tmp_path / "fence.json").admit((1, 9))


def test_a_damaged_fence_is_refused(tmp_path: Path) -> None:
    """Starting from nothing would admit anybody."""
    (tmp_path / "fence.json").write_text("{}")

    with pytest.raises(InputError):
        FenceGuard(tmp_path / "fence.json")
