"""The journal: what it writes, how it is cut and resumed, and what it does when the disk fails."""

import hashlib
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.model.errors import BugError, InputError, OutsideError
from seatrial.model.journal_lines import lines
from seatrial.model.redact import KNOWN, MARK
from seatrial.store.journal import Journal, JournalPosition, SyncRule, end_of, read
from seatrial.store.verify import verify

EVENTS: list[tuple[int, str, dict[str, Any]]] = [
    (1_000, "run_started", {"mode": "soak", "seed": 7}),
    (1_000, "order", {"price": "63943.9", "reason": None, "note": 'a "quoted" \n line, é'}),
    (2_000, "heartbeat", {}),
    (2_500, "fill", {"fee": "-0.5", "evidence": {"row": 3, "kind": "trade"}}),
]


def write(path: Path, *, run_id: str = "run-a", count: int = len(EVENTS)) -> Path:
    """Write the first `count` events, whole and closed."""
    with Journal.create(path, run_id) as journal:
        for ts_ns, kind, fields in EVENTS[:count]:
            journal.append(ts_ns, kind, fields)
    return path


def test_a_line_has_the_keys_in_the_promised_order(tmp_path: Path) -> None:
    """Outside programs read these lines; the form is part of the interface."""
    raw = write(tmp_path / "j").read_bytes().splitlines()

    assert raw[0] == (
        b'{"seq":1,"ts_ns":1000,"kind":"run_started","run_id":"run-a","mode":"soak","seed":7,"prev":"'
        + b"0" * 64
        + b'"}'
    )
    assert list(orjson.loads(raw[2])) == ["seq", "ts_ns", "kind", "run_id", "prev"]


def test_the_chain_is_the_hash_of_the_line_without_identity_and_prev(tmp_path: Path) -> None:
    """The rule is stated for anybody to check with their own tools, so check it without ours."""
    raw = write(tmp_path / "j").read_bytes().splitlines()
    body = raw[0].replace(b',"run_id":"run-a"', b"").replace(b',"prev":"' + b"0" * 64 + b'"', b"")

    assert orjson.loads(raw[1])["prev"] == hashlib.sha256(b"0" * 64 + body).hexdigest()


def test_two_runs_of_one_kind_have_one_chain(tmp_path: Path) -> None:
    """Equal runs must be recognisable as equal though their run ids differ."""
    first, second = write(tmp_path / "a", run_id="run-a"), write(tmp_path / "b", run_id="run-b")

    assert end_of(first).prev == end_of(second).prev
    assert first.read_bytes() != second.read_bytes()


def test_events_come_back_as_they_went_in(tmp_path: Path) -> None:
    """A judgement sees what the run saw."""
    events = list(read(write(tmp_path / "j")))

    assert [(e["ts_ns"], e["kind"]) for e in events] == [(ts, kind) for ts, kind, _ in EVENTS]
    assert {key: events[1][key] for key in EVENTS[1][2]} == EVENTS[1][2]


@pytest.mark.usefixtures("forgetful")
def test_a_secret_in_an_event_is_taken_out_and_the_chain_holds(tmp_path: Path) -> None:
    """A strategy's own note or a venue's error text may hold the key; a journal is kept for years."""
    KNOWN.learn('s3cret"with\\quotes')
    with Journal.create(tmp_path / "j", "run-a") as journal:
        journal.append(
            1, "order", {"reason": 'sign=s3cret"with\\quotes', "deep": [{"u": "s3cret%22with%5Cquotes"}]}
        )
        journal.append(2, "order", {"price": "1.5"})

    first, second = read(tmp_path / "j")
    assert (first["reason"], first["deep"]) == (f"sign={MARK}", [{"u": MARK}])
    assert second["price"] == "1.5"
    assert verify(tmp_path / "j") == []


@pytest.mark.usefixtures("forgetful")
def test_a_known_secret_changes_no_other_byte(tmp_path: Path) -> None:
    """The same run has the same journal, whether it holds keys or not."""
    without = write(tmp_path / "a").read_bytes()
    KNOWN.learn("a-secret-that-no-event-holds")

    assert write(tmp_path / "b").read_bytes() == without


def test_a_field_of_the_journals_own_is_our_mistake(tmp_path: Path) -> None:
    """Two keys of one name in a line would read differently in different programs."""
    with Journal.create(tmp_path / "j", "r") as journal, pytest.raises(BugError, match="seq"):
        journal.append(1, "order", {"seq": 9})


def test_a_batch_goes_out_after_so_many_rows(tmp_path: Path) -> None:
    """Rows bound what a kill can lose."""
    journal = Journal.create(tmp_path / "j", "r", rule=SyncRule(every_rows=3, every_s=3_600))
    sizes = []
    for number in range(7):
        journal.append(number, "heartbeat", {})
        sizes.append((tmp_path / "j").read_bytes().count(b"\n"))

    assert sizes == [0, 0, 3, 3, 3, 6, 6]
    journal.close()


def test_a_batch_goes_out_after_so_many_seconds(tmp_path: Path) -> None:
    """Seconds bound how long a watcher waits for a quiet run."""
    now = [0]
    rule = SyncRule(every_rows=1_000, every_s=1.0, clock_ns=lambda: now[0])
    journal = Journal.create(tmp_path / "j", "r", rule=rule)
    sizes = []
    for second in (0.0, 0.9, 1.0, 1.5, 2.1):
        now[0] = int(second * 1e9)
        journal.append(1, "heartbeat", {})
        sizes.append((tmp_path / "j").read_bytes().count(b"\n"))

    assert sizes == [0, 0, 3, 3, 5]
    journal.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small whole journal."""
    return write(tmp_path_factory.mktemp("whole") / "journal.jsonl")


def test_every_prefix_reads_and_resumes(whole: Path, tmp_path: Path) -> None:
    """A kill can stop the write after any byte; what is before the tear must survive, and no more."""
    data = whole.read_bytes()
    for cut in range(len(data) + 1):
        path = tmp_path / "cut"
        path.write_bytes(data[:cut])
        kept = data[:cut].count(b"\n")
        assert len(list(read(path))) == kept
        with Journal.resume(path, "run-a") as journal:
            for ts_ns, kind, fields in EVENTS[kept:]:
                journal.append(ts_ns, kind, fields)
        assert path.read_bytes() == data


@settings(max_examples=60, deadline=None)
@given(cut=st.data())
def test_resuming_from_a_checkpoint_gives_the_undisturbed_bytes(whole: Path, cut: st.DataObject) -> None:
    """What a killed run wrote after its checkpoint must leave no trace in the resumed one."""
    data = whole.read_bytes()
    keep = cut.draw(st.integers(0, len(EVENTS)))
    path = whole.with_name("resumed")
    path.unlink(missing_ok=True)
    with Journal.create(path, "run-a") as journal:
        for ts_ns, kind, fields in EVENTS[:keep]:
            journal.append(ts_ns, kind, fields)
        position = journal.position()
    with path.open("ab") as file:
        file.write(
            data[position.offset :][: cut.draw(st.integers(0, 200))] + cut.draw(st.binary(max_size=20))
        )

    with Journal.resume(path, "run-a", position) as journal:
        for ts_ns, kind, fields in EVENTS[keep:]:
            journal.append(ts_ns, kind, fields)

    assert path.read_bytes() == data


@pytest.mark.parametrize("wrong", ["offset", "seq", "prev", "beyond"])
def test_a_position_that_does_not_fit_is_refused(whole: Path, tmp_path: Path, wrong: str) -> None:
    """Going on from a place that is not there would forge a chain."""
    path = tmp_path / "j"
    path.write_bytes(whole.read_bytes())
    at = end_of(path)
    bad = {
        "offset": JournalPosition(at.offset - 1, at.seq, at.prev),
        "seq": JournalPosition(at.offset, at.seq - 1, at.prev),
        "prev": JournalPosition(at.offset, at.seq, "1" * 64),
        "beyond": JournalPosition(at.offset + 50, at.seq, at.prev),
    }[wrong]

    with pytest.raises(InputError, match="checkpoint"):
        Journal.resume(path, "run-a", bad)
    assert path.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize(
    ("line", "content"),
    [(2, b"garbage\n"), (1, b'{"seq":1\n'), (3, b"\x00" * 40 + b"\n"), (2, b"[1]\n"), (2, b"\n")],
)
def test_damage_before_the_last_line_names_file_and_line(
    whole: Path, tmp_path: Path, line: int, content: bytes
) -> None:
    """A tear can only be at the end; anything else was done to the file, and is said."""
    rows = whole.read_bytes().splitlines(keepends=True)
    rows[line - 1] = content
    path = tmp_path / "j"
    path.write_bytes(b"".join(rows))

    with pytest.raises(InputError) as caught:
        list(lines(path))
    assert (caught.value.where.file, caught.value.where.line) == (str(path), line)
    with pytest.raises(InputError):
        Journal.resume(path, "run-a")
    assert path.read_bytes() == b"".join(rows)


def test_a_missing_line_is_an_error_for_a_reader(whole: Path, tmp_path: Path) -> None:
    """A judgement over a journal with a hole in it would be a judgement of another run."""
    rows = whole.read_bytes().splitlines(keepends=True)
    path = tmp_path / "j"
    path.write_bytes(b"".join(rows[:1] + rows[2:]))

    with pytest.raises(InputError, match="seq") as caught:
        list(read(path))
    assert caught.value.where.line == 2


def test_a_missing_journal_is_one_clear_error(tmp_path: Path) -> None:
    """Somebody named a folder that is no record."""
    with pytest.raises(InputError, match=r"nothing\.jsonl"):
        list(read(tmp_path / "nothing.jsonl"))


def test_creating_over_a_journal_is_refused(whole: Path) -> None:
    """A second run must never write into the first one's file."""
    with pytest.raises(OutsideError, match="exists"):
        Journal.create(whole, "run-b")


def test_a_journal_that_was_closed_by_an_error_is_still_whole(tmp_path: Path) -> None:
    """The block may end by an exception; what was appended is then on the disk."""
    with suppress(KeyboardInterrupt), Journal.create(tmp_path / "j", "r") as journal:
        journal.append(1, "heartbeat", {})
        raise KeyboardInterrupt

    assert len(list(read(tmp_path / "j"))) == 1


_FILL_THE_DISK = """
import resource, signal, sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from seatrial.model.errors import OutsideError
from seatrial.store.journal import Journal, SyncRule
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
journal = Journal.create(Path(sys.argv[1]), "r", rule=SyncRule(every_rows=7))
try:
    for number in range(1_000):
        journal.append(number, "heartbeat", {"number": number})
except OutsideError as error:
    sys.stderr.write(error.line)
    journal.close()
    sys.exit(error.exit_code)
"""


def test_a_file_that_cannot_grow_is_exit_4_and_stays_readable(tmp_path: Path) -> None:
    """The disk fills up on the third night; what was written until then is the evidence."""
    path = tmp_path / "j"
    done = subprocess.run(
        [sys.executable, "-c", _FILL_THE_DISK, str(path)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 4
    assert str(path) in done.stderr
    events = list(read(path))
    assert 50 < len(events) < 100
    assert path.stat().st_size == 10_000
    assert [finding.kind for finding in verify(path)] == ["torn_tail"]


_WRITE_FOR_EVER = """
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from seatrial.store.journal import Journal, SyncRule
journal = Journal.create(Path(sys.argv[1]), "r", rule=SyncRule(every_rows=int(sys.argv[2])))
number = 0
sys.stdout.write("go"); sys.stdout.flush()
while True:
    journal.append(number, "order", {"price": "1.5" * (number % 37), "number": number})
    number += 1
"""


@pytest.mark.slow
@pytest.mark.parametrize("every_rows", [1, 3, 50, 4_000])
def test_a_kill_in_the_middle_of_appends_leaves_a_readable_journal(tmp_path: Path, every_rows: int) -> None:
    """A kill -9 asks nobody; the journal is read and gone on with from whatever is there."""
    for attempt in range(5):
        path = tmp_path / f"j{attempt}"
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITE_FOR_EVER, str(path), str(every_rows)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        writer.stdout.read(2)
        while path.stat().st_size < 1 + attempt * 7_777:
            os.sched_yield()
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        writer.stdout.close()

        before = list(read(path))
        with Journal.resume(path, "r") as journal:
            assert journal.append(10**9, "run_finished", {}) == len(before) + 1
        assert verify(path) == []
        assert [event["number"] for event in before] == list(range(len(before)))
