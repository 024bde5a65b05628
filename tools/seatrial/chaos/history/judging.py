"""`chaos check-history`: read a file, choose the model, say whether it holds, and show what breaks it."""

from pathlib import Path
from typing import Any, Final

from ...model.errors import UsageError, Where
from ...model.outcome import Outcome
from ...model.verdict import Verdict
from .check import CHECKERS
from .finding import BUDGET_S, Finding
from .operation import History, Operation
from .read import read
from .transactions import READS

# What operations a history has -> the model that it is judged by; the first that holds them all.
_BY_NAMES: Final = (
    (frozenset({"acquire", "release"}), "mutex"),
    (frozenset({"get", "put", "append"}), "kv"),
    (frozenset({"transfer", "read"}), "bank"),
    (frozenset({"enqueue", "dequeue", "drain"}), "queue"),
    (frozenset({"read", "write", "cas"}), "cas-register"),
)
_VERDICTS: Final = {"valid": Verdict.PASS, "invalid": Verdict.FAIL, "unknown": Verdict.UNKNOWN}


def check_history(path: Path, model: str | None = None, budget_s: float = BUDGET_S) -> Outcome:
    """
    Return the outcome for one history.

    A history in which nothing could go wrong is valid, as the word is used, and passes nothing.
    """
    history = read(path)
    name = model or guess(history)
    checker = CHECKERS.get(name)
    _must_fit(history, name)
    found = checker(history, budget_s)
    verdict = Verdict.UNKNOWN if found.vacuous and found.history == "valid" else _VERDICTS[found.history]
    return _outcome(history, name, found, verdict)


def guess(history: History) -> str:
    """Return the model that the operations of a history speak of."""
    if history.form == "journal":
        return "orders"
    if history.form == "lock":
        return "lock"
    names = {operation.f for operation in history.operations}
    if "txn" in names:
        return _of_transactions(history)
    if "add" in names:
        numbers = (o.told for o in history.operations if o.f == "read" and o.status == "ok")
        return "counter" if all(isinstance(told, int) for told in numbers) else "set-full"
    reads = [o for o in history.operations if o.f == "read" and o.status == "ok"]
    if names <= {"read", "write"} and reads:
        return _of_reads(reads)
    for known, model in _BY_NAMES:
        if names <= known:
            return model
    raise UsageError(
        f"no model is known for operations called {', '.join(sorted(names))}",
        where=Where(history.source),
        fix=f"name one with --model: {', '.join(CHECKERS.names())}",
    )


def _of_reads(reads: list[Operation]) -> str:
    """Tell apart what is only read and written by what a read is told."""
    told, asked = reads[0].told, reads[0].asked
    if isinstance(asked, list) and all(isinstance(part, list) and len(part) == 3 for part in asked):
        return "long-fork"
    if isinstance(told, dict):
        return "bank"
    # A register of independent keys asks [key, nil]; who asks nothing and hears many reads a set.
    many = isinstance(told, frozenset | set | list) and asked is None
    return "comments" if many else "cas-register"


def _of_transactions(history: History) -> str:
    fs = {part[0] for o in history.operations for part in o.asked or () if isinstance(part, list) and part}
    if "append" in fs:
        return "list-append"
    # Knossos spells its transactions out, Elle abbreviates.
    return (
        "multi-register"
        if fs & {"read", "write"}
        else "rw-register"
        if fs <= READS | {"w"}
        else "multi-register"
    )


def _must_fit(history: History, name: str) -> None:
    ours = {"journal": "orders", "lock": "lock"}
    wanted = {model: form for form, model in ours.items()}.get(name)
    if history.form == wanted or (wanted is None and history.form not in ours):
        return
    raise UsageError(
        f"the model {name!r} does not read a file of the form {history.form!r}",
        where=Where(history.source),
        fix=f"leave --model out, or name a {wanted}" if wanted else "leave --model out",
    )


def _outcome(history: History, name: str, found: Finding, verdict: Verdict) -> Outcome:
    data: dict[str, Any] = {
        "history": found.history,
        "witness": found.witness,
        "model": name,
        "form": history.form,
        "operations": len(history.operations),
    }
    lines = [f"{history.source}: {len(history.operations)} operations, judged as {name}"]
    if found.witness is not None:
        lines.append(f"witness: {_short(found.witness)}")
    lines.append(f"{verdict.value}: the history is {found.history}: {found.reason}")
    return Outcome("chaos.check-history", verdict, (found.reason,), data, tuple(lines))


def _short(witness: Any, limit: int = 600) -> str:
    text = repr(witness)
    return text if len(text) <= limit else f"{text[:limit]}... (all of it with --json)"
