import pytest
from tests.engine.stage import (
    ASK,
    BID,
    BUY,
    SELL,
    Act,
    Row,
    book,
    gap,
    level,
    play,
    printed,
    profile,
)

from seatrial.engine.exchange import layout as L  # noqa: N812
from seatrial.engine.exchange.marks import horizon

BOOK = book(0, {99: 20, 98: 30}, {101: 20, 102: 30})


def walk(ms: float, px: int) -> list[Row]:
    """The touch moves to px - 1, px + 1 from one tick below."""
    return [
        level(ms, BID, px - 1, 5, last=False),
        level(ms, ASK, px, 0, last=False),
        level(ms, ASK, px + 1, 5),
    ]


def marks_after(rows: list[Row], until_ms: float, *, stale_ms: float = 3_600_000) -> dict[str, str | None]:
    """The mark-outs of a fill at 1,500 ms, the bot being woken once a second."""
    played = play(
        [*BOOK, printed(1_500, SELL, 98, 5), *rows],
        {1_000: lambda desk: desk.submit(BUY, 99, 5)},
        settings=profile(bot_ms=1_000, stale_ms=stale_ms),
        until_ms=until_ms,
    )
    [told] = played.of("markout", "mids")
    return dict(told)


def test_the_horizons_are_those_of_the_record() -> None:
    """The kernel's constants and the names in the journal must be the same six."""
    assert tuple(horizon(h) for h in range(L.N_HORIZONS)) == L.HORIZONS_NS


def test_every_horizon_has_the_mid_of_its_moment() -> None:
    """The mid walks up one tick a second from 2 s on: the curve reads it at 0.1, 1, 5, 15, 60 and 300 s."""
    rows = [row for k in range(400) for row in walk(2_000 + k * 1_000, 101 + k)]

    told = marks_after(rows, 410_000)

    assert told == {"0.1": "100", "1": "101", "5": "105", "15": "115", "60": "160", "300": "400"}


@pytest.mark.parametrize(("late_ns", "mid"), [(0, "101"), (1, "100")])
def test_a_row_counts_to_the_nanosecond(late_ns: int, mid: str) -> None:
    """A row exactly at t + h is known at that moment; one a nanosecond later is not."""
    rows = [(ts + late_ns, code, px, qty) for ts, code, px, qty in walk(2_500, 101)]

    assert marks_after(rows, 3_000)["1"] == mid


def test_a_horizon_beyond_the_end_is_missing() -> None:
    """The run ended at 4 s: 5 s after the fill nobody knows."""
    told = marks_after([], 4_000)

    assert told == {"0.1": "100", "1": "100", "5": None, "15": None, "60": None, "300": None}


def test_a_horizon_inside_a_gap_is_missing() -> None:
    """Between its ends nothing was recorded: missing, not the mid from before."""
    rows = [gap(2_400, opens=True), gap(6_000, opens=False), *book(6_000, {104: 5}, {106: 5})]

    told = marks_after(rows, 10_000)

    assert (told["0.1"], told["1"], told["5"]) == ("100", None, "105")


def test_a_stale_mid_is_missing() -> None:
    """The last book row is older than the cap: the touch of long ago is not a mid."""
    told = marks_after([], 20_000, stale_ms=3_000)

    assert (told["1"], told["5"]) == ("100", None)


def test_a_one_sided_book_has_no_mid() -> None:
    """Half a touch has no middle."""
    told = marks_after([level(2_000, ASK, 101, 0, last=False), level(2_000, ASK, 102, 0)], 10_000)

    assert (told["0.1"], told["1"]) == ("100", None)


def test_each_fill_is_told_once_and_in_order() -> None:
    """Fills of the whole run, matured or not, each with one mark-out event."""
    rows = [*BOOK, *(printed(1_500 + 10 * k, SELL, 98, 1) for k in range(40))]
    acts: dict[float, Act] = {1_000: lambda desk: desk.submit(BUY, 99, 40)}

    played = play(rows, acts, settings=profile(bot_ms=1_000), until_ms=301_700)

    told = played.of("markout", "fill_id")
    assert told == list(range(1, 41))
    assert 0 < sum(mark["300"] is None for mark in played.of("markout", "mids")) < 40


def test_a_full_ring_sends_its_oldest_fill_off_early() -> None:
    """More fills in 300 s than the ring holds: none is lost, the oldest miss their last horizon."""
    count = L.MAX_MARKS + 50
    rows = [*BOOK, *(printed(1_500 + k * 0.01, SELL, 98, 1) for k in range(count))]
    acts: dict[float, Act] = {1_000: lambda desk: desk.submit(BUY, 99, count)}

    played = play(rows, acts, settings=profile(bot_ms=1_000), until_ms=2_000)

    told = played.of("markout", "fill_id")
    assert sorted(told) == list(range(1, count + 1))
    assert told[:5] == [1, 2, 3, 4, 5]
    assert played.session.memory.regs[L.MARKS_DROPPED] == count - (L.MAX_MARKS - 1)


def test_two_fills_a_nanosecond_apart_have_their_own_moments() -> None:
    """The reading for the first must not read the second's mid before its last row."""
    first, second = printed(1_500, SELL, 98, 1), printed(1_500, SELL, 98, 1)
    rows = [*BOOK, first, (second[0] + 1, *second[1:])]
    rows += [(ts + 1, code, px, qty) for ts, code, px, qty in walk(2_500, 101)]
    acts: dict[float, Act] = {1_000: lambda desk: desk.submit(BUY, 99, 5)}

    played = play(rows, acts, settings=profile(bot_ms=1_000), until_ms=3_000)

    assert [mids["1"] for mids in played.of("markout", "mids")] == ["100", "101"]
