"""Comments: who sees an answer sees what it answers; a read may not hold a write without its elders."""

from ..finding import Finding
from ..operation import History, frozen


def comments(history: History, _: float) -> Finding:
    """Judge reads of all writes: with a write, everything acknowledged before it was begun is seen."""
    writes = [o for o in history.operations if o.f in {"write", "add"} and o.status != "fail"]
    reads = [o for o in history.operations if o.f == "read" and o.status == "ok"]
    if not reads:
        return Finding("valid", "no read was answered: nothing was tested", vacuous=True)
    for operation in reads:
        seen = {frozen(value) for value in operation.told or ()}
        begun = max((w.called for w in writes if frozen(w.asked) in seen), default=-1)
        for write in writes:
            if write.status == "ok" and (write.returned or 0) < begun and frozen(write.asked) not in seen:
                shown = {"read": operation.place, "missing": write.say()}
                return Finding("invalid", "a read holds a write and not one that was done before it", shown)
    return Finding("valid", f"{len(reads)} reads hold what came before what they hold", vacuous=not writes)
