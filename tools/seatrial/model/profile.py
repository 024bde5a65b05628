"""
The profile: everything that decides what a run does, in one closed tree.

Each section belongs to one room; the ConfigManager resolves it, the run records it whole.
"""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .config import Config, Count, Milliseconds, PositiveInt, PositiveSeconds, Ratio
from .live_settings import LiveSettings
from .process import ProcessSettings
from .risk import RiskSettings
from .secret_settings import FreeParams, SecretsSettings

Bps = Annotated[float, Field(ge=-10_000, le=10_000)]


class MarketSettings(Config):
    """Where market events come from."""

    feed: Literal["synth", "dataset", "venue"] = Field(
        "synth", description="A seeded market, a recorded dataset, or live.venue as it is (shadow only)."
    )
    data: str | None = Field(None, description="Dataset folder (or raw files) when feed is 'dataset'.")
    symbols: tuple[str, ...] = Field((), description="Instruments to use; empty means all of them.")
    calibration: str = Field("demo", description="Name or path of the calibration of the synthetic market.")
    resample: bool = Field(True, description="Resample blocks of a recording that is shorter than the run.")
    block_s: PositiveSeconds = Field(60.0, description="Length of a resampled block, in market seconds.")
    stale_ms: Milliseconds = Field(5_000, description="A mid older than this is missing, not zero.")


class LatencySettings(Config):
    """Time from the bot to the exchange and back, in milliseconds."""

    out_ms: Milliseconds = Field(5.0, description="Bot to exchange.")
    back_ms: Milliseconds = Field(5.0, description="Exchange to bot.")
    jitter_ms: Milliseconds = Field(0.0, description="Seeded extra on each way: exponential with this mean.")


class FeeSettings(Config):
    """Fees as a share of notional, in basis points; a negative rate is a rebate."""

    maker_bps: Decimal = Field(Decimal("2.0"), ge=-100, le=100)
    taker_bps: Decimal = Field(Decimal("5.5"), ge=-100, le=100)
    charged_in: Literal["settle", "base", "token"] = Field("settle", description="Currency of the fee.")
    token: str | None = Field(None, description="Fee token when charged_in is 'token', such as BNB.")
    token_rate: Decimal | None = Field(None, gt=0, description="Settlement units per fee token.")

    @model_validator(mode="after")
    def _token_is_whole(self) -> "FeeSettings":
        if self.charged_in == "token" and (self.token is None or self.token_rate is None):
            raise ValueError("charged_in 'token' needs token and token_rate")
        return self


class ScheduledFault(Config):
    """One fault on the wire of the served exchange, at a moment of market time."""

    fault: str = Field(description="Name of the fault, as docs/exchange.md lists them.")
    at_s: float = Field(ge=0, description="When it begins, in market seconds after the start.")
    for_s: PositiveSeconds = Field(1.0, description="How long it lasts, in market seconds.")
    ratio: Ratio = Field(1.0, description="Chance that it strikes a request, or share that it takes.")
    value_ms: Milliseconds = Field(0, description="Length, delay or skew, where the fault has one.")
    accepted: bool | None = Field(None, description="Whether a lost order was taken; none: drawn.")


class FaultSettings(Config):
    """Seeded faults of the venue and its data; every ratio is a chance per request or per second."""

    reject_ratio: Ratio = 0.0
    timeout_ratio: Ratio = Field(0.0, description="The answer never comes; the order may have been accepted.")
    duplicate_ack_ratio: Ratio = 0.0
    rate_limited_ratio: Ratio = Field(0.0, description="429 with Retry-After.")
    server_error_ratio: Ratio = 0.0
    retry_after_ms: Milliseconds = 1_000
    disconnect_per_h: float = Field(0.0, ge=0, description="Private link losses per market hour.")
    disconnect_ms: Milliseconds = 3_000
    gap_per_h: float = Field(0.0, ge=0, description="Market data losses per market hour.")
    gap_ms: Milliseconds = 10_000
    stale_per_h: float = Field(0.0, ge=0, description="Freezes of the book while trades go on.")
    stale_ms: Milliseconds = 10_000
    crossed_per_h: float = Field(0.0, ge=0, description="Crossed books shown for one event.")
    duplicate_per_h: float = Field(0.0, ge=0, description="Trades shown twice.")
    out_of_order_per_h: float = Field(0.0, ge=0, description="Neighbouring events shown in the wrong order.")
    schedule: tuple[ScheduledFault, ...] = Field((), description="Faults on the served exchange's wire.")


class ExchangeSettings(Config):
    """The simulated exchange."""

    queue: Literal["conservative", "optimistic"] = Field(
        "conservative", description="Whether cancels ahead of us advance our place in the queue."
    )
    latency: LatencySettings = LatencySettings()
    fees: FeeSettings = FeeSettings()
    faults: FaultSettings = FaultSettings()
    rate_limit_per_s: Count = Field(0, description="Order requests a second; 0 means no limit.")
    self_trade_prevention: Literal["none", "cancel_new", "cancel_resting"] = "cancel_new"
    balance: Decimal = Field(
        Decimal(100_000), gt=0, description="Opening balance in the settlement currency."
    )
    leverage: Decimal = Field(Decimal(10), gt=0, le=200)
    off_book_collar_bps: float = Field(
        50.0, gt=0, description="Prints further than this off the touch fill nothing."
    )


class BotSettings(Config):
    """The system under test."""

    entry: str = Field("reference", description="Name of a bundled bot, or module:attribute of a Strategy.")
    params: FreeParams = Field(default_factory=dict, description="Arguments of the bot.")
    timer_ms: Annotated[float, Field(gt=0)] = Field(1_000, description="How often on_timer is called.")
    command: tuple[str, ...] = Field(
        (), description="A program of its own instead of `entry`: its command line; see soak.clock."
    )
    process: ProcessSettings = ProcessSettings()


class GuardSettings(Config):
    """What stops a soak by itself: each guard debounced, with a way back."""

    min_net_bps: Bps | None = Field(None, description="Freeze when an iteration's net edge is below this.")
    partial_net_bps: Bps | None = Field(None, description="Partial freeze (risk-reducing only) below this.")
    max_drawdown_ratio: Ratio | None = Field(None, description="Freeze above this drawdown from the peak.")
    min_fills: PositiveInt = Field(20, description="An iteration with fewer fills does not vote.")
    debounce: PositiveInt = Field(3, description="So many bad iterations in a row bring the freeze.")
    recover: PositiveInt = Field(2, description="So many quiet iterations in a row lift it.")


class SoakSettings(Config):
    """How long, in what windows."""

    clock: Literal["virtual", "wall"] = Field(
        "virtual", description="As fast as it goes, or in real time with a bot in its own process."
    )
    iterations: PositiveInt = 24
    window_s: PositiveSeconds = Field(3_600.0, description="Length of an iteration in market seconds.")
    warmup_iterations: Count = Field(1, description="Judged apart: conservative settings, relaxed gates.")
    rampdown_iterations: Count = Field(0, description="At the end: only risk-reducing orders.")
    steady_last: PositiveInt = Field(
        8, description="The gates' steady window: so many last steady iterations."
    )
    warmup_params: FreeParams = Field(default_factory=dict, description="Bot arguments during warm-up.")
    guards: GuardSettings = GuardSettings()

    @model_validator(mode="after")
    def _steady_state_exists(self) -> "SoakSettings":
        if self.warmup_iterations + self.rampdown_iterations >= self.iterations:
            raise ValueError("warmup_iterations and rampdown_iterations leave no steady iteration")
        return self


class Bounds(Config):
    """A hard bound (beyond it: FAIL) and a soft one (beyond it: WARN), in the KPI's own unit."""

    hard: float | None = None
    soft: float | None = None

    @model_validator(mode="after")
    def _one_is_given(self) -> "Bounds":
        if self.hard is None and self.soft is None:
            raise ValueError("a bound needs hard, soft or both")
        return self


class Repeated(Config):
    """Judge each of the last `of` iterations, and fail when `bad` of them fail: one blip is no failure."""

    bad: PositiveInt
    of: PositiveInt

    @model_validator(mode="after")
    def _can_happen(self) -> "Repeated":
        if self.bad > self.of:
            raise ValueError("bad cannot be more than of, or the gate could never fail")
        return self


class Waiver(Config):
    """Somebody answers for a failing gate, until the end of a day (UTC)."""

    owner: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    until: date


class GateSettings(Config):
    """One KPI and the bounds it must keep."""

    kpi: str
    at_least: Bounds | None = None
    at_most: Bounds | None = None
    worse_by: Bounds | None = Field(
        None, description="Regression guard: how much worse than the baseline record it may be."
    )
    apart_by: Bounds | None = Field(
        None, description="Drift guard: how far from the baseline record it may be, either way."
    )
    relative: bool = Field(False, description="worse_by and apart_by are shares of the baseline's value.")
    baseline: str | None = Field(None, description="Folder of the golden record that guards compare with.")
    window: str = Field("steady", description="whole, steady, last:N, or worst (worst steady iteration).")
    each: Repeated | None = Field(None, description="m of n: judge each iteration, fail when m of n fail.")
    min_samples: Count = Field(1, description="Fewer samples than this: UNKNOWN.")
    max_age_s: PositiveSeconds | None = Field(
        None, description="Newest sample older than this at the end: UNKNOWN."
    )
    max_error_ratio: Ratio | None = Field(
        None, description="UNKNOWN when a larger share of the iterations could not be measured."
    )
    max_consecutive_errors: Count | None = Field(
        None, description="UNKNOWN when more iterations in a row could not be measured."
    )
    confidence: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="Judge the block-bootstrap interval at this confidence, not the point."
    )
    family: str | None = Field(
        None, description="Gates of one family share the error of their confidence (Bonferroni)."
    )
    waiver: Waiver | None = Field(None, description="Whoever answers for a failure, and until when.")
    report_only: bool = False

    @model_validator(mode="after")
    def _is_whole(self) -> "GateSettings":
        given = [one for one in (self.at_least, self.at_most, self.worse_by, self.apart_by) if one]
        if len(given) != 1:
            raise ValueError("a gate needs exactly one of at_least, at_most, worse_by and apart_by")
        hard, soft = given[0].hard, given[0].soft
        if hard is not None and soft is not None and (soft < hard if self.at_least else soft > hard):
            raise ValueError("the soft bound must be inside the hard one, or it can never warn")
        guards = self.worse_by or self.apart_by
        if guards and any(bound is not None and bound < 0 for bound in (hard, soft)):
            raise ValueError("a distance from the baseline is not below zero")
        if self.relative and not guards:
            raise ValueError("relative belongs to worse_by and apart_by")
        name, _, count = self.window.partition(":")
        if not (
            self.window in {"whole", "steady", "worst"}
            or (name == "last" and count.isdigit() and int(count) > 0)
        ):
            raise ValueError(f"window {self.window!r} is not whole, steady, worst or last:N")
        if self.family and self.confidence is None:
            raise ValueError("a family shares the error of a confidence, and there is none")
        return self


DEFAULT_GATES = (
    GateSettings(kpi="net_bps", at_least=Bounds(hard=2.0, soft=2.7), min_samples=20),
    GateSettings(kpi="maker_share_ratio", at_least=Bounds(hard=0.85, soft=0.90), min_samples=20),
    GateSettings(kpi="risk_ratio", at_most=Bounds(hard=0.50, soft=0.40), min_samples=20),
    GateSettings(kpi="ack_latency_ms_p95", at_most=Bounds(hard=400, soft=350), min_samples=20),
)


class ReportSettings(Config):
    """What the report shows."""

    title: str = ""
    max_points: PositiveInt = Field(2_000, description="Points per line of a chart, after downsampling.")


Money = Annotated[Decimal, Field(ge=0)]


class FeeScheduleSettings(Config):
    """Which published fees an account pays, or its own rates, which win over any table."""

    venue: str | None = Field(None, description="Venue of the fee table; --venue wins.")
    product: str = Field("perpetual", description="Product of the fee table: spot, perpetual, ...")
    tier: str | None = Field(None, description="Tier of the fee table; none: fees are not checked.")
    region: str = Field("", description="Region of the fee table, where a venue has several.")
    maker_bps: Decimal | None = Field(None, description="The account's own maker rate; negative: a rebate.")
    taker_bps: Decimal | None = Field(None, description="The account's own taker rate.")


class BudgetSettings(Config):
    """A bound on a unit cost; beyond `hard` is FAIL, beyond `soft` WARN."""

    measure: Literal["total", "day", "environment", "run", "million_notional", "order", "net"]
    at_most: Bounds = Field(description="In the currency of the bill.")
    environment: str | None = Field(None, description="Only this environment; with measure 'environment'.")


class FinopsSettings(Config):
    """When two books agree, what a break must weigh to count, and what infrastructure may cost."""

    time_tolerance_ms: Milliseconds = Field(1_000, description="Times this close are one time.")
    late_after_s: PositiveSeconds = Field(3_600, description="Booked later than this is late, not timing.")
    window_s: PositiveSeconds = Field(60, description="How far apart two rows without a common id may be.")
    price_tolerance: Money = Field(Decimal(0), description="In quote currency.")
    qty_tolerance: Money = Field(Decimal(0), description="In the unit of the quantity.")
    fee_tolerance: Money = Field(
        Decimal("1e-8"), description="In the fee's currency; venues round to 8 places."
    )
    fee_tolerance_ratio: Ratio = Field(0.0, description="Or as a share of the fee, whichever is larger.")
    materiality: Money = Field(Decimal(0), description="A break below this value only warns.")
    other_tolerance: Money = Field(Decimal(0), description="Unexplained types may move so much per currency.")
    rates: dict[str, Decimal] = Field(
        default_factory=dict, description="Quote units per unit of a currency, to value fees in it."
    )
    fees: FeeScheduleSettings = FeeScheduleSettings()
    environment_tags: tuple[str, ...] = Field(
        ("environment", "env", "stage"), description="Tags of a bill that name the environment."
    )
    run_tags: tuple[str, ...] = Field(("run_id", "run"), description="Tags of a bill that name the run.")
    budgets: tuple[BudgetSettings, ...] = ()
    anomaly_score: Annotated[float, Field(gt=0)] = Field(
        3.5, description="A day's cost this many robust deviations from its median is an anomaly."
    )


class Profile(Config):
    """Everything that decides what a run does."""

    name: str = "defaults"
    description: str = ""
    production: bool = Field(False, description="Refuse environment overrides unless --allow-env.")
    seed: Annotated[int, Field(ge=0, lt=2**63)] = 7
    market: MarketSettings = MarketSettings()
    exchange: ExchangeSettings = ExchangeSettings()
    bot: BotSettings = BotSettings()
    risk: RiskSettings = RiskSettings()
    soak: SoakSettings = SoakSettings()
    gates: tuple[GateSettings, ...] = DEFAULT_GATES
    report: ReportSettings = ReportSettings()
    live: LiveSettings = LiveSettings()
    secrets: SecretsSettings = SecretsSettings()
    finops: FinopsSettings = FinopsSettings()
