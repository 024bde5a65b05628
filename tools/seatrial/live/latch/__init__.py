"""Where the latch of the kill switch is kept: one kind of place a file; `CHANNELS` knows them by name."""

from ...model.registry import Registry
from .channel import Kind
from .file import CHANNEL as FILE
from .redis import CHANNEL as REDIS

CHANNELS: Registry[Kind] = Registry("latch")
for _name, _kind in (("file", FILE), ("redis", REDIS)):
    CHANNELS.add(_name, _kind)
