"""One way of telling a story: the file it becomes, and the function that writes it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .story import Story


@dataclass(frozen=True)
class Report:
    """A format: its file in the record, what it is for, and its rendering (pure, bytes out)."""

    filename: str
    doc: str
    render: Callable[["Story"], bytes]
