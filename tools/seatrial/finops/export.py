"""
Books for other programs: every movement as a balanced posting, for beancount or hledger.

Each currency balances by itself, so no price is invented. The closing balances are asserted from
the statement's own column, so that the other program checks our sums and not only our grammar.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from pathlib import Path

from ..model.atomic import write_bytes
from ..model.errors import UsageError
from ..model.outcome import Outcome
from .editions import standing
from .entry import Kind, Row
from .ledger import EXACT, ZERO, Wallets, books, gather, slack_of
from .saying import DAY_NS, amount, day
from .sides import Asked, statement_files

PLACES = 18
COUNTER = {
    Kind.TRADE: "Equity:Trading",
    Kind.CONVERSION: "Equity:Conversion",
    Kind.TRANSFER: "Equity:Transfers",
    Kind.REALIZED: "Income:Realized",
    Kind.FUNDING: "Income:Funding",
    Kind.REBATE: "Income:Rebates",
    Kind.REFERRAL: "Income:Referral",
    Kind.INTEREST: "Income:Interest",
    Kind.FEE: "Expenses:Fees",
    Kind.LIQUIDATION: "Expenses:Liquidation",
    Kind.INSURANCE: "Expenses:Insurance",
    Kind.OTHER: "Equity:Unexplained",
}
OPENING = "Equity:Opening-Balances"
Wallet = tuple[str, str]


@dataclass(frozen=True)
class Posting:
    """One side of a transaction."""

    account: str
    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Transaction:
    """A day, what happened, and postings that add up to nothing in each currency."""

    day: str
    text: str
    ref: str
    postings: tuple[Posting, ...]


@dataclass(frozen=True)
class Assertion:
    """What a wallet must hold at the end of a day, and how far it may be off."""

    day: str
    next_day: str
    account: str
    amount: Decimal
    currency: str
    slack: Decimal


@dataclass(frozen=True)
class Exported:
    """A whole book, ready to be written in somebody's grammar."""

    transactions: tuple[Transaction, ...]
    assertions: tuple[Assertion, ...]


def export(paths: Sequence[Path], form: str, out: Path, asked: Asked) -> Outcome:
    """Write the books of statements in another program's form, and say what was written."""
    if form not in FORMS:
        raise UsageError(f"no form is called {form!r}", fix=f"known: {', '.join(FORMS)}")
    found = standing([tuple(rows) for rows in statement_files(paths, asked)])
    book = prepare(found.rows)
    if not book.transactions:
        raise UsageError("no row moved a wallet: there is nothing to export")
    write_bytes(out, ("\n".join(FORMS[form](book)) + "\n").encode())
    count = len(book.transactions)
    return Outcome(
        name="finops.export",
        data={"file": str(out), "form": form, "transactions": count, "assertions": len(book.assertions)},
        reasons=(),
        lines=(f"{count:,} transactions, {len(book.assertions)} balances asserted \u00b7 {out}",),
    )


def prepare(rows: Sequence[Row]) -> Exported:
    """Return the book of these rows: opening balances, transactions, closing balances."""
    moving = [row for row in rows if any(movement.amount for movement in row.movements)]
    if not moving:
        return Exported((), ())
    wallets = gather(row for row in rows if row.movements)
    first, last = min(row.ts_ns for row in moving), max(row.ts_ns for row in rows)
    transactions = [*_openings(wallets, day(first)), *(_transaction(row) for row in moving)]
    return Exported(tuple(transactions), tuple(_assertions(wallets, last)))


def _each_wallet(wallets: Wallets) -> Iterator[tuple[Wallet, Decimal | None, Decimal | None, Decimal]]:
    """Yield each wallet with its opening and closing balance and how exact they are."""
    for (account, currency), instants in sorted(wallets.instants.items()):
        alone = Wallets(instants={(account, currency): instants}, places=wallets.places)
        book = books(alone)[currency]
        yield (account, currency), book.opening, book.closing, slack_of(wallets, currency)


def _openings(wallets: Wallets, first: str) -> Iterator[Transaction]:
    for (account, currency), opening, _, _ in _each_wallet(wallets):
        if opening:
            held = _rounded(opening)
            code = commodity(currency)
            yield Transaction(
                first, "opening balance", "",
                (Posting(wallet(account, currency), held, code), Posting(OPENING, -held, code)),
            )  # fmt: skip


def _assertions(wallets: Wallets, last: int) -> Iterator[Assertion]:
    for (account, currency), opening, closing, slack in _each_wallet(wallets):
        if opening is not None and closing is not None:
            yield Assertion(
                day(last),
                day(last + DAY_NS),
                wallet(account, currency),
                _rounded(closing),
                commodity(currency),
                slack,
            )


def _transaction(row: Row) -> Transaction:
    postings: list[Posting] = []
    for movement in row.movements:
        moved = _rounded(movement.amount)
        if moved:
            code = commodity(movement.currency)
            postings.append(Posting(wallet(row.account, movement.currency), moved, code))
            postings.append(Posting(COUNTER[movement.kind], -moved, code))
    words = " ".join(word for word in (row.word, row.symbol or (row.fill.symbol if row.fill else "")) if word)
    return Transaction(day(row.ts_ns), _plain(words), _plain(row.ref or ""), tuple(postings))


def _rounded(value: Decimal) -> Decimal:
    with localcontext(EXACT):
        return round(value, PLACES)


def commodity(currency: str) -> str:
    """Return a currency as a commodity that both grammars accept."""
    code = re.sub(r"[^A-Z0-9]", "-", currency.upper()).strip("-") or "NONE"
    return code if code[0].isalpha() and len(code) > 1 else f"X{code}"


def wallet(account: str, currency: str) -> str:
    """Return the name of a wallet's account."""
    part = re.sub(r"[^A-Za-z0-9-]", "-", account).strip("-") or "Main"
    return f"Assets:Exchange:{part[0].upper()}{part[1:]}:{commodity(currency)}"


def _plain(text: str) -> str:
    return re.sub(r'[^\x20-\x7e]|["|;\\]', " ", text).strip()


def beancount(book: Exported) -> Iterator[str]:
    """Yield the lines of a beancount file."""
    first = book.transactions[0].day
    names = {posting.account for one in book.transactions for posting in one.postings}
    names |= {one.account for one in book.assertions}
    yield from (
        f"{min(first, *(one.day for one in book.transactions))} open {name}" for name in sorted(names)
    )
    for one in book.transactions:
        yield ""
        yield f'{one.day} * "{one.text}"'
        if one.ref:
            yield f'  ref: "{one.ref}"'
        yield from (f"  {each.account}  {amount(each.amount)} {each.currency}" for each in one.postings)
    yield ""
    for check in book.assertions:
        # Beancount checks a balance at the beginning of its day.
        slack = amount(max(check.slack, Decimal(1).scaleb(-12) if _deep(check.amount) else ZERO))
        yield f"{check.next_day} balance {check.account}  {amount(check.amount)} ~ {slack} {check.currency}"


def hledger(book: Exported) -> Iterator[str]:
    """Yield the lines of an hledger journal."""
    yield "decimal-mark ."
    for one in book.transactions:
        yield ""
        yield f"{one.day} {one.text or 'movement'}{f'  ; ref: {one.ref}' if one.ref else ''}"
        yield from (
            f"    {_lower(each.account)}  {amount(each.amount)} {_quoted(each.currency)}"
            for each in one.postings
        )
    for check in book.assertions:
        if check.slack or _deep(check.amount):
            # hledger asserts exactly; a balance with fewer digits than its amounts cannot be.
            continue
        yield ""
        yield f"{check.day} closing balance"
        code = _quoted(check.currency)
        yield f"    {_lower(check.account)}  0 {code} = {amount(check.amount)} {code}"


def _deep(value: Decimal) -> bool:
    """Return whether a sum of such amounts needs more digits than the other program's arithmetic has."""
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > PLACES - 6


def _lower(account: str) -> str:
    return account.lower()


def _quoted(code: str) -> str:
    return f'"{code}"'


FORMS: Mapping[str, Callable[[Exported], Iterator[str]]] = {"beancount": beancount, "hledger": hledger}
