"""
The leader lock of one process, without any input or output.

It says what to ask of a store and is told the answer, with the time on a monotonic clock; so the same
rules run over Redis and over a simulated store. Two things carry its safety. A holder stops believing in
its hold by its own clock, counted from when it asked and not from when it was answered. And every hold
has a fence that what it guards compares: the fence is the pair of the store's failover epoch and a
counter, so it grows over a failover that lost the counter.
"""

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["grant", "renew", "release"]
Fence = tuple[int, int]

# Every rule by name, so that a test can switch one off and see somebody notice.
RULES: Final = (
    "exclusive",
    "counter",
    "epoch",
    "owner-renews",
    "owner-releases",
    "replicated",
    "deadline",
    "from-ask",
    "unheard",
    "fence",
)


@dataclass(frozen=True, slots=True)
class Ask:
    """A request to the store; `asked_ns` is the moment that a hold is counted from."""

    kind: Kind
    token: str
    ttl_ns: int
    asked_ns: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the store said: done or not, the fence of a grant, and whether a replica has it too."""

    done: bool
    fence: Fence | None = None
    replicated: bool = True


class LeaderLock:
    """One process's view of one lock."""

    __slots__ = ("attempt", "fence", "name", "off", "token", "ttl_ns", "until_ns")

    def __init__(self, name: str, ttl_ns: int, off: str | None = None) -> None:
        self.name, self.ttl_ns, self.off = name, ttl_ns, off
        self.attempt, self.token = 0, ""
        self.fence: Fence | None = None
        self.until_ns = 0

    def holds(self, now_ns: int) -> bool:
        """Whether this process may still believe that the lock is its own."""
        return self.fence is not None and (now_ns < self.until_ns or self.off == "deadline")

    def grant(self, now_ns: int) -> Ask:
        """Return the request for the lock; each attempt has a token of its own."""
        self.attempt += 1
        self.token = f"{self.name}#{self.attempt}"
        self.fence = None
        return Ask("grant", self.token, self.ttl_ns, now_ns)

    def renew(self, now_ns: int) -> Ask:
        """Return the request for more time."""
        return Ask("renew", self.token, self.ttl_ns, now_ns)

    def release(self, now_ns: int) -> Ask:
        """Stop believing in the hold, then return the request that tells the store."""
        self.fence = None
        return Ask("release", self.token, self.ttl_ns, now_ns)

    def hear(self, ask: Ask, answer: Answer | None, now_ns: int) -> bool:
        """
        Take the answer to a request (None: it was not heard); return whether the lock is held now.

        What was not heard, or not replicated, is no hold: it may exist and may vanish.
        """
        if ask.token != self.token or ask.kind == "release":
            return False
        if answer is None and self.off == "unheard":
            answer = Answer(done=True, fence=self.fence or (0, 0))
        believed = answer is not None and answer.done and (answer.replicated or self.off == "replicated")
        since_ns = now_ns if self.off == "from-ask" else ask.asked_ns
        if believed and answer is not None:
            if ask.kind == "grant":
                self.fence = answer.fence
                self.until_ns = since_ns + ask.ttl_ns
            elif self.fence is not None:
                self.until_ns = max(self.until_ns, since_ns + ask.ttl_ns)
        elif answer is not None and not answer.done:
            self.fence = None
        return self.holds(now_ns)
