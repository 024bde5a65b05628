from seatrial.judge.report.markdown import MAX_BYTES, render
from seatrial.judge.report.story import Story


def test_the_verdict_comes_first_and_the_gates_next(story: Story) -> None:
    """A comment is read in its first three lines."""
    lines = render(story).decode().splitlines()

    assert lines[1].endswith("FAIL: soak of demo")
    assert next(line for line in lines if line.startswith("|")).startswith("| Verdict | Gate |")


def test_a_long_soak_still_fits_in_a_comment(story: Story) -> None:
    """An over-long summary is dropped whole by the code host, and the verdict with it."""
    many = tuple(story.iterations[at % 6].model_copy(update={"index": at}) for at in range(5_000))

    text = render(Story(**{**vars(story), "iterations": many})).decode()

    assert len(text.encode()) < MAX_BYTES
    assert "left out" in text
    assert "| 1 |" in text
    assert "| 5000 |" in text


def test_a_hostile_reason_cannot_leave_its_cell(hostile: Story) -> None:
    """A pipe in a reason would shift every cell after it, a tag would run on some hosts."""
    text = render(hostile).decode()

    assert "<script" not in text
    gates = [line for line in text.splitlines() if line.startswith("| ") and "`net_bps`" in line]
    assert gates[0].count("|") == 8


def test_a_hundred_hostile_gates_still_fit(hostile: Story) -> None:
    """The size rule holds even when the gates alone are too many."""
    text = render(Story(**{**vars(hostile), "gates": hostile.gates * 2_000}))

    assert len(text) <= MAX_BYTES
