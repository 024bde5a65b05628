"""
BitMEX: the wallet's history and the executions, as exported and as the API answers.

Fields: BitMEX API documentation (`/user/walletHistory`, `/execution/tradeHistory`); the scales are
those of `/wallet/assets`. Amounts are whole minor units (XBt is 1e-8 of a bitcoin, USDt 1e-6 of a
dollar). In the wallet history an amount is cash and already contains its fee; rows of one time
stamp show the balance after the last of them. A row that is not completed has moved nothing. In the
executions `execComm` is paid when positive, and a row of type Funding is a funding payment.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import charge, charged, is_done, kind_of
from .interface import BOTH, FORMATS, Format, each

# Decimals of each wallet's minor unit; the code of most is the coin's with its last letter small.
DECIMALS = {
    "XBt": 8, "USDt": 6, "USDc": 6, "BMEx": 6, "MATIc": 8, "TAXTRUMp": 8, "SHIb": 5, "DOGe": 6, "NEAr": 8,
    "STLs": 8, "MAMUSd": 6,
    "XRp": 6, "TRx": 6, "SANd": 8, "BCh": 8, "DOt": 8, "POl": 9, "LOt": 5, "AVAx": 8, "USDe": 6, "GOAt": 8,
    "LTc": 8, "TRUMp": 8,
    "FTm": 8, "CRo": 6, "FTr": 5, "FTt": 8, "KAMa": 5, "RLUSd": 6, "SUSHi": 8, "ATOm": 6, "UNi": 8,
    "AAVe": 8, "WBTc": 8, "s": 8,
    "BONk": 5, "LINk": 8, "XTz": 8, "XAUt": 6, "MANa": 8, "HYPe": 8, "GATa": 8, "OKb": 8, "DAi": 6,
    "LAMp": 9, "APe": 8, "BNb": 8,
    "Gwei": 9, "fjUSDt": 6, "BUSd": 6, "AXs": 8, "ADa": 8,
}  # fmt: skip
NAMED = {"XBt": "BTC", "LAMp": "SOL", "Gwei": "ETH", "fjUSDt": "fjUSDt"}
KINDS = {
    "RealisedPNL": Kind.REALIZED, "Funding": Kind.FUNDING, "Deposit": Kind.TRANSFER,
    "Withdrawal": Kind.TRANSFER,
    "Transfer": Kind.TRANSFER, "SpotTrade": Kind.TRADE, "Conversion": Kind.CONVERSION,
    "AffiliatePayout": Kind.REFERRAL,
    "Liquidation": Kind.LIQUIDATION, "Insurance": Kind.INSURANCE, "Fee": Kind.FEE,
    "StakingReward": Kind.INTEREST,
    "BonusCredit": Kind.REFERRAL, "Rebate": Kind.REBATE, "HaircutRebate": Kind.REBATE,
    "TradingFeeRebate": Kind.REBATE,
}  # fmt: skip
MOVES_NOTHING = frozenset({"unrealisedpnl", "total"})


def wallet(code: str) -> tuple[str, int]:
    """
    Return a wallet's currency and the decimals of its minor unit.

    A code that is not in the venue's list stays as it is, counted in its minor unit: exact, and no
    guess at a scale.
    """
    if code in NAMED:
        return NAMED[code], DECIMALS[code]
    return (code.upper(), DECIMALS[code]) if code in DECIMALS else (code, 0)


def _amount(record: Record, name: str, decimals: int) -> Decimal | None:
    value = record.amount_or_none(name)
    if value is None:
        return None
    if value != value.to_integral_value():
        raise record.refuse(name, f"{value} is no whole number of minor units")
    return value.scaleb(-decimals)


def _history(record: Record) -> Row:
    word = record.text("transactType")
    account = record.maybe("account") or ""
    ref = record.maybe("transactID")
    # Accounting goes by `timestamp`; the website's export has the time of the request alone.
    when = record.stamp("timestamp" if record.maybe("timestamp") else "transactTime")
    if word.lower() in MOVES_NOTHING or not is_done(record, "transactStatus", blank=True):
        return Row(
            when,
            record.source,
            ref=ref,
            account=account,
            word=f"{word} {record.maybe('transactStatus') or ''}".strip(),
        )
    currency, decimals = wallet(record.maybe("currency") or "XBt")
    amount = _amount(record, "amount", decimals)
    if amount is None:
        raise record.refuse("amount", "has no amount")
    moved = Movement(currency, amount, kind_of(KINDS, word), _amount(record, "walletBalance", decimals))
    # The address of what a position did is its instrument.
    symbol = record.maybe("address") or "" if word in {"RealisedPNL", "Funding", "SpotTrade"} else ""
    return Row(when, record.source, (moved,), None, ref, account, word, symbol)


def _execution(record: Record) -> Row:
    kind = record.text("execType")
    currency, decimals = wallet(record.maybe("settlCurrency") or _settles_in(record.text("symbol")))
    cost = _amount(record, "execComm", decimals)
    fee = (-cost, currency) if cost else None
    when = "transactTime" if record.maybe("transactTime") else "timestamp"
    if kind == "Funding":
        return Row(
            record.stamp(when),
            record.source,
            charge(fee, Kind.FUNDING),
            None,
            record.maybe("execID"),
            word=kind,
            symbol=record.text("symbol"),
        )
    if not record.amount_or_none("lastQty"):
        return Row(record.stamp(when), record.source, ref=record.maybe("execID"), word=kind)
    ind, value = record.word("lastLiquidityInd"), _amount(record, "execCost", decimals)
    fill = FillRow(
        symbol=record.text("symbol"), side=record.side("side"), price=record.positive("lastPx"),
        qty=record.positive("lastQty"),
        trade_id=record.maybe("execID"), order_id=record.maybe("orderID"), **charged(fee),
        liquidity={"addedliquidity": "maker", "removedliquidity": "taker"}.get(ind),
        notional=None if value is None else abs(value),
        inverse=currency == "BTC" and record.text("symbol").startswith("XBT"),
    )  # fmt: skip
    return Row(record.stamp(when), record.source, charge(fee), fill, fill.trade_id, word=kind)


def _settles_in(symbol: str) -> str:
    return {"USDT": "USDt", "USDC": "USDc"}.get(symbol[-4:].upper(), "XBt")


FORMATS.add(
    "bitmex-wallet",
    Format(
        name="bitmex-wallet", venue="bitmex", title="BitMEX wallet history (API answer or CSV)",
        needs=("transactTime", "transactType", "amount", "walletBalance"),
        also=("timestamp", "transactStatus", "currency", "fee", "transactID", "address", "account"),
        order="mdy",
        rows=each(_history), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "bitmex-executions",
    Format(
        name="bitmex-executions", venue="bitmex", title="BitMEX trade history (API answer or CSV)",
        needs=("symbol", "execType", "side", "lastQty", "lastPx", "execComm", "orderID", "transactTime"),
        also=("execCost", "commission", "execID", "settlCurrency", "lastLiquidityInd", "timestamp"),
        order="mdy",
        rows=each(_execution), shapes=BOTH,
    ),
)  # fmt: skip
