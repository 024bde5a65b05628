import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from seatrial.market.importer.interface import DEPTH, SNAPSHOT, TRADE, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
DTYPE = np.dtype(
    [("ev", "<u8"), ("exch_ts", "<i8"), ("local_ts", "<i8"), ("px", "<f8"), ("qty", "<f8"),
     ("order_id", "<u8"), ("ival", "<i8"), ("fval", "<f8")], align=True,
)  # fmt: skip
EXCH, LOCAL, BUY, SELL = 1 << 31, 1 << 30, 1 << 29, 1 << 28
BASE = 1_711_670_400 * 10**9


def npz(*rows: tuple[int, int, float, float]) -> bytes:
    """Return an npz of (event, milliseconds, price, size) rows as the toolkit writes them."""
    array = np.zeros(len(rows), DTYPE)
    for place, (event, ms, px, qty) in enumerate(rows):
        stamp = BASE + ms * 10**6
        array[place] = (event, stamp - 10**6, stamp, px, qty, 0, 0, 0.0)
    sink = io.BytesIO()
    np.savez_compressed(sink, data=array)
    return sink.getvalue()


def test_rows_of_one_arrival_are_one_message(read: Read) -> None:
    """Clear and snapshot rows are one new book; a trade stands alone; floats come back as written."""
    both = EXCH | LOCAL
    messages = read("btcusdt_20240329.npz", npz(
        (3 | both | BUY, 0, 0.0, 0.0), (3 | both | SELL, 0, 0.0, 0.0),
        (4 | both | BUY, 0, 70000.1, 0.3), (4 | both | SELL, 0, 70000.2, 1.1),
        (1 | both | BUY, 5, 70000.1, 0.0), (1 | both | BUY, 5, 70000.0, 0.1),
        (2 | both | SELL, 7, 70000.0, 0.001), (2 | both | SELL, 7, 70000.0, 0.002),
    ))  # fmt: skip

    assert [message.kind for message in messages] == [SNAPSHOT, DEPTH, TRADE, TRADE]
    assert (messages[0].bids, messages[0].asks) == ([("70000.1", "0.3")], [("70000.2", "1.1")])
    assert messages[1].bids == [("70000.1", "0.0"), ("70000.0", "0.1")]
    assert [(message.side, message.qty) for message in messages[2:]] == [(1, "0.001"), (1, "0.002")]
    assert (messages[1].ts_ns, messages[1].exch_ns) == (BASE + 5 * 10**6, BASE + 4 * 10**6)


def test_rows_that_only_the_exchange_side_has_are_passed_over(read: Read) -> None:
    """An event that is out of order appears twice, once for each side; read twice it would double."""
    messages = read("btcusdt.npz", npz((2 | EXCH | BUY, 0, 1.0, 1.0), (2 | LOCAL | BUY, 1, 1.0, 1.0)))

    assert [message.ts_ns for message in messages] == [BASE + 10**6]


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("btcusdt.npz", npz((10 | LOCAL | BUY, 0, 1.0, 1.0)), "order-by-order"),
        ("btcusdt.npz", npz((4 | LOCAL, 0, 1.0, 1.0)), "neither the BUY nor the SELL flag"),
        ("day1.npz", npz((2 | LOCAL | BUY, 0, 1.0, 1.0)), "does not say which instrument"),
        ("btcusd_perp.npz", npz((2 | LOCAL | BUY, 0, 1.0, 1.0)), "what an inverse contract is worth"),
    ],
)
def test_what_cannot_be_read_is_named(read: Read, name: str, content: bytes, complaint: str) -> None:
    """Among them a known converter fault: snapshot rows without a side."""
    with pytest.raises(InputError, match=complaint):
        read(name, content)


def test_a_long_array_is_read_in_chunks_to_its_end(tmp_path: Path, imported: Imported) -> None:
    """A day has millions of rows; nothing at the seams of the chunks may be lost."""
    path = tmp_path / "btcusdt.npz"
    path.write_bytes(npz(*((2 | LOCAL | BUY, n, 100.0, 1.0) for n in range(50_003))))

    assert imported(path)["unknown:BTCUSDT"].trades == 50_003
