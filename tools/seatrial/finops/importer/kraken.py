"""
Kraken: trades and ledgers, as exported and as the API answers.

Fields: Kraken support pages on the ledger and trade exports, API `TradesHistory` and `Ledgers`. A
fee is written as paid, of a trade in the quote. In the ledger the balance is after amount and fee.
A ledger row without a txid and balance is a pending one that comes again when it has settled. A
trade with margin moves its fee alone. XXBT is BTC, XXDG is DOGE, ZEUR is EUR.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Row
from ..markets import split
from ..record import Record
from .deal import charge, charged, fee_kind, kind_of, nothing, paid, parted, spot
from .interface import BOTH, FORMATS, Format, each

LEGACY = {
    "XXBT": "BTC", "XBT": "BTC", "XXDG": "DOGE", "XDG": "DOGE", "XETH": "ETH", "XXRP": "XRP", "XLTC": "LTC",
    "XXLM": "XLM",
    "XXMR": "XMR", "XZEC": "ZEC", "XETC": "ETC", "XREP": "REP", "XMLN": "MLN", "XICN": "ICN", "XNMC": "NMC",
    "ZUSD": "USD",
    "ZEUR": "EUR", "ZGBP": "GBP", "ZCAD": "CAD", "ZJPY": "JPY", "ZAUD": "AUD", "ZKRW": "KRW", "XXVN": "VEN",
}  # fmt: skip
QUOTES = (
    "PYUSD", "RLUSD", "USDT", "USDC", "USDG", "USDQ", "USDR", "EURR", "EURQ", "EURT", "ZUSD", "ZEUR",
    "ZGBP", "ZCAD", "ZJPY",
    "ZAUD", "XXBT", "XETH", "USD", "EUR", "GBP", "CAD", "JPY", "AUD", "CHF", "AED", "XBT", "BTC", "ETH",
    "DAI", "DOT", "POL",
)  # fmt: skip
KINDS = {
    "trade": Kind.TRADE, "margin": Kind.REALIZED, "settled": Kind.REALIZED, "rollover": Kind.INTEREST,
    "deposit": Kind.TRANSFER,
    "withdrawal": Kind.TRANSFER, "transfer": Kind.TRANSFER, "spend": Kind.CONVERSION,
    "receive": Kind.CONVERSION,
    "conversion": Kind.CONVERSION, "staking": Kind.INTEREST, "reward": Kind.INTEREST,
    "dividend": Kind.INTEREST,
    "credit": Kind.REFERRAL, "invite bonus": Kind.REFERRAL, "sale": Kind.CONVERSION,
}  # fmt: skip
EARN = {"reward": Kind.INTEREST}


def currency(code: str) -> str:
    """Return a Kraken asset's usual code; a staked variant (`ETH.S`) stays a wallet of its own."""
    upper = code.strip().upper()
    name, dot, variant = upper.partition(".")
    return LEGACY.get(name, name) + dot + variant


def _pair(record: Record) -> tuple[str, str]:
    name = record.text("pair").upper()
    if "/" in name:
        base, _, quote = name.partition("/")
    elif len(name) == 8 and name[0] in "XZ" and name[4] in "XZ":
        base, quote = name[:4], name[4:]
    else:
        try:
            base, quote = split(name, (), QUOTES)
        except ValueError as error:
            raise record.refuse("pair", str(error)) from error
    return currency(base), currency(quote)


def _trade(record: Record) -> Row:
    pair = _pair(record)
    # Flags of the order: fee in base, unless the base is bought with it.
    fee = paid(record, "fee", pair[0] if "fcib" in record.word("oflags") else pair[1])
    trade_id = record.maybe("txid") or record.maybe("_key")
    fill = FillRow(
        symbol=record.text("pair"), side=record.side("type"), price=record.positive("price"),
        qty=record.positive("vol"),
        trade_id=trade_id, order_id=record.maybe("ordertxid"), **charged(fee),
        liquidity=_liquidity(record),
    )  # fmt: skip
    if record.amount_or_none("margin"):
        return Row(record.stamp("time"), record.source, charge(fee), fill, trade_id, word="margin trade")
    return spot(record, fill, pair, record.positive("cost"), stamp="time")


def _liquidity(record: Record) -> str | None:
    maker = record.word("maker")
    return {"true": "maker", "false": "taker"}.get(maker)


def _ledger(record: Record) -> Row:
    word, sub = record.text("type"), record.word("subtype")
    ref = record.maybe("txid") or record.maybe("_key")
    said = f"{word}/{sub}" if sub else word
    if ref is None and record.amount_or_none("balance") is None:
        return nothing(record, "time", f"{said} pending", record.maybe("refid"))
    kind = (
        EARN.get(sub, Kind.TRANSFER) if record.word("type") == "earn" else kind_of(KINDS, record.word("type"))
    )
    coin, balance = currency(record.text("asset")), record.amount_or_none("balance")
    cost = -(record.amount_or_none("fee") or Decimal(0))
    # What a rollover costs is interest, though it stands in the column of fees.
    costs = Kind.INTEREST if record.word("type") == "rollover" else fee_kind(cost)
    moved = parted(coin, [(record.amount("amount"), kind), (cost, costs)], balance)
    return Row(record.stamp("time"), record.source, moved, None, ref, record.maybe("wallet") or "", said)


FORMATS.add(
    "kraken-trades",
    Format(
        name="kraken-trades", venue="kraken", title="Kraken trades (export or API answer)",
        needs=("ordertxid", "pair", "time", "type", "price", "cost", "fee", "vol"),
        also=("txid", "ordertype", "margin", "misc", "ledgers", "maker", "_key"), rows=each(_trade),
        shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "kraken-ledgers",
    Format(
        name="kraken-ledgers", venue="kraken", title="Kraken ledgers (export or API answer)",
        needs=("refid", "time", "type", "asset", "amount", "fee", "balance"),
        also=("txid", "subtype", "aclass", "wallet", "_key"), rows=each(_ledger), shapes=BOTH,
    ),
)  # fmt: skip
