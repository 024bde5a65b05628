"""What a drill is: a trial that is made with a set-up, which may be a wrong one on purpose."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec

from ..conduct import Trial


@dataclass(frozen=True)
class Drill:
    """A drill by name; `wrong` lists the set-ups that it must turn red on."""

    name: str
    text: str
    probe: Callable[[], str | None]
    make: Callable[[str | None, bool], Trial]
    wrong: tuple[str, ...] = ()


def has_redis() -> str | None:
    """Say what of Redis is missing."""
    for program in ("redis-server", "redis-sentinel"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    return None if find_spec("redis") else "the extra `redis` is not installed"
