"""The names of orders: ours, the venue's, and what was learnt of each, within a bound."""

from .port import Handle

_REMEMBERED = 20_000


class Names:
    """Which of the venue's ids is which client id, and on which side that order stands."""

    def __init__(self) -> None:
        self._sides: dict[str, str] = {}
        self._clients: dict[str, str] = {}
        self._venues: dict[str, str] = {}

    def learn(self, client_id: str, side: str, venue_id: str | None) -> None:
        """Remember an order; the oldest is forgotten when there are too many."""
        if not client_id:
            return
        self._sides[client_id] = side
        if venue_id is not None:
            self._clients[venue_id], self._venues[client_id] = client_id, venue_id
        for known in (self._sides, self._clients, self._venues):
            if len(known) > _REMEMBERED:
                known.pop(next(iter(known)))

    def venue_id(self, handle: Handle) -> str | None:
        """Return the venue's id of an order, None while only ours is known."""
        return handle.venue_id if handle.venue_id is not None else self._venues.get(handle.client_id)

    def client_id(self, venue_id: str) -> str:
        """Return our id of an order, empty when it is not ours or was forgotten."""
        return self._clients.get(venue_id, "")

    def side(self, client_id: str) -> str:
        """Return the side of an order; `buy` when it was forgotten, which no amend is judged by."""
        return self._sides.get(client_id, "buy")
