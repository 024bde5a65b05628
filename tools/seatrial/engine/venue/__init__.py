"""The venues: adapters between the execution core and exchange accounts; `VENUES` knows them by name."""

from ...model.registry import Registry
from .access import Kind
from .ccxt_venue import VENUE as CCXT

VENUES: Registry[Kind] = Registry("venue")
for _name, _venue in (("ccxt", CCXT),):
    VENUES.add(_name, _venue)
