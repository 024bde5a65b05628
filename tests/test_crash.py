from pathlib import Path

import pytest

from seatrial.crash import report_text, write_report
from seatrial.model.redact import KNOWN, MARK


def crash(secret: str) -> ZeroDivisionError:
    """An error whose frame knows a secret."""
    try:
        len(secret) // 0
    except ZeroDivisionError as error:
        return error
    raise AssertionError


def test_a_report_holds_the_traceback_and_versions_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports are pasted into public threads."""
    monkeypatch.setenv("API_SECRET", "hunter2")

    text = report_text(crash("hunter2"), command="soak run")

    assert "ZeroDivisionError" in text
    assert "seatrial: " in text
    assert "command: soak run" in text
    assert "hunter2" not in text


@pytest.mark.usefixtures("forgetful")
def test_a_secret_in_the_message_of_a_crash_is_taken_out() -> None:
    """An HTTP library's exception holds the URL, and the URL holds the key."""
    KNOWN.learn("wJalrXUtn/FEMI+K7")
    error = ValueError("GET /?k=wJalrXUtn%2FFEMI%2BK7 with wJalrXUtn/FEMI+K7")

    text = report_text(error, command="live run")

    assert f"ValueError: GET /?k={MARK} with {MARK}" in text
    assert "FEMI" not in text


def test_the_same_crash_fills_one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cron job that crashes each minute must not fill the disk with reports."""
    monkeypatch.chdir(tmp_path)
    error = crash("x")

    paths = {write_report(error, command="soak run") for _ in range(3)}

    assert len(paths) == 1
    assert len(list((tmp_path / "artifacts" / "crash").iterdir())) == 1


def test_a_report_finds_another_folder_when_the_first_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A read-only working directory is where crashes happen, too."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "artifacts").write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))

    path = write_report(crash("x"), command="")

    assert Path(path).parent == tmp_path / "elsewhere"
    assert Path(path).is_file()


def test_nowhere_to_write_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The report must never become a second crash."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "artifacts").write_text("in the way")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "artifacts" / "below"))

    assert "no folder" in write_report(crash("x"), command="")
