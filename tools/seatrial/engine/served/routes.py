"""The paths of the REST interface: what answers them, who may ask, and how often."""

from collections.abc import Callable
from typing import Any, NamedTuple

from .answers import Fields, Later
from .history import Past
from .public import Public
from .standing import Standing
from .trading import Trading

# Requests a second that the venue lets one account make, by its documentation's tables.
READ, TRADE, BATCH, ACCOUNT = 50, 10, 10, 50


class Route(NamedTuple):
    """One path: its answer, whether it must be signed, whether it acts, and its limit a second."""

    answer: Callable[[Fields], Any | Later]
    signed: bool = False
    acts: bool = False
    limit: int = READ


def routes(public: Public, trading: Trading, past: Past, standing: Standing) -> dict[tuple[str, str], Route]:
    """Return every route by method and path."""
    return {
        ("GET", "/v5/market/time"): Route(public.time),
        ("GET", "/v5/market/instruments-info"): Route(public.instruments),
        ("GET", "/v5/market/orderbook"): Route(public.orderbook),
        ("GET", "/v5/market/tickers"): Route(public.tickers),
        ("GET", "/v5/market/recent-trade"): Route(public.trades),
        ("GET", "/v5/market/kline"): Route(public.kline),
        ("GET", "/v5/market/funding/history"): Route(public.fundings),
        ("GET", "/v5/market/risk-limit"): Route(public.risk_limits),
        ("POST", "/v5/order/create"): Route(trading.create, signed=True, acts=True, limit=TRADE),
        ("POST", "/v5/order/amend"): Route(trading.amend, signed=True, acts=True, limit=TRADE),
        ("POST", "/v5/order/cancel"): Route(trading.cancel, signed=True, acts=True, limit=TRADE),
        ("POST", "/v5/order/cancel-all"): Route(trading.cancel_all, signed=True, acts=True, limit=TRADE),
        ("POST", "/v5/order/create-batch"): Route(trading.create_batch, signed=True, acts=True, limit=BATCH),
        ("POST", "/v5/order/amend-batch"): Route(trading.amend_batch, signed=True, acts=True, limit=BATCH),
        ("POST", "/v5/order/cancel-batch"): Route(trading.cancel_batch, signed=True, acts=True, limit=BATCH),
        ("POST", "/v5/order/disconnected-cancel-all"): Route(standing.set_dcp, signed=True, limit=TRADE),
        ("GET", "/v5/order/realtime"): Route(past.realtime, signed=True),
        ("GET", "/v5/order/history"): Route(past.orders, signed=True),
        ("GET", "/v5/execution/list"): Route(past.executions, signed=True),
        ("GET", "/v5/position/list"): Route(standing.positions, signed=True),
        ("POST", "/v5/position/set-leverage"): Route(standing.set_leverage, signed=True, limit=TRADE),
        ("POST", "/v5/position/switch-mode"): Route(standing.switch_mode, signed=True, limit=TRADE),
        ("POST", "/v5/position/trading-stop"): Route(standing.trading_stop, signed=True, limit=TRADE),
        ("GET", "/v5/account/wallet-balance"): Route(standing.wallet, signed=True, limit=ACCOUNT),
        ("GET", "/v5/account/fee-rate"): Route(standing.fee_rates, signed=True, limit=TRADE),
        ("GET", "/v5/account/transaction-log"): Route(past.log, signed=True),
        ("GET", "/v5/account/info"): Route(standing.info, signed=True, limit=ACCOUNT),
        ("GET", "/v5/account/query-dcp-info"): Route(standing.dcp, signed=True, limit=ACCOUNT),
        ("GET", "/v5/user/query-api"): Route(standing.key, signed=True, limit=TRADE),
        ("GET", "/v5/asset/coin/query-info"): Route(standing.coins, signed=True, limit=TRADE),
    }


# The trade WebSocket's operations and the paths whose twins they are.
OPERATIONS = {
    "order.create": "/v5/order/create",
    "order.amend": "/v5/order/amend",
    "order.cancel": "/v5/order/cancel",
    "order.create-batch": "/v5/order/create-batch",
    "order.amend-batch": "/v5/order/amend-batch",
    "order.cancel-batch": "/v5/order/cancel-batch",
}
