"""
The garbage collector of a process that answers in microseconds.

What is there when service begins stays to the end, and an order leaves nothing in cycles: looking
for garbage every few hundred objects would only make some answers late.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

GARBAGE_EVERY = 50_000


@contextmanager
def calm() -> Iterator[None]:
    """Look for garbage rarely while the block runs, and never at what was there before it."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_EVERY)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
