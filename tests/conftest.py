"""What every test may ask for."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from tests.golden_extension import golden, refuse_rewriting_in_ci

from seatrial.model.redact import KNOWN

# The same examples in every run, on machines of any speed.
settings.register_profile("seatrial", deadline=None, derandomize=True)
settings.load_profile("seatrial")

__all__ = ["golden"]


def pytest_configure(config: pytest.Config) -> None:
    """Golden files change by `make golden` only."""
    refuse_rewriting_in_ci(config)


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real recordings: SEATRIAL_DATA, or `shared/data` beside the repository."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("SEATRIAL_DATA", beside))
    if not folder.is_dir():
        pytest.skip("the real recordings are not here: set SEATRIAL_DATA to their folder")
    return folder


@pytest.fixture
def forgetful() -> Iterator[None]:
    """A process forgets no secret; a test's must not be taken out of the next test's texts."""
    before = {slot: getattr(KNOWN, slot) for slot in KNOWN.__slots__}
    yield
    for slot, value in before.items():
        setattr(KNOWN, slot, value)
