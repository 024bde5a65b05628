"""
The wheel as its user gets it: no sources near, and somebody else's folder named `tools` beside it.

A suite that can be made to run the code under test as its own judge is no suite.
"""

import json
import re
import subprocess
import sys
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
EXTRAS = {"core": (), "extras": ("fast", "data", "report")}
HOSTILE = "open('hijacked', 'w').close()\nraise SystemExit(0)\n"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    program = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


@dataclass(frozen=True)
class Place:
    """An installed wheel and an empty folder to work in."""

    bin: Path
    work: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program of the installation, as a user in that folder would, in an empty environment."""
        program = [str(self.bin / words[0]), *words[1:]]
        return subprocess.run(
            program, cwd=self.work, env={"PATH": ""}, capture_output=True, text=True, check=False, timeout=300
        )


@pytest.fixture(scope="session", params=EXTRAS)
def place(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The wheel in an environment of its own, with its dependencies only, beside hostile folders."""
    home = tmp_path_factory.mktemp(request.param)
    venv.create(home / "venv", with_pip=True, symlinks=True)
    bin_ = home / "venv" / "bin"
    pip = [str(bin_ / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    (site,) = (home / "venv" / "lib").glob("python*/site-packages")
    lend(EXTRAS[request.param], site)
    work = home / "work"
    for folder in ("tools", "tools/seatrial", "profiles_of_others"):
        (work / folder).mkdir(parents=True)
        (work / folder / "__init__.py").write_text(HOSTILE)
    return Place(bin_, work)


def lend(extras: tuple[str, ...], site: Path) -> None:
    """Link what the wheel depends on from this environment, so that the test needs no network."""
    for dependency in closure("seatrial", extras):
        base = Path(str(dependency.locate_file("")))
        for top in {
            file.parts[0] for file in dependency.files or () if file.parts[0] not in {"..", "__pycache__"}
        }:
            if not (site / top).exists():
                (site / top).symlink_to(base / top)


def closure(name: str, extras: tuple[str, ...]) -> Iterator[Distribution]:
    """Every distribution that an installation of `name` brings along, itself left out."""
    seen: set[str] = set()
    waiting = list(requirements(distribution(name), extras))
    while waiting:
        dependency = waiting.pop()
        if dependency in seen:
            continue
        seen.add(dependency)
        try:
            found = distribution(dependency)
        except PackageNotFoundError:
            # Asked for on another platform only.
            continue
        yield found
        waiting += requirements(found, ())


def requirements(of: Distribution, extras: tuple[str, ...]) -> Iterator[str]:
    """Names of what a distribution requires, with these extras."""
    for line in of.requires or ():
        requirement, _, marker = line.partition(";")
        wanted = re.findall(r"extra == ['\"](\w+)['\"]", marker)
        if not wanted or set(wanted) & set(extras):
            yield re.split(r"[\s<>=!~\[(]", requirement.strip())[0]


def test_profiles_calibrations_and_templates_travel_in_the_wheel(wheel: Path) -> None:
    """A wheel without its data files works on the developer's machine alone."""
    names = set(ZipFile(wheel).namelist())
    expected = {f"seatrial/profiles/{path.name}" for path in (ROOT / "profiles").glob("*.yaml")}
    package = ROOT / "tools" / "seatrial"
    expected |= {
        f"seatrial/{path.relative_to(package).as_posix()}"
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert expected - names == set()


def test_the_wheel_holds_nothing_but_the_package(wheel: Path) -> None:
    """A top-level `tools` or `tests` in site-packages would shadow somebody's own."""
    tops = {name.split("/")[0] for name in ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"seatrial"}


def test_it_runs_from_its_own_files(place: Place) -> None:
    """Were the checkout still reachable, every test below would prove nothing."""
    done = place.run("python", "-c", "import seatrial; print(seatrial.__file__)")

    assert str(place.bin.parent) in done.stdout
    assert str(ROOT) not in done.stdout


@pytest.mark.parametrize("words", [("seatrial",), ("python", "-m", "seatrial")], ids=" ".join)
def test_both_doors_answer_beside_a_hostile_folder(place: Place, words: tuple[str, ...]) -> None:
    """The bot's own `tools` package must not become ours."""
    done = place.run(*words, "--version")

    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)
    assert not (place.work / "hijacked").exists()


def test_the_built_in_profiles_are_found(place: Place) -> None:
    """A user without a `profiles` folder still has all of ours."""
    done = place.run("seatrial", "config", "profiles", "--json")

    assert done.returncode == 0, done.stderr
    assert [path.stem for path in (ROOT / "profiles").glob("*.yaml") if path.stem not in done.stdout] == []


def test_a_tiny_soak_leaves_a_record_with_a_verdict(place: Place) -> None:
    """The whole way, from an empty folder: profile, market, engine, record, judgement, report."""
    sizes = ("--set", "soak.iterations=3", "--set", "soak.window_s=60", "--set", "soak.warmup_iterations=1")

    done = place.run("seatrial", "soak", "run", "--profile", "ci", *sizes, "--json")

    assert done.returncode in {0, 1, 3}, done.stderr
    answer = json.loads(done.stdout)
    record = place.work / answer["record"]
    assert answer["schema"] == "seatrial.soak.run/1"
    assert {"run.json", "journal.jsonl", "verdict.json", "report.html"} <= {
        path.name for path in record.iterdir()
    }
    assert not (place.work / "hijacked").exists()
