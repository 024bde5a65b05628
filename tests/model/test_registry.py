from importlib.metadata import EntryPoint

import pytest

from seatrial.model import registry
from seatrial.model.errors import BugError, UsageError
from seatrial.model.registry import Registry


@pytest.fixture
def family() -> Registry[int]:
    """A family of two."""
    members: Registry[int] = Registry("boat")
    members.add("sloop", 1)
    members.add("ketch", 2)
    return members


def test_members_come_in_the_order_in_which_they_were_added(family: Registry[int]) -> None:
    """Reports list a family the same way on every machine."""
    assert family.names() == ("sloop", "ketch")
    assert list(family) == [("sloop", 1), ("ketch", 2)]


def test_a_second_owner_of_a_name_is_an_error(family: Registry[int]) -> None:
    """A silent win replaces a KPI by another of the same name, and every gate on it lies."""
    with pytest.raises(BugError, match="two members of the family boat are called 'sloop'"):
        family.add("sloop", 3)


def test_an_unknown_name_says_what_was_meant(family: Registry[int]) -> None:
    """A typo in a profile is answered with the nearest name."""
    with pytest.raises(UsageError, match=r"no boat is called 'slop' \(did you mean 'sloop'\?\)"):
        family.get("slop")


def test_an_unknown_name_far_from_all_lists_them(family: Registry[int]) -> None:
    """Where nothing is near, the choice is shown."""
    with pytest.raises(UsageError, match="known: sloop, ketch"):
        family.get("zzz")


def test_strangers_arrive_by_entry_point_and_do_not_replace_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plug-in adds members; one that takes a built-in name must not change what a gate measures."""
    points = [
        EntryPoint("dhow", "math:pi", "seatrial.boat"),
        EntryPoint("sloop", "math:e", "seatrial.boat"),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda group: points if group == "seatrial.boat" else [])
    members: Registry[float] = Registry("boat")
    members.add("sloop", 1.0)

    assert members.get("dhow") == pytest.approx(3.14159, abs=1e-4)
    assert members.get("sloop") == 1.0
