"""
Drive a run through its windows: the market goes by, the bot acts, each iteration is summed up.

One loop for every mode; what a mode adds comes in as its escort.
"""

from typing import TYPE_CHECKING

from ..model.atomic import write_json
from .window import Window

if TYPE_CHECKING:
    from .escort import Escort
    from .interrupt import Interrupt
    from .voyage import Voyage


def start(voyage: "Voyage", escort: "Escort") -> None:
    """Journal what is about to run, and start the bot."""
    manifest, plan, feed = voyage.berth.manifest, voyage.plan, voyage.feed
    started = {
        "mode": manifest.mode,
        "seed": manifest.seed,
        "start_ns": plan.start_ns,
        "planned_iterations": len(plan.phases),
        "window_ns": plan.window_ns,
        "profile": voyage.profile.name,
        "instruments": [instrument.model_dump(mode="json") for instrument in feed.instruments],
        "provenance": manifest.provenance.model_dump(mode="json"),
    }
    voyage.scribe.emit(plan.start_ns, "run_started", started)
    config = {"sha256": manifest.config_sha256, "values": manifest.config}
    voyage.scribe.emit(plan.start_ns, "config", config)
    voyage.session.start(plan.start_ns, escort.first_params(voyage.profile))


def drive(voyage: "Voyage", escort: "Escort", interrupt: "Interrupt", *, first: int = 0) -> str:
    """Go through the windows from `first` on; return why it ended: `plan` or `interrupt`."""
    for window in voyage.plan.windows(first=first, end_ns=voyage.feed.end_ns):
        if interrupt.asked:
            return "interrupt"
        escort.before(voyage, window)
        voyage.beat(now=True)
        voyage.scribe.emit(window.from_ns, "heartbeat", {"iteration": window.index})
        before = voyage.session.counts
        done = (before.fills, before.decisions, before.events)
        whole = _sail(voyage, escort, window, interrupt)
        sum_up(voyage, escort, window, done)
        if not whole:
            return "interrupt"
        escort.kept(voyage, window)
    return "plan"


def stop(voyage: "Voyage", reason: str) -> None:
    """Stop the bot, and journal that and why the run has ended."""
    voyage.session.finish(voyage.now_ns)
    tally = {"iterations": len(list(voyage.record.iterations.glob("*.json")))}
    voyage.scribe.emit(
        voyage.now_ns, "run_finished", {"reason": reason, **tally, "covered_ns": voyage.covered_ns}
    )
    voyage.journal.sync()
    voyage.beat(now=True)


def _sail(voyage: "Voyage", escort: "Escort", window: Window, interrupt: "Interrupt") -> bool:
    """Advance to the end of the window, or to the next pause once an end was asked for."""
    for tape, until_ns in escort.pieces(voyage, window):
        voyage.session.advance(tape, until_ns)
        voyage.now_ns = until_ns
        voyage.beat()
        if interrupt.asked and until_ns < window.until_ns:
            return False
    return True


def sum_up(voyage: "Voyage", escort: "Escort", window: Window, done: tuple[int, int, int]) -> None:
    """End the iteration where the market now is: positions, journal, summary."""
    reached = Window(window.index, window.phase, window.from_ns, voyage.now_ns)
    voyage.session.mark(window.index, reached.until_ns)
    counts = voyage.session.counts
    length_ns = reached.until_ns - reached.from_ns
    missing_ns = voyage.scribe.missing_ns(reached.from_ns, reached.until_ns, len(voyage.feed.instruments))
    covered_ns = max(0, length_ns - missing_ns)
    voyage.covered_ns += covered_ns
    fields = {
        "index": window.index,
        "phase": window.phase,
        "from_ns": reached.from_ns,
        "until_ns": reached.until_ns,
        "covered_ns": covered_ns,
        "fills": counts.fills - done[0],
        "decisions": counts.decisions - done[1],
        "events": counts.events - done[2],
        "freeze": escort.freeze(),
    }
    history = voyage.scribe.end_iteration(reached.until_ns, fields)
    summary = voyage.seams.summarise(history, window.index)
    write_json(voyage.record.iteration(window.index), escort.after(voyage, reached, summary))
