"""The latch in Redis: addresses, restarts, and a Sentinel that follows the master."""

import subprocess
from pathlib import Path

import pytest
from tests.live.conftest import Server, free_port
from tests.live.stage import NOW_NS

from seatrial.live.latch.channel import Channel, ChannelError, Place
from seatrial.live.latch.redis import CHANNEL, _sentinels
from seatrial.live.latch.witness import Witness
from seatrial.model.errors import UsageError
from seatrial.model.live_settings import LatchSettings


def channel(url: str, tmp_path: Path, password: str | None = None) -> Channel:
    """Open the place at an address."""
    return CHANNEL(Place("main", tmp_path, LatchSettings(channel="redis", place=url), password))


def witness(at: Channel, tmp_path: Path) -> Witness:
    """The latch as it has to be taken."""
    return Witness(at, "main", tmp_path, lambda: NOW_NS)


def test_a_restarted_redis_still_says_stop(redis_server: Server, tmp_path: Path) -> None:
    """While it is down nothing is known; when it is back the stop is still there."""
    one = witness(channel(redis_server.url, tmp_path), tmp_path)
    one.prepare()
    one.set("stop")
    redis_server.stop()
    with pytest.raises(ChannelError):
        one.look()

    redis_server.start()

    assert one.look().reason == "stop"
    one.channel.close()


def test_a_redis_that_forgot_is_set(redis_server: Server, tmp_path: Path) -> None:
    """A server without persistence loses the latch with its memory, and must not start the bot again."""
    one = witness(channel(redis_server.url, tmp_path), tmp_path)
    one.prepare()
    redis_server.stop()
    for file in (*tmp_path.rglob("*.aof"), *tmp_path.rglob("*.rdb"), *tmp_path.rglob("*.manifest")):
        file.unlink()
    redis_server.start()

    assert one.look().reason == "the latch is gone"
    assert witness(channel(redis_server.url, tmp_path), tmp_path).prepare().is_set
    one.channel.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis+sentinel://a:1,b:2/master", ([("a", 1), ("b", 2)], "master", 0)),
        ("redis+sentinel://a/master/3", ([("a", 26_379)], "master", 3)),
    ],
)
def test_a_sentinel_address_is_read(url: str, expected: object) -> None:
    """Hosts, the master's name, the database."""
    assert _sentinels(url) == expected


@pytest.mark.parametrize(
    "url", ["http://x", "redis+sentinel://a:1", "redis+sentinel:///m", "redis+sentinel://a:x/m"]
)
def test_a_wrong_address_is_named(url: str, tmp_path: Path) -> None:
    """Before the run, not at the moment of the stop."""
    pytest.importorskip("redis", reason="the extra 'redis' is not installed")
    with pytest.raises(UsageError, match=r"live\.latch\.place"):
        channel(url, tmp_path)


def test_a_password_has_no_place_in_a_profile() -> None:
    """A profile is kept in every record and repeated in every report."""
    with pytest.raises(ValueError, match="name the secret"):
        LatchSettings(channel="redis", place="redis://:hunter2@127.0.0.1:6379/0")


def test_a_sentinel_s_master_is_found(redis_server: Server, tmp_path: Path) -> None:
    """The address stays the same when the master moves."""
    port = free_port()
    config = tmp_path / "sentinel.conf"
    config.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {tmp_path}\n"
        f"sentinel monitor harbour 127.0.0.1 {redis_server.port} 1\n"
    )
    words = ["redis-server", str(config), "--sentinel"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as sentinel:
        try:
            assert sentinel.stdout
            for line in sentinel.stdout:
                if b"+monitor master harbour" in line:
                    break
            one = witness(channel(f"redis+sentinel://127.0.0.1:{port}/harbour", tmp_path), tmp_path)
            one.set("stop")
            assert witness(channel(redis_server.url, tmp_path), tmp_path).look().reason == "stop"
            one.channel.close()
        finally:
            sentinel.kill()
