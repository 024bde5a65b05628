"""
What is watched of a record: a series a steady iteration, each with its bad side and its words.

The net says that something happened; its components, its symbols and the signs of life say what. A
series is left out where the record has none of it, and its absence is not a finding.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..components import decompose
from ..kpi import KPIS
from ..money import PARTS
from ..slices import Slice, steady_iterations

if TYPE_CHECKING:
    import numpy as np

    from ..history import History


@dataclass(frozen=True)
class Watched:
    """One series: values with the positions of their iterations, which side is bad, what that means."""

    name: str
    values: "np.ndarray"
    places: tuple[int, ...]
    bad: str
    cause: str
    action: str


# What a loss in each part says, and what somebody can do about it.
_PARTS: Mapping[str, tuple[str, str]] = {
    "gross": ("fills capture less spread", "review_quotes"),
    "adverse": ("the market moves against the fills", "widen_quotes"),
    "inventory": ("the position loses value", "tighten_inventory"),
    "fees": ("fees changed", "check_fee_tier"),
    "funding": ("funding costs more", "reduce_carry"),
    "unattributed": ("fills without a known mid lose", "check_market_data"),
}
_SIGNS: Mapping[str, tuple[str, str]] = {
    "fills_per_h": ("fills dried up", "check_quoting"),
    "ack_latency_ms_p95": ("answers to orders come later", "check_venue_link"),
    "maker_share_ratio": ("the bot crosses the spread more", "enforce_post_only"),
    "quote_uptime_ratio": ("the bot quotes less", "check_quoting"),
    "risk_ratio": ("risk blocks more intents", "review_limits"),
    "coverage_ratio": ("less of the market was seen", "check_market_data"),
}
NET = "net_bps"
NOTHING = "hold"


def watched(history: "History") -> list[Watched]:
    """Return every series of the steady state that has at least one value."""
    pieces = steady_iterations(history)
    series = [
        *_signs(pieces),
        *_parts(pieces),
        *(_symbols(pieces, history) if len(history.symbols) > 1 else ()),
    ]
    net = _of(
        NET, pieces, [_part(piece, "net") for piece in pieces], "lower", ("the edge fell", "pause_and_review")
    )
    return [one for one in (net, *series) if len(one.values)]


def _signs(pieces: tuple[Slice, ...]) -> Iterator[Watched]:
    for name, words in _SIGNS.items():
        kpi = KPIS.get(name)
        bad = "lower" if kpi.better == "higher" else "higher"
        yield _of(name, pieces, [kpi.look(piece).value for piece in pieces], bad, words)


def _parts(pieces: tuple[Slice, ...]) -> Iterator[Watched]:
    for part in PARTS:
        yield _of(f"{part}_bps", pieces, [_part(piece, part) for piece in pieces], "lower", _PARTS[part])


def _symbols(pieces: tuple[Slice, ...], history: "History") -> Iterator[Watched]:
    for name in history.symbols:
        found = [decompose(piece).symbols.get(name) for piece in pieces]
        values = [None if money is None else money.bps("net") for money in found]
        words = (f"{name} went bad", f"pause_symbol:{name}")
        yield _of(f"{NET}[{name}]", pieces, values, "lower", words)


def _part(piece: Slice, part: str) -> float | None:
    pooled = decompose(piece).pooled
    return None if pooled is None else pooled.bps(part)


def _of(
    name: str, pieces: tuple[Slice, ...], values: list[float | None], bad: str, words: tuple[str, str]
) -> Watched:
    import numpy as np

    kept = [(piece.first, value) for piece, value in zip(pieces, values, strict=True) if value is not None]
    series = np.asarray([value for _, value in kept], dtype=np.float64)
    return Watched(name, series, tuple(place for place, _ in kept), bad, *words)
