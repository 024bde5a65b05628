"""
Request limits as the venue keeps them: so many of a kind in each second of its clock.

The headers always count against the venue's own numbers, so that a bot which paces itself by them
does here what it does there; a request over them is refused only where the profile sets a limit.
"""

from .clock import VenueClock
from .refusals import TOO_MANY, Refusal

SECOND_NS = 10**9
Headers = tuple[tuple[str, str], ...]


class Limits:
    """Counts signed requests by endpoint; `enforced` is the profile's limit a second, 0 for none."""

    def __init__(self, clock: VenueClock, enforced: int) -> None:
        self._clock, self.enforced = clock, enforced
        self._counts: dict[str, tuple[int, int]] = {}

    def take(self, path: str, venue_limit: int, now_ns: int) -> Headers:
        """Count a request and return its headers, or raise the venue's refusal with them in it."""
        limit = self.enforced or venue_limit
        second, used = self._counts.get(path, (-1, 0))
        if now_ns // SECOND_NS != second:
            second, used = now_ns // SECOND_NS, 0
        used += 1
        self._counts[path] = (second, used)
        if self.enforced and used > limit:
            raise LimitRefusal(self.headers(limit, 0, (second + 1) * SECOND_NS))
        return self.headers(limit, max(0, limit - used), (second + 1) * SECOND_NS)

    def headers(self, limit: int, left: int, reset_ns: int) -> Headers:
        """Return the three headers that tell a client how it stands."""
        return (
            ("X-Bapi-Limit", str(limit)),
            ("X-Bapi-Limit-Status", str(left)),
            ("X-Bapi-Limit-Reset-Timestamp", str(self._clock.shown_ms(reset_ns))),
        )


class LimitRefusal(Refusal):
    """Too many requests: the refusal that carries headers."""

    def __init__(self, headers: Headers, status: int = 200) -> None:
        super().__init__(TOO_MANY, status=status)
        self.headers = headers
