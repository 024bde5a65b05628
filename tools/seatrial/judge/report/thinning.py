"""
Fewer points with the same picture: a spike that a trader would see survives, whatever its length.

Each bucket of neighbouring points keeps its lowest and its highest and, where something is missing,
the first hole, so that a line still breaks where nothing was measured.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Indices = NDArray[np.int64]

KEPT_PER_BUCKET = 3


def thin(values: "Floats", max_points: int) -> "Indices":
    """Return the indices to keep of `values`, in order, at most `max_points` (and at least 3)."""
    import numpy as np

    count = len(values)
    if count <= max_points:
        return np.arange(count)
    edges = np.linspace(0, count, max(1, max_points // KEPT_PER_BUCKET) + 1).astype(np.int64)
    kept: set[int] = set()
    for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        kept.update(start + at for at in _extremes(values[start:end]))
    return np.array(sorted(kept), np.int64)


def _extremes(bucket: "Floats") -> set[int]:
    import numpy as np

    holes = np.isnan(bucket)
    if holes.all():
        return {0}
    found = {int(np.nanargmin(bucket)), int(np.nanargmax(bucket))}
    return found | {int(np.argmax(holes))} if holes.any() else found
