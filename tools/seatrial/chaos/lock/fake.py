"""
A store of locks that is not there: a primary with two replicas in virtual time.

Its three operations are those of the scripts that Redis runs. At some moment the primary is cut off from
its replicas; later one of them becomes the primary of a new epoch with what had reached it, and the old
one goes on answering whoever still talks to it.
"""

from .leader import Answer, Ask, Fence


class Node:
    """One server: who holds, until when, how often it was granted, and its epoch."""

    __slots__ = ("count", "epoch", "holder", "until_ns")

    def __init__(self) -> None:
        self.holder, self.until_ns, self.count, self.epoch = "", 0, 0, 1


class FakeKVLock:
    """The servers of one lock; `off` names a rule that they break."""

    __slots__ = ("cut_ns", "log", "off", "old", "primary")

    def __init__(self, cut_ns: int, off: str | None = None) -> None:
        self.primary = Node()
        self.old: Node | None = None
        self.cut_ns, self.off = cut_ns, off
        # What the primary held from which moment on, as long as its replicas heard of it.
        self.log: list[tuple[int, str, int, int]] = []

    def ask(self, ask: Ask, now_ns: int, *, stale: bool) -> Answer:
        """Carry out a request at the primary, or at the deposed one when the asker does not know better."""
        node = self.old if stale and self.old is not None else self.primary
        done, fence = self._do(node, ask, now_ns)
        replicated = now_ns < self.cut_ns if self.old is None else node is self.primary
        if done and replicated and self.old is None:
            self.log.append((now_ns, node.holder, node.until_ns, node.count))
        return Answer(done, fence, replicated)

    def fail_over(self, behind_ns: int) -> None:
        """Make the replica the primary that is this far behind the moment of the cut."""
        heir = Node()
        for since_ns, holder, until_ns, count in self.log:
            if since_ns <= self.cut_ns - behind_ns:
                heir.holder, heir.until_ns, heir.count = holder, until_ns, count
        heir.epoch = self.primary.epoch + 1
        self.old, self.primary = self.primary, heir

    def _do(self, node: Node, ask: Ask, now_ns: int) -> tuple[bool, Fence | None]:
        free = not node.holder or now_ns >= node.until_ns
        if ask.kind == "grant":
            if not free and self.off != "exclusive":
                return False, None
            node.holder, node.until_ns = ask.token, now_ns + ask.ttl_ns
            node.count += self.off != "counter"
            return True, (0 if self.off == "epoch" else node.epoch, node.count)
        own = node.holder == ask.token and not free
        if ask.kind == "renew":
            if not own and self.off != "owner-renews":
                return False, None
            node.until_ns = now_ns + ask.ttl_ns
            return True, None
        if not own and self.off != "owner-releases":
            return False, None
        node.holder = ""
        return True, None
