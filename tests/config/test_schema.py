"""The JSON Schema that editors complete and check profiles with."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from seatrial.config import locate
from seatrial.config.schema import document, schema
from seatrial.model.errors import OutsideError


@pytest.fixture(scope="module")
def checker() -> Any:
    """Return a validator of profile files."""
    jsonschema.Draft202012Validator.check_schema(document())
    return jsonschema.Draft202012Validator(document())


@pytest.mark.parametrize("found", locate.every(), ids=lambda found: found.name)
def test_built_in_profiles_fit_the_schema(checker: Any, found: locate.Found) -> None:
    """An editor that marks our own examples red would be switched off."""
    checker.validate(yaml.safe_load(found.path.read_text()))


@pytest.mark.parametrize("profile", [{"sede": 1}, {"seed": "x"}, {"soak": {"iterations": 0}}, {"extends": 3}])
def test_mistakes_do_not_fit(checker: Any, profile: dict[str, Any]) -> None:
    """The editor tells a typo before the command does."""
    assert list(checker.iter_errors(profile))


def test_the_schema_can_be_written_to_a_file(tmp_path: Path) -> None:
    """The file is the same text that is printed."""
    outcome = schema(tmp_path / "s.json")

    assert json.loads((tmp_path / "s.json").read_text()) == document()
    assert outcome.data["file"] == str(tmp_path / "s.json")
    assert schema(None).lines == ((tmp_path / "s.json").read_text().rstrip("\n"),)


def test_a_place_that_cannot_be_written_is_an_outside_error(tmp_path: Path) -> None:
    """Exit 4 with the path, and nothing half-written."""
    with pytest.raises(OutsideError, match=r"gone/s\.json"):
        schema(tmp_path / "gone" / "s.json")
