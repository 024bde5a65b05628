"""
Tapes cut between instants: no two pieces share a stamp.

Timers that are due at a stamp run before its rows. Were an instant spread over two tapes, they
would run in its middle, and the size of a reader's buffer would change the result of a run.
"""

from collections.abc import Iterable, Iterator

from ..model.tape import Tape, join


def whole_instants(tapes: Iterable[Tape], until_ns: int) -> Iterator[tuple[Tape, int]]:
    """
    Yield (tape, end) where every row of the tape is before its end and none of the next one is.

    The last end is `until_ns`; there is always at least one pair, if need be an empty tape.
    """
    held = join([])
    for tape in tapes:
        if not len(tape):
            continue
        if len(held) and int(held.ts[-1]) < int(tape.ts[0]):
            yield held, int(tape.ts[0])
            held = tape
            continue
        whole = join([held, tape]) if len(held) else tape
        cut = _start_of_last_instant(whole)
        if cut:
            yield whole.between(0, cut), int(whole.ts[cut])
        held = whole.between(cut, len(whole))
    yield held, until_ns


def _start_of_last_instant(tape: Tape) -> int:
    return int(tape.ts.searchsorted(tape.ts[-1]))
