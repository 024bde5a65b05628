"""The keepers of secrets, one file each."""

from ....model.registry import Registry
from . import aws, env, file, keyring, vault
from .interface import Factory

PROVIDERS: Registry[Factory] = Registry("secret_provider")
for _module in (env, file, keyring, aws, vault):
    PROVIDERS.add(_module.NAME, _module.PROVIDER)
