"""A mapping file makes a statement of any CSV, and a wrong one is refused at its line."""

from pathlib import Path

import pytest
from tests.finops.importer.short import short

from seatrial.finops.mapping import Mapping, load_mapping
from seatrial.finops.reading import read_statement
from seatrial.model.errors import InputError, UsageError

FILLS = """\
venue: acme
fills:
  time: Executed at
  symbol: Market
  side: Way
  price: Rate
  quantity: Size
  fee: Cost
  fee_currency: Cost in
  trade_id: No
  status: State
fee_sign: paid
date_order: dmy
comma: decimal
zone: Europe/Berlin
done: [booked]
"""
LEDGER = """\
venue: acme
ledger:
  time: When
  currency: Coin
  amount: Sum
  type: What
  balance: After
  reference: Id
types:
  transfer: [Paid in, Paid out]
  funding: [Carry]
outgoing: [Paid out]
"""


def put(folder: Path, name: str, text: str) -> Path:
    """Write a file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_fills_of_an_unknown_venue_are_read(tmp_path: Path) -> None:
    """Dates, commas, zone and fee sign are the file's own."""
    mapping = put(tmp_path, "m.yaml", FILLS)
    statement = put(
        tmp_path, "s.csv",
        "No;Executed at;Market;Way;Rate;Size;Cost;Cost in;State\n"
        "1;03.07.2024 12:00:00;BTC/EUR;BUY;50.000,5;0,1;0,25;EUR;booked\n"
        "2;03.07.2024 12:00:01;BTC/EUR;SELL;50.000,5;0,1;-0,01;BNB;booked\n"
        "3;03.07.2024 12:00:02;BTC/EUR;SELL;50.000,5;0,1;;;deleted\n",
    )  # fmt: skip

    assert [short(row) for row in read_statement(statement, mapping=mapping)] == [
        (
            "2024-07-03T10:00:00 | BTC +0.1 trade, EUR -5000.05 trade, EUR -0.25 fee"
            " | buy 0.1 BTC/EUR @ 50000.5 fee -0.25 EUR | trade"
        ),
        (
            "2024-07-03T10:00:01 | BTC -0.1 trade, EUR +5000.05 trade, BNB +0.01 rebate"
            " | sell 0.1 BTC/EUR @ 50000.5 fee 0.01 BNB | trade"
        ),
        "2024-07-03T10:00:02 | - | - | deleted",
    ]


def test_a_contract_moves_its_fee_alone(tmp_path: Path) -> None:
    """A perpetual's price times quantity is nobody's money."""
    mapping = put(tmp_path, "m.yaml", FILLS + "contract: derivative\n")
    statement = put(
        tmp_path, "s.csv",
        "No;Executed at;Market;Way;Rate;Size;Cost;Cost in;State\n"
        "1;03.07.2024 12:00;BTCPERP;BUY;50;1;1;EUR;booked\n",
    )  # fmt: skip

    assert [short(row) for row in read_statement(statement, mapping=mapping)] == [
        "2024-07-03T10:00:00 | EUR -1 fee | buy 1 BTCPERP @ 50 fee -1 EUR | trade"
    ]


def test_a_ledger_of_an_unknown_venue_is_read(tmp_path: Path) -> None:
    """Words that nobody named are `other`, and kept."""
    mapping = put(tmp_path, "m.yaml", LEDGER)
    statement = put(
        tmp_path, "s.csv",
        "Id,When,What,Coin,Sum,After\n1,2024-01-01 00:00:00,Paid in,EUR,100,100\n"
        "2,2024-01-02 00:00:00,Paid out,EUR,40,60\n3,2024-01-03 00:00:00,Carry,EUR,-1,59\n"
        "4,2024-01-04 00:00:00,Magic,EUR,-2,57\n",
    )  # fmt: skip

    assert [short(row) for row in read_statement(statement, mapping=mapping)] == [
        "2024-01-01T00:00:00 | EUR +100 transfer = 100 | - | Paid in",
        "2024-01-02T00:00:00 | EUR -40 transfer = 60 | - | Paid out",
        "2024-01-03T00:00:00 | EUR -1 funding = 59 | - | Carry",
        "2024-01-04T00:00:00 | EUR -2 other = 57 | - | Magic",
    ]


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("venue: a\n", None, "exactly one of fills and ledger"),
        (FILLS.replace("fee_sign: paid\n", ""), None, "fee_sign is needed"),
        (FILLS.replace("done: [booked]\n", ""), None, "status and done go together"),
        (FILLS.replace("Way", "Way\n  colour: Red"), 6, "colour"),
        (FILLS.replace("  price: Rate\n", ""), None, "price"),
        (FILLS.replace("fee_sign: paid", "fee_sign: maybe"), 12, "fee_sign"),
        (FILLS.replace("Europe/Berlin", "Europe/Atlantis"), None, "Atlantis"),
        (LEDGER.replace("funding:", "fun:"), None, "types"),
        (LEDGER.replace("outgoing: [Paid out]", "outgoing: Paid out"), 12, "outgoing"),
        (LEDGER + "venue: twice\n", 13, "given twice"),
        ("- a\n", 1, "not a mapping"),
        ("", None, "is empty"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused(text: str, line: int | None, says: str, tmp_path: Path) -> None:
    """A misspelt key that is passed over would be a column that is never read."""
    with pytest.raises(UsageError, match=says) as caught:
        load_mapping(put(tmp_path, "m.yaml", text))

    assert "m.yaml" in caught.value.line
    assert "\n" not in caught.value.line
    assert line is None or caught.value.where.line == line


def test_a_statement_without_the_columns_of_its_mapping_is_refused(tmp_path: Path) -> None:
    """With both what is needed and what is there."""
    mapping, statement = put(tmp_path, "m.yaml", LEDGER), put(tmp_path, "s.csv", "Id,When,Coin\n1,2,3\n")

    with pytest.raises(
        InputError, match=r"s\.csv:1: the mapping needs the columns When, Coin, Sum.*seen: Id, When, Coin"
    ):
        read_statement(statement, mapping=mapping)


def test_a_missing_mapping_is_refused(tmp_path: Path) -> None:
    """And not taken for no mapping."""
    statement = put(tmp_path, "s.csv", "Id,When,Coin\n1,2,3\n")

    with pytest.raises(UsageError, match="no such file"):
        read_statement(statement, mapping=tmp_path / "m.yaml")


def test_the_examples_of_the_page_are_mappings(tmp_path: Path) -> None:
    """What people copy has to work, and every key of the model is explained."""
    page = (Path(__file__).parents[2] / "docs" / "statements.md").read_text("utf-8")
    examples = [part.split("```")[0] for part in page.split("```yaml\n")[1:]]

    formats = [load_mapping(put(tmp_path, "m.yaml", text)) for text in examples]

    assert [one.venue for one in formats] == ["acme", "acme"]
    assert all(f"| `{key}` |" in page for key in Mapping.model_fields)
