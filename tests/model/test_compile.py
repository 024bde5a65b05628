"""The two forms of a kernel."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.model import compile as forms
from seatrial.model.errors import UsageError

INNER = """
KERNEL = True
STEP = {step}


def stepped(value):
    return value * STEP
"""
OUTER = """
from .inner import stepped

KERNEL = True


def total(values, count):
    result = 0
    for i in range(count):
        result += stepped(values[i]) // 7 - (values[i] >> 1)
    return result
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Make a package of two kernel modules that can be imported."""
    folder = tmp_path / "kernels_of_a_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "inner.py").write_text(INNER.format(step=3))
    (folder / "outer.py").write_text(OUTER)
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield folder
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith("kernels_of_a_test")]:
        del sys.modules[name]


def _total(*, compiled: bool) -> int:
    import numpy as np

    values = np.array([-9, 4, 2**40, 77], "int64")
    kernel = forms.load("kernels_of_a_test.outer", compiled=compiled)
    return int(kernel.total(forms.passed(values, compiled=compiled), 4))


@pytest.mark.usefixtures("package")
def test_both_forms_give_the_same_number() -> None:
    """A run without the compiler must be the same run."""
    pytest.importorskip("numba")

    assert _total(compiled=True) == _total(compiled=False)


@pytest.mark.usefixtures("package")
def test_functions_of_another_kernel_are_compiled_too() -> None:
    """A plain function inside a compiled loop would not compile at all."""
    numba = pytest.importorskip("numba")

    kernel = forms.load("kernels_of_a_test.outer", compiled=True)

    assert isinstance(kernel.stepped, numba.core.dispatcher.Dispatcher)
    assert kernel is forms.load("kernels_of_a_test.outer", compiled=True)


def test_a_change_in_an_inner_file_reaches_the_compiled_form(package: Path) -> None:
    """The compiler's cache knows only one file; stale machine code would break determinism."""
    pytest.importorskip("numba")
    before = _total(compiled=True)
    _forget()
    (package / "inner.py").write_text(INNER.format(step=30))
    importlib.invalidate_caches()

    assert _total(compiled=True) != before
    assert _total(compiled=True) == _total(compiled=False)


@pytest.mark.usefixtures("package")
def test_without_the_compiler_the_plain_form_still_loads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is optional: asking for it without having it names the remedy."""
    monkeypatch.setattr(forms, "COMPILER", "no_such_compiler")

    assert not forms.available()
    assert _total(compiled=False) != 0
    with pytest.raises(UsageError, match=r"seatrial\[fast\]"):
        forms.load("kernels_of_a_test.outer", compiled=True)
