"""
The crash report: what a maintainer needs when the mistake is ours.

It holds the traceback and versions; no environment, no local variables and no arguments, because a
report gets pasted into public threads and those may hold keys. A key that got into the message of
the exception is taken out by its value.
"""

import hashlib
import platform
import sys
import tempfile
import traceback
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from .model.redact import KNOWN

PACKAGES = ("seatrial", "typer", "pydantic", "numpy", "numba", "duckdb", "bokeh")


def write_report(error: BaseException, *, command: str) -> str:
    """
    Write the report under `artifacts/crash`, else the temporary folder, and return its path.

    The same crash gets the same name, so a loop of crashes fills no disk. When nothing can be
    written the answer says so instead of a path.
    """
    text = report_text(error, command=command)
    name = f"crash-{hashlib.sha256(text.encode()).hexdigest()[:12]}.txt"
    for folder in (Path("artifacts") / "crash", Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
        except OSError:
            continue
        return str(folder / name)
    return "none, no folder could be written"


def report_text(error: BaseException, *, command: str) -> str:
    """Return the report: command words, versions, traceback without locals."""
    trace = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    lines = [
        f"command: {command or '(none)'}",
        f"python: {platform.python_version()} {sys.platform} {platform.machine()}",
        *(f"{name}: {_installed(name)}" for name in PACKAGES),
        "",
        trace,
    ]
    return KNOWN.text("\n".join(lines))


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"
