"""Two books compared: every planted mistake is found, nothing else is, and nothing depends on order."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.finops.desk import COLUMNS, HOUR, SECOND, book, fill, planted, table, with_fill, write_table

from seatrial.finops.matching.rules import BreakClass
from seatrial.finops.reconcile import ReconcileAsk, Reconciliation, reconcile
from seatrial.finops.reconcile_answer import document, judge
from seatrial.finops.sides import Asked
from seatrial.model.errors import UsageError
from seatrial.model.profile import FinopsSettings
from seatrial.model.verdict import Verdict

TODAY = date(2025, 8, 1)
SETTINGS = FinopsSettings()


def ask(internal: Path, *statements: Path, **more: object) -> ReconcileAsk:
    """Ask for a comparison as the command would."""
    return ReconcileAsk(internal, statements, TODAY, **more)  # type: ignore[arg-type]


def classes(found: Reconciliation) -> set[tuple[str, str]]:
    """What was found: class and key of each break."""
    return {(one.kind.value, one.key) for one in found.breaks}


def text_of(found: Reconciliation) -> str:
    """Everything that a reconciliation says, but for the lines on which rows stood."""
    told = document(judge(found, SETTINGS))
    for one in told["breaks"]:
        one["source"] = ""
    return str(told)


def test_every_planted_mistake_is_found_and_nothing_else(tmp_path: Path) -> None:
    """A break that is missed costs money, and one that is made up costs trust."""
    desk = planted(3_000, each=8)
    ours = write_table(tmp_path / "ours.csv", desk.ours)
    theirs = write_table(tmp_path / "theirs.csv", desk.theirs)

    found = reconcile(ask(ours, theirs), SETTINGS)

    assert classes(found) == desk.expected
    assert len(found.breaks) == 8 * len(BreakClass)
    assert not found.unexplained
    assert judge(found, SETTINGS).verdict is Verdict.FAIL


def test_the_sieve_and_the_small_path_say_the_same(tmp_path: Path) -> None:
    """A book does not get other breaks because it is large."""
    pytest.importorskip("duckdb")
    desk = planted(3_000, each=8)
    ours = write_table(tmp_path / "ours.csv", desk.ours)
    theirs = write_table(tmp_path / "theirs.csv", desk.theirs)

    small = reconcile(ask(ours, theirs), SETTINGS)
    large = reconcile(ask(ours, theirs, big_bytes=0), SETTINGS)

    assert str(document(judge(large, SETTINGS))) == str(document(judge(small, SETTINGS)))


def test_equal_books_agree(tmp_path: Path) -> None:
    """The ordinary day is green, and says how much was compared."""
    one = write_table(tmp_path / "one.csv", book(50))

    found = reconcile(ask(one, one), SETTINGS)

    judged = judge(found, SETTINGS)
    assert (judged.verdict, found.matched, found.breaks) == (Verdict.PASS, 50, [])
    assert found.residuals == {"USDT": 0}


@pytest.mark.parametrize("empty", ["ours", "theirs", "both"])
def test_an_empty_book_is_never_green(tmp_path: Path, empty: str) -> None:
    """Nothing compared with nothing agrees, and proves nothing."""
    full = write_table(tmp_path / "full.csv", [] if empty == "both" else book(3))
    none = write_table(tmp_path / "none.csv", [])

    found = reconcile(ask(none, full) if empty == "ours" else ask(full, none), SETTINGS)

    assert judge(found, SETTINGS).verdict is (Verdict.UNKNOWN if empty == "both" else Verdict.FAIL)


def test_rounded_fees_are_tolerated_and_counted(tmp_path: Path) -> None:
    """Venues round a fee to eight places; the books still close, and the rounding is told."""
    ours = book(20)
    theirs = [with_fill(row, fee=row.fill.fee + Decimal("4e-9")) for row in ours if row.fill and row.fill.fee]
    left, right = write_table(tmp_path / "a.csv", ours), write_table(tmp_path / "b.csv", theirs)

    found = reconcile(ask(left, right), SETTINGS)

    assert judge(found, SETTINGS).verdict is Verdict.PASS
    assert found.residuals == {"USDT": 0}
    assert found.rounding == {"USDT": Decimal("8.0e-8")}


def test_a_small_break_warns_and_one_of_unknown_worth_fails(tmp_path: Path) -> None:
    """Materiality is for what is known to be small; what nobody can value may be anything."""
    ours = [fill(0), fill(5)]
    small = [fill(0), fill(5, fee=Decimal("-1.3"))]
    unknown = [fill(0), fill(5, fee=Decimal("-0.01"), fee_currency="BNB")]
    paths = [write_table(tmp_path / f"{at}.csv", rows) for at, rows in enumerate((ours, small, unknown))]
    lenient = FinopsSettings(materiality=Decimal(1))

    verdicts = [judge(reconcile(ask(paths[0], theirs), lenient), lenient).verdict for theirs in paths[1:]]

    assert verdicts == [Verdict.WARN, Verdict.FAIL]


def test_a_restated_row_is_told_once_and_the_newer_one_counts(tmp_path: Path) -> None:
    """We booked what the venue said first; it corrected the row in a later statement."""
    ours = book(40)
    corrected = [with_fill(row, fee=row.fill.fee - 1) if at == 7 and row.fill and row.fill.fee else row
                 for at, row in enumerate(ours)]  # fmt: skip
    first = write_table(tmp_path / "2025-07-01.csv", ours[:30])
    second = write_table(tmp_path / "2025-07-02.csv", corrected)

    found = reconcile(ask(write_table(tmp_path / "ours.csv", ours), first, second), SETTINGS)

    assert classes(found) == {("restated", "T0000007")}
    assert (found.restated, found.copies, found.matched) == (1, 29, 40)


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6), parts=st.integers(1, 4))
def test_order_and_cuts_of_the_files_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, seed: int, parts: int
) -> None:
    """The same rows in another order, or shared out over several files, are the same statement."""
    folder = tmp_path_factory.mktemp("cuts")
    desk = planted(300, each=2, seed=seed % 5)
    rng = random.Random(seed)
    ours, theirs = desk.ours[:], desk.theirs[:]
    rng.shuffle(ours)
    rng.shuffle(theirs)
    pieces = [theirs[at::parts] for at in range(parts)]
    plain = reconcile(
        ask(write_table(folder / "a.csv", desk.ours), write_table(folder / "b.csv", desk.theirs)), SETTINGS
    )

    cut = reconcile(
        ask(
            write_table(folder / "c.csv", ours),
            *(write_table(folder / f"d{at}.csv", piece) for at, piece in enumerate(pieces)),
        ),
        SETTINGS,
    )

    assert text_of(cut) == text_of(plain)


@settings(max_examples=15)
@given(offsets=st.lists(st.sampled_from(["+00:00", "+08:00", "-05:30", "Z"]), min_size=3, max_size=3))
def test_time_zones_change_nothing(tmp_path_factory: pytest.TempPathFactory, offsets: list[str]) -> None:
    """An instant is one instant, in whatever zone a file writes it."""
    from datetime import UTC, datetime, timedelta, timezone

    folder = tmp_path_factory.mktemp("zones")
    rows = book(9)
    lines = ["timestamp,symbol,side,price,qty,trade_id,order_id,fee,fee_currency"]
    for at, row in enumerate(rows):
        name = offsets[at % 3]
        hours = {"+08:00": 8.0, "-05:30": -5.5}.get(name, 0.0)
        local = datetime.fromtimestamp(row.ts_ns // SECOND, UTC).astimezone(timezone(timedelta(hours=hours)))
        told = table([row], COLUMNS[1:9]).splitlines()[1]
        lines.append(f"{local.replace(tzinfo=None).isoformat()}{name},{told}")
    theirs = folder / "zoned.csv"
    theirs.write_text("\n".join(lines) + "\n")

    found = reconcile(ask(write_table(folder / "ours.csv", rows), theirs), SETTINGS)

    assert found.breaks == []
    assert found.matched == 9


def test_a_zone_read_wrongly_is_named_as_the_cause(tmp_path: Path) -> None:
    """A hundred late rows are one mistake, and it has a name."""
    ours = book(30)
    theirs = [replace(row, ts_ns=row.ts_ns + 8 * HOUR) for row in ours]
    left, right = write_table(tmp_path / "a.csv", ours), write_table(tmp_path / "b.csv", theirs)

    found = reconcile(ask(left, right), SETTINGS)

    assert {(one.kind, one.cause.split(":")[0]) for one in found.breaks} == {(BreakClass.LATE, "time zone")}


def test_fees_written_as_paid_can_be_read_as_such(tmp_path: Path) -> None:
    """Many bots write a paid fee as positive; the cause says so and the option mends it."""
    ours = [with_fill(row, fee=-row.fill.fee) for row in book(10) if row.fill and row.fill.fee]
    left, right = write_table(tmp_path / "a.csv", ours), write_table(tmp_path / "b.csv", book(10))

    wrong = reconcile(ask(left, right), SETTINGS)
    mended = reconcile(ask(left, right, fees_are_paid=True), SETTINGS)

    assert {one.cause.split(" (")[0] for one in wrong.breaks} == {
        "opposite sign: one side writes paid fees as positive"
    }
    assert mended.breaks == []


def test_no_statement_is_a_usage_error(tmp_path: Path) -> None:
    """A comparison needs two books."""
    with pytest.raises(UsageError):
        reconcile(ask(write_table(tmp_path / "a.csv", book(2)), asked=Asked()), SETTINGS)
