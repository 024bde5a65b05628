"""The collector is calm while service lasts, and as it was afterwards."""

import gc

import pytest

from seatrial.engine.collector import GARBAGE_EVERY, calm


def served() -> tuple[int, int]:
    """What the collector is set to in the middle of a service that fails."""
    with calm():
        found = gc.get_threshold()[0], gc.get_freeze_count()
        raise ValueError(found)


def test_the_collector_is_as_it_was_afterwards() -> None:
    """Whatever ends the service: a library must not leave the interpreter changed."""
    before = gc.get_threshold()

    with pytest.raises(ValueError) as ended:
        served()

    threshold, frozen = ended.value.args[0]
    assert threshold == GARBAGE_EVERY
    assert frozen > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
