"""
A scripted day through clients that people use, unmodified but for the address.

What ccxt and pybit report at the end of the day must be the record's, to the last digit.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.serving import BUSY, KEY, SECRET, Serving, served

from seatrial.store.verify import verify

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(240),
    # Clients leave sockets and sessions to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
QTY, HALF = 0.004, 0.002


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Serving]:
    """A busy synthetic market at real time, with the profile's latency."""
    with served(tmp_path, *BUSY) as running:
        yield running


def ccxt_at(exchange: Serving, module: Any) -> Any:
    """Return a ccxt client of which only the addresses were changed."""
    client = module.bybit({"apiKey": KEY, "secret": SECRET, "enableRateLimit": False})
    for name, address in client.urls["api"].items():
        if isinstance(address, str):
            client.urls["api"][name] = exchange.rest
    streams = client.urls["api"].get("ws")
    if streams:
        streams["public"].update(exchange.told["ws_public"])
        streams["private"].update(contract=exchange.told["ws_private"], trade=exchange.told["ws_trade"])
        streams["private"]["spot"]["unified"] = exchange.told["ws_private"]
    return client


def must_agree(
    exchange: Serving, executions: list[dict[str, Any]], log: list[dict[str, Any]], wallet: str
) -> None:
    """Compare what a client was told (in the venue's own fields) with the sealed record."""
    code, _ = exchange.stop()
    assert code == 0
    fills = exchange.events("fill")
    assert len(fills) == len(executions) > 0
    for fill, told in zip(fills, sorted(executions, key=lambda each: int(each["execId"])), strict=True):
        assert told["execId"] == str(fill["fill_id"])
        assert told["orderId"] == str(fill["order_id"])
        assert (told["execPrice"], told["execQty"], told["execValue"]) == (
            fill["price"],
            fill["qty"],
            fill["notional"],
        )
        assert Decimal(told["execFee"]) == -Decimal(fill["fee"])
        assert told["isMaker"] == (fill["liquidity"] == "maker")
    position = exchange.events("position")[-1]
    cash = 100_000 + Decimal(position["realized"]) + Decimal(position["fees"]) + Decimal(position["funding"])
    assert abs(Decimal(wallet) - cash) < Decimal("1e-15")
    assert sum(Decimal(row["change"]) for row in log) == Decimal(wallet)
    assert verify(exchange.record / "journal.jsonl") == []


def patiently(check: Callable[[], Any], seconds: float = 30) -> Any:
    """Ask again until the answer is a yes; the exchange runs by itself meanwhile."""
    waiting = threading.Event()
    for _ in range(int(seconds * 20)):
        found = check()
        if found:
            return found
        waiting.wait(0.05)
    raise AssertionError("it did not happen in time")


def test_ccxt_runs_a_day(exchange: Serving) -> None:
    """The synchronous client: markets, book, orders, partial fills, positions, ledger."""
    ccxt = pytest.importorskip("ccxt", reason="ccxt (extra 'venues') is not installed")
    client = ccxt_at(exchange, ccxt)
    symbol = next(iter(client.load_markets()))
    book = client.fetch_order_book(symbol, 25)
    bid, ask = book["bids"][0][0], book["asks"][0][0]

    placed = client.create_order(symbol, "limit", "buy", QTY, bid - 50, {"clientOrderId": "day-1"})
    changed = client.edit_order(placed["id"], symbol, "limit", "buy", HALF, bid - 60)
    assert changed["id"] == placed["id"]
    (standing,) = client.fetch_open_orders(symbol)
    assert (standing["amount"], standing["price"], standing["clientOrderId"]) == (HALF, bid - 60, "day-1")
    client.cancel_order(placed["id"], symbol)
    with pytest.raises(ccxt.OrderNotFound):
        client.cancel_order(placed["id"], symbol)
    with pytest.raises(ccxt.InsufficientFunds):
        client.create_order(symbol, "limit", "buy", 1_000, bid)
    wrong = ccxt_at(exchange, ccxt)
    wrong.secret = "wrong"
    with pytest.raises(ccxt.AuthenticationError):
        wrong.fetch_balance()

    sweep = sum(size for _, size in book["asks"][:3])
    client.create_order(symbol, "market", "buy", client.amount_to_precision(symbol, sweep))
    resting = client.create_order(symbol, "limit", "sell", QTY, ask + 1, {"postOnly": True})
    client.create_order(symbol, "market", "sell", HALF, None, {"reduceOnly": True})
    client.cancel_all_orders(symbol)
    (position,) = client.fetch_positions([symbol])
    assert resting["id"]
    assert client.fetch_ticker(symbol)["bid"] > 0
    assert client.fetch_trading_fee(symbol)["taker"] == 0.00055
    assert client.fetch_time() > 0

    executions = [trade["info"] for trade in client.fetch_my_trades(symbol, limit=100)]
    log = [row["info"] for row in client.fetch_ledger(limit=50)]
    wallet = client.fetch_balance()["info"]["result"]["list"][0]["coin"][0]["walletBalance"]
    assert len(executions) >= 3
    must_agree(exchange, executions, log, wallet)
    assert position["info"]["size"] == exchange.events("position")[-1]["qty"]


def test_ccxt_async_and_pro_run_a_day(exchange: Serving) -> None:
    """The streaming client: books, trades, own orders and trades, and orders over the WebSocket."""
    pytest.importorskip("ccxt", reason="ccxt (extra 'venues') is not installed")
    import ccxt.pro

    async def day() -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
        client = ccxt_at(exchange, ccxt.pro)
        try:
            return await asyncio.wait_for(streamed(client), 120)
        finally:
            await client.close()

    async def streamed(client: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]], str]:
        await client.load_markets()
        (symbol,) = client.symbols
        for _ in range(5):
            book = await client.watch_order_book(symbol, 50)
            assert book["bids"][0][0] < book["asks"][0][0]
        assert (await client.watch_trades(symbol))[-1]["price"] > 0
        assert (await client.watch_ticker(symbol))["last"] > 0
        orders = asyncio.create_task(client.watch_orders(symbol))
        mine = asyncio.create_task(client.watch_my_trades(symbol))
        balance = asyncio.create_task(client.watch_balance())
        await client.watch_positions([symbol])
        await asyncio.wait_for(client.watch_trades(symbol), 30)
        await client.create_order_ws(symbol, "market", "buy", QTY)
        assert (await orders)[-1]["status"] == "closed"
        seen = (await mine)[-1]["info"]
        assert (await balance)["USDT"]["total"] < 100_000
        placed = await client.create_order_ws(symbol, "limit", "buy", QTY, book["bids"][0][0] - 100)
        await client.edit_order_ws(placed["id"], symbol, "limit", "buy", HALF, book["bids"][0][0] - 100)
        await client.cancel_order_ws(placed["id"], symbol)
        rest = [trade["info"] for trade in await client.fetch_my_trades(symbol)]
        assert {name: seen[name] for name in rest[0]} in rest
        log = [row["info"] for row in await client.fetch_ledger()]
        wallet = (await client.fetch_balance())["info"]["result"]["list"][0]["coin"][0]["walletBalance"]
        return rest, log, wallet

    must_agree(exchange, *asyncio.run(day()))
    assert [event["event"] for event in exchange.events("order")][-6:] == [
        "submitted", "accepted", "amend_requested", "amended", "cancel_requested", "canceled",
    ]  # fmt: skip


def test_pybit_runs_a_day(exchange: Serving, monkeypatch: pytest.MonkeyPatch) -> None:
    """The venue's own client, over REST and all three WebSockets."""
    unified = pytest.importorskip("pybit.unified_trading", reason="pybit (extra 'venues') is not installed")
    import pybit._websocket_trading

    public = exchange.told["ws_public"]["linear"].removesuffix("linear")
    monkeypatch.setattr(unified, "PUBLIC_WSS", public + "{CHANNEL_TYPE}")
    monkeypatch.setattr(unified, "PRIVATE_WSS", exchange.told["ws_private"])
    monkeypatch.setattr(pybit._websocket_trading, "TRADE_WSS", exchange.told["ws_trade"])
    http = unified.HTTP(api_key=KEY, api_secret=SECRET)
    http.endpoint = exchange.rest
    linear = {"category": "linear", "symbol": "BTCUSDT"}

    market: list[dict[str, Any]] = []
    own: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    stream = unified.WebSocket(channel_type="linear", testnet=False)
    stream.orderbook_stream(50, "BTCUSDT", market.append)
    stream.trade_stream("BTCUSDT", market.append)
    private = unified.WebSocket(channel_type="private", testnet=False, api_key=KEY, api_secret=SECRET)
    private.order_stream(own.append)
    private.execution_stream(own.append)
    private.wallet_stream(own.append)
    trading = unified.WebSocketTrading(testnet=False, api_key=KEY, api_secret=SECRET)

    patiently(lambda: {each["topic"].split(".")[0] for each in market} == {"orderbook", "publicTrade"})
    http.place_order(**linear, side="Buy", orderType="Market", qty=str(QTY))
    trading.place_order(said.append, **linear, side="Sell", orderType="Market", qty=str(HALF))
    patiently(lambda: said and said[0]["retCode"] == 0)
    best = float(http.get_orderbook(**linear, limit=1)["result"]["b"][0][0])
    batch = [
        {
            "symbol": "BTCUSDT",
            "side": "Buy",
            "orderType": "Limit",
            "qty": str(HALF),
            "price": f"{best - off:.1f}",
        }
        for off in (50, 60)
    ]
    placed = http.place_batch_order(category="linear", request=batch)["result"]["list"]
    http.amend_order(**linear, orderId=placed[0]["orderId"], qty=str(QTY))
    assert len(http.get_open_orders(**linear)["result"]["list"]) == 2
    assert len(http.cancel_all_orders(**linear)["result"]["list"]) == 2

    patiently(lambda: sum(each["topic"] == "execution" for each in own) >= 2)
    streamed = [row for each in own if each["topic"] == "execution" for row in each["data"]]
    executions = http.get_executions(category="linear")["result"]["list"]
    assert sorted(streamed, key=lambda row: -int(row["execId"])) == executions
    log = http.get_transaction_log()["result"]["list"]
    wallet = http.get_wallet_balance(accountType="UNIFIED")["result"]["list"][0]["coin"][0]["walletBalance"]
    assert [each["data"][0]["coin"][0]["walletBalance"] for each in own if each["topic"] == "wallet"][
        -1
    ] == wallet
    for each in (stream, private, trading):
        each.exit()
    must_agree(exchange, executions, log, wallet)


def test_clients_come_over_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Https and wss with the throw-away authority: for clients whose scheme cannot be changed."""
    ccxt = pytest.importorskip("ccxt", reason="ccxt (extra 'venues') is not installed")
    websocket = pytest.importorskip(
        "websocket", reason="websocket-client (comes with pybit) is not installed"
    )
    with served(tmp_path, *BUSY, "--tls") as exchange:
        client = ccxt_at(exchange, ccxt)
        with pytest.raises(ccxt.BaseError, match="GET https://"):
            client.fetch_time()

        monkeypatch.setenv("REQUESTS_CA_BUNDLE", exchange.told["ca"])
        client.session.trust_env = True
        symbol = next(iter(client.load_markets()))
        assert client.create_order(symbol, "market", "buy", QTY)["id"]
        trust = {"ca_certs": exchange.told["ca"]}
        stream = websocket.create_connection(exchange.told["ws_public"]["linear"], sslopt=trust, timeout=30)
        stream.send('{"op":"ping"}')
        assert '"pong"' in stream.recv()
        stream.close()
        assert exchange.stop()[0] == 0
