"""
Three contenders for the leader lock on a real Sentinel set-up whose primary is killed.

One of them is stalled now and then for longer than its lock lives, between looking at its clock and
writing. Its write must be refused by what the lock guards; the whole history is judged afterwards.
"""

import threading
import time
from itertools import count
from pathlib import Path
from typing import Any, Final

import orjson

from ...store.clock import monotonic_ns
from ..conduct import Plan
from ..fault.interface import Scene
from ..history.check import CHECKERS
from ..history.read import read
from ..lock.guard import FenceGuard
from ..lock.leader import Answer, Ask, Fence, LeaderLock
from ..redis.fleet import HOST, SERVICE, Fleet, FleetSettings
from ..redis.lock_store import SentinelLockStore
from .interface import Drill, has_redis

TTL_NS: Final = 1_500_000_000
FRESH_NS: Final = 6_000_000_000
WORK_S: Final = 0.1


class LockTrial:
    """Contenders, the guarded resource, and the history of both."""

    def __init__(self, plan: Plan, off: str | None) -> None:
        self.plan, self.off = plan, off
        self.guard = FenceGuard(off=off)
        self.rows: list[dict[str, Any]] = []
        self.written_ns = self.admitted = 0
        self._mutex, self._stop = threading.Lock(), threading.Event()
        self._threads: list[threading.Thread] = []
        self.answer, self.reason = "unknown", ""

    def set_up(self, scene: Scene) -> None:
        """Start the fleet and the contenders."""
        fleet = Fleet(scene.place, FleetSettings()).start()
        scene.processes["primary"] = fleet.servers["redis-0"].process.pid
        sentinels = [(HOST, port) for port in fleet.sentinels]
        for name in ("a", "b", "c"):
            store = SentinelLockStore(sentinels, SERVICE, "drill")
            thread = threading.Thread(target=self._contend, args=(name, store), daemon=True)
            self._threads.append(thread)
            thread.start()

    def unsteady(self, scene: Scene) -> str | None:
        """Whether some leader writes."""
        fresh = monotonic_ns() - self.written_ns < FRESH_NS
        return None if fresh else f"no leader has written for {FRESH_NS / 1e9:g} s"

    def finish(self, scene: Scene) -> list[str]:
        """Stop the contenders and judge the history."""
        self.stop()
        path = Path(scene.place.folder) / "lock.jsonl"
        path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in self.rows))
        found = CHECKERS.get("lock")(read(path), 30)
        self.answer, self.reason = found.history, found.reason
        broken = [f"the lock's history is invalid: {found.reason}"] if found.history == "invalid" else []
        if found.history == "unknown":
            broken.append(f"the lock's history proves nothing: {found.reason}")
        if not self.guard.refused and self.off != "fence":
            broken.append("no late write was ever refused, so the fence was not tested")
        return broken

    def stop(self) -> None:
        """Stop the contenders."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=10)

    def metrics(self) -> dict[str, Any]:
        """Return what was counted."""
        grants = [row for row in self.rows if row["op"] == "acquire" and row["type"] == "ok"]
        return {
            "exercised": self.admitted,
            "holds": len(grants),
            "epochs": len({row["fence"][0] for row in grants}),
            "refused": self.guard.refused,
            "history": self.answer,
            "reason": self.reason,
        }

    def _contend(self, name: str, store: SentinelLockStore) -> None:
        lock = LeaderLock(name, TTL_NS)
        for turn in count():
            if self._stop.is_set():
                break
            held = self._asked(store, lock, lock.grant(monotonic_ns()))
            for _ in range(3):
                fence = lock.fence
                if not held or fence is None or not lock.holds(monotonic_ns()):
                    break
                self._write(lock, fence, stalled=name == "a" and turn % 2 == 0)
                time.sleep(WORK_S)
                held = lock.holds(monotonic_ns()) and self._asked(store, lock, lock.renew(monotonic_ns()))
            self._asked(store, lock, lock.release(monotonic_ns()))
            time.sleep(WORK_S)
        store.close()

    def _asked(self, store: SentinelLockStore, lock: LeaderLock, ask: Ask) -> bool:
        op = "acquire" if ask.kind == "grant" else ask.kind
        self._told(lock, op, "invoke", None, ask.asked_ns)
        answer: Answer | None = store.ask(ask)
        held = lock.hear(ask, answer, monotonic_ns())
        status = "info" if answer is None or (answer.done and not answer.replicated) else "ok"
        status = "fail" if answer is not None and not answer.done else status
        self._told(lock, op, status, answer.fence if answer is not None else None)
        return held

    def _write(self, lock: LeaderLock, fence: Fence, *, stalled: bool) -> None:
        self._told(lock, "guarded_write", "invoke", fence)
        if stalled:
            # A process that is stopped here has looked at its clock and will not look again.
            self._stop.wait(TTL_NS / 1e9 * 2)
        with self._mutex:
            admitted = self.guard.admit(fence)
            if admitted:
                self.admitted += 1
                self.written_ns = monotonic_ns()
            version = self.admitted
        self._told(lock, "guarded_write", "ok" if admitted else "fail", fence, version=version)

    def _told(
        self, lock: LeaderLock, op: str, status: str, fence: Fence | None, at_ns: int | None = None,
        version: int | None = None,
    ) -> None:  # fmt: skip
        row = {
            "t_mono_ns": monotonic_ns() if at_ns is None else at_ns, "process": lock.name, "op": op,
            "type": status, "lock": "drill", "owner_token": lock.token,
            "fence": None if fence is None else list(fence), "ttl_ms": TTL_NS // 1_000_000,
            "resource_version": version,
        }  # fmt: skip
        with self._mutex:
            self.rows.append({"seq": len(self.rows)} | row)


def _make(wrong: str | None, disarmed: bool) -> LockTrial:  # noqa: FBT001 - every drill is made alike
    plan = Plan(None if disarmed else "process-kill", "primary", hold_s=5.0, recover_s=20.0, settle_s=6.0)
    return LockTrial(plan, "fence" if wrong == "no-fence" else None)


LOCK_CONTENTION = Drill(
    "lock-contention", "kill the lock's primary under three contenders", has_redis, _make, ("no-fence",)
)
