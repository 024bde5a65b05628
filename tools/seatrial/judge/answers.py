"""What the gate commands say: outcomes for people and machines, from gates, records and KPIs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model.artifact import GateResult
from ..model.errors import InputError, UsageError, Where
from ..model.outcome import Outcome
from ..model.profile import GateSettings, Profile
from ..model.verdict import Verdict
from .gate.check import Beside, bound_of, overall
from .gate.selftest import selftest
from .history import History
from .joint import assess_whole
from .judgement import named_golden
from .kpi import KPIS, Kpi

Gates = Sequence[GateSettings]


@dataclass(frozen=True)
class Asked:
    """A profile by name (None: none was named), the way to resolve it, and whether `--set` changed it."""

    name: str | None
    resolve: Callable[[str | None], Profile]
    changed: bool = False

    @property
    def profile(self) -> Profile:
        """Return the profile, the defaults when none was named; each of its KPIs exists."""
        profile = self.resolve(self.name)
        for at, gate in enumerate(profile.gates):
            _exists(gate, self.name, at)
        return profile

    @property
    def gates(self) -> Gates | None:
        """Return the gates of the profile that was named, None when none was."""
        if self.name is None and self.changed:
            raise UsageError("--set changes a profile, and none is named", fix="add --profile")
        return None if self.name is None else self.profile.gates


@dataclass(frozen=True)
class Court:
    """How a record is to be judged: unfinished or not, beside which golden record, on which day."""

    partial: bool = False
    baseline: Path | None = None
    now_ns: int | None = None

    def beside(self) -> Beside:
        """Return the golden record for every guard: the one given, or the one that the guard names."""
        given = None if self.baseline is None else History.read(self.baseline)
        return Beside(named_golden if given is None else lambda _gate: given, self.now_ns)


def check_record(record: Path, gates: Gates | None, court: Court | None = None) -> Outcome:
    """Judge a record by these gates, or (None) by those of its own configuration."""
    history, court = History.read(record), court or Court()
    own = gates_of(history, record) if gates is None else gates
    judged = assess_whole(record, own, history=history, partial=court.partial, beside=court.beside())
    # The answers themselves, not the verdict file's: a terminal may show what was measured here.
    results = [one.model_copy(update={"value": _value(one, history)}) for one in judged.verdict.gates]
    verdict, reasons = judged.verdict.verdict, judged.verdict.reasons
    lines = [*_table(results), *_others(reasons, results), f"{verdict}  {record}"]
    data = {
        "run_id": judged.verdict.run_id,
        "record": str(record),
        "gates": [_row(one) for one in results],
        "plausibility": [one.document() for one in judged.oddities],
        "residual": judged.residual_ratio,
    }
    return Outcome("gate.check", verdict, reasons, data, tuple(lines))


def gates_of(history: History, record: Path) -> tuple[GateSettings, ...]:
    """Return the gates of the profile that a record was made with; () when it says nothing."""
    if "gates" not in history.config:
        return ()
    try:
        return Profile.model_validate(history.config).gates
    except ValueError as error:
        first = str(error).splitlines()[0]
        where = Where(str(record), field="config")
        raise InputError(
            f"the recorded gates do not fit this program: {first}", where=where, fix="give --profile"
        ) from error


def try_gates(profile: Profile) -> Outcome:
    """Feed each gate of a profile a violation and demand that it turns red."""
    results = selftest(profile.gates, steady_last=profile.soak.steady_last)
    verdict = overall(one.model_copy(update={"report_only": False}) for one in results)
    dull = tuple(one.reason for one in results if one.verdict is not Verdict.PASS)
    said = f"{len(results) - len(dull)} of {len(results)} gates turn red when they should"
    reasons = (*dull, said) if results else ("no gate is configured: there is nothing to try",)
    data = {"gates": [_row(one) for one in results]}
    return Outcome("gate.selftest", verdict, reasons, data, (*_table(results), f"{verdict}  {reasons[-1]}"))


def list_gates(profile: Profile) -> Outcome:
    """Show the gates of a profile."""
    gates, name = profile.gates, profile.name
    rows: list[dict[str, Any]] = []
    for gate in gates:
        kpi = KPIS.get(gate.kpi)
        rows.append(
            {**gate.model_dump(mode="json", exclude_none=True), "unit": kpi.unit, "better": kpi.better}
        )
    lines = [f"{gate.kpi:<24} {_bound(gate):<34} {gate.window}" for gate in gates]
    return Outcome(
        "gate.list", data={"profile": name, "gates": rows}, lines=(*lines, f"{len(rows)} gates in {name}")
    )


def explain(name: str | None) -> Outcome:
    """Tell what a KPI is, or (None) name them all."""
    if name is None:
        rows = [_kpi(kpi) for _, kpi in KPIS]
        lines = [f"{row['kpi']:<24} {row['doc']}" for row in rows]
        return Outcome("gate.explain", data={"kpis": rows}, lines=(*lines, f"{len(rows)} KPIs"))
    row = _kpi(KPIS.get(name))
    low, high = row["domain"]
    lines = [
        f"{name} ({row['unit']}, {row['better']} is better)",
        str(row["doc"]),
        f"values from {'any' if low is None else low} to {'any' if high is None else high}",
    ]
    return Outcome("gate.explain", data=row, lines=tuple(lines))


def _exists(gate: GateSettings, profile: str | None, at: int) -> None:
    try:
        KPIS.get(gate.kpi)
    except UsageError as error:
        where = Where(profile, field=f"gates.{at}.kpi")
        raise UsageError(error.message, where=where, fix=error.fix) from error


def _kpi(kpi: Kpi) -> dict[str, Any]:
    finite = [None if abs(end) == float("inf") else end for end in kpi.domain]
    return {"kpi": kpi.name, "unit": kpi.unit, "better": kpi.better, "doc": kpi.doc, "domain": finite}


def _value(result: GateResult, history: History) -> float | None:
    if not KPIS.get(result.kpi).of_the_machine or result.window == "worst":
        return result.value
    return KPIS.get(result.kpi).look(history.slice(result.window)).value


def _row(result: GateResult) -> dict[str, Any]:
    return result.model_dump(mode="json")


def _table(results: Sequence[GateResult]) -> list[str]:
    return [f"{one.verdict:<8} {one.reason}{' (report only)' if one.report_only else ''}" for one in results]


def _others(reasons: Sequence[str], results: Sequence[GateResult]) -> list[str]:
    """Return the reasons that no gate speaks of, such as a run that has not ended."""
    told = {one.reason for one in results}
    return [text for text in reasons if not any(text.endswith(reason) for reason in told)]


def _bound(gate: GateSettings) -> str:
    side, bounds = next(iter(bound_of(gate).items()))
    said = ", ".join(f"{name} {value:g}" for name, value in bounds.items())
    return f"{side.replace('_', ' ')} {said}{' of the baseline' if gate.relative else ''}"
