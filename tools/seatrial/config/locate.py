"""
Where profiles are found: a path, the user's own `./profiles`, the ones that came with the suite.

The built-in ones lie inside an installed package, or beside `tools` in a source checkout; the
working directory alone never decides.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .shape import nearest
from .tree import Source

SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Found:
    """A profile file: its path, what to call it in errors and records, and whose it is."""

    path: Path
    label: str
    built_in: bool = False

    @property
    def name(self) -> str:
        """Return the name that the file's own name gives it."""
        return self.path.stem


def own_folder() -> Path:
    """Return the folder of the user's own profiles, which win over the built-in ones."""
    return Path("profiles")


def built_in_folder() -> Path | None:
    """Return the folder of the profiles that came with the suite, None when it was cut off."""
    package = Path(__file__).resolve().parent.parent
    if (package / "profiles").is_dir():
        return package / "profiles"
    checkout = package.parent.parent
    # A folder named `profiles` two floors above an installed package is somebody else's.
    if package.parent.name == "tools" and (checkout / "pyproject.toml").is_file():
        return checkout / "profiles"
    return None


def is_path(name: str) -> bool:
    """Return whether `name` is meant as a path and not as a profile's name."""
    return name.endswith(SUFFIXES) or os.sep in name or "/" in name


def find(name: str, *, asked_by: Source, beside: Found | None = None) -> Found:
    """
    Return the profile called `name`, or at the path `name`.

    `beside` is the profile that extends it: its folder is looked at first, and it is never its
    own parent, so `./profiles/demo.yaml` may extend the built-in `demo`.
    """
    field = "extends" if beside else None
    if not name or "\0" in name:
        raise asked_by.refuse("a profile's name is empty or not a name", field=field)
    if is_path(name):
        return _at_path(name, beside)
    candidates = [found for found in _candidates(name, beside) if is_file(found.path)]
    others = [found for found in candidates if beside is None or not _same(found.path, beside.path)]
    if others or candidates:
        return (others or candidates)[0]
    near = nearest(name, [found.name for found in every()])
    fix = f"did you mean {near!r}?" if near else "`config profiles` lists them; a path ends in .yaml"
    raise asked_by.refuse(f"no profile is called {name!r}", field=field, fix=fix)


def is_file(path: Path) -> bool:
    """Return whether a file stands there; a path that cannot be one (too long, say) is no file."""
    try:
        return path.is_file()
    except OSError:
        return False


def every() -> tuple[Found, ...]:
    """Return all profiles by name, the user's own ones hiding built-in ones of the same name."""
    found: dict[str, Found] = {}
    for folder, built_in in _shelves():
        if folder.is_dir():
            for path in sorted(folder.glob("*.yaml")):
                found.setdefault(path.stem, Found(path, f"profiles/{path.name}", built_in))
    return tuple(found[name] for name in sorted(found))


def _shelves() -> Iterator[tuple[Path, bool]]:
    own, built_in = own_folder(), built_in_folder()
    if built_in is None or not _same(own, built_in):
        yield own, False
    if built_in is not None:
        yield built_in, True


def _candidates(name: str, beside: Found | None) -> Iterator[Found]:
    if beside is not None:
        label = str(Path(beside.label).parent / f"{name}.yaml")
        yield Found(beside.path.parent / f"{name}.yaml", label, beside.built_in)
    for folder, built_in in _shelves():
        yield Found(folder / f"{name}.yaml", f"profiles/{name}.yaml", built_in)


def _at_path(name: str, beside: Found | None) -> Found:
    if beside is None:
        return Found(Path(name), name)
    label = os.path.normpath(Path(beside.label).parent / name)
    return Found(beside.path.parent / name, label, beside.built_in)


def _same(first: Path, second: Path) -> bool:
    return os.path.realpath(first) == os.path.realpath(second)
