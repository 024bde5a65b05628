"""
Binance futures: income (the wallet's ledger), account trades, and the orders' stream.

Fields: Binance API documentation, `/fapi/v1/income` and `/dapi/v1/income` (`income` is cash: a
COMMISSION is negative when paid; `tranId` is unique per type), `/fapi/v1/userTrades` (`commission`
is written as paid, `realizedPnl` is cash). The export of the transaction history of a futures
account has the same columns under other words.
"""

from decimal import Decimal

from ..entry import FillRow, Kind, Movement, Row
from ..record import Record
from .deal import charge, charged, kind_of, paid
from .interface import BOTH, FORMATS, Format, each

KINDS = {
    "transfer": Kind.TRANSFER, "welcome_bonus": Kind.REFERRAL, "realized_pnl": Kind.REALIZED,
    "funding_fee": Kind.FUNDING,
    "commission": Kind.FEE, "insurance_clear": Kind.INSURANCE, "referral_kickback": Kind.REFERRAL,
    "commission_rebate": Kind.REBATE, "api_rebate": Kind.REBATE, "contest_reward": Kind.REFERRAL,
    "cross_collateral_transfer": Kind.TRANSFER, "options_premium_fee": Kind.TRADE,
    "options_settle_profit": Kind.REALIZED,
    "internal_transfer": Kind.TRANSFER, "auto_exchange": Kind.CONVERSION,
    "delivered_settelment": Kind.REALIZED,
    "delivered_settlement": Kind.REALIZED, "coin_swap_deposit": Kind.CONVERSION,
    "coin_swap_withdraw": Kind.CONVERSION,
    "position_limit_increase_fee": Kind.FEE, "strategy_umfutures_transfer": Kind.TRANSFER,
    "fee_return": Kind.REBATE,
    "bfusd_reward": Kind.INTEREST, "liquidation_fee": Kind.LIQUIDATION, "deposit": Kind.TRANSFER,
    "withdraw": Kind.TRANSFER,
    "funding fee": Kind.FUNDING, "realized profit and loss": Kind.REALIZED, "commission rebate": Kind.REBATE,
}  # fmt: skip


def _income(record: Record) -> Row:
    word = record.text("incomeType")
    amount = record.amount("income")
    kind = kind_of(KINDS, record.word("incomeType"))
    if kind is Kind.FEE and amount > 0:
        kind = Kind.REBATE
    tran = record.maybe("tranId")
    return Row(
        record.stamp("time"), record.source, (Movement(record.currency("asset"), amount, kind),),
        ref=f"{word}:{tran}" if tran else None, account=record.maybe("uid") or "", word=word,
        symbol=record.maybe("symbol") or "",
    )  # fmt: skip


def _trade(record: Record) -> Row:
    coin = record.currency("commissionAsset") if record.maybe("commissionAsset") else None
    maker = record.flag("maker")
    fee = paid(record, "commission", coin)
    if fee is not None and not maker:
        # The documentation's own example writes a taker's fee as cash; a taker gets no rebate here.
        fee = (-abs(fee[0]), fee[1])
    side = record.side("side") if record.maybe("side") else ("buy" if record.flag("buyer") else "sell")
    fill = FillRow(
        symbol=record.text("symbol"), side=side, price=record.positive("price"), qty=record.positive("qty"),
        trade_id=record.text("id"), order_id=record.maybe("orderId"), **charged(fee),
        liquidity="maker" if maker else "taker",
        notional=record.amount_or_none("baseQty"), inverse=record.amount_or_none("baseQty") is not None,
    )  # fmt: skip
    moved = _profit(record, record.amount("realizedPnl"), record.maybe("marginAsset") or coin)
    return Row(record.stamp("time"), record.source, moved + charge(fee), fill, fill.trade_id, word="trade")


def _stream(record: Record) -> Row:
    word = record.text("o.x")
    coin = record.currency("o.N") if record.maybe("o.N") else None
    fee = paid(record, "o.n", coin)
    qty = record.amount_or_none("o.l") or Decimal(0)
    if not qty:
        return Row(record.stamp("o.T"), record.source, word=word)
    fill = FillRow(
        symbol=record.text("o.s"), side=record.side("o.S"), price=record.positive("o.L"), qty=qty,
        trade_id=record.maybe("o.t"), order_id=record.maybe("o.i"), **charged(fee),
        liquidity="maker" if record.flag("o.m") else "taker",
    )  # fmt: skip
    moved = _profit(record, record.amount_or_none("o.rp"), record.maybe("o.ma") or coin)
    return Row(record.stamp("o.T"), record.source, moved + charge(fee), fill, fill.trade_id, word=word)


def _profit(record: Record, profit: Decimal | None, currency: str | None) -> tuple[Movement, ...]:
    if not profit:
        return ()
    if currency is None:
        raise record.refuse("marginAsset", "is missing, so that the profit has no currency")
    return (Movement(currency, profit, Kind.REALIZED),)


def _is_order_update(record: Record) -> bool:
    return record.maybe("e") == "ORDER_TRADE_UPDATE" and record.maybe("o.x") is not None


FORMATS.add(
    "binance-income",
    Format(
        name="binance-income", venue="binance", title="Binance futures income (API answer or CSV)",
        needs=("incomeType", "income", "asset", "time"), also=("symbol", "tranId", "tradeId", "info", "uid"),
        names={"Income Type": "incomeType", "User_ID": "uid"},
        rows=each(_income), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "binance-futures-history",
    Format(
        name="binance-futures-history", venue="binance", title="Binance futures transaction history export",
        needs=("time", "incomeType", "income", "asset", "symbol", "tranId"), also=("uid",),
        names={
            "Date": "time", "Type": "incomeType", "Amount": "income", "Transaction ID": "tranId",
            "User_ID": "uid",
        },
        rows=each(_income),
    ),
)  # fmt: skip
FORMATS.add(
    "binance-futures-trades",
    Format(
        name="binance-futures-trades", venue="binance",
        title="Binance futures account trades (API answer or CSV)",
        needs=("symbol", "id", "price", "qty", "commission", "commissionAsset", "time", "realizedPnl"),
        also=("orderId", "side", "buyer", "maker", "marginAsset", "positionSide", "quoteQty"),
        rows=each(_trade), shapes=BOTH,
    ),
)  # fmt: skip
FORMATS.add(
    "binance-futures-orders",
    Format(
        name="binance-futures-orders", venue="binance", title="Binance futures order updates (stream)",
        needs=("e", "E", "o"), also=("T",), check=_is_order_update, rows=each(_stream), shapes=("json",),
    ),
)  # fmt: skip
