"""How far two rows may differ and still agree; from the profile's `finops` section."""

from dataclasses import dataclass
from decimal import Decimal

from ...model.profile import FinopsSettings

MS = 1_000_000
SECOND = 1_000_000_000


@dataclass(frozen=True)
class Tolerance:
    """Bounds of agreement, in the unit of each field."""

    time_ns: int
    late_ns: int
    window_ns: int
    price: Decimal
    qty: Decimal
    fee: Decimal
    fee_ratio: Decimal

    @classmethod
    def of(cls, settings: FinopsSettings) -> "Tolerance":
        """Return the tolerance that a profile asks for."""
        return cls(
            time_ns=round(settings.time_tolerance_ms * MS),
            late_ns=round(settings.late_after_s * SECOND),
            window_ns=round(settings.window_s * SECOND),
            price=settings.price_tolerance,
            qty=settings.qty_tolerance,
            fee=settings.fee_tolerance,
            fee_ratio=Decimal(str(settings.fee_tolerance_ratio)),
        )

    def of_fee(self, fee: Decimal) -> Decimal:
        """Return how far a fee may be off: an absolute floor, or a share of it if that is more."""
        return max(self.fee, abs(fee) * self.fee_ratio)
