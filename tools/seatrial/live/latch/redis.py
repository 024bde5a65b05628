"""
The latch in Redis, for bots that run on several machines; a Sentinel address follows the master.

Replication there is asynchronous, so a failover can lose the newest state: the witness notices a
state that went back or is gone, and takes it as set.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from pydantic import ValidationError

from ...model.errors import UsageError, Where
from ...store.heartbeat import boot_id
from .channel import Change, Channel, ChannelError, Place, understood
from .state import Ack, Latch, Presence

if TYPE_CHECKING:
    from redis import Redis

Model = TypeVar("Model", Ack, Presence)
_SENTINEL_PORT = 26_379


class RedisChannel:
    """Three keys of one account: the latch, a hash of answers, a hash of instances."""

    def __init__(self, client: "Redis", account: str, where: str) -> None:
        self.where = where
        self._client, self._account = client, account
        self._latch, self._acks, self._instances = (
            f"seatrial:{account}:{name}" for name in ("latch", "acks", "instances")
        )

    def read(self) -> Latch | None:
        """Return the state; one GET."""
        with self._reached():
            data = self._client.get(self._latch)
        return None if data is None else understood(data, self._account)

    def change(self, change: Change) -> Latch:
        """Replace the state in a transaction that a second writer makes start again."""
        latch: list[Latch] = []

        def write(pipe: Any) -> None:
            data = pipe.get(self._latch)
            latch.append(change(None if data is None else understood(data, self._account)))
            pipe.multi()
            pipe.set(self._latch, latch[-1].model_dump_json())

        with self._reached():
            self._client.transaction(write, self._latch)
        return latch[-1]

    def acknowledge(self, ack: Ack) -> None:
        """Put the answer into the hash."""
        with self._reached():
            self._client.hset(self._acks, ack.instance, ack.model_dump_json())

    def acks(self) -> tuple[Ack, ...]:
        """Return every answer that can be read."""
        return self._all(self._acks, Ack)

    @contextmanager
    def present(self, presence: Presence) -> Iterator[None]:
        """Stand in the hash of instances; a crash leaves the entry, which then counts as running."""
        with self._reached():
            self._client.hset(self._instances, presence.instance, presence.model_dump_json())
        try:
            yield
        finally:
            # What stays behind is asked for its acknowledgement: that errs on the safe side.
            with suppress(ChannelError), self._reached():
                self._client.hdel(self._instances, presence.instance)

    def running(self) -> tuple[Presence, ...]:
        """Return the instances; of this machine's, only those whose process lives."""
        return tuple(one for one in self._all(self._instances, Presence) if not _is_dead(one))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _all(self, key: str, model: type[Model]) -> tuple[Model, ...]:
        with self._reached():
            values = self._client.hgetall(key)
        found = []
        for _, data in sorted(values.items()):
            with suppress(ValidationError):
                found.append(model.model_validate_json(data))
        return tuple(found)

    @contextmanager
    def _reached(self) -> Iterator[None]:
        from redis.exceptions import RedisError

        try:
            yield
        except (RedisError, OSError) as error:
            raise ChannelError(f"cannot reach the latch at {self.where}: {error}") from error


def _is_dead(presence: Presence) -> bool:
    """Return whether an instance of this very boot has ended; of another machine nobody knows."""
    import psutil

    if presence.boot_id != boot_id():
        return False
    try:
        started_ns = int(psutil.Process(presence.pid).create_time() * 1_000) * 1_000_000
    except psutil.NoSuchProcess:
        return True
    return abs(started_ns - presence.pid_started_ns) > 10**9


def _open(place: Place) -> Channel:
    try:
        import redis  # noqa: F401 -- asked for here, so that the error names the extra
    except ImportError as error:
        raise UsageError(
            "the latch channel 'redis' needs a package that is not installed",
            where=Where(field="live.latch.channel"),
            fix="pip install 'seatrial[redis]'",
        ) from error
    url = place.settings.place or "redis://127.0.0.1:6379/0"
    patience_s = place.settings.timeout_ms / 1_000
    return RedisChannel(_client(url, place.password, patience_s), place.account, url)


def _client(url: str, password: str | None, patience_s: float) -> "Redis":
    from redis import Redis
    from redis.sentinel import Sentinel

    # Bounded and without retries of its own: the watcher counts misses, and must see them.
    bounds = {
        "socket_timeout": patience_s,
        "socket_connect_timeout": patience_s,
        "retry": None,
        "password": password,
    }
    try:
        if not url.startswith("redis+sentinel://"):
            return Redis.from_url(url, **bounds)
        hosts, service, database = _sentinels(url)
        quiet = {key: value for key, value in bounds.items() if key != "password"}
        sentinel: Any = Sentinel(hosts, sentinel_kwargs=quiet)  # type: ignore[no-untyped-call]
        master: Redis = sentinel.master_for(service, db=database, **bounds)
        return master
    except ValueError as error:
        raise UsageError(
            f"{url!r} is not an address of Redis: {error}",
            where=Where(field="live.latch.place"),
            fix="write redis://host:port/0, rediss://... or redis+sentinel://host:port,host:port/service/0",
        ) from error


def _sentinels(url: str) -> tuple[list[tuple[str, int]], str, int]:
    """Return the hosts, the name of the master and the database of a Sentinel address."""
    parts = urlsplit(url)
    service, _, database = parts.path.strip("/").partition("/")
    if not parts.netloc or not service:
        raise ValueError("a Sentinel address needs hosts and the name of its master")
    hosts = []
    for text in parts.netloc.split(","):
        host, _, port = text.rpartition(":") if ":" in text else (text, "", str(_SENTINEL_PORT))
        hosts.append((host, int(port)))
    return hosts, service, int(database or 0)


CHANNEL = _open
