from collections.abc import Callable

import pytest

from seatrial.market.importer.interface import Message
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
HEAD = "timestamp,symbol,side,size,price,tickDirection,trdMatchID,grossValue,homeNotional,foreignNotional"
ROW = "1767225600.6864,SOLUSDT,Buy,0.2,124.650,PlusTick,7df520b4-f4a1-5eb9,2.493e+09,0.2,24.93"


def test_derivative_trades_are_read_by_header(read: Read) -> None:
    """Newer files append columns (RPI); a fixed width would refuse them."""
    (message,) = read("SOLUSDT2026-01-01.csv", f"{HEAD},RPI\n{ROW},0\n")

    assert (message.listing.venue, message.listing.symbol, message.side) == ("bybit", "SOLUSDT", 0)
    assert (message.price, message.qty, message.ts_ns) == ("124.650", "0.2", 1767225600_686400000)


def test_spot_trades_count_their_ids_anew_each_day(read: Read) -> None:
    """Id 1 of Monday and id 1 of Tuesday are two trades, not one shown twice."""
    head = "id,timestamp,price,volume,side,rpi\n"
    (monday,) = read("BTCUSDT_2025-06-02.csv", head + "1,1748822400114,17169.08,0.001,sell,0\n")
    (tuesday,) = read("BTCUSDT_2025-06-03.csv", head + "1,1748908800114,17169.08,0.001,sell,0\n")

    assert monday.ref != tuesday.ref
    assert (monday.listing.venue, monday.listing.contract, monday.side) == ("bybit-spot", "spot", 1)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("Buy", "Both", r"side: 'Both' is not Buy or Sell"),
        ("1767225600.6864", "2026-01-01 00:00:00", r"timestamp: .* is not a time since 1970"),
        (",24.93", "", r"the row has 9 fields where 10 are due"),
    ],
)
def test_a_bad_row_names_line_and_field(read: Read, old: str, new: str, complaint: str) -> None:
    """One bad row must not be guessed at; the user is told which it is."""
    with pytest.raises(InputError, match=f"SOLUSDT.csv:3: {complaint}"):
        read("SOLUSDT.csv", f"{HEAD}\n{ROW}\n{ROW.replace(old, new)}\n")
