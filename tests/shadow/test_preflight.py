"""Preflight: each thing that would spoil a shadow run is told before it begins."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.engine.venue.bybit import KEY, SECRET, Fields, serving
from tests.live.stage import BTC
from tests.shadow.stage import Trading

from seatrial.engine.venue.ccxt_public import Print
from seatrial.engine.venue.port import VenueBook
from seatrial.model.errors import UsageError
from seatrial.model.instrument import Instrument
from seatrial.model.outcome import Outcome
from seatrial.model.profile import Profile
from seatrial.model.verdict import Verdict
from seatrial.shadow.preflight import preflight

MS = 10**6
NOW_NS = 1_790_000_000_000_000_000


@dataclass
class Shown:
    """A venue whose clock, way and book are as the test says; time goes by as it is asked."""

    skew_ms: float = 0.0
    trip_ms: float = 20.0
    bid: int = 1000
    age_ms: float = 0.0
    name: str = "bybit"
    testnet: bool = True
    closed: bool = False
    clock: list[int] = field(default_factory=lambda: [NOW_NS])

    def now_ns(self) -> int:
        """Our clock."""
        return self.clock[0]

    def server_ns(self) -> int:
        """The venue's clock, half a trip after it was asked; we hear of it after the other half."""
        self.clock[0] += round(self.trip_ms * MS)
        return self.clock[0] - round(self.trip_ms * MS / 2) + round(self.skew_ms * MS)

    def instruments(self, symbols: Any) -> tuple[Instrument, ...]:
        """One instrument."""
        return (BTC,)

    def book(self, symbol: str, levels: int = 5) -> VenueBook:
        """A book of an age, stamped by the venue's clock."""
        side = tuple((BTC.tick_size * px, Decimal(1)) for px in (self.bid, 1001))
        stamp = self.clock[0] + round((self.skew_ms - self.age_ms) * MS)
        return VenueBook(symbol, side[:1], side[1:], stamp)

    def prints(self, symbol: str) -> tuple[Print, ...]:
        """One trade."""
        return (Print("1", "buy", Decimal(1), Decimal(1), NOW_NS),)

    def close(self) -> None:
        """Note it."""
        self.closed = True


def profile(**venue: Any) -> Profile:
    """A profile that looks at one symbol."""
    return Profile.model_validate({"market": {"symbols": [BTC.symbol]}, "live": {"venue": venue}})


def told(shown: Shown, tmp_path: Path) -> tuple[Outcome, dict[str, str]]:
    """What is said of a venue, by check."""
    outcome = preflight(profile(), tmp_path / "out", shown.now_ns, open_=lambda *_: shown)
    assert shown.closed
    return outcome, {check["name"]: check["verdict"] for check in outcome.data["checks"]}


def test_a_good_venue_passes(tmp_path: Path) -> None:
    """And nothing is written."""
    outcome, checks = told(Shown(), tmp_path)

    assert outcome.verdict is Verdict.PASS
    assert set(checks) == {"filters", "time", "book", "trades", "disk", "keys"}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("shown", "name", "verdict"),
    [
        (Shown(skew_ms=499), "time", "PASS"),
        (Shown(skew_ms=-700), "time", "WARN"),
        (Shown(skew_ms=2_001), "time", "FAIL"),
        (Shown(trip_ms=1_100), "time", "UNKNOWN"),
        (Shown(bid=1001), "book", "FAIL"),
        (Shown(age_ms=11_000), "book", "FAIL"),
        (Shown(age_ms=11_000, skew_ms=3_000), "book", "FAIL"),
        (Shown(skew_ms=-30_000), "book", "PASS"),
    ],
)
def test_each_trouble_has_its_answer(tmp_path: Path, shown: Shown, name: str, verdict: str) -> None:
    """A slow way is not a wrong clock, and a wrong clock is not an old book."""
    assert told(shown, tmp_path)[1][name] == verdict


class Asked(Trading):
    """A venue that says of its keys what the test wants."""

    says: Fields

    def answer(self, method: str, path: str, params: Fields) -> Fields:
        """Answer about the key, or as ever."""
        return self.says if path == "/v5/user/query-api" else super().answer(method, path, params)


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        ({"readOnly": 1, "permissions": {"Spot": ["SpotTrade"]}}, "PASS"),
        ({"readOnly": 0, "permissions": {"ContractTrade": ["Order", "Position"]}}, "FAIL"),
        ({"readOnly": 0, "permissions": {"Wallet": ["AccountTransfer"]}}, "FAIL"),
        ({"readOnly": 0, "permissions": {"ContractTrade": []}}, "PASS"),
        ({"permissions": {}}, "UNKNOWN"),
    ],
)
def test_a_key_that_may_trade_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: Fields, verdict: str
) -> None:
    """By the venue's own word, asked over a real socket with a real signature; silence is UNKNOWN."""
    monkeypatch.setenv("PREFLIGHT_KEY", KEY)
    monkeypatch.setenv("PREFLIGHT_SECRET", SECRET)
    bybit = Asked()
    bybit.says = says
    names = {"key": "env:PREFLIGHT_KEY", "secret": "env:PREFLIGHT_SECRET"}
    with serving(bybit):
        venue = {"url": bybit.url, "api_key": "key", "api_secret": "secret", "throttle": False}
        asked = profile(**venue).model_dump() | {
            "secrets": {"names": names, "access_log": str(tmp_path / "access.jsonl")}
        }
        shown = Shown()
        outcome = preflight(Profile.model_validate(asked), tmp_path, shown.now_ns, open_=lambda *_: shown)

    assert {c["name"]: c["verdict"] for c in outcome.data["checks"]}["keys"] == verdict


def test_no_symbols_are_an_error(tmp_path: Path) -> None:
    """A preflight of nothing must not pass."""
    with pytest.raises(UsageError, match="no symbols"):
        preflight(Profile(), tmp_path, lambda: NOW_NS)
