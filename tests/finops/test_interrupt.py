"""Ctrl-C is the person's wish and no bug, wherever the program is at that moment."""

import pytest

from seatrial.finops.interrupt import stoppable
from seatrial.model.errors import StoppedError


@pytest.mark.parametrize("said", ["Query interrupted", "INTERRUPT Error: Interrupted!"])
def test_an_interrupted_query_is_a_stop(said: str) -> None:
    """A crash report for Ctrl-C would be read as a bug, and exit 70 as one."""
    with pytest.raises(StoppedError), stoppable():
        raise RuntimeError(said)


def test_any_other_error_stays_what_it_is() -> None:
    """A real failure must not look as if somebody had stopped it."""
    with pytest.raises(RuntimeError, match="disk"), stoppable():
        raise RuntimeError("disk on fire")
