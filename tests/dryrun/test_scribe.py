"""The scribe holds one iteration at a time."""

from pathlib import Path

from seatrial.dryrun.scribe import Scribe
from seatrial.store.journal import Journal

POSITION = {
    "symbol": "A",
    "qty": "1",
    "avg_price": None,
    "mark": "10",
    "mark_stale": False,
    **dict.fromkeys(("realized", "unrealized", "fees", "funding", "turnover"), "0"),
    "equity": "100",
    "currency": "USD",
    "final": False,
}


def opened(journal: Journal) -> Scribe:
    """Return a scribe that writes into a journal."""
    scribe = Scribe()
    scribe.write_to(journal)
    return scribe


def end(scribe: Scribe, index: int) -> object:
    """End an iteration of 10 ns with one ledger entry and return its history."""
    scribe.emit(index * 10 + 10, "position", {**POSITION, "iteration": index})
    fields = {
        "index": index,
        "phase": "steady",
        "from_ns": index * 10,
        "until_ns": index * 10 + 10,
        "covered_ns": 10,
        "freeze": "none",
    }
    return scribe.end_iteration(index * 10 + 10, fields)


def test_what_is_carried_does_not_grow(tmp_path: Path) -> None:
    """A soak of months holds what a soak of an hour holds."""
    with Journal.create(tmp_path / "j", "r") as journal:
        scribe = opened(journal)
        scribe.emit(0, "config", {"sha256": "x", "values": {}})
        sizes = []
        for index in range(5):
            end(scribe, index)
            sizes.append(len(scribe.carried))

    assert sizes == [3] * 5


def test_the_next_iteration_knows_the_ledger_before_it(tmp_path: Path) -> None:
    """What an iteration gained is the difference of two ledger entries."""
    with Journal.create(tmp_path / "j", "r") as journal:
        scribe = opened(journal)
        end(scribe, 0)
        history = end(scribe, 1)

    assert [fact.iteration for fact in history.positions] == [0, 1]  # type: ignore[attr-defined]
    assert [fact.index for fact in history.iterations] == [0, 1]  # type: ignore[attr-defined]


def test_a_resumed_scribe_carries_the_same(tmp_path: Path) -> None:
    """A checkpoint holds what was carried, so the summaries after it are the same."""
    with Journal.create(tmp_path / "j", "r") as journal:
        scribe = opened(journal)
        scribe.emit(0, "config", {"sha256": "x", "values": {}})
        end(scribe, 0)
        again = Scribe(scribe.carried)

    assert again.carried == scribe.carried


def test_gaps_are_missing_time_as_the_mean_over_symbols(tmp_path: Path) -> None:
    """One of two symbols without data is half of the time without data."""
    with Journal.create(tmp_path / "j", "r") as journal:
        scribe = opened(journal)
        scribe.emit(9, "gap", {"symbol": "A", "from_ns": -5, "to_ns": 4})

    assert scribe.missing_ns(0, 10, symbols=1) == 4
    assert scribe.missing_ns(0, 10, symbols=2) == 2
    assert scribe.missing_ns(4, 10, symbols=1) == 0
