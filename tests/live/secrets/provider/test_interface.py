"""What every provider shares: when a value last changed, and a library that is not there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.live.secrets.provider import PROVIDERS
from seatrial.live.secrets.provider.interface import last_change, library
from seatrial.model.errors import UsageError

HISTORIES = st.lists(st.sampled_from(["a", "b", None, "lost"]), max_size=8)


@given(older=HISTORIES, whole=st.booleans())
def test_a_value_is_as_old_as_its_unbroken_run_of_versions(older: list[str | None], whole: bool) -> None:
    """An age that is too young is a green light on an old key."""
    versions = [(900 - 100 * index, text != "lost", text) for index, text in enumerate(older)]

    changed, exact = last_change("a", 1_000, versions, whole=whole)

    run = next((index for index, text in enumerate(older) if text != "a"), len(older))
    assert changed == 1_000 - 100 * run
    assert exact == (whole if run == len(older) else older[run] != "lost")


def test_a_library_that_is_not_there_is_one_line_with_the_command() -> None:
    """The extra is not in the core install."""
    with pytest.raises(
        UsageError, match=r"no_such_library is not installed \(pip install 'seatrial\[secrets\]'\)"
    ):
        library("no_such_library.errors")


def test_the_family_is_complete() -> None:
    """Five keepers, by the names that a profile uses."""
    assert [name for name, _ in PROVIDERS] == ["env", "file", "keyring", "aws", "vault"]
    with pytest.raises(UsageError, match="did you mean 'vault'"):
        PROVIDERS.get("vualt")
