"""
One verdict from two records: a bot of its own process, and the exchange that it traded at.

The exchange's record lies inside the bot's. Gates on trading are answered from the one, gates on
the process and its presence from the other; a record without an exchange is judged by itself. Where
the exchange was started several times, each stretch has to hold, and the KPIs are the last one's.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..model.artifact import GateResult, VerdictFile
from ..model.profile import GateSettings
from ..model.verdict import worst
from .gate.check import DEFAULT_SEED, Beside, check
from .history import JOURNAL, History
from .judgement import Judgement, hashes, judge_history, named_golden
from .kpi import KPIS

VENUE = "exchange"
# What a bot's own process shows, beside what is measured of the machine.
OF_THE_PROCESS = frozenset({"coverage_ratio"})


def assess_whole(
    record: Path,
    gates: Sequence[GateSettings],
    *,
    history: History | None = None,
    partial: bool = False,
    beside: Beside | None = None,
) -> Judgement:
    """
    Judge a record and, where it has one, the exchange's inside it.

    `history` was read already; `beside` holds the golden records and the day. What cannot be in the
    exchange's record counts as it does in any other. An unknown KPI is a UsageError and a damaged
    journal an InputError, before anything is judged.
    """
    for gate in gates:
        KPIS.get(gate.kpi)
    own = History.read(record) if history is None else history
    venues = venue_records(record)
    if not venues:
        return judge_history(own, gates, inputs=hashes(record), partial=partial, beside=beside)
    beside = beside or Beside(named_golden)
    histories = [History.read(venue) for venue in venues]
    answers = [check(gates, history, seed=DEFAULT_SEED, beside=beside) for history in histories]
    elsewhere = {
        at: _worst(stretch)
        for at, stretch in enumerate(zip(*answers, strict=True))
        if not _is_of_the_process(stretch[0].kpi)
    }
    theirs, inputs = histories[-1], hashes(record)
    for venue in venues:
        inputs |= {f"{VENUE}/{venue.name}/{name}": told for name, told in hashes(venue).items()}
    found = judge_history(own, gates, inputs=inputs, partial=partial, elsewhere=elsewhere, beside=beside)
    traded = judge_history(theirs, gates, inputs=inputs, partial=True, beside=beside)
    verdict = _with(found.verdict, traded)
    edge = {**traded.documents["EDGE_REPORT.json"], "run_id": verdict.run_id}
    documents = {
        **found.documents,
        "verdict.json": verdict.model_dump(mode="json"),
        "KPI_GATE.json": {**found.documents["KPI_GATE.json"], "verdict": verdict.verdict.value},
        "EDGE_REPORT.json": edge,
    }
    oddities = (*found.oddities, *traded.oddities)
    return Judgement(verdict, own, traded.residual_ratio, documents, oddities)


def _with(own: VerdictFile, traded: Judgement) -> VerdictFile:
    """Return a verdict with the trading's KPIs, and with what is odd about the trading."""
    odd = traded.oddities
    update = {
        "kpis": _joined(own.kpis, traded.verdict.kpis),
        "verdict": worst((own.verdict, *(one.verdict for one in odd))),
        "reasons": (*own.reasons, *(one.sentence for one in odd)),
    }
    return own.model_copy(update=update)


def venue_records(record: Path) -> list[Path]:
    """Return the records of the exchange inside a record, oldest first; a resumed soak starts it anew."""
    found = (path.parent for path in (record / VENUE).glob(f"*/{JOURNAL}"))
    return sorted(path for path in found if not path.is_symlink())


def _worst(stretch: Sequence[GateResult]) -> GateResult:
    """Return the worst of a gate's answers, one for each time that the exchange was started."""
    bad = worst(one.verdict for one in stretch)
    at = max(at for at, one in enumerate(stretch) if one.verdict is bad)
    if len(stretch) == 1:
        return stretch[0]
    reason = f"{stretch[at].reason} (start {at + 1} of {len(stretch)} of the exchange)"
    return stretch[at].model_copy(update={"reason": reason})


def _joined(own: Mapping[str, float | None], traded: Mapping[str, float | None]) -> dict[str, float | None]:
    return {
        name: own.get(name) if _is_of_the_process(name) else traded.get(name)
        for name in sorted({*own, *traded})
    }


def _is_of_the_process(kpi: str) -> bool:
    return kpi in OF_THE_PROCESS or KPIS.get(kpi).of_the_machine
