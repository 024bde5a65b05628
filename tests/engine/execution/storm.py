"""
A trader to be killed: recovers, reconciles, and sends orders as fast as it can until it dies.

Usage: storm.py VENUE LOG SEED [count]. A dot goes out with each step, so that whoever kills it can
count. With a count it ends by itself, cancels everything,
reconciles and prints its books as JSON.
"""

import json
import sys
from pathlib import Path
from random import Random

from tests.engine.execution.market import FREE, OPENING, PERP
from tests.engine.venue.process import Remote

from seatrial.engine.execution.core import Execution
from seatrial.engine.execution.order import Order
from seatrial.engine.execution.reconcile import Patience, Reconciled, Reconciler
from seatrial.engine.execution.recovery import DurableLog, in_flight, recover
from seatrial.engine.venue_gateway import VenueGateway
from seatrial.engine.venue_view import VenueView
from seatrial.model.risk import RiskSettings
from seatrial.store.order_log import OrderLog

REFUSED = {"new": "reject", "cancel": "cancel_rejected", "amend": "replace_rejected"}


class Trader:
    """One life of a trader."""

    def __init__(self, address: str, path: Path, seed: int) -> None:
        self.venue, self.draws = Remote(address), Random(seed)
        self.log = OrderLog.open(path)
        self.log.begin(0, 1, "storm")
        blotter = recover(self.log, [PERP], fees=FREE, opening=OPENING)
        self.gateway = VenueGateway(self.venue, [PERP], self.log.client_id, workers=2)
        self.core = Execution(
            blotter, self.gateway, VenueView([PERP], stale_ms=1e9), RiskSettings(), lambda *_, **__: None,
            log=DurableLog(self.log, blotter),
        )  # fmt: skip
        self.reconciler = Reconciler(self.core, self.venue, patience=Patience(grace_ms=0, queries_max=10_000))
        self.core.now_ns = self.venue.server_ns()
        for order in in_flight(blotter):
            self.core.record("timeout", order.order_id)

    def settle(self) -> Reconciled:
        """Reconcile until the books agree, a few times at most."""
        for _ in range(10):
            found = self.reconciler.run(self.venue.server_ns())
            if found.settled:
                break
        return found

    def answers(self) -> None:
        """Take what has come back."""
        self.core.now_ns += 1_000
        for reply in self.gateway.replies():
            kind, number, answer = reply.request.kind, reply.request.number, reply.answer
            if answer.outcome == "unknown":
                self.core.record("timeout", number)
            elif answer.outcome == "rejected":
                self.core.record(REFUSED[kind], number)
            elif kind == "new":
                self.core.record("accept", number, answer.venue_id)

    def step(self) -> None:
        """Do something."""
        self.answers()
        draws = self.draws
        live = list(self.core.orders)
        if live and draws.random() < 0.3:
            self.core.cancel(draws.choice(live))
        elif live and draws.random() < 0.2:
            self.core.amend(draws.choice(live), 1000 + draws.randrange(5), 20 + draws.randrange(5))
        elif len(live) < 40:
            self.core.submit(
                Order(0, "", 0, draws.randrange(2), 1000 + draws.randrange(5), 1 + draws.randrange(9), "gtc")
            )
        if draws.random() < 0.02:
            self.reconciler.run(self.venue.server_ns())
        self.core.flush()

    def books(self) -> dict[str, object]:
        """End, and say where everything stands."""
        for _ in range(10):
            self.core.cancel_all()
            self.core.flush()
            while self.gateway.in_flight:
                self.answers()
            found = self.settle()
            if not self.core.orders:
                break
        ledger = self.core.blotter.account.ledgers[0]
        return {
            "settled": found.settled,
            "unexplained": [each.detail for each in found.unexplained] + found.unanswered,
            "position": str(PERP.qty(ledger.lots)),
            "open": sorted(order.client_id for order in self.core.orders.values()),
            "second_records": self.reconciler.run(self.venue.server_ns()).records,
            "fees": str(ledger.fees),
        }


def main() -> None:
    """Live, perhaps to the end."""
    trader = Trader(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))
    found = trader.settle()
    sys.stdout.write("trading\n" if found.settled else f"refused {found.unexplained}\n")
    sys.stdout.flush()
    count = int(sys.argv[4]) if len(sys.argv) > 4 else sys.maxsize
    for _ in range(count):
        trader.step()
        sys.stdout.write(".")
        sys.stdout.flush()
    json.dump(trader.books(), sys.stdout)


if __name__ == "__main__":
    main()
