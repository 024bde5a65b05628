"""Ctrl-C inside DuckDB: it comes out as an error of the query, and has to be what it was."""

from collections.abc import Iterator
from contextlib import contextmanager

from ..model.errors import StoppedError

SAID = ("query interrupted", "interrupt error")


@contextmanager
def stoppable() -> Iterator[None]:
    """Turn a query's complaint of having been interrupted into the end that the person asked for."""
    try:
        yield
    except Exception as error:
        if str(error).lower().startswith(SAID):
            raise StoppedError("interrupted") from error
        raise
