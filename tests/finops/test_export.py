"""Books for beancount and hledger: the real programs read them, and their sums are ours."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.finops.desk import cash
from tests.finops.venue import INVERSE, LINEAR, record, voyage

from seatrial.finops.entry import Kind
from seatrial.finops.export import beancount, commodity, export, hledger, prepare, wallet
from seatrial.finops.sides import Asked
from seatrial.model.errors import UsageError

ROWS = [
    cash(
        0, "100", "1INCH", Kind.TRANSFER, balance="100", word='a "strange" | word', ref="r;1", account="sub 1"
    ),
    cash(1, "-1.5", "1INCH", Kind.FEE, balance="98.5", account="sub 1"),
    cash(1, "0.5", "USDT", Kind.REBATE, balance="7.25"),
    cash(90_000, "-0.25", "USDT", Kind.OTHER, balance="7"),
]


def bean_check(path: Path) -> subprocess.CompletedProcess[str]:
    """Run beancount's own check, or skip where it is not installed."""
    program = Path(sys.executable).with_name("bean-check")
    if not program.exists():
        pytest.skip("beancount is not installed (it is in the extra `dev`)")
    return subprocess.run([program, "--no-cache", path], capture_output=True, text=True, check=False)


def hledger_check(path: Path) -> subprocess.CompletedProcess[str]:
    """Run hledger's own check, or skip where it is not installed."""
    program = shutil.which("hledger")
    if program is None:
        pytest.skip("hledger is not installed (a Debian package)")
    return subprocess.run([program, "-f", path, "check"], capture_output=True, text=True, check=False)


def test_beancount_accepts_the_books(tmp_path: Path) -> None:
    """Odd names, several wallets, an opening balance that nobody booked: all grammar, and sums that close."""
    path = tmp_path / "books.beancount"
    path.write_text("\n".join(beancount(prepare(ROWS))) + "\n")

    done = bean_check(path)

    assert (done.returncode, done.stderr) == (0, "")


def test_beancount_refuses_the_books_when_a_unit_is_missing(tmp_path: Path) -> None:
    """The assertions bite: one changed digit and the other program names the account."""
    path = tmp_path / "books.beancount"
    path.write_text("\n".join(beancount(prepare(ROWS))).replace("7 ~ 0 USDT", "7.0001 ~ 0 USDT") + "\n")

    done = bean_check(path)

    assert done.returncode == 1
    assert wallet("", "USDT") in done.stderr


def test_hledger_accepts_the_books_and_refuses_a_wrong_sum(tmp_path: Path) -> None:
    """The same in the other grammar."""
    path = tmp_path / "books.journal"
    text = "\n".join(hledger(prepare(ROWS))) + "\n"
    path.write_text(text)
    right = hledger_check(path)
    path.write_text(text.replace('= 98.5 "X1INCH"', '= 98.4 "X1INCH"'))

    wrong = hledger_check(path)

    assert (right.returncode, right.stderr) == (0, "")
    assert wrong.returncode != 0


@pytest.mark.parametrize("instrument", [LINEAR, INVERSE], ids=["linear", "inverse"])
def test_the_books_of_a_record_are_accepted(tmp_path: Path, instrument: object) -> None:
    """Eighteen digits of an inverse contract are within what the other program can count."""
    folder = record(tmp_path / "record", instrument, voyage(instrument))  # type: ignore[arg-type]

    told = export([folder], "beancount", tmp_path / "b.beancount", Asked())
    export([folder], "hledger", tmp_path / "b.journal", Asked())

    assert told.data["assertions"] == 1
    assert bean_check(tmp_path / "b.beancount").returncode == 0
    assert hledger_check(tmp_path / "b.journal").returncode == 0


def test_every_kind_has_an_account() -> None:
    """A kind without an account would stop an export in the middle of the year."""
    rows = [cash(at, "1", kind=kind, balance=str(at + 1)) for at, kind in enumerate(Kind)]

    assert len(prepare(rows).transactions) == len(Kind)


@pytest.mark.parametrize(
    ("currency", "code"), [("usdt", "USDT"), ("1INCH", "X1INCH"), ("T", "XT"), ("€", "NONE")]
)
def test_a_currency_becomes_a_commodity(currency: str, code: str) -> None:
    """What one program calls a coin another may read as a number."""
    assert commodity(currency) == (code if code != "NONE" else commodity("NONE"))


def test_an_unknown_form_is_refused(tmp_path: Path) -> None:
    """A typo writes nothing."""
    with pytest.raises(UsageError):
        export([tmp_path], "beancont", tmp_path / "x", Asked())

    assert not (tmp_path / "x").exists()
