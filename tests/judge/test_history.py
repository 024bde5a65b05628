from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from seatrial.judge.gate.trial import Plan, trial
from seatrial.judge.gate.trial import events as trial_events
from seatrial.judge.history import History
from seatrial.model.errors import InputError

from . import ledger
from .records import Voyage, build, events


def order(ts_ns: int, event: str, **facts: Any) -> dict[str, Any]:
    """One order event."""
    usual = {"order_id": 1, "symbol": "S", "intended_ns": 0, "ack_ns": None, "reason": None}
    return {"ts_ns": ts_ns, "kind": "order", "event": event, **usual, **facts}


def test_a_record_read_from_disk_is_the_history_of_its_events(tmp_path: Path) -> None:
    """Judging afterwards, from files alone, must see exactly what was there while it ran."""
    live = History.of({"ts_ns": ts, "kind": kind, **fields} for ts, kind, fields in events(Voyage()))

    read = History.read(build(tmp_path / "record"))

    assert read.lengths() == live.lengths()
    assert list(read.fills.price.floats) == list(live.fills.price.floats)
    assert [fact.equity for fact in read.positions] == [fact.equity for fact in live.positions]
    assert read.finished == live.finished


def test_a_torn_last_line_is_ignored(tmp_path: Path) -> None:
    """A killed run leaves half a line; everything before it is still evidence."""
    record = build(tmp_path / "record")
    whole = History.read(record).kinds.total()
    with (record / "journal.jsonl").open("ab") as file:
        file.write(b'{"seq":99999,"ts_ns":17')

    assert History.read(record).kinds.total() == whole


def test_no_journal_is_an_input_error(tmp_path: Path) -> None:
    """A folder without a journal is not a quiet run."""
    with pytest.raises(InputError, match="no journal"):
        History.read(tmp_path)


def drop(name: str) -> Callable[[dict[str, Any]], None]:
    """Remove a field."""
    return lambda event: event.pop(name) and None


def put(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Replace a field."""
    return lambda event: event.update({name: value})


@pytest.mark.parametrize(
    ("kind", "damage", "said"),
    [
        ("fill", drop("price"), "price"),
        ("fill", put("side", "hold"), "hold"),
        ("fill", put("qty", "NaN"), "finite"),
        ("fill", put("mid", "1e400"), "finite"),
        ("fill", put("liquidity", None), "None"),
        ("position", put("equity", "much"), "ConversionSyntax"),
        ("position", drop("iteration"), "iteration"),
        ("iteration", drop("until_ns"), "until_ns"),
        ("decision", put("equity", [1]), "float"),
        ("order", put("event", "vanished"), "vanished"),
        ("run_started", drop("instruments"), "instruments"),
    ],
)
def test_a_damaged_event_is_named_by_file_and_line(
    tmp_path: Path, kind: str, damage: Callable[[dict[str, Any]], None], said: str
) -> None:
    """Who has to mend a journal needs the line and the field, not a traceback."""
    record = build(tmp_path / "record")
    lines = (record / "journal.jsonl").read_bytes().splitlines()
    at = next(at for at, line in enumerate(lines) if f'"kind":"{kind}"'.encode() in line)
    event = orjson.loads(lines[at])
    damage(event)
    lines[at] = orjson.dumps(event)
    (record / "journal.jsonl").write_bytes(b"\n".join(lines) + b"\n")

    with pytest.raises(InputError, match=said) as caught:
        History.read(record)

    assert caught.value.where.line == at + 1


def test_latency_is_measured_from_the_intended_time() -> None:
    """A bot that was late to send must not look fast."""
    history = History.of(
        [
            order(9_000_000, "accepted", intended_ns=1_000_000, ack_ns=9_000_000),
            order(9, "rejected", order_id=2, ack_ns=9),
        ]
    )

    assert list(history.acks.latency_ms) == pytest.approx([8.0, 9e-6])
    assert list(history.acks.accepted) == [1, 0]


def test_an_order_ages_from_acceptance_or_its_last_amendment() -> None:
    """An amended quote is a fresh quote; one that merely rests grows old."""
    history = History.of([
        order(1_000_000, "accepted", ack_ns=1), order(3_000_000, "amended"), order(8_000_000, "canceled"),
    ])  # fmt: skip

    assert list(history.ends.age_ms) == [5.0]
    assert list(history.ends.filled) == [0]


def test_an_order_that_never_rested_has_no_age() -> None:
    """A rejected order is not a quote that lived for no time."""
    history = History.of([order(1, "submitted"), order(2, "rejected", ack_ns=2), order(3, "canceled")])

    assert len(history.ends) == 0


def test_a_second_acknowledgement_is_not_a_second_order() -> None:
    """A venue that repeats itself must neither double the latencies nor revive an order."""
    history = History.of([
        order(1, "accepted", ack_ns=1), order(2, "accepted", ack_ns=2), order(3_000_001, "canceled"),
        order(4_000_001, "accepted", ack_ns=4), order(9_000_001, "canceled"),
    ])  # fmt: skip

    assert len(history.acks) == 1
    assert list(history.ends.age_ms) == [3.0]


def test_a_fill_that_leaves_nothing_ends_its_order() -> None:
    """The exchange tells a full fill by what it leaves; such orders must not be missing from the ends."""
    written = next(event for event in trial_events(Plan(iterations=1)) if event["kind"] == "fill")
    history = History.of([
        order(0, "accepted", ack_ns=0),
        {**written, "ts_ns": 2_000_000, "order_id": 1, "symbol": "S", "leaves": "0.000"},
    ])  # fmt: skip

    assert list(history.ends.age_ms) == [2.0]
    assert list(history.ends.filled) == [1]


def test_kinds_that_nobody_judges_are_only_counted() -> None:
    """Later versions add kinds of events; an older judge must still read the rest."""
    history = History.of([{"ts_ns": 1, "kind": "sunrise"}, {"ts_ns": 2, "kind": "heartbeat", "iteration": 0}])

    assert history.kinds == {"sunrise": 1, "heartbeat": 1}
    assert history.last_ts_ns == 2


def test_a_markout_of_an_unknown_fill_changes_nothing() -> None:
    """After a resume the history of one iteration may see mark-outs of fills from the one before."""
    history = History.of([{"ts_ns": 1, "kind": "markout", "fill_id": 7, "mids": {"5": "100"}}])

    assert len(history.fills) == 0


def test_a_long_run_stays_small() -> None:
    """A soak of days is judged in memory: tables may not hold an object per event."""
    history = trial(Plan(iterations=4, fills_per_iteration=50.0, samples=500))

    assert history.decisions.ts.itemsize == 8
    assert history.lengths()["decisions"] == 2_000


def test_a_fee_in_the_bought_coin_is_known_as_inventory() -> None:
    """Such a fee changes the position; read as money alone, the books never close again."""
    spot = ledger.Ledger("S", inverse=False, base_fees=True)
    facts = {"fee_rate": "-0.001", "mid": "10", "later": "10", "matured": True, "liquidity": "maker"}
    with ledger.precise():
        spot.fill(1, Decimal(1), Decimal(10), facts)

    history = History.of([ledger.started(spot), *spot.events])

    assert history.fills.base_fee[0] == Decimal("-0.001")
