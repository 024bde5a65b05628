import json
from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.market.importer.interface import DEPTH, SNAPSHOT, TRADE, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
NAME = "BTC-USDT-SWAP-L2orderbook-400lv-2025-09-01.data"


def line(action: str, ts: int = 1756684800000, **more: object) -> str:
    """Return a bare book line."""
    book = {"ts": str(ts), "bids": [["100.1", "5", "0", "2"]], "asks": [["100.2", "0", "0", "0"]], **more}
    return json.dumps({"action": action, **book})


def test_bare_lines_take_the_instrument_from_the_name(read: Read) -> None:
    """The archive's lines name no instrument; sizes are contracts, and what one is worth is known."""
    first, second = read(NAME, f"{line('snapshot')}\n{line('update', 1756684800100)}\n")

    assert (first.kind, second.kind) == (SNAPSHOT, DEPTH)
    assert (first.listing.venue, first.listing.symbol) == ("okex-swap", "BTC-USDT-SWAP")
    assert str(first.listing.contract_size) == "0.01"
    assert (second.bids, second.asks) == ([("100.1", "5")], [("100.2", "0")])
    assert second.ts_ns == 1756684800100 * 10**6


def test_enveloped_lines_follow_their_chain(tmp_path: Path, imported: Imported) -> None:
    """PrevSeqId must be the last seqId; a hole is counted."""

    def enveloped(action: str, last: int, before: int) -> str:
        data = {
            "ts": "1756684800000",
            "bids": [["100.1", "5"]],
            "asks": [["100.2", "5"]],
            "seqId": last,
            "prevSeqId": before,
        }
        return json.dumps(
            {"arg": {"channel": "books", "instId": "BTC-USDT"}, "action": action, "data": [data]}
        )

    path = tmp_path / "okx.jsonl"
    path.write_text(
        "\n".join([enveloped("snapshot", 10, -1), enveloped("update", 15, 10), enveloped("update", 22, 17)])
    )

    report = imported(path)["okex:BTC-USDT"]

    assert (report.sequence_breaks, report.contract) == (1, "spot")


def test_trades_csv(read: Read) -> None:
    """The side is the taker's."""
    head = "instrument_name,trade_id,side,price,size,created_time\n"

    (message,) = read(
        "BTC-USDT-SWAP-trades-2025-09-01.csv", head + "BTC-USDT-SWAP,77,sell,100.1,3,1756684800123\n"
    )

    assert (message.kind, message.side, message.ref, message.qty) == (TRADE, 1, 77, "3")


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("books.data", line("snapshot"), "neither the lines nor the file's name say which instrument"),
        ("NEW-USDT-SWAP.data", line("snapshot"), "what one contract of NEW-USDT-SWAP is worth"),
        (NAME, line("snapshot") + '\n{"action":"upd', ":2: not an OKX book"),
        (NAME, line("snapshot") + "\n" + line("update", ts=5), ":2: not an OKX book .*not a stamp"),
        (NAME, line("snapshot") + "\n" + line("delete"), ":2: not an OKX book"),
    ],
)
def test_what_cannot_be_read_is_named(read: Read, name: str, text: str, complaint: str) -> None:
    """A file that does not say what it is about is refused with what would help."""
    with pytest.raises(InputError, match=complaint):
        read(name, text)
