"""What every test may ask for."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from tests.golden_extension import golden, refuse_rewriting_in_ci

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
