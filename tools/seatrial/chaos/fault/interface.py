"""What a fault is: whether it can run here, how it is applied, how it is proved, and how it is lifted."""

import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from typing import Any

import psutil

from ...model.errors import UsageError
from ..place import Place
from ..proxy import Proxy

# What proves that the fault took effect, or None as long as nothing does.
Proof = Callable[[], str | None]


@dataclass
class Scene:
    """What a fault may be done to: processes and proxies by name, in the place of one drill."""

    place: Place
    processes: dict[str, int] = field(default_factory=dict)
    proxies: dict[str, Proxy] = field(default_factory=dict)
    restart: dict[str, Callable[[], int]] = field(default_factory=dict)
    folders: dict[str, Any] = field(default_factory=dict)
    stack: ExitStack = field(default_factory=ExitStack)

    def process(self, name: str) -> psutil.Process:
        """Return a target process that is there."""
        try:
            return psutil.Process(_of(self.processes, name, "process"))
        except psutil.NoSuchProcess as error:
            raise UsageError(f"the process {name!r} has ended before the fault") from error

    def proxy(self, name: str) -> Proxy:
        """Return the proxy that a target's traffic goes through."""
        found: Proxy = _of(self.proxies, name, "proxy")
        return found


def _of(known: dict[str, Any], name: str, what: str) -> Any:
    if name not in known:
        raise UsageError(f"the scene has no {what} {name!r}", fix=f"there are: {', '.join(known) or 'none'}")
    return known[name]


@dataclass(frozen=True)
class Fault:
    """One kind of fault; `apply` lasts as long as its block and notes its undo before it begins."""

    name: str
    text: str
    probe: Callable[[], str | None]
    apply: Callable[[Scene, str, dict[str, float]], AbstractContextManager[Proof]]
    defaults: dict[str, float] = field(default_factory=dict)

    def settings(self, given: dict[str, float]) -> dict[str, float]:
        """Return the fault's numbers; one that it does not know is an error."""
        unknown = sorted(given.keys() - self.defaults.keys())
        if unknown:
            fix = f"it knows: {', '.join(self.defaults) or 'none'}"
            raise UsageError(f"the fault {self.name} has no setting {unknown[0]!r}", fix=fix)
        return self.defaults | given


def anywhere() -> None:
    """Say that nothing of the machine is needed."""


def send(process: psutil.Process, number: signal.Signals) -> None:
    """Send a signal to a process that may just have ended."""
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def ended(process: psutil.Process) -> bool:
    """Whether a process is gone, or dead and only not yet reaped."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def gone(pid: int) -> bool:
    """Whether no process of this number runs any more."""
    try:
        return ended(psutil.Process(pid))
    except psutil.NoSuchProcess:
        return True
