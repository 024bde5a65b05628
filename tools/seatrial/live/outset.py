"""
Before the first order: the kill switch watches already while the books are being agreed upon.

Whoever stops the account in that minute has to be answered as well, and a Ctrl-C has to be heard.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from ..dryrun.interrupt import Interrupt
from ..engine.execution.reconcile import Patience, Reconciler
from ..engine.venue.port import Venue
from ..model.errors import RefusedError, StoppedError
from ..model.live_settings import LiveSettings
from .books import agree
from .kill import KillSwitch
from .latch.state import Presence
from .latch.witness import Witness
from .session import Crew

_POSITION_AFTER = 3
_PAUSE_S = 0.05


@contextmanager
def watched(witness: Witness, presence: Presence, kill: KillSwitch) -> Iterator[None]:
    """Be known as running, with the kill switch at work, while the block runs."""
    with witness.channel.present(presence):
        kill.start()
        try:
            yield
        finally:
            kill.stop()


def agreed(
    crew: Crew,
    venue: Venue,
    settings: LiveSettings,
    watch: tuple[KillSwitch, Interrupt],
    now_ns: Callable[[], int],
) -> Reconciler:
    """Reconcile before the first order; afterwards a difference must show several times."""
    kill, interrupt = watch

    def pause(seconds: float) -> None:
        if interrupt.asked:
            raise StoppedError("interrupted before anything was traded")
        if kill.tripped.wait(seconds):
            raise _stopped(kill, settings)

    first = Reconciler(crew.core, venue, crew.evidence)
    agree(first, now_ns=now_ns, pause=pause, patience_s=settings.start_s)
    if kill.tripped.is_set():
        raise _stopped(kill, settings)
    return Reconciler(crew.core, venue, crew.evidence, patience=Patience(position_after=_POSITION_AFTER))


def _stopped(kill: KillSwitch, settings: LiveSettings) -> RefusedError:
    """Return the refusal of a start that was stopped, once zero is confirmed or the patience is over."""
    wait = threading.Event().wait
    for _ in range(int(settings.stop_s / _PAUSE_S)):
        if kill.confirmed and (kill.answered or kill.unheard):
            break
        wait(_PAUSE_S)
    orders = "zero open orders are confirmed" if kill.confirmed else "zero open orders are NOT confirmed"
    return RefusedError(f"trading was stopped before it began: {kill.reason}; {orders}")
