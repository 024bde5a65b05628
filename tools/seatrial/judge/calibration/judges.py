"""
The judges that are calibrated: ours, the fixed test that everybody knows, and Kayenta's.

Each answers one question on the same pair of series: are they called different? Once means at the
end; peeking means at every look, stopping at the first yes, which is what people do.
"""

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist
from typing import TYPE_CHECKING

from ..gate.bootstrap import interval
from ..kpi.kpi import Samples
from ..stats.sequence import look
from . import kayenta

if TYPE_CHECKING:
    import numpy as np

Judge = Callable[["np.ndarray", "np.ndarray"], bool]
ALPHA, LOOKS, FEWEST = 0.05, 40, 12
_BOUND = NormalDist().inv_cdf(1 - ALPHA / 2)


def sequence(control: "np.ndarray", canary: "np.ndarray") -> bool:
    """Return whether the canary's confidence sequence leaves zero out."""
    found = look(canary - control, ALPHA)
    return found is not None and not found.low <= 0 <= found.high


def gate(control: "np.ndarray", canary: "np.ndarray") -> bool:
    """Return whether a gate's interval of the difference leaves zero out."""
    found = interval(Samples((canary - control).tolist()), 1 - ALPHA, 7)
    return found is not None and not found.low <= 0 <= found.high


def fixed(control: "np.ndarray", canary: "np.ndarray") -> bool:
    """Return whether a two-sample z-test for independent samples rejects."""
    error = math.sqrt(float(control.var(ddof=1)) / len(control) + float(canary.var(ddof=1)) / len(canary))
    return error > 0 and abs(float(canary.mean() - control.mean())) / error > _BOUND


def peeking(judge: Judge) -> Judge:
    """Return a judge that is asked forty times as the samples come in, and stops at the first yes."""

    def judged(control: "np.ndarray", canary: "np.ndarray") -> bool:
        step = max(1, len(control) // LOOKS)
        sizes = range(max(FEWEST, step), len(control) + 1, step)
        return any(judge(control[:size], canary[:size]) for size in sizes)

    return judged


OURS: Mapping[str, Judge] = {
    "gate, once": gate,
    "canary, once": sequence,
    "canary, peeking": peeking(sequence),
}
OTHERS: Mapping[str, Judge] = {
    "z-test, once": fixed,
    "z-test, peeking": peeking(fixed),
    "Kayenta, once": kayenta.is_off,
}
