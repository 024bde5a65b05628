"""
A start while the latch is set: what rests at the venue is swept, the stop is answered, and no run begins.

A process that was killed after the stop may have left orders; the next one to start is the first
that can take them away.
"""

import os
import platform
import threading
from collections.abc import Callable, Sequence

from ..engine.venue.port import Venue
from ..model.errors import RefusedError, Where
from ..model.live_settings import LiveSettings
from ..store.clock import monotonic_ns, utc_now_ns
from ..store.heartbeat import boot_id
from .latch.channel import ChannelError
from .latch.state import Ack, Presence
from .latch.witness import Witness
from .sweep import Step, Sweep


def refuse_if_stopped(
    witness: Witness,
    venue: Venue,
    presence: Presence,
    settings: LiveSettings,
    wait: Callable[[float], object] | None = None,
) -> None:
    """Make the latch if the account never had one; when it is set, sweep, answer and refuse (exit 5)."""
    latch = witness.prepare()
    if not latch.is_set:
        return
    ack = swept(venue, presence.symbols, settings, (presence.instance, latch.seq), wait)
    confirmed = ack.confirms
    try:
        witness.channel.acknowledge(ack)
    except ChannelError:
        confirmed = False
    orders = "zero open orders are confirmed" if confirmed else "zero open orders are NOT confirmed"
    raise RefusedError(
        f"trading was stopped: {latch.reason}; {orders}",
        where=Where(witness.channel.where),
        fix=f'seatrial live emergency-stop --clear --reason "{latch.reason}"',
    )


def swept(
    venue: Venue,
    symbols: Sequence[str],
    settings: LiveSettings,
    whose: tuple[str, int],
    wait: Callable[[float], object] | None = None,
) -> Ack:
    """Sweep the account from this process, bounded; return the answer of `whose` (instance, latch's seq)."""
    wait = wait or threading.Event().wait
    acked_at_ns = utc_now_ns()
    sweep = Sweep(venue, symbols, settings.kill, utc_now_ns)
    deadline = monotonic_ns() + round(settings.stop_s * 1e9)
    step: Step | None = None
    while step is None or (step.confirmed_at_ns is None and monotonic_ns() < deadline):
        step = sweep.step()
        if step.confirmed_at_ns is None:
            wait(step.wait_ms / 1_000)
    instance, seq = whose
    return Ack(
        instance=instance,
        pid=os.getpid(),
        boot_id=boot_id(),
        host=platform.node(),
        seq=seq,
        acked_at_ns=acked_at_ns,
        open_orders_confirmed=step.open_orders,
        confirmed_at_ns=step.confirmed_at_ns,
    )
