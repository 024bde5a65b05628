"""
Transfers between accounts: no read may see money appear, vanish or be owed.

The total is that of the first read, because the file does not say it: of two reads that differ one is
wrong, whichever it is.
"""

from typing import Any

from ..finding import Finding
from ..operation import History, Operation


def bank(history: History, _: float) -> Finding:
    """Judge reads of all balances."""
    reads = [o for o in history.operations if o.f == "read" and o.status == "ok"]
    if not reads:
        return Finding("valid", "no read of the balances was answered: nothing was tested", vacuous=True)
    first = _balances(reads[0].told)
    if first is None:
        return Finding("unknown", "a read is no map of balances", reads[0].say())
    for operation in reads:
        wrong = _wrong(operation, first)
        if wrong is not None:
            return Finding("invalid", wrong, operation.say())
    moved = any(o.f == "transfer" and o.status != "fail" for o in history.operations)
    reason = f"{len(reads)} reads see a total of {sum(first.values())} and no debt"
    return Finding("valid", reason if moved else f"{reason}, but nothing was transferred", vacuous=not moved)


def _balances(told: Any) -> dict[Any, Any] | None:
    if isinstance(told, list):
        return dict(enumerate(told))
    return told if isinstance(told, dict) else None


def _wrong(operation: Operation, first: dict[Any, Any]) -> str | None:
    balances = _balances(operation.told)
    if balances is None or any(not isinstance(value, int | float) for value in balances.values()):
        return "a read holds something that is no balance"
    if balances.keys() != first.keys():
        return "a read does not hold the accounts of the first one"
    if sum(balances.values()) != sum(first.values()):
        return f"a read sees a total of {sum(balances.values())}, not {sum(first.values())}"
    debts = [key for key, value in balances.items() if value < 0]
    return f"account {debts[0]} is below zero" if debts else None
