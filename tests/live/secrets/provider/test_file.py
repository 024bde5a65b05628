"""Secrets in files: their age, and how they are replaced."""

import os
from pathlib import Path

import pytest
from tests.live.secrets.stage import NOON_NS, Stage, settings

from seatrial.live.secrets.provider.file import FileProvider
from seatrial.live.secrets.refusals import DeniedSecretError, MissingSecretError
from seatrial.model.errors import InputError, OutsideError, UsageError
from seatrial.model.secret import Secret
from seatrial.model.secret_settings import Reference

VALUE, NEXT = "hK2nQ8xTk3pL0wZ9aB", "the-next-value-77"


def kept(path: Path, text: str, *, mode: int = 0o600) -> Path:
    """A file with this text and mode."""
    path.write_text(text)
    path.chmod(mode)
    return path


def provider(stage: Stage) -> FileProvider:
    """The provider on a stage."""
    return FileProvider(settings(), stage.around)


def test_a_file_of_one_value_is_at_least_as_old_as_the_file(stage: Stage) -> None:
    """Its time says when it was written, and a redeployment writes the same value again."""
    path = kept(stage.folder / "api_key", f"{VALUE}\n")
    os.utime(path, ns=(NOON_NS, NOON_NS))

    held = provider(stage).read(Reference("file", str(path)), "api_key", dated=True)

    assert (held.secret.reveal(), held.changed_ns, held.exact) == (VALUE, NOON_NS, False)


@pytest.mark.parametrize("rotated", ["2026-09-22", "2026-09-22T00:00:00Z", "2026-09-22T02:00:00+02:00"])
def test_a_date_in_the_file_is_exact(stage: Stage, rotated: str) -> None:
    """Whoever writes the date by hand is believed."""
    path = kept(stage.folder / "keys.yaml", f"api_key: {{value: {VALUE}, rotated: {rotated}}}\n")

    held = provider(stage).read(Reference("file", str(path), "api_key"), "api_key", dated=True)

    assert (held.changed_ns, held.exact) == (1_790_035_200 * 10**9, True)


def test_a_date_that_is_none_is_an_error_and_not_a_fresh_key(stage: Stage) -> None:
    """A typing mistake must not turn the light green."""
    path = kept(stage.folder / "keys.yaml", f"api_key: {{value: {VALUE}, rotated: soon}}\n")

    with pytest.raises(InputError, match=r"api_key\.rotated: is not a time"):
        provider(stage).read(Reference("file", str(path), "api_key"), "api_key")


@pytest.mark.parametrize("name", ["keys.yaml", "keys.json", "keys.env", ".env"])
def test_rotation_keeps_the_value_before_and_the_others(stage: Stage, name: str) -> None:
    """The venue may still know the old key only; the other keys of the file are somebody else's."""
    place = Reference("file", str(stage.folder / name), "API_KEY")
    other = Reference("file", str(stage.folder / name), "OTHER")
    provider(stage).write(other, Secret("other", "the-other-value"))
    provider(stage).write(place, Secret("api_key", VALUE))
    stage.clock.days_pass(10)

    written = provider(stage).write(place, Secret("api_key", NEXT))

    held = provider(stage).read(place, "api_key", dated=True)
    rest = provider(stage).read(other, "other", dated=True)
    text = (stage.folder / name).read_text()
    assert (held.secret.reveal(), held.changed_ns, held.exact) == (NEXT, stage.clock.ns, True)
    assert (rest.secret.reveal(), rest.changed_ns) == ("the-other-value", NOON_NS)
    assert written.previous
    assert VALUE in text
    assert (stage.folder / name).stat().st_mode & 0o777 == 0o600


def test_rotation_through_a_link_replaces_what_it_leads_to(stage: Stage) -> None:
    """A link replaced by a file would leave its other users with the old key."""
    (stage.folder / "real").mkdir(mode=0o700)
    target = kept(stage.folder / "real" / "keys.yaml", f"api_key: {VALUE}\n")
    link = stage.folder / "keys.yaml"
    link.symlink_to(target)

    provider(stage).write(Reference("file", str(link), "api_key"), Secret("api_key", NEXT))

    assert link.is_symlink()
    assert NEXT in target.read_text()


def test_a_missing_file_a_missing_name_and_an_empty_value_are_missing(stage: Stage) -> None:
    """Each says where it looked."""
    path = kept(stage.folder / "keys.yaml", "a: ''\n")

    for place in (
        Reference("file", str(path), "b"),
        Reference("file", str(path), "a"),
        Reference("file", "/no/x.env", "a"),
    ):
        with pytest.raises(MissingSecretError, match="there is no secret at"):
            provider(stage).read(place, "api_key")
    with pytest.raises(InputError, match="is empty"):
        provider(stage).read(Reference("file", str(kept(stage.folder / "k", "\n"))), "api_key")


def test_a_mounted_file_of_one_value_is_not_rotated_from_here(stage: Stage) -> None:
    """The platform would put the old value back."""
    with pytest.raises(UsageError, match="whoever mounts it"):
        provider(stage).write(Reference("file", "/run/secrets/api_key"), Secret("api_key", VALUE))


def test_a_file_that_lies_open_is_not_rotated_either(stage: Stage) -> None:
    """Rotating it in place would hand out the new key with the old one."""
    path = kept(stage.folder / "keys.yaml", f"api_key: {VALUE}\n", mode=0o644)

    with pytest.raises(DeniedSecretError, match="chmod 600"):
        provider(stage).write(Reference("file", str(path), "api_key"), Secret("api_key", NEXT))
    assert path.read_text() == f"api_key: {VALUE}\n"


def test_a_folder_that_is_not_there_is_one_clear_error(stage: Stage) -> None:
    """Nothing is half-written."""
    with pytest.raises((OutsideError, DeniedSecretError)):
        provider(stage).write(Reference("file", str(stage.folder / "no" / "k.yaml"), "a"), Secret("a", VALUE))
