"""Recorded share: how much of the run's market was recorded rather than resampled or invented."""

from ..slices import Slice
from .kpi import KPIS, Kpi, Measure, measured, no_samples, setting

_BY_KIND = {"recorded": 1.0, "synthetic": 0.0}


def recorded_ratio(part: Slice) -> Measure:
    """Return the recorded share that the feed states; a synthetic market has none."""
    run = part.history.run
    if run is None:
        return Measure(None, 0, None, "the run says nothing about its market")
    stated = run.provenance.get("recorded_ratio")
    value = _BY_KIND.get(str(run.provenance.get("kind"))) if stated is None else float(stated)
    return measured(value, 1, part.until_ns, "the feed does not state what it recorded")


KPIS.add(
    "recorded_ratio",
    Kpi(
        name="recorded_ratio",
        better="higher",
        doc="share of the run's market time that was recorded, as the feed states it",
        measure=recorded_ratio,
        provoke=setting("recorded_ratio"),
        samples=no_samples,
        domain=(0, 1),
    ),
)
