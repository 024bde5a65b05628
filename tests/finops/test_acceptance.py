"""Breaks that somebody answers for, until a day; after it they count again."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.finops.desk import book, with_fill, write_table

from seatrial.finops.acceptance import read_acceptances
from seatrial.finops.reconcile import ReconcileAsk, reconcile
from seatrial.finops.reconcile_answer import judge
from seatrial.model.errors import InputError
from seatrial.model.profile import FinopsSettings
from seatrial.model.verdict import Verdict

LINE = "- {key: T0000003, class: fee_amount, owner: ada, reason: refund promised, expires: 2025-08-10}\n"


def judged(tmp_path: Path, text: str, today: date) -> tuple[Verdict, str]:
    """Reconcile books with one wrong fee under these acceptances; return verdict and reasons."""
    ours = book(6)
    told = ours[3].fill
    assert told is not None
    assert told.fee is not None
    theirs = [*ours[:3], with_fill(ours[3], fee=told.fee - Decimal(1)), *ours[4:]]
    accept = tmp_path / "accept.yaml"
    accept.write_text(text)
    paths = [write_table(tmp_path / f"{at}.csv", rows) for at, rows in enumerate((ours, theirs))]
    found = reconcile(ReconcileAsk(paths[0], paths[1:], today, accept=accept), FinopsSettings())
    answer = judge(found, FinopsSettings())
    return answer.verdict, "\n".join(answer.reasons)


def test_an_accepted_break_does_not_fail_until_the_day_has_passed(tmp_path: Path) -> None:
    """The last day counts; the day after it the break is open again, and says whose it was."""
    assert judged(tmp_path, LINE, date(2025, 8, 10))[0] is Verdict.PASS

    verdict, reasons = judged(tmp_path, LINE, date(2025, 8, 11))

    assert verdict is Verdict.FAIL
    assert "by ada expired on 2025-08-10" in reasons


def test_another_class_of_the_same_key_is_not_accepted(tmp_path: Path) -> None:
    """Who accepted a late row did not accept a wrong fee."""
    verdict, reasons = judged(tmp_path, LINE.replace("fee_amount", "late"), date(2025, 8, 1))

    assert verdict is Verdict.FAIL
    assert "line 1: the acceptance of late T0000003 fits no break" in reasons


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        (LINE.replace("owner: ada, ", ""), 1, "owner"),
        (LINE.replace("fee_amount", "fees"), 1, "class"),
        (LINE + LINE.replace("2025-08-10", "soon"), 2, "expires"),
        (LINE.replace("owner", "ownr"), 1, "ownr"),
        ("key: T1\n", 1, None),
        ("- just a word\n", 1, None),
        ("- {key: [\n", 2, None),
    ],
)
def test_a_doubtful_acceptance_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int, field: str | None
) -> None:
    """An acceptance that is misread could hide any break."""
    path = tmp_path / "accept.yaml"
    path.write_text(text)

    with pytest.raises(InputError) as refused:
        read_acceptances(path)

    assert (refused.value.where.line, refused.value.where.field) == (line, field)
