"""
Ten defects of peers, as conditions that this suite keeps.

Each was found in a released trading engine, by running it or by reading it; a suite that judges
bots must not have them itself.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.engine.execution.market import FREE, T0, Desk, Paper, fill, open_log
from tests.engine.stage import BUY, INVERSE, LINEAR, SELL, Act, book, play, printed, profile

from seatrial.engine.execution.account import Account
from seatrial.engine.execution.blotter import ENDED_KEPT, Blotter
from seatrial.engine.execution.evidence import Evidence
from seatrial.engine.execution.fills import Fill
from seatrial.engine.execution.recovery import recover
from seatrial.market.dataset import Dataset
from seatrial.market.importing import import_files
from seatrial.market.stamp import seconds_ns
from seatrial.model.instrument import Instrument
from seatrial.model.tape import SIDE_BIT
from seatrial.store.order_log import OrderLog

BOOK = book(0, {99: 2, 98: 30}, {101: 20, 102: 30})


def test_a_fill_that_exactly_exhausts_an_order_ends_it() -> None:
    """Hftbacktest kept it in the book (> for >=) and the next print ended the run with an error."""
    rows = [*BOOK, printed(5, SELL, 99, 2), printed(6, SELL, 99, 1), printed(7, SELL, 99, 1)]
    rows += [printed(8 + n, SELL, 99, 3) for n in range(20)]

    played = play(rows, {1: lambda desk: desk.submit(BUY, 99, 2)})

    assert list(played.of("fill", "qty")) == ["1", "1"]
    assert played.session.desk.orders == {}
    assert played.session.core.blotter.ended[1].status == "filled"


def test_a_snapshot_has_two_sides(tmp_path: Path) -> None:
    """Hftbacktest's Bybit converter wrote snapshot rows that were neither bid nor ask."""
    sides = {"b": [["99.9", "1"], ["99.8", "2"]], "a": [["100.1", "3"]]}
    frame = {
        "topic": "orderbook.500.BTCUSDT", "type": "snapshot", "ts": 1786310818130, "cts": 1786310818129,
        "data": {"s": "BTCUSDT", **sides, "u": 1, "seq": 1},
    }  # fmt: skip
    more = {**frame, "type": "delta", "ts": 1786310818230, "data": {**frame["data"], "u": 2, "seq": 2}}  # type: ignore[dict-item]
    file = tmp_path / "2026-08-09_BTCUSDT_ob500.data"
    file.write_text(f"{json.dumps(frame)}\n{json.dumps(more)}\n")
    import_files([file], tmp_path / "set")

    from seatrial.market.dataset_feed import DatasetFeed

    tapes = list(DatasetFeed(Dataset.open(tmp_path / "set"), ()).window(0, 2**62))
    found = {
        int(code) & SIDE_BIT for tape in tapes for code, qty in zip(tape.code, tape.qty, strict=True) if qty
    }
    assert len(found) == 2


def test_the_entry_of_an_inverse_contract_is_the_harmonic_mean() -> None:
    """nautilus_trader takes the arithmetic one: 0.00333 coins where 0.00500 were made."""
    books = Account([INVERSE], FREE, {})
    for number, (side, px, qty) in enumerate([(0, 10_000, 100), (0, 20_000, 100), (1, 20_000, 200)]):
        books.add(Fill(1, 0, side, px, qty, f"t{number}", number))
    assert books.ledgers[0].realized() == Decimal("0.005")


def test_partial_fills_are_averaged_by_volume() -> None:
    """Hummingbot takes the mean of the prices of a derivative order's parts, and changes the rows."""
    books = Account([LINEAR], FREE, {})
    parts = [fill(1, "t1", 0, 10, 1, ts=0), fill(1, "t2", 0, 20, 9, ts=1)]
    before = [part.fields() for part in parts]
    for part in parts:
        books.add(part)
    assert books.ledgers[0].average() == 19
    assert [part.fields() for part in parts] == before


def test_small_prices_and_sizes_are_stored_whole(tmp_path: Path) -> None:
    """Hummingbot's database cuts at six decimals: 0.00001234 becomes 0.000012, 0.0000004 becomes 0."""
    tiny = Instrument(
        symbol="SHIB", venue="paper", base="SHIB", quote="USDT",
        tick_size=Decimal("0.00000001"), lot_size=Decimal("0.0000001"),
    )  # fmt: skip
    venue = Paper(instruments_=(tiny,))
    desk = Desk(venue, open_log(tmp_path / "o.db"))
    desk.send(0, px=1234, qty=4)
    desk.answers()
    venue.trade(desk.core.orders[1].client_id, price=Decimal("0.00001234"))
    desk.reconcile()

    books = recover(OrderLog.open(tmp_path / "o.db"), [tiny], fees=FREE)
    assert tiny.qty(books.position(0)) == Decimal("0.0000004")
    assert books.account.ledgers[0].average() == Decimal("0.00001234")


def test_an_order_that_is_not_found_at_start_is_not_taken_for_canceled() -> None:
    """Freqtrade has a guard that is always true: what the venue does not list is canceled at once."""
    desk = Desk(Paper())
    desk.send()
    desk.answers()
    desk.venue.orders.clear()

    found = desk.reconcile()

    assert not found.settled
    assert desk.core.orders[1].status == "open"


def test_a_paper_order_rests_and_a_marketable_one_pays_as_a_taker() -> None:
    """Hummingbot's paper venue lost post-only orders, charged takers the maker's fee, and fees of nothing."""
    fees = profile(fees={"maker_bps": 2, "taker_bps": 5})
    rows = [*BOOK, printed(5, SELL, 99, 9)]

    acts: dict[float, Act] = {
        1: lambda desk: desk.submit(BUY, 99, 5),
        2: lambda desk: desk.submit(BUY, 101, 5, tif="gtc"),
    }
    played = play(rows, acts, settings=fees)

    told = played.of("fill", "liquidity", "price", "qty", "fee")
    assert ("taker", "101", "5", "-0.2525") in told
    assert ("maker", "99", "5", "-0.099") in told


def test_a_fee_without_a_rate_is_counted_and_not_dropped() -> None:
    """Hummingbot skips it with a warning, and its kill switch reads the profit without it."""
    venue = Paper()
    desk = Desk(venue)
    stated = venue_fill(venue, desk, "BNB")
    desk.core.filled(Evidence(desk.core).as_fill(0, None, stated))

    ledger = desk.core.blotter.account.ledgers[0]
    assert ledger.unvalued == {"BNB": stated.fee}
    assert desk.core.blotter.account.wallets()["BNB"]["closing"] == stated.fee


def venue_fill(venue: Paper, desk: Desk, currency: str) -> Any:
    """A fill whose fee is in a third currency."""
    from dataclasses import replace

    desk.send()
    desk.answers()
    return replace(venue.trade("c1"), fee_currency=currency)


def test_orders_that_have_ended_are_let_go() -> None:
    """Freqtrade's dry-run dictionary grows for as long as the run lasts."""
    books = Blotter([LINEAR], fees=FREE)
    for number in range(1, 3 * ENDED_KEPT):
        books.apply(T0, "new", number, (f"c{number}", 0, 0, 1, 1, "gtc", "limit", False, 0))
        books.apply(T0, "cancel", number)
    assert len(books.orders) == 0
    assert max(len(books.ended), len(books.numbers)) <= ENDED_KEPT


def test_a_stamp_in_decimal_seconds_is_read_digit_by_digit() -> None:
    """In floating point 1700000000.05 s is 49,999,872 ns past the second."""
    assert seconds_ns("1700000000.05") == 1_700_000_000_050_000_000
