"""A secrets file is its owner's alone, or refused with what to do."""

import os
import socket
from pathlib import Path

import pytest

from seatrial.live.secrets.private_file import LARGEST_BYTES, read_private
from seatrial.live.secrets.refusals import DeniedSecretError
from seatrial.model.errors import InputError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as it should be."""
    path = tmp_path / "keys.yaml"
    path.write_text("api_key: x\n")
    path.chmod(0o600)
    return path


def test_a_private_file_is_read(file: Path) -> None:
    """Its text and its time."""
    content = read_private(file)

    assert (content.text, content.changed_ns) == ("api_key: x\n", file.stat().st_mtime_ns)


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o660, 0o644, 0o602, 0o610, 0o601, 0o777])
def test_any_right_of_others_is_refused_with_the_fix(file: Path, mode: int) -> None:
    """A key that another account can read is a key that another account has."""
    file.chmod(mode)

    with pytest.raises(DeniedSecretError) as caught:
        read_private(file)
    assert caught.value.exit_code == 2
    assert f"{mode:04o}" in caught.value.message
    assert caught.value.fix == f"chmod 600 {file}"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_user_is_refused(file: Path) -> None:
    """Its owner can change its mode, and its content, at any time."""
    os.chown(file, 65_534, 65_534)

    with pytest.raises(DeniedSecretError, match="belongs to user 65534"):
        read_private(file)


def test_a_link_is_followed_and_its_target_held_to_the_same_rules(file: Path, tmp_path: Path) -> None:
    """Container platforms mount secrets as links; a link to an open file is an open file."""
    link = tmp_path / "link.yaml"
    link.symlink_to(file)
    assert read_private(link).text == "api_key: x\n"

    file.chmod(0o644)
    with pytest.raises(DeniedSecretError, match="others can read it"):
        read_private(link)


def test_a_folder_in_which_others_can_write_is_refused(file: Path) -> None:
    """There the file can be replaced by another one."""
    file.parent.chmod(0o777)

    with pytest.raises(DeniedSecretError, match="chmod go-w"):
        read_private(file)

    file.parent.chmod(0o1777)
    assert read_private(file).text


def test_pipes_folders_and_sockets_are_refused_at_once(tmp_path: Path) -> None:
    """Opening a named pipe waits for a writer who may never come."""
    os.mkfifo(tmp_path / "pipe", 0o600)
    (tmp_path / "folder").mkdir(0o700)
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))

    for name in ("pipe", "folder", "socket"):
        with pytest.raises(DeniedSecretError):
            read_private(tmp_path / name)
    server.close()


def test_a_circle_of_links_is_refused(tmp_path: Path) -> None:
    """As any path that leads nowhere."""
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")

    with pytest.raises(DeniedSecretError, match="cannot be opened"):
        read_private(tmp_path / "a")


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"x" * (LARGEST_BYTES + 1)])
def test_what_is_no_text_or_too_much_is_refused(file: Path, content: bytes) -> None:
    """Somebody named the wrong file."""
    file.write_bytes(content)

    with pytest.raises(InputError):
        read_private(file)
