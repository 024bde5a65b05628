"""
Seeded schedules of contenders over the simulated store, thousands a second, each judged as it runs.

A schedule is one of three kinds: calm, a failover to the replica that has everything acknowledged, and a
failover to one that is behind. In the first two nobody may act while somebody else believes in a hold. In
all of them fences never repeat and the guarded resource never goes back: that is what survives even a
failover that forgot. A seed replays its schedule exactly, with a history that the lock checker reads.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Final

from .fake import FakeKVLock
from .guard import FenceGuard
from .leader import Ask, Fence, LeaderLock

MS: Final = 1_000_000
TTL_NS: Final = 100 * MS
TIMEOUT_NS: Final = 40 * MS
ROUNDS, WRITES = 2, 2
_MASK: Final = (1 << 64) - 1
Trace = list[dict[str, Any]]


class Dice:
    """Numbers from a seed; a congruential generator is enough to shuffle a schedule, and fast."""

    __slots__ = ("state",)

    def __init__(self, seed: int) -> None:
        self.state = (seed * 0x9E3779B97F4A7C15 + 0x632BE59BD9B4E019) & _MASK

    def below(self, bound: int) -> int:
        """Return a number from 0 up to, not including, the bound."""
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & _MASK
        return (self.state >> 33) % bound


@dataclass(frozen=True, slots=True)
class Broken:
    """A schedule in which the lock failed: the seed that replays it, when, and how."""

    seed: int
    at_ns: int
    reason: str


class World:
    """One schedule: contenders, store, resource and what must hold."""

    __slots__ = (
        "broken", "contended", "dice", "fences", "guard", "kind", "locks", "newest", "now", "off",
        "queue", "seed", "store", "trace", "turn",
    )  # fmt: skip

    def __init__(self, seed: int, off: str | None = None, trace: Trace | None = None) -> None:
        self.seed, self.off, self.trace = seed, off, trace
        self.dice = Dice(seed)
        self.kind = self.dice.below(3)
        cut_ns = (50 + self.dice.below(150)) * MS if self.kind else 1 << 62
        self.store, self.guard = FakeKVLock(cut_ns, off), FenceGuard(off=off)
        self.locks = [LeaderLock(name, TTL_NS, off) for name in ("a", "b")]
        self.fences: dict[Fence, str] = {}
        self.newest: Fence = (0, 0)
        self.now = self.turn = self.contended = 0
        self.broken: Broken | None = None
        self.queue: list[tuple[int, int, Iterator[int]]] = []

    def run(self) -> Broken | None:
        """Run to the end, or to the first thing that must not be."""
        for lock in self.locks:
            self._at(self.dice.below(20 * MS), self._contender(lock))
        if self.kind:
            self._at(self.store.cut_ns + (10 + self.dice.below(60)) * MS, self._failover())
        while self.queue and self.broken is None:
            self.now, _, actor = heappop(self.queue)
            wait = next(actor, None)
            if wait is not None:
                self._at(self.now + wait, actor)
        return self.broken

    def _at(self, when: int, actor: Iterator[int]) -> None:
        self.turn += 1
        heappush(self.queue, (when, self.turn, actor))

    def _failover(self) -> Iterator[int]:
        behind = (1 + self.dice.below(100)) * MS if self.kind == 2 else 0
        self.store.fail_over(behind)
        yield 0

    def _contender(self, lock: LeaderLock) -> Iterator[int]:
        below = self.dice.below
        for _ in range(ROUNDS):
            yield from self._asked(lock, lock.grant(self.now))
            if not lock.holds(self.now):
                yield from self._asked(lock, lock.release(self.now))
                yield below(60 * MS)
                continue
            for step in range(WRITES):
                # One thought in eight is longer than the lock lives: a collection, a swap, a laptop's lid.
                yield below(TTL_NS) if below(8) else TTL_NS + below(TTL_NS)
                if lock.holds(self.now) and lock.fence is not None:
                    self._acts(lock)
                    yield from self._writes(lock, lock.fence)
                if step == 0 and lock.holds(self.now):
                    yield from self._asked(lock, lock.renew(self.now))
            yield from self._asked(lock, lock.release(self.now))

    def _asked(self, lock: LeaderLock, ask: Ask) -> Iterator[int]:
        below = self.dice.below
        self._told(lock, ask.kind, "invoke")
        fate, stale = below(16), below(2) == 0
        # One request in sixteen is lost, one is slow; the same of the answers.
        yield (1 + below(35 if fate == 2 else 5)) * MS if fate else TIMEOUT_NS
        answer = None
        if fate:
            answer = self.store.ask(ask, self.now, stale=stale)
            yield (1 + below(35 if fate == 3 else 5)) * MS if fate > 1 else TIMEOUT_NS
        if fate <= 1:
            answer = None
        held = lock.hear(ask, answer, self.now)
        status = "info" if answer is None or not answer.replicated else "ok" if answer.done else "fail"
        self._told(lock, ask.kind, status, answer.fence if answer is not None else None)
        if ask.kind == "grant":
            self.contended += status == "fail"
            if (
                held
                and lock.fence is not None
                and self.fences.setdefault(lock.fence, lock.token) != lock.token
            ):
                self._break(f"fence {lock.fence} was granted twice")

    def _acts(self, lock: LeaderLock) -> None:
        if self.kind < 2 and any(other.holds(self.now) for other in self.locks if other is not lock):
            self._break("two held the lock at once")

    def _writes(self, lock: LeaderLock, fence: Fence) -> Iterator[int]:
        below = self.dice.below
        self._told(lock, "guarded_write", "invoke", fence)
        yield below(3 * MS) if below(8) else TTL_NS + below(2 * TTL_NS)
        admitted = self.guard.admit(fence)
        if admitted and fence < self.newest:
            self._break(f"the resource took fence {fence} after {self.newest}")
        if admitted:
            self.newest = max(self.newest, fence)
        self._told(lock, "guarded_write", "ok" if admitted else "fail", fence)

    def _break(self, reason: str) -> None:
        if self.broken is None:
            self.broken = Broken(self.seed, self.now, reason)

    def _told(self, lock: LeaderLock, op: str, status: str, fence: Fence | None = None) -> None:
        if self.trace is not None:
            self.trace.append(
                {
                    "seq": len(self.trace),
                    "t_mono_ns": self.now,
                    "process": lock.name,
                    "op": "acquire" if op == "grant" else op,
                    "type": status,
                    "lock": "leader",
                    "owner_token": lock.token,
                    "fence": None if fence is None else list(fence),
                    "ttl_ms": TTL_NS // MS,
                }
            )


@dataclass(frozen=True, slots=True)
class Searched:
    """How many schedules ran, in how many somebody was turned away, and the first that broke."""

    schedules: int
    contended: int
    broken: Broken | None
    lasted_ns: int


def search(
    first_seed: int, count: int, off: str | None, clock: Callable[[], int], budget_ns: int
) -> Searched:
    """Run schedules seed after seed until one breaks, the count is reached or the time is over."""
    began, contended = clock(), 0
    for number in range(count):
        world = World(first_seed + number, off)
        broken = world.run()
        contended += world.contended > 0
        lasted = clock() - began
        if broken is not None or lasted > budget_ns:
            return Searched(number + 1, contended, broken, lasted)
    return Searched(count, contended, None, clock() - began)


def replay(seed: int, off: str | None = None) -> tuple[Broken | None, Trace]:
    """Run one schedule again and return what broke and its history."""
    trace: Trace = []
    return World(seed, off, trace).run(), trace
