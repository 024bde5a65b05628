"""
A venue that writes statements of a run, from what happened and with arithmetic of its own.

Profit is counted in fractions by average cost, so that nothing of the program's ledger is used to
check the program's ledger. Forms: Bybit's transaction log, and ccxt's trades and funding.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Context, Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.engine.stage import T0, Event, Wanderer, book, funding, play, printed, profile

from seatrial.model.instrument import Contract, Instrument
from seatrial.store.journal import Journal

MS = 1_000_000
OPENING = 10**9
DIGITS = Context(prec=60)

LINEAR = Instrument(
    symbol="BTCUSDT",
    venue="stage",
    base="BTC",
    quote="USDT",
    tick_size=Decimal("0.1"),
    lot_size=Decimal("0.001"),
)
INVERSE = Instrument(
    symbol="BTCUSD",
    venue="stage",
    contract=Contract.INVERSE,
    base="BTC",
    quote="USD",
    tick_size=Decimal("0.5"),
    lot_size=Decimal(1),
    contract_size=Decimal(100),
)


STARTED = {
    "mode": "dryrun",
    "seed": 1,
    "start_ns": T0,
    "planned_iterations": 1,
    "window_ns": 10**9,
    "profile": "stage",
    "provenance": {"kind": "synthetic", "dataset": None, "sha256": None, "recorded_ratio": 0.0, "detail": {}},
}


ENDED = {
    "index": 0,
    "phase": "steady",
    "from_ns": T0,
    "covered_ns": 10**9,
    "fills": 0,
    "decisions": 0,
    "events": 0,
    "freeze": "none",
}


def voyage(instrument: Instrument, seed: int = 1, **fees: Any) -> list[Event]:
    """Play a market with funding to a bot that trades at random; return what the journal is told."""
    rows = book(0, {990 - at: 50 for at in range(12)}, {1_010 + at: 50 for at in range(12)})
    for step in range(1, 120):
        rows += book(step * 10, {1_000 - at: 5 for at in range(1, 9)}, {1_000 + at: 5 for at in range(1, 9)})
        rows.append(printed(step * 10 + 3, step % 2, 1_000 + (1 if step % 2 == 0 else -1) * (step % 5), 4))
        if step % 30 == 0:
            rows.append(funding(step * 10 + 5, "0.0001" if step % 60 else "-0.0003", mark=1_001))
    settings = profile(fees={"maker_bps": "-0.5", "taker_bps": "5.5", **fees}, bot_ms=7, balance=OPENING)
    played = play(rows, Wanderer(seed=seed), settings=settings, instruments=[instrument])
    last = played.events[-1][0]
    # What a run mode tells at the end of an iteration.
    played.session.scribe.position(last, 0, 2_000, final=True)
    return played.events


def record(folder: Path, instrument: Instrument, events: Iterable[Event]) -> Path:
    """Write the journal of such a voyage and return its folder."""
    folder.mkdir(parents=True)
    with Journal.create(folder / "journal.jsonl", "20231114T221320Z-dryrun-00000000-1") as journal:
        facts = instrument.model_dump(mode="json")
        journal.append(T0, "run_started", STARTED | {"instruments": [facts]})
        journal.append(T0, "config", {"sha256": "0", "values": {"exchange": {"balance": str(OPENING)}}})
        last = T0
        for ts_ns, kind, fields in events:
            journal.append(ts_ns, kind, fields)
            last = max(last, ts_ns)
        journal.append(last, "iteration", ENDED | {"until_ns": last})
        journal.append(last, "run_finished", {"reason": "plan", "iterations": 1, "covered_ns": last - T0})
    return folder


@dataclass
class Account:
    """One position by average cost, in fractions."""

    instrument: Instrument
    size: Fraction = Fraction(0)
    cost: Fraction = Fraction(0)
    balance: Fraction = Fraction(OPENING)
    told: Decimal = Decimal(OPENING)
    rows: list[dict[str, Any]] = field(default_factory=list)

    def worth(self, price: str, qty: Fraction) -> Fraction:
        """What so much is worth at a price, in settlement money, signed."""
        size = qty * Fraction(self.instrument.contract_size)
        return (
            -size / Fraction(price)
            if self.instrument.contract is Contract.INVERSE
            else size * Fraction(price)
        )

    def fill(self, side: str, price: str, qty: str) -> Fraction:
        """Book a fill and return the profit that it realised."""
        signed = Fraction(qty) if side == "buy" else -Fraction(qty)
        profit = Fraction(0)
        closing = min(abs(signed), abs(self.size)) if self.size * signed < 0 else Fraction(0)
        if closing:
            share = closing / abs(self.size)
            part = closing if signed > 0 else -closing
            profit = -self.worth(price, part) - self.cost * share
            self.cost -= self.cost * share
            self.size += part
            signed -= part
        if signed:
            self.cost += self.worth(price, signed)
            self.size += signed
        return profit

    def move(self, change: Fraction) -> tuple[Decimal, Decimal]:
        """Change the wallet; return the change and the balance as the venue prints them, to 18 places."""
        self.balance += change
        printed = round(DIGITS.divide(Decimal(self.balance.numerator), Decimal(self.balance.denominator)), 18)
        moved, self.told = DIGITS.subtract(printed, self.told), printed
        return moved, printed


def bybit_log(path: Path, instrument: Instrument, events: Iterable[Event]) -> Path:
    """Write Bybit's transaction log of the voyage, newest first as the venue answers."""
    account = Account(instrument)
    for number, (ts_ns, kind, told) in enumerate(events):
        row = {
            "id": f"x{number}", "symbol": instrument.symbol, "category": instrument.contract.value,
            "transactionTime": str(ts_ns // MS), "currency": instrument.settle,
            "side": str(told.get("side") or "None").capitalize(), "cashFlow": "0", "fee": "0", "funding": "",
            "qty": "", "tradePrice": "", "orderId": "", "tradeId": "",
        }  # fmt: skip
        if kind == "fill":
            profit = account.fill(told["side"], told["price"], told["qty"])
            change, balance = account.move(profit + Fraction(told["fee"]))
            fee = -Decimal(told["fee"])
            row |= {
                "type": "TRADE",
                "qty": told["qty"],
                "tradePrice": told["price"],
                "orderId": str(told["order_id"]),
                "tradeId": str(told["fill_id"]),
                "fee": f"{fee:f}",
                "cashFlow": f"{DIGITS.add(change, fee):f}",
            }
        elif kind == "funding" and Decimal(told["amount"]):
            change, balance = account.move(Fraction(told["amount"]))
            row |= {"type": "SETTLEMENT", "funding": f"{change:f}"}
        else:
            continue
        account.rows.append(row | {"change": f"{change:f}", "cashBalance": f"{balance:f}"})
    path.write_text(json.dumps({"retCode": 0, "result": {"list": account.rows[::-1], "nextPageCursor": ""}}))
    return path


def ccxt_files(folder: Path, instrument: Instrument, events: Iterable[Event]) -> list[Path]:
    """Write ccxt's trades and funding history of the voyage."""
    market = f"{instrument.base}/{instrument.quote}:{instrument.settle}"
    trades, payments = [], []
    for number, (ts_ns, kind, told) in enumerate(events):
        if kind == "fill":
            trades.append(
                {
                    "id": str(told["fill_id"]),
                    "timestamp": ts_ns // MS,
                    "symbol": market,
                    "order": str(told["order_id"]),
                    "side": told["side"],
                    "takerOrMaker": told["liquidity"],
                    "price": told["price"],
                    "amount": told["qty"],
                    "fee": {"cost": f"{-Decimal(told['fee']):f}", "currency": told["fee_currency"]},
                }
            )
        elif kind == "funding" and Decimal(told["amount"]):
            payments.append(
                {
                    "id": f"f{number}",
                    "timestamp": ts_ns // MS,
                    "symbol": market,
                    "code": told["currency"],
                    "amount": told["amount"],
                }
            )
    paths = [folder / "trades.json", folder / "funding.json"]
    for path, rows in zip(paths, (trades, payments), strict=True):
        path.write_text(json.dumps(rows))
    return paths
