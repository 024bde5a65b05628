import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from seatrial.market.importer.interface import DEPTH, SNAPSHOT, Message
from seatrial.model.artifact import InstrumentReport
from seatrial.model.errors import InputError

Read = Callable[[str, str | bytes], list[Message]]
Imported = Callable[..., dict[str, InstrumentReport]]
FSTREAM = {
    "t": "connect",
    "conn": "ws.1",
    "ts": 1626992740.1,
    "addr": "wss://fstream.binance.com/stream?streams=x",
}


def record(kind: str, conn: str, ts: float, content: Any, **more: str) -> dict[str, Any]:
    """Return a record as the recorder writes it."""
    return {"t": kind, "conn": conn, "ts": ts, **more, "data": json.dumps(content)}


def depth(first: int, last: int, prev: int) -> dict[str, Any]:
    """Return a futures depth update."""
    data = {
        "e": "depthUpdate",
        "E": 1626992741017,
        "T": 1626992741012,
        "s": "CTKUSDT",
        "U": first,
        "u": last,
        "pu": prev,
    }
    return {"stream": "ctkusdt@depth@100ms", "data": {**data, "b": [["1.0", "5"]], "a": []}}


def lines(*records: dict[str, Any]) -> str:
    """Return the records, a line each, as compact JSON."""
    return "\n".join(json.dumps(entry, separators=(",", ":")) for entry in records)


def test_the_real_capture_holds_what_its_readme_counts(imported: Imported, recordings: Path) -> None:
    """764 depth updates, 613 quotes and 91 trades; the snapshots come over REST and join."""
    reports = imported(recordings / "cryptofeed_multi_venue" / "BINANCE_FUTURES.jsonl.zst")

    assert sum(report.trades for report in reports.values()) == 91
    assert sum(report.events for report in reports.values()) == 764 + 613 + 91 + len(reports)
    assert {(r.sequence_breaks, r.crossed, r.non_monotonic) for r in reports.values()} == {(0, 0, 0)}


def test_a_snapshot_over_rest_names_its_symbol_in_the_address(read: Read) -> None:
    """The answer itself does not; several books share one file here."""
    answer = {"lastUpdateId": 50, "E": 1, "T": 1626992741000, "bids": [["1.0", "5"]], "asks": [["1.1", "5"]]}
    url = "https://fapi.binance.com/fapi/v1/depth?symbol=CTKUSDT&limit=1000"

    found = read("binance.jsonl", lines(
        FSTREAM, record("http", "http.0", 1626992741.3, answer, url=url),
        record("recv", "ws.1", 1626992741.06217, depth(51, 55, 50)),
    ))  # fmt: skip

    assert [(message.kind, message.listing.venue, message.listing.symbol) for message in found] == [
        (DEPTH, "binance-futures", "CTKUSDT"), (SNAPSHOT, "binance-futures", "CTKUSDT"),
    ]  # fmt: skip
    assert found[0].ts_ns == 1626992741_062170000


def test_a_bad_record_is_named(read: Read) -> None:
    """A recorder that was killed leaves half a line."""
    good = record("recv", "ws.1", 1626992741.0, depth(51, 55, 50))
    with pytest.raises(InputError, match=r"binance.jsonl:3: not a Binance record"):
        read("binance.jsonl", lines(FSTREAM, good) + '\n{"t":"recv","conn":"ws.1","ts":16269')
