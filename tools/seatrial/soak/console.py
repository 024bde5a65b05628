"""The progress of a soak on a terminal; nothing at all where nobody watches."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ..dryrun.duration import words
from .escort import Told
from .progress import Progress


@contextmanager
def watching(*, wanted: bool) -> Iterator[Told | None]:
    """Yield who is told of each iteration: a live line on stderr, or nobody."""
    if not wanted or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[more]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("soak", total=None, more="")

        def told(progress: Progress) -> None:
            bar.update(
                task,
                total=progress.planned,
                completed=progress.done,
                description=progress.phase,
                more=said(progress),
            )

        yield told


def said(progress: Progress) -> str:
    """Return the right-hand side of the progress line."""
    net = "" if progress.net_bps is None else f", net {progress.net_bps:+.2f} bps"
    frozen = "" if progress.freeze == "none" else f", {progress.freeze} freeze"
    left = "" if progress.left_s is None else f", {words(progress.left_s)} left"
    speed = "" if progress.speed is None else f", {progress.speed:,.0f}x"
    return f"{progress.fills} fills{net}{frozen}{speed}{left}"
