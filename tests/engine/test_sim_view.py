"""The simulated market as the bot sees it, and the truth beside it."""

from typing import Any

from tests.engine.stage import ASK, BID, MS, book, level, play, profile

BIDS, ASKS = {99: 20, 98: 30}, {101: 21}


def test_age_is_that_of_the_newest_event() -> None:
    """A rule that judges data by age needs the age of the data, not of the book's last move."""
    ages: list[Any] = []
    rows = [*book(0, BIDS, ASKS), level(4, ASK, 103, 1)]
    play(rows, {n: lambda desk: ages.append(desk.view.data_age_ns(0)) for n in (1.0, 5.0, 9.0)})
    assert ages == [1 * MS, 1 * MS, 5 * MS]


def test_before_the_first_event_there_is_no_age() -> None:
    """Nothing was seen: that is not young."""
    ages: list[Any] = []
    rows = [level(50, BID, 99, 1), level(50, ASK, 101, 1)]
    play(rows, {1: lambda desk: ages.append(desk.view.data_age_ns(0))})
    assert ages == [None]


def test_a_data_fault_shows_the_bot_another_book_than_the_true_one() -> None:
    """Marks and mids of the record stay true while the bot is deceived."""
    rows = [*book(0, BIDS, ASKS)]
    for ms in range(10, 2_000, 10):
        rows += [level(ms, BID, 99, ms)]
    seen: list[tuple[Any, Any]] = []
    acts: dict[float, Any] = {
        float(ms): lambda desk: seen.append((desk.view.book(0), desk.view.true_touch(0)))
        for ms in range(1, 2_000, 7)
    }
    play(rows, acts, settings=profile(faults={"crossed_per_h": 36_000.0}))
    crossed = [(shown, true) for shown, true in seen if shown and shown.bid > shown.ask]
    assert crossed
    assert all((shown.bid, shown.ask) == (true.ask, true.bid) for shown, true in crossed)


def test_a_frozen_view_survives_saving() -> None:
    """Resumed in the middle of a stale book, the bot still sees the old one."""
    faulty = profile(bot_ms=5, faults={"stale_per_h": 36_000.0, "stale_ms": 300})
    rows = [*book(0, BIDS, ASKS), *(level(n, BID, 99, n) for n in range(5, 900, 5))]

    def run(**more: Any) -> list[Any]:
        seen: list[Any] = []
        acts: dict[float, Any] = {float(n): lambda desk: seen.append(desk.book()) for n in range(1, 900, 11)}
        play(rows, acts, settings=faulty, **more)
        return seen

    assert run(cuts=[40, 90, 130], saves=True) == run()
