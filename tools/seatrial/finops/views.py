"""
Views: one account told by two kinds of statement, so that a fill in both counts once.

A venue's list of executions and its transaction log both hold every fill and every funding payment.
Two files are views of one another when they use different words for a fill (or a payment) and share
most of their trade ids (or payments). The one that tells more of a fill is kept whole; of the other,
what both tell is left out. Files that use the same words are never views: a fill that stands twice
in them is a duplicate.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from .entry import Movement, Row
from .matching.rules import market_of

SAME_SHARE = 0.5
NEAR_NS = 1_000_000_000
PLACES = 12
Identity = tuple[str, str]
Payment = tuple[str, str, str]


def without_second_views(
    files: Sequence[Sequence[Row]], *, prefer_balances: bool = False
) -> tuple[list[list[Row]], int]:
    """
    Return the files without what a richer view tells already, and how many rows that was.

    The richer view has roles and orders beside its fills; with `prefer_balances` it is the one with
    a balance column, which is what closes books.
    """
    left = [list(rows) for rows in files]
    order = sorted(
        range(len(left)), key=lambda at: (_wealth(left[at], prefer_balances=prefer_balances), _name(left[at]))
    )
    copies = 0
    for place, poor in enumerate(order):
        for rich in order[place + 1 :]:
            if _are_views(left[poor], left[rich]):
                kept = _not_told(left[poor], left[rich])
                copies += len(left[poor]) - len(kept)
                left[poor] = kept
    return left, copies


def _wealth(rows: Sequence[Row], *, prefer_balances: bool) -> tuple[int, int]:
    fields: Counter[str] = Counter()
    for row in rows:
        fields["balances"] += any(movement.balance is not None for movement in row.movements)
        if row.fill is not None:
            told = (row.fill.liquidity, row.fill.order_id, row.fill.fee, row.fill.notional)
            fields["fill"] += sum(each is not None for each in told)
    return (fields["balances"], fields["fill"]) if prefer_balances else (fields["fill"], fields["balances"])


def _name(rows: Sequence[Row]) -> str:
    return rows[0].source.file if rows else ""


def _identity(row: Row) -> Identity | None:
    fill = row.fill
    return (market_of(fill.symbol), fill.trade_id) if fill is not None and fill.trade_id else None


def _are_views(one: Sequence[Row], other: Sequence[Row]) -> bool:
    return _share(one, other, fills=True) or _share(one, other, fills=False)


def _share(one: Sequence[Row], other: Sequence[Row], *, fills: bool) -> bool:
    """Return whether two files tell, in different words, mostly the same fills (or payments)."""
    mine, theirs = (
        [row for row in rows if (row.fill is not None) is fills and (fills or row.movements)]
        for rows in (one, other)
    )
    if {row.word for row in mine} & {row.word for row in theirs}:
        return False
    told = [{_identity(row) if fills else _paid_at(row) for row in rows} - {None} for rows in (mine, theirs)]
    return len(told[0] & told[1]) >= SAME_SHARE * min(map(len, told)) > 0


def _paid_at(row: Row) -> tuple[Payment, int]:
    """Return a row's first payment and about when it was, to find out whether two files share it."""
    return _payment(row.movements[0]), row.ts_ns // (60 * NEAR_NS)


def _not_told(poor: Iterable[Row], rich: Iterable[Row]) -> list[Row]:
    """Return the rows of the poorer view that the richer one does not tell, each as often as it does not."""
    rich = list(rich)
    fills = Counter(_identity(row) for row in rich if row.fill is not None)
    payments: dict[Payment, list[int]] = {}
    for row in rich:
        for movement in row.movements if row.fill is None else ():
            payments.setdefault(_payment(movement), []).append(row.ts_ns)
    kept = []
    for row in poor:
        identity = _identity(row)
        if identity is not None and fills[identity] > 0:
            fills[identity] -= 1
        elif row.fill is not None or not _is_paid(row, payments):
            kept.append(row)
    return kept


def _payment(movement: Movement) -> Payment:
    return movement.kind.value, movement.currency, str(round(movement.amount, PLACES).normalize())


def _is_paid(row: Row, payments: dict[Payment, list[int]]) -> bool:
    """Return whether every movement of a row is one of these payments, and use them up."""
    for movement in row.movements:
        times = payments.get(_payment(movement), [])
        near = next((time for time in times if abs(time - row.ts_ns) <= NEAR_NS), None)
        if near is None:
            return False
        times.remove(near)
    return bool(row.movements)
