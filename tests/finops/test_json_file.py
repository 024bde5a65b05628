"""Records of JSON come one by one, whatever an answer wraps around them."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from seatrial.finops.json_file import json_records, looks_like_json
from seatrial.model.errors import InputError


def records(folder: Path, text: str) -> list[Any]:
    """Return the records of a text."""
    path = folder / "j"
    path.write_text(text, encoding="utf-8")
    return [record for _, record, _ in json_records(path)]


@pytest.mark.parametrize(
    "text",
    [
        '[{"a": 1}, {"a": 2}]', '{"a": 1}\n{"a": 2}\n', '{"data": [{"a": 1}, {"a": 2}]}',
        '[{"a": 1}]\n[{"a": 2}]',
        '{"code": 0, "result": {"n": 2, "list": [{"a": 1}, {"a": 2}]}, "time": 5}',
        'GET\n/v5/x\ntrue\n[{"a": 1}, {"a": 2}]',
        '{"data": {"items": [{"a": 1}]}}{"data": {"items": [{"a": 2}]}}',
    ],
)  # fmt: skip
def test_every_wrapping_holds_the_same_records(text: str, tmp_path: Path) -> None:
    """An answer, a file of pages, a line a record."""
    assert records(tmp_path, text) == [{"a": 1}, {"a": 2}]


def test_records_by_id_keep_their_id(tmp_path: Path) -> None:
    """Kraken answers with an object whose names are the ids."""
    text = '{"error": [], "result": {"count": 2, "trades": {"T1": {"p": "1"}, "T2": {"p": "2"}}}}'

    assert records(tmp_path, text) == [{"_key": "T1", "p": "1"}, {"_key": "T2", "p": "2"}]


def test_the_answer_tells_what_its_list_is_of(tmp_path: Path) -> None:
    """Bybit says the category once for all."""
    path = tmp_path / "j"
    path.write_text('{"result": {"category": "spot", "list": [{"a": 1}]}}')

    assert [context["category"] for _, _, context in json_records(path)] == ["spot"]


def test_a_single_record_is_one(tmp_path: Path) -> None:
    """A stream's message, saved alone."""
    assert records(tmp_path, '{"e": "x", "fee": {"cost": 1}}') == [{"e": "x", "fee": {"cost": 1}}]


def test_numbers_keep_their_digits(tmp_path: Path) -> None:
    """A float would turn 0.1 into what is nearly 0.1."""
    assert records(tmp_path, "[[0.10, 1e-7, 12345678901234567890]]") == [
        [Decimal("0.10"), Decimal("1e-7"), 12345678901234567890]
    ]
    assert str(records(tmp_path, "[[0.10]]")[0][0]) == "0.10"


def test_an_empty_list_holds_no_records(tmp_path: Path) -> None:
    """And its wrapping is none."""
    assert records(tmp_path, '{"result": {"nextPageCursor": "", "category": "x", "list": []}}') == []


@pytest.mark.parametrize(
    "text", ['[{"a": 1}, {"a": ]', '[{"a": 1}, {"a": NaN}]', '[{"a": 1}, {"b"', '[{"a": 1}] trailing']
)
def test_broken_json_names_the_record(text: str, tmp_path: Path) -> None:
    """An answer that was cut off half way."""
    with pytest.raises(InputError, match=r"is not JSON after record [01]|is not JSON after record") as caught:
        records(tmp_path, text)

    assert caught.value.where.line in {1, 2}


@pytest.mark.parametrize(
    "answer",
    [
        '{"retCode": 10006, "retMsg": "Too many visits", "result": {}}',
        '{"code": -1121, "msg": "Invalid symbol"}',
        '{"error": ["EAPI:Invalid key"]}', '{"code": "50011", "msg": "Too many requests", "data": []}',
        '{"success": false, "message": "no"}', '{"status": "error", "err-msg": "login"}',
    ],
)  # fmt: skip
def test_a_page_that_failed_is_a_hole_in_the_statement(answer: str, tmp_path: Path) -> None:
    """Passed over, its fills would be missing and nobody would know."""
    with pytest.raises(InputError, match="answered with an error") as caught:
        records(tmp_path, '{"retCode": 0, "retMsg": "OK", "result": {"list": [{"a": 1}]}}\n' + answer)

    assert caught.value.where.line == 2


def test_a_number_beyond_all_measure_is_refused(tmp_path: Path) -> None:
    """Ten characters may stand for more digits than there is memory."""
    with pytest.raises(InputError, match="beyond all measure"):
        records(tmp_path, '[{"a": 1e99999999999999999999}]')


def test_a_list_under_an_unknown_name_is_not_loaded(tmp_path: Path) -> None:
    """It may be of any size."""
    with pytest.raises(InputError, match="name that is not known"):
        records(tmp_path, '{"things": [' + ",".join(["1"] * 30_000) + "]}")


def test_a_table_is_not_json() -> None:
    """Though a cell may begin with a brace."""
    assert looks_like_json(["\ufeff  {"])
    assert looks_like_json(["GET", "/v5/x", "true", "{"])
    assert not looks_like_json(["a,b", "{1},2"])
    assert not looks_like_json([])
