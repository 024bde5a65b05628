"""The commands as a person and as a program meet them."""

import json
import os
import pty
import select
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from seatrial import cli

VALUE, NEXT = "hK2nQ8xTk3pL0wZ9aB", "the-next/value+77="
Shown = pytest.CaptureFixture[str]


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A profile with a key in a file, one in the environment, one nowhere."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A_KEY", VALUE + "-env")
    tmp_path.chmod(0o700)
    keys = tmp_path / "keys.yaml"
    keys.write_text(f"api_key: {VALUE}\n")
    keys.chmod(0o600)
    names = {"api_key": "file:keys.yaml#api_key", "from_env": "env:A_KEY", "gone": "env:NO_SUCH_KEY"}
    (tmp_path / "p.yaml").write_text(json.dumps({"secrets": {"names": names}}))
    return str(tmp_path / "p.yaml")


def test_status_speaks_json_with_the_promised_keys(profile: str, capsys: Shown) -> None:
    """A scheduler reads it each morning."""
    code = cli.run(["secrets", "status", "--profile", profile, "--json"])

    document = json.loads(capsys.readouterr().out)
    assert (code, document["exit_code"], document["verdict"]) == (1, 1, "FAIL")
    assert document["schema"] == "seatrial.secrets.status/1"
    assert [(row["name"], row["present"], row["verdict"]) for row in document["secrets"]] == [
        ("api_key", True, "UNKNOWN"),
        ("from_env", True, "UNKNOWN"),
        ("gone", False, "FAIL"),
    ]
    assert document["rotation_days"] == 90


def test_get_without_reveal_is_the_status_of_one(profile: str, capsys: Shown) -> None:
    """The habit of typing `get` must not put a key on a shared screen."""
    assert cli.run(["secrets", "get", "api_key", "--profile", profile]) == 3

    shown = capsys.readouterr()
    assert shown.out.startswith("UNKNOWN  api_key")
    assert VALUE not in shown.out + shown.err


@pytest.mark.parametrize("more", [[], ["--json", "--force"], ["--json"]])
def test_get_reveals_nothing_into_a_pipe_or_a_document(profile: str, more: list[str], capsys: Shown) -> None:
    """Exit code 2, and the attempt is in the log."""
    assert cli.run(["secrets", "get", "api_key", "--profile", profile, "--reveal", *more]) == 2

    shown = capsys.readouterr()
    assert VALUE not in shown.out + shown.err
    assert "refused" in Path("artifacts/secrets/access.jsonl").read_text()


def test_get_reveals_into_a_pipe_by_force(profile: str, capsys: Shown) -> None:
    """Then it is the value and a newline, for a program that needs it."""
    assert cli.run(["secrets", "get", "api_key", "--profile", profile, "--reveal", "--force"]) == 0
    assert capsys.readouterr().out == f"{VALUE}\n"


# In a session of its own a program takes the terminal first, so that Ctrl-C comes from there.
IN_A_TERMINAL = (
    "import fcntl, sys, termios\nfcntl.ioctl(0, termios.TIOCSCTTY, 0)\n"
    "from seatrial.cli import main\nsys.argv[0] = 'seatrial'\nmain()\n"
)


def in_terminal(words: list[str], *, typed: str = "") -> tuple[int, str]:
    """Run seatrial in a terminal; its exit code, and all that the screen showed."""
    master, slave = pty.openpty()
    program = subprocess.Popen(
        [sys.executable, "-c", IN_A_TERMINAL, *words],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    screen, answers = b"", [f"{line}\n".encode() for line in typed.splitlines()]
    # A terminal that shows no echo throws away what is typed before its prompt.
    with suppress(OSError):
        while select.select([master], [], [], 30)[0] and (part := os.read(master, 4_096)):
            screen += part
            if answers and screen.count(b": ") > len(typed.splitlines()) - len(answers):
                os.write(master, answers.pop(0))
    try:
        code = program.wait(timeout=30)
    finally:
        program.kill()
        os.close(master)
    return code, screen.decode()


def test_get_reveals_to_a_terminal(profile: str) -> None:
    """There a person looks."""
    code, screen = in_terminal(["secrets", "get", "api_key", "--profile", profile, "--reveal"])

    assert (code, screen.strip()) == (0, VALUE)


def test_rotate_asks_a_person_twice_and_shows_nothing(profile: str) -> None:
    """A typing mistake in a key that nobody sees is found at the venue, in the middle of the night."""
    code, screen = in_terminal(
        ["secrets", "rotate", "api_key", "--profile", profile], typed=f"{NEXT}\n{NEXT}\n"
    )

    assert code == 0
    assert NEXT not in screen
    assert "rotated api_key" in screen
    assert NEXT in Path("keys.yaml").read_text()


def test_ctrl_c_at_the_prompt_changes_nothing(profile: str) -> None:
    """Exit code 130, as everywhere."""
    code, screen = in_terminal(["secrets", "rotate", "api_key", "--profile", profile], typed="\x03\n")

    assert code == 130
    assert "Traceback" not in screen
    assert Path("keys.yaml").read_text() == f"api_key: {VALUE}\n"


def test_rotate_reads_a_pipe(profile: str, capsys: Shown, monkeypatch: pytest.MonkeyPatch) -> None:
    """The form for scripts; the value is on no command line, where every user of the machine sees it."""
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "secrets", "rotate", "api_key", "--profile", profile, "--json"],
        input=f"{NEXT}\n", capture_output=True, text=True, check=True,
    )  # fmt: skip

    document = json.loads(done.stdout)
    assert (document["schema"], document["name"], document["verdict"]) == (
        "seatrial.secrets.rotate/1",
        "api_key",
        None,
    )
    assert NEXT not in done.stdout + done.stderr
    assert cli.run(["secrets", "get", "api_key", "--profile", profile]) == 0
    assert capsys.readouterr().out.startswith("PASS     api_key")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["get", "api_kye"], 2, "no secret is called 'api_kye'"),
        (["get", "gone", "--reveal", "--force"], 2, "there is no secret at env:NO_SUCH_KEY"),
        (["rotate", "api_kye"], 2, "no secret is called"),
        (
            ["get", "gone", "--set", "secrets.names.gone=vualt:x#y"],
            2,
            "did you mean 'vault'?",
        ),
        (["status", "--set", "secrets.access_log=keys.yaml/x"], 4, "cannot be written down"),
        (["get", "gone", "--set", "secrets.names.gone=vault:x#y"], 2, "set it, or VAULT_ADDR"),
    ],
)
def test_what_goes_wrong_is_one_line_and_its_code(
    profile: str, words: list[str], code: int, said: str, capsys: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    """2 for who typed it, 4 for what let us down."""
    monkeypatch.delenv("VAULT_ADDR", raising=False)

    assert cli.run(["secrets", *words, "--profile", profile]) == code

    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1


def test_the_command_line_takes_no_value() -> None:
    """Every user of a machine sees every command line."""
    parameters = cli.room("secrets").commands["rotate"].params

    assert {parameter.name for parameter in parameters} == {
        "name", "profile", "sets", "purpose", "allow_env", "json", "quiet", "help",
    } - {"help"}  # fmt: skip


def test_an_absent_library_is_one_clear_error(profile: str) -> None:
    """The core install has none of them."""
    code = (
        "import sys\nsys.modules['boto3'] = None\nfrom seatrial import cli\n"
        "words = ['secrets', 'get', 'gone', '--set', 'secrets.names.gone=aws:x', '--profile', sys.argv[1]]\n"
        "sys.exit(cli.run(words))"
    )

    done = subprocess.run([sys.executable, "-c", code, profile], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (
        2,
        "error: boto3 is not installed (pip install 'seatrial[secrets]')\n",
    )
