"""
A Bybit of the tests' own: enough of the v5 REST protocol over real sockets, with checked signatures.

It keeps one account, and misbehaves on demand: it is slow, answers 5xx, closes the connection
before or after it has acted, or says something that is no JSON.
"""

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from seatrial.store.clock import monotonic_ns, utc_now_ns

KEY, SECRET = "key-of-the-tests", "secret-of-the-tests"
Trouble = Literal["busy", "drop_before", "drop_after", "garbage", "limited", "slow", "forbidden"]
Fields = dict[str, Any]


class Refused(Exception):  # noqa: N818 -- a return code of the protocol
    """A structured refusal: a return code and its message."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(message)


def instrument(symbol: str, tick: str, lot: str, least: str, *, inverse: bool = False) -> Fields:
    """A contract as the venue lists it."""
    base = symbol[:3]
    return {
        "symbol": symbol, "contractType": "InversePerpetual" if inverse else "LinearPerpetual",
        "status": "Trading", "baseCoin": base, "quoteCoin": "USD" if inverse else "USDT",
        "settleCoin": base if inverse else "USDT", "launchTime": "1585526400000", "deliveryTime": "0",
        "deliveryFeeRate": "", "priceScale": "2",
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {"minPrice": tick, "maxPrice": "1999999.80", "tickSize": tick},
        "lotSizeFilter": {
            "maxOrderQty": "1190.000", "minOrderQty": "1" if inverse else lot, "qtyStep": lot,
            "postOnlyMaxOrderQty": "1190.000", "minNotionalValue": least,
        },
        "unifiedMarginTrade": True, "fundingInterval": 480,
    }  # fmt: skip


@dataclass
class Account:
    """The venue's books."""

    orders: dict[str, Fields] = field(default_factory=dict)
    executions: list[Fields] = field(default_factory=list)
    positions: dict[str, Fields] = field(default_factory=dict)
    log: list[Fields] = field(default_factory=list)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    page: int = 50
    book: tuple[str, str] = ("63999.90", "64000.00")


@dataclass
class Bybit:
    """The server: `url` is its address; `troubles` maps a path to what is to go wrong, and how often."""

    account: Account = field(default_factory=Account)
    troubles: dict[str, tuple[Trouble, int]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bad_signatures: int = 0
    slow_s: float = 0.5
    down_until_ns: int = 0
    url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    linear: tuple[Fields, ...] = (
        instrument("BTCUSDT", "0.10", "0.001", "5"),
        instrument("ETHUSDT", "0.01", "0.01", "5"),
    )
    inverse: tuple[Fields, ...] = (instrument("BTCUSD", "0.50", "1", "", inverse=True),)

    def down_for(self, seconds: float) -> None:
        """Answer every request with 503 for so long."""
        self.down_until_ns = monotonic_ns() + int(seconds * 1e9)

    def trouble(self, path: str) -> Trouble | None:
        """Take the trouble that the next request to a path is to have."""
        if monotonic_ns() < self.down_until_ns:
            return "busy"
        with self.lock:
            kind, left = self.troubles.get(path, self.troubles.get("*", (None, 0)))
            if kind is None or left <= 0:
                return None
            self.troubles["*" if path not in self.troubles else path] = (kind, left - 1)
            return kind

    # -- what the tests do to it --------------------------------------------------------------------

    def execute(
        self, order_id: str, qty: str, *, maker: bool = True, fee: str = "0.0128", coin: str = "USDT"
    ) -> None:
        """Fill a part of an order."""
        with self.lock:
            order = self.account.orders[order_id]
            done = Decimal(order["cumExecQty"]) + Decimal(qty)
            order["cumExecQty"], order["leavesQty"] = str(done), str(Decimal(order["qty"]) - done)
            order["orderStatus"] = "Filled" if done == Decimal(order["qty"]) else "PartiallyFilled"
            order["updatedTime"] = _now()
            self.account.executions.insert(0, {
                "symbol": order["symbol"], "orderLinkId": order["orderLinkId"], "side": order["side"],
                "orderId": order_id, "execTime": _now(), "isMaker": maker, "execFee": fee,
                "feeRate": "0.0002",
                "execId": f"e{next(self.account.numbers)}", "execPrice": order["price"],
                "orderQty": order["qty"],
                "orderPrice": order["price"], "execValue": "0", "execType": "Trade", "execQty": qty,
                "feeCurrency": coin, "feeCoin": coin, "createType": "CreateByUser",
            })  # fmt: skip
            signed = Decimal(qty) * (1 if order["side"] == "Buy" else -1)
            held = self.account.positions.setdefault(order["symbol"], {"size": "0", "positionIdx": 0})
            held["size"] = str(Decimal(held["size"]) + signed)

    def settle(self, symbol: str, funding: str, *, ago_ms: int = 0) -> None:
        """Book a funding payment; received is positive."""
        with self.lock:
            self.account.log.append({
                "id": f"s{next(self.account.numbers)}", "symbol": symbol, "type": "SETTLEMENT",
                "funding": funding, "feeRate": "0.0001", "currency": "USDT",
                "transactionTime": str(int(_now()) - ago_ms),
            })  # fmt: skip

    def open_ids(self) -> list[str]:
        """The orders that rest."""
        with self.lock:
            return [key for key, order in self.account.orders.items() if _is_open(order)]

    # -- the protocol -------------------------------------------------------------------------------

    def answer(self, method: str, path: str, params: Fields) -> Fields:
        """Return the result of one request."""
        routes: dict[tuple[str, str], Callable[[Fields], Fields]] = {
            ("GET", "/v5/market/time"): lambda _: {"timeSecond": _now()[:-3], "timeNano": _now() + "000000"},
            ("GET", "/v5/market/instruments-info"): self._instruments,
            ("GET", "/v5/market/orderbook"): self._book,
            ("GET", "/v5/user/query-api"): lambda _: {"unified": 0, "uta": 1, "permissions": {}},
            ("GET", "/v5/account/info"): lambda _: {"unifiedMarginStatus": 5, "dcpStatus": "OFF"},
            ("GET", "/v5/account/wallet-balance"): self._wallet,
            ("GET", "/v5/account/transaction-log"): self._settlements,
            ("GET", "/v5/order/realtime"): self._realtime,
            ("GET", "/v5/order/history"): self._history,
            ("GET", "/v5/execution/list"): self._executions,
            ("GET", "/v5/position/list"): self._positions,
            ("POST", "/v5/order/create"): self._create,
            ("POST", "/v5/order/amend"): self._amend,
            ("POST", "/v5/order/cancel"): self._cancel,
            ("POST", "/v5/order/cancel-all"): self._cancel_all,
        }
        route = routes.get((method, path))
        if route is None:
            raise Refused(10_001, f"no such path {path}")
        with self.lock:
            return route(params)

    def _instruments(self, params: Fields) -> Fields:
        listed = self.inverse if params.get("category") == "inverse" else self.linear
        if params.get("status") == "PreLaunch" or params.get("category") not in {"linear", "inverse"}:
            listed = ()
        return {"category": params.get("category"), "list": list(listed), "nextPageCursor": ""}

    def _book(self, params: Fields) -> Fields:
        bid, ask = self.account.book
        return {
            "s": params["symbol"],
            "b": [[bid, "1.500"]],
            "a": [[ask, "2.000"]],
            "ts": int(_now()),
            "u": 1,
        }

    def _settlements(self, params: Fields) -> Fields:
        assert params["type"] == "SETTLEMENT"
        assert int(params["endTime"]) - int(params["startTime"]) <= 7 * 86_400_000
        from_ms, until_ms = int(params["startTime"]), int(params["endTime"])
        rows = [row for row in self.account.log if from_ms <= int(row["transactionTime"]) <= until_ms]
        return self._paged(rows, params)

    def _wallet(self, _: Fields) -> Fields:
        coin = {"coin": "USDT", "walletBalance": "1000.123456789012345678", "locked": "0", "equity": "1000.1"}
        return {"list": [{"accountType": "UNIFIED", "coin": [coin]}]}

    def _paged(self, rows: list[Fields], params: Fields) -> Fields:
        size = min(int(params.get("limit", 20)), self.account.page)
        start = int(params.get("cursor") or 0)
        more = str(start + size) if start + size < len(rows) else ""
        found = {"category": params.get("category"), "list": rows[start : start + size]}
        return found | {"nextPageCursor": more} if more else found

    def _wanted(self, params: Fields, *, is_open: bool) -> list[Fields]:
        settle = params.get("settleCoin")
        return [
            dict(order)
            for order in self.account.orders.values()
            if _is_open(order) is is_open
            and params.get("symbol") in {None, order["symbol"]}
            and (settle is None or order["symbol"].endswith(settle) or settle == "BTC")
            and params.get("orderId") in {None, order["orderId"]}
            and params.get("orderLinkId") in {None, order["orderLinkId"]}
        ]

    def _realtime(self, params: Fields) -> Fields:
        return self._paged(self._wanted(params, is_open=True), params)

    def _history(self, params: Fields) -> Fields:
        return self._paged(self._wanted(params, is_open=False), params)

    def _executions(self, params: Fields) -> Fields:
        # As the venue does: a list reaches seven days, from its start or up to its end.
        since = int(params.get("startTime", 0))
        until = int(params.get("endTime", since + 7 * 86_400_000 if since else _now()))
        if until - since > 7 * 86_400_000 and "startTime" in params:
            raise Refused(10_001, "The time range between startTime and endTime cannot exceed 7 days")
        rows = [
            row
            for row in self.account.executions
            if since <= int(row["execTime"]) <= until and params.get("symbol") in {None, row["symbol"]}
        ]
        return self._paged([dict(row) for row in rows], params)

    def _positions(self, params: Fields) -> Fields:
        held = self.account.positions.get(params.get("symbol", ""), {"size": "0", "positionIdx": 0})
        size = Decimal(held["size"])
        row = {
            "symbol": params["symbol"], "leverage": "10", "updatedTime": _now(), "createdTime": _now(),
            "side": "Buy" if size > 0 else "Sell" if size < 0 else "", "size": str(abs(size)),
            "positionIdx": held["positionIdx"], "avgPrice": "64000.1" if size else "0", "positionValue": "1",
            "markPrice": "64000", "unrealisedPnl": "", "positionIM": "1", "positionMM": "1", "tradeMode": 0,
        }  # fmt: skip
        return {"category": params.get("category"), "list": [row]}

    def _create(self, params: Fields) -> Fields:
        used = {order["orderLinkId"] for order in self.account.orders.values()}
        if params.get("orderLinkId") in used:
            raise Refused(110_072, "OrderLinkedID is duplicate")
        if Decimal(params["qty"]) > 1000:
            raise Refused(110_007, "ab not enough for new order")
        if params.get("positionIdx") not in {None, 0}:
            raise Refused(10_001, "position idx not match position mode")
        order_id = f"b{next(self.account.numbers)}"
        self.account.orders[order_id] = {
            "orderId": order_id, "orderLinkId": params.get("orderLinkId", ""), "symbol": params["symbol"],
            "side": params["side"], "orderType": params["orderType"], "price": params.get("price", "0"),
            "qty": params["qty"], "cumExecQty": "0", "leavesQty": params["qty"], "avgPrice": "",
            "orderStatus": "New", "timeInForce": params.get("timeInForce", "GTC"),
            "reduceOnly": params.get("reduceOnly", False), "createdTime": _now(), "updatedTime": _now(),
            "cumExecValue": "0", "cumExecFee": "0", "rejectReason": "EC_NoError", "positionIdx": 0,
        }  # fmt: skip
        return {"orderId": order_id, "orderLinkId": params.get("orderLinkId", "")}

    def _named(self, params: Fields) -> Fields:
        for order in self.account.orders.values():
            by_id = params.get("orderId") == order["orderId"]
            by_link = params.get("orderId") is None and params.get("orderLinkId") == order["orderLinkId"]
            if (by_id or by_link) and _is_open(order):
                return order
        raise Refused(110_001, "order not exists or too late to cancel")

    def _amend(self, params: Fields) -> Fields:
        order = self._named(params)
        order["price"] = params.get("price", order["price"])
        order["qty"] = params.get("qty", order["qty"])
        order["leavesQty"] = str(Decimal(order["qty"]) - Decimal(order["cumExecQty"]))
        return {"orderId": order["orderId"], "orderLinkId": order["orderLinkId"]}

    def _cancel(self, params: Fields) -> Fields:
        order = self._named(params)
        partly = Decimal(order["cumExecQty"]) > 0
        order["orderStatus"] = "PartiallyFilledCanceled" if partly else "Cancelled"
        return {"orderId": order["orderId"], "orderLinkId": order["orderLinkId"]}

    def _cancel_all(self, params: Fields) -> Fields:
        gone = self._wanted(params, is_open=True)
        for order in gone:
            self._cancel({"orderId": order["orderId"]})
        return {
            "list": [{"orderId": order["orderId"], "orderLinkId": order["orderLinkId"]} for order in gone]
        }


def _is_open(order: Fields) -> bool:
    return order["orderStatus"] in {"New", "PartiallyFilled"}


def _now() -> str:
    return str(utc_now_ns() // 1_000_000)


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    bybit: Bybit

    def do_GET(self) -> None:
        """Answer a question."""
        parts = urlsplit(self.path)
        self._answer("GET", parts.path, dict(parse_qsl(parts.query)), parts.query)

    def do_POST(self) -> None:
        """Answer a request."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        self._answer("POST", urlsplit(self.path).path, json.loads(body or "{}"), body)

    def _answer(self, method: str, path: str, params: Fields, signed: str) -> None:
        server = self.bybit
        with server.lock:
            server.asked.append(path)
        trouble = server.trouble(path)
        if trouble == "slow":
            threading.Event().wait(server.slow_s)
        if trouble == "drop_before":
            self.close_connection = True
            return
        if trouble in {"busy", "limited", "forbidden"}:
            status = {"busy": 503, "limited": 429, "forbidden": 403}[trouble]
            self._write(status, b"<html>no</html>", {"Retry-After": "2"} if trouble == "limited" else {})
            return
        document = self._result(method, path, params, signed)
        if trouble == "drop_after":
            self.close_connection = True
            return
        self._write(200, b"<html>hm" if trouble == "garbage" else json.dumps(document).encode())

    def _result(self, method: str, path: str, params: Fields, signed: str) -> Fields:
        code, message, result = 0, "OK", Fields()
        try:
            if not path.startswith("/v5/market/"):
                self._check(signed)
            result = self.bybit.answer(method, path, params)
        except Refused as refused:
            code, message = refused.code, refused.message
        return {"retCode": code, "retMsg": message, "result": result, "retExtInfo": {}, "time": int(_now())}

    def _check(self, signed: str) -> None:
        head = self.headers
        stamp, window = head.get("X-BAPI-TIMESTAMP", ""), head.get("X-BAPI-RECV-WINDOW", "")
        text = f"{stamp}{head.get('X-BAPI-API-KEY', '')}{window}{signed}"
        expected = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).hexdigest()
        if head.get("X-BAPI-API-KEY") != KEY or head.get("X-BAPI-SIGN") != expected:
            self.bybit.bad_signatures += 1
            raise Refused(10_004, "error sign!")

    def _write(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


class _Server(ThreadingHTTPServer):
    """Says nothing of clients that went away: that is what some tests are about."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet."""


@contextmanager
def serving(bybit: Bybit) -> Iterator[Bybit]:
    """Serve on a free port of the loopback while the block runs."""
    handler = type("Handler", (_Handler,), {"bybit": bybit})
    server = _Server(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    bybit.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield bybit
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
