"""
The settings of a live run: which account on which venue, how it is stopped, what a promotion needs.

A path or a secret that is wrong here costs money, so nothing is guessed: places are absolute,
secrets are named and never written, and the stage says what kind of money is at stake.
"""

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field, model_validator

from .config import Config, Count, Milliseconds, PositiveInt, PositiveSeconds, Ratio

Stage = Literal["backtest", "dryrun", "shadow", "testnet", "live-limited", "live-full"]
STAGES: tuple[Stage, ...] = ("backtest", "dryrun", "shadow", "testnet", "live-limited", "live-full")
REAL_MONEY: frozenset[Stage] = frozenset({"live-limited", "live-full"})
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]


class LatchSettings(Config):
    """Where the kill switch's latch is kept, and how closely it is watched."""

    channel: str = Field("file", description="Kind of place: file or redis.")
    place: str | None = Field(
        None, description="Folder (file) or URL (redis://, rediss://, redis+sentinel://); none: under state."
    )
    poll_ms: Annotated[float, Field(ge=10, le=5_000)] = Field(250, description="How often a run looks at it.")
    misses: PositiveInt = Field(8, description="So many looks in a row that fail count as set.")
    timeout_ms: Annotated[float, Field(ge=50, le=5_000)] = Field(1_000, description="Patience with one look.")
    password: str | None = Field(None, description="Name of the secret that holds the password (redis).")

    @model_validator(mode="after")
    def _holds_no_secret(self) -> "LatchSettings":
        netloc = (self.place or "").partition("://")[2].partition("/")[0]
        if "@" in netloc:
            raise ValueError("place holds a password: name the secret that holds it in latch.password")
        return self


class KillSettings(Config):
    """How a run that was stopped gets to zero open orders."""

    settle_ms: Milliseconds = Field(
        300, description="Two snapshots without orders, so far apart, confirm zero."
    )
    backoff_ms: Annotated[float, Field(ge=1)] = Field(100, description="First wait after a failed try.")
    backoff_max_ms: Annotated[float, Field(ge=1)] = Field(1_000, description="Longest wait between tries.")
    recheck_ms: Annotated[float, Field(ge=50)] = Field(
        1_000, description="How often a stopped account is looked at for orders that appear late."
    )
    on_holds: tuple[str, ...] = Field(
        ("max_drawdown_ratio",), description="Risk rules whose freeze of everything is a stop for good."
    )
    dead_man_ms: Count = Field(60_000, description="Time-out of the venue's own switch; 0 leaves it off.")

    @model_validator(mode="after")
    def _grows(self) -> "KillSettings":
        if self.backoff_max_ms < self.backoff_ms:
            raise ValueError("backoff_max_ms is below backoff_ms")
        return self


class StageNeeds(Config):
    """The evidence of one stage that the step out of it asks for."""

    min_days: Annotated[float, Field(ge=0)] = Field(
        1.0, description="Days covered; time run twice counts once."
    )
    min_fills: Count = Field(30, description="Fills in those days.")
    min_passes: PositiveInt = Field(1, description="Records with the verdict PASS.")
    max_drawdown_ratio: Ratio = Field(0.25, description="Deepest drawdown from the peak in any of them.")
    drilled: bool = Field(False, description="One of the runs was stopped by the kill switch, and confirmed.")
    max_age_days: Annotated[float, Field(gt=0)] = Field(90.0, description="Older records prove nothing.")


class LadderSettings(Config):
    """What each stage must have shown before the next one."""

    backtest: StageNeeds = StageNeeds(min_days=1, min_fills=30, max_drawdown_ratio=0.25)
    dryrun: StageNeeds = StageNeeds(min_days=3, min_fills=100, max_drawdown_ratio=0.25)
    shadow: StageNeeds = StageNeeds(min_days=7, min_fills=0, max_drawdown_ratio=0.25)
    testnet: StageNeeds = StageNeeds(min_days=14, min_fills=100, max_drawdown_ratio=0.10, drilled=True)
    live_limited: StageNeeds = StageNeeds(min_days=30, min_fills=200, max_drawdown_ratio=0.08, drilled=True)


class VenueSettings(Config):
    """The exchange account of a live run; keys are names of secrets, never the secrets."""

    name: str = Field("bybit", description="Exchange id, as ccxt spells it.")
    testnet: bool = Field(True, description="The venue's test network instead of the real one.")
    url: str | None = Field(None, description="Another address of its interface, such as a local server.")
    verify_tls: bool = Field(True, description="Check the certificate of the address.")
    market: Literal["swap", "spot", "future"] = Field("swap", description="Kind of market.")
    api_key: str | None = Field(None, description="Name of the secret that holds the key.")
    api_secret: str | None = Field(None, description="Name of the secret that holds the key's secret.")
    api_password: str | None = Field(None, description="Name of the secret that holds the passphrase.")
    timeout_ms: Annotated[float, Field(ge=100, le=60_000)] = Field(5_000, description="Patience per request.")
    throttle: bool = Field(True, description="Space requests by the venue's published rate limit.")
    options: dict[str, Any] = Field(
        default_factory=dict, description="Further options of the exchange class."
    )

    @model_validator(mode="after")
    def _holds_no_secret(self) -> "VenueSettings":
        if "@" in (self.url or "").partition("://")[2].partition("/")[0]:
            raise ValueError("url holds a password: name the secrets in api_key and api_secret")
        return self


class RateSettings(Config):
    """What one currency was worth in another from a moment on: for fees in a third currency."""

    currency: str = Field(min_length=1, description="The fee's currency, such as BNB.")
    in_currency: str = Field(min_length=1, description="The settlement currency, such as USDT.")
    since: AwareDatetime = Field(description="From when on, with its zone: 2026-11-25T00:00:00Z.")
    rate: Annotated[Decimal, Field(gt=0)]


class LiveSettings(Config):
    """A run with real orders."""

    stage: Stage = Field("testnet", description="Where on the ladder this run stands.")
    account: Name = Field("main", description="Account: its latch, lock and order store are its own.")
    state: str = Field(
        "~/.local/state/seatrial", description="Folder of latches, locks and order stores; absolute or ~."
    )
    venue: VenueSettings = VenueSettings()
    latch: LatchSettings = LatchSettings()
    kill: KillSettings = KillSettings()
    ladder: LadderSettings = LadderSettings()
    book_ms: Annotated[float, Field(ge=20)] = Field(500, description="How often the books are asked for.")
    orders_ms: Annotated[float, Field(ge=20)] = Field(
        1_000, description="How often open orders and fills are asked for."
    )
    reconcile_s: PositiveSeconds = Field(30.0, description="How often everything is compared with the venue.")
    silent_s: PositiveSeconds = Field(
        10.0, description="Without a whole answer about orders for so long, nothing new is sent."
    )
    heartbeat_s: PositiveSeconds = Field(1.0, description="How often the heartbeat is replaced.")
    fresh_s: PositiveSeconds = Field(15.0, description="A heartbeat older than this is stale.")
    lag_ms: Milliseconds = Field(1_000, description="A loop later than this is degraded.")
    start_s: PositiveSeconds = Field(
        60.0, description="The books agree with the venue's within this, or no run."
    )
    rates: tuple[RateSettings, ...] = Field(
        (), description="Dated rates that value fees in a third currency; without one they are kept unvalued."
    )
    stop_s: PositiveSeconds = Field(30.0, description="A clean stop confirms zero open orders within this.")

    @model_validator(mode="after")
    def _says_what_it_means(self) -> "LiveSettings":
        # A relative place is another place in another folder: a stop would set a latch nobody reads.
        if not self.folder.is_absolute():
            raise ValueError(f"state must be an absolute path or begin with ~, not {self.state!r}")
        place = self.latch.place if self.latch.channel == "file" else None
        if place is not None and not Path(place).expanduser().is_absolute():
            raise ValueError(f"latch.place must be an absolute path or begin with ~, not {place!r}")
        if self.stage in REAL_MONEY and self.venue.testnet:
            raise ValueError(f"stage {self.stage!r} is real money, and venue.testnet is on")
        return self

    @property
    def folder(self) -> Path:
        """Return the folder of the states of all accounts."""
        return Path(self.state).expanduser()

    @property
    def account_folder(self) -> Path:
        """Return the folder of this account's state."""
        return self.folder / self.account
