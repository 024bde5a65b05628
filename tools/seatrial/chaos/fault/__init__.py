"""The faults, by name."""

from ...model.registry import Registry
from .disk_full import FAULT as DISK_FULL
from .interface import Fault
from .network_bandwidth import FAULT as NETWORK_BANDWIDTH
from .network_half_open import FAULT as NETWORK_HALF_OPEN
from .network_latency import FAULT as NETWORK_LATENCY
from .network_partition import FAULT as NETWORK_PARTITION
from .network_reset import FAULT as NETWORK_RESET
from .process_kill import FAULT as PROCESS_KILL
from .process_pause import FAULT as PROCESS_PAUSE
from .process_terminate import FAULT as PROCESS_TERMINATE
from .restart_storm import FAULT as RESTART_STORM

FAULTS: Registry[Fault] = Registry("fault")
for _fault in (
    PROCESS_KILL,
    PROCESS_TERMINATE,
    PROCESS_PAUSE,
    RESTART_STORM,
    DISK_FULL,
    NETWORK_LATENCY,
    NETWORK_BANDWIDTH,
    NETWORK_RESET,
    NETWORK_HALF_OPEN,
    NETWORK_PARTITION,
):
    FAULTS.add(_fault.name, _fault)
