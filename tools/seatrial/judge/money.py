"""Money: the sums of one window, exact, and what they are in basis points of the traded value."""

from dataclasses import dataclass, fields
from decimal import Decimal

PARTS = ("gross", "adverse", "inventory", "fees", "funding", "unattributed")
_OF_THE_MIDS = frozenset({"gross", "adverse"})
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Money:
    """One symbol's (or the pooled) sums over a window, in `currency`; bps are over `notional`."""

    currency: str
    notional: Decimal = _ZERO
    gross: Decimal = _ZERO
    adverse: Decimal = _ZERO
    inventory: Decimal = _ZERO
    fees: Decimal = _ZERO
    funding: Decimal = _ZERO
    unattributed: Decimal = _ZERO
    slippage: Decimal = _ZERO
    unattributed_notional: Decimal = _ZERO
    carried: Decimal = _ZERO
    ledger: Decimal = _ZERO
    gap: Decimal = _ZERO
    fills: int = 0
    truncated: int = 0
    taker_notional: Decimal = _ZERO

    @property
    def net(self) -> Decimal:
        """Return the sum of the six parts."""
        return sum((getattr(self, name) for name in PARTS), _ZERO)

    def bps(self, name: str) -> float | None:
        """
        Return one part (or `net`, `slippage`) over notional times 10^4; None without a fill.

        When no fill has a mid, nothing was measured of what the mids would have told.
        """
        blind = bool(self.notional) and self.unattributed_notional == self.notional
        if blind and (name in _OF_THE_MIDS or (name == "inventory" and not self.carried)):
            return None
        return float(getattr(self, name) / self.notional * 10_000) if self.notional else None

    @property
    def unattributed_ratio(self) -> float | None:
        """Return the share of notional that no component could be given to."""
        return float(self.unattributed_notional / self.notional) if self.notional else None

    @property
    def residual(self) -> float | None:
        """
        Return |sum of components - ledger| over notional; below 1e-9 the books close.

        Without a fill the carried position is the measure; money that moved without either
        counts as a residual of 1. None when there was nothing to balance.
        """
        base = self.notional or self.carried
        if base:
            return float(self.gap / base)
        return 1.0 if self.gap else None

    def scaled(self, rate: Decimal, currency: str) -> "Money":
        """Return the same sums in another currency."""
        sums = {
            item.name: getattr(self, item.name) * rate
            for item in fields(self)
            if item.name not in {"currency", "fills", "truncated"}
        }
        return Money(currency=currency, fills=self.fills, truncated=self.truncated, **sums)
