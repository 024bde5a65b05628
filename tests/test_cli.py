import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
import typer

from seatrial import cli
from seatrial.model.errors import BugError, InputError, OutsideError, RefusedError, Where
from seatrial.model.redact import KNOWN

VERBS = {
    "soak": {"run", "resume", "status", "report"},
    "shadow": {"preflight", "run", "audit", "health", "compare"},
    "dryrun": {"run"},
    "exchange": {"serve"},
    "chaos": {"list", "drill", "run", "check-history", "undo", "schema"},
    "canary": {"compare", "plan", "advance", "rollback"},
    "edge": {"audit", "sentinel", "radar"},
    "gate": {"check", "list", "explain", "selftest"},
    "finops": {"reconcile", "ledger", "cost", "export"},
    "market": {"import", "coverage", "gaps", "synth", "info", "fetch"},
    "config": {"show", "diff", "validate", "schema", "profiles"},
    "live": {"run", "status", "check-transition", "emergency-stop", "reconcile", "verify", "orders"},
    "secrets": {"status", "get", "rotate"},
}
HEAVY = {
    "pandas", "numpy", "httpx", "duckdb", "numba", "bokeh", "scipy", "boto3", "hvac", "keyring", "ccxt",
    "redis",
}  # fmt: skip

Boom = Callable[[BaseException], list[str]]


@pytest.fixture
def boom(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Boom:
    """A room with one verb that raises what it is told to; its crash reports land in a scratch folder."""
    monkeypatch.chdir(tmp_path)

    def room(error: BaseException) -> list[str]:
        app = typer.Typer()

        @app.command()
        def verb(json: bool = False) -> None:
            raise error

        module = ModuleType("seatrial.boom")
        module.__dict__["app"] = app
        monkeypatch.setitem(sys.modules, "seatrial.boom", module)
        monkeypatch.setitem(cli.ROOMS, "boom", ("boom", "Raise."))
        return ["boom", "verb"]

    return room


# --- rooms and verbs ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", cli.ROOMS)
def test_the_stub_s_help_is_the_room_s_own(name: str) -> None:
    """The root help is written without importing a room; the two must not drift apart."""
    assert (cli.room(name).help or "").splitlines()[0] == cli.ROOMS[name][1]


@pytest.mark.parametrize("name", cli.ROOMS)
def test_every_documented_verb_exists_and_has_help(name: str) -> None:
    """Outside programs call these names."""
    commands = cli.room(name).commands

    assert set(commands) >= VERBS[name]
    assert [verb for verb, command in commands.items() if not (command.help or "").strip()] == []


@pytest.mark.parametrize("name", cli.ROOMS)
def test_every_option_has_help(name: str) -> None:
    """An option without help is a guess for its user."""
    silent = [
        f"{verb} {parameter.name}"
        for verb, command in cli.room(name).commands.items()
        for parameter in command.params
        if parameter.name != "help" and not getattr(parameter, "help", "")
    ]

    assert silent == []


@pytest.mark.parametrize("name", cli.ROOMS)
def test_every_verb_speaks_json(name: str) -> None:
    """A program that drives seatrial must never have to read prose."""
    mute = [
        verb
        for verb, command in cli.room(name).commands.items()
        if not any("--json" in parameter.opts for parameter in command.params)
    ]

    assert mute == []


def test_the_root_help_lists_every_room(capsys: pytest.CaptureFixture[str]) -> None:
    """The first thing that a stranger types."""
    assert cli.run(["--help"]) == 0

    text = capsys.readouterr().out
    assert [name for name in cli.ROOMS if name not in text] == []


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """Scripts compare it."""
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.strip().count("\n") == 0


def test_help_and_completion_import_nothing_heavy() -> None:
    """A verb pays only for what it uses; numpy alone costs as much as the whole help page."""
    code = (
        "import sys\nfrom seatrial import cli\n"
        "early = 'rich' in sys.modules\n"
        "for room in cli.ROOMS:\n"
        "    for verb in cli.room(room).commands: cli.run([room, verb, '--help'])\n"
        f"sys.stderr.write(repr((early, sorted({HEAVY!r} & set(sys.modules)))))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stderr == "(False, [])"


@pytest.mark.parametrize(
    ("words", "expected"), [("seatrial ", set(cli.ROOMS)), ("seatrial config ", VERBS["config"])]
)
def test_completion_offers_rooms_and_verbs(words: str, expected: set[str]) -> None:
    """Completion runs on every tab, through the stubs and into a room."""
    environment = {
        "_SEATRIAL_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split())),
        "PATH": "",
    }

    done = subprocess.run(
        [sys.executable, "-m", "seatrial"], env=environment, capture_output=True, text=True, check=True
    )

    assert set(done.stdout.split()) >= expected


# --- usage errors ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["sok", "run"], "Did you mean 'soak'?"),
        (["config", "shw"], "Did you mean 'show'?"),
        (["config", "show", "--sed", "1"], "--seed"),
        (["config", "show", "--seed", "x"], "--seed"),
        (["gate", "check"], "RECORD"),
    ],
)
def test_a_usage_error_is_one_line_with_a_way_out(
    argv: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong word is answered with the right one, in one line, on stderr."""
    assert cli.run(argv) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert shown.err.startswith("error: ")
    assert said in shown.err
    assert "--help'" in shown.err


def test_a_usage_error_is_json_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    """Also the caller's own typing mistakes, or it must parse two languages."""
    assert cli.run(["config", "show", "--sed", "1", "--json"]) == 2

    shown = capsys.readouterr()
    document = json.loads(shown.out)
    assert shown.err == ""
    assert document["schema"] == "seatrial.error/1"
    assert document["exit_code"] == 2
    assert document["error"] == "UsageError"
    assert document["where"] == {"file": None, "line": None, "field": "--sed"}


@pytest.mark.parametrize("argv", [[], ["config"]])
def test_no_verb_shows_the_help_and_is_a_usage_error(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A script that lost its arguments must not read as a pass."""
    assert cli.run(argv) == 2
    assert "Usage: seatrial" in "".join(capsys.readouterr())


# --- errors of a verb --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("x"), 2),
        (OutsideError("x"), 4),
        (RefusedError("x"), 5),
        (OSError(errno.ENOSPC, "No space left on device", "journal.jsonl"), 4),
        (PermissionError(errno.EACCES, "Permission denied", "out"), 4),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "x"), 70),
        (BugError("x"), 70),
        (ZeroDivisionError("x"), 70),
        (MemoryError(), 70),
        (KeyboardInterrupt(), 130),
        (BrokenPipeError(errno.EPIPE, "Broken pipe"), 4),
    ],
)
def test_every_error_has_its_exit_code(
    error: BaseException, code: int, boom: Boom, capsys: pytest.CaptureFixture[str]
) -> None:
    """1 is a failed gate and 3 is missing evidence; nothing that went wrong may borrow them."""
    assert cli.run(boom(error)) == code
    assert "Traceback" not in capsys.readouterr().err


def test_an_error_is_one_line_naming_file_line_field_and_fix(
    boom: Boom, capsys: pytest.CaptureFixture[str]
) -> None:
    """What a person needs, and nothing else."""
    error = InputError("is no number", where=Where("a.csv", 3, "price"), fix="give a decimal")

    cli.run(boom(error))

    assert capsys.readouterr().err == "error: a.csv:3: price: is no number (give a decimal)\n"


def test_an_error_is_json_for_a_program(boom: Boom, capsys: pytest.CaptureFixture[str]) -> None:
    """The same facts, apart."""
    error = InputError("is no number", where=Where("a.csv", 3, "price"), fix="give a decimal")

    code = cli.run([*boom(error), "--json"])

    shown = capsys.readouterr()
    assert shown.err == ""
    assert json.loads(shown.out) == {
        "schema": "seatrial.error/1",
        "exit_code": code,
        "error": "InputError",
        "message": "is no number (give a decimal)",
        "where": {"file": "a.csv", "line": 3, "field": "price"},
    }


def test_ctrl_c_is_said_to_a_program_too(boom: Boom, capsys: pytest.CaptureFixture[str]) -> None:
    """Empty output would read as a broken program."""
    cli.run([*boom(KeyboardInterrupt()), "--json"])

    assert json.loads(capsys.readouterr().out)["exit_code"] == 130


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize("kind", [OutsideError, BugError, ValueError, KeyError, typer.BadParameter])
@pytest.mark.parametrize("as_json", [True, False])
def test_no_error_tells_a_secret(
    kind: type[Exception], as_json: bool, boom: Boom, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Neither line, document nor crash report; also when it was raised before the key was known."""
    error = kind("401 for key wJalrXUtn/FEMI+K7")
    KNOWN.learn("wJalrXUtn/FEMI+K7")

    cli.run([*boom(error), *(["--json"] if as_json else [])])

    shown = capsys.readouterr()
    written = "".join(path.read_text() for path in tmp_path.rglob("*.txt"))
    assert "FEMI" not in shown.out + shown.err + written
    assert "[redacted]" in (shown.out if as_json else shown.err)


@pytest.mark.parametrize("error", [ZeroDivisionError("by zero"), BugError("by zero")])
def test_a_bug_leaves_a_report_and_names_it(
    error: Exception, boom: Boom, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A crash that leaves nothing cannot be mended; a traceback on the screen helps nobody else."""
    cli.run(boom(error))

    (report,) = (tmp_path / "artifacts" / "crash").iterdir()
    said = capsys.readouterr().err
    assert report.name in said
    assert "by zero" in said
    assert "Traceback" in report.read_text()


def test_a_closed_pipe_is_quiet() -> None:
    """`seatrial ... | head -1` must not end in a stack of complaints."""
    program = [sys.executable, "-m", "seatrial", "--help"]

    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        complaint = process.stderr.read()

    assert complaint == b""
    assert process.returncode in {0, 4}


def test_a_console_of_a_small_alphabet_ends_no_run() -> None:
    """A long soak must not die of an arrow in its last line."""
    environment = {"PYTHONIOENCODING": "ascii", "PATH": ""}

    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "--help"], env=environment, capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
