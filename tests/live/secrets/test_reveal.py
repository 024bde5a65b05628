"""A value shown to a person, and to nobody else by accident."""

import pytest
from tests.live.secrets.stage import Stage, settings

from seatrial.live.secrets.reveal import revealed
from seatrial.model.errors import UsageError

VALUE = "hK2nQ8xTk3pL0wZ9aB"
KEPT = settings({"api_key": "env:A_KEY"})


def test_a_revealed_value_is_an_access_with_its_own_purpose(stage: Stage) -> None:
    """Somebody looked at it with their eyes: that is another thing than a program's use."""
    stage.env["A_KEY"] = VALUE

    assert revealed(KEPT, "api_key", "incident 7", stage.access, open_end=False).reveal() == VALUE
    assert [(e["outcome"], e["purpose"]) for e in stage.logged()] == [("granted", "reveal: incident 7")]


def test_into_a_pipe_it_is_refused_and_the_attempt_is_written_down(stage: Stage) -> None:
    """CI logs are kept for years and read by many."""
    stage.env["A_KEY"] = VALUE

    with pytest.raises(UsageError, match="terminal only"):
        revealed(KEPT, "api_key", "look", stage.access, open_end=True)
    assert [entry["outcome"] for entry in stage.logged()] == ["refused"]
