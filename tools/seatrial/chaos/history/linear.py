"""
Linearizability by the search of Wing and Gong with Lowe's memory of where it has been.

Six things keep it small. Independent keys are searched apart (P-compositionality). A read that is
legal now is taken now: it changes nothing, so no order is lost. Calls without an answer that are alike
are one kind of which some number was used, not so many different ones. And a place is not visited again
when it was reached before with fewer of those used, because whatever follows here could follow there.
What no read can see is forgotten, so that the orders of what was overwritten unseen are one order.
And the search turns back where a coming read cannot come true any more: neither does the state lead to
its value, nor is a call left that sets it.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Final

from ...store.clock import monotonic_ns
from .finding import Finding
from .operation import History, plain
from .sequential import ILLEGAL, Call, Model, calls

Clock = Callable[[], int]
LOOK_EVERY: Final = 256
LOOK_AHEAD: Final = 64
_CHANGES: Final = frozenset({"write", "cas", "put", "append", "txn", "acquire", "release"})


def check(history: History, model: Model, budget_s: float, clock: Clock = monotonic_ns) -> Finding:
    """Judge every key in turn; the first that cannot be explained is the witness."""
    known = _CHANGES | {"read", "get"}
    strange = sorted({operation.f for operation in history.operations} - known)
    if strange:
        return Finding("unknown", f"this object has no operation {strange[0]!r}", {"f": strange[0]})
    deadline = clock() + int(budget_s * 1e9)
    parts = calls(history, model)
    if not any(call.returned is not None for part in parts.values() for call in part):
        return Finding("valid", "no operation has an answer: nothing was tested", vacuous=True)
    for key in sorted(parts, key=lambda key: (len(parts[key]), repr(key))):
        search = Search(parts[key], model, deadline, clock)
        explained = search.run()
        if explained is None:
            return Finding("unknown", f"not decided within {budget_s:g} s", search.witness(key))
        if not explained:
            return Finding("invalid", "no order of the operations explains the answers", search.witness(key))
    count = sum(len(part) for part in parts.values())
    return Finding("valid", f"{count} operations on {len(parts)} keys have an order that explains them")


@dataclass(slots=True)
class _Frame:
    """A place in the search, the choices left there, and what was taken to get to the next one."""

    state: Any
    taken: list[int]
    choices: list[tuple[int, int, Any]]
    undo: tuple[int, int] | None = None


@dataclass
class _Best:
    done: int = -1
    state: Any = None
    blocked: list[int] = field(default_factory=list)


class Search:
    """One key's calls, the ones with an answer in a list by call, the ones without as counted kinds."""

    def __init__(self, part: list[Call], model: Model, deadline: int, clock: Clock) -> None:
        self.model, self.deadline, self.clock = model, deadline, clock
        self.calls = sorted((c for c in part if c.returned is not None), key=lambda call: call.called)
        self.kinds, self.samples, self.starts = _kinds([c for c in part if c.returned is None])
        self.used = [0] * len(self.kinds)
        self.done, self.left = 0, len(self.calls)
        count = len(self.calls)
        self.after = [*range(1, count + 1), 0]
        self.before = [count, *range(count)]
        self.places: dict[tuple[int, Hashable], list[tuple[int, ...]]] = {}
        self.first, self.best, self.steps = model.first, _Best(), 0
        self.grows = model.grows
        self.known: dict[Any, bool] = {}
        self.hopes = _hopes(self.calls, [c for c in part if c.returned is None], model)

    def run(self) -> bool | None:
        """Return whether an order explains the calls; None when the time was over first."""
        stack = [self._frame(self.first)]
        while self.left:
            self.steps += 1
            if self.steps % LOOK_EVERY == 0 and self.clock() > self.deadline:
                return None
            frame = stack[-1]
            if frame.undo is not None:
                self._undo(frame.undo)
                frame.undo = None
            if not frame.choices:
                stack.pop()
                for index in reversed(frame.taken):
                    self._lower(index)
                if not stack:
                    return False
                continue
            index, kind, state = frame.choices.pop()
            frame.undo = (index, kind)
            self._take(index, kind)
            if self._new_place(state):
                stack.append(self._frame(state))
        return True

    def witness(self, key: Hashable) -> dict[str, Any]:
        """Return how far the search came, and what it could not get past."""
        return {
            "key": plain(key),
            "explained": max(self.best.done, 0),
            "of": len(self.calls),
            "state": plain(self.best.state),
            "blocked": [self.calls[index].operation.say() for index in self.best.blocked],
        }

    def _frame(self, state: Any) -> _Frame:
        taken, waiting, horizon = self._reads(state)
        choices: list[tuple[int, int, Any]] = []
        count = len(self.calls) - self.left
        if count > self.best.done:
            self.best = _Best(count, state, waiting[:5])
        if self._hopeless(state):
            return _Frame(state, taken, choices)
        for kind, call in enumerate(self.samples):
            starts = self.starts[kind]
            if self.used[kind] < len(starts) and starts[self.used[kind]] < horizon:
                new = self._step(state, call)
                if new is not ILLEGAL and new != state:
                    choices.append((-1, kind, new))
        for index in reversed(waiting):
            new = self._step(state, self.calls[index])
            if new is not ILLEGAL:
                choices.append((index, -1, new))
        return _Frame(state, taken, choices)

    def _step(self, state: Any, call: Call) -> Any:
        """Return the state after a call; one that no read can ever see is forgotten."""
        new, grows = self.model.step(state, call), self.grows
        if new is ILLEGAL or new is None or grows is None or not self.model.forgets:
            return new
        if new not in self.known:
            self.known[new] = any(read.pure and grows(new, read) for read in self.calls)
        return new if self.known[new] else None

    def _hopeless(self, state: Any) -> bool:
        """Whether one of the next reads can never be true: the state does not lead there, no call sets it."""
        if self.grows is None:
            return False
        end, undone = len(self.calls), ~self.done
        index = self.after[end]
        for _ in range(LOOK_AHEAD):
            if index == end:
                break
            hope = self.hopes[index]
            if hope >= 0 and not hope & undone and not self.grows(state, self.calls[index]):
                return True
            index = self.after[index]
        return False

    def _reads(self, state: Any) -> tuple[list[int], list[int], int]:
        """Take every legal read there is; return them, the calls that may come next, and until when."""
        taken: list[int] = []
        waiting: list[int] = []
        end = len(self.calls)
        horizon = 1 << 62
        index = self.after[end]
        while index != end:
            call = self.calls[index]
            if call.called > horizon:
                break
            follows = self.after[index]
            if call.pure and self.model.step(state, call) is not ILLEGAL:
                self._lift(index)
                taken.append(index)
            else:
                waiting.append(index)
                horizon = min(horizon, call.returned or 0)
            index = follows
        return taken, waiting, horizon

    def _new_place(self, state: Any) -> bool:
        used = tuple(self.used)
        known = self.places.setdefault((self.done, state), [])
        if any(all(a <= b for a, b in zip(old, used, strict=True)) for old in known):
            return False
        known[:] = [old for old in known if not all(a >= b for a, b in zip(old, used, strict=True))]
        known.append(used)
        return True

    def _take(self, index: int, kind: int) -> None:
        if index >= 0:
            self._lift(index)
        else:
            self.used[kind] += 1

    def _undo(self, taken: tuple[int, int]) -> None:
        index, kind = taken
        if index >= 0:
            self._lower(index)
        else:
            self.used[kind] -= 1

    def _lift(self, index: int) -> None:
        before, after = self.before[index], self.after[index]
        self.after[before], self.before[after] = after, before
        self.done |= 1 << index
        self.left -= 1

    def _lower(self, index: int) -> None:
        before, after = self.before[index], self.after[index]
        self.after[before] = self.before[after] = index
        self.done ^= 1 << index
        self.left += 1


def _hopes(heard: list[Call], unheard: list[Call], model: Model) -> list[int]:
    """Return for each read the calls, as bits, that may set its value; -1 where nothing can be said."""
    gives = model.gives
    if gives is None:
        return [-1] * len(heard)
    hopes = []
    changes = [(1 << index, call) for index, call in enumerate(heard) if not call.pure]
    for read in heard:
        end = read.returned or 0
        mismatch = read.operation.more.get("mismatch")
        if not read.pure or mismatch or any(c.called < end and gives(c, read) for c in unheard):
            hopes.append(-1)
        else:
            hopes.append(sum(bit for bit, c in changes if c.called < end and gives(c, read)))
    return hopes


def _kinds(unheard: list[Call]) -> tuple[list[Hashable], list[Call], list[list[int]]]:
    samples: dict[Hashable, Call] = {}
    starts: dict[Hashable, list[int]] = {}
    for call in sorted(unheard, key=lambda call: call.called):
        samples.setdefault(call.kind, call)
        starts.setdefault(call.kind, []).append(call.called)
    return list(samples), list(samples.values()), list(starts.values())
