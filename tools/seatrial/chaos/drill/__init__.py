"""The drills, by name."""

from ...model.registry import Registry
from .bot_crash import BOT_CRASH, DISK_FULL
from .failover import REDIS_FAILOVER, REDIS_PAUSE
from .interface import Drill
from .lock_contention import LOCK_CONTENTION

DRILLS: Registry[Drill] = Registry("drill")
for _drill in (REDIS_FAILOVER, REDIS_PAUSE, LOCK_CONTENTION, BOT_CRASH, DISK_FULL):
    DRILLS.add(_drill.name, _drill)
