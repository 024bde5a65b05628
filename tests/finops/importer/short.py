"""A row in one line, so that a test shows at a glance what a statement became."""

from datetime import UTC, datetime

from seatrial.finops.entry import FillRow, Movement, Row


def short(row: Row) -> str:
    """Return `time | movements | fill | word`."""
    seconds, rest = divmod(row.ts_ns, 10**9)
    when = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    when += f".{rest:09d}".rstrip("0") if rest else ""
    moved = ", ".join(map(_movement, row.movements)) or "-"
    return f"{when} | {moved} | {_fill(row.fill)} | {row.word}"


def _movement(one: Movement) -> str:
    after = "" if one.balance is None else f" = {one.balance:f}"
    return f"{one.currency} {one.amount:+f} {one.kind.value}{after}"


def _fill(fill: FillRow | None) -> str:
    if fill is None:
        return "-"
    fee = "" if fill.fee is None else f" fee {fill.fee:f} {fill.fee_currency}"
    role = f" {fill.liquidity}" if fill.liquidity else ""
    return f"{fill.side} {fill.qty:f} {fill.symbol} @ {fill.price:f}{fee}{role}"
