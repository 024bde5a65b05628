"""
Ctrl-C in two steps: the first asks for an orderly end, the second is obeyed at once.

SIGTERM counts as a Ctrl-C, because that is what a service manager sends first.
"""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread

_LOG = logging.getLogger(__name__)
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupt:
    """Whether somebody asked for the end of the run."""

    def __init__(self) -> None:
        self.asked = False

    def ask(self) -> None:
        """Ask for an orderly end, or raise KeyboardInterrupt if that was asked before."""
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
        _LOG.warning("ending in good order; once more stops at once")


@contextmanager
def listening() -> Iterator[Interrupt]:
    """Hear signals while the block runs; outside the main thread nothing can be heard."""
    interrupt = Interrupt()
    if current_thread() is not main_thread():
        yield interrupt
        return
    before = {number: signal.signal(number, lambda *_: interrupt.ask()) for number in _SIGNALS}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
