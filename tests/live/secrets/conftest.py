"""Keepers of secrets for tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.live.secrets import stage as staging
from tests.live.secrets.vault_server import Vault, running


@pytest.fixture(autouse=True)
def _forgetful(forgetful: None) -> None:
    """What a test makes known to redaction ends with it."""


@pytest.fixture
def stage(tmp_path: Path) -> staging.Stage:
    """A machine of its own."""
    return staging.Stage(tmp_path)


@pytest.fixture(scope="session")
def moto() -> Iterator[str]:
    """The address of a local AWS."""
    pytest.importorskip("moto", reason="moto is not installed")
    with staging.moto() as address:
        yield address


@pytest.fixture
def vault() -> Iterator[Vault]:
    """A local Vault."""
    pytest.importorskip("hvac", reason="hvac is not installed")
    with running() as served:
        served.now_ns = staging.NOON_NS
        yield served
