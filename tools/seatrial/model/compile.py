"""
A kernel in two forms from one source: compiled by numba, or interpreted as it stands.

The hot loops of the program are modules of plain functions over one-dimensional arrays of
integers. Compiled, they are fast; interpreted, they need no extra; and because the source is the
same and the arithmetic is integer, both give the same bytes. Both forms can live in one process,
so that a test may compare them.

A kernel module may import functions of another kernel module by name; it says `KERNEL = True` at
its top level so that they are compiled with it. A kernel of many functions has a module `layout`
beside it that says which parameters are arrays, as `POINTERS = {name: bits}`: all others are then
int64, each function is compiled once and leaf first, and arrays are bare addresses, which halves
the time to compile and makes a call from Python cheap. Such a kernel is called from Python through
functions that take addresses and turn them into arrays with `at32` and `at64`.
"""

import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from .errors import BugError, UsageError

if TYPE_CHECKING:
    import numpy as np

COMPILER = "numba"
_BOUND: dict[tuple[str, ...], Any] = {}  # compiled once in a process, because it is not kept on disk


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


def bind(
    module_name: str, function: str, swaps: dict[str, tuple[str, str]], *, compiled: bool
) -> Callable[..., Any]:
    """
    Return a kernel function in which some functions are replaced by those of other modules.

    `swaps` maps a name in the kernel module to (module, function). Compiled code of a swapped
    kernel is not kept on disk, because the compiler's cache does not look at what was swapped in.
    """
    plain = importlib.import_module(module_name)
    replaced = {
        name: getattr(importlib.import_module(home), theirs) for name, (home, theirs) in swaps.items()
    }
    if not compiled:
        return _plain_bound(plain, function, replaced)
    if not available():
        raise UsageError(f"{COMPILER} is not installed", fix="pip install 'seatrial[fast]'")
    pointers = sys.modules[f"{plain.__package__}.layout"].POINTERS
    swapped = {(plain.__name__, name): theirs for name, theirs in replaced.items()}
    bound: Callable[..., Any] = _Typed(pointers, _fingerprint(plain), swapped).compile(
        getattr(plain, function)
    )
    return bound


def _plain_bound(plain: ModuleType, function: str, replaced: dict[str, Any]) -> Callable[..., Any]:
    original: FunctionType = getattr(plain, function)
    return FunctionType(original.__code__, {**vars(plain), **replaced}, function)


def passed(array: "np.ndarray", *, compiled: bool) -> Any:
    """Return an array in the form in which a kernel indexes it fastest."""
    return array if compiled else array.data


def _compiled(plain: ModuleType) -> ModuleType:
    fingerprint = _fingerprint(plain)
    alias = f"{plain.__name__}__{fingerprint}"
    if alias in sys.modules:
        return sys.modules[alias]
    pointers = getattr(sys.modules.get(f"{plain.__package__}.layout"), "POINTERS", None)
    if pointers is not None:
        sys.modules[alias] = _Typed(pointers, fingerprint).module(plain, alias)
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


def _jit(function: FunctionType, fingerprint: str, *, keep: bool = True) -> object:
    numba = importlib.import_module(COMPILER)
    if not keep:
        return numba.njit(function)
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
    # Plain ints do not say where they come from, so the modules of constants are named here.
    constants = {module.__name__.partition(".")[0] + ".model.tape", f"{module.__package__}.layout"}
    return seen | (constants & set(sys.modules))


def _is_kernel(name: object) -> bool:
    return isinstance(name, str) and getattr(sys.modules.get(name), "KERNEL", False) is True


def at32(address: int) -> Any:
    """Return the array of int32 at an address; compiled kernels only."""
    raise BugError(f"at32({address}) in an interpreted kernel")


def at64(address: int) -> Any:
    """Return the array of int64 at an address; compiled kernels only."""
    raise BugError(f"at64({address}) in an interpreted kernel")


class _Typed:
    """Compiles the functions of a kernel with given types, callees before their callers."""

    def __init__(
        self,
        pointers: dict[str, int],
        fingerprint: str,
        swapped: dict[tuple[str, str], FunctionType] | None = None,
    ) -> None:
        self.pointers, self.fingerprint, self.swapped = pointers, fingerprint, swapped or {}
        self.numba = importlib.import_module(COMPILER)
        self.done: dict[tuple[str, str], Any] = {}

    def module(self, plain: ModuleType, alias: str) -> ModuleType:
        """Return the compiled twin of a kernel module."""
        twin = ModuleType(alias)
        for name, value in vars(plain).items():
            if not name.startswith("__"):
                setattr(twin, name, self.compile(value) if self.is_ours(value) else value)
        return twin

    def is_ours(self, value: object) -> bool:
        """Tell whether a global of a kernel is one of its functions."""
        return isinstance(value, FunctionType) and _is_kernel(value.__module__)

    def compile(self, function: FunctionType) -> Any:
        """Return the compiled form of one function, after those that it calls."""
        key = (function.__module__, function.__name__)
        if key in self.done:
            return self.done[key]
        names = dict(function.__globals__)
        for name in function.__code__.co_names:
            value = self.swapped.get((function.__module__, name), names.get(name))
            if isinstance(value, FunctionType) and self.is_ours(value) and value is not function:
                names[name] = self.compile(value)
            elif value is at32 or value is at64:
                names[name] = self.cast(32 if value is at32 else 64)
        copy = FunctionType(function.__code__, names, function.__name__)
        copy.__module__, copy.__qualname__ = function.__module__, function.__qualname__
        touched = {home for home, _ in self.swapped} | {theirs.__module__ for theirs in self.swapped.values()}
        jitted: Any = _jit(copy, self.fingerprint, keep=function.__module__ not in touched)
        count = function.__code__.co_argcount
        jitted.compile(tuple(self.type_of(name) for name in function.__code__.co_varnames[:count]))
        jitted.disable_compile()
        self.done[key] = jitted
        return jitted

    def type_of(self, parameter: str) -> object:
        """Return the compiled type of a parameter by its name."""
        types = self.numba.types
        bits = self.pointers.get(parameter)
        return types.int64 if bits is None else types.CPointer(types.int32 if bits == 32 else types.int64)

    def cast(self, bits: int) -> object:
        """Return the compiled form of `at32` or `at64`."""
        kind = self.numba.types.CPointer(self.numba.types.int32 if bits == 32 else self.numba.types.int64)

        def typed(_context: object, address: object) -> tuple[object, object]:
            def generate(context: Any, builder: Any, _sig: object, args: Any) -> object:
                return builder.inttoptr(args[0], context.get_value_type(kind))

            return kind(address), generate

        return self.numba.extending.intrinsic(typed)
