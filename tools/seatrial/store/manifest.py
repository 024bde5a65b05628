"""
The manifest: what it takes to say, later and elsewhere, which code ran on which machine.

Nothing here is imported to be asked for its version, and nothing fails: what cannot be found out
is None, not guessed.
"""

import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..model.artifact import Manifest, Provenance
from ..model.errors import InputError, Where

PACKAGES = ("seatrial", "numpy", "numba", "duckdb", "orjson", "pydantic")
LOCK_FILES = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.lock")
_GIT_PATIENCE_S = 5.0


@dataclass(frozen=True)
class ConfigFacts:
    """What a record keeps of a resolved configuration: its values, their sources, and their hash."""

    values: Mapping[str, Any]
    sources: Mapping[str, Any]
    sha256: str


@dataclass(frozen=True)
class Surroundings:
    """The code and the machine that a run happens in."""

    code_commit: str | None
    code_dirty: bool | None
    lock_sha256: str | None
    host: dict[str, Any]
    versions: dict[str, str]


@dataclass(frozen=True)
class Intent:
    """What a run is about to do; times in nanoseconds."""

    run_id: str
    mode: str
    seed: int
    command: tuple[str, ...]
    planned_ns: int
    started_ns: int


def build_manifest(
    intent: Intent, config: ConfigFacts, provenance: Provenance, around: Surroundings
) -> Manifest:
    """Return the manifest of a run that is about to begin."""
    return Manifest(
        run_id=intent.run_id,
        mode=intent.mode,
        seed=intent.seed,
        command=intent.command,
        config=dict(config.values),
        config_sources=dict(config.sources),
        config_sha256=config.sha256,
        provenance=provenance,
        code_commit=around.code_commit,
        code_dirty=around.code_dirty,
        lock_sha256=around.lock_sha256,
        host=around.host,
        versions=around.versions,
        planned_ns=intent.planned_ns,
        started_ns=intent.started_ns,
    )


def read_manifest(path: Path) -> Manifest:
    """Return the manifest at `path`; one that cannot be read is an `InputError`."""
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read the manifest: {error.strerror}", where=Where(str(path))) from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or None
        raise InputError(
            f"this is not a manifest: {first['msg']}",
            where=Where(str(path), field=field),
            fix="restore the file from a copy of the record",
        ) from error


def surroundings(folder: Path) -> Surroundings:
    """Return the code and the machine that a run started in `folder` happens in."""
    commit = _git(folder, "rev-parse", "HEAD")
    status = _git(folder, "status", "--porcelain", "--untracked-files=no") if commit else None
    return Surroundings(
        code_commit=commit or None,
        code_dirty=None if status is None else bool(status),
        lock_sha256=_lock_sha256(folder),
        host={
            "name": platform.node(),
            "system": platform.system(),
            "release": platform.release(),
            "machine": platform.machine(),
        },
        versions=versions(),
    )


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that a result can depend on."""
    found = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _git(folder: Path, *words: str) -> str | None:
    command = ("git", "-C", str(folder), "--no-optional-locks", *words)
    try:
        done = subprocess.run(  # noqa: S603 -- fixed words, no shell
            command,
            capture_output=True,
            text=True,
            timeout=_GIT_PATIENCE_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _lock_sha256(folder: Path) -> str | None:
    for name in LOCK_FILES:
        file = folder / name
        if file.is_file():
            return sha256(file.read_bytes()).hexdigest()
    return None
