"""The served exchange as a program: its first line, what it leaves, and that equal days are equal bytes."""

import hmac
import os
import signal
import urllib.request
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.contracts.program import seatrial
from tests.contracts.serving import AT_ONCE, BUSY, KEY, SECRET, Serving, served

from seatrial.store.identity import strip_identity
from seatrial.store.verify import verify

STEPPED = (*BUSY, *AT_ONCE, "--speed", "0", "--window", "20s")


def ask(exchange: Serving, method: str, path: str, said: str = "") -> Any:
    """Send one signed request and return the answer's body."""
    stamp = str(exchange.control("GET", "state")["shown_ms"])
    sign = hmac.new(SECRET.encode(), f"{stamp}{KEY}5000{said}".encode(), sha256).hexdigest()
    headers = {
        "X-BAPI-API-KEY": KEY,
        "X-BAPI-TIMESTAMP": stamp,
        "X-BAPI-RECV-WINDOW": "5000",
        "X-BAPI-SIGN": sign,
    }
    address = exchange.rest + path + (f"?{said}" if method == "GET" and said else "")
    body = said.encode() if method == "POST" else None
    request = urllib.request.Request(address, body, headers, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return orjson.loads(answer.read())


def order(exchange: Serving, **fields: Any) -> Any:
    """Send an order."""
    whole = {"category": "linear", "symbol": "BTCUSDT", "orderType": "Limit", "qty": "0.01", **fields}
    return ask(exchange, "POST", "/v5/order/create", orjson.dumps(whole).decode())


def a_day(exchange: Serving) -> None:
    """Quote around the touch for a few steps of market time."""
    for lap in range(12):
        book = ask(exchange, "GET", "/v5/market/orderbook", "category=linear&symbol=BTCUSDT&limit=1")[
            "result"
        ]
        order(exchange, side="Buy", price=book["b"][0][0], timeInForce="PostOnly", orderLinkId=f"b{lap}")
        order(exchange, side="Sell", price=book["a"][0][0], timeInForce="PostOnly", orderLinkId=f"s{lap}")
        exchange.control("POST", "step", ms=4_000)
        ask(exchange, "POST", "/v5/order/cancel-all", '{"category":"linear","symbol":"BTCUSDT"}')


def test_the_first_line_says_where_and_the_record_is_sealed(tmp_path: Path) -> None:
    """Programs start the exchange and read one line; what it leaves is a record like any other."""
    with served(tmp_path, *STEPPED) as exchange:
        assert list(exchange.told) == ["rest", "ws_public", "ws_private", "ws_trade", "control", "record"]
        assert list(exchange.told["ws_public"]) == ["spot", "linear", "inverse"]
        assert exchange.rest.startswith("http://127.0.0.1:")
        a_day(exchange)
        code, out = exchange.stop()

    assert (code, out.count(b"\n")) == (0, 2)
    manifest = orjson.loads((exchange.record / "run.json").read_bytes())
    assert (manifest["mode"], manifest["stopped_by"], manifest["exit_code"]) == ("exchange", "plan", 0)
    assert KEY not in str(manifest)
    assert SECRET not in str(manifest)
    assert verify(exchange.record / "journal.jsonl") == []
    assert len(list((exchange.record / "iterations").iterdir())) == 3
    assert exchange.events("run_finished")[0]["reason"] == "plan"
    assert exchange.events("fill")
    judged = seatrial("gate", "check", exchange.record, "--json")
    assert judged.code in {0, 1, 3}, judged.err
    assert judged.document["gates"]


def test_a_killed_exchange_leaves_a_readable_record(tmp_path: Path) -> None:
    """`kill -9` at any moment: the journal ends in a whole line or in a torn one that readers skip."""
    with served(tmp_path, *STEPPED) as exchange:
        a_day(exchange)
        code, _ = exchange.stop(signal.SIGKILL)

    assert code == -signal.SIGKILL
    assert {finding.kind for finding in verify(exchange.record / "journal.jsonl")} <= {"torn_tail"}
    judged = seatrial("gate", "check", exchange.record, "--json")
    assert judged.code in {0, 1, 3}, judged.err


@pytest.mark.slow
def test_the_same_requests_in_stepped_time_give_the_same_bytes(tmp_path: Path) -> None:
    """A drill that failed can be made to fail again; hash seeds and clocks have no say."""
    records = []
    for seed in ("1", "77"):
        folder = tmp_path / seed
        folder.mkdir()
        before = os.environ.get("PYTHONHASHSEED")
        os.environ["PYTHONHASHSEED"] = seed
        try:
            with served(folder, *STEPPED) as exchange:
                a_day(exchange)
                assert exchange.stop()[0] == 0
        finally:
            os.environ.pop("PYTHONHASHSEED")
            if before is not None:
                os.environ["PYTHONHASHSEED"] = before
        records.append(strip_identity(exchange.record))

    assert records[0].keys() == records[1].keys()
    assert [name for name in records[0] if records[0][name] != records[1][name]] == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--api-key", "only"), 2, "secret"),
        (("--host", "203.0.113.1"), 4, "cannot listen"),
        (("--port", "70000"), 2, "65535"),
        (("--data", "nowhere"), 2, "no such data"),
        (("--profile", "nobody"), 2, "nobody"),
        (("--set", "exchange.faults.schedule=[{fault: rain, at_s: 1}]"), 2, "no fault 'rain'"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_line(
    words: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    """A mistake at the start costs a second, not a soak."""
    done = seatrial("exchange", "serve", "--out", "out", "--no-fast", *words, cwd=tmp_path)

    assert done.code == code, done.err
    assert said in done.err
    assert done.err.count("\n") == 1
    assert done.out == ""
    assert not (tmp_path / "out").exists()


def test_one_port_serves_one_exchange(tmp_path: Path) -> None:
    """A second exchange on the port must say so, not share it."""
    with served(tmp_path, "--speed", "0", "--no-fast") as exchange:
        port = exchange.rest.rpartition(":")[2]
        second = seatrial("exchange", "serve", "--port", port, "--out", tmp_path / "two", "--no-fast")

        assert second.code == 4
        assert "cannot listen" in second.err
