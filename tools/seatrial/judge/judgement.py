"""
Judgement: from a record's files to one verdict with its reasons, and the files that keep it.

Reads, never writes: whoever asked decides where the documents go. A run that did not end, or not
as planned, is not yet evidence: its verdict is UNKNOWN at best, unless a part of it was asked for.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model.artifact import GateResult, IterationSummary, VerdictFile
from ..model.errors import InputError, Where
from ..model.profile import GateSettings
from ..model.verdict import Verdict, worst
from .causes import told
from .components import decompose
from .documents import documents
from .gate.check import DEFAULT_SEED, Beside, check
from .history import JOURNAL, RESOURCES, History
from .kpi import KPIS
from .measures import components_of, kpis_of
from .plausible import Oddity, oddities
from .watch.changes import FEWEST
from .watch.watched import watched
from .watch.worsening import Worsening, worsenings

BOOKS_CLOSE = 1e-9
_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN)


@dataclass(frozen=True)
class Judgement:
    """A judged record: the verdict, the history it was read from, and what goes into its files."""

    verdict: VerdictFile
    history: History
    residual_ratio: float | None
    documents: Mapping[str, dict[str, Any]]
    oddities: tuple[Oddity, ...] = ()


def judge(record_dir: Path, gates: Sequence[GateSettings], *, partial: bool = False) -> VerdictFile:
    """Return the verdict of a record; see `assess`."""
    return assess(record_dir, gates, partial=partial).verdict


def assess(
    record_dir: Path, gates: Sequence[GateSettings], *, partial: bool = False, now_ns: int | None = None
) -> Judgement:
    """
    Judge a record folder by these gates; waivers are held against `now_ns`.

    `partial` judges an unfinished run on what is there. An unknown KPI is a UsageError and a
    damaged journal an InputError, both before anything is judged.
    """
    for gate in gates:
        KPIS.get(gate.kpi)
    history = History.read(record_dir)
    beside = Beside(named_golden, now_ns)
    return judge_history(history, gates, inputs=hashes(record_dir), partial=partial, beside=beside)


def hashes(record_dir: Path) -> dict[str, str]:
    """Return the hashes of the files that a judgement reads."""
    return {
        name: _sha256(record_dir / name) for name in (JOURNAL, RESOURCES) if (record_dir / name).is_file()
    }


def named_golden(gate: GateSettings) -> History | None:
    """Return the golden record that a guard names, None when it names none; one that is gone is an error."""
    return History.read(Path(gate.baseline)) if gate.baseline else None


def judge_history(
    history: History,
    gates: Sequence[GateSettings],
    *,
    inputs: Mapping[str, str] | None = None,
    partial: bool = False,
    elsewhere: Mapping[int, GateResult] | None = None,
    beside: Beside | None = None,
) -> Judgement:
    """
    Judge a history that was read already; `inputs` are the hashes of the files it came from.

    `elsewhere` are the answers (by the gate's place) that another history has to give; `beside`
    holds the golden records and the day, for guards and waivers.
    """
    results = check(gates, history, seed=DEFAULT_SEED, beside=beside or Beside(named_golden))
    results = tuple((elsewhere or {}).get(at, one) for at, one in enumerate(results))
    whole = history.slice("whole")
    pooled = decompose(whole).pooled
    residual = pooled.residual if pooled else None
    counted = [one for one in results if not one.report_only]
    findings = [(one.verdict, told(one, history)) for one in counted]
    findings += [*_about_the_run(history, partial=partial), *_about_the_books(residual)]
    findings += [(Verdict.WARN, one.sentence) for one in _about_the_course(history)]
    odd = oddities(history)
    findings += [(one.verdict, one.sentence) for one in odd]
    if not counted:
        findings.append((Verdict.UNKNOWN, "no gate counts: nothing was judged"))
    verdict = VerdictFile(
        run_id=history.run.run_id if history.run else "",
        verdict=worst(found for found, _ in findings),
        reasons=_reasons(findings, len(counted)),
        gates=tuple(_repeatable(one) for one in results),
        kpis=kpis_of(whole),
        inputs=dict(inputs or {}),
    )
    return Judgement(verdict, history, residual, documents(verdict, history), odd)


def summarise(history: History, index: int) -> IterationSummary:
    """
    Return the summary of one iteration, as far as the journal knows it.

    Guards, deltas and resources are the run mode's to add. The iteration that runs now, whose end
    is not journalled yet, is measured up to its newest event.
    """
    part = history.slice(index)
    ended = part.first < len(history.iterations)
    fact = history.iterations[part.first] if ended else None
    kpis = kpis_of(part)
    freeze = fact.freeze if fact else "none"
    return IterationSummary.model_validate(
        {
            "index": index,
            "phase": fact.phase if fact else "steady",
            "from_ts_ns": part.from_ns,
            "until_ts_ns": part.until_ns,
            "kpis": kpis,
            "components": components_of(part),
            "freeze": freeze if freeze in {"partial", "full"} else "none",
            "coverage_ratio": kpis["coverage_ratio"],
            "fills": len(part.rows("fills")),
            "decisions": len(part.rows("decisions")),
        }
    )


def _about_the_run(history: History, *, partial: bool) -> Iterator[tuple[Verdict, str]]:
    if not history.kinds:
        yield Verdict.UNKNOWN, "the journal is empty: nothing was recorded"
    elif history.finished is None:
        if not partial:
            yield Verdict.UNKNOWN, f"the run has not ended: {_so_far(history)}"
    elif history.finished["reason"] == "guard":
        yield Verdict.FAIL, f"a guard stopped the run: {_so_far(history)}"
    elif history.finished["reason"] != "plan" and not partial:
        words = {"interrupt": "was interrupted", "error": "ended by an error", "damaged": "lacks executions"}
        how = words.get(history.finished["reason"], f"ended by {history.finished['reason']}")
        yield Verdict.UNKNOWN, f"the run {how}: {_so_far(history)}"


def _about_the_course(history: History) -> Sequence[Worsening]:
    """Return what changed for the worse on the way; of a short run nothing can be said, nor is."""
    long_enough = sum(fact.phase == "steady" for fact in history.iterations) >= FEWEST
    return worsenings(watched(history)) if long_enough else ()


def _about_the_books(residual: float | None) -> Iterator[tuple[Verdict, str]]:
    if residual is not None and residual > BOOKS_CLOSE:
        yield (
            Verdict.FAIL,
            f"the books do not close: components and ledger differ by {residual:.3g} of the notional",
        )


def _so_far(history: History) -> str:
    planned = history.run.planned_iterations if history.run else 0
    return f"{len(history.iterations)} of {planned} iterations are there"


def _reasons(findings: Sequence[tuple[Verdict, str]], gates: int) -> tuple[str, ...]:
    """Return what is not in order, the worst first; of a pass, that all gates hold."""
    off = [text for wanted in _ORDER for verdict, text in findings if verdict is wanted]
    return tuple(off) or (f"all {gates} gates hold" if gates > 1 else "the only gate holds",)


def _repeatable(result: GateResult) -> GateResult:
    """
    Leave a passing measurement of the machine out of the verdict; it is kept in RESOURCES.json.

    Two equal runs must give equal verdicts to the byte, and no two processes are the same size.
    """
    if result.verdict is not Verdict.PASS or not KPIS.get(result.kpi).of_the_machine:
        return result
    words = f"{result.kpi} is within its bound; the measured value is in RESOURCES.json"
    return result.model_copy(update={"value": None, "interval": None, "reason": words})


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", where=Where(str(path))) from error
