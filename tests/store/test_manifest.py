"""The manifest: which code ran on which machine, and nothing guessed."""

import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.model.artifact import Provenance
from seatrial.model.atomic import write_json
from seatrial.model.errors import InputError
from seatrial.store.manifest import (
    ConfigFacts,
    Intent,
    build_manifest,
    read_manifest,
    surroundings,
    versions,
)

INTENT = Intent("r1", "soak", 7, ("soak", "run"), planned_ns=10, started_ns=5)


def test_the_manifest_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """A later release gate reads this file and no other source."""
    manifest = build_manifest(
        INTENT,
        ConfigFacts({"seed": 7}, {"seed": "default"}, "ab"),
        Provenance(kind="synthetic"),
        surroundings(tmp_path),
    )
    write_json(tmp_path / "run.json", manifest)

    assert read_manifest(tmp_path / "run.json") == manifest


def test_the_commit_and_whether_it_was_changed(tmp_path: Path) -> None:
    """A result of changed code must not be taken for one of the commit."""
    git = ("git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b.c")
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "bot.py").write_text("1")
    subprocess.run([*git, "add", "bot.py"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "bot"], check=True)
    clean = surroundings(tmp_path)
    (tmp_path / "bot.py").write_text("2")

    assert len(clean.code_commit or "") == 40
    assert clean.code_dirty is False
    assert surroundings(tmp_path).code_dirty is True


def test_no_repository_is_none_and_not_clean(tmp_path: Path) -> None:
    """Unknown is unknown."""
    around = surroundings(tmp_path)

    assert (around.code_commit, around.code_dirty, around.lock_sha256) == (None, None, None)


def test_a_lock_file_is_hashed(tmp_path: Path) -> None:
    """The same code with other packages is another program."""
    (tmp_path / "uv.lock").write_bytes(b"")

    assert (surroundings(tmp_path).lock_sha256 or "").startswith("e3b0c442")


def test_versions_are_asked_without_importing() -> None:
    """A manifest must not cost the start-up time of every library that it names."""
    code = (
        "import sys; from seatrial.store.manifest import versions; versions(); print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
    assert {"python", "numpy", "seatrial"} <= set(versions())


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"run_id": 3}'])
def test_what_is_no_manifest_is_named(tmp_path: Path, content: bytes) -> None:
    """One line with the file, not a page of validation."""
    path = tmp_path / "run.json"
    path.write_bytes(content)

    with pytest.raises(InputError, match="not a manifest"):
        read_manifest(path)
