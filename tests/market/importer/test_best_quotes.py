from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.market.importer.interface import QUOTE, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
HEAD = "best_bid,best_ask,mid_price,spread,bid_volume,ask_volume,imbalance,timestamp\n"
ROW = "63790.97,63790.98,63790.975000000006,0.010000000002037268,6.34268,19.51535,-0.5,"


def test_a_time_with_its_zone_is_read(read: Read) -> None:
    """Derived columns (mid, spread) are left alone: they carry float noise."""
    (message,) = read("BTCUSDT_quotes.csv", f"{HEAD}{ROW}2026-06-14 17:49:49.952157+02:00\n")

    assert (message.kind, message.ts_ns) == (QUOTE, 1781452189_952157000)
    assert (message.bids, message.asks) == ((("63790.97", "6.34268"),), (("63790.98", "19.51535"),))
    assert message.listing.symbol == "BTCUSDT"


def test_the_real_recording_is_refused_for_its_naive_times(imported: Imported, recordings: Path) -> None:
    """Nobody knows the recorder's zone; the error says what to write."""
    path = recordings / "binance_btcusdt_tob_5s" / "orderbook_snapshots_20260614.csv.gz"

    with pytest.raises(InputError, match=r"gz:2: timestamp: .* names no time zone \(write each time with"):
        imported(path)


def test_a_file_that_names_no_instrument_is_refused(read: Read) -> None:
    """A dataset without a symbol could not be told from another."""
    with pytest.raises(InputError, match="does not say which instrument"):
        read("quotes.csv", f"{HEAD}{ROW}1781452189000\n")
