"""
A kernel in two forms from one source: compiled by numba, or interpreted as it stands.

The hot loops of the program are modules of plain functions over one-dimensional arrays of
integers. Compiled, they are fast; interpreted, they need no extra; and because the source is the
same and the arithmetic is integer, both give the same bytes. Both forms can live in one process,
so that a test may compare them.

A kernel module may import functions of another kernel module by name; it says `KERNEL = True` at
its top level so that they are compiled with it.
"""

import hashlib
import importlib
import importlib.util
import sys
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from .errors import BugError, UsageError

if TYPE_CHECKING:
    import numpy as np

COMPILER = "numba"


def available() -> bool:
    """Return whether the compiler can be imported, without importing it."""
    return importlib.util.find_spec(COMPILER) is not None


def load(module_name: str, *, compiled: bool) -> ModuleType:
    """
    Return the functions of a kernel module, compiled or plain.

    The compiled form is a second execution of the source, made once in a process; a missing
    compiler is a `UsageError`.
    """
    plain = importlib.import_module(module_name)
    if not compiled:
        return plain
    if not available():
        raise UsageError(f"{COMPILER} is not installed", fix="pip install 'seatrial[fast]'")
    return _compiled(plain)


def passed(array: "np.ndarray", *, compiled: bool) -> Any:  # noqa: ANN401  (the two forms share no type)
    """Return an array in the form in which a kernel indexes it fastest."""
    return array if compiled else array.data


def _compiled(plain: ModuleType) -> ModuleType:
    fingerprint = _fingerprint(plain)
    alias = f"{plain.__name__}__{fingerprint}"
    if alias in sys.modules:
        return sys.modules[alias]
    spec = importlib.util.spec_from_file_location(alias, plain.__file__)
    if spec is None or spec.loader is None:
        raise BugError(f"kernel {plain.__name__} has no source file")
    twin = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(twin)
    for name, value in list(vars(twin).items()):
        if not isinstance(value, FunctionType):
            continue
        if value.__module__ == alias:
            setattr(twin, name, _jit(value, fingerprint))
        elif _is_kernel(value.__module__):
            setattr(twin, name, getattr(_compiled(sys.modules[value.__module__]), value.__name__))
    sys.modules[alias] = twin
    return twin


def _jit(function: FunctionType, fingerprint: str) -> object:
    numba = importlib.import_module(COMPILER)
    # The compiler names its cache files after this and looks at one source file only: without it,
    # a constant or an inner function changed in another file would live on in cached machine code.
    function.__qualname__ = f"{function.__qualname__}_{fingerprint}"
    try:
        return numba.njit(cache=True)(function)
    except RuntimeError:  # no folder that can be written: compile again in each process
        return numba.njit(function)


def _fingerprint(module: ModuleType) -> str:
    """Return a short hash of all sources the kernel was made of."""
    digest = hashlib.sha256()
    for name in sorted(_sources(module, set())):
        digest.update(Path(str(sys.modules[name].__file__)).read_bytes())
    return digest.hexdigest()[:12]


def _sources(module: ModuleType, seen: set[str]) -> set[str]:
    seen.add(module.__name__)
    for value in vars(module).values():
        home = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if _is_kernel(home) and home not in seen:
            _sources(sys.modules[str(home)], seen)
    tape = module.__name__.partition(".")[0] + ".model.tape"  # plain ints do not say where they come from
    return seen | ({tape} & set(sys.modules))


def _is_kernel(name: object) -> bool:
    return isinstance(name, str) and getattr(sys.modules.get(name), "KERNEL", False) is True
