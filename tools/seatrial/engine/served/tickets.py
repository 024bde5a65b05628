"""
Orders as clients write them, read into ticks and lots, or refused in the venue's words.

What this exchange does not have (conditional orders, attached stops, hedge mode, spot margin) is
refused by name: an order that is quietly taken as something else would falsify a trial.
"""

import re
from decimal import Decimal, DecimalException
from functools import lru_cache
from typing import Any

from ...model.instrument import Contract
from ..exchange import layout as L  # noqa: N812  (the layout's names are its vocabulary)
from .interface import Ticket
from .orders import TIF_CODES, Order
from .refusals import BAD_PRICE, DUPLICATE_LINK, SMALL, Refusal, bad, refusal
from .symbols import LARGE
from .venue import Venue

LINK = re.compile(r"[A-Za-z0-9_.:\-]{1,45}")
NUMBER_LENGTH_MAX = 40
EXPONENT_MAX = 30
BAND = 10  # a price this many times away from the market is a slip of the keyboard
SIDES = {"Buy": 0, "Sell": 1}
DEPTH_LOOKED_AT = 500
# Fields whose presence would make another kind of order of it.
UNSERVED = (
    "triggerPrice",
    "takeProfit",
    "stopLoss",
    "tpLimitPrice",
    "slLimitPrice",
    "bboSideType",
    "orderIv",
)
EMPTY = {"", "0", "0.0", "None"}


def read_ticket(venue: Venue, fields: dict[str, Any]) -> Ticket:
    """Return the order that a client's fields mean."""
    _must_be_served(fields)
    category = text(fields, "category")
    at = venue.symbols.index(category, text(fields, "symbol"))
    instrument = venue.instruments[at]
    side = SIDES.get(text(fields, "side"))
    if side is None:
        raise bad("side")
    market = _is_market(fields)
    tif = L.IOC if market else TIF_CODES.get(text(fields, "timeInForce") or "GTC", -1)
    if tif < 0:
        raise bad("timeInForce")
    px = 0 if market else _price(venue, at, fields)
    reduce_only = flag(fields, "reduceOnly") or flag(fields, "closeOnTrigger")
    if reduce_only and category == "spot":
        raise bad("reduceOnly", "is not for spot")
    qty = _quantity(venue, at, fields, (side, px, market, reduce_only))
    link = text(fields, "orderLinkId")
    if link and not LINK.fullmatch(link):
        raise bad("orderLinkId")
    if link and venue.orders.find("", link) is not None:
        raise refusal(DUPLICATE_LINK, category)
    least = instrument.min_notional
    if least and not market and not reduce_only and venue.account.units[at](px, qty) < least:
        raise refusal(SMALL, category)
    return Ticket(at, side, px, qty, tif, market, reduce_only, link)


def read_change(venue: Venue, order: Order, fields: dict[str, Any]) -> tuple[int, int]:
    """Return the price and the total quantity that an amendment asks for."""
    _must_be_served(fields)
    price, qty = text(fields, "price"), text(fields, "qty")
    px = order.px if price in EMPTY else _price(venue, order.instrument, fields)
    lots = order.qty if qty in EMPTY else _lots(venue, order.instrument, qty)
    if (px, lots) == (order.px, order.qty):
        raise bad(
            "price, qty", "the order remains unchanged as the parameters entered match the existing ones"
        )
    return px, lots


def number(given: str, field: str) -> Decimal:
    """Return a positive decimal of sensible size."""
    try:
        value = Decimal(given) if len(given) <= NUMBER_LENGTH_MAX else Decimal("NaN")
    except DecimalException:
        raise bad(field) from None
    if not value.is_finite() or value <= 0 or abs(value.adjusted()) > EXPONENT_MAX:
        raise bad(field)
    return value


def text(fields: dict[str, Any], name: str) -> str:
    """Return a field as text; what is no text and no number is refused."""
    value = fields.get(name)
    if value.__class__ is str:
        return str(value)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise bad(name)
    return str(value)


def flag(fields: dict[str, Any], name: str) -> bool:
    """Return a field that is true or false, however it is written."""
    value = fields.get(name)
    return value is True or value in {"true", "True"} if not isinstance(value, dict | list) else False


def _must_be_served(fields: dict[str, Any]) -> None:
    for name in UNSERVED:
        if name in fields and text(fields, name) not in EMPTY:
            raise bad(name, "is not served: this exchange has no conditional orders and no attached stops")
    if text(fields, "positionIdx") not in EMPTY:
        raise bad("positionIdx", "not match position mode: positions are one-way here")
    if text(fields, "isLeverage") not in EMPTY:
        raise bad("isLeverage", "is not served: spot is not traded on margin here")
    if text(fields, "orderFilter") not in {*EMPTY, "Order"}:
        raise bad("orderFilter", "is not served: there are plain orders only")


def _is_market(fields: dict[str, Any]) -> bool:
    kind = text(fields, "orderType")
    if kind not in {"Market", "Limit"}:
        raise bad("orderType")
    return kind == "Market"


def _price(venue: Venue, at: int, fields: dict[str, Any]) -> int:
    instrument = venue.instruments[at]
    px = _counted(text(fields, "price"), "price", instrument.tick_size)
    if px is None:
        spot = instrument.contract is Contract.SPOT
        raise (
            Refusal(170134, "Order price has too many decimals.") if spot else bad("price", "is off the tick")
        )
    twice = venue.known_mid2(at)
    if not 0 < px < 2**31 or (twice and not twice / BAND < 2 * px < twice * BAND):
        raise refusal(BAD_PRICE, venue.symbols.names[at][0])
    return px


def _lots(venue: Venue, at: int, given: str) -> int:
    instrument = venue.instruments[at]
    lots = _counted(given, "qty", instrument.lot_size)
    if lots is None:
        spot = instrument.contract is Contract.SPOT
        raise (
            Refusal(170137, "Order volume has too many decimals.") if spot else bad("qty", "is off the step")
        )
    if not 0 < lots <= LARGE:
        raise bad("qty", "is beyond the largest order")
    return lots


def _quantity(venue: Venue, at: int, fields: dict[str, Any], kind: tuple[int, int, bool, bool]) -> int:
    side, _, market, reduce_only = kind
    given = text(fields, "qty")
    instrument = venue.instruments[at]
    if given in EMPTY and reduce_only:
        # The venue's way of saying: all of the position.
        lots = abs(venue.scribe.ledgers[at].lots)
        if lots == 0:
            raise Refusal(110017)
        return lots
    unit = text(fields, "marketUnit")
    if unit not in {"", "baseCoin", "quoteCoin"}:
        raise bad("marketUnit")
    if market and instrument.contract is Contract.SPOT:
        quoted = unit == "quoteCoin" or (not unit and side == 0)
        if quoted:
            return _bought_for(venue, at, side, number(given, "qty"))
    return _lots(venue, at, given)


def _bought_for(venue: Venue, at: int, side: int, amount: Decimal) -> int:
    """Return how many lots a spot market order of `amount` quote coins gets from the book as it is."""
    unit = venue.account.units[at]
    bids, asks = venue.shown.depth(at, DEPTH_LOOKED_AT)
    lots = 0
    for px, free in asks if side == 0 else bids:
        one = unit(px, 1)
        got = min(free, int(amount / one))
        lots, amount = lots + got, amount - one * got
        if got < free:
            break
    if lots == 0:
        raise refusal(SMALL, "spot")
    return min(lots, LARGE)


@lru_cache(maxsize=8_192)
def _counted(given: str, field: str, step: Decimal) -> int | None:
    """Return how many steps a number is, None off the grid; bots write the same ones again and again."""
    count = number(given, field) / step
    return int(count) if count == count.to_integral_value() and count < 2**62 else None
