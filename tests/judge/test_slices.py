import pytest

from seatrial.judge.gate.trial import Plan, trial
from seatrial.judge.history import History
from seatrial.judge.slices import steady_iterations
from seatrial.model.errors import UsageError


def test_steady_is_the_last_steady_iterations_of_the_runs_own_profile() -> None:
    """Warm-up is judged apart; a gate on it would fail every honest start."""
    history = trial(Plan(iterations=10, steady_last=3))

    part = history.slice("steady")

    assert (part.first, part.last) == (7, 9)
    assert [piece.first for piece in steady_iterations(history)] == list(range(1, 10))


@pytest.mark.parametrize(("window", "first"), [("last:4", 8), ("last:99", 0), ("whole", 0)])
def test_windows_end_with_the_run(window: str, first: int) -> None:
    """A bad last hour must be looked at, whatever came before."""
    part = trial(Plan(iterations=12)).slice(window)

    assert (part.first, part.last) == (first, 11)


def test_every_row_is_in_exactly_one_iteration() -> None:
    """A fill in two windows would be counted twice in one of them."""
    history = trial(Plan(iterations=5))

    rows = [row for index in range(5) for row in history.slice(index).rows("fills")]

    assert rows == list(range(len(history.fills)))


@pytest.mark.parametrize("window", ["", "steady:3", "last:0", "last:-1", "last:x", "all"])
def test_an_unknown_window_is_an_error(window: str) -> None:
    """A misspelt window must not quietly become the whole run."""
    with pytest.raises(UsageError, match="window"):
        trial(Plan(iterations=2)).slice(window)


def test_an_iteration_that_was_never_there_is_an_error() -> None:
    """Judging an iteration that does not exist is a mistake, not an empty result."""
    with pytest.raises(UsageError, match="no iteration 99"):
        trial(Plan(iterations=2)).slice(99)


def test_without_a_steady_iteration_the_steady_window_is_empty() -> None:
    """A run that only warmed up has shown nothing about the steady state."""
    assert trial(Plan(iterations=1)).slice("steady").empty
    assert History().slice("steady").empty


def test_what_a_killed_run_left_unbooked_is_not_in_the_whole() -> None:
    """Fills without a ledger entry after them cannot be balanced; the whole iterations can."""
    history = trial(Plan(iterations=3))
    before = history.slice("whole").rows("decisions")
    history.finished = None
    sample = dict.fromkeys(("bid", "ask", "mid", "quote_bid", "quote_ask", "position", "equity"), None)
    history.add({"ts_ns": history.last_ts_ns, "kind": "decision", "symbol": "TRIAL", "actions": 0, **sample})

    assert history.slice("whole").rows("decisions") == before
