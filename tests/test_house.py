"""
The style guide as a test: sizes, banned calls, names, floors of files.

An exemption names its reason and its size, and fails when it is no longer needed: the list only shrinks.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from tests.golden_extension import orphans

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "tools" / "seatrial"

FUNCTION_LINES, FILE_LINES, COMPLEXITY, PARAMETERS = 60, 400, 8, 6

# (file, function or "", measure) -> (size today, why). Sizes may only shrink.
KERNEL = "numba compiles functions of plain arrays; a settings object would cost the hot loop its speed"
LOOP = "the one loop over market events: its state lives in locals, and a call per row would pass them all"
TICKET = "an order ticket has these fields"
PARAMS = "a bot's arguments are the params of its profile, by name"
EXEMPT: dict[tuple[str, str, str], tuple[int, str]] = {
    ("engine/bot/reference.py", "ReferenceMaker.__init__", "parameters"): (9, PARAMS),
    ("engine/desk.py", "Desk.submit", "parameters"): (7, TICKET),
    ("engine/execution/fills.py", "Fill.__init__", "parameters"): (10, TICKET),
    ("engine/execution/order.py", "Order.__init__", "parameters"): (11, TICKET),
    ("engine/exchange/arrival.py", "answer", "parameters"): (10, KERNEL),
    ("engine/exchange/arrival.py", "request_at", "parameters"): (8, KERNEL),
    ("engine/exchange/arrival.py", "request_for", "parameters"): (8, KERNEL),
    ("engine/exchange/arrival.py", "submit", "parameters"): (9, KERNEL),
    ("engine/exchange/arrival.py", "submit_at", "parameters"): (9, KERNEL),
    ("engine/exchange/drive.py", "drive", "parameters"): (7, KERNEL),
    ("engine/exchange/drive.py", "drive_at", "parameters"): (7, KERNEL),
    ("engine/exchange/kernel.py", "advance", "complexity"): (27, LOOP),
    ("engine/exchange/kernel.py", "advance", "lines"): (93, LOOP),
    ("engine/exchange/kernel.py", "advance", "parameters"): (7, KERNEL),
    ("engine/exchange/kernel.py", "advance_at", "parameters"): (7, KERNEL),
    ("engine/exchange/matching.py", "book_cross", "parameters"): (8, KERNEL),
    ("engine/exchange/matching.py", "fill", "parameters"): (13, KERNEL),
    ("engine/exchange/matching.py", "meet_print", "parameters"): (8, KERNEL),
    ("engine/exchange/matching.py", "own_level", "parameters"): (7, KERNEL),
}

# The doors: the only modules that may make these calls.
DOORS = {
    "wall clock": {"store/clock.py"},
    "environment": {"config/environment.py"},
    "exit": {"cli.py"},
    "print": set[str](),
    "randomness": set[str](),
}
WALL_CLOCK = {
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.strftime",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
}  # fmt: skip
EXITS = {"sys.exit", "exit", "quit", "os._exit", "os.abort"}
RANDOM_ALLOWED = {"numpy.random.PCG64", "numpy.random.SeedSequence"}
BANNED_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager2", "stuff"}

ROOT_MARKDOWN = {
    "README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "PRODUCTION_LAUNCH_CHECKLIST.md",
}  # fmt: skip
ROOT_FOLDERS = {
    "tools", "profiles", "tests", "golden", "artifacts", "benchmarks", "docs", ".github", ".ci",
}  # fmt: skip
ROOT_FILES = ROOT_MARKDOWN | {"pyproject.toml", "Makefile", "LICENSE", ".gitignore", "requirements.lock"}
# folder -> kinds of file that belong there; a kind that nobody uses any more has to go.
KINDS = {
    "tools": {".py", ".j2", ".json", ".typed"},
    "tests": {".py"},
    "profiles": {".yaml"},
    "golden": {".csv", ".html", ".md", ".prom", ".xml"},
    "benchmarks": {".py"},
    "docs": {".md", ".png"},
    ".github": {".yml"},
    ".ci": {".py", ""},
}

# Beside the mirror of the package only these: whole-program behaviour that no single module owns.
BESIDE_THE_MIRROR = {
    "test_house.py": "the style guide",
    "test_docs.py": "the documents against the program",
    "test_profiles.py": "every built-in profile",
    "test_wheel.py": "the package as installed",
    "engine/execution/test_killed.py": "kill -9 in an order storm: core, log, recovery and reconciliation",
    "soak/test_killed.py": "kill -9 at any byte: run, journal, checkpoint and resume together",
    "soak/test_resume.py": "a soak that goes on: its errors, and the bytes that it ends in",
}


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is, or is about to be, in the repository."""
    listing = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return tuple(sorted(name for name in listing.stdout.splitlines() if (ROOT / name).is_file()))


def modules() -> list[Path]:
    """Every module of the package."""
    return sorted(SOURCE.rglob("*.py"))


@cache
def tree(path: Path) -> ast.Module:
    """The parsed module."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The module's path inside the package."""
    return path.relative_to(SOURCE).as_posix()


# --- sizes -------------------------------------------------------------------------------------

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(node: ast.AST, inside: str = "") -> Iterator[tuple[str, Function]]:
    """Every function with its dotted name, nested ones too."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef):
            name = f"{inside}.{child.name}" if inside else child.name
            if isinstance(child, Function):
                yield name, child
            yield from functions(child, name)
        else:
            yield from functions(child, inside)


BRANCHES = ast.If | ast.For | ast.AsyncFor | ast.While | ast.ExceptHandler | ast.match_case


def complexity(node: ast.AST) -> int:
    """McCabe's count, as ruff's C901 takes it: one more than the branches."""
    branches = 0
    for part in ast.walk(node):
        nested = isinstance(part, Function) and part is not node
        branches += nested or isinstance(part, BRANCHES)
    return 1 + branches


def parameters(function: Function, *, is_verb: bool) -> int:
    """How many arguments a caller has to think of; a verb has as many as it has options."""
    if is_verb:
        return 0
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return sum(argument.arg not in {"self", "cls"} for argument in named)


def sizes() -> Iterator[tuple[tuple[str, str, str], int, int]]:
    """(file, function, measure), its size and the limit."""
    for path in modules():
        module = name_of(path)
        yield (module, "", "lines"), len(path.read_text(encoding="utf-8").splitlines()), FILE_LINES
        for name, function in functions(tree(path)):
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            is_verb = path.name == "commands.py" and bool(function.decorator_list)
            yield (module, name, "lines"), length, FUNCTION_LINES
            yield (module, name, "complexity"), complexity(function), COMPLEXITY
            yield (module, name, "parameters"), parameters(function, is_verb=is_verb), PARAMETERS


def test_sizes_are_kept() -> None:
    """What outgrows one screen gets split, or its exemption says why not; no exempted giant may grow."""
    allowed = {key: size for key, (size, _) in EXEMPT.items()}

    too_big = [
        f"{key[0]}: {key[1] or 'the file'}: {size} {key[2]}, allowed {limit}"
        for key, size, limit in sizes()
        if size > max(limit, allowed.get(key, 0))
    ]

    assert not too_big, "\n".join(too_big)


def test_no_exemption_outlives_its_need() -> None:
    """The list may only shrink: an entry that is within the limit, or larger than its subject, has to go."""
    found = {key: (size, limit) for key, size, limit in sizes()}

    stale = [
        " ".join(key) for key, (size, _) in EXEMPT.items()
        if key not in found or found[key][0] <= found[key][1] or found[key][0] < size
    ]  # fmt: skip

    assert not stale, "\n".join(stale)


# --- banned calls ------------------------------------------------------------------------------


def origins(module: ast.Module) -> dict[str, str]:
    """Local name -> where it comes from, for every absolute import in the module."""
    known = {}
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                known[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                known[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return known


def dotted(node: ast.AST) -> str | None:
    """`a.b.c` of an attribute chain, None of anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (inner := dotted(node.value)):
        return f"{inner}.{node.attr}"
    return None


def mentions(path: Path) -> Iterator[tuple[int, str]]:
    """Every absolute dotted name that the module mentions, by line."""
    module = tree(path)
    known = origins(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Name | ast.Attribute) and (name := dotted(node)):
            first, _, rest = name.partition(".")
            origin = known.get(first, first if first in {"print", "exit", "quit"} else "")
            if origin:
                yield node.lineno, f"{origin}.{rest}" if rest else origin


def banned(name: str) -> str | None:
    """The door that this name belongs behind."""
    if name in WALL_CLOCK:
        return "wall clock"
    if name.startswith(("os.environ", "os.getenv", "os.putenv")):
        return "environment"
    if name in EXITS:
        return "exit"
    if name == "print":
        return "print"
    is_random = name.startswith(("random.", "secrets.", "uuid.uuid", "os.urandom"))
    is_numpy_random = name.startswith("numpy.random.") and not name.startswith(tuple(RANDOM_ALLOWED))
    return "randomness" if is_random or is_numpy_random else None


def offences(paths: list[Path]) -> list[str]:
    """Banned calls outside their doors."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {name} ({door})"
        for path in paths
        for line, name in mentions(path)
        if (door := banned(name)) and not (SOURCE in path.parents and name_of(path) in DOORS[door])
    ]


def test_clock_chance_and_environment_come_in_through_their_doors() -> None:
    """Equal inputs give equal bytes only when nothing reads the clock, chance or the environment aside."""
    found = offences(modules())

    assert not found, "\n".join(found)


def test_every_door_is_used() -> None:
    """A door that no longer makes its call is a hole left open."""
    unused = [
        f"{module} ({door})"
        for door, owners in DOORS.items()
        for module in owners
        if not any(banned(name) == door for _, name in mentions(SOURCE / module))
    ]

    assert not unused, "\n".join(unused)


@pytest.mark.parametrize(
    ("code", "door"),
    [
        ("import time\nx = time.time()", "wall clock"),
        ("from time import time_ns as now\nx = now()", "wall clock"),
        ("from datetime import datetime, UTC\nx = datetime.now(UTC)", "wall clock"),
        ("import numpy as np\nx = np.random.default_rng(1)", "randomness"),
        ("import random\nx = random.random()", "randomness"),
        ("import os\nx = os.environ['A']", "environment"),
        ("import sys\nsys.exit(1)", "exit"),
        ("print(1)", "print"),
        ("import numpy as np\nx = np.random.PCG64(1).random_raw()", None),
        ("from .clock import time\nx = time()", None),
    ],
)
def test_the_ban_sees_through_import_forms(code: str, door: str | None, tmp_path: Path) -> None:
    """A ban that an alias walks around bans nothing."""
    path = tmp_path / "case.py"
    path.write_text(code)

    found = {banned(name) for _, name in mentions(path)} - {None}

    assert found == ({door} if door else set())


def test_tests_neither_sleep_nor_read_the_clock_nor_mock() -> None:
    """A test that waits or mocks the thing under test proves little, slowly."""
    forbidden = WALL_CLOCK | {"time.sleep", "asyncio.sleep"}
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        for line, name in mentions(path)
        if name in forbidden or name.startswith("unittest.mock")
    ]

    assert not found, "\n".join(found)


# --- names and files ---------------------------------------------------------------------------


def test_no_module_is_named_after_nothing() -> None:
    """A kitchen-sink name hides what a file is for and lets it grow."""
    words = {path: set(path.stem.split("_")) for path in (*modules(), *(ROOT / "tests").rglob("*.py"))}

    assert [str(path) for path, parts in words.items() if parts & BANNED_NAMES] == []


def test_the_root_holds_only_what_belongs_there() -> None:
    """Loose files at the root are how a repository stops being readable."""
    loose = {name for name in tracked() if "/" not in name} - ROOT_FILES
    folders = {name.split("/")[0] for name in tracked() if "/" in name} - ROOT_FOLDERS

    assert (loose, folders) == (set(), set())


def test_every_folder_holds_its_kinds_of_file_and_no_kind_is_listed_in_vain() -> None:
    """A stray binary, backup or notebook is noticed when it arrives."""
    found: dict[str, set[str]] = {folder: set() for folder in KINDS}
    for name in tracked():
        folder = name.split("/")[0]
        if folder in KINDS and Path(name).name != ".gitkeep":
            found[folder].add(Path(name).suffix)

    assert found == KINDS


def test_every_golden_file_has_its_test() -> None:
    """A golden whose test is gone is never compared with anything again."""
    gone = orphans()

    assert not gone, "\n".join(gone)


def test_every_init_is_one_docstring_or_a_list_of_members() -> None:
    """Importing a package must do nothing but name what is in it."""
    strange = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        if path.name == "__init__.py"
        for index, node in enumerate(tree(path).body)
        if not _belongs_in_an_init(node, index)
    ]

    assert not strange, "\n".join(strange)


def _belongs_in_an_init(node: ast.stmt, index: int) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return index == 0
    if isinstance(node, ast.ImportFrom):
        return node.level > 0
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return not isinstance(node.value, ast.Lambda)
    if isinstance(node, ast.For):
        return all(_adds_a_member(part) for part in node.body)
    return _adds_a_member(node)


def _adds_a_member(node: ast.stmt) -> bool:
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "add"


def test_every_member_of_a_family_is_on_its_list() -> None:
    """A member file that nobody imports looks finished and does nothing."""
    missing = []
    for init in (path for path in modules() if path.name == "__init__.py" and _is_family(path)):
        listed = {
            node.module or alias.name
            for node in ast.walk(tree(init))
            if isinstance(node, ast.ImportFrom) and node.level == 1
            for alias in node.names
        }
        nouns = {
            alias.name
            for node in ast.walk(tree(init))
            if isinstance(node, ast.ImportFrom) and node.level == 1 and node.module
            for alias in node.names
        }
        missing += [
            name_of(path)
            for path in sorted(init.parent.glob("*.py"))
            if path.stem not in listed | {"__init__"} and _is_member(path, nouns)
        ]

    assert not missing, "\n".join(missing)


def _is_family(init: Path) -> bool:
    return any(isinstance(node, ast.ImportFrom) and node.level == 1 for node in tree(init).body)


def _is_member(path: Path, nouns: set[str]) -> bool:
    """Whether a file declares what the family's list imports from its members, or adds itself."""
    for node in tree(path).body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if isinstance(node, ast.AnnAssign):
            targets = [node.target]
        if any(isinstance(target, ast.Name) and target.id in nouns for target in targets):
            return True
        if _adds_a_member(node):
            return True
    return False


def test_every_test_module_mirrors_a_module() -> None:
    """One finds the tests of a module by its path, and a renamed module takes its tests along."""
    tests = ROOT / "tests"
    strays = [
        path.relative_to(tests).as_posix()
        for path in sorted(tests.rglob("test_*.py"))
        if path.relative_to(tests).as_posix() not in BESIDE_THE_MIRROR
        and not _mirrors(path.relative_to(tests))
    ]

    assert not strays, "\n".join(strays)


def _mirrors(test: Path) -> bool:
    subject = SOURCE / test.parent / test.name.removeprefix("test_").removesuffix(".py")
    return test.parts[0] == "contracts" or subject.with_suffix(".py").is_file() or subject.is_dir()


def test_every_test_says_why() -> None:
    """A test without its reason gets deleted, or kept, for no reason."""
    silent = [
        f"{path.relative_to(ROOT)}: {function.name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for _, function in functions(tree(path))
        if function.name.startswith("test_") and not ast.get_docstring(function)
    ]

    assert not silent, "\n".join(silent)


# --- the workflows -----------------------------------------------------------------------------

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


@pytest.mark.parametrize(
    ("schema", "path"),
    [
        *(("vendor.github-workflows", path) for path in WORKFLOWS),
        ("vendor.dependabot", ROOT / ".github" / "dependabot.yml"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_a_workflow_is_valid(schema: str, path: Path) -> None:
    """A workflow with a misspelt key does not run, and nobody hears of it."""
    program = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]

    done = subprocess.run(program, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_pins_bounds_and_limits_itself(path: Path) -> None:
    """Actions by full commit, a time limit on each job, no rights by default, and only make targets."""
    workflow = yaml.safe_load(path.read_text(encoding="utf-8"))
    jobs = workflow["jobs"].values()
    steps = [step for job in jobs for step in job["steps"]]

    assert workflow["permissions"] == {}
    assert [
        job for job in jobs if "timeout-minutes" not in job or job["permissions"] != {"contents": "read"}
    ] == []
    assert [
        step["uses"]
        for step in steps
        if "uses" in step and not re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"])
    ] == []
    assert [step["run"] for step in steps if "run" in step and not step["run"].startswith("make ")] == []


# --- what the tree must not say ----------------------------------------------------------------

# Written in halves so that this file does not find itself.
MACHINE_PATHS = re.compile(r"(?<![\w.$}])/(?:" + r"root|home/\w+|Users/\w+|work|mnt/\w+)/(?=\w)")
REGISTRY_HOSTS = re.compile(
    "py" + r"pi\.org|python" + r"hosted|npm" + r"js\.(?:org|com)|(?<!emit-)index" + "-url"
)


def test_the_tree_names_no_machine_and_no_registry() -> None:
    """A path of somebody's disk, or the address of an index, makes the clone work in one place only."""
    found = []
    for name in tracked():
        text = (ROOT / name).read_bytes()
        if b"\0" in text[:8000]:
            continue
        for number, line in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
            if MACHINE_PATHS.search(line) or REGISTRY_HOSTS.search(line):
                found.append(f"{name}:{number}: {line.strip()[:100]}")

    assert not found, "\n".join(found)


def test_text_files_end_with_one_newline_and_hold_no_carriage_return() -> None:
    """Golden files and hashes are compared byte for byte on every system."""
    wrong = []
    for name in tracked():
        data = (ROOT / name).read_bytes()
        if data and b"\0" not in data and (b"\r" in data or not data.endswith(b"\n")):
            wrong.append(name)

    assert not wrong, "\n".join(wrong)
