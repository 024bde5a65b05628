"""
The emergency stop: set the latch, and say who has acknowledged it and what the venue confirmed.

Exit 0 is said only when every running instance has acknowledged and the venue confirmed zero open
orders to each. The latch stays set whatever the answer is; only `--clear` with its reason lifts it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from ..model.errors import SeatrialError
from ..model.outcome import Outcome
from ..model.verdict import Verdict
from ..store.clock import iso, monotonic_ns
from .latch.channel import ChannelError
from .latch.state import Ack, Entry, Latch, Presence
from .latch.witness import Witness

VERB = "live.emergency-stop"
HERE = "this command"
Here = Callable[[int], Ack]
_PAUSE_S = 0.05


@dataclass(frozen=True)
class Patience:
    """How long to wait for answers, by which clock."""

    wait_ns: int
    now_ns: Callable[[], int] = monotonic_ns
    pause: Callable[[float], None] = time.sleep


def stop(witness: Witness, reason: str, patience: Patience, here: Here | None = None) -> Outcome:
    """
    Set the latch and wait for the acknowledgement of every running instance.

    `here` sweeps the account from this process as well, once the latch is set: for when nobody is
    there to do it. An instance that stays silent is a failure all the same: it may place more.
    """
    # Asked for first: an instance that confirms and leaves still has to be found in the answer. What
    # cannot be listed must not keep the latch from being set.
    asked: dict[str, Presence] = {}
    with suppress(ChannelError):
        asked = {one.instance: one for one in witness.channel.running()}
    latch, entry = witness.set(reason)
    own, trouble = _from_here(here, entry)
    answers = _await(witness, asked, entry, patience)
    if own is not None:
        asked[own.instance], answers[own.instance] = _self(own, latch), own
    outcome = _told(latch, entry, asked, answers)
    if trouble is None:
        return outcome
    reasons = (f"the sweep from here failed: {trouble}", *outcome.reasons)
    lines = (reasons[0], *outcome.lines)
    return replace(outcome, verdict=Verdict.FAIL, reasons=reasons, lines=lines)


def _from_here(here: Here | None, entry: Entry) -> tuple[Ack | None, str | None]:
    """Sweep from this process if that was asked for; that it failed must not hide that the latch is set."""
    if here is None:
        return None, None
    try:
        return here(entry.seq), None
    except SeatrialError as error:
        return None, error.message


def _self(own: Ack, latch: Latch) -> Presence:
    """Return this process as one of those who answer."""
    return Presence(
        instance=own.instance,
        account=latch.account,
        symbols=(),
        pid=own.pid,
        pid_started_ns=own.acked_at_ns,
        boot_id=own.boot_id,
        host=own.host,
        record="",
        since_ns=own.acked_at_ns,
    )


def clear(witness: Witness, reason: str) -> Outcome:
    """Clear the latch if the reason is the one that it was set for, echoed exactly."""
    latch = witness.clear(reason)
    data = {"latch": _latch(latch), "instances": []}
    return Outcome(VERB, data=data, lines=(f"cleared by {latch.cleared.by}" if latch.cleared else "cleared",))


def _await(witness: Witness, asked: dict[str, Presence], entry: Entry, patience: Patience) -> dict[str, Ack]:
    """Return the answers that came in time; who starts meanwhile has to answer as well."""
    deadline = patience.now_ns() + patience.wait_ns
    while True:
        answers = {ack.instance: ack for ack in witness.channel.acks() if ack.seq >= entry.seq}
        if all(name in answers and answers[name].confirms for name in asked):
            return answers
        if patience.now_ns() >= deadline:
            return answers
        patience.pause(_PAUSE_S)
        asked.update((one.instance, one) for one in witness.channel.running())


def _told(latch: Latch, entry: Entry, asked: dict[str, Presence], answers: dict[str, Ack]) -> Outcome:
    rows = [_row(one, answers.get(name), entry) for name, one in sorted(asked.items())]
    silent = [row["instance"] for row in rows if row["acked_at_ns"] is None]
    open_ = [row["instance"] for row in rows if row["acked_at_ns"] is not None and not row["confirmed"]]
    reasons = [f"{name} has not acknowledged" for name in silent]
    reasons += [f"{name} has acknowledged; zero open orders are not confirmed" for name in open_]
    verdict = Verdict.FAIL if reasons else Verdict.PASS
    if not rows:
        verdict = Verdict.UNKNOWN
        reasons = ["no instance is running here: nobody asked the venue; --sweep does it from here"]
    said = " and ".join(
        (f"the latch is set ({latch.reason})", _summary(verdict, len(rows))),
    )
    data = {"latch": _latch(latch), "instances": rows}
    lines = (*(_line(row) for row in rows), *reasons, said)
    return Outcome(VERB, verdict, tuple(reasons), data, lines)


def _row(one: Presence, ack: Ack | None, entry: Entry) -> dict[str, object]:
    return {
        "instance": one.instance,
        "pid": one.pid,
        "host": one.host,
        "acked_at_ns": ack and ack.acked_at_ns,
        "acked_after_ms": ack and (ack.acked_at_ns - entry.set_at_ns) / 1e6,
        "open_orders": ack and ack.open_orders_confirmed,
        "confirmed": bool(ack and ack.confirms),
        "confirmed_at_ns": ack and ack.confirmed_at_ns,
    }


def _line(row: dict[str, object]) -> str:
    if row["acked_at_ns"] is None:
        return f"{row['instance']} (pid {row['pid']} on {row['host']}): no acknowledgement"
    when = f"acknowledged at {iso(int(str(row['acked_at_ns'])))} after {row['acked_after_ms']:.0f} ms"
    orders = "zero open orders confirmed" if row["confirmed"] else f"open orders: {row['open_orders']}"
    return f"{row['instance']} (pid {row['pid']} on {row['host']}): {when}, {orders}"


def _summary(verdict: Verdict, count: int) -> str:
    if verdict is Verdict.PASS:
        return f"{count} of {count} acknowledged with zero open orders"
    return "stays set" if verdict is Verdict.FAIL else "nobody was there to acknowledge it"


def _latch(latch: Latch) -> dict[str, object]:
    return {
        "set": latch.is_set,
        "reason": latch.reason,
        "seq": latch.seq,
        "entries": [entry.model_dump(mode="json") for entry in latch.entries],
    }
