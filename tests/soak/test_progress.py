"""How far a soak is: arithmetic that a terminal shows."""

import pytest

from seatrial.soak.console import said, watching
from seatrial.soak.progress import Progress


def after(progress: Progress, elapsed_s: float, **more: float) -> Progress:
    """Return the progress after one steady iteration with ten fills."""
    return progress.after(
        elapsed_s=elapsed_s, fills=10, net_bps=more.get("net_bps", 1.5), freeze="none", phase="steady"
    )


def test_the_time_left_follows_the_newest_iterations() -> None:
    """A market's density changes over a day; the mean of the whole would be wrong all evening."""
    progress = Progress(planned=10, window_s=60)
    for elapsed_s in (1, 2, 3, 4, 9, 14):
        progress = after(progress, elapsed_s)

    assert progress.done == 6
    assert progress.iteration_s == pytest.approx(1 * 0.49 + 5 * (0.3 * 0.7 + 0.3))
    assert progress.left_s == pytest.approx(4 * (progress.iteration_s or 0))
    assert progress.fills == 60


def test_nothing_is_said_before_anything_was_timed() -> None:
    """A guess would be believed."""
    progress = Progress(planned=10, window_s=60)

    assert progress.left_s is None
    assert progress.speed is None


def test_speed_counts_what_this_process_did() -> None:
    """A resumed soak did not run its first iterations in no time."""
    progress = after(Progress(planned=10, window_s=60, done=4, first=4), 2.0)

    assert progress.speed == 30


def test_the_line_says_the_edge_and_the_time_left() -> None:
    """What somebody wants to see who looks over for a second."""
    assert said(after(Progress(planned=3, window_s=60), 10.0)) == "10 fills, net +1.50 bps, 6x, 20 s left"


def test_nothing_is_drawn_where_nobody_watches() -> None:
    """A log file full of progress bars helps nobody."""
    with watching(wanted=True) as told:
        assert told is None
    with watching(wanted=False) as told:
        assert told is None
