"""What the process costs, a line an iteration."""

from pathlib import Path

from seatrial.model.journal_lines import lines
from seatrial.soak.resources import Meter, append, keep_before, spent_s


def test_a_sample_holds_what_a_leak_shows_in() -> None:
    """Memory, descriptors and threads are where a soak's leaks are."""
    sample = Meter().sample()

    assert set(sample) == {
        "rss_bytes", "cpu_s", "threads", "fds", "pss_bytes", "children", "heap_bytes", "traced_bytes",
    }  # fmt: skip
    assert sample["traced_bytes"] is None
    assert (sample["rss_bytes"] or 0) > 1_000_000
    assert (sample["cpu_s"] or 0) >= 0


def test_lines_of_later_iterations_and_a_torn_one_are_dropped(tmp_path: Path) -> None:
    """A resumed soak writes them again; twice would bend every slope."""
    path = tmp_path / "resources.jsonl"
    for iteration in range(4):
        append(path, iteration, iteration * 10, {"rss_bytes": 1.0})
    with path.open("ab") as file:
        file.write(b'{"iteration":')

    keep_before(path, 2)

    assert [row["iteration"] for row in lines(path)] == [0, 1]
    keep_before(path, 0)
    assert path.read_bytes() == b""


def test_a_record_without_measurements_is_left_alone(tmp_path: Path) -> None:
    """A soak that was killed in its first iteration has none yet."""
    keep_before(tmp_path / "none", 0)

    assert list(tmp_path.iterdir()) == []


def test_cpu_time_goes_on_where_the_killed_process_left_it(tmp_path: Path) -> None:
    """A total that falls at every crash would be no total."""
    path = tmp_path / "resources.jsonl"
    assert spent_s(path) == 0
    append(path, 0, 0, {"cpu_s": 100.0})

    assert (Meter(spent_s(path)).sample()["cpu_s"] or 0) >= 100
