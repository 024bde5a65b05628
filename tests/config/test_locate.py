"""Where profiles are found: never by the working directory alone."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.config import locate
from seatrial.config.tree import Source
from seatrial.model.errors import UsageError

ASKED = Source("set", text="--profile x")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, text: str = "seed: 1\n") -> Path:
    """Write a small profile and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_built_in_profiles_are_found_from_anywhere(elsewhere: Path) -> None:
    """`seatrial soak run --profile demo` works in an empty folder."""
    found = locate.find("demo", asked_by=ASKED)

    assert found.built_in
    assert found.label == "profiles/demo.yaml"
    assert found.path.is_file()


def test_ones_own_profiles_win_over_the_built_in(elsewhere: Path) -> None:
    """A desk's own `demo` is the one it means."""
    write(Path("profiles/demo.yaml"))

    found = locate.find("demo", asked_by=ASKED)

    assert (found.path, found.built_in) == (Path("profiles/demo.yaml"), False)
    assert [one.built_in for one in locate.every() if one.name == "demo"] == [False]


def test_a_path_is_taken_as_it_is(elsewhere: Path) -> None:
    """A suffix or a separator says that a path is meant."""
    write(Path("my.yaml"))

    assert locate.find("my.yaml", asked_by=ASKED).path == Path("my.yaml")
    assert locate.is_path("./my")
    assert not locate.is_path("demo")


def test_ones_own_profile_may_extend_the_built_in_one_of_its_name(elsewhere: Path) -> None:
    """`extends: demo` in ./profiles/demo.yaml means the demo that came with the suite."""
    write(Path("profiles/demo.yaml"))
    own = locate.find("demo", asked_by=ASKED)

    assert locate.find("demo", asked_by=ASKED, beside=own).built_in


def test_a_parent_is_looked_for_beside_its_child_first(elsewhere: Path) -> None:
    """A folder of profiles can be moved as a whole."""
    child = locate.Found(write(Path("set/child.yaml")), "set/child.yaml")
    write(Path("set/demo.yaml"))
    write(Path("other/base.yaml"))

    assert locate.find("demo", asked_by=ASKED, beside=child).label == "set/demo.yaml"
    assert locate.find("../other/base.yaml", asked_by=ASKED, beside=child).label == "other/base.yaml"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("dmo", "did you mean 'demo'"),
        ("zzzzzz", "config profiles"),
        ("", "not a name"),
        ("x" * 5_000, "no profile"),
    ],
)
def test_an_unknown_name_says_what_was_meant(elsewhere: Path, name: str, words: str) -> None:
    """An earlier suite made up a configuration for every unknown name."""
    with pytest.raises(UsageError, match=words):
        locate.find(name, asked_by=ASKED)


def test_an_installed_package_finds_its_own_profiles_and_not_its_neighbours(tmp_path: Path) -> None:
    """In a wheel they lie in the package; `profiles` two floors up belongs to somebody else."""
    package = Path(locate.__file__).parent.parent
    site = tmp_path / "lib" / "site"
    shutil.copytree(package, site / "seatrial", ignore=shutil.ignore_patterns("__pycache__", "profiles"))
    write(tmp_path / "lib" / "profiles" / "demo.yaml")
    code = "from seatrial.config.locate import built_in_folder; print(built_in_folder())"

    def ask() -> str:
        command = [sys.executable, "-c", code]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, cwd=tmp_path, env={"PYTHONPATH": str(site)}
        )
        return done.stdout.strip()

    assert ask() == "None"
    write(site / "seatrial" / "profiles" / "demo.yaml")
    assert ask() == str(site / "seatrial" / "profiles")


def test_without_built_in_profiles_only_ones_own_are_there(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package that was cut down still reads the user's own profiles."""
    monkeypatch.setattr(locate, "built_in_folder", lambda: None)
    write(Path("profiles/mine.yaml"))

    assert [found.name for found in locate.every()] == ["mine"]
