"""
The leader lock's store on Redis with Sentinel: three scripts, and who is the primary in which epoch.

A fence is (epoch, count). The epoch is the Sentinels' configuration epoch, which every failover raises:
a primary that was promoted without the last grants still gives larger fences than the one before. The
count is at least the server's clock in microseconds, so that a server which restarts empty within its
epoch does not begin again. WAIT tells whether a replica has the grant; nobody believes in one that is
on a single server.
"""

from collections.abc import Sequence
from typing import Any, Final

from ..lock.leader import Answer, Ask

_GRANT: Final = """
if redis.call('GET', KEYS[1]) then return false end
local t = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local count = math.max(tonumber(t[1]) * 1000000 + tonumber(t[2]), last + 1)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('SET', KEYS[2], string.format('%.0f', count))
return string.format('%.0f', count)
"""
_RENEW: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return '1'
"""
_RELEASE: Final = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('DEL', KEYS[1])
return '1'
"""
_SCRIPTS: Final = {"grant": _GRANT, "renew": _RENEW, "release": _RELEASE}
WAIT_MS: Final = 200


class SentinelLockStore:
    """Asks the primary of the newest epoch that the Sentinels know; None is an answer not heard."""

    def __init__(
        self, sentinels: Sequence[tuple[str, int]], service: str, name: str, *, timeout_s: float = 0.5
    ) -> None:
        self.sentinels, self.service, self.timeout_s = tuple(sentinels), service, timeout_s
        self.keys = (f"{{{name}}}:holder", f"{{{name}}}:count")
        self.epoch = 0
        self._primary: Any = None
        self.address: tuple[str, int] | None = None

    def ask(self, ask: Ask) -> Answer | None:
        """Carry out one request; after anything unheard the primary is looked for anew."""
        from redis import RedisError

        try:
            client = self._client()
            if client is None:
                return self._unsent(ask)
            told = client.eval(_SCRIPTS[ask.kind], 2, *self.keys, ask.token, max(1, ask.ttl_ns // 1_000_000))
            if told is None:
                return Answer(done=False)
            replicated = ask.kind == "release" or int(client.execute_command("WAIT", 1, WAIT_MS)) >= 1
            fence = (self.epoch, int(told)) if ask.kind == "grant" else None
            return Answer(True, fence, replicated)
        except (RedisError, OSError):
            self.close()
            return None

    @staticmethod
    def _unsent(ask: Ask) -> Answer | None:
        """Return the answer to what was never sent: no grant for certain, and no news about a hold."""
        return Answer(done=False) if ask.kind == "grant" else None

    def close(self) -> None:
        """Let go of the primary."""
        if self._primary is not None:
            self._primary.close()
        self._primary = None

    def _client(self) -> Any:
        from redis import RedisError

        if self._primary is None:
            found = self._discover()
            if found is None:
                return None
            self.epoch, host, port = found
            self.address = (host, port)
            self._primary = self._connect(host, port)
        try:
            # Asked first, so that what fails after this may have happened and what fails here has not.
            self._primary.ping()
        except (RedisError, OSError):
            self.close()
        return self._primary

    def _discover(self) -> tuple[int, str, int] | None:
        """Return (epoch, host, port) of the newest epoch that the Sentinels who answer know."""
        from redis import RedisError

        views = []
        for host, port in self.sentinels:
            client = self._connect(host, port)
            try:
                told = client.sentinel_master(self.service)
                views.append((int(told["config-epoch"]), str(told["ip"]), int(told["port"])))
            except (RedisError, OSError, KeyError):
                continue
            finally:
                client.close()
        # Fewer than half may be the cut-off side, whose newest epoch is an old one.
        return max(views) if len(views) * 2 > len(self.sentinels) else None

    def _connect(self, host: str, port: int) -> Any:
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        return Redis(
            host=host, port=port, socket_timeout=self.timeout_s, socket_connect_timeout=self.timeout_s,
            retry=Retry(NoBackoff(), 0), decode_responses=True,
        )  # fmt: skip
