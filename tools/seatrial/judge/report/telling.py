"""
From a judged record to its Story, and from the Story to every file that a reader may want.

The record folder is read here and nowhere else in the reports; nothing is written.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import orjson
from pydantic import ValidationError

from ...model.artifact import IterationSummary, Manifest, VerdictFile
from ...model.config import Config
from ...model.errors import InputError, Where
from ...model.verdict import Verdict
from . import REPORTS
from .picture import PARTS
from .sampling import picture_of
from .story import GateRow, KpiRow, SettingRow, Share, Story
from .wording import counted, margin, unit_of

if TYPE_CHECKING:
    from ...model.profile import ReportSettings
    from ..history import History

_EDGE = ("net_bps", *PARTS)
_HORIZON = re.compile(r"_(\d+)(ms|s)_")
_SOURCE_KEYS = ("layer", "file", "line")
_WORST_FIRST = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)
Model = TypeVar("Model", bound=Config)


def render_all(
    record_dir: Path, verdict: VerdictFile, history: "History", settings: "ReportSettings"
) -> dict[str, bytes]:
    """Return every report of the family: file name to content."""
    story = tell(record_dir, verdict, history, settings)
    return {report.filename: report.render(story) for _, report in REPORTS}


def tell(record_dir: Path, verdict: VerdictFile, history: "History", settings: "ReportSettings") -> Story:
    """Return the story of a record; an InputError names the file that cannot be read."""
    manifest = _read(record_dir / "run.json", Manifest)
    summaries = tuple(
        _read(path, IterationSummary)
        for path in sorted((record_dir / "iterations").glob("ITER_SUMMARY_*.json"))
    )
    return Story(
        title=settings.title or _title(manifest),
        verdict=verdict.verdict,
        sentence=_sentence(verdict),
        reasons=verdict.reasons,
        gates=_gates(verdict),
        kpis=tuple(_kpis(verdict.kpis)),
        iterations=summaries,
        manifest=manifest,
        origin=_origin(manifest),
        settings=tuple(_settings(manifest)),
        inputs=dict(sorted(verdict.inputs.items())),
        fills=len(history.fills),
        decisions=len(history.decisions),
        picture=picture_of(history, summaries, settings.max_points),
    )


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(orjson.loads(path.read_bytes()))
    except FileNotFoundError as error:
        fix = "give the folder of a record"
        raise InputError("the file is missing", where=Where(str(path)), fix=fix) from error
    except (ValidationError, orjson.JSONDecodeError) as error:
        raise InputError(f"not a {model.__name__}: {error}", where=Where(str(path))) from error


def _title(manifest: Manifest) -> str:
    bot = manifest.config.get("bot")
    entry = bot.get("entry") if isinstance(bot, Mapping) else None
    name = manifest.config.get("name") or manifest.mode
    return f"{entry} under {name}" if entry else f"{manifest.mode} of {name}"


def _sentence(verdict: VerdictFile) -> str:
    """Return the verdict in one sentence, with the count that decided it."""
    judged = [gate for gate in verdict.gates if not gate.report_only]
    count = sum(gate.verdict is verdict.verdict for gate in judged)
    if not count:
        return verdict.reasons[0] if verdict.reasons else "No gate was judged, so nothing was shown."
    of_all = f"{counted(count, 'gate')} of {len(judged)}"
    return {
        Verdict.PASS: "The only gate kept its bound."
        if count == 1
        else f"All {count} gates kept their bounds.",
        Verdict.WARN: f"No gate failed, but {of_all} went past a soft bound.",
        Verdict.UNKNOWN: f"{of_all} could not be judged: there is not enough evidence.",
        Verdict.FAIL: f"{of_all} went past a hard bound.",
    }[verdict.verdict]


def _gates(verdict: VerdictFile) -> tuple[GateRow, ...]:
    """Return the gates with the worst first, otherwise in the profile's order."""
    rows = (GateRow(one, unit_of(one.kpi), margin(one.value, one.bound)) for one in verdict.gates)
    return tuple(sorted(rows, key=lambda row: _WORST_FIRST.index(row.result.verdict)))


def _kpis(values: Mapping[str, float | None]) -> Iterator[KpiRow]:
    from ..kpi import KPIS

    known = dict(KPIS)
    for name in sorted(values, key=_reading_order):
        kpi = known.get(name)
        yield KpiRow(name, values[name], unit_of(name), kpi.doc if kpi else "")


def _reading_order(name: str) -> tuple[int, str, float, str]:
    """Return the edge and its parts first, then by name, horizons by their length."""
    place = _EDGE.index(name) if name in _EDGE else len(_EDGE)
    horizon = _HORIZON.search(name)
    seconds = float(horizon[1]) * (0.001 if horizon[2] == "ms" else 1.0) if horizon else 0.0
    return place, _HORIZON.sub("_", name), seconds, name


def _origin(manifest: Manifest) -> tuple[Share, ...]:
    """Return how much of the market was recorded, and what the rest was."""
    kind, recorded = manifest.provenance.kind, manifest.provenance.recorded_ratio
    if recorded is None:
        return (Share(kind, 1.0),)
    whole = kind in {"recorded", "live"}
    shares = (
        Share(kind if whole else "recorded", recorded),
        Share("missing" if whole else kind, 1 - recorded),
    )
    return tuple(share for share in shares if share.ratio > 0)


def _settings(manifest: Manifest) -> Iterator[SettingRow]:
    for key, value in sorted(_flat(manifest.config)):
        yield SettingRow(key, _shown(value), _source(manifest.config_sources.get(key)))


def _flat(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _source(source: Any) -> str:
    """Return `profile demo.yaml:3`; a folder of this machine has no place in a report."""
    if not isinstance(source, Mapping):
        return "" if source is None else str(source)
    layer, file, line = (source.get(name) for name in _SOURCE_KEYS)
    place = "" if not file else f" {Path(str(file)).name}" + (f":{line}" if line else "")
    return f"{layer or ''}{place}"
