"""The commands as a user types them: exit code, one document, one line."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.finops.desk import book, planted, write_table
from tests.finops.venue import INVERSE, LINEAR, ccxt_files, record, voyage

from seatrial import cli


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, dict[str, Any]]:
    """Run a command with --json; return exit code and document."""
    code = cli.run([*map(str, words), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_reconcile_says_every_key_that_programs_rely_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names of keys are a promise to other programs."""
    desk = planted(40, each=1, seed=4)
    paths = [write_table(tmp_path / f"{at}.csv", rows) for at, rows in enumerate((desk.ours, desk.theirs))]

    code, told = run(capsys, "finops", "reconcile", "--internal", paths[0], "--statement", paths[1])

    assert (code, told["schema"], told["verdict"], told["exit_code"]) == (
        1,
        "seatrial.finops.reconcile/1",
        "FAIL",
        1,
    )
    assert told["matched"] == 38
    assert {"class", "key", "field", "ours", "theirs", "value_quote", "cause"} <= told["breaks"][0].keys()
    assert {one["class"] for one in told["breaks"]} == {kind for kind, _ in desk.expected}
    assert set(told["residuals"]) == {"BNB", "USDT"}


def test_a_record_against_its_exchange_ends_green_with_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way: a record, two statements, a folder of reports."""
    events = voyage(LINEAR)
    ours, theirs = record(tmp_path / "record", LINEAR, events), ccxt_files(tmp_path, LINEAR, events)
    out = tmp_path / "out"

    code, told = run(
        capsys, "finops", "reconcile", "--internal", ours, "--statement", theirs[0], "--statement", theirs[1],
        "--out", out,
    )  # fmt: skip

    assert (code, told["verdict"], told["breaks"], told["residuals"]) == (0, "PASS", [], {"USDT": "0"})
    assert {Path(name).name for name in told["files"]} == {path.name for path in out.iterdir()}
    assert "From gross edge to net" in (out / "report.html").read_text()


def test_ledger_says_every_key_that_programs_rely_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The books of a record, with the days for an investor."""
    folder = record(tmp_path / "record", LINEAR, voyage(LINEAR))

    code, told = run(capsys, "finops", "ledger", "--statement", folder, "--out", tmp_path / "out")

    assert (code, told["verdict"], told["restated"]) == (0, "PASS", 0)
    assert told["currencies"]["USDT"].keys() == {"opening", "closing", "explained", "residual"}
    assert told["currencies"]["USDT"]["residual"] == "0"
    assert told["by_type"]["funding"]["rows"] > 0
    assert (tmp_path / "out" / "daily_equity.csv").read_text().count("\n") == 2


def test_a_given_balance_that_is_wrong_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A person who knows better than the statement is believed."""
    folder = record(tmp_path / "record", LINEAR, voyage(LINEAR))

    code, told = run(capsys, "finops", "ledger", "--statement", folder, "--closing", "USDT=1")

    assert (code, told["verdict"]) == (1, "FAIL")


BILL = (
    "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,Tags\n"
    "3.5,USD,Usage,2023-11-14 00:00:00,2023-11-15 00:00:00,Compute,\n"
)


@pytest.mark.parametrize(
    ("bound", "code", "verdict"), [(None, 0, None), (1, 1, "FAIL"), (1_000_000, 0, "PASS")]
)
def test_cost_judges_its_budgets_and_nothing_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], bound: int | None, code: int, verdict: str | None
) -> None:
    """A bill without a bound is a report; with one it is a gate."""
    bill = tmp_path / "bill.csv"
    bill.write_text(BILL)
    folder = record(tmp_path / "record", LINEAR, voyage(LINEAR))
    sets = [] if bound is None else [
        "--set", f"finops.budgets=[{{measure: million_notional, at_most: {{hard: {bound}}}}}]"
    ]  # fmt: skip

    ended, told = run(
        capsys, "finops", "cost", "--bill", bill, "--internal", folder, "--out", tmp_path / "out", *sets
    )

    assert (ended, told["verdict"], told["total"]) == (code, verdict, "3.5")
    assert told["units"]["per_million_notional"] is not None
    assert "infrastructure" in (tmp_path / "out" / "report.html").read_text()


def test_dollars_are_not_taken_off_coins(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Three dollars of machines are no three bitcoins of loss: of an inverse contract they stay out."""
    bill = tmp_path / "bill.csv"
    bill.write_text(BILL)
    folder = record(tmp_path / "record", INVERSE, voyage(INVERSE))

    run(capsys, "finops", "cost", "--bill", bill, "--internal", folder, "--out", tmp_path / "out")

    page = (tmp_path / "out" / "report.html").read_text()
    assert "BTC" in page
    assert "not measured" in page.split("infrastructure")[1][:300]


def test_export_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is whole, and the answer says how much is in it."""
    folder = record(tmp_path / "record", LINEAR, voyage(LINEAR))

    code, told = run(capsys, "finops", "export", "--statement", folder, "--out", tmp_path / "b.beancount")

    assert (code, told["verdict"], told["form"]) == (0, None, "beancount")
    assert (tmp_path / "b.beancount").read_text().count("balance Assets") == told["assertions"] == 1


def damaged(tmp_path: Path) -> list[tuple[str, list[object]]]:
    """Return what a user may get wrong, by name."""
    good = write_table(tmp_path / "good.csv", book(3))
    text = good.read_text().splitlines()
    cut = tmp_path / "cut.csv"
    cut.write_text("\n".join([*text[:2], text[2][:25]]) + "\n")
    word = tmp_path / "word.csv"
    word.write_text("\n".join([text[0], text[1].replace(text[1].split(",")[3], "much")]) + "\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    reconcile = ["finops", "reconcile", "--internal", good, "--statement"]
    return [
        ("cut", [*reconcile, cut]),
        ("word", [*reconcile, word]),
        ("none", [*reconcile, tmp_path / "none.csv"]),
        ("folder", [*reconcile, folder]),
        ("fees", [*reconcile, good, "--fees", "sometimes"]),
        ("day", [*reconcile, good, "--as-of", "tomorrow"]),
        ("accept", [*reconcile, good, "--accept", tmp_path / "none.yaml"]),
        ("tier", [*reconcile, good, "--set", "finops.fees.tier=VIP0"]),
        ("out", [*reconcile, good, "--out", good]),
        ("no statement", ["finops", "ledger"]),
        ("opening", ["finops", "ledger", "--statement", good, "--opening", "USDT"]),
        ("no bill", ["finops", "cost"]),
        ("twice", ["finops", "cost", "--bill", good, "--bill", good]),
        ("bill", ["finops", "cost", "--bill", good]),
        ("form", ["finops", "export", "--statement", good, "--to", "excel", "--out", tmp_path / "x"]),
    ]


def test_bad_input_ends_in_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2, one line, no traceback, nothing written: whatever it was that was wrong."""
    cases = damaged(tmp_path)
    before = sorted(path.name for path in tmp_path.rglob("*"))

    for name, words in cases:
        code = cli.run([str(word) for word in words])
        said = capsys.readouterr()

        assert (name, code, said.out, said.err.count("\n")) == (name, 2, "", 1), said.err
        assert said.err.startswith("error: ")
    assert sorted(path.name for path in tmp_path.rglob("*")) == before
