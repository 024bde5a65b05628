"""
From ccxt's dictionaries to the port's values, exactly.

ccxt is told to keep numbers as text, so no price passes through a float; a row that lacks what the
core needs makes its snapshot incomplete, it is never filled in.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeVar

from ...model.errors import UsageError, Where
from ...model.instrument import Contract, Instrument
from .port import Handle, VenueFill, VenueFunding, VenueOrder, VenuePosition

Item = TypeVar("Item")
Row = Mapping[str, Any]
Status = Literal["open", "canceled", "expired", "rejected", "filled"]
ZERO = Decimal(0)
NS_PER_MS = 1_000_000
_ENDED: dict[str, Status] = {"expired": "expired", "rejected": "rejected"}
_CLOSED = frozenset({"closed", "canceled", "cancelled", "filled"})
_DECIMAL_PLACES, _TICK_SIZE = 2, 4


class IncompleteRowError(ValueError):
    """A row lacks something that must not be guessed."""


def readable(rows: Sequence[Row], reader: Callable[[Row], Item]) -> tuple[list[Item], bool]:
    """Return what can be read, and whether that was everything."""
    items: list[Item] = []
    for row in rows:
        with suppress(IncompleteRowError):
            items.append(reader(row))
    return items, len(items) == len(rows)


def unique(items: Iterable[Item], key: Callable[[Item], object]) -> tuple[Item, ...]:
    """Return the last item of each key, in the order in which the keys came."""
    return tuple({key(item): item for item in items}.values())


def decimal(value: Any) -> Decimal | None:
    """Return a number of ccxt's exactly, None when there is none."""
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise IncompleteRowError(f"{value!r} is not a number") from error
    return number if number.is_finite() else None


def needed(row: Row, *names: str) -> Decimal:
    """Return the first of these fields that is there."""
    for name in names:
        if (value := decimal(row.get(name))) is not None:
            return value
    raise IncompleteRowError(f"a row without {names[0]}")


def stamp_ns(row: Row, *names: str) -> int:
    """Return the first of these times, given in milliseconds, in nanoseconds."""
    return int(needed(row, *names) * NS_PER_MS)


def instrument(market: Row, venue: str, mode: int) -> Instrument:
    """Return the filters of a market; one whose grid cannot be stated is refused."""
    precision, limits = market["precision"], market.get("limits") or {}
    contract = _contract(market)
    size = decimal(market.get("contractSize")) if market.get("contract") else None
    info = market.get("info") or {}
    filters = info.get("lotSizeFilter") or {} if isinstance(info, Mapping) else {}
    least = decimal((limits.get("cost") or {}).get("min")) or decimal(filters.get("minNotionalValue"))
    return Instrument(
        symbol=str(market["id"]),
        venue=venue,
        contract=contract,
        base=str(market["base"]),
        quote=str(market["quote"]),
        tick_size=_step(market, precision.get("price"), mode, "price"),
        lot_size=_step(market, precision.get("amount"), mode, "amount"),
        contract_size=size or Decimal(1),
        min_notional=least or ZERO,
    )


def _contract(market: Row) -> Contract:
    if not market.get("contract"):
        return Contract.SPOT
    return Contract.INVERSE if market.get("inverse") else Contract.LINEAR


def _step(market: Row, value: Any, mode: int, what: str) -> Decimal:
    number = decimal(value)
    if number is not None and mode == _TICK_SIZE and number > 0:
        return number
    if number is not None and mode == _DECIMAL_PLACES:
        return Decimal(1).scaleb(-int(number))
    raise UsageError(
        f"{market['id']} has no fixed step of its {what}",
        where=Where(field="market.symbols"),
        fix="a venue that counts significant digits has no grid that an order can be checked against",
    )


def order(row: Row, symbol: str) -> VenueOrder:
    """Return an order; its state follows from the quantities where ccxt's word does not tell."""
    qty, filled = needed(row, "amount"), decimal(row.get("filled")) or ZERO
    side = row.get("side")
    if side not in {"buy", "sell"}:
        raise IncompleteRowError("an order without a side")
    return VenueOrder(
        handle=handle(row, symbol),
        side=side,
        price=decimal(row.get("price")),
        qty=qty,
        filled=filled,
        status=status(row.get("status"), qty, filled),
        ts_ns=stamp_ns(row, "lastUpdateTimestamp", "lastTradeTimestamp", "timestamp"),
        reduce_only=bool(row.get("reduceOnly")),
    )


def handle(row: Row, symbol: str) -> Handle:
    """Return what names an order."""
    venue_id = row.get("id")
    return Handle(str(row.get("clientOrderId") or ""), symbol, None if venue_id is None else str(venue_id))


def status(word: Any, qty: Decimal, filled: Decimal) -> Status:
    """
    Return an order's state.

    ccxt calls an order that was cancelled after a partial fill `closed`, as it calls a filled one,
    and a cancel that is under way `open`: the quantities decide. A word that ccxt passes through
    because it does not know it is not guessed at.
    """
    if word == "open":
        return "open"
    if word in _ENDED:
        return "filled" if filled >= qty > 0 else _ENDED[str(word)]
    if word in _CLOSED:
        return "filled" if filled >= qty > 0 else "canceled"
    raise IncompleteRowError(f"an order in the unknown state {word!r}")


def fill(row: Row, symbol: str, client_id: str) -> VenueFill:
    """Return an execution; its fee is turned into a signed cash effect (ccxt: paid is positive)."""
    side, trade_id = row.get("side"), row.get("id")
    if side not in {"buy", "sell"} or trade_id is None:
        raise IncompleteRowError("an execution without side or id")
    fee, currency = _fee(row)
    order_id, role = row.get("order"), row.get("takerOrMaker")
    return VenueFill(
        handle=Handle(client_id, symbol, None if order_id is None else str(order_id)),
        trade_id=str(trade_id),
        side=side,
        price=needed(row, "price"),
        qty=needed(row, "amount"),
        fee=fee,
        fee_currency=currency,
        maker=None if role is None else role == "maker",
        ts_ns=stamp_ns(row, "timestamp"),
    )


def _fee(row: Row) -> tuple[Decimal, str]:
    listed = [fee for fee in (row.get("fees") or [row.get("fee")]) if fee and fee.get("cost") is not None]
    currencies = {str(fee.get("currency")) for fee in listed}
    if len(currencies) != 1 or "None" in currencies:
        raise IncompleteRowError("an execution without one fee in one currency")
    return -sum((needed(fee, "cost") for fee in listed), ZERO), currencies.pop()


def funding(row: Row) -> VenueFunding:
    """Return a settlement of Bybit's account log: `funding` is positive when it was received."""
    return VenueFunding(
        symbol=str(row["symbol"]),
        funding_id=str(row["id"]),
        amount=decimal(row.get("funding")) or ZERO,
        ts_ns=stamp_ns(row, "transactionTime"),
        rate=decimal(row.get("feeRate")),
    )


def position(row: Row, symbol: str, now_ns: int) -> VenuePosition:
    """Return a position; long and short of a hedge mode are no position of ours."""
    qty = decimal(row.get("contracts")) or ZERO
    info = row.get("info")
    index = str(info.get("positionIdx", "0")) if isinstance(info, Mapping) else "0"
    if row.get("hedged") is True or index not in {"0", ""}:
        raise UsageError(
            f"the account holds {symbol} in hedge mode",
            where=Where(field="live.venue"),
            fix="set the account to one-way positions; long and short at once cannot be reconciled",
        )
    signed = -qty if row.get("side") == "short" else qty
    moment = decimal(row.get("lastUpdateTimestamp")) or decimal(row.get("timestamp"))
    entry = decimal(row.get("entryPrice")) if qty else None
    return VenuePosition(symbol, signed, entry or None, int(moment * NS_PER_MS) if moment else now_ns)
