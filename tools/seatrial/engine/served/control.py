"""
The control endpoint: how a drill steps time, sets faults and asks how things stand.

It is not part of the venue. Its address holds a token made of the API secret, so that a web page
or a neighbour that can reach the port still cannot set faults.
"""

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
from pydantic import ValidationError

from ...model.errors import UsageError
from ...model.profile import ScheduledFault
from .answers import Fields
from .wire import Reply, Request
from .wire_faults import NAMES, Fault

if TYPE_CHECKING:
    from .exchange import Exchange

STEP_MS_MAX = 31 * 86_400_000
SLICE_NS = 20_000_000


class Control:
    """Answers `<control>/...`; everything is JSON, errors say `error`."""

    def __init__(self, exchange: "Exchange", secret: str) -> None:
        self._exchange = exchange
        self.token = hmac.new(secret.encode(), b"control", sha256).hexdigest()[:32]

    @property
    def path(self) -> str:
        """Return where control is, beginning with a slash."""
        return f"/control/{self.token}"

    def answer(self, request: Request) -> Reply:
        """Answer one request."""
        token, _, verb = request.path.removeprefix("/control/").partition("/")
        if not hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode()):
            return _said(404, {"error": "there is nothing here"})
        done = {
            ("GET", "state"): lambda _: self.state(),
            ("GET", "faults"): lambda _: {"faults": self._faults(), "bites": self._exchange.faults.bites},
            ("POST", "step"): self._step,
            ("POST", "faults"): self._add,
            ("DELETE", "faults"): self._lift,
        }.get((request.method, verb))
        if done is None:
            return _said(404, {"error": f"no {request.method} {verb[:32]}", "verbs": "state, step, faults"})
        try:
            body = orjson.loads(request.body) if request.body else {}
            if not isinstance(body, dict):
                return _said(400, {"error": "the body is not a JSON object"})
            return _said(200, done(body))
        except (orjson.JSONDecodeError, UsageError, ValidationError, ValueError) as error:
            return _said(400, {"error": str(error).splitlines()[0]})

    def state(self) -> Fields:
        """Return where time, orders and faults are."""
        exchange = self._exchange
        venue, counts = exchange.venue, exchange.venue.counts
        return {
            "market_ns": venue.now_ns,
            "shown_ms": exchange.clock.shown_ms(venue.now_ns),
            "shift_ns": exchange.clock.shift_ns,
            "speed": exchange.clock.speed,
            "orders": counts.orders,
            "fills": counts.fills,
            "events": counts.events,
            "open_orders": len(venue.orders.open),
            "sockets": len(exchange.sockets),
            "errors": exchange.errors,
            "faults": self._faults(),
        }

    def _step(self, body: Fields) -> Fields:
        """Move stepped time on by `ms` (market milliseconds)."""
        clock, exchange = self._exchange.clock, self._exchange
        if not clock.stepped:
            raise UsageError("time runs by itself", fix="start with --speed 0 to step it")
        length = body.get("ms")
        if isinstance(length, bool) or not isinstance(length, int | float) or not 0 < length <= STEP_MS_MAX:
            raise UsageError(f"ms is a number up to {STEP_MS_MAX}")
        until = exchange.venue.now_ns + int(length * 1e6)
        while exchange.venue.now_ns < until:
            # Streams are told in between, as they would have been had time run.
            slice_ns = SLICE_NS if exchange.sockets else until
            exchange.run_to(min(until, exchange.venue.now_ns + slice_ns))
            clock.step(exchange.venue.now_ns)
            exchange.publish()
        return self.state()

    def _add(self, body: Fields) -> Fields:
        """Set a fault, from now on or `at_s` seconds from now."""
        asked = ScheduledFault.model_validate({"at_s": 0, **body})
        exchange = self._exchange
        exchange.faults.add(asked, exchange.venue.now_ns)
        for fault in exchange.faults.tick(exchange.venue.now_ns):
            exchange.begin(fault)
        return {"faults": self._faults()}

    def _lift(self, body: Fields) -> Fields:
        """End the named faults, or all."""
        names = body.get("names")
        wanted = [str(name) for name in names] if isinstance(names, list) else list(NAMES)
        self._exchange.lift(wanted)
        return {"faults": self._faults()}

    def _faults(self) -> list[Fields]:
        return [_told(fault) for fault in self._exchange.faults.faults]


def _told(fault: Fault) -> Fields:
    return {
        "fault": fault.name,
        "from_ns": fault.from_ns,
        "until_ns": fault.until_ns,
        "ratio": fault.ratio,
        "value_ms": fault.value_ms,
    }


def _said(status: int, fields: dict[str, Any]) -> Reply:
    return Reply(status, orjson.dumps(fields))
