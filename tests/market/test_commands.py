"""The `market` commands end with the right exit code and one line."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from tests.market.conftest import Capture

from seatrial.cli import run


def test_import_then_info(whole: Capture, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON document on stdout and nothing else."""
    to = str(whole.folder / "dataset")

    assert run(["market", "import", str(whole.file()), "--to", to, "--json"]) == 0
    made = orjson.loads(capsys.readouterr().out)
    assert run(["market", "info", to, "--json"]) == 0
    told = orjson.loads(capsys.readouterr().out)

    assert made["schema"] == "seatrial.market.import/1"
    assert told["schema"] == "seatrial.market.info/1"
    assert told["instruments"] == made["instruments"]
    assert told["instruments"][0]["trades"] == 1


def test_coverage_and_gaps_speak_json(whole: Capture, capsys: pytest.CaptureFixture[str]) -> None:
    """Both on a dataset, and coverage on a raw file."""
    file, to = str(whole.file()), str(whole.folder / "dataset")
    run(["market", "import", file, "--to", to, "--quiet"])
    capsys.readouterr()

    for arguments in (["coverage", to, "--grid", "1s"], ["coverage", file, "--grid", "1s"], ["gaps", to]):
        assert run(["market", *arguments, "--json"]) == 0
        document = orjson.loads(capsys.readouterr().out)
        assert document["schema"] == f"seatrial.market.{arguments[0]}/1"
        assert (document.get("expected"), document.get("present")) in {(4, 4), (None, None)}


def test_quiet_is_one_line(whole: Capture, capsys: pytest.CaptureFixture[str]) -> None:
    """The last one: where the dataset is."""
    run(["market", "import", str(whole.file()), "--to", str(whole.folder / "dataset"), "--quiet"])

    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["import", "{tmp}/nowhere.gz", "--to", "{tmp}/out"], 2),
        (["import", "{tmp}/junk", "--to", "{tmp}/out"], 2),
        (["import", "{tmp}/junk", "--to", "{tmp}/junk/below"], 2),
        (["import", "{tmp}/good.gz", "--to", "{tmp}/junk/below"], 4),
        (["import", "{tmp}/good.gz", "--to", "{tmp}"], 2),
        (["import", "{tmp}/good.gz"], 2),
        (["import", "{tmp}/good.gz", "--to", "{tmp}/out", "--format", "nonsense"], 2),
        (["info", "{tmp}"], 2),
        (["info", "{tmp}/nowhere"], 2),
        (["gaps", "{tmp}/nowhere"], 2),
        (["coverage", "{tmp}/junk"], 2),
        (["coverage", "{tmp}/good.gz", "--grid", "often"], 2),
    ],
)
def test_every_failure_is_one_line_and_its_code(
    whole: Capture, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    """2 for what the user can mend, 4 for the disk; and nothing is left behind."""
    whole.file("good.gz")
    (whole.folder / "junk").write_text("junk\n")
    before = sorted(whole.folder.rglob("*"))

    found = run(["market", *(argument.format(tmp=whole.folder) for argument in arguments)])

    captured = capsys.readouterr()
    assert found == code
    assert captured.out == ""
    assert "Traceback" not in captured.err
    assert sorted(whole.folder.rglob("*")) == before


def test_nothing_heavy_is_loaded_to_say_what_is_wrong(tmp_path: Path) -> None:
    """A verb pays for what it uses: numpy and DuckDB only when rows are touched."""
    code = (
        "import sys; from seatrial.cli import run; run(['market', 'info', sys.argv[1]]);"
        "print([name for name in ('numpy', 'duckdb') if name in sys.modules])"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}

    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=True, env=environment
    )

    assert done.stdout.strip() == "[]"
