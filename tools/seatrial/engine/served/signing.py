"""
Who may speak: HMAC-SHA256 signatures with a receive window, for REST and for WebSockets.

REST signs timestamp, key, window and the query (GET) or the body (POST), exactly as sent.
"""

import hmac
from dataclasses import dataclass

from .clock import VenueClock
from .refusals import BAD_KEY, BAD_SIGN, PARAMS, STALE, Refusal
from .wire import Request

WINDOW_MS = 5_000
WINDOW_MS_MAX = 60_000


@dataclass(frozen=True)
class Keys:
    """The one key pair of this exchange; empty ones let nobody in."""

    key: str = ""
    secret: str = ""


class Guard:
    """Checks signatures by the venue's rules and in its order: key, time, signature."""

    def __init__(self, keys: Keys, clock: VenueClock) -> None:
        self._clock = clock
        self._key, self._secret = keys.key, keys.secret.encode()
        self._open = bool(keys.key and keys.secret)

    def check(self, request: Request) -> None:
        """Let a signed REST request pass, or raise the venue's refusal."""
        headers = request.headers
        key, sign = headers.get("x-bapi-api-key", ""), headers.get("x-bapi-sign", "")
        stamp, window = headers.get("x-bapi-timestamp", ""), headers.get("x-bapi-recv-window", "")
        self._known(key)
        sent_ms, window_ms = _number(stamp, "timestamp"), _number(window or str(WINDOW_MS), "recv_window")
        self._timely(sent_ms, window_ms)
        said = request.body if request.method == "POST" else request.query.encode("latin-1")
        if not self._signed(f"{stamp}{key}{window}".encode() + said, sign):
            raise Refusal(BAD_SIGN, "error sign! please check your signature generation algorithm.")

    def check_login(self, args: list[object]) -> None:
        """Let a WebSocket log in with [key, expires, signature], or raise the refusal."""
        if len(args) != 3:
            raise Refusal(PARAMS, "params error: auth takes key, expires and signature")
        key, expires, sign = (str(part) for part in args)
        self._known(key)
        if _number(expires, "expires") <= self._clock.earliest_ms():
            raise Refusal(BAD_SIGN, "Params Error: expires has passed")
        if not self._signed(f"GET/realtime{expires}".encode(), sign):
            raise Refusal(BAD_SIGN, "Params Error: signature does not fit")

    def check_stamp(self, headers: dict[str, object]) -> None:
        """Let a request on the trade WebSocket pass by its own time stamp."""
        if "X-BAPI-TIMESTAMP" not in headers:
            raise Refusal(PARAMS, "params error: header X-BAPI-TIMESTAMP is missing")
        window = str(headers.get("X-BAPI-RECV-WINDOW", WINDOW_MS))
        self._timely(_number(str(headers["X-BAPI-TIMESTAMP"]), "timestamp"), _number(window, "recv_window"))

    def _known(self, key: str) -> None:
        # The key goes over the wire in the clear; only signatures have to be compared blindly.
        if not self._open or key != self._key:
            raise Refusal(BAD_KEY)

    def _timely(self, sent_ms: int, window_ms: int) -> None:
        if not self._clock.is_timely(sent_ms, min(window_ms, WINDOW_MS_MAX)):
            raise Refusal(
                STALE,
                "invalid request, please check your server timestamp or recv_window param. "
                f"req_timestamp[{sent_ms}],server_timestamp[{self._clock.time_ms()}],recv_window[{window_ms}]",
            )

    def _signed(self, said: bytes, sign: str) -> bool:
        wanted = hmac.digest(self._secret, said, "sha256").hex()
        return hmac.compare_digest(wanted.encode(), sign.lower().encode("utf-8", "replace"))


def _number(text: str, field: str) -> int:
    # `isdigit` takes digits of every script, and a number of a million digits takes a minute to read.
    if not (text.isascii() and text.isdigit() and len(text) <= 19):
        raise Refusal(PARAMS, f"params error: {field} invalid")
    return int(text)
