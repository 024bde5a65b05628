"""
The ledger: opening + explained entries = closing, for each wallet and currency, to the last unit.

The balance column is used whatever the order of the rows: all movements of one instant are one
step, and a balance counts as confirmed when it is among those that the instant's rows show. So a
venue that prints the group's final balance on each row, and one that prints a running balance,
both close; and a row that is missing shows as a jump, with its time and amount.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext

from .entry import Kind, Movement, Row, Source

EXACT = Context(prec=60)
ZERO = Decimal(0)
AHEAD = 64
SHOWN_JUMPS = 20
ROUNDED_FROM = 8


@dataclass(frozen=True)
class Jump:
    """A change of the balance that no row explains, at the time where it shows."""

    account: str
    currency: str
    ts_ns: int
    amount: Decimal
    source: str


@dataclass(slots=True)
class Instant:
    """Everything that one instant did to one wallet: `told` is each balance with the amount before it."""

    source: Source
    amount: Decimal = ZERO
    told: list[tuple[Decimal, Decimal]] | None = None


@dataclass(frozen=True)
class Implied:
    """What the wallet must have opened with, for the balances of one instant to be right."""

    ts_ns: int
    openings: list[Decimal]
    likely: set[Decimal]
    source: str


@dataclass(frozen=True)
class Book:
    """The book of one currency: what it opened and closed with, and what explains the difference."""

    opening: Decimal | None
    closing: Decimal | None
    explained: Decimal
    residual: Decimal | None
    jumps: tuple[Jump, ...] = ()


@dataclass
class Wallets:
    """All movements of a statement by wallet, instant and kind; feed it rows in any order."""

    rows: int = 0
    instants: dict[tuple[str, str], dict[int, Instant]] = field(default_factory=dict)
    kinds: dict[Kind, dict[str, Decimal]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Decimal))
    )
    kind_rows: dict[Kind, int] = field(default_factory=lambda: defaultdict(int))
    others: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    places: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take one row."""
        self.rows += 1
        for kind in {movement.kind for movement in row.movements}:
            self.kind_rows[kind] += 1
        for movement in row.movements:
            self._move(row, movement)

    def _move(self, row: Row, movement: Movement) -> None:
        wallet = self.instants.setdefault((row.account, movement.currency), {})
        instant = wallet.get(row.ts_ns)
        if instant is None:
            instant = wallet[row.ts_ns] = Instant(row.source)
        with localcontext(EXACT):
            instant.amount += movement.amount
            self.kinds[movement.kind][movement.currency] += movement.amount
        amounts, balances, count = self.places.get(movement.currency, (0, 0, 0))
        amounts = max(amounts, _places(movement.amount))
        if movement.balance is not None:
            if instant.told is None:
                instant.told = []
            instant.told.append((movement.balance, movement.amount))
            balances, count = max(balances, _places(movement.balance)), count + 1
        self.places[movement.currency] = amounts, balances, count
        if movement.kind is Kind.OTHER:
            self.others[row.word] += 1


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def gather(rows: Iterable[Row]) -> Wallets:
    """Return the wallets of these rows."""
    wallets = Wallets()
    for row in rows:
        wallets.add(row)
    return wallets


def books(
    wallets: Wallets,
    opening: Mapping[str, Decimal] | None = None,
    closing: Mapping[str, Decimal] | None = None,
) -> dict[str, Book]:
    """
    Return the book of each currency, over all of its accounts.

    `opening` and `closing` are balances that somebody knows from elsewhere; they win over the
    statement's own column, so that a wrong column shows as a residual.
    """
    opening, closing = opening or {}, closing or {}
    parts: dict[str, list[Book]] = defaultdict(list)
    for (account, currency), instants in sorted(wallets.instants.items()):
        parts[currency].append(_book(account, currency, instants, slack_of(wallets, currency)))
    for currency in sorted((opening.keys() | closing.keys()) - parts.keys()):
        parts[currency].append(Book(None, None, ZERO, None))
    return {
        currency: _total(pieces, opening.get(currency), closing.get(currency), slack_of(wallets, currency))
        for currency, pieces in sorted(parts.items())
    }


def slack_of(wallets: Wallets, currency: str) -> Decimal:
    """
    Return how far a printed balance may be off: nothing, or its last unit where amounts are finer.

    A handful of balances may be round by chance; only a column that always is counts as rounded.
    """
    amounts, balances, count = wallets.places.get(currency, (0, 0, 0))
    rounded = amounts > balances > 0 and count >= ROUNDED_FROM
    return Decimal(1).scaleb(-balances) if rounded else ZERO


def _total(pieces: Sequence[Book], opening: Decimal | None, closing: Decimal | None, slack: Decimal) -> Book:
    with localcontext(EXACT):
        explained = sum((piece.explained for piece in pieces), ZERO)
        first = opening if opening is not None else _sum(piece.opening for piece in pieces)
        last = closing if closing is not None else _sum(piece.closing for piece in pieces)
        residual = None
        if first is not None and last is not None:
            residual = last - first - explained
            if abs(residual) <= slack * len(pieces):
                residual = ZERO
        jumps = tuple(jump for piece in pieces for jump in piece.jumps)
        return Book(first, last, explained, residual, jumps)


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    known = list(values)
    return None if None in known else sum((value for value in known if value is not None), ZERO)


def _book(account: str, currency: str, instants: Mapping[int, Instant], slack: Decimal) -> Book:
    """Return the book of one wallet: the implied opening must be the same at every instant."""
    with localcontext(EXACT):
        total = ZERO
        implied: list[Implied] = []
        for ts_ns, instant in sorted(instants.items()):
            total += instant.amount
            if instant.told:
                openings = sorted({balance - total for balance, _ in instant.told})
                before = instant.amount - total
                likely = {balance - amount + before for balance, amount in instant.told}
                implied.append(
                    Implied(ts_ns, openings, likely, f"{instant.source.file}:{instant.source.line}")
                )
        if not implied:
            return Book(None, None, total, None)
        first = now = _lasting(implied, 0, slack)
        jumps = []
        for at, step in enumerate(implied):
            if not _among(now, step.openings, slack):
                then = _lasting(implied, at, slack)
                jumps.append(Jump(account, currency, step.ts_ns, then - now, step.source))
                now = then
        residual = now - first
        if slack:
            # What a rounded balance implies is no more exact than the balance is.
            first, now = first.quantize(slack), now.quantize(slack)
        return Book(first, now + total, total, residual, tuple(jumps))


def _among(value: Decimal, openings: Sequence[Decimal], slack: Decimal) -> bool:
    return any(abs(value - opening) <= slack for opening in openings)


def _lasting(implied: Sequence[Implied], at: int, slack: Decimal) -> Decimal:
    """Return which of an instant's openings the following instants go on to confirm."""

    def confirmed(opening: Decimal) -> tuple[int, bool]:
        count = 0
        for step in implied[at + 1 : at + AHEAD]:
            if not _among(opening, step.openings, slack):
                break
            count += 1
        # With nothing that follows, a running balance also shows what it started from.
        return count, opening in implied[at].likely

    return max(implied[at].openings, key=confirmed)
