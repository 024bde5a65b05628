"""A secret replaced: verified, written down before and after, and never half done."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.live.secrets.stage import Stage, settings
from tests.live.secrets.vault_server import READER, Vault

from seatrial.live.secrets.opening import open_secret
from seatrial.live.secrets.rotate import rotate
from seatrial.live.secrets.status import status
from seatrial.model.errors import RefusedError, UsageError
from seatrial.model.redact import KNOWN
from seatrial.model.secret_settings import SecretsSettings
from seatrial.model.verdict import Verdict
from seatrial.store.lock import held

VALUE, NEXT = "hK2nQ8xTk3pL0wZ9aB", "the-next-value-77"


@pytest.fixture
def kept(stage: Stage) -> SecretsSettings:
    """An undated key in a file."""
    path = stage.folder / "keys.yaml"
    path.write_text(f"api_key: {VALUE}\n")
    path.chmod(0o600)
    return settings({"api_key": f"file:{path}#api_key", "from_env": "env:A_KEY"})


def test_rotation_turns_the_light_green_and_is_written_down_twice(
    kept: SecretsSettings, stage: Stage
) -> None:
    """Before, so that a kill in between leaves a trace; and after, with how it ended."""
    assert status(kept, stage.access, ("api_key",)).verdict is Verdict.UNKNOWN

    outcome = rotate(kept, "api_key", f"{NEXT}\n", "90 days", stage.access)

    assert status(kept, stage.access, ("api_key",)).verdict is Verdict.PASS
    assert open_secret(kept, "api_key", "test", stage.access).reveal() == NEXT
    told = [(entry["outcome"], entry["purpose"]) for entry in stage.logged()][1:3]
    assert told == [("rotating", "90 days"), ("rotated", "90 days")]
    assert outcome.exit_code() == 0
    assert outcome.data["previous"].endswith("as `previous`")


def test_neither_value_is_said_or_written_down(kept: SecretsSettings, stage: Stage) -> None:
    """The old one is still valid at the venue for a while."""
    outcome = rotate(kept, "api_key", NEXT, f"was {VALUE}", stage.access)

    said = f"{outcome} {stage.log_path.read_text()} {KNOWN.text(f'{VALUE} {NEXT}')}"
    assert VALUE not in said
    assert NEXT not in said


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (VALUE, "has this value already"),
        ("short", "8 to"),
        ("", "8 to"),
        ("\n", "8 to"),
        ("1234567890", "digits alone"),
    ],
)
def test_a_value_that_is_no_new_secret_changes_nothing(
    kept: SecretsSettings, stage: Stage, value: str, said: str
) -> None:
    """An empty pipe must not replace a key, and the same key again is no rotation."""
    before = (stage.folder / "keys.yaml").read_bytes()

    with pytest.raises(UsageError, match=said):
        rotate(kept, "api_key", value, "test", stage.access)

    assert (stage.folder / "keys.yaml").read_bytes() == before
    assert [entry["outcome"] for entry in stage.logged()] == ["refused"]


def test_the_environment_cannot_be_rotated(kept: SecretsSettings, stage: Stage) -> None:
    """It says where to do it."""
    stage.env["A_KEY"] = VALUE

    with pytest.raises(UsageError, match="change it where it is set"):
        rotate(kept, "from_env", NEXT, "test", stage.access)


def test_two_rotations_at_once_are_refused(kept: SecretsSettings, stage: Stage) -> None:
    """The second would keep the first one's value as the one before, and lose the real one."""
    with held(Path(stage.folder / ".keys.yaml.lock")), pytest.raises(RefusedError):
        rotate(kept, "api_key", NEXT, "test", stage.access)

    assert open_secret(kept, "api_key", "test", stage.access).reveal() == VALUE


def test_a_refused_write_is_written_down(vault: Vault, stage: Stage) -> None:
    """A token that may only read."""
    vault.put("bybit", api_key=VALUE)
    stage.env["VAULT_TOKEN"] = READER
    kept = settings({"api_key": "vault:bybit#api_key"}, vault={"address": vault.address})

    with pytest.raises(UsageError, match="permission denied"):
        rotate(kept, "api_key", NEXT, "test", stage.access)
    assert [entry["outcome"] for entry in stage.logged()] == ["rotating", "denied"]


_ROTATE_FOR_EVER = """
import itertools, sys
from pathlib import Path
from seatrial.live.secrets.access import AccessLog
from seatrial.live.secrets.opening import Access
from seatrial.live.secrets.rotate import rotate
from seatrial.model.secret_settings import SecretsSettings
folder, start = Path(sys.argv[1]), int(sys.argv[2])
settings = SecretsSettings(names={"api_key": f"file:{folder / 'keys.json'}#api_key"})
access = Access({}, lambda: 1_790_000_000 * 10**9, AccessLog(folder / "log"), "alice")
sys.stdout.write("go"); sys.stdout.flush()
for number in range(start, start + 200):
    rotate(settings, "api_key", f"the-value-number-{number}", "kill test", access)
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_no_key_and_no_trace(stage: Stage) -> None:
    """The file holds a whole value that was asked for, and the log the intention to write it."""
    keys = stage.folder / "keys.json"
    keys.write_text('{"api_key": "the-value-number-0", "other": "the-other-value"}')
    keys.chmod(0o600)
    for attempt in range(20):
        start = attempt * 1_000 + 1
        writer = subprocess.Popen(
            [sys.executable, "-c", _ROTATE_FOR_EVER, str(stage.folder), str(start)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.read(2)
        before = keys.stat().st_ino
        while keys.stat().st_ino == before and writer.poll() is None:
            os.sched_yield()
        for _ in range(attempt * 300):
            os.sched_yield()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()

        held_now = json.loads(keys.read_text())
        number = int(held_now["api_key"]["value"].removeprefix("the-value-number-"))
        rows = [row for row in (stage.folder / "log").read_text().split("\n") if row.endswith("}")]
        intended = sum(json.loads(row)["outcome"] == "rotating" for row in rows)
        assert number >= start
        assert held_now["other"] == "the-other-value"
        assert held_now["api_key"]["previous"].startswith("the-value-number-")
        assert keys.stat().st_mode & 0o777 == 0o600
        # Each value that ever was in the file had its line first.
        assert intended >= number - start + 1
