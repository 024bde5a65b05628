"""
The rows of a record: what its journal says about fills, funding and the wallet, as a statement would.

Profit is realised by average cost exactly as the engine books it. At the end of each iteration the
journal tells realised profit, fees and funding once more, from the engine's own ledger: that is the
balance column, and the ledger of a record closes only when both agree.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation, localcontext
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ..engine.execution.ledger import Ledger
from ..model.errors import InputError, Where
from ..model.instrument import Contract, Instrument
from ..model.journal_lines import Event, lines
from ..model.profile import FeeSettings
from .entry import FillRow, Kind, Movement, Row, Source
from .ledger import EXACT

JOURNAL = "journal.jsonl"
# The journal rounds each amount to so many places, and so the sum of its amounts and its own sum
# may be a little apart; within this they are one.
PLACES = 18
ONE_SUM = Decimal("1e-12")
BUY, SELL = 0, 1


@dataclass
class _Account:
    """One instrument of the run: its ledger, its fees by coin, and what those were worth when charged."""

    instrument: Instrument
    ledger: Ledger
    fees: dict[str, Decimal] = field(default_factory=dict)
    worth: Decimal = Decimal(0)
    funding: Decimal = Decimal(0)
    realized: Decimal = Decimal(0)

    def realize(self) -> Decimal:
        """Return the profit realised since last asked; rounded sums, so that the parts add up."""
        before, self.realized = self.realized, round(self.ledger.realized(), PLACES)
        return self.realized - before


@dataclass
class _Journal:
    """What the events so far have said."""

    name: str
    balance: Decimal = Decimal(0)
    shift_ns: int = 0
    """From market time to the time that a served exchange showed its clients."""
    accounts: dict[str, _Account] = field(default_factory=dict)

    def rows(self, line: int, event: Event) -> Iterator[Row]:
        kind = event["kind"]
        if kind == "run_started":
            for facts in event["instruments"]:
                instrument = Instrument.model_validate(facts)
                self.accounts[instrument.symbol] = _Account(
                    instrument, Ledger(instrument, FeeSettings(), Decimal(0))
                )
        elif kind == "config":
            self.balance = Decimal(str(event["values"].get("exchange", {}).get("balance", 0)))
            yield from self.openings(Source(self.name, line), event["ts_ns"])
        elif kind == "heartbeat":
            self.shift_ns = event.get("shown_shift_ns", self.shift_ns)
        elif kind in _TOLD:
            with localcontext(EXACT):
                row = _TOLD[kind](self, Source(self.name, line), event)
            yield replace(row, ts_ns=row.ts_ns + self.shift_ns)

    def openings(self, source: Source, ts_ns: int) -> Iterator[Row]:
        """Yield what each wallet holds before anything moves."""
        for symbol, account in self.accounts.items():
            moved = Movement(account.instrument.settle, Decimal(0), Kind.REALIZED, self.balance)
            yield Row(ts_ns, source, (moved,), None, f"opening-{symbol}", symbol, "opening", symbol)

    def fill(self, source: Source, event: Event) -> Row:
        account = self.accounts[event["symbol"]]
        instrument, ledger = account.instrument, account.ledger
        price, qty = Decimal(event["price"]), Decimal(event["qty"])
        side = BUY if event["side"] == "buy" else SELL
        ledger.fill(side, instrument.ticks(price), instrument.lots(qty), maker=False)
        fee, currency = _number(event, "fee"), event.get("fee_currency") or instrument.settle
        moved = [Movement(instrument.settle, account.realize(), Kind.REALIZED)]
        if fee:
            # A wallet of fees in another coin begins with nothing.
            first = fee if currency != instrument.settle and currency not in account.fees else None
            moved.append(Movement(currency, fee, Kind.FEE if fee < 0 else Kind.REBATE, first))
            account.fees[currency] = account.fees.get(currency, Decimal(0)) + fee
            account.worth += _number(event, "fee_settle") or fee
        fill = FillRow(
            symbol=instrument.symbol,
            side=event["side"],
            price=price,
            qty=qty,
            trade_id=str(event["fill_id"]),
            order_id=str(event["order_id"]),
            fee=fee,
            fee_currency=currency,
            liquidity=event.get("liquidity"),
            notional=_number(event, "notional"),
            inverse=instrument.contract is Contract.INVERSE,
        )
        return Row(
            event["ts_ns"], source, tuple(moved), fill, f"fill-{event['fill_id']}", instrument.symbol, "fill",
            instrument.symbol,
        )  # fmt: skip

    def funding(self, source: Source, event: Event) -> Row:
        moved = Movement(event["currency"], Decimal(event["amount"]), Kind.FUNDING)
        self.accounts[event["symbol"]].funding += moved.amount
        return Row(
            event["ts_ns"], source, (moved,), None, f"funding-{source.line}", event["symbol"], "funding",
            event["symbol"],
        )  # fmt: skip

    def position(self, source: Source, event: Event) -> Row:
        account = self.accounts[event["symbol"]]
        funding = _one_sum(account.funding, Decimal(event["funding"]))
        balance = self.balance + Decimal(event["realized"]) + funding
        # Fees in another coin left another wallet. The journal tells what all fees were
        # worth; where the fills say otherwise, the difference shows as what is not explained.
        off = Decimal(event["fees"]) - account.worth
        off = off if abs(off) > ONE_SUM else Decimal(0)
        fees = dict(account.fees)
        balance += fees.pop(event["currency"], Decimal(0)) + (Decimal(0) if fees else off)
        moved = [Movement(event["currency"], Decimal(0), Kind.REALIZED, balance)]
        moved += [Movement(coin, Decimal(0), Kind.FEE, held + off) for coin, held in sorted(fees.items())]
        ref, symbol = f"position-{source.line}", event["symbol"]
        return Row(event["ts_ns"], source, tuple(moved), None, ref, symbol, "position", symbol)


def _number(event: Event, name: str) -> Decimal | None:
    value = event.get(name)
    return None if value is None else Decimal(value)


def _one_sum(ours: Decimal, theirs: Decimal) -> Decimal:
    """Return the sum of the amounts where it is the journal's, and the journal's where it is not."""
    return ours if abs(ours - theirs) <= ONE_SUM else theirs


_TOLD: dict[str, Any] = {"fill": _Journal.fill, "funding": _Journal.funding, "position": _Journal.position}


def is_record(path: Path) -> bool:
    """Return whether a path is the folder of a record."""
    return path.is_dir() and (path / JOURNAL).is_file()


def journal_rows(record: Path) -> Iterator[Row]:
    """Yield the rows of a record's journal in its order, a line at a time."""
    path = record / JOURNAL
    journal = _Journal(JOURNAL)
    for number, event in enumerate(lines(path), 1):
        try:
            yield from journal.rows(number, event)
        except (KeyError, ValueError, TypeError, InvalidOperation, ValidationError) as error:
            field_of = str(error.args[0]) if isinstance(error, KeyError) else None
            what = "the field is missing" if field_of else f"not a journal event: {error}"
            raise InputError(what, where=Where(str(path), number, field_of)) from error
