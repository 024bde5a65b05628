"""
`metrics.prom`: verdict, gates and measures in OpenMetrics 1.0 text, ending in `# EOF`.

The verdict is a StateSet, so that an alert can ask for a state by name. What was not measured has
no sample: a gauge that says 0 would look like a measurement.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...model.verdict import Verdict
from .form import Report
from .wording import plain

if TYPE_CHECKING:
    from .story import GateRow, Story

Sample = tuple[Mapping[str, str], float | None]


def render(story: "Story") -> bytes:
    """Return the exposition."""
    run = {"mode": story.manifest.mode, "run_id": story.manifest.run_id}
    gates = [(_name(at, row), row) for at, row in enumerate(story.gates, start=1)]
    verdicts = [(name, row.result.verdict) for name, row in gates]
    values: list[Sample] = [(name, row.result.value) for name, row in gates]
    margins: list[Sample] = [(name, row.margin) for name, row in gates]
    samples: list[Sample] = [(name, row.result.n) for name, row in gates]
    lines = [
        *_states("seatrial_verdict", "Verdict of the run.", [(run, story.verdict)]),
        *_states("seatrial_gate_verdict", "Verdict of one gate.", verdicts),
        *_gauge("seatrial_gate_value", "What the gate saw, in the unit of its KPI.", values),
        *_gauge("seatrial_gate_margin", "How far inside its bound; negative is outside.", margins),
        *_gauge("seatrial_gate_samples", "Samples behind the value.", samples),
        *_gauge(
            "seatrial_kpi",
            "Measures of the whole run.",
            [({"kpi": kpi.name}, kpi.value) for kpi in story.kpis],
        ),
        *_gauge("seatrial_run_fills", "Own fills.", [({}, story.fills)]),
        *_gauge("seatrial_run_iterations", "Iterations finished.", [({}, len(story.iterations))]),
        *_gauge(
            "seatrial_run_covered_ratio", "Market time covered, of the time planned.", [({}, _covered(story))]
        ),
        "# EOF",
        "",
    ]
    return "\n".join(lines).encode()


def _name(at: int, row: "GateRow") -> dict[str, str]:
    """Return what tells gates apart, even two on the same KPI and window."""
    return {"gate": str(at), "kpi": row.result.kpi, "window": row.result.window}


def _covered(story: "Story") -> float | None:
    planned = story.manifest.planned_ns
    return story.manifest.covered_ns / planned if planned else None


def _states(name: str, doc: str, states: Iterable[tuple[Mapping[str, str], Verdict]]) -> Iterator[str]:
    yield f"# TYPE {name} stateset"
    yield f"# HELP {name} {doc}"
    for labels, now in states:
        for state in Verdict:
            yield f"{name}{_labels({**labels, name: state.value})} {int(state is now)}"


def _gauge(name: str, doc: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# TYPE {name} gauge"
    yield f"# HELP {name} {doc}"
    for labels, value in samples:
        if value is not None and math.isfinite(value):
            yield f"{name}{_labels(labels)} {plain(value)}"


def _labels(labels: Mapping[str, str]) -> str:
    pairs = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return f"{{{pairs}}}" if pairs else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


REPORT = Report("metrics.prom", "Verdict, gates and measures for Prometheus.", render)
