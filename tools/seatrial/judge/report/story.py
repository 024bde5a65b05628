"""
What a report tells, in the order in which a reader asks: the verdict, why, what was measured, on what.

Every format is a rendering of one Story, so that no two of them can disagree.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...model.verdict import Verdict

if TYPE_CHECKING:
    from ...model.artifact import GateResult, IterationSummary, Manifest
    from .picture import Picture


@dataclass(frozen=True)
class GateRow:
    """One gate, with its unit and how far inside its bound the value is."""

    result: "GateResult"
    unit: str
    margin: float | None


@dataclass(frozen=True)
class KpiRow:
    """One measure of the whole run."""

    name: str
    value: float | None
    unit: str
    doc: str


@dataclass(frozen=True)
class SettingRow:
    """One resolved setting and the layer that set it."""

    key: str
    value: str
    source: str


@dataclass(frozen=True)
class Share:
    """A part of the run's market time by origin: recorded, resampled, synthetic or live."""

    kind: str
    ratio: float


@dataclass(frozen=True, kw_only=True)
class Story:
    """A judged record, ready to be told."""

    title: str
    verdict: Verdict
    sentence: str
    reasons: tuple[str, ...]
    gates: tuple[GateRow, ...]
    kpis: tuple[KpiRow, ...]
    iterations: tuple["IterationSummary", ...]
    manifest: "Manifest"
    origin: tuple[Share, ...]
    settings: tuple[SettingRow, ...]
    inputs: dict[str, str]
    fills: int
    decisions: int
    picture: "Picture"
