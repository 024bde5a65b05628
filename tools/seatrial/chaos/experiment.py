"""
Experiments as YAML: processes, proxies and small disks to set up, a steady state, one fault, a recovery.

Commands may speak of `{place}` (the experiment's folder), `{port:NAME}` (a proxy) and `{disk:NAME}`.
"""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from ..model.atomic import json_bytes
from ..model.config import Config, PositiveInt, PositiveSeconds
from ..model.errors import InputError, UsageError, Where
from ..model.outcome import Outcome
from .conduct import Plan, conduct
from .fault.disk_full import small
from .fault.interface import Scene, gone
from .proxy import Proxy
from .undo import UndoLog

Command = Annotated[list[str], Field(min_length=1)]
NONE: dict[str, Any] = {}


class Target(Config):
    """A process that is started, and started again when `restart` says so."""

    command: Command
    restart: bool = False


class Link(Config):
    """A service that is reached through a proxy."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(gt=0, lt=65_536)]


class Disk(Config):
    """A small file system of its own (needs root)."""

    size_bytes: PositiveInt


class Probe(Config):
    """A command that exits 0 as long as the steady state holds."""

    name: str
    command: Command
    timeout_s: PositiveSeconds = 5.0


class FaultSettings(Config):
    """The fault, its target, its numbers, and how long it is held."""

    kind: str
    target: str
    settings: dict[str, float] = {}
    hold_s: PositiveSeconds = 1.0
    proved_within_s: PositiveSeconds = 10.0


class Recovery(Config):
    """How soon the steady state has to be back, and how long it is watched after that."""

    within_s: PositiveSeconds
    settle_s: PositiveSeconds = 2.0


class Experiment(Config):
    """One experiment."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
    text: str = ""
    processes: dict[str, Target] = NONE
    links: dict[str, Link] = NONE
    disks: dict[str, Disk] = NONE
    steady: Annotated[list[Probe], Field(min_length=1)]
    fault: FaultSettings
    recovery: Recovery


def load(path: Path) -> Experiment:
    """Read an experiment; what it does not mean to say is an error with its place."""
    import yaml

    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the experiment: {error}", where=Where(str(path))) from error
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = Where(str(path), None if line is None else line + 1)
        raise InputError("this is no YAML", where=where, fix="see `docs/chaos.md` for an example") from error
    try:
        return Experiment.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(
            first["msg"].lower(),
            where=Where(str(path), field=field),
            fix="`chaos schema` prints what may stand there",
        ) from error


def schema() -> Outcome:
    """Return the JSON Schema of an experiment."""
    held = Experiment.model_json_schema()
    text = json_bytes(held).decode()
    return Outcome("chaos.schema", data={"json_schema": held}, lines=(text.rstrip("\n"),))


def run_experiment(path: Path, undo: UndoLog, *, disarmed: bool = False) -> Outcome:
    """Run the experiment of a file."""
    experiment = load(path)
    outcome = conduct(experiment.name, ExperimentTrial(experiment, disarmed=disarmed), undo)
    return replace(outcome, name="chaos.run", data={"experiment": experiment.name} | outcome.data)


class ExperimentTrial:
    """An experiment as something to conduct."""

    def __init__(self, experiment: Experiment, *, disarmed: bool = False) -> None:
        fault, recovery = experiment.fault, experiment.recovery
        self.experiment, self.probed = experiment, 0
        self.plan = Plan(
            None if disarmed else fault.kind, fault.target, fault.settings, fault.hold_s,
            fault.proved_within_s, recovery.within_s, recovery.settle_s,
        )  # fmt: skip

    def set_up(self, scene: Scene) -> None:
        """Mount, connect, start."""
        for name, disk in self.experiment.disks.items():
            scene.stack.enter_context(small(scene, name, disk.size_bytes))
        for name, link in self.experiment.links.items():
            scene.proxies[name] = Proxy(link.host, link.port)
        for name, target in self.experiment.processes.items():
            scene.processes[name] = self._start(scene, name)
            if target.restart:
                scene.restart[name] = lambda name=name: self._start(scene, name)  # type: ignore[misc]

    def unsteady(self, scene: Scene) -> str | None:
        """Restart what is to be restarted, then ask every probe."""
        for name in scene.restart:
            if gone(scene.processes[name]):
                scene.processes[name] = self._start(scene, name)
        for probe in self.experiment.steady:
            said = self._probe(scene, probe)
            if said is not None:
                return said
        self.probed += 1
        return None

    def finish(self, scene: Scene) -> list[str]:
        """Return no broken promise: the probes have said it all."""
        return []

    def stop(self) -> None:
        """Leave the processes to the place, which ends them."""

    def metrics(self) -> dict[str, Any]:
        """Return how often the steady state was seen."""
        return {"exercised": self.probed}

    def _start(self, scene: Scene, name: str) -> int:
        command = _filled(self.experiment.processes[name].command, scene)
        return scene.place.start(command, name).pid

    @staticmethod
    def _probe(scene: Scene, probe: Probe) -> str | None:
        command = _filled(probe.command, scene)
        try:
            done = subprocess.run(  # noqa: S603 - the experiment's author names the command
                command, check=False, capture_output=True, timeout=probe.timeout_s, cwd=scene.place.folder
            )
        except subprocess.TimeoutExpired:
            return f"{probe.name} did not answer within {probe.timeout_s:g} s"
        except OSError as error:
            raise UsageError(f"cannot run the probe {probe.name}: {error.strerror}") from error
        return None if done.returncode == 0 else f"{probe.name} exits {done.returncode}"


def _filled(command: list[str], scene: Scene) -> list[str]:
    names = {"{place}": str(scene.place.folder)}
    names |= {f"{{port:{name}}}": str(proxy.port) for name, proxy in scene.proxies.items()}
    names |= {f"{{disk:{name}}}": str(folder) for name, folder in scene.folders.items()}
    filled = []
    for word in command:
        text = word
        for mark, value in names.items():
            text = text.replace(mark, value)
        filled.append(text)
    return filled
