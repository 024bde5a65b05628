"""
Causes: what a failed gate says about the bot, in words that somebody can act on.

A gate knows a number and a bound; these sentences name the behaviour that such a number comes from.
"""

from ..model.artifact import GateResult
from ..model.verdict import Verdict
from .components import decompose
from .history import History
from .kpi import KPIS
from .money import PARTS
from .slices import Slice

_SAYS = {
    "maker_share_ratio": "the bot crosses the spread instead of resting in the book",
    "maker_taker_ratio": "the bot crosses the spread instead of resting in the book",
    "slippage_bps": "the bot crosses the spread instead of resting in the book",
    "rss_growth_ratio": "the process leaks memory",
    "rss_leak_ratio": "the process leaks memory",
    "pss_leak_ratio": "the process leaks memory",
    "cpu_leak_ratio": "the bot takes more and more of the processor",
    "fds_leak_ratio": "the bot leaves files or sockets open",
    "threads_leak_ratio": "the bot leaves threads behind",
    "children_leak_ratio": "the bot leaves child processes behind",
    "quote_uptime_ratio": "the bot stops quoting",
    "fills_count": "the bot hardly trades",
    "fills_per_h": "the bot hardly trades",
    "fill_ratio": "the bot's orders hardly ever fill",
    "cancel_ratio": "the bot withdraws most of its orders",
    "replace_rate_per_min": "the bot withdraws and changes orders too often",
    "order_age_ms_p95": "the bot leaves old quotes in the book",
    "adverse_bps": "the market moves against the bot right after its fills",
    "inventory_bps": "the bot loses on the position it carries",
    "fees_bps": "fees eat the edge",
    "funding_bps": "funding eats the edge",
    "risk_ratio": "the bot keeps asking for what its risk rules forbid",
    "drawdown_ratio": "the bot loses more than it may from its peak",
    "residual_ratio": "the books do not close",
    "coverage_ratio": "too little of the market was seen",
    "unattributed_ratio": "too much was traded without a known mid",
    "uptime_ratio": "the bot was frozen too long, or the run did not get far",
    "recorded_ratio": "too little of the market was recorded",
}
_PART_SAYS = {
    "gross": "fills are on the wrong side of the mid",
    "adverse": "the market moves against the fills",
    "inventory": "the position loses value",
    "fees": "fees eat it",
    "funding": "funding eats it",
    "unattributed": "fills without a known mid lose",
}


def told(result: GateResult, history: History) -> str:
    """Return a gate's reason, led by its cause when the KPI is off on its bad side."""
    cause = _cause(result, history)
    return f"{cause}: {result.reason}" if cause else result.reason


def _cause(result: GateResult, history: History) -> str:
    if result.verdict not in {Verdict.FAIL, Verdict.WARN}:
        return ""
    wants_more = "at_least" in result.bound
    if wants_more != (KPIS.get(result.kpi).better == "higher"):
        return ""
    if result.kpi in {"net_bps", "gross_bps"}:
        return _edge_cause(result, history)
    if result.kpi.startswith("ack_latency"):
        return "answers to the bot's orders come too late"
    return _SAYS.get(result.kpi, "")


def _edge_cause(result: GateResult, history: History) -> str:
    """Name the component that costs most, when one of them costs anything."""
    found = decompose(_window(result, history)).pooled
    if found is None:
        return "the edge is too small"
    costs = {part: found.bps(part) or 0.0 for part in PARTS}
    dearest = min(costs, key=lambda part: costs[part])
    if costs[dearest] >= 0:
        return "the edge is too small"
    return f"the edge is too small, and mostly {_PART_SAYS[dearest]} ({costs[dearest]:.3g} bps)"


def _window(result: GateResult, history: History) -> Slice:
    return history.slice("steady" if result.window == "worst" else result.window)
