"""How keys stand: no green light on an age that nobody knows."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.golden_extension import Golden
from tests.live.secrets.stage import DAY_NS, NOON_NS, Stage, settings
from tests.live.secrets.vault_server import WRITER, Vault

from seatrial.live.secrets.status import SKEW_NS, age_verdict, status
from seatrial.model.atomic import json_bytes
from seatrial.model.errors import OutsideError, UsageError
from seatrial.model.verdict import Verdict

VALUE = "hK2nQ8xTk3pL0wZ9aB"
RANK = [Verdict.PASS, Verdict.WARN, Verdict.FAIL]


@pytest.mark.parametrize(
    ("age_days", "exact", "expected"),
    [
        (0, True, Verdict.PASS),
        (71.9, True, Verdict.PASS),
        (72, True, Verdict.WARN),
        (90, True, Verdict.WARN),
        (90.0001, True, Verdict.FAIL),
        (None, False, Verdict.UNKNOWN),
        (10, False, Verdict.UNKNOWN),
        (90, False, Verdict.UNKNOWN),
        (91, False, Verdict.FAIL),
        (-0.001, True, Verdict.PASS),
        (-1, True, Verdict.UNKNOWN),
    ],
)
def test_the_rule_at_its_edges(age_days: float | None, exact: bool, expected: Verdict) -> None:
    """PASS below 80 % of 90 days, WARN to the limit, FAIL above it, UNKNOWN without evidence."""
    age_ns = None if age_days is None else int(age_days * DAY_NS)

    assert age_verdict(age_ns, exact=exact, limit_days=90)[0] is expected


@given(ages=st.tuples(st.integers(0, 400 * DAY_NS), st.integers(0, 400 * DAY_NS)), limit=st.integers(1, 365))
def test_an_older_key_never_stands_better(ages: tuple[int, int], limit: int) -> None:
    """And a lower bound of an age never stands better than the age itself."""
    younger, older = (age_verdict(age, exact=True, limit_days=limit)[0] for age in sorted(ages))

    assert RANK.index(younger) <= RANK.index(older)
    for age in ages:
        loose = age_verdict(age, exact=False, limit_days=limit)[0]
        assert loose is not Verdict.PASS
        assert (loose is Verdict.FAIL) == (age_verdict(age, exact=True, limit_days=limit)[0] is Verdict.FAIL)


@given(st.integers(SKEW_NS + 1, 10**18))
def test_a_date_in_the_future_is_no_evidence(ahead: int) -> None:
    """A clock that is wrong, or a date that somebody wished for."""
    assert age_verdict(-ahead, exact=True, limit_days=90)[0] is Verdict.UNKNOWN


def kept(stage: Stage) -> dict[str, str]:
    """A file with a fresh, an ageing, an old and an undated key; and one that is nowhere."""
    path = stage.folder / "keys.yaml"
    rows = {"fresh": "2026-09-20", "ageing": "2026-07-05", "old": "2026-01-01", "undated": None}
    path.write_text(
        "".join(
            f"{name}: {{value: {VALUE}-{name}{f', rotated: {date}' if date else ''}}}\n"
            for name, date in rows.items()
        )
    )
    path.chmod(0o600)
    os.utime(path, ns=(NOON_NS, NOON_NS))
    return {name: f"file:{path}#{name}" for name in (*rows, "nowhere")}


@pytest.mark.parametrize(
    ("names", "verdict", "code"),
    [
        (("fresh",), Verdict.PASS, 0),
        (("fresh", "ageing"), Verdict.WARN, 0),
        (("fresh", "undated"), Verdict.UNKNOWN, 3),
        (("fresh", "undated", "old"), Verdict.FAIL, 1),
        (("fresh", "nowhere"), Verdict.FAIL, 1),
        ((), Verdict.UNKNOWN, 3),
    ],
)
def test_the_worst_key_counts(stage: Stage, names: tuple[str, ...], verdict: Verdict, code: int) -> None:
    """One old key is what an attacker needs; and no configured key is no evidence."""
    places = kept(stage)

    outcome = status(settings({name: places[name] for name in names}), stage.access)

    assert (outcome.verdict, outcome.exit_code()) == (verdict, code)
    assert len(outcome.reasons) == max(len(names) - ("fresh" in names), not names)


def test_the_status_says_what_it_said(stage: Stage, golden: Golden) -> None:
    """Programs read the document, people the lines; neither holds anything of a value."""
    outcome = status(settings(kept(stage)), stage.access)

    told, document = "\n".join(outcome.lines), json_bytes(outcome.document()).decode()
    said = f"```text\n{told}\n```\n\n```json\n{document}```\n".replace(str(stage.folder), "FOLDER")
    assert golden("md") == said
    assert VALUE not in said


def test_every_look_is_in_the_access_log(stage: Stage) -> None:
    """A status reads the values to find their age, so it is an access."""
    status(settings(kept(stage)), stage.access)

    entries = stage.logged()
    assert [entry["outcome"] for entry in entries] == ["inspected"] * 4 + ["missing"]
    assert {entry["purpose"] for entry in entries} == {"status"}
    assert VALUE not in stage.log_path.read_text()


def test_a_keeper_that_does_not_answer_is_exit_4_and_the_others_are_still_shown(
    stage: Stage, vault: Vault
) -> None:
    """UNKNOWN by the keeper's fault is not a lack of evidence; but a known failure outranks it."""
    stage.env["VAULT_TOKEN"] = WRITER
    vault.sealed = True
    places = {**kept(stage), "sealed": "vault:bybit#api_key"}
    where = {"vault": {"address": vault.address}}

    down = status(settings({name: places[name] for name in ("fresh", "sealed")}, **where), stage.access)
    failed = status(settings({name: places[name] for name in ("old", "sealed")}, **where), stage.access)

    assert (down.verdict, down.exit_code()) == (Verdict.UNKNOWN, 4)
    assert [row["verdict"] for row in down.data["secrets"]] == ["PASS", "UNKNOWN"]
    assert down.data["secrets"][1]["present"] is None
    assert (failed.verdict, failed.exit_code()) == (Verdict.FAIL, 1)


def test_a_file_that_lies_open_is_a_failure_with_the_fix(stage: Stage) -> None:
    """Its age does not matter any more."""
    places = kept(stage)
    Path(stage.folder / "keys.yaml").chmod(0o644)

    outcome = status(settings({"fresh": places["fresh"]}), stage.access)

    assert outcome.verdict is Verdict.FAIL
    assert "chmod 600" in outcome.reasons[0]


@pytest.mark.parametrize(("value", "said"), [("short", "8 to 8192"), ("1234567890", "digits alone")])
def test_a_key_that_cannot_be_protected_is_a_failure_beside_the_others(
    stage: Stage, value: str, said: str
) -> None:
    """One bad key must not hide how the rest stand."""
    stage.env["A_KEY"] = value

    outcome = status(settings({"fresh": kept(stage)["fresh"], "bad": "env:A_KEY"}), stage.access)

    assert [row["verdict"] for row in outcome.data["secrets"]] == ["PASS", "FAIL"]
    assert said in outcome.reasons[0]
    assert value not in str(outcome)


def test_a_vault_without_its_token_does_not_claim_that_the_key_is_missing(stage: Stage, vault: Vault) -> None:
    """Nobody looked inside."""
    outcome = status(settings({"a": "vault:x#y"}, vault={"address": vault.address}), stage.access)

    assert outcome.data["secrets"][0]["present"] is None
    assert "Vault stays closed" in outcome.reasons[0]


def test_a_mistake_in_the_profile_is_an_error_and_no_verdict(stage: Stage) -> None:
    """Exit code 2: nothing was judged."""
    with pytest.raises(UsageError, match="vault"):
        status(settings({"fresh": kept(stage)["fresh"], "bad": "vualt:x#y"}), stage.access)


def test_without_its_log_there_is_no_status(stage: Stage) -> None:
    """Exit code 4, and not a table of unknowns."""
    stage.log_path.parent.write_text("in the way")

    with pytest.raises(OutsideError, match="written down"):
        status(settings(kept(stage)), stage.access)


def test_a_key_grows_old_by_the_clock_alone(stage: Stage) -> None:
    """PASS, then WARN, then FAIL, without anybody touching it."""
    names = {"fresh": kept(stage)["fresh"]}
    seen = []
    for _ in range(4):
        seen.append(status(settings(names), stage.access).verdict)
        stage.clock.days_pass(36)

    assert seen == [Verdict.PASS, Verdict.PASS, Verdict.WARN, Verdict.FAIL]
