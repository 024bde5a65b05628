"""
Whether this run may trade: real money needs a profile that says so and a person who says so.

A test network and an address on this machine cost nothing and are exempt. Everything else needs a
profile file of the user's own with `production: true`, a stage that means real money, and
`--i-understand-real-money` on the command line.
"""

from ..config.manager import Resolved
from ..engine.venue.access import Access, is_loopback
from ..model.errors import RefusedError, UsageError, Where
from ..model.live_settings import REAL_MONEY
from ..model.profile import Profile
from ..model.risk import RiskSettings


def permit(resolved: Resolved, *, confirmed: bool) -> bool:
    """Return whether orders will cost money; refuse when that was not meant by everybody concerned."""
    profile = resolved.profile
    venue = profile.live.venue
    if venue.testnet or is_loopback(venue.url):
        return False
    if profile.live.stage not in REAL_MONEY:
        raise UsageError(
            f"stage {profile.live.stage!r} does not trade real money, and live.venue.testnet is off",
            where=Where(field="live.stage"),
            fix="set live.stage to live-limited, or live.venue.testnet to true",
        )
    # Said by the file itself: an option or a variable is too easily left over from another day.
    said = resolved.sources.get("production")
    by_file = said is not None and said.layer == "profile"
    if not (profile.production and by_file) or resolved.found is None or resolved.found.built_in:
        raise UsageError(
            "real money needs a profile file of your own that says `production: true`",
            where=Where(field="production"),
            fix="write one; built-in profiles and the defaults never trade real money",
        )
    missing = missing_limits(profile.risk)
    if missing:
        raise UsageError(
            f"real money needs limits, and there is none on {' and none on '.join(missing)}",
            where=Where(field="risk"),
            fix="set risk.max_position_notional, risk.max_order_notional and risk.max_day_loss",
        )
    if not confirmed:
        raise RefusedError(
            f"this would trade real money on {venue.name}",
            where=Where(str(resolved.found.path)),
            fix="add --i-understand-real-money",
        )
    return True


def missing_limits(risk: RiskSettings) -> list[str]:
    """Return what a run with real money would not be limited in: position, order, loss."""
    limits = {
        "the position": (risk.max_position_qty, risk.max_position_notional, risk.max_total_notional),
        "the order": (risk.max_order_qty, risk.max_order_notional),
        "the loss": (risk.max_day_loss, risk.max_drawdown_ratio),
    }
    return [what for what, values in limits.items() if all(value is None for value in values)]


def symbols_of(profile: Profile) -> tuple[str, ...]:
    """Return the symbols to trade, each once, in one order everywhere."""
    if not profile.market.symbols:
        raise UsageError(
            "the profile names no symbols",
            where=Where(field="market.symbols"),
            fix="name them as the venue does, such as BTCUSDT",
        )
    return tuple(sorted(set(profile.market.symbols)))


def access_to(
    profile: Profile, keys: tuple[str | None, str | None, str | None], *, real_money: bool
) -> Access:
    """Return what the venue is opened with."""
    key, secret, password = keys
    return Access(profile.live.venue, symbols_of(profile), key, secret, password, real_money=real_money)
