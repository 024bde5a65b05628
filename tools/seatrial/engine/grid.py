"""Prices and quantities as text: exact decimals of ticks and lots, formatted once and kept."""

from decimal import Decimal

from ..model.instrument import Instrument

KEPT_MAX = 65_536
DECIMALS_LOW = -18


class Grid:
    """Decimal strings of one instrument's ticks and lots."""

    def __init__(self, instrument: Instrument) -> None:
        self._tick, self._half, self._lot = (
            instrument.tick_size,
            instrument.tick_size / 2,
            instrument.lot_size,
        )
        self._prices: dict[int, str] = {}
        self._mids: dict[int, str] = {}
        self._qtys: dict[int, str] = {}

    def price(self, ticks: int) -> str:
        """Return the price of that many ticks."""
        return self._prices.get(ticks) or _keep(self._prices, ticks, self._tick)

    def qty(self, lots: int) -> str:
        """Return the quantity of that many lots."""
        return self._qtys.get(lots) or _keep(self._qtys, lots, self._lot)

    def mid(self, twice: int) -> str | None:
        """Return the mid of a doubled mid in ticks; 0 is missing."""
        if twice == 0:
            return None
        return self._mids.get(twice) or _keep(self._mids, twice, self._half)


def money(value: Decimal) -> str:
    """Return an amount as plain decimal text, to 18 decimals, without trailing zeros."""
    if not value:
        return "0"
    text = f"{value:.18f}" if value.as_tuple().exponent < DECIMALS_LOW else f"{value:f}"  # type: ignore[operator]
    return text.rstrip("0").rstrip(".") if "." in text else text


def said(value: object) -> object:
    """Return a limit or a value as the journal has it: a decimal as its text, a number as it is."""
    return money(value) if isinstance(value, Decimal) else value


def _keep(kept: dict[int, str], count: int, step: Decimal) -> str:
    if len(kept) >= KEPT_MAX:
        kept.clear()
    kept[count] = text = money(step * count)
    return text
