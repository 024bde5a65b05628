"""Ctrl-C in two steps."""

import os
import signal
from threading import Thread

import pytest

from seatrial.dryrun.interrupt import Interrupt, listening


def test_the_first_is_a_request_and_the_second_an_order() -> None:
    """Both must be possible without a kill."""
    interrupt = Interrupt()
    interrupt.ask()

    assert interrupt.asked
    with pytest.raises(KeyboardInterrupt):
        interrupt.ask()


def test_signals_are_heard_only_inside_the_block() -> None:
    """After a run Ctrl-C must again do what it does everywhere."""
    before = signal.getsignal(signal.SIGTERM)
    with listening() as interrupt:
        os.kill(os.getpid(), signal.SIGTERM)

        assert interrupt.asked
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_run_in_a_thread_hears_nothing_and_works() -> None:
    """Python delivers signals to the main thread only; a server may run a soak in another."""
    heard = []

    def work() -> None:
        with listening() as interrupt:
            heard.append(interrupt.asked)

    thread = Thread(target=work)
    thread.start()
    thread.join()

    assert heard == [False]
