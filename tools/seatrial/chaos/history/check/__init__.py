"""The checkers of histories by model."""

from ....model.registry import Registry
from ..finding import Checker
from .bank import bank
from .comments import comments
from .counter import counter
from .linearizable import CAS_REGISTER, KV, MULTI_REGISTER, MUTEX, REGISTER
from .list_append import list_append
from .lock import lock
from .long_fork import long_fork
from .orders import orders
from .queue import queue
from .rw_register import rw_register
from .sets import full, last_read, writes

CHECKERS: Registry[Checker] = Registry("model")
CHECKERS.add("register", REGISTER)
CHECKERS.add("cas-register", CAS_REGISTER)
CHECKERS.add("multi-register", MULTI_REGISTER)
CHECKERS.add("mutex", MUTEX)
CHECKERS.add("kv", KV)
CHECKERS.add("list-append", list_append)
CHECKERS.add("rw-register", rw_register)
CHECKERS.add("long-fork", long_fork)
CHECKERS.add("bank", bank)
CHECKERS.add("counter", counter)
CHECKERS.add("set", last_read)
CHECKERS.add("set-full", full)
CHECKERS.add("writes", writes)
CHECKERS.add("queue", queue)
CHECKERS.add("comments", comments)
CHECKERS.add("lock", lock)
CHECKERS.add("orders", orders)
