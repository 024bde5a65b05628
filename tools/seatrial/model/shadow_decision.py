"""
`shadow_decisions.jsonl`: what a bot decided on live data, and what became of it.

Each line is a decision or an outcome. A decision says of every value where it came from, because a
default that passes for an observation is how such logs have lied.
"""

from typing import Any, Literal

from .config import Config, Count

Origin = Literal["observed", "default", "synthetic"]
DataMode = Literal["SHADOW_LIVE", "SHADOW_REPLAY", "SYNTHETIC"]
NAME = "shadow_decisions.jsonl"
SCHEMA: Literal["seatrial.shadow_decision/1"] = "seatrial.shadow_decision/1"


class GateStep(Config):
    """One stage that a decision went through."""

    stage: Literal["data", "intent", "risk", "send"]
    reason: str
    passed: bool


class MarketContext(Config):
    """The market that the bot saw; None: it saw none."""

    bid: str | None
    ask: str | None
    mid: str | None
    spread_bps: float | None


class ShadowDecision(Config):
    """One decision about one symbol."""

    record_schema: Literal["seatrial.shadow_decision/1"] = SCHEMA
    record_type: Literal["decision"] = "decision"
    run_id: str
    decision_id: str
    seq: Count
    ts_ns: int
    timestamp: str
    data_mode: DataMode
    symbol: str
    market_context: MarketContext
    position: str | None
    equity: str | None
    gate_trace: tuple[GateStep, ...]
    intended_order: tuple[dict[str, Any], ...]
    """The orders that the bot asked for in this decision; none of them was sent."""
    outcome: Literal["recorded", "blocked", "no_action", "no_data"]
    provenance: dict[str, Origin]


class ShadowOutcome(Config):
    """What the paper model made of an intended order."""

    record_schema: Literal["seatrial.shadow_decision/1"] = SCHEMA
    record_type: Literal["outcome"] = "outcome"
    run_id: str
    decision_id: str | None
    seq: Count
    ts_ns: int
    timestamp: str
    data_mode: DataMode
    symbol: str
    order_id: int
    event: str
    price: str | None = None
    qty: str | None = None
    fee: str | None = None
    cause: str | None = None
    reason: str | None = None
    provenance: dict[str, Origin]
