"""The mirrored module is what `chaos check-history` calls."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from seatrial.chaos.commands import app
from seatrial.chaos.history.judging import check_history
from seatrial.model.errors import InputError, UsageError

GOOD = (
    '{"process":0,"type":"invoke","f":"write","value":1}\n{"process":0,"type":"ok","f":"write","value":1}\n'
)
STALE = '{"process":0,"type":"invoke","f":"read"}\n{"process":0,"type":"ok","f":"read","value":2}\n'


@pytest.mark.parametrize(("text", "exit_code", "answer"), [(GOOD, 0, "valid"), (GOOD + STALE, 1, "invalid")])
def test_the_command_says_the_keys_that_programs_read(
    text: str, exit_code: int, answer: str, tmp_path: Path
) -> None:
    """A pipeline gates on these keys and this code."""
    path = tmp_path / "h.jsonl"
    path.write_text(text)

    done = CliRunner().invoke(app, ["check-history", str(path), "--json"])
    told = orjson.loads(done.stdout)

    assert (done.exit_code, told["history"]) == (exit_code, answer)
    assert {"schema", "verdict", "exit_code", "reasons", "history", "witness"} <= told.keys()


def test_a_history_of_failures_is_valid_and_unknown(tmp_path: Path) -> None:
    """Nothing happened: that breaks no promise, and must not let a release through."""
    path = tmp_path / "h.edn"
    path.write_text(
        "[{:process 0 :type :invoke :f :write :value 1} {:process 0 :type :fail :f :write :value 1}]"
    )

    outcome = check_history(path)

    assert (outcome.data["history"], outcome.exit_code()) == ("valid", 3)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"process":0,"type":"done","f":"w"}\n', 0),
        ('{"process":0,"type":"invoke","f":"w"}\n{"process":0,"type":"invoke","f":"w"}\n', 2),
        ("hello", None),
        ("", None),
        ('[{"process":0,', 1),
        ("{:process 0 :type :ok :f", 1),
    ],
)
def test_what_is_no_history_is_one_error(text: str, line: int | None, tmp_path: Path) -> None:
    """A cut or foreign file is the person's to mend and never a verdict."""
    path = tmp_path / "h.txt"
    path.write_text(text)

    with pytest.raises(InputError) as caught:
        check_history(path)

    assert caught.value.where.line == line


def test_unknown_words_ask_for_a_model(tmp_path: Path) -> None:
    """Guessing wrong would judge the wrong promise."""
    path = tmp_path / "h.jsonl"
    path.write_text('{"process":0,"type":"invoke","f":"dance"}\n')

    with pytest.raises(UsageError, match="no model"):
        check_history(path)
    with pytest.raises(UsageError, match="does not read"):
        check_history(path, "lock")
    with pytest.raises(UsageError, match="no model is called"):
        check_history(path, "mutx")


@pytest.mark.parametrize(
    ("rows", "model"),
    [
        (("{:process 0 :type :invoke :f :read :value [[:r 1 nil] [:r 2 nil]]}"
         "{:process 0 :type :ok :f :read :value [[:r 1 nil] [:r 2 1]]}"), "long-fork"),
        ("{:process 0 :type :invoke :f :read}{:process 0 :type :ok :f :read :value {0 1}}", "bank"),
        ("{:process 0 :type :invoke :f :read}{:process 0 :type :ok :f :read :value #{1}}", "comments"),
        ("{:process 0 :type :invoke :f :read}{:process 0 :type :ok :f :read :value nil}", "cas-register"),
        ("{:process 0 :type :invoke :f :read :value [7 nil]}{:process 0 :type :ok :f :read :value [7 nil]}",
         "cas-register"),
        (("{:process 0 :type :invoke :f nil :value [[:append 1 1]]}"
         "{:process 0 :type :ok :f nil :value [[:append 1 1]]}"), "list-append"),
        ("{:process 0 :type :invoke :f :txn :value [[:w :x 1]]}{:process 0 :type :ok :f :txn :value []}",
         "rw-register"),
        ("{:process 0 :type :invoke :f :get :key 1}{:process 0 :type :ok :f :get :key 1 :value nil}", "kv"),
        ("{:process 0 :type :invoke :f :add :value 1}{:process 0 :type :ok :f :add :value 1}", "counter"),
    ],
)  # fmt: skip
def test_the_model_is_told_from_the_operations(rows: str, model: str, tmp_path: Path) -> None:
    """Who names no model must not get the judgement of another one."""
    path = tmp_path / "h.edn"
    path.write_text(rows)

    assert check_history(path).data["model"] == model
