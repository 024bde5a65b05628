"""
The kill switch inside a run: threads of its own, that stop trading when everything else hangs.

The watcher looks at the latch, freezes the core and acknowledges; it never speaks to the venue, so
a venue that does not answer cannot delay an acknowledgement. The sweeper has its own connection
and gets the account to zero open orders. Neither shares a lock with the bot, its loop or its books.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread

from ..engine.venue.port import Venue
from ..model.live_settings import KillSettings, LatchSettings
from ..store.clock import monotonic_ns, utc_now_ns
from .dead_man import DeadMan
from .latch.channel import ChannelError
from .latch.state import Ack, Latch, Presence
from .latch.witness import Witness
from .sweep import Step, Sweep

_LOG = logging.getLogger(__name__)
_FREEZE_PATIENCE_S = 1.0
_LONGEST_JOIN_S = 2.0
Signal = Callable[[], str | None]


@dataclass(frozen=True)
class Fact:
    """Something that the switch did, for the run to journal when it can."""

    ts_ns: int
    what: str
    reason: str


@dataclass(frozen=True)
class Rigging:
    """What a kill switch works with; `freeze` only sets a flag and `signals` answer at once."""

    witness: Witness
    presence: Presence
    venue: Venue
    latch: LatchSettings
    kill: KillSettings
    freeze: Callable[[str], None]
    signals: Sequence[Signal] = ()
    now_ns: Callable[[], int] = utc_now_ns
    facts: deque[Fact] = field(default_factory=lambda: deque(maxlen=1_000))


class KillSwitch:
    """Watches one run; `tripped` is set for good once trading has to stop."""

    def __init__(self, rigging: Rigging) -> None:
        self._rig = rigging
        self.tripped, self._stopping = Event(), Event()
        self.reason: str | None = None
        self.step: Step | None = None
        self.looked_ns = monotonic_ns()
        self._misses = self._raised = 0
        self._seq = 0
        self._acked_at_ns: int | None = None
        self._said: tuple[int, int | None, int | None] | None = None
        self._sweep = Sweep(rigging.venue, rigging.presence.symbols, rigging.kill, rigging.now_ns)
        self._threads = (
            Thread(target=self._watch, name="kill-watcher", daemon=True),
            Thread(target=self._clean, name="kill-sweeper", daemon=True),
        )
        self._dead_man = DeadMan(rigging.venue.twin(), rigging.kill.dead_man_ms, self._note)

    # -- from outside -----------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to watch; the first look is at once."""
        for thread in self._threads:
            thread.start()
        self._dead_man.start()

    def stop(self) -> None:
        """End the threads; the venue's own switch is disarmed unless trading was stopped."""
        self._stopping.set()
        self._dead_man.stop(disarm=not self.tripped.is_set())
        for thread in self._threads:
            if thread.is_alive():
                thread.join(_LONGEST_JOIN_S)
        self._rig.venue.close()

    @property
    def confirmed(self) -> bool:
        """Return whether the venue has confirmed zero open orders after the stop."""
        return self.step is not None and self.step.confirmed_at_ns is not None

    @property
    def answered(self) -> bool:
        """Return whether the acknowledgement says that zero is confirmed."""
        return self._said is not None and self._said[2] is not None

    @property
    def unheard(self) -> bool:
        """Return whether nobody would hear an answer: the latch is out of reach."""
        return self._misses >= self._rig.latch.misses

    @property
    def facts(self) -> deque[Fact]:
        """Return what is to be journalled, oldest first; take from the left."""
        return self._rig.facts

    def blind(self) -> str | None:
        """Return why the switch cannot do its duty any more, None while it can."""
        if self._stopping.is_set():
            return None
        dead = [thread.name for thread in self._threads if not thread.is_alive()]
        if dead:
            return f"{dead[0]} has ended"
        patience_ms = self._rig.latch.misses * (self._rig.latch.poll_ms + self._rig.latch.timeout_ms)
        silent_ms = (monotonic_ns() - self.looked_ns) / 1e6
        if silent_ms > patience_ms:
            return f"the latch has not been looked at for {silent_ms:.0f} ms"
        return None

    # -- the watcher --------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._stopping.is_set():
            try:
                self._turn()
            except BaseException:  # noqa: BLE001 -- nothing may end the watch
                # Whatever it is, the next look may still stop a bot that has to be stopped.
                _LOG.exception("the kill switch's watcher goes on after an error")
            self.looked_ns = monotonic_ns()
            self._stopping.wait(self._rig.latch.poll_ms / 1_000)

    def _turn(self) -> None:
        latch = self._look()
        if latch is not None and latch.is_set:
            # A second call to stop raises the sequence, and wants its own acknowledgement.
            self._seq = max(self._seq, latch.seq)
        if self.reason is None:
            reason = self._cause(latch)
            if reason is None:
                return
            self._trip(reason)
        self._acknowledge()

    def _look(self) -> Latch | None:
        try:
            latch = self._rig.witness.look()
        except ChannelError:
            self._misses += 1
            return None
        self._misses = 0
        return latch

    def _cause(self, latch: Latch | None) -> str | None:
        if latch is not None and latch.is_set:
            return latch.reason
        if self._misses >= self._rig.latch.misses:
            return f"the latch could not be reached {self._misses} times in a row"
        return self._signalled()

    def _signalled(self) -> str | None:
        """Return the reason of the first signal that has one, and latch it."""
        for signal in self._rig.signals:
            try:
                said = signal()
                self._raised = 0
            except BaseException as error:  # noqa: BLE001 -- a monitor that raises sees nothing
                self._raised += 1
                if self._raised < self._rig.latch.misses:
                    continue
                said = f"a monitor raised {self._raised} times in a row: {type(error).__name__}: {error}"
            if said:
                self._latch(said)
                return said
        return None

    def _latch(self, reason: str) -> None:
        """Set the latch as well, so that a restart does not trade on."""
        try:
            latch, _ = self._rig.witness.set(reason)
        except Exception:  # noqa: BLE001 -- the stop itself comes first
            _LOG.exception("the latch could not be set; this run stops all the same")
            return
        self._seq = latch.seq

    def _trip(self, reason: str) -> None:
        self.reason = reason
        self.tripped.set()
        # The core's flag is set from a thread of its own: a callback that hangs must not hang this one.
        freezing = Thread(target=self._freeze, args=(reason,), name="kill-freeze", daemon=True)
        freezing.start()
        freezing.join(_FREEZE_PATIENCE_S)
        self._note("tripped", reason)
        if freezing.is_alive():
            self._note("freeze_hangs", "the core has not answered; its orders are swept all the same")

    def _freeze(self, reason: str) -> None:
        try:
            self._rig.freeze(reason)
        except BaseException as error:  # noqa: BLE001 -- a core that raises is swept all the same
            self._note("freeze_raised", f"{type(error).__name__}: {error}")
            _LOG.exception("the core could not be frozen; its orders are swept all the same")

    def _acknowledge(self) -> None:
        """Say what is known; nothing is written while nothing has changed."""
        step = self.step
        open_orders = None if step is None else step.open_orders
        confirmed_at_ns = None if step is None else step.confirmed_at_ns
        saying = (self._seq, open_orders, confirmed_at_ns)
        if saying == self._said:
            return
        if self._said is None or self._said[0] != self._seq:
            self._acked_at_ns = self._rig.now_ns()
        presence = self._rig.presence
        ack = Ack(
            instance=presence.instance,
            pid=presence.pid,
            boot_id=presence.boot_id,
            host=presence.host,
            seq=self._seq,
            acked_at_ns=self._acked_at_ns or self._rig.now_ns(),
            open_orders_confirmed=open_orders,
            confirmed_at_ns=confirmed_at_ns,
        )
        try:
            self._rig.witness.channel.acknowledge(ack)
        except ChannelError:
            return
        self._said = saying

    # -- the sweeper --------------------------------------------------------------------------------

    def _clean(self) -> None:
        while not (self.tripped.wait(0.05) or self._stopping.is_set()):
            pass
        while not self._stopping.is_set():
            try:
                step = self._sweep.step()
            except BaseException:  # noqa: BLE001 -- nothing may end the sweep
                _LOG.exception("the sweeper goes on after an error")
                self._stopping.wait(self._rig.kill.backoff_ms / 1_000)
                continue
            self._publish(step)
            self._stopping.wait(step.wait_ms / 1_000)

    def _publish(self, step: Step) -> None:
        was = self.confirmed
        if was and step.open_orders is None:
            return  # that zero was confirmed stays true of its moment; only an order seen takes it back
        self.step = step
        if self.confirmed and not was:
            self._note("confirmed", f"zero open orders after {step.tries} tries")
        elif was and not self.confirmed:
            self._note("reopened", f"open orders: {step.open_orders}")

    def _note(self, what: str, reason: str) -> None:
        self._rig.facts.append(Fact(self._rig.now_ns(), what, reason))
