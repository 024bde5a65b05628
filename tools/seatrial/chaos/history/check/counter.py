"""A counter: each read lies between what must have been added by then and what may have been."""

from ..finding import Finding
from ..operation import History


def counter(history: History, _budget_s: float) -> Finding:
    """Judge the reads of a counter that goes up and down."""
    moments = _moments(history)
    low = high = read = 0
    lows: dict[int, int] = {}
    for _, what, index in moments:
        operation = history.operations[index]
        if what == "asked":
            lows[index] = low
        elif what == "told":
            read += 1
            if not lows[index] <= operation.told <= high:
                shown = operation.say() | {"at_least": lows[index], "at_most": high}
                return Finding("invalid", "a read of the counter is out of its bounds", shown)
        else:
            amount = (1 if operation.asked is None else operation.asked) * (-1 if operation.f == "dec" else 1)
            # What is added may count from its call on and must from its answer on; what is taken, too.
            low += amount if (what == "must") == (amount > 0) else 0
            high += amount if (what == "may") == (amount > 0) else 0
    if not read:
        return Finding("valid", "no read of the counter was answered: nothing was tested", vacuous=True)
    return Finding("valid", f"{read} reads lie within their bounds", vacuous=len(moments) == 2 * read)


def _moments(history: History) -> list[tuple[int, str, int]]:
    """Return when each read is asked and told, and when each addition may and must count, in order."""
    moments: list[tuple[int, str, int]] = []
    for index, operation in enumerate(history.operations):
        if operation.status == "fail":
            continue
        if operation.f == "read" and operation.status == "ok":
            moments += [(operation.called, "asked", index), (operation.returned or 0, "told", index)]
        elif operation.f in {"add", "dec", "inc"}:
            moments.append((operation.called, "may", index))
            moments += [] if operation.returned is None else [(operation.returned, "must", index)]
    return sorted(moments)
