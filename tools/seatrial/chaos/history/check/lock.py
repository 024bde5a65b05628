"""
A lock with fencing: one holder at a time, fences that only grow, a resource that turns the late away.

Overlapping holds alone say little: a writer that was paused believes in its hold for as long as it
sleeps. What matters for money is that its fence is older than the one the resource has seen. A lock that
nobody contended was not tested, and an acquisition without an answer may or may not be a hold.
"""

from dataclasses import dataclass
from typing import Any, Final

from ..finding import Finding
from ..operation import History

ASKS: Final = frozenset({"acquire", "renew", "release", "guarded_write"})
NS_PER_MS: Final = 1_000_000


@dataclass(slots=True)
class Hold:
    """The time in which a process may believe that the lock is its own."""

    lock: Any
    process: Any
    token: Any
    fence: Any
    begins: int
    ends: int
    definite: bool
    place: int

    def say(self) -> dict[str, Any]:
        """Return the hold as a witness shows it."""
        names = ("lock", "process", "token", "fence", "begins", "ends", "place")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to the lock or the resource, from asking to the answer."""

    op: str
    status: str
    row: dict[str, Any]
    called: int
    returned: int | None
    place: int


def lock(history: History, _: float) -> Finding:
    """Judge mutual exclusion, fences, the guarded resource and ownership, in that order of witness."""
    asked = _asked(history)
    holds, wrong = _holds(asked)
    wrong = wrong or _fences(asked) or _guarded(asked, holds) or _overlap(holds, definite=True)
    if wrong is not None:
        return wrong
    contended = _contended(asked, holds)
    if not contended:
        return Finding("unknown", "no acquisition was contended: nothing was tested", {"holds": len(holds)})
    unclear = _overlap(holds, definite=False)
    if unclear is not None:
        return unclear
    return Finding(
        "valid", f"{len(holds)} holds, {contended} contended, apart and in the order of their fences"
    )


def _asked(history: History) -> list[Asked]:
    waiting: dict[Any, tuple[dict[str, Any], int]] = {}
    found: list[Asked] = []
    for operation in history.operations:
        row = operation.asked
        if row.get("op") not in ASKS:
            continue
        key = (row["process"], row["op"])
        if row["type"] == "invoke":
            if key in waiting:
                found.append(_ended(*waiting[key], None))
            waiting[key] = (row, operation.place)
        else:
            before, place = waiting.pop(key, (row, operation.place))
            found.append(_ended(before, place, row))
    found += [_ended(row, place, None) for row, place in waiting.values()]
    return sorted(
        found, key=lambda each: (each.returned if each.returned is not None else each.called, each.place)
    )


def _ended(before: dict[str, Any], place: int, after: dict[str, Any] | None) -> Asked:
    status = "info" if after is None else str(after["type"])
    # An answer repeats what it has something to say about; null says nothing.
    row = before | {key: value for key, value in (after or {}).items() if value is not None}
    return Asked(row["op"], status, row, _time(before), None if after is None else _time(after), place)


def _time(row: dict[str, Any]) -> int:
    return int(row["t_mono_ns"]) if "t_mono_ns" in row else round(float(row.get("t_mono", 0)) * 1e9)


def _holds(asked: list[Asked]) -> tuple[list[Hold], Finding | None]:
    holds: dict[Any, Hold] = {}
    for each in asked:
        key = (each.row.get("lock"), each.row.get("owner_token"))
        length = int(float(each.row.get("ttl_ms", 0)) * NS_PER_MS)
        hold = holds.get(key)
        if each.op == "acquire" and each.status in {"ok", "info"}:
            begins = each.called if each.returned is None or each.status == "info" else each.returned
            fence = _fence(each.row.get("fence"))
            holds[key] = Hold(
                key[0], each.row["process"], key[1], fence, begins, each.called + length,
                each.status == "ok", each.place,
            )  # fmt: skip
        elif each.op == "renew" and each.status == "ok":
            if hold is None or each.called > hold.ends:
                return list(holds.values()), _wrong(
                    "a renewal was granted after the hold had ended", each.row
                )
            hold.ends = max(hold.ends, each.called + length)
        elif each.op == "release":
            wrong = _released(each, holds, key)
            if wrong is not None:
                return list(holds.values()), wrong
    return sorted((h for h in holds.values() if h.ends > h.begins), key=lambda hold: hold.begins), None


def _released(each: Asked, holds: dict[Any, Hold], key: Any) -> Finding | None:
    """End a hold: its owner stops believing in it when asking for the release, whatever comes of that."""
    hold = holds.get(key)
    if hold is None:
        wrong = "a release was granted to somebody who held nothing"
        return _wrong(wrong, each.row) if each.status == "ok" else None
    if hold.definite or each.status == "ok":
        hold.ends = min(hold.ends, each.called)
    elif each.status == "fail":
        # The owner asked and the lock did not know it: the unheard acquisition had not happened.
        del holds[key]
    return None


def _fence(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _fences(asked: list[Asked]) -> Finding | None:
    newest: dict[Any, Any] = {}
    for each in asked:
        fence = _fence(each.row.get("fence"))
        if each.op != "acquire" or each.status != "ok":
            continue
        if fence is None:
            return _wrong("a lock was granted without a fence", each.row)
        name = each.row.get("lock")
        if name in newest and fence <= newest[name]:
            return _wrong(f"fence {fence} came after {newest[name]}", each.row)
        newest[name] = fence
    return None


def _guarded(asked: list[Asked], holds: list[Hold]) -> Finding | None:
    writes = [each for each in asked if each.op == "guarded_write" and each.status == "ok"]
    writes.sort(key=lambda each: each.row.get("resource_version") or 0)
    owners = {(hold.lock, hold.fence): hold for hold in holds}
    largest: dict[Any, Any] = {}
    for each in writes:
        name, fence = each.row.get("lock"), _fence(each.row.get("fence"))
        if name in largest and fence < largest[name]:
            return _wrong(f"the resource took fence {fence} after {largest[name]}", each.row)
        largest[name] = fence
        owner = owners.get((name, fence))
        if owner is not None and _too_late(each, owner, holds):
            return _wrong("the resource took a write when somebody else held the lock", each.row)
    return None


def _too_late(write: Asked, owner: Hold, holds: list[Hold]) -> bool:
    """Whether the writer's hold was over, and another one had begun, before it even asked."""
    if write.called <= owner.ends:
        return False
    return any(
        hold.lock == owner.lock and hold.definite and hold.fence != owner.fence
        and owner.begins < hold.begins < write.called < hold.ends
        for hold in holds
    )  # fmt: skip


def _overlap(holds: list[Hold], *, definite: bool) -> Finding | None:
    """Find two holds of one lock that overlap: both definite, or (unknown) one of them only possible."""
    open_holds: dict[Any, list[Hold]] = {}
    for hold in holds:
        still = [other for other in open_holds.get(hold.lock, ()) if other.ends > hold.begins]
        for other in still:
            if other.process == hold.process:
                continue
            shown = [other.say(), hold.say()]
            if definite and other.definite and hold.definite:
                return Finding("invalid", "two processes held the lock at once", shown)
            if not definite and other.definite != hold.definite:
                return Finding("unknown", "an acquisition without an answer may overlap a hold", shown)
        open_holds[hold.lock] = [*still, hold]
    return None


def _contended(asked: list[Asked], holds: list[Hold]) -> int:
    """Count the acquisitions that somebody else's hold stood in the way of."""
    count, current, ahead = 0, [hold for hold in holds if hold.definite], 0
    running: list[Hold] = []
    for each in sorted((a for a in asked if a.op == "acquire"), key=lambda a: a.called):
        while ahead < len(current) and current[ahead].begins <= each.called:
            running.append(current[ahead])
            ahead += 1
        running = [hold for hold in running if hold.ends > each.called]
        count += any(
            hold.process != each.row["process"] and hold.lock == each.row.get("lock") for hold in running
        )
    return count


def _wrong(reason: str, row: dict[str, Any]) -> Finding:
    return Finding("invalid", reason, row)
