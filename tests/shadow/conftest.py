"""What the tests of this room share: a Redis of the test's own, as the latch's tests have it."""

from tests.live.conftest import redis_server

__all__ = ["redis_server"]
