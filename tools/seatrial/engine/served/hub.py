"""
The hub: who has subscribed to what, and one ready frame for all of them.

A message is made and framed once however many listen: that is what makes fan-out cheap.
"""

from collections.abc import Iterator

from .frames import frame
from .wire import Socket

PRIVATE = "private"
Key = tuple[str, str]  # category (or "private") and topic


class Hub:
    """Subscriptions of every WebSocket."""

    def __init__(self) -> None:
        self._members: dict[Key, set[Socket]] = {}
        self.orders_heard = False

    def join(self, key: Key, socket: Socket) -> bool:
        """Subscribe; False when it is so already."""
        members = self._members.setdefault(key, set())
        if socket in members:
            return False
        members.add(socket)
        self._note()
        return True

    def leave(self, key: Key, socket: Socket) -> bool:
        """Unsubscribe; False when there was nothing to end."""
        members = self._members.get(key)
        if not members or socket not in members:
            return False
        members.discard(socket)
        if not members:
            del self._members[key]
        self._note()
        return True

    def _note(self) -> None:
        self.orders_heard = any(key[0] == PRIVATE and key[1].startswith("order") for key in self._members)

    def listened(self, key: Key) -> bool:
        """Tell whether anybody has subscribed."""
        return key in self._members

    def any_of(self, category: str) -> bool:
        """Tell whether anybody has subscribed to anything of a category."""
        return any(key[0] == category for key in self._members)

    def topics(self) -> Iterator[Key]:
        """Yield what is subscribed to."""
        yield from tuple(self._members)

    def publish(self, key: Key, payload: bytes) -> None:
        """Send one message to all who have subscribed, in the order in which sockets compare."""
        members = self._members.get(key)
        if members:
            ready = frame(payload)
            for socket in tuple(members):
                socket.send(ready)
