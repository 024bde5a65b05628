"""
A primary, two replicas and three Sentinels on the loopback, with the settings that a drill is about.

The recommended settings refuse a write that no replica has taken lately, and look long enough before
they depose a primary that is only slow.
"""

import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Final

from ...model.config import Config
from ...model.errors import OutsideError
from ..place import Place, free_ports, wait_for

SERVICE: Final = "seatrial"
HOST: Final = "127.0.0.1"
START_S: Final = 15.0
_SERVER: Final = """
port {port}
bind 127.0.0.1
protected-mode no
save ""
appendonly no
repl-diskless-sync yes
repl-diskless-sync-delay 0
repl-backlog-size 16mb
client-output-buffer-limit replica 0 0 0
min-replicas-to-write {min_replicas}
min-replicas-max-lag {max_lag_s}
repl-ping-replica-period 1
daemonize no
dir {folder}
"""
_SENTINEL: Final = """
port {port}
bind 127.0.0.1
protected-mode no
dir {folder}
sentinel monitor seatrial 127.0.0.1 {primary} {quorum}
sentinel down-after-milliseconds seatrial {down_after_ms}
sentinel failover-timeout seatrial {failover_timeout_ms}
sentinel parallel-syncs seatrial 1
"""


class FleetSettings(Config):
    """What matters of the settings of Redis and Sentinel."""

    min_replicas: int = 1
    max_lag_s: int = 2
    down_after_ms: int = 2_000
    failover_timeout_ms: int = 10_000
    sentinels: int = 3
    quorum: int = 2
    replicas: int = 2


@dataclass
class Server:
    """One process of the fleet."""

    name: str
    port: int
    process: subprocess.Popen[bytes]


class Fleet:
    """The servers of one drill, by name; started whole or not at all."""

    def __init__(self, place: Place, settings: FleetSettings) -> None:
        self.place, self.settings = place, settings
        self.servers: dict[str, Server] = {}
        self.sentinels: list[int] = []

    def start(self) -> "Fleet":
        """Start the servers and wait until every Sentinel knows of every other and of both replicas."""
        missing = [name for name in ("redis-server", "redis-sentinel") if shutil.which(name) is None]
        if missing:
            raise OutsideError(
                f"{missing[0]} is not installed", fix="apt-get install redis-server redis-sentinel"
            )
        ports = free_ports(1 + self.settings.replicas + self.settings.sentinels)
        primary, others = ports[0], ports[1 : 1 + self.settings.replicas]
        self._server("redis-0", primary, "")
        wait_for("the primary's start", lambda: self._answers(primary), START_S, time.sleep)
        for number, port in enumerate(others, 1):
            self._server(f"redis-{number}", port, f"replicaof 127.0.0.1 {primary}\n")
        wait_for("replication", lambda: self._online(primary) == len(others), START_S, time.sleep)
        self.sentinels = ports[1 + self.settings.replicas :]
        for number, port in enumerate(self.sentinels):
            path = self.place.folder / f"sentinel-{number}.conf"
            values = {"port": port, "primary": primary, "folder": self.place.folder}
            path.write_text(_SENTINEL.format(**values, **self.settings.model_dump()))
            command = ["redis-sentinel", str(path)]
            self.servers[f"sentinel-{number}"] = Server(
                f"sentinel-{number}", port, self.place.start(command, f"sentinel-{number}")
            )
        wait_for("the Sentinels' agreement", self._agreed, START_S, time.sleep)
        return self

    def client(self, port: int, timeout_s: float = 0.5) -> Any:
        """Return a client of one server that gives up soon and retries nothing by itself."""
        from redis import Redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        return Redis(
            host=HOST, port=port, socket_timeout=timeout_s, socket_connect_timeout=timeout_s,
            retry=Retry(NoBackoff(), 0), decode_responses=True,
        )  # fmt: skip

    def primary(self) -> Server | None:
        """Return the server that a majority of the Sentinels calls primary, None when they disagree."""
        votes: dict[int, int] = {}
        for port in self.sentinels:
            told = self._asked(port, lambda client: client.sentinel_get_master_addr_by_name(SERVICE))
            if told:
                votes[int(told[1])] = votes.get(int(told[1]), 0) + 1
        for port, count in votes.items():
            if count * 2 > len(self.sentinels):
                return next((server for server in self.servers.values() if server.port == port), None)
        return None

    def alive(self, server: Server) -> bool:
        """Whether a server answers."""
        return self._answers(server.port)

    def _server(self, name: str, port: int, more: str) -> None:
        path = self.place.folder / f"{name}.conf"
        values = {"port": port, "folder": self.place.folder}
        path.write_text(_SERVER.format(**values, **self.settings.model_dump()) + more)
        self.servers[name] = Server(name, port, self.place.start(["redis-server", str(path)], name))

    def _answers(self, port: int) -> bool:
        return bool(self._asked(port, lambda client: client.ping()))

    def _online(self, port: int) -> int:
        info = self._asked(port, lambda client: client.info("replication")) or {}
        found = [value for key, value in info.items() if key.startswith("slave") and isinstance(value, dict)]
        return sum(value.get("state") == "online" for value in found)

    def _agreed(self) -> bool:
        for port in self.sentinels:
            told = self._asked(port, lambda client: client.sentinel_master(SERVICE)) or {}
            others = told.get("num-other-sentinels", 0), told.get("num-slaves", 0)
            if others != (self.settings.sentinels - 1, self.settings.replicas):
                return False
        return True

    def _asked(self, port: int, ask: Any) -> Any:
        from redis import RedisError

        client = self.client(port)
        try:
            return ask(client)
        except RedisError:
            return None
        finally:
            client.close()
