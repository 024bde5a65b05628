"""
Join a snapshot to the stream of changes around it, and watch that no change is missing.

The rule is the venues' own: keep the changes that came before the snapshot, drop those it already
holds, and the next one must overlap it; from then on each change names its predecessor.
"""

from collections import deque
from collections.abc import Sequence

from .importer.interface import SNAPSHOT, Message

KEPT_MESSAGES_MAX = 5_000


class Chain:
    """
    The depth stream of one instrument; `breaks` counts the places where a change is missing.

    Until the first snapshot nothing is passed on: changes of an unknown book say nothing.
    """

    def __init__(self) -> None:
        self.breaks = 0
        self.joined = False
        self.orphan: Message | None = None
        self._last_id: int | None = None
        self._overlapping = False
        self._whole = False
        self._kept: deque[Message] = deque(maxlen=KEPT_MESSAGES_MAX)

    def take(self, message: Message) -> Sequence[Message]:
        """Return the messages that change the book now, in order, stamped not before this one."""
        if message.kind == SNAPSHOT:
            return self._snapshot(message)
        if not self.joined:
            self.orphan = self.orphan or message
            self._kept.append(message)
            return ()
        return (message,) if self._follow(message) else ()

    def _snapshot(self, snapshot: Message) -> Sequence[Message]:
        if snapshot.joins and self._whole:
            return ()
        self.joined, self._whole = True, True
        self._last_id = snapshot.last_id
        self._overlapping = snapshot.joins
        # Following may find a break and keep messages again, for the next snapshot to join.
        waiting, self._kept = self._kept, deque(maxlen=KEPT_MESSAGES_MAX)
        kept = [message for message in waiting if self._follow(message)] if snapshot.joins else []
        return [snapshot, *(message._replace(ts_ns=max(message.ts_ns, snapshot.ts_ns)) for message in kept)]

    def _follow(self, message: Message) -> bool:
        """Say whether the message goes into the book, and count a break before it."""
        if message.last_id is None or self._last_id is None:
            self._last_id = message.last_id
            return True
        if self._overlapping:
            return self._overlap(message)
        if message.prev_id is not None:
            broken = message.prev_id != self._last_id
        else:
            broken = message.first_id is not None and message.first_id != self._last_id + 1
        if broken:
            self._break()
        self._last_id = message.last_id
        if not self._whole:
            self._kept.append(message)
        return True

    def _overlap(self, message: Message) -> bool:
        """Apply the join rule to the first change that the snapshot does not hold already."""
        first, last, snapshot = message.first_id, message.last_id, self._last_id
        if last is None or snapshot is None or first is None:
            return True
        if message.prev_id is not None:
            if last < snapshot:
                return False
            # first <= snapshot <= last, or the snapshot lies between two changes (ids are shared
            # with other symbols, so there may be nothing of this one between prev_id and first).
            joins = message.prev_id <= snapshot
        else:
            if last <= snapshot:
                return False
            joins = first <= snapshot + 1
        self._overlapping = False
        if not joins:
            self._break()
        self._last_id = last
        return True

    def _break(self) -> None:
        self.breaks += 1
        self._whole = False
