"""
Components: where the money of a window came from, so that the sum closes to the ledger.

With s = +1 for an own buy and -1 for an own sell, price p, quantity q, mid m(t) at the fill,
m(t+h) a horizon later and M the mark at the window's end:

    gross         sum s q (m(t) - p)             spread captured
    adverse       sum s q (m(t+h) - m(t))        what the market knew
    inventory     sum s q (M - m(t+h))           what holding it was worth, with the position
                  + carried position (M - M0)    that was there when the window began
    fees, funding signed cash effects
    unattributed  sum s q (M - p) of fills whose m(t) or m(t+h) is missing: missing is not zero

Their sum telescopes to the ledger's change of equity; the difference is the residual. For an
inverse contract -1/p, -1/m and -1/M take the place of prices, and money is the settlement coin.
Source: domain rules of execution quality (exact PnL decomposition).
"""

from dataclasses import dataclass, fields, replace
from decimal import Context, Decimal, localcontext
from typing import TYPE_CHECKING

from .money import Money
from .slices import Slice
from .window import Window, ledger_at

if TYPE_CHECKING:
    from .history import History

HORIZON = "5"
DOLLARS = frozenset({"USD", "USDT", "USDC", "FDUSD", "BUSD"})  # pooled at par: bps, never a balance
_PRECISION = 60


@dataclass(frozen=True)
class Components:
    """The decomposition of a window: per symbol, and pooled; `reason` says why a part is None."""

    symbols: dict[str, Money]
    pooled: Money | None
    reason: str = ""
    newest_ts_ns: int | None = None


def decompose(part: Slice, horizon: str = HORIZON) -> Components:
    """
    Return the exact decomposition of a slice, with `horizon` seconds for the adverse part.

    Pure in the journal's facts. Arithmetic is decimal with 60 digits, so only an inverse
    contract's quotients are rounded, far below any residual that counts.
    """
    key = f"components:{horizon}"
    found = part.memo.get(key)
    if not isinstance(found, Components):
        with localcontext(Context(prec=_PRECISION)):
            found = part.memo[key] = _decompose(part, horizon)
    return found


def windows(part: Slice, horizon: str) -> tuple[dict[str, Window], str]:
    """Return each symbol's window that has a value; a reason when one that moved has none."""
    history = part.history
    if part.empty:
        return {}, f"no iteration in the window {part.window!r}"
    starts, ends = ledger_at(history, part.first - 1), ledger_at(history, part.last)
    found: dict[str, Window] = {}
    for code, name in enumerate(history.symbols):
        window = Window(part, code, horizon, (starts.get(code), ends.get(code)))
        if window.lacking:
            return found, f"{name} has {window.lacking}"
        if not window.worthless:
            found[name] = window
        elif window.moved:
            return found, f"{name} has no marked position at the window's end"
    return found, "" if found else "no position was journalled"


def pool_rates(history: "History", currencies: dict[str, str]) -> tuple[str, dict[str, Decimal], str]:
    """Return (currency, each symbol's units of it per unit of settlement, why there is none)."""
    if len(set(currencies.values())) == 1:
        return next(iter(currencies.values())), dict.fromkeys(currencies, Decimal(1)), ""
    rates: dict[str, Decimal] = {}
    for name, currency in currencies.items():
        facts = history.instruments.get(history.symbol_code(name), {})
        rate = _dollars(history, name, facts)
        if rate is None:
            return "", {}, f"{name} settles in {currency}: no common currency to pool in"
        rates[name] = rate
    return "USD", rates, ""


def _decompose(part: Slice, horizon: str) -> Components:
    found, reason = windows(part, horizon)
    rows = part.rows("fills")
    newest = part.history.fills.ts[rows[-1]] if rows else None
    symbols = {name: window.money() for name, window in found.items()}
    if reason:
        return Components(symbols, None, reason, newest)
    currency, rates, reason = pool_rates(
        part.history, {name: money.currency for name, money in symbols.items()}
    )
    if reason:
        return Components(symbols, None, reason, newest)
    return Components(
        symbols,
        _total([money.scaled(rates[name], currency) for name, money in symbols.items()]),
        newest_ts_ns=newest,
    )


def _dollars(history: "History", name: str, facts: dict[str, object]) -> Decimal | None:
    """Return dollars per unit of settlement: the run's first mark, so that windows still add up."""
    if facts.get("quote") not in DOLLARS:
        return None
    if facts.get("contract") != "inverse":
        return Decimal(1)
    code = history.symbol_code(name)
    return next((fact.mark for fact in history.positions if fact.symbol == code and fact.mark), None)


def _total(parts: list[Money]) -> Money:
    total = parts[0]
    for part in parts[1:]:
        sums = {
            item.name: getattr(total, item.name) + getattr(part, item.name)
            for item in fields(Money)
            if item.name != "currency"
        }
        total = replace(total, **sums)
    return total
