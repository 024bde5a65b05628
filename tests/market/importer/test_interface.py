"""The family of importers is complete, and every member keeps its promises."""

from pathlib import Path

import pytest

from seatrial.market import importer
from seatrial.market.importer import IMPORTERS
from seatrial.market.source import Source

SHARED = {"interface"}


def test_no_importer_is_missing_from_the_list() -> None:
    """A file that is not listed is an importer that silently does not exist."""
    folder = Path(importer.__file__).parent
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}

    listed = {name for name in vars(importer) if name in modules}

    registering = {name for name in modules if "IMPORTERS.add(" in (folder / f"{name}.py").read_text()}
    assert registering <= listed | SHARED


@pytest.mark.parametrize(
    "content", [b"x", b"\x00\xff" * 5_000, b"{", b"[]", b"a,b\n1,2\n", b'"', b"1700000000 {"]
)
def test_no_importer_trips_over_foreign_content(tmp_path: Path, content: bytes) -> None:
    """Each is asked about every file; one that raises would hide all others."""
    path = tmp_path / "foreign"
    path.write_bytes(content)

    claims = {name: member.claims(Source(path)) for name, member in IMPORTERS}

    assert all(isinstance(claimed, bool) for claimed in claims.values())


def test_every_recording_is_claimed_by_exactly_one(data: Path) -> None:
    """Else the order of the list would decide what a file is."""
    for path in sorted((data / "l2").glob("*/*")):
        if path.suffix == ".md":
            continue
        claims = [name for name, member in IMPORTERS if member.claims(Source(path))]
        assert len(claims) <= 1, f"{path.name} is claimed by {claims}"


def test_names_and_titles_are_there() -> None:
    """`--format NAME` and the list of known formats speak of them."""
    for name, member in IMPORTERS:
        assert member.name == name
        assert len(member.title) > 5
