"""File formats that can be imported, one member a file; the first that claims a file reads it."""

from . import best_quotes as best_quotes
from . import binance_archive as binance_archive
from . import binance_hourly as binance_hourly
from . import binance_records as binance_records
from . import binance_ws as binance_ws
from . import bitstamp as bitstamp
from . import bybit as bybit
from . import bybit_trades as bybit_trades
from . import hftbacktest_npz as hftbacktest_npz
from . import hummingbot as hummingbot
from . import hyperliquid as hyperliquid
from . import ohlcv as ohlcv
from . import okx as okx
from . import tardis as tardis
from .interface import IMPORTERS as IMPORTERS
