"""The `config` commands: exit codes, one line, one document, a quick start."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from seatrial.cli import run


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working directory, in an environment without overrides."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith(("SEATRIAL_", "SOAK_")):
            monkeypatch.delenv(name)
    return tmp_path


def document(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, Any]:
    """Run a command with --json and return its one document."""
    run([*argv, "--json"])
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    held: dict[str, Any] = json.loads(out)
    return held


@pytest.mark.parametrize(
    ("argv", "keys"),
    [
        (["config", "show", "demo"], {"profile", "sha256", "values", "sources", "overridden"}),
        (["config", "diff", "demo", "ci"], {"a", "b", "same", "differences"}),
        (["config", "validate", "demo"], {"profiles"}),
        (["config", "schema"], {"json_schema", "file"}),
        (["config", "profiles"], {"profiles"}),
    ],
)
def test_each_command_prints_one_document(
    here: Path, capsys: pytest.CaptureFixture[str], argv: list[str], keys: set[str]
) -> None:
    """Programs read the document; it says which form it has and what it decided."""
    held = document(capsys, *argv)

    assert held["schema"] == f"seatrial.config.{argv[1]}/1"
    assert (held["verdict"], held["exit_code"], held["reasons"]) == (None, 0, [])
    assert keys <= held.keys()


def test_show_takes_the_common_options(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would this very command line run? The same options answer as in a run."""
    monkeypatch.setenv("SOAK_ITERATIONS", "5")

    held = document(capsys, "config", "show", "--profile", "demo", "--set", "soak.window_s=60", "--seed", "3")

    assert (held["values"]["soak"]["iterations"], held["values"]["soak"]["window_s"]) == (5, 60.0)
    assert held["values"]["seed"] == 3


def test_schema_is_written_where_asked(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`--out` for editors, stdout for pipes."""
    assert run(["config", "schema", "--out", "s.json"]) == 0
    assert json.loads((here / "s.json").read_text())["title"] == "Seatrial profile"


BAD: dict[str, tuple[str | bytes, str]] = {
    "a typo": ("soak:\n  iteration: 3\n", "p.yaml:2: soak.iteration: "),
    "a typo of a section": ("gate: []\n", "p.yaml:1: gate: "),
    "a cycle": ("seed: 1\nextends: ./p.yaml\n", "p.yaml:2: extends: "),
    "a missing parent": ("extends: dmo\n", "p.yaml:1: extends: "),
    "a missing parent file": ("extends: gone.yaml\n", "p.yaml:1: extends: "),
    "a duplicate key": ("seed: 1\nseed: 2\n", "p.yaml:2: seed: "),
    "a tab": ("soak:\n\titerations: 3\n", "p.yaml:2: "),
    "a text for a number": ("soak:\n  iterations: many\n", "p.yaml:2: soak.iterations: "),
    "a number for a text": ("name: 7\n", "p.yaml:1: name: "),
    "a quoted number": ("seed: '7'\n", "p.yaml:1: seed: "),
    "a switch of YAML 1.1": ("production: yes\n", "p.yaml:1: production: "),
    "out of range": ("exchange:\n  leverage: 500\n", "p.yaml:2: exchange.leverage: "),
    "not finite": ("soak:\n  window_s: .inf\n", "p.yaml:2: soak.window_s: "),
    "no steady state": ("soak:\n  iterations: 1\n", "p.yaml:2: soak.iterations: "),
    "a soft bound outside the hard": (
        "gates:\n- {kpi: a, at_least: {hard: 2, soft: 1}}\n",
        "p.yaml:2: gates[0]: ",
    ),
    "a gate without bounds": ("gates:\n- kpi: a\n", "p.yaml:2: gates[0]: "),
    "a window that does not exist": (
        "gates:\n- {kpi: a, at_least: {hard: 2}, window: stable}\n",
        "p.yaml:2: gates[0]: ",
    ),
    "a list": ("- 1\n", "p.yaml:1: "),
    "an empty file": ("", "p.yaml: is empty"),
    "a binary file": (b"\x7fELF\xff\xfe\x00", "p.yaml:1: "),
    "a tag": ("seed: !!python/name:os.system\n", "p.yaml:1: seed: "),
    "two documents": ("seed: 1\n---\nseed: 2\n", "p.yaml:2: "),
    "an open bracket": ("gates: [\n", "p.yaml:2: "),
}


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("case", BAD)
def test_a_bad_profile_is_one_line_and_exit_2(
    here: Path, capsys: pytest.CaptureFixture[str], case: str, as_json: bool
) -> None:
    """File, line and field of the mistake, on every way in, and never a traceback."""
    content, start = BAD[case]
    Path("p.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())

    code = run(["config", "show", "./p.yaml" if case == "a cycle" else "p.yaml", *(["--json"] * as_json)])

    said = capsys.readouterr()
    assert code == 2
    if as_json:
        told = json.loads(said.out)
        where = [told["where"][key] for key in ("file", "line", "field")]
        assert (told["schema"], told["exit_code"]) == ("seatrial.error/1", 2)
        assert where[0] in {"p.yaml", "./p.yaml"}
        assert str(where[1] or "") in start
    else:
        assert said.err.removeprefix("error: ").removeprefix("./").startswith(start)
        assert said.err.count("\n") == 1
        assert said.out == ""


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        (["show", "gone.yaml"], "gone.yaml: there is no such file"),
        (["show", "."], "no profile is called"),
        (["show", "./"], "./: is a folder"),
        (["show", "/proc/self/mem"], "/proc/self/mem: cannot be read"),
        (["show", "dmo"], "did you mean 'demo'"),
        (["show", "demo", "--set", "seed"], "is not KEY=VALUE"),
        (["show", "demo", "--set", "sede=1"], "did you mean 'seed'"),
        (["show", "demo", "--set", "soak.iterations=x"], "soak.iterations: should be a valid integer"),
        (["show", "demo", "--seed", "-1"], "--seed"),
        (["show", "demo", "--profile", "ci"], "two profiles are named"),
        (["diff", "demo", "./nowhere"], "neither a profile nor a record"),
        (["validate", "demo", "gone.yaml"], "gone.yaml: there is no such file"),
    ],
)
def test_bad_usage_is_one_line_and_exit_2(
    here: Path, capsys: pytest.CaptureFixture[str], argv: list[str], words: str
) -> None:
    """A wrong command line never reads as a failed gate (1) or as a bug (70)."""
    code = run(["config", *argv])

    said = capsys.readouterr().err
    assert code == 2
    assert words in said


def test_an_unknown_variable_is_refused(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A typo in an export must not leave the old value in force."""
    monkeypatch.setenv("SEATRIAL_SOAK__ITERATION", "3")

    assert run(["config", "show", "demo"]) == 2
    assert "did you mean SEATRIAL_SOAK__ITERATIONS?" in capsys.readouterr().err


def test_production_refuses_the_environment_unless_allowed(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What trades real money is what the file says."""
    Path("p.yaml").write_text("seed: 1\nproduction: true\n")
    monkeypatch.setenv("SEATRIAL_SEED", "2")

    assert run(["config", "show", "p.yaml"]) == 2
    assert capsys.readouterr().err.startswith("error: p.yaml:2: production: ")
    assert run(["config", "show", "p.yaml", "--allow-env"]) == 0


def test_showing_a_profile_imports_nothing_heavy(here: Path) -> None:
    """A command pays for what it uses; numpy and duckdb alone are half a second."""
    code = (
        "import sys; from seatrial.cli import run; code = run(['config', 'show', 'demo', '--quiet']);"
        "heavy = {'numpy', 'duckdb', 'numba', 'bokeh', 'rich', 'pandas', 'psutil'} & set(sys.modules);"
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=here)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_same_bytes_everywhere(here: Path) -> None:
    """Another hash seed, another time zone, another folder: the same document."""

    def ask(cwd: str, **env: str) -> bytes:
        command = [sys.executable, "-m", "seatrial", "config", "show", "soak_72h", "--json"]
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("SEATRIAL_", "SOAK_"))}
        return subprocess.run(command, capture_output=True, check=True, cwd=cwd, env={**kept, **env}).stdout

    assert ask(str(here), PYTHONHASHSEED="1", TZ="UTC") == ask("/", PYTHONHASHSEED="2", TZ="Asia/Tokyo")
