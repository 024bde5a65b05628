"""A record of the simulated exchange against the statements that a venue would write of it."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from tests.finops.venue import INVERSE, LINEAR, OPENING, bybit_log, ccxt_files, record, voyage

from seatrial.finops.journal_rows import journal_rows
from seatrial.finops.ledger_answer import LedgerAsk, ledger
from seatrial.finops.reconcile import ReconcileAsk, Reconciliation, reconcile
from seatrial.finops.reconcile_answer import judge
from seatrial.model.errors import InputError
from seatrial.model.instrument import Instrument
from seatrial.model.profile import FinopsSettings
from seatrial.model.verdict import Verdict

SETTINGS = FinopsSettings(rates={"BNB": Decimal(600)})
TOKEN: dict[str, Any] = {"charged_in": "token", "token": "BNB", "token_rate": "600"}
CASES = [
    pytest.param(LINEAR, {}, id="linear, fees in quote"),
    pytest.param(LINEAR, {"charged_in": "base"}, id="linear, fees in base"),
    pytest.param(LINEAR, TOKEN, id="linear, fees in a third coin"),
    pytest.param(INVERSE, {}, id="inverse, fees in the coin"),
    pytest.param(INVERSE, TOKEN, id="inverse, fees in a third coin"),
]


def compared(ours: Path, *theirs: Path) -> Reconciliation:
    """Reconcile a record with statements."""
    return reconcile(ReconcileAsk(ours, theirs, date(2023, 11, 20)), SETTINGS)


@pytest.mark.parametrize(("instrument", "fees"), CASES)
def test_a_record_agrees_with_the_exchange_s_own_statement(
    tmp_path: Path, instrument: Instrument, fees: dict[str, Any]
) -> None:
    """Fees of either sign in any coin, funding of either sign: no breaks, and nothing remains."""
    events = voyage(instrument, **fees)
    ours = record(tmp_path / "record", instrument, events)

    found = compared(ours, *ccxt_files(tmp_path, instrument, events))

    fills = [told for _, kind, told in events if kind == "fill"]
    assert len(fills) > 40
    assert {Decimal(told["fee"]) > 0 for told in fills} == {True, False}
    assert found.matched_payments >= 2
    assert (found.breaks, found.matched, set(found.residuals.values())) == ([], len(fills), {Decimal(0)})
    assert judge(found, SETTINGS).verdict is Verdict.PASS


@pytest.mark.parametrize("instrument", [LINEAR, INVERSE], ids=["linear", "inverse"])
def test_the_exchange_s_transaction_log_closes_and_agrees(tmp_path: Path, instrument: Instrument) -> None:
    """The wallet that a venue counts by itself, in fractions, ends where ours does."""
    events = voyage(instrument)
    ours = record(tmp_path / "record", instrument, events)
    theirs = bybit_log(tmp_path / "log.json", instrument, events)

    found = compared(ours, theirs)
    books = [ledger(LedgerAsk([path]), SETTINGS) for path in (ours, theirs)]

    assert (found.breaks, set(found.residuals.values())) == ([], {Decimal(0)})
    assert [one.verdict for one in books] == [Verdict.PASS, Verdict.PASS]
    closing = [Decimal(one.data["currencies"][instrument.settle]["closing"]) for one in books]
    assert abs(closing[0] - closing[1]) < Decimal("1e-12")
    assert {one.data["currencies"][instrument.settle]["opening"] for one in books} == {str(OPENING)}


@pytest.mark.parametrize("charged", [4, 0])
def test_a_statement_that_keeps_a_rebate_back_is_found_out(tmp_path: Path, charged: int) -> None:
    """The exchange that charges its makers, or pays them nothing, has to be caught, with the sum."""
    events = voyage(LINEAR)
    ours = record(tmp_path / "record", LINEAR, events)
    kept = [
        (
            ts,
            kind,
            told | {"fee": str(-Decimal(told["fee"]) * charged)}
            if told.get("liquidity") == "maker"
            else told,
        )
        for ts, kind, told in events
    ]

    found = compared(ours, *ccxt_files(tmp_path, LINEAR, kept))

    makers = [told for _, kind, told in events if kind == "fill" and told["liquidity"] == "maker"]
    assert {one.kind.value for one in found.breaks} == {"fee_amount"}
    assert len(found.breaks) == len(makers)
    assert all(one.cause.startswith("lost rebate") for one in found.breaks)
    assert found.residuals["USDT"] == -(1 + charged) * sum(Decimal(told["fee"]) for told in makers)


def test_a_journal_whose_ledger_disagrees_with_its_fills_does_not_close(tmp_path: Path) -> None:
    """The closing position of a record is evidence of its own: a fill that is not there shows."""
    events = voyage(LINEAR)
    places = [at for at, (_, kind, _) in enumerate(events) if kind == "fill"]
    del events[places[len(places) // 2]]

    told = ledger(LedgerAsk([record(tmp_path / "record", LINEAR, events)]), SETTINGS)

    assert told.verdict is Verdict.FAIL
    assert told.data["currencies"]["USDT"]["residual"] != "0"


@pytest.mark.parametrize(("instrument", "fees"), CASES)
def test_the_books_of_a_record_close_in_every_coin(
    tmp_path: Path, instrument: Instrument, fees: dict[str, Any]
) -> None:
    """Fees in the base coin or in a token leave a wallet of their own, and it closes too."""
    told = ledger(LedgerAsk([record(tmp_path / "record", instrument, voyage(instrument, **fees))]), SETTINGS)

    assert told.verdict is Verdict.PASS
    assert {book["residual"] for book in told.data["currencies"].values()} == {"0"}
    assert len(told.data["currencies"]) == 2 - (fees == {})


def test_a_fee_that_the_engine_s_ledger_does_not_know_shows(tmp_path: Path) -> None:
    """A fill that names another fee than was booked: the books do not close."""
    events = voyage(LINEAR, **TOKEN)
    at = next(at for at, (_, kind, _) in enumerate(events) if kind == "fill")
    ts, kind, told = events[at]
    events[at] = (ts, kind, told | {"fee": "-1", "fee_settle": "-600"})

    books = ledger(LedgerAsk([record(tmp_path / "record", LINEAR, events)]), SETTINGS)

    assert books.verdict is Verdict.FAIL


def test_a_damaged_event_is_named(tmp_path: Path) -> None:
    """One clear line, with the file, the line and the field."""
    folder = record(tmp_path / "record", LINEAR, voyage(LINEAR))
    path = folder / "journal.jsonl"
    lines = path.read_text().splitlines()
    at = next(at for at, line in enumerate(lines) if '"kind":"fill"' in line)
    event = json.loads(lines[at])
    del event["price"]
    lines[at] = json.dumps(event)
    path.write_text("\n".join(lines) + "\n")

    with pytest.raises(InputError) as refused:
        list(journal_rows(folder))

    assert (refused.value.where.line, refused.value.where.field) == (at + 1, "price")
