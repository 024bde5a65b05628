"""What `finops ledger` says: the books of each currency, and whether they close."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from ..model.errors import UsageError
from ..model.outcome import Outcome
from ..model.profile import FinopsSettings
from ..model.verdict import Verdict, worst
from .editions import Restated, Standing, standing
from .entry import Kind, Row
from .equity import EquitySums
from .ledger import SHOWN_JUMPS, ZERO, Book, Wallets, books
from .report.books import BooksTold, write
from .saying import amount, utc
from .sides import Asked, statement_files
from .views import without_second_views

Finding = tuple[Verdict, str]


@dataclass(frozen=True)
class LedgerAsk:
    """What somebody wants the books of."""

    statements: Sequence[Path]
    asked: Asked = field(default_factory=Asked)
    opening: Mapping[str, Decimal] = field(default_factory=dict)
    closing: Mapping[str, Decimal] = field(default_factory=dict)
    out: Path | None = None


def balances(option: str, words: Sequence[str]) -> dict[str, Decimal]:
    """Return `CURRENCY=AMOUNT` options as balances."""
    found: dict[str, Decimal] = {}
    for word in words:
        currency, _, text = word.partition("=")
        try:
            value = Decimal(text)
        except InvalidOperation:
            value = Decimal("NaN")
        if not currency or not value.is_finite():
            raise UsageError(f"{option} {word!r} is no balance", fix=f"write {option} USDT=1000.50")
        if currency in found:
            raise UsageError(f"{option} names {currency} twice")
        found[currency] = value
    return found


def ledger(ask: LedgerAsk, settings: FinopsSettings) -> Outcome:
    """Read the statements and answer whether opening and entries give the closing balance."""
    rows, found = _standing(ask)
    wallets, equity = Wallets(), EquitySums()
    for row in rows:
        wallets.add(row)
        equity.add(row)
    books_of = books(wallets, ask.opening, ask.closing)
    findings = list(_findings(wallets, books_of, settings))
    verdict = worst(verdict for verdict, _ in findings)
    if verdict is Verdict.PASS:
        findings.insert(0, (verdict, f"the books close: {', '.join(books_of)}"))
    reasons = tuple(text for wanted in _ORDER for each, text in findings if each is wanted)
    written: list[str] = []
    if ask.out is not None:
        days = equity.days({currency: book.opening for currency, book in books_of.items()})
        names = ", ".join(path.resolve().name for path in ask.statements)
        written = write(BooksTold(names, verdict, reasons, wallets, books_of, days), ask.out)
    where = f" \u00b7 {written[-1]}" if written else ""
    return Outcome(
        name="finops.ledger",
        verdict=verdict,
        reasons=reasons,
        data=_data(wallets, books_of, found) | {"files": written},
        lines=(
            *_lines(wallets, books_of, found),
            *(f"- {one}" for one in reasons),
            f"{verdict.value}: {reasons[0]}{where}",
        ),
    )


def _standing(ask: LedgerAsk) -> tuple[Iterable[Row], Standing]:
    """Return the rows that stand, and what does not; a statement alone is read a row at a time."""
    every = statement_files(ask.statements, ask.asked)
    if len(ask.statements) == 1:
        return next(every), Standing()
    files, told_twice = without_second_views([tuple(rows) for rows in every], prefer_balances=True)
    found = standing(files)
    found.copies += told_twice
    return found.rows, found


_ORDER = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN, Verdict.PASS)


def _findings(wallets: Wallets, found: Mapping[str, Book], settings: FinopsSettings) -> Iterator[Finding]:
    if not wallets.rows:
        yield Verdict.UNKNOWN, "the statement has no rows: nothing was judged"
        return
    if not found:
        yield Verdict.UNKNOWN, "no row of the statement moved a wallet: nothing was judged"
    for currency, book in found.items():
        yield _book_finding(currency, book)
        other = abs(wallets.kinds.get(Kind.OTHER, {}).get(currency, ZERO))
        if other > settings.other_tolerance:
            words = ", ".join(sorted(repr(word) for word in wallets.others))
            yield (
                Verdict.FAIL,
                (
                    f"{currency}: {amount(other)} moved by types that nothing explains ({words}); tolerated "
                    f"are "
                    f"{amount(settings.other_tolerance)}"
                ),
            )


def _book_finding(currency: str, book: Book) -> Finding:
    if book.residual is None:
        missing = "opening or closing balance" if book.opening is None else "closing balance"
        return (
            Verdict.UNKNOWN,
            (
                f"{currency}: no {missing} is known: the statement has no balance column; "
                f"give --opening {currency}=AMOUNT and --closing {currency}=AMOUNT"
            ),
        )
    if book.residual:
        places = "".join(f"; {jump.source} at {utc(jump.ts_ns)}" for jump in book.jumps[:1])
        return Verdict.FAIL, f"{currency}: {amount(book.residual)} is not explained by any row{places}"
    if book.jumps:
        jump = book.jumps[0]
        return (
            Verdict.FAIL,
            (
                f"{currency}: the balance jumps {len(book.jumps)} times though the ends agree; first by "
                f"{amount(jump.amount)} at {jump.source}"
            ),
        )
    return Verdict.PASS, f"{currency}: opening and {amount(book.explained)} give the closing balance"


def _data(wallets: Wallets, found: Mapping[str, Book], stands: Standing) -> dict[str, Any]:
    return {
        "currencies": {currency: _book_data(book) for currency, book in found.items()},
        "rows": wallets.rows,
        "by_type": {
            kind.value: {
                "rows": wallets.kind_rows[kind],
                "amounts": {currency: amount(value) for currency, value in sorted(sums.items())},
            }
            for kind, sums in sorted(wallets.kinds.items())
        },
        "restated": len(stands.restated),
        "restated_rows": [_restated(one) for one in stands.restated],
        "copies": stands.copies,
        "other_types": dict(sorted(wallets.others.items())),
        "jumps": [
            {
                "account": jump.account,
                "currency": jump.currency,
                "ts_ns": jump.ts_ns,
                "amount": amount(jump.amount),
                "source": jump.source,
            }
            for book in found.values()
            for jump in book.jumps[:SHOWN_JUMPS]
        ],
    }


def _book_data(book: Book) -> dict[str, str | None]:
    return {
        name: None if value is None else amount(value)
        for name, value in (
            ("opening", book.opening),
            ("closing", book.closing),
            ("explained", book.explained),
            ("residual", book.residual),
        )
    }


def _restated(one: Restated) -> dict[str, Any]:
    return {
        "ref": one.old.ref,
        "ts_ns": one.old.ts_ns,
        "old": told(one.old),
        "new": one.new and told(one.new),
    }


def told(row: Row) -> str:
    """Return a row's movements in one line."""
    moved = ", ".join(f"{one.kind.value} {amount(one.amount)} {one.currency}" for one in row.movements)
    return f"{row.word}: {moved or 'nothing moved'}"


def _lines(wallets: Wallets, found: Mapping[str, Book], stands: Standing) -> Iterator[str]:
    yield f"{wallets.rows:,} rows, {stands.copies:,} copies left out, {len(stands.restated):,} restated"
    for currency, book in found.items():
        data = {key: value or "not known" for key, value in _book_data(book).items()}
        yield (
            f"{currency}: opening {data['opening']} + {data['explained']} = closing {data['closing']}, "
            f"residual {data['residual']}"
        )
    for kind, sums in sorted(wallets.kinds.items()):
        money = ", ".join(f"{amount(value)} {currency}" for currency, value in sorted(sums.items()))
        yield f"  {kind.value}: {wallets.kind_rows[kind]:,} rows, {money}"
