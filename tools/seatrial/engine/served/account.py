"""
The one unified account: wallets by coin, positions, margin, and the log of every change of cash.

Positions and their money are the record's own ledgers. Every row of the log says by how much a
wallet changed and where it then stood, so that the log always sums to the wallet.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Any

from ...model.instrument import Contract, Instrument
from ...model.profile import ExchangeSettings, FeeSettings
from ..execution.ledger import EXACT, Fee, Ledger
from ..grid import money
from .symbols import Symbols

ZERO = Decimal(0)
LOG_MAX = 20_000
STABLE = {"USDT", "USDC", "USD", "FDUSD"}


class Unit:
    """How much of an instrument is worth, and at what average price."""

    def __init__(self, instrument: Instrument) -> None:
        self.instrument, self._tick = instrument, instrument.tick_size
        self._lot = instrument.lot_size * instrument.contract_size
        self._inverse = instrument.contract is Contract.INVERSE

    def __call__(self, px: int | Decimal, lots: int) -> Decimal:
        """Return the value of `lots` at `px` ticks in the settlement coin."""
        size, price = EXACT.multiply(self._lot, abs(lots)), EXACT.multiply(self._tick, px)
        return EXACT.divide(size, price) if self._inverse else EXACT.multiply(size, price)

    def average(self, value: Decimal, lots: int) -> Decimal:
        """Return the average price of `lots` that were worth `value`."""
        with localcontext(EXACT):
            size = self.instrument.lot_size * abs(lots) * self.instrument.contract_size
            return size / value if self.instrument.contract is Contract.INVERSE else value / size


class SpotLedger(Ledger):
    """A spot ledger as the venue charges it: a buyer pays the fee in what was bought."""

    buying = False

    def fill(self, side: int, ticks: int, lots: int, *, maker: bool) -> tuple[Decimal, Fee]:
        """Book a fill; see `Ledger.fill`."""
        self.buying = side == 0
        return super().fill(side, ticks, lots, maker=maker)

    def fee(self, notional: Decimal, ticks: int, *, maker: bool) -> Fee:
        """Return the fee, in the base coin when it was a buy."""
        fee = super().fee(notional, ticks, maker=maker)
        if not self.buying or fee.currency != self.instrument.settle or fee.settled is None:
            return fee
        return Fee(fee.settled / (self.instrument.tick_size * ticks), self.instrument.base, fee.settled)


@dataclass(slots=True)
class LogRow:
    """One change of one wallet."""

    number: int
    ts_ns: int
    coin: str
    kind: str
    change: str
    balance: str
    instrument: int = -1
    side: str = "None"
    qty: str = "0"
    size: str = "0"
    price: str = ""
    fee: str = "0"
    funding: str = ""
    cash_flow: str = "0"
    fee_rate: str = "0"
    order_id: str = ""
    link_id: str = ""
    trade_id: str = ""


class Account:
    """Wallets, leverage and the log; `mid2` gives an instrument's doubled mid in ticks (0: none)."""

    def __init__(
        self, symbols: Symbols, ledgers: list[Ledger], settings: ExchangeSettings, mid2: Callable[[int], int]
    ) -> None:
        self.symbols, self.ledgers, self.settings, self._mid2 = symbols, ledgers, settings, mid2
        self.units = [Unit(instrument) for instrument in symbols.instruments]
        self.leverage = [settings.leverage] * len(ledgers)
        self.wallets: dict[str, Decimal] = {}
        self.log: deque[LogRow] = deque(maxlen=LOG_MAX)
        self._rows = 0
        spot = [instrument.contract is Contract.SPOT for instrument in symbols.instruments]
        self._contracts = {
            coin: [at for at in range(len(ledgers)) if symbols.settle(at) == coin and not spot[at]]
            for coin in {symbols.settle(at) for at in range(len(ledgers))}
        }

    # -- what happened ------------------------------------------------------------------------------

    def open(self, now_ns: int) -> None:
        """Put the opening balances in."""
        opening: dict[str, Decimal] = {}
        for at, ledger in enumerate(self.ledgers):
            coin = self.symbols.settle(at)
            opening[coin] = opening.get(coin, ZERO) + ledger.opening
        for coin, amount in opening.items():
            row = self._change(now_ns, coin, "TRANSFER_IN", amount)
            row.cash_flow = money(amount)

    def filled(self, ts_ns: int, instrument: int, told: dict[str, Any], realized: Decimal) -> list[LogRow]:
        """Book a fill that the record told as `told` and that realised so much; return the log's rows."""
        fee = Decimal(told["fee"])
        if self.symbols.instruments[instrument].contract is Contract.SPOT:
            return self._swapped(ts_ns, instrument, told, fee)
        settle, coin = self.symbols.settle(instrument), self.fee_coin(instrument, told)
        with localcontext(EXACT):
            row = self._change(ts_ns, settle, "TRADE", realized + (fee if coin == settle else ZERO))
            row.cash_flow = money(realized)
            row.fee = money(-fee) if coin == settle else "0"
        rows = [row]
        if coin != settle:
            rows.append(self._charged(ts_ns, coin, fee))
        for each in rows:
            each.instrument, each.size = instrument, told["position"]
        return rows

    def _swapped(self, ts_ns: int, instrument: int, told: dict[str, Any], fee: Decimal) -> list[LogRow]:
        base, quote = self.symbols.coins[instrument]
        sign = 1 if told["side"] == "buy" else -1
        flows = {base: Decimal(told["qty"]) * sign, quote: -Decimal(told["notional"]) * sign}
        coin = self.fee_coin(instrument, told)
        rows = []
        with localcontext(EXACT):
            for each, flow in flows.items():
                row = self._change(ts_ns, each, "TRADE", flow + (fee if each == coin else ZERO))
                row.cash_flow, row.fee = money(flow), money(-fee) if each == coin else "0"
                rows.append(row)
        if coin not in flows:
            rows.append(self._charged(ts_ns, coin, fee))
        for row in rows:
            row.instrument = instrument
        return rows

    def _charged(self, ts_ns: int, coin: str, fee: Decimal) -> LogRow:
        row = self._change(ts_ns, coin, "TRADE", fee)
        row.fee = money(-fee)
        return row

    def fee_coin(self, instrument: int, told: dict[str, Any]) -> str:
        """Return the coin of a fee by its wire name: a recording may leave its coins out."""
        own, coins = self.symbols.instruments[instrument], self.symbols.coins[instrument]
        charged = str(told["fee_currency"])
        return {own.base: coins[0], own.quote: coins[1]}.get(charged, charged)

    def funded(self, ts_ns: int, instrument: int, told: dict[str, Any]) -> LogRow | None:
        """Book a funding settlement that the record told."""
        position = Decimal(told["position"])
        if position == 0:
            return None
        row = self._change(ts_ns, self.symbols.settle(instrument), "SETTLEMENT", Decimal(told["amount"]))
        row.instrument, row.side = instrument, "Buy" if position > 0 else "Sell"
        row.funding, row.price, row.fee_rate = told["amount"], told["mark"], told["rate"]
        row.qty, row.size = money(abs(position)), told["position"]
        row.trade_id = f"funding-{row.number}"
        return row

    def _change(self, ts_ns: int, coin: str, kind: str, change: Decimal) -> LogRow:
        with localcontext(EXACT):
            # What is logged is what is booked: a change cut to eighteen decimals must still sum up.
            told = money(change)
            self.wallets[coin] = self.wallets.get(coin, ZERO) + Decimal(told)
        self._rows += 1
        row = LogRow(self._rows, ts_ns, coin, kind, told, money(self.wallets[coin]))
        self.log.append(row)
        return row

    # -- how it stands ------------------------------------------------------------------------------

    def mark(self, instrument: int) -> Decimal | None:
        """Return the price in ticks at which a position is valued: the mid, or the last one known."""
        twice = self._mid2(instrument)
        return Decimal(twice) / 2 if twice else None

    def unrealized(self, coin: str) -> Decimal:
        """Return the profit of the open contracts that are settled in a coin."""
        with localcontext(EXACT):
            return sum((self.ledgers[at].unrealized(self.mark(at)) for at in self._held(coin)), start=ZERO)

    def position_margin(self, instrument: int) -> Decimal:
        """Return what a position holds of the wallet."""
        lots = self.ledgers[instrument].lots
        mark = self.mark(instrument) if lots else None
        if mark is None or self._is_spot(instrument):
            return ZERO
        with localcontext(EXACT):
            return self.units[instrument](mark, lots) / self.leverage[instrument]

    def _held(self, coin: str) -> list[int]:
        """Return the contracts of a coin in which there is a position."""
        return [at for at in self._contracts.get(coin, ()) if self.ledgers[at].lots]

    def _is_spot(self, instrument: int) -> bool:
        return self.symbols.instruments[instrument].contract is Contract.SPOT

    def usd(self, coin: str) -> Decimal | None:
        """Return what one of a coin is worth in the dollars of this market, None when nobody says."""
        if coin in STABLE:
            return Decimal(1)
        for at, (base, quote) in enumerate(self.symbols.coins):
            mark = self.mark(at)
            if base == coin and quote in STABLE and mark is not None:
                return mark * self.symbols.instruments[at].tick_size
        return None

    # -- margin -------------------------------------------------------------------------------------

    def free(self, coin: str) -> Decimal:
        """Return what is left of a wallet over the margin of its contracts (profits count)."""
        if not self._held(coin):
            return self.wallets.get(coin, ZERO)
        with localcontext(EXACT):
            held = sum((self.position_margin(at) for at in self._held(coin)), start=ZERO)
            return self.wallets.get(coin, ZERO) + self.unrealized(coin) - held

    def affords(self, instrument: int, result: int, px: Decimal | int) -> bool:
        """
        Tell whether a position of `result` lots (what could come of it) at `px` has its margin.

        Margin is shared: what the other contracts of the same coin hold is not there for this one.
        """
        coin = self.symbols.settle(instrument)
        needed = EXACT.divide(self.units[instrument](px, result), self.leverage[instrument])
        return needed <= EXACT.add(self.free(coin), self.position_margin(instrument))


def spot_ledgers(symbols: Symbols, ledgers: list[Ledger], fees: FeeSettings, opening: Decimal) -> None:
    """Put the venue's way of charging spot fees in the place of the plain one."""
    for at, instrument in enumerate(symbols.instruments):
        if instrument.contract is Contract.SPOT and fees.charged_in == "settle" and instrument.base:
            ledgers[at] = SpotLedger(instrument, fees, opening)
