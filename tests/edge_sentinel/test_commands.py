import os
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from tests.judge.records import build
from tests.judge.trials import write

from seatrial.cli import run
from seatrial.judge.gate.trial import Plan
from seatrial.judge.money import PARTS
from seatrial.judge.stats.draws import Draws

DATA = Path(os.environ.get("SEATRIAL_DATA", "../shared/data"))
CUTS = ("symbols", "hours", "regimes", "sides", "ages")


def told(capsys: pytest.CaptureFixture[str], *argv: object) -> tuple[int, Any]:
    """Run a command with --json and return its exit code and document."""
    code = run([*map(str, argv), "--json"])
    return code, orjson.loads(capsys.readouterr().out)


def record(folder: Path, plan: Plan | None = None) -> Path:
    """A trial run as a record that `open_record` accepts."""
    made = write(folder, plan)
    (made / "run.json").write_bytes(b"{}")
    return made


def test_a_record_s_audit_has_the_agreed_keys_and_every_cut_adds_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What outside programs read, over fills on both sides, funding, a gap and a freeze."""
    code, said = told(capsys, "edge", "audit", build(tmp_path / "record"))

    assert (code, said["schema"], said["verdict"]) == (0, "seatrial.edge.audit/1", None)
    keys = {"gross_bps", "adverse_bps", "inventory_bps", "fees_bps", "net_bps", "n", "notional"}
    assert all(keys <= set(one) for one in (said["total"], *said["symbols"].values()))
    assert sum(said["total"][f"{name}_bps"] for name in PARTS) == pytest.approx(
        said["total"]["net_bps"], abs=1e-9
    )
    for cut in CUTS:
        total = sum(one["contribution_bps"] for one in said[cut].values())
        assert total == pytest.approx(said["total"]["net_bps"], abs=1e-9)
    assert set(said["markouts"]) == {"0.1", "1", "5", "15", "60", "300"}


def test_fills_in_gaps_are_counted_as_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A third of the mids lost: said, with their share, in the total and on the curve."""
    _, said = told(capsys, "edge", "audit", record(tmp_path / "r", Plan(lost_ratio=0.25)))

    assert said["total"]["missing"] == said["total"]["n"] / 4
    assert said["total"]["unattributed_ratio"] == pytest.approx(0.25, abs=0.05)
    assert said["markouts"]["5"]["missing"] + said["markouts"]["5"]["pending"] == said["total"]["missing"]


def test_a_change_names_the_component_that_made_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Fees went up by three; nothing else moved."""
    before, after = record(tmp_path / "a"), record(tmp_path / "b", Plan(fee_bps=-3.0))

    code, said = told(capsys, "edge", "audit", after, "--baseline", before)

    parts = said["change"]["components"]
    assert (code, parts["fees_bps"]) == (0, pytest.approx(-3.0))
    assert said["change"]["net_bps"] == pytest.approx(sum(parts.values()), abs=1e-9)
    assert abs(parts["gross_bps"]) < 1e-6


@pytest.mark.parametrize("plan", [Plan(fills_per_iteration=0.0), Plan(lost_ratio=1.0)])
def test_nothing_to_account_for_is_unknown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], plan: Plan
) -> None:
    """No fill, or no mid of any: exit 3, and no figure to be glad of."""
    code, said = told(capsys, "edge", "audit", record(tmp_path / "r", plan))

    assert (code, said["verdict"]) == (3, "UNKNOWN")


def test_books_that_do_not_close_fail_the_audit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where components and ledger differ, one of them is wrong."""
    code, said = told(capsys, "edge", "audit", record(tmp_path / "r", Plan(residual_ratio=1e-4)))

    assert (code, said["verdict"]) == (1, "FAIL")


@pytest.mark.parametrize(
    "argv",
    [
        ["edge", "audit"],
        ["edge", "audit", "--fills", "nothing.csv"],
        ["edge", "audit", "nowhere"],
        ["edge", "audit", "nowhere", "--fills", "a", "--quotes", "b"],
        ["edge", "audit", "--fills", "nothing.csv", "--quotes", "nothing.csv"],
    ],
)
def test_a_half_question_is_a_usage_error(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2 in one line, never a traceback or an empty account."""
    monkeypatch.chdir(tmp_path)

    assert run(argv) == 2


def test_a_record_has_no_mid_at_a_horizon_that_nobody_journalled(tmp_path: Path) -> None:
    """Rounding to the nearest one would answer another question."""
    assert run(["edge", "audit", str(record(tmp_path / "r")), "--horizon", "7s"]) == 2


def test_the_earlier_toolkit_s_files_give_the_right_signs(capsys: pytest.CaptureFixture[str]) -> None:
    """By hand from the six stated trades: sum s q (mid - p) over sum p q."""
    folder = DATA / "mmbot_inputs" / "edge_audit"
    if not folder.is_dir():
        pytest.skip("SEATRIAL_DATA has no mmbot_inputs")
    files = ("--fills", folder / "trades.jsonl", "--quotes", folder / "quotes.jsonl")

    code, said = told(capsys, "edge", "audit", *files, "--horizon", "1s")

    btc = 100.0 + 2 * 99.8 + 1.5 * 100.1
    assert code == 0
    assert said["symbols"]["BTCUSDT"]["gross_bps"] == pytest.approx(
        (-2 * 0.2 - 1.5 * 0.1) / btc * 1e4, abs=1e-6
    )
    assert said["symbols"]["BTCUSDT"]["adverse_bps"] == pytest.approx((0.2 + 2 * 0.3) / btc * 1e4, abs=1e-6)
    assert said["symbols"]["BTCUSDT"]["fees_bps"] == pytest.approx(-(0.1 * 100 + 0.2 * 199.6) / btc, abs=1e-6)


def test_a_person_reads_the_same_account(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every cut and the curve are there, and the last line is the net."""
    assert run(["edge", "audit", str(record(tmp_path / "r")), "--baseline", str(record(tmp_path / "s"))]) == 0

    text = capsys.readouterr().out
    assert all(f"by {cut}" in text for cut in CUTS)
    assert "mark-outs" in text
    assert text.splitlines()[-1].startswith("net ")


def test_sentinel_and_radar_have_the_agreed_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where it changed, and what was strange."""
    path = tmp_path / "s.csv"
    values = (Draws(1).normal(100) + 30 * (np.arange(100) >= 60)).tolist()
    path.write_text(
        "timestamp,value\n" + "".join(f"{at},{v}\n" for at, v in enumerate(values)), encoding="utf-8"
    )

    code, said = told(capsys, "edge", "sentinel", "--series", path)
    ranked = told(capsys, "edge", "radar", "--series", path)[1]

    assert (code, said["schema"]) == (0, "seatrial.edge.sentinel/1")
    assert {"index", "timestamp", "direction", "score"} <= set(said["changes"][0])
    assert said["changes"][0]["direction"] == "up"
    assert ranked["schema"] == "seatrial.edge.radar/1"


@pytest.mark.parametrize(
    "argv",
    [
        ["edge", "sentinel"],
        ["edge", "radar"],
        ["edge", "sentinel", "nowhere"],
        ["edge", "sentinel", "--series", "nothing.csv"],
    ],
)
def test_what_cannot_be_watched_is_a_usage_error(
    argv: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 2 in one line."""
    monkeypatch.chdir(tmp_path)

    assert run(argv) == 2
