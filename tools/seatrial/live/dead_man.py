"""
The venue's own dead-man's switch: it cancels everything when we stop saying that we are alive.

It is the only control that works when this machine is gone. It cancels orders and nothing else:
positions stay, orders placed after it fired are not seen by it, and a venue looks at it only so
often. Refreshed at a quarter of its time-out, so that three lost requests do not fire it.
"""

from collections.abc import Callable
from threading import Event, Thread

from ..engine.venue.port import Venue

_QUARTER = 4
_LONGEST_JOIN_S = 2.0
Note = Callable[[str, str], None]


class DeadMan:
    """Keeps the switch of one account armed, over a connection of its own."""

    def __init__(self, venue: Venue, timeout_ms: int, note: Note) -> None:
        self._venue, self._timeout_ms, self._note = venue, timeout_ms, note
        self._stopping = Event()
        self.armed: bool | None = None
        self._thread = Thread(target=self._keep, name="dead-man", daemon=True)

    def start(self) -> None:
        """Arm it, unless it is switched off; what the venue says of it is noted."""
        if self._timeout_ms:
            self._thread.start()
        else:
            self._note("dead_man_off", "the profile leaves the venue's switch off")

    def stop(self, *, disarm: bool) -> None:
        """End the refreshing; without `disarm` the venue's switch fires when its time is over."""
        self._stopping.set()
        if not self._thread.is_alive():
            return
        self._thread.join(_LONGEST_JOIN_S)
        if disarm and self.armed and not self._thread.is_alive():
            self._disarm()

    def _keep(self) -> None:
        said = ""
        while not self._stopping.is_set():
            what, reason = self._refresh()
            if what != said:
                self._note(what, reason)
            if what == "dead_man_absent":
                return
            said = what
            self._stopping.wait(self._timeout_ms / _QUARTER / 1_000)

    def _refresh(self) -> tuple[str, str]:
        """Arm it once more; return what is to be noted when it is news."""
        try:
            self.armed = self._venue.arm(self._timeout_ms)
        except Exception as error:  # noqa: BLE001 -- tried again, three times within the time-out
            return "dead_man_lost", f"a refresh failed: {error}"
        if self.armed:
            return "dead_man_armed", f"time-out {self._timeout_ms} ms"
        return "dead_man_absent", f"{self._venue.name} has no switch of its own"

    def _disarm(self) -> None:
        try:
            self._venue.arm(0)
        except Exception as error:  # noqa: BLE001 -- it fires on an account without orders
            self._note("dead_man_lost", f"could not be disarmed: {error}")
