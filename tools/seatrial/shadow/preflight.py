"""
`shadow preflight`: whether a shadow run could begin here, and whether what it would see is worth having.

Each check answers by itself; one that could not be made is UNKNOWN, and a venue that is not there
leaves all that it would have said unknown.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from ..engine.venue.access import Access
from ..engine.venue.ccxt_permission import may_act
from ..engine.venue.ccxt_public import PublicData, open_public
from ..engine.venue.port import VenueUnreachable
from ..live.keys import venue_keys
from ..live.verify import Check
from ..model.errors import SeatrialError, UsageError, Where
from ..model.live_settings import VenueSettings
from ..model.outcome import Outcome
from ..model.profile import Profile
from ..model.verdict import Verdict, worst

SKEW_MS: Final = 500.0
SKEW_FAIL_MS: Final = 2_000.0
BOOK_AGE_MS: Final = 10_000.0
DISK_BYTES: Final = 2**30
_ASKED = 5
PASS, WARN, FAIL, UNKNOWN = Verdict.PASS, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN
Opener = Callable[[VenueSettings, Sequence[str]], PublicData]


def preflight(
    profile: Profile, out: Path, now_ns: Callable[[], int], *, open_: Opener = open_public
) -> Outcome:
    """Look at venue, clock, feed, filters, disk and keys; nothing is written."""
    symbols = tuple(sorted(set(profile.market.symbols)))
    if not symbols:
        raise UsageError(
            "the profile names no symbols to look at",
            where=Where(field="market.symbols"),
            fix="name them as the venue does, such as BTCUSDT",
        )
    checks = [*_venue(profile, symbols, now_ns, open_), _disk(out), _keys(profile, symbols)]
    verdict = worst(check.verdict for check in checks)
    reasons = tuple(f"{check.name}: {check.reason}" for check in checks if check.verdict is not PASS)
    lines = [f"{check.verdict.value:7} {check.name:12} {check.reason}" for check in checks]
    data = {"checks": [check.document() for check in checks]}
    last = f"{verdict.value}  shadow of {', '.join(symbols)} on {profile.live.venue.name}"
    return Outcome("shadow.preflight", verdict, reasons, data, (*lines, last))


def _venue(
    profile: Profile, symbols: Sequence[str], now_ns: Callable[[], int], open_: Opener
) -> Iterator[Check]:
    data = open_(profile.live.venue, symbols)
    try:
        yield from _feed(data, symbols, now_ns)
    except VenueUnreachable as error:
        # What it would have said further is not known either.
        yield Check("feed", FAIL, error.message)
    except UsageError as error:
        yield Check("filters", FAIL, error.message)
    finally:
        data.close()


def _feed(data: PublicData, symbols: Sequence[str], now_ns: Callable[[], int]) -> Iterator[Check]:
    for listed in data.instruments(symbols):
        said = (
            f"{listed.symbol}: tick {listed.tick_size}, lot {listed.lot_size}, at least {listed.min_notional}"
        )
        yield Check("filters", PASS, said)
    skew_ms, slack_ms = clock_skew(data, now_ns)
    yield _time(skew_ms, slack_ms)
    for symbol in symbols:
        book = data.book(symbol)
        age_ms = (now_ns() - book.ts_ns) / 1e6 + skew_ms
        yield _book(symbol, bool(book.bids and book.asks and book.bids[0][0] < book.asks[0][0]), age_ms)
        prints = data.prints(symbol)
        yield Check("trades", PASS if prints else WARN, f"{symbol}: {len(prints)} public trades are shown")


def clock_skew(data: PublicData, now_ns: Callable[[], int]) -> tuple[float, float]:
    """Return how far the venue's clock is ahead of ours, and how far that may be wrong, in milliseconds."""
    asked = []
    for _ in range(_ASKED):
        before = now_ns()
        told = data.server_ns()
        after = now_ns()
        asked.append((after - before, told - (before + after) // 2))
    trip_ns, skew_ns = min(asked)
    return skew_ns / 1e6, trip_ns / 2e6


def _time(skew_ms: float, slack_ms: float) -> Check:
    said = f"the venue's clock is {skew_ms:+.1f} ms from ours, give or take {slack_ms:.1f} ms"
    if slack_ms > SKEW_MS:
        return Check("time", UNKNOWN, f"{said}: the way is too long to tell")
    if abs(skew_ms) > SKEW_FAIL_MS:
        return Check("time", FAIL, said)
    return Check("time", PASS if abs(skew_ms) <= SKEW_MS else WARN, said)


def _book(symbol: str, whole: bool, age_ms: float) -> Check:  # noqa: FBT001 -- what was seen
    if not whole:
        return Check("book", FAIL, f"{symbol}: one side is empty, or the book is crossed")
    said = f"{symbol}: a book, {max(0.0, age_ms):.0f} ms old"
    return Check("book", PASS if age_ms <= BOOK_AGE_MS else FAIL, said)


def _disk(out: Path) -> Check:
    folder = next((place for place in (out, *out.absolute().parents) if place.is_dir()), Path("/"))
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("disk", UNKNOWN, f"{folder}: {error.strerror}")
    said = f"{free / 2**30:.1f} GiB free where the records go"
    return Check("disk", PASS if free >= DISK_BYTES else FAIL, said)


def _keys(profile: Profile, symbols: tuple[str, ...]) -> Check:
    venue = profile.live.venue
    if venue.api_key is None and venue.api_secret is None:
        return Check("keys", PASS, "the profile names none, and a shadow run takes none")
    try:
        key, secret, password = venue_keys(profile)
        found = may_act(Access(venue, symbols, key, secret, password))
    except SeatrialError as error:
        return Check("keys", UNKNOWN, error.message)
    if found is None:
        return Check("keys", UNKNOWN, f"{venue.name} does not say what the key may do")
    if found:
        return Check("keys", FAIL, f"the key may do more than look: {', '.join(found)}")
    return Check("keys", PASS, "the key may only look")
