"""
A start while the latch is set: what rests at the venue is swept, the stop is answered, and no run begins.

A process that was killed after the stop may have left orders; the next one to start is the first
that can take them away.
"""

import threading
from collections.abc import Callable

from ..engine.venue.port import Venue
from ..model.errors import RefusedError, Where
from ..model.live_settings import LiveSettings
from ..store.clock import monotonic_ns, utc_now_ns
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
    step = _swept(venue, presence, settings, wait or threading.Event().wait)
    confirmed = step is not None and step.confirmed_at_ns is not None
    ack = Ack(
        instance=presence.instance,
        pid=presence.pid,
        boot_id=presence.boot_id,
        host=presence.host,
        seq=latch.seq,
        acked_at_ns=utc_now_ns(),
        open_orders_confirmed=None if step is None else step.open_orders,
        confirmed_at_ns=None if step is None else step.confirmed_at_ns,
    )
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


def _swept(
    venue: Venue, presence: Presence, settings: LiveSettings, wait: Callable[[float], object]
) -> Step | None:
    sweep = Sweep(venue, presence.symbols, settings.kill, utc_now_ns)
    deadline = monotonic_ns() + round(settings.stop_s * 1e9)
    step: Step | None = None
    while step is None or (step.confirmed_at_ns is None and monotonic_ns() < deadline):
        step = sweep.step()
        if step.confirmed_at_ns is None:
            wait(step.wait_ms / 1_000)
    return step
