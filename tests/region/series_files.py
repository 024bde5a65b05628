"""Series of two sides that share their market, written as files."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from seatrial.judge.stats.draws import Draws


def market(count: int, seed: int = 1) -> "np.ndarray":
    """What the market does to both sides."""
    return Draws(seed).autoregressive(count, 0.6)


def side(count: int, seed: int, *, level: float = 3.0, noise: float = 0.5) -> "np.ndarray":
    """One side: its level, the shared market, its own noise."""
    return level + market(count) + noise * Draws(seed).normal(count)


def written(
    path: Path,
    columns: "Mapping[str, Sequence[float] | np.ndarray]",
    start: int = 0,
    region: str | None = None,
) -> Path:
    """Write a CSV of one row a minute."""
    names = list(columns)
    head = ",".join(["timestamp", *(["region"] if region else []), *names])
    rows = [
        ",".join([str((start + at) * 60), *([region] if region else []), *(repr(float(v)) for v in values)])
        for at, values in enumerate(zip(*columns.values(), strict=True))
    ]
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path
