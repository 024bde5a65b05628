"""The `soak` commands: parse, call, speak once, exit."""

from pathlib import Path

import orjson
import pytest

from seatrial.cli import run as cli


def document(capfd: pytest.CaptureFixture[str]) -> dict[str, object]:
    """Return the one JSON document on stdout."""
    text = capfd.readouterr().out
    assert text.count("\n") == 1
    found: dict[str, object] = orjson.loads(text)
    return found


@pytest.mark.parametrize(
    ("words", "code", "names"),
    [
        (["soak", "run", "--window", "5 weeks"], 2, "5 weeks"),
        (["soak", "run", "--iterations", "0"], 2, "iterations"),
        (["soak", "run", "--profile", "no_such"], 2, "no_such"),
        (["soak", "run", "--data", "no_such"], 2, "no_such"),
        (["soak", "run", "--bot", "no_such"], 2, "no_such"),
        (["soak", "run", "--set", "soak.iteration=3"], 2, "iterations"),
        (["soak", "resume", "no_such"], 2, "no_such"),
        (["soak", "report", "no_such"], 2, "no_such"),
        (["soak", "status", "no_such"], 2, "no_such"),
        (["dryrun", "run", "--window", "0s"], 2, "0s"),
        (["dryrun", "run", "--data", "no_such"], 2, "no_such"),
    ],
)
def test_bad_words_are_one_line_and_exit_2(
    words: list[str],
    code: int,
    names: str,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The line names what was wrong, and nothing is left behind that looks like a run."""
    monkeypatch.chdir(tmp_path)

    assert cli(words) == code
    captured = capfd.readouterr()
    assert names in captured.err
    assert captured.out == ""
    assert not list(tmp_path.glob("artifacts/*/[!.]*"))


def test_an_error_is_one_document_with_json(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script reads stdout and nothing else."""
    monkeypatch.chdir(tmp_path)

    assert cli(["soak", "status", "--json"]) == 2
    found = document(capfd)
    assert (found["schema"], found["exit_code"]) == ("seatrial.error/1", 2)


def test_an_out_that_is_a_file_is_exit_4(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk let us down, not the bot."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("")

    assert cli(["dryrun", "run", "--out", "file", "--window", "10s"]) == 4
    assert "file" in capfd.readouterr().err
