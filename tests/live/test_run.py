"""A live run end to end, on the venue in memory: it trades, it ends, and nothing rests afterwards."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from tests.engine.venue.bybit import Bybit, serving
from tests.live.conftest import Server
from tests.live.drill import command, environment, write_profile
from tests.live.stage import Exchange, MemoryVenue, eventually, order, presence

from seatrial.dryrun.interrupt import Interrupt
from seatrial.engine.bot import BOTS
from seatrial.engine.bot.strategy import Strategy
from seatrial.live.accounts import orders, reconcile
from seatrial.live.emergency import Patience, stop
from seatrial.live.ladder import Exhibit, exhibits
from seatrial.live.place import Wanted, resolve, witnessing
from seatrial.live.run import LiveAsk, run
from seatrial.live.single import seated
from seatrial.model.errors import OutsideError, RefusedError, SeatrialError, StoppedError
from seatrial.model.journal_lines import lines
from seatrial.model.outcome import Outcome
from seatrial.store.manifest import read_manifest
from seatrial.store.record import open_record
from seatrial.store.verify import verify as faults_of

PROFILE = """
name: mine
description: Mine.
market: {{symbols: [BTCUSDT]}}
bot: {{entry: "{entry}", timer_ms: 20}}
live:
  state: {state}
  venue: {{name: memory, api_key: key, api_secret: secret}}
  latch: {{poll_ms: 10, misses: 3, timeout_ms: 50}}
  kill: {{settle_ms: 5, backoff_ms: 1, backoff_max_ms: 20, recheck_ms: 50, dead_man_ms: 1000}}
  book_ms: 20
  orders_ms: 20
  heartbeat_s: 0.05
  stop_s: 5
  start_s: 3
secrets: {{names: {{key: "env:A_KEY", secret: "env:A_SECRET"}}, access_log: {state}/access.jsonl}}
"""


class Quoter(Strategy):
    """Keeps one bid."""

    def on_timer(self, desk: Any) -> None:
        """Quote."""
        if not desk.quotes(0):
            desk.submit(0, 995, 10)


class Raiser(Quoter):
    """Quotes, and then fails."""

    def on_timer(self, desk: Any) -> None:
        """Quote, then raise."""
        if desk.quotes(0):
            raise KeyError("profit")
        super().on_timer(desk)


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LiveAsk:
    """A run of half a second, asked for in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("A_KEY", "a-key-of-the-tests")
    monkeypatch.setenv("A_SECRET", "a-secret-of-the-tests")
    return ask(tmp_path)


def ask(tmp_path: Path, bot: str = "Quoter", duration_s: float | None = 0.5) -> LiveAsk:
    """A run as it is asked for."""
    path = tmp_path / f"{bot}.yaml"
    path.write_text(PROFILE.format(entry=f"tests.live.test_run:{bot}", state=tmp_path / "state"))
    return LiveAsk(Wanted(str(path)), out=tmp_path / "out", duration_s=duration_s)


def go(wanted: LiveAsk, exchange: Exchange) -> Outcome:
    """Run it."""
    return run(wanted, open_=lambda _: MemoryVenue(exchange))


def test_a_run_trades_and_leaves_nothing_resting(asked: LiveAsk, tmp_path: Path) -> None:
    """It ends as planned, with a record that is whole and is judged by the same gates."""
    exchange = Exchange()
    outcome = go(asked, exchange)
    record = open_record(tmp_path / "out" / "live" / "latest")

    assert outcome.exit_code() == 3, "half a second is not enough evidence"
    assert exchange.orders == {}
    assert "place" in exchange.asked
    assert faults_of(record.journal) == []
    manifest = read_manifest(record.manifest)
    assert (manifest.mode, manifest.stopped_by, manifest.provenance.kind) == ("live", "plan", "live")
    assert record.report.is_file()
    assert exchange.armed[-1] == 0
    assert "a-secret-of-the-tests" not in "".join(
        path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()
    )


def test_a_bot_that_raises_leaves_nothing_resting(asked: LiveAsk, tmp_path: Path) -> None:
    """The error is told once the orders are gone."""
    exchange = Exchange()
    with pytest.raises(OutsideError, match=r"on_timer raised KeyError: 'profit'"):
        go(ask(tmp_path, "Raiser"), exchange)

    assert "place" in exchange.asked
    assert exchange.orders == {}
    manifest = read_manifest(open_record(tmp_path / "out" / "live" / "latest").manifest)
    assert (manifest.stopped_by, manifest.exit_code) == ("error", 4)


def test_an_emergency_stop_ends_the_run(
    asked: LiveAsk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Acknowledged, confirmed, and exit 5; the next start is refused until it is cleared."""
    exchange, answers = Exchange(), list[Outcome]()
    settings = resolve(asked.wanted).profile.live

    def pull() -> None:
        with witnessing(settings) as witness:
            eventually(lambda: witness.channel.running() and exchange.orders)
            answers.append(stop(witness, "drill", Patience(5 * 10**9)))

    thread = threading.Thread(target=pull)
    thread.start()
    outcome = go(ask(tmp_path, duration_s=None), exchange)
    thread.join(10)

    assert answers[0].exit_code() == 0
    assert answers[0].data["instances"][0]["open_orders"] == 0
    assert outcome.exit_code() == 5
    assert outcome.reasons[0] == "stopped: drill"
    assert exchange.orders == {}
    record = open_record(tmp_path / "out" / "live" / "latest")
    assert read_manifest(record.manifest).exit_code == 5
    alerts = [event["alert"] for event in lines(record.journal) if event["kind"] == "alert"]
    assert [alert for alert in alerts if "dead_man" not in alert] == [
        "kill_switch.tripped", "kill_switch.confirmed",
    ]  # fmt: skip
    (exhibit,) = exhibits(tmp_path / "out", "testnet", resolve(asked.wanted).profile)
    assert isinstance(exhibit, Exhibit)
    assert exhibit.drilled, "the ladder knows a drill by its record"

    MemoryVenue(exchange).place(order(9))
    records = list((tmp_path / "out" / "live").iterdir())
    with pytest.raises(RefusedError, match="trading was stopped: drill; zero open orders are confirmed"):
        go(asked, exchange)
    assert exchange.orders == {}, "what a dead process left is swept before the start is refused"
    assert list((tmp_path / "out" / "live").iterdir()) == records, "a refusal leaves no record"


def test_a_stop_while_the_books_are_agreed_upon_is_answered(asked: LiveAsk, tmp_path: Path) -> None:
    """A start takes its time, and whoever stops the account meanwhile has to be answered as well."""
    exchange, answers = Exchange(), list[Outcome]()
    MemoryVenue(exchange).place(order(1, "ETHUSDT"))
    exchange.questions_incomplete = True
    wanted = LiveAsk(Wanted(asked.wanted.profile, ("live.start_s=20",)), out=asked.out)
    settings = resolve(wanted.wanted).profile.live

    def pull() -> None:
        with witnessing(settings) as witness:
            eventually(witness.channel.running)
            answers.append(stop(witness, "drill", Patience(5 * 10**9)))

    thread = threading.Thread(target=pull)
    thread.start()
    with pytest.raises(RefusedError, match="stopped before it began: drill; zero open orders are confirmed"):
        go(wanted, exchange)
    thread.join(10)

    assert answers[0].exit_code() == 0
    assert exchange.orders == {}
    assert "place" not in exchange.asked[1:]
    assert not (tmp_path / "out").exists()


def test_ctrl_c_is_heard_while_the_books_are_agreed_upon(
    asked: LiveAsk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A venue that does not answer must not hold the terminal for a minute."""
    exchange = Exchange(questions_incomplete=True)
    interrupts: list[Interrupt] = []
    real = Interrupt.__init__

    def kept(self: Interrupt) -> None:
        real(self)
        self.asked = True
        interrupts.append(self)

    monkeypatch.setattr(Interrupt, "__init__", kept)
    with pytest.raises(StoppedError):
        go(LiveAsk(Wanted(asked.wanted.profile, ("live.start_s=20",)), out=asked.out), exchange)
    assert "place" not in exchange.asked


def test_a_venue_that_says_nothing_of_our_orders_is_not_traded_on(asked: LiveAsk, tmp_path: Path) -> None:
    """The book still comes, and nobody knows what rests: nothing new is sent until it answers whole again."""
    exchange = Exchange()
    wanted = LiveAsk(Wanted(asked.wanted.profile, ("live.silent_s=0.1",)), out=asked.out, duration_s=1.5)

    def hush() -> None:
        eventually(lambda: exchange.orders)
        exchange.questions_incomplete = True
        record = tmp_path / "out" / "live" / "latest"
        eventually(lambda: "freeze" in kinds(open_record(record).journal))
        exchange.questions_incomplete = False

    thread = threading.Thread(target=hush)
    thread.start()
    go(wanted, exchange)
    thread.join(10)

    journal = open_record(tmp_path / "out" / "live" / "latest").journal
    frozen = [event for event in lines(journal) if event["kind"] in {"freeze", "unfreeze"}]
    assert [event["kind"] for event in frozen] == ["freeze", "unfreeze"]
    assert frozen[0]["guard"] == "venue_silent"


def kinds(journal: Path) -> set[str]:
    """The kinds of events that are on the disk by now."""
    return {event["kind"] for event in lines(journal)} if journal.exists() else set()


def over_redis(asked: LiveAsk, server: Server) -> LiveAsk:
    """The same run with its latch in Redis, and no planned end."""
    sets = ("live.latch.channel=redis", f"live.latch.place={server.url}")
    return LiveAsk(Wanted(asked.wanted.profile, sets), out=asked.out)


def test_an_emergency_stop_over_redis(asked: LiveAsk, redis_server: Server) -> None:
    """From any machine that reaches it."""
    exchange, answers = Exchange(), list[Outcome]()
    wanted = over_redis(asked, redis_server)
    settings = resolve(wanted.wanted).profile.live

    def pull() -> None:
        with witnessing(settings) as witness:
            eventually(lambda: witness.channel.running() and exchange.orders)
            answers.append(stop(witness, "drill", Patience(5 * 10**9)))

    thread = threading.Thread(target=pull)
    thread.start()
    outcome = go(wanted, exchange)
    thread.join(10)

    assert answers[0].exit_code() == 0
    assert outcome.exit_code() == 5
    assert exchange.orders == {}


def test_a_latch_that_gets_out_of_reach_stops_the_run(asked: LiveAsk, redis_server: Server) -> None:
    """A bot that nobody can stop any more stops itself; the next start is refused as well."""
    exchange = Exchange()
    wanted = over_redis(asked, redis_server)

    def cut() -> None:
        eventually(lambda: exchange.orders)
        redis_server.stop()

    thread = threading.Thread(target=cut)
    thread.start()
    outcome = go(wanted, exchange)
    thread.join(10)

    assert outcome.exit_code() == 5
    assert outcome.reasons[0] == "stopped: the latch could not be reached 3 times in a row"
    assert exchange.orders == {}
    with pytest.raises(OutsideError, match="cannot reach the latch"):
        go(wanted, exchange)


def test_ctrl_c_ends_in_good_order(asked: LiveAsk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run without a planned end that is told to stop has ended as planned."""
    exchange = Exchange()
    interrupts: list[Interrupt] = []
    real = Interrupt.__init__

    def kept(self: Interrupt) -> None:
        real(self)
        interrupts.append(self)

    monkeypatch.setattr(Interrupt, "__init__", kept)

    def press() -> None:
        eventually(lambda: exchange.orders)
        interrupts[0].ask()

    thread = threading.Thread(target=press)
    thread.start()
    go(ask(tmp_path, duration_s=None), exchange)
    thread.join(10)

    assert exchange.orders == {}
    assert read_manifest(open_record(tmp_path / "out" / "live" / "latest").manifest).stopped_by == "plan"


def test_an_end_that_cannot_confirm_zero_says_so(
    asked: LiveAsk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A venue that is down at the end: exit 4, because the orders may be there."""
    exchange = Exchange()
    wanted = LiveAsk(Wanted(asked.wanted.profile, ("live.stop_s=0.3",)), out=asked.out, duration_s=0.4)

    def cut() -> None:
        eventually(lambda: exchange.orders)
        exchange.complete = False

    thread = threading.Thread(target=cut)
    thread.start()
    with pytest.raises(OutsideError, match="zero open orders are not confirmed"):
        go(wanted, exchange)
    thread.join(10)


def test_a_position_that_nobody_explains_is_not_traded_on(asked: LiveAsk, tmp_path: Path) -> None:
    """The second start finds another position than its books: refused, and nothing was sent."""
    exchange = Exchange()
    go(asked, exchange)
    exchange.position += 5
    exchange.asked.clear()

    with pytest.raises(RefusedError, match=r"position in BTCUSDT is 0\.000 here and 5"):
        go(asked, exchange)
    assert "place" not in exchange.asked
    found = reconcile(resolve(asked.wanted), lambda _: MemoryVenue(exchange))
    assert (found.exit_code(), found.data["unexplained"][0]["kind"]) == (1, "position")


def test_somebody_else_s_order_is_not_traded_beside(asked: LiveAsk) -> None:
    """Two hands on one symbol: a person has to say whose order that is."""
    exchange = Exchange()
    MemoryVenue(exchange).place(order(7))

    with pytest.raises(RefusedError, match="is open and not ours"):
        go(asked, exchange)
    assert len(exchange.orders) == 1


def test_another_symbol_s_order_is_no_concern(asked: LiveAsk) -> None:
    """Another instance of the account trades it; a clean end leaves it alone."""
    exchange = Exchange()
    MemoryVenue(exchange).place(order(7, "ETHUSDT"))
    go(asked, exchange)

    assert [one.handle.symbol for one in exchange.orders.values()] == ["ETHUSDT"]


def test_a_second_instance_is_refused_before_it_asks_for_a_key(
    asked: LiveAsk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit 5, and no line in the access log."""
    monkeypatch.delenv("A_SECRET")
    settings = resolve(asked.wanted).profile.live
    with seated(settings.account_folder, presence()), pytest.raises(RefusedError, match="another instance"):
        go(asked, Exchange())


def test_the_books_are_there_for_an_operator(asked: LiveAsk) -> None:
    """Orders without the bot and without the venue; agreement without the bot."""
    exchange = Exchange()
    go(asked, exchange)
    listed = orders(resolve(asked.wanted).profile, everything=True)
    agreed = reconcile(resolve(asked.wanted), lambda _: MemoryVenue(exchange))

    assert {row["status"] for row in listed.data["orders"]} == {"canceled"}
    assert listed.lines[-1] == "0 working orders"
    assert agreed.exit_code() == 0
    assert agreed.data["positions"] == {"BTCUSDT": "0"}
    again = reconcile(resolve(asked.wanted), lambda _: MemoryVenue(exchange))
    assert again.data["records"] == 0, "the second reconciliation finds nothing to do"


def test_a_compiled_bot_cannot_trade_live(asked: LiveAsk, tmp_path: Path) -> None:
    """Its code runs inside the simulated exchange, which is not there."""
    compiled = next(name for name, kind in BOTS if getattr(kind, "kernel", None))
    wanted = LiveAsk(Wanted(asked.wanted.profile, (f"bot.entry={compiled}",)), out=tmp_path / "out")
    with pytest.raises(SeatrialError, match="cannot trade live"):
        go(wanted, Exchange())


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_accounts_for_every_order(tmp_path: Path) -> None:
    """Over sockets: no order twice, none left, none unknown, and positions as the venue has them."""
    pytest.importorskip("ccxt", reason="the extra 'venues' is not installed")
    with serving(Bybit()) as bybit, filling(bybit):
        write_profile(tmp_path, bybit, "Churner")
        words = [sys.executable, "-m", "seatrial", "live", "run", "--profile", "drill.yaml", "--out", "out"]
        for round_ in range(5):
            wanted = len(bybit.account.orders) + 7 * round_ + 3
            child = subprocess.Popen(words, cwd=tmp_path, env=environment(), stderr=subprocess.DEVNULL)
            eventually(partial(has_orders, bybit, wanted), 20)
            child.kill()
            child.wait(10)
        code, document = command(tmp_path, "run", "--out", "out", "--for", "2s")
        assert code in {0, 1, 3}, document

        assert bybit.open_ids() == []
        assert command(tmp_path, "reconcile")[0] == 0
        assert command(tmp_path, "reconcile")[1]["records"] == 0
        _, listed = command(tmp_path, "orders", "--all")
        held = bybit.account.positions.get("BTCUSDT", {"size": "0"})["size"]
        assert Decimal(listed["positions"]["BTCUSDT"]) == Decimal(held)
        links = [order["orderLinkId"] for order in bybit.account.orders.values()]
        assert len(links) == len(set(links)) > 50
        known = {row["client_id"]: row for row in listed["orders"]}
        assert set(links) <= set(known), "an order at the venue that the log does not know"
        for order in bybit.account.orders.values():
            assert Decimal(known[order["orderLinkId"]]["filled"]) == Decimal(order["cumExecQty"])


def has_orders(bybit: Bybit, count: int) -> bool:
    """Whether the venue has seen so many."""
    return len(bybit.account.orders) > count


@contextmanager
def filling(bybit: Bybit) -> Iterator[None]:
    """Fill an order now and then, in whole or in part."""
    done, pause = threading.Event(), threading.Event()

    def fill() -> None:
        turn = 0
        while not done.is_set():
            turn += 1
            with bybit.lock:
                ids = bybit.open_ids()
                if ids:
                    order_id = ids[turn % len(ids)]
                    leaves = Decimal(bybit.account.orders[order_id]["leavesQty"])
                    bybit.execute(order_id, str(leaves if turn % 3 else min(leaves, Decimal("0.003"))))
            pause.wait(0.07)

    thread = threading.Thread(target=fill, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(10)
