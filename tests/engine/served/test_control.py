"""The control endpoint: time is stepped, faults are set, and nobody gets in without its address."""

import pytest
from tests.engine.served.stage import Stage
from tests.engine.stage import printed

from seatrial.engine.served.wire import Request


def test_time_stands_until_it_is_stepped() -> None:
    """A test that owns the clock is the only one without a race."""
    stage = Stage(rows=[printed(1_000, 1, 99, 30)])
    stage.order("Buy", 5, 99)

    assert stage.step(500)["fills"] == 0
    assert stage.step(600)["fills"] == 1


@pytest.mark.parametrize("ms", [None, 0, -1, "5", True, 1e12, float("inf")])
def test_a_step_is_a_length_of_time(ms: object) -> None:
    """Nonsense moves nothing."""
    stage = Stage()
    before = stage.venue.now_ns

    assert "error" in stage.control("POST", "step", ms=ms)
    assert stage.venue.now_ns == before


@pytest.mark.parametrize("path", ["/control/", "/control/x/state", "/control/../state", "/control//state"])
def test_without_the_token_there_is_nothing(path: str) -> None:
    """Whoever can reach the port cannot set faults."""
    reply = Stage().reply(Request("GET", path, "", {}, b""))

    assert reply is not None
    assert reply.status == 404


def test_state_says_how_things_stand() -> None:
    """What a watcher outside the venue's protocol needs."""
    stage = Stage()
    stage.order("Buy", 1, 97)
    state = stage.control("GET", "state")

    assert (state["open_orders"], state["orders"], state["errors"], state["speed"]) == (1, 1, 0, 0)
    assert stage.control("GET", "nothing")["error"]
    assert stage.control("POST", "step")["error"]
