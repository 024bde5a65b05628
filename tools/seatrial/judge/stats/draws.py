"""
Seeded draws for calibrations and resampling, from PCG64's raw stream that numpy promises to keep.

Whatever is drawn here is the same on every machine and in every year, so that a table of error rates
can be printed into a document and compared with what the program says today.
"""

from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import numpy as np


class Draws:
    """A stream of draws from one seed."""

    def __init__(self, seed: int) -> None:
        import numpy as np

        self._bits = np.random.PCG64(seed)

    def uniform(self, count: int) -> "np.ndarray":
        """Return numbers above 0 and at most 1."""
        import numpy as np

        raw = self._bits.random_raw(count) >> np.uint64(11)
        drawn: np.ndarray = (raw.astype(np.float64) + 1.0) / 2.0**53
        return drawn

    def normal(self, count: int) -> "np.ndarray":
        """Return independent standard normal numbers (Box and Muller 1958)."""
        import numpy as np

        half = (count + 1) // 2
        radius = np.sqrt(-2.0 * np.log(self.uniform(half)))
        angle = 2.0 * np.pi * self.uniform(half)
        return np.concatenate((radius * np.cos(angle), radius * np.sin(angle)))[:count]

    def whole(self, count: int, below: int) -> "np.ndarray":
        """Return whole numbers from 0 to below - 1; the bias of the remainder is below 2^-40 here."""
        import numpy as np

        drawn: np.ndarray = (self._bits.random_raw(count) % np.uint64(below)).astype(np.int64)
        return drawn

    def autoregressive(self, count: int, likeness: float) -> "np.ndarray":
        """Return a stationary series of unit variance whose lag-1 autocorrelation is `likeness`."""
        import numpy as np

        noise = self.normal(count) * np.sqrt(1.0 - likeness**2)
        if likeness == 0.0 or count == 0:
            return cast("np.ndarray", noise)
        noise[0] /= np.sqrt(1.0 - likeness**2)
        series = np.empty(count)
        last = 0.0
        for at, step in enumerate(noise.tolist()):
            last = likeness * last + step
            series[at] = last
        return series
