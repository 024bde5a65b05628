"""File formats that can be imported, one member a file; the first that claims a file reads it."""

from . import binance_hourly as binance_hourly
from . import binance_ws as binance_ws
from .interface import IMPORTERS as IMPORTERS
