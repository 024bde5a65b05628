"""The bots whose own files can be read, one member a file; without a name, the first that claims a file."""

from . import ccxt as ccxt
from . import freqtrade as freqtrade
from . import hummingbot as hummingbot
from . import jsonl as jsonl
from . import nautilus as nautilus
from .interface import BOT_FILES as BOT_FILES
