"""
The primary of a real Sentinel set-up dies, or stands still and comes back, while clients write.

What is promised: writes go on within the recovery time, no acknowledged write is lost, and one fault
makes one failover. The recommended settings keep it, and each wrong set-up breaks it.
"""

from itertools import pairwise
from typing import Any

from ...store.clock import monotonic_ns
from ..conduct import Plan
from ..fault.interface import Scene
from ..redis.fleet import SERVICE, Fleet, FleetSettings, Server
from ..redis.lint import lint
from ..redis.writers import Write, Writers
from .interface import Drill, has_redis

FRESH_NS = 1_000_000_000
WRONG_KILL = ("never-reconnects", "quorum-too-high")
WRONG_PAUSE = ("no-min-replicas",)


class FailoverTrial:
    """A fleet, its writers, and what became of the writes."""

    def __init__(self, plan: Plan, settings: FleetSettings, *, wait: bool, roams: bool, staying: int) -> None:
        self.plan, self.settings, self.wait, self.roams, self.staying = plan, settings, wait, roams, staying
        self.fleet: Fleet | None = None
        self.writers: Writers | None = None
        self.first: Server | None = None
        self.told: dict[str, Any] = {}

    def set_up(self, scene: Scene) -> None:
        """Start the fleet and the writers; the primary is the fault's target."""
        self.fleet = Fleet(scene.place, self.settings).start()
        self.first = self.fleet.servers["redis-0"]
        scene.processes["primary"] = self.first.process.pid
        self.writers = Writers(self.fleet, self.wait, self.roams)
        self.writers.start(roaming=2, staying=self.staying)

    def unsteady(self, scene: Scene) -> str | None:
        """Whether writes are acknowledged, since the fault by somebody else than the faulty one."""
        assert self.writers
        age = monotonic_ns() - self.writers.last_ack_ns()
        return None if age < FRESH_NS else "no write was acknowledged within the last second"

    def finish(self, scene: Scene) -> list[str]:
        """Stop the writers, read everything back from the final primary, and count."""
        assert self.writers
        assert self.fleet
        self.writers.stop()
        final = self.fleet.primary()
        acked = self.writers.acked
        if final is None or not self.fleet.alive(final):
            self.told = {"exercised": len(acked), "acked": len(acked), "lost": None}
            return ["no primary at the end"]
        lost = self._lost(final, acked)
        failovers = self._epoch()
        self.told = self._measured(acked, lost, final) | {"failovers": failovers}
        broken = [f"{len(lost)} acknowledged writes were lost"] if lost else []
        if self.plan.fault is not None and failovers > 1:
            broken.append(f"one fault made {failovers} failovers")
        return broken

    def stop(self) -> None:
        """Stop the writers."""
        if self.writers is not None:
            self.writers.stop()

    def metrics(self) -> dict[str, Any]:
        """Return what was measured, and what the settings say by themselves."""
        return {**self.told, "settings": lint(self.settings, wait=self.wait)}

    def _lost(self, final: Server, acked: list[Write]) -> list[Write]:
        assert self.fleet
        client = self.fleet.client(final.port, timeout_s=10)
        there: set[str] = set()
        for start in range(0, len(acked), 1_000):
            keys = [write.key for write in acked[start : start + 1_000]]
            there |= {key for key, value in zip(keys, client.mget(keys), strict=True) if value is not None}
        client.close()
        return [write for write in acked if write.key not in there]

    def _epoch(self) -> int:
        assert self.fleet
        epochs = [0]
        for port in self.fleet.sentinels:
            client = self.fleet.client(port)
            epochs.append(int(client.sentinel_master(SERVICE)["config-epoch"]))
            client.close()
        return max(epochs)

    def _measured(self, acked: list[Write], lost: list[Write], final: Server) -> dict[str, Any]:
        assert self.writers
        assert self.first
        old = [write.at_ns for write in acked if write.port == self.first.port]
        new = [write.at_ns for write in acked if write.port != self.first.port]
        times = sorted(write.at_ns for write in acked)
        gaps = [after - before for before, after in pairwise(times)]
        overlap = max(0, max(old) - min(new)) if old and new else 0
        return {
            "exercised": len(acked),
            "tried": self.writers.tried,
            "acked": len(acked),
            "refused": self.writers.refused,
            "lost": len(lost),
            "lost_on_old_primary": sum(write.port == self.first.port for write in lost),
            "longest_gap_ms": round(max(gaps, default=0) / 1e6, 1),
            "two_leaders_ms": round(overlap / 1e6, 1),
            "moved": final.port != self.first.port,
            "errors": dict(sorted(self.writers.errors.items())),
        }


def _killed(wrong: str | None, disarmed: bool) -> FailoverTrial:  # noqa: FBT001 - every drill is made alike
    plan = Plan(None if disarmed else "process-kill", "primary", hold_s=3.0, recover_s=10.0, settle_s=8.0)
    settings = FleetSettings(quorum=4 if wrong == "quorum-too-high" else 2)
    return FailoverTrial(plan, settings, wait=True, roams=wrong != "never-reconnects", staying=0)


def _paused(wrong: str | None, disarmed: bool) -> FailoverTrial:  # noqa: FBT001 - every drill is made alike
    plan = Plan(None if disarmed else "process-pause", "primary", hold_s=7.0, recover_s=15.0, settle_s=14.0)
    careless = wrong == "no-min-replicas"
    settings = FleetSettings(min_replicas=0 if careless else 1)
    return FailoverTrial(plan, settings, wait=not careless, roams=True, staying=1)


REDIS_FAILOVER = Drill(
    "redis-failover", "kill the primary while clients write", has_redis, _killed, WRONG_KILL
)  # fmt: skip
REDIS_PAUSE = Drill(
    "redis-pause", "stop the primary, let it come back, count what it took", has_redis, _paused, WRONG_PAUSE
)  # fmt: skip
