"""
Seasons: what repeats every so many samples, found and taken out.

A day's rhythm is no change. The period is read from the autocorrelation; what is taken out is the
median of each phase, which a few strange days cannot move.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

_SHORTEST, _FEWEST_CYCLES, _CLEAR, _GONE = 4, 3, 0.4, 0.3
_FEWEST_SAMPLES = 24


def period(values: "np.ndarray") -> int:
    """Return the period in samples, 0 when nothing repeats at least three times and clearly."""
    import numpy as np

    count = len(values)
    if count < _FEWEST_SAMPLES:
        return 0
    likeness = _autocorrelations(values)[: count // _FEWEST_CYCLES]
    gone = np.nonzero(likeness < _GONE)[0]
    if not len(gone):
        return 0
    first = int(gone[0])
    best = first + int(likeness[first:].argmax())
    return best if best >= _SHORTEST and likeness[best] > _CLEAR else 0


def deseasoned(values: "np.ndarray", length: int) -> "np.ndarray":
    """Return the series without the median of each phase; its overall median stays."""
    import numpy as np

    if length <= 1:
        return values
    phase = np.arange(len(values)) % length
    usual = np.array([np.median(values[phase == at]) for at in range(length)])
    centred: np.ndarray = values - usual[phase] + np.median(values)
    return centred


def _autocorrelations(values: "np.ndarray") -> "np.ndarray":
    """Return the autocorrelation at every lag, without trend and with extremes held in."""
    import numpy as np

    count = len(values)
    place = np.arange(count) - (count - 1) / 2
    flat = values - values.mean()
    flat = flat - place * float(place @ flat) / max(float(place @ place), 1.0)
    flat = np.clip(flat, *np.quantile(flat, [0.02, 0.98]))
    flat = flat - flat.mean()
    size = 1 << (2 * count - 1).bit_length()
    power = np.fft.irfft(np.abs(np.fft.rfft(flat, size)) ** 2, size)[:count]
    if power[0] <= 0:
        return np.zeros(count)
    said: np.ndarray = power / power[0] * count / (count - np.arange(count))
    return said
