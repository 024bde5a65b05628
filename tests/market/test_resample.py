"""A recording made longer without making anything up that it does not say."""

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.market.calibration import load
from seatrial.market.dataset import Dataset
from seatrial.market.dataset_writer import DatasetWriter
from seatrial.market.ladder import Ladder
from seatrial.market.resample import ResampleFeed
from seatrial.market.segments import Rows
from seatrial.market.synth import SynthFeed
from seatrial.model.artifact import Gap, InstrumentReport
from seatrial.model.errors import InputError
from seatrial.model.instrument import Instrument
from seatrial.model.tape import (
    ASK,
    CLEAR,
    DELTA,
    FUNDING,
    GAP_CLOSES,
    GAP_OPENS,
    INSTRUMENT_SHIFT,
    KIND_MASK,
    LAST,
    SIDE_BIT,
    SNAPSHOT,
    STATUS,
    TRADE,
    Tape,
    join,
    tape_of,
)

SECOND = 10**9
MINUTE = 60 * SECOND
START = 1_767_225_600 * SECOND + 7 * 3_600 * SECOND
RECORDED = 10 * MINUTE
BLOCK_S = 60.0


def _write(to: Path, markets: dict[str, Tape], gaps: dict[str, tuple[Gap, ...]] | None = None) -> Dataset:
    """Write each market as an instrument of one recorded dataset."""
    like = load("demo").instrument
    with DatasetWriter(to, clock="receive", kind="recorded") as writer:
        for symbol, tape in markets.items():
            part = writer.instrument(Instrument.model_validate(like.model_dump() | {"symbol": symbol}))
            part.append(Rows.of_tape(tape))
            part.close(
                InstrumentReport(
                    symbol=symbol,
                    venue=like.venue,
                    contract=like.contract.value,
                    events=len(tape),
                    trades=0,
                    first_ts_ns=int(tape.ts[0]),
                    last_ts_ns=int(tape.ts[-1]),
                    coverage_ratio=1.0,
                    gaps=(gaps or {}).get(symbol, ()),
                )
            )
        return writer.finish()


def _market(seed: int) -> Tape:
    feed = SynthFeed(load("demo"), seed=seed, start_ns=START)
    return join(list(feed.window(START, START + RECORDED)))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """Ten minutes of two instruments; the second has a gap in the fifth minute, both pay funding."""
    first, second = _market(1), _market(2)
    quiet = Gap(from_ts_ns=START + 250 * SECOND, to_ts_ns=START + 270 * SECOND)
    markets = {"AAA": _paying(first, 10**8), "BBB": _paying(_silent(second, quiet), -(10**8))}
    return _write(tmp_path_factory.mktemp("resample") / "two", markets, {"BBB": (quiet,)})


def _silent(tape: Tape, gap: Gap) -> Tape:
    """Cut a gap out, with a new snapshot behind it, as a capture that was connected again."""
    low, high = np.searchsorted(tape.ts, [gap.from_ts_ns, gap.to_ts_ns]).tolist()
    ladder = Ladder()
    ladder.replay(tape.between(0, high))
    again = tape_of(ladder.snapshot(gap.to_ts_ns))
    return join([tape.between(0, low), again, tape.between(high, len(tape))])


def _paying(tape: Tape, rate: int) -> Tape:
    at = int(np.searchsorted(tape.ts, START + 5 * MINUTE))
    row = tape_of([(int(tape.ts[at]), FUNDING | LAST, 0, rate)])
    return join([tape.between(0, at), row, tape.between(at, len(tape))])


def _feed(dataset: Dataset, seed: int = 3) -> ResampleFeed:
    return ResampleFeed(dataset, seed=seed, block_s=BLOCK_S)


def _rows(feed: ResampleFeed, from_ns: int, until_ns: int) -> Tape:
    return join(list(feed.window(feed.start_ns + from_ns, feed.start_ns + until_ns)))


def _digest(tape: Tape) -> str:
    columns = (tape.ts, tape.code, tape.px, tape.qty)
    return hashlib.sha256(b"".join(column.tobytes() for column in columns)).hexdigest()


def _ladders(tape: Tape) -> Iterator[tuple[int, int, Ladder]]:
    """Yield (ts, index, book) after every message of a book."""
    books = [Ladder(), Ladder()]
    columns = (tape.ts.tolist(), tape.code.tolist(), tape.px.tolist(), tape.qty.tolist())
    for ts, code, px, qty in zip(*columns, strict=True):
        index = code >> INSTRUMENT_SHIFT
        books[index].apply(code, px, qty)
        if code & LAST and code & KIND_MASK not in (TRADE, STATUS, FUNDING):
            yield ts, index, books[index]


def test_the_recording_comes_first_and_as_it_was(dataset: Dataset) -> None:
    """What was recorded is evidence; only what follows is a model."""
    feed = _feed(dataset)
    recorded = dataset.tape(feed.start_ns, feed.start_ns + RECORDED)
    rows = _rows(feed, 0, dataset.last_ts_ns + 1 - feed.start_ns)
    plain = (rows.code & KIND_MASK) != STATUS

    assert (rows.px[plain] == recorded.px).all()
    assert (rows.ts[plain] == recorded.ts).all()


@pytest.fixture(scope="module")
def resampled(dataset: Dataset) -> tuple[ResampleFeed, str]:
    """A feed that has been surveyed, and the digest of twice the recording."""
    feed = _feed(dataset)
    return feed, _digest(_rows(feed, 0, 2 * RECORDED))


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, 2 * RECORDED), max_size=4))
def test_windows_do_not_change_the_rows(resampled: tuple[ResampleFeed, str], cuts: list[int]) -> None:
    """An iteration's length must not choose the market that it judges."""
    feed, digest = resampled
    edges = [0, *sorted(cuts), 2 * RECORDED]
    pieces = [_rows(feed, start, end) for start, end in pairwise(edges)]

    assert _digest(join(pieces)) == digest


def test_a_restored_feed_goes_on_with_the_same_rows(dataset: Dataset) -> None:
    """A resumed soak must end with the bytes of an undisturbed one."""
    feed, fresh = _feed(dataset), _feed(dataset)
    whole = _rows(feed, 0, 3 * RECORDED)
    fresh.restore(feed.state())
    at = RECORDED + 7 * MINUTE // 3

    later = whole.between(int(np.searchsorted(whole.ts, feed.start_ns + at)), len(whole))
    assert _digest(_rows(fresh, at, 3 * RECORDED)) == _digest(later)


def test_another_seed_draws_other_blocks(dataset: Dataset) -> None:
    """Two seeds that gave one market would be counted as two runs."""
    assert _digest(_rows(_feed(dataset, 4), RECORDED, 2 * RECORDED)) != _digest(
        _rows(_feed(dataset), RECORDED, 2 * RECORDED)
    )


def test_the_books_are_never_crossed(dataset: Dataset) -> None:
    """A splice that left old levels behind would hand fills to every bot."""
    for _, _, book in _ladders(_rows(_feed(dataset), 0, 4 * RECORDED)):
        assert not book.crossed


def test_the_mid_goes_on_at_every_splice(dataset: Dataset) -> None:
    """A jump at a splice would be a loss or a gain that no market made."""
    feed = _feed(dataset)
    mids: dict[int, int] = {}
    splices = 0
    grid = {int(feed._recorded_end_ns + k * MINUTE) for k in range(40)}
    for ts, index, book in _ladders(_rows(feed, 0, 4 * RECORDED)):
        assert book.best_bid is not None
        assert book.best_ask is not None
        mid = book.best_bid + book.best_ask
        if ts in grid:
            splices += 1
            assert abs(mid - mids[index]) <= 2
        mids[index] = mid
    assert splices > 40


def test_times_go_on_without_a_hole(dataset: Dataset) -> None:
    """Resampled time is as dense as recorded time, and never goes back."""
    rows = _rows(_feed(dataset), 0, 4 * RECORDED)

    assert (np.diff(rows.ts) >= 0).all()
    assert np.diff(rows.ts).max() < 10 * SECOND


def test_all_instruments_are_cut_from_the_same_time(dataset: Dataset) -> None:
    """Blocks drawn apart would tear up what moves together."""
    feed = _feed(dataset)
    block, number = feed.block(3), 3
    begins = feed._recorded_end_ns + number * MINUTE
    rows = _rows(feed, begins - feed.start_ns, begins - feed.start_ns + MINUTE)
    first = feed._grid.at(block.beginning)
    for place, symbol in enumerate(("AAA", "BBB")):
        mine = ((rows.code >> INSTRUMENT_SHIFT) == place) & ((rows.code & KIND_MASK) == DELTA)
        source = dataset.tape(first, first + MINUTE, [symbol])
        changes = (source.code & KIND_MASK) == DELTA
        assert (rows.ts[mine] - begins == source.ts[changes] - first).all()


def test_mirrored_blocks_swap_sides_and_directions(dataset: Dataset) -> None:
    """Up becomes down: bids become asks, and a buyer a seller."""
    feed = _feed(dataset)
    number = next(k for k in range(50) if feed.block(k).mirrored)
    block, begins = feed.block(number), feed._recorded_end_ns + number * MINUTE
    rows = _rows(feed, begins - feed.start_ns, begins - feed.start_ns + MINUTE)
    first = feed._grid.at(block.beginning)
    source = dataset.tape(first, first + MINUTE, ["AAA"])
    traded, sold = ((tape.code & KIND_MASK) == TRADE for tape in (rows, source))
    mine = traded & ((rows.code >> INSTRUMENT_SHIFT) == 0)

    assert (rows.px[mine] == block.shifts[0] - source.px[sold]).all()
    assert ((rows.code[mine] & SIDE_BIT) != (source.code[sold] & SIDE_BIT)).all()


def test_funding_keeps_its_hours(dataset: Dataset) -> None:
    """A block drawn ten times must not be paid for ten times."""
    rows = _rows(_feed(dataset), RECORDED, 17 * 60 * MINUTE)
    paid = (rows.code & KIND_MASK) == FUNDING
    index = rows.code[paid] >> INSTRUMENT_SHIFT

    assert sorted(set(rows.ts[paid].tolist())) == [START + hour * 60 * MINUTE for hour in (1, 9)]
    assert (rows.qty[paid] == np.where(index == 0, 10**8, -(10**8))).all()


def test_a_gap_that_a_block_cuts_off_is_closed(dataset: Dataset) -> None:
    """Otherwise the bot would never see that market again."""
    rows = _rows(_feed(dataset), 0, 10 * RECORDED)
    open_ = [False, False]
    status = (rows.code & KIND_MASK) == STATUS
    for code, px in zip(rows.code[status].tolist(), rows.px[status].tolist(), strict=True):
        index = code >> INSTRUMENT_SHIFT
        assert open_[index] == (px == GAP_CLOSES)
        open_[index] = px == GAP_OPENS
    assert status.sum() > 4


def test_a_snapshot_has_at_most_two_hundred_levels_a_side(tmp_path: Path) -> None:
    """A block must not cost more than what happens in it."""
    rows = [(START, CLEAR, 0, 0)]
    for depth in range(500):
        rows += [(START, SNAPSHOT, 10_000 - depth, 5), (START, SNAPSHOT | SIDE_BIT * ASK, 10_001 + depth, 5)]
    rows[-1] = (*rows[-1][:1], rows[-1][1] | LAST, *rows[-1][2:])
    rows += [(START + k * SECOND, DELTA | LAST, 10_000, 5 + k % 2) for k in range(1, 200)]
    feed = ResampleFeed(_write(tmp_path / "deep", {"DEEP": tape_of(rows)}), seed=1, block_s=20.0)
    later = _rows(feed, 200 * SECOND, 220 * SECOND)

    assert ((later.code & KIND_MASK) == SNAPSHOT).sum() == 400


def test_a_trend_does_not_take_the_price_to_nothing(tmp_path: Path) -> None:
    """A recording of minutes may fall; a market made of it for days must not fall to zero."""
    rows = [(START, CLEAR, 0, 0)]
    for k in range(300):
        at, bid = START + k * SECOND, 100_000 - 40 * k
        rows += [(at, CLEAR, 0, 0), (at, SNAPSHOT, bid, 5), (at, SNAPSHOT | SIDE_BIT | LAST, bid + 1, 5)]
    feed = ResampleFeed(_write(tmp_path / "falling", {"FALL": tape_of(rows)}), seed=1, block_s=30.0)
    later = _rows(feed, 0, 24 * 60 * MINUTE)
    shown = later.px[(later.code & KIND_MASK) == SNAPSHOT]

    assert shown.min() > 50_000
    assert shown.max() < 200_000


def test_the_provenance_says_how_much_was_recorded(dataset: Dataset) -> None:
    """A gate may demand recorded time, so nobody may call resampled time recorded."""
    feed = ResampleFeed(dataset, seed=3, block_s=BLOCK_S, needed_ns=4 * RECORDED)

    assert feed.provenance.kind == "resampled"
    assert feed.provenance.sha256 == dataset.sha256
    assert feed.provenance.recorded_ratio == pytest.approx(0.25, abs=0.01)


def test_a_recording_without_a_book_to_begin_with_is_refused(tmp_path: Path) -> None:
    """Nothing can be spliced onto a market that was never seen."""
    rows = [(START + k * SECOND, DELTA | LAST, 100, 1) for k in range(10)]

    feed = ResampleFeed(_write(tmp_path / "empty", {"HALF": tape_of(rows)}), seed=1, block_s=2.0)
    with pytest.raises(InputError, match="too short or its book too often unknown"):
        list(feed.window(feed.start_ns, feed.start_ns + 60 * SECOND))
