"""A dataset is whole or it is not there."""

from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.market.dataset import Dataset
from seatrial.market.dataset_writer import DatasetWriter
from seatrial.market.segments import BLOCK_ROWS, DAY_NS, Rows
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import BugError, OutsideError, UsageError
from seatrial.model.instrument import Instrument
from seatrial.model.tape import LAST, TRADE, Tape, tape_of

NOON = 19_900 * DAY_NS + DAY_NS // 2


def instrument(symbol: str = "BTCUSDT", venue: str = "binance") -> Instrument:
    return Instrument(symbol=symbol, venue=venue, tick_size=Decimal("0.1"), lot_size=Decimal("0.001"))


def report(symbol: str = "BTCUSDT", venue: str = "binance") -> InstrumentReport:
    return InstrumentReport(
        symbol=symbol,
        venue=venue,
        contract="linear",
        events=1,
        trades=1,
        first_ts_ns=NOON,
        last_ts_ns=NOON,
        coverage_ratio=1.0,
    )


def trades(stamps: list[int]) -> Tape:
    return tape_of([(stamp, TRADE | LAST, number + 1, 1) for number, stamp in enumerate(stamps)])


def write(
    to: Path, tape: Tape, batch: int = 100_000, symbol: str = "BTCUSDT", venue: str = "binance"
) -> Dataset:
    with DatasetWriter(to, clock="receive", kind="recorded") as writer:
        part = writer.instrument(instrument(symbol, venue))
        for at in range(0, len(tape), batch):
            part.append(Rows.of_tape(tape.between(at, at + batch)))
        part.close(report(symbol, venue))
        return writer.finish()


def test_rows_come_back_as_they_went_in(tmp_path: Path) -> None:
    """Over days and batches, in order, with nothing lost or doubled."""
    stamps = [NOON + number * DAY_NS // 1_000 for number in range(3_000)]
    tape = trades(stamps)

    dataset = write(tmp_path / "out", tape, batch=700)

    again = dataset.tape(0, 2**62)
    assert again.ts.tolist() == stamps
    assert again.px.tolist() == tape.px.tolist()
    paths = [segment.path for segment in dataset.description.parts[0].segments]
    assert paths == [f"binance/BTCUSDT/2024/06/{day}.parquet" for day in (26, 27, 28, 29)]


@pytest.mark.parametrize("batch", [1_000, 50_000, 10**6])
def test_batches_leave_no_trace(tmp_path: Path, batch: int) -> None:
    """The hash and the blocks are of the market, not of how it was written."""
    tape = trades([NOON + number // 3 for number in range(2 * BLOCK_ROWS)])

    one, other = write(tmp_path / "one", tape), write(tmp_path / "other", tape, batch=batch)

    assert one.sha256 == other.sha256
    assert one.description.parts[0].segments == other.description.parts[0].segments


def test_a_block_ends_where_the_stamp_changes(tmp_path: Path) -> None:
    """A window is found by stamps alone, so equal ones must lie together."""
    tape = trades([NOON] * (BLOCK_ROWS + 500) + [NOON + 1] * 10)

    (segment,) = write(tmp_path / "out", tape, batch=BLOCK_ROWS).description.parts[0].segments

    assert segment.blocks == ((NOON, BLOCK_ROWS + 500), (NOON + 1, 10))


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    """Also the folders that were made on the way."""

    def fail() -> None:
        with DatasetWriter(tmp_path / "a" / "b" / "out", clock="receive", kind="recorded") as writer:
            writer.instrument(instrument()).append(Rows.of_tape(trades([NOON])))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()

    assert list(tmp_path.iterdir()) == []


def test_rows_out_of_order_are_our_own_mistake(tmp_path: Path) -> None:
    """Importers may be wrong about time; a dataset may not."""
    with (
        pytest.raises(BugError, match="out of order"),
        DatasetWriter(tmp_path / "out", clock="receive", kind="recorded") as writer,
    ):
        writer.instrument(instrument()).append(Rows.of_tape(trades([NOON + 1, NOON])))


def test_an_instrument_that_was_never_closed_is_our_own_mistake(tmp_path: Path) -> None:
    """Its report would be missing."""

    def forget() -> None:
        with DatasetWriter(tmp_path / "out", clock="receive", kind="recorded") as writer:
            writer.instrument(instrument())
            writer.finish()

    with pytest.raises(BugError, match="never closed"):
        forget()

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("symbol", ["BTC/USDT", "../../etc", "..", "a b", "🚀", "C:\\x"])
def test_a_symbol_is_one_folder(tmp_path: Path, symbol: str) -> None:
    """Symbols come from files, and files come from anywhere."""
    dataset = write(tmp_path / "out", trades([NOON]), symbol=symbol)

    (segment,) = dataset.description.parts[0].segments
    assert len(Path(segment.path).parts) == 5
    assert (tmp_path / "out" / segment.path).resolve().is_relative_to(tmp_path / "out" / "binance")
    assert [item.name for item in tmp_path.iterdir()] == ["out"]


def test_instruments_are_ordered_by_venue_and_symbol(tmp_path: Path) -> None:
    """Their index is in every row, so it may not depend on which file came first."""
    with DatasetWriter(tmp_path / "out", clock="receive", kind="recorded") as writer:
        for venue, symbol in (("b", "Y"), ("a", "Z"), ("b", "X")):
            part = writer.instrument(instrument(symbol, venue))
            part.append(Rows.of_tape(trades([NOON])))
            part.close(report(symbol, venue))
        dataset = writer.finish()

    assert [(found.venue, found.symbol) for found in dataset.instruments] == [
        ("a", "Z"),
        ("b", "X"),
        ("b", "Y"),
    ]


def test_the_target_is_checked_before_anything_is_read(tmp_path: Path) -> None:
    """An hour of import must not end in a folder that was never free."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file").write_text("mine")

    with (
        pytest.raises(UsageError, match="not empty"),
        DatasetWriter(tmp_path / "out", clock="receive", kind="recorded"),
    ):
        pytest.fail("the target was accepted")


def test_a_rename_that_fails_is_the_disks_answer(tmp_path: Path) -> None:
    """Somebody may fill the target while we write."""

    def lose_the_race() -> None:
        with DatasetWriter(tmp_path / "out", clock="receive", kind="recorded") as writer:
            part = writer.instrument(instrument())
            part.append(Rows.of_tape(trades([NOON])))
            part.close(report())
            (tmp_path / "out").mkdir()
            (tmp_path / "out" / "file").write_text("theirs")
            writer.finish()

    with pytest.raises(OutsideError, match="cannot be written"):
        lose_the_race()

    assert [item.name for item in (tmp_path / "out").iterdir()] == ["file"]
    assert [item.name for item in tmp_path.iterdir()] == ["out"]
