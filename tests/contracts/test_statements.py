"""Real statements: each is read, or refused with the line and the reason; and real books close."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from seatrial.finops.entry import Row
from seatrial.finops.reading import read_statement
from seatrial.model.errors import InputError, SeatrialError

# What lies beside the samples and is none.
ABOUT = ("README", "index.")


def samples(data: Path) -> list[Path]:
    """Return every file of the shared statements."""
    folder = data / "statements"
    if not folder.is_dir():
        pytest.skip("the shared statements are not here")
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(ABOUT))


@pytest.fixture(scope="session")
def outcomes(data: Path) -> dict[Path, list[Row] | SeatrialError]:
    """Every sample, read or refused."""
    found: dict[Path, list[Row] | SeatrialError] = {}
    for path in samples(data):
        try:
            found[path] = list(read_statement(path))
        except SeatrialError as error:
            found[path] = error
    return found


def test_each_statement_is_read_or_refused_with_line_and_reason(
    outcomes: dict[Path, list[Row] | SeatrialError], record_property: Callable[[str, object], None]
) -> None:
    """A file that is neither read nor explained leaves its person with nothing to do."""
    count: Counter[str] = Counter()
    for path, outcome in outcomes.items():
        if isinstance(outcome, list):
            assert outcome, path.name
            count["read"] += 1
            continue
        assert isinstance(outcome, InputError), outcome
        assert outcome.where.file == path.name
        assert outcome.where.line is not None, outcome.line
        assert outcome.message
        assert outcome.fix
        assert "\n" not in outcome.line
        count["refused"] += 1
    record_property("statements", f"{count['read']} read, {count['refused']} refused, of {len(outcomes)}")
    assert count["read"] + count["refused"] == len(outcomes)
    assert count["read"] >= 150


def test_every_export_of_a_venue_is_read(outcomes: dict[Path, list[Row] | SeatrialError]) -> None:
    """These are whole exports as venues give them, one or two of each venue."""
    exports = {path: one for path, one in outcomes.items() if path.parent.name == "everytrade_parser_files"}

    refused = [one.line for one in exports.values() if isinstance(one, SeatrialError)]

    assert len(exports) > 20
    assert refused == []


def test_every_row_is_from_somewhere_and_some_when(outcomes: dict[Path, list[Row] | SeatrialError]) -> None:
    """A break in the books leads back to the line of a file."""
    for path, outcome in outcomes.items():
        for row in outcome if isinstance(outcome, list) else []:
            assert row.source.file == path.name
            assert row.source.line >= 1
            assert 1_230_000_000 < row.ts_ns / 1e9 < 2_000_000_000
            assert all(one.currency and one.amount.is_finite() for one in row.movements)


def histories(data: Path) -> Iterator[Path]:
    """Return BitMEX's wallet histories."""
    for path in samples(data):
        if "walletHistory" in path.name:
            yield path


def test_a_wallet_history_adds_up_to_its_balances(data: Path) -> None:
    """Six years, every currency, to the last satoshi: rows of an instant show the balance after all."""
    for path in histories(data):
        changes: dict[tuple[str, int], Decimal] = defaultdict(Decimal)
        after: dict[tuple[str, int], set[Decimal]] = defaultdict(set)
        for row in read_statement(path):
            for one in row.movements:
                changes[one.currency, row.ts_ns] += one.amount
                assert one.balance is not None
                after[one.currency, row.ts_ns].add(one.balance)
        closing: dict[str, Decimal] = defaultdict(Decimal)
        for (currency, when), change in sorted(changes.items(), key=lambda one: one[0][1]):
            closing[currency] += change
            assert closing[currency] in after[currency, when], (currency, when)
        assert len(closing) >= 3


def test_a_statement_is_recognised_by_one_format(outcomes: dict[Path, list[Row] | SeatrialError]) -> None:
    """Two that claim it would let the order of a list decide what it means."""
    doubtful = [
        one.line for one in outcomes.values() if isinstance(one, SeatrialError) and "may be" in one.line
    ]

    assert doubtful == []
