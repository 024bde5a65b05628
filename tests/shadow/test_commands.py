"""The `shadow` commands as a person meets them: exit codes, one JSON document, errors in one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.shadow.records import planted

from seatrial.cli import run

KEYS = {"schema", "verdict", "exit_code", "reasons"}


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """The exit code of a command and the document that it printed."""
    code = run(["shadow", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_audit_has_its_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Outside programs read `findings` and `counts`."""
    record = planted(tmp_path, "a", range(2))

    code, document = said(capsys, "audit", str(record.path))

    assert code == document["exit_code"] == 0
    assert document["schema"] == "seatrial.shadow.audit/1"
    assert (document["findings"], document["counts"]) == ([], {})
    assert document.keys() >= KEYS


def test_audit_of_nothing_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 and an error document, never a clean bill."""
    code, document = said(capsys, "audit", str(tmp_path / "nowhere"))

    assert (code, document["schema"], document["exit_code"]) == (2, "seatrial.error/1", 2)


def test_health_by_week_ends_unknown_without_a_week(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two hours are no week: exit 3."""
    planted(tmp_path, "a", range(2))

    code, document = said(capsys, "health", str(tmp_path / "shadow"), "--weekly")

    assert (code, document["verdict"], document["weeks_counted"]) == (3, "UNKNOWN", 0)


def test_run_without_symbols_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 before anything is asked of any venue."""
    code, document = said(capsys, "run", "--out", str(tmp_path / "out"))

    assert (code, document["where"]["field"]) == (2, "market.symbols")
    assert not (tmp_path / "out").exists()


def test_preflight_without_symbols_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    """As for the run itself."""
    assert said(capsys, "preflight")[0] == 2


def test_compare_of_no_records_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 in one line."""
    assert said(capsys, "compare", str(tmp_path / "a"), str(tmp_path / "b"))[0] == 2
