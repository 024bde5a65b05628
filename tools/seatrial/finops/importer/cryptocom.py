"""
Crypto.com: the app's transaction history.

Fields: the venue's own header. Amounts are cash; a row with `To Currency` is an exchange, and `To
Amount` came in. The kind is the venue's word; the native columns are a valuation and move nothing.
A card purchase (`viban_purchase`) names the money first.
"""

from ..entry import Kind, Movement, Row
from ..record import Record
from .interface import FORMATS, Format, each

ENDINGS = (
    ("_exchange", Kind.CONVERSION),
    ("exchange", Kind.CONVERSION),
    ("_credited", Kind.CONVERSION),
    ("_debited", Kind.CONVERSION),
    ("_purchase", Kind.CONVERSION),
    ("_deposit", Kind.TRANSFER),
    ("_withdrawal", Kind.TRANSFER),
    ("_transfer", Kind.TRANSFER),
    ("_interest_paid", Kind.INTEREST),
    ("_reward", Kind.INTEREST),
    ("_rewards", Kind.INTEREST),
    ("_cashback", Kind.REFERRAL),
    ("_bonus", Kind.REFERRAL),
    ("_gift", Kind.REFERRAL),
    ("_rebate", Kind.REBATE),
    ("_program_created", Kind.TRANSFER),
    ("_program_withdrawn", Kind.TRANSFER),
    ("_lock", Kind.TRANSFER),
    ("_unlock", Kind.TRANSFER),
    ("_commit", Kind.TRADE),
    ("_payment", Kind.TRANSFER),
    ("_payment_refund", Kind.TRANSFER),
    ("_top_up", Kind.TRANSFER),
    ("reimbursement", Kind.REFERRAL),
    ("_reverted", Kind.REFERRAL),
    ("_interest", Kind.INTEREST),
    ("airdrop_locked", Kind.REFERRAL),
)
# Newer words name the wallet behind the last point.
WALLETS = (".crypto_wallet", ".fiat_wallet", ".cash_account")  # fmt: skip


def _row(record: Record) -> Row:
    word = record.text("transactionKind")
    name = word.lower()
    for wallet in WALLETS:
        name = name.removesuffix(wallet)
    kind = next((kind for ending, kind in reversed(ENDINGS) if name.endswith(ending)), Kind.OTHER)
    moved = [Movement(record.currency("currency"), record.amount("amount"), kind)]
    if record.maybe("toCurrency"):
        moved.append(Movement(record.currency("toCurrency"), abs(record.amount("toAmount")), kind))
    return Row(
        record.stamp("timestamp"), record.source, tuple(moved), None, record.maybe("transactionHash"),
        word=word,
    )  # fmt: skip


FORMATS.add(
    "cryptocom-app",
    Format(
        name="cryptocom-app", venue="cryptocom", title="Crypto.com app transaction history",
        needs=("timestamp", "transactionDescription", "currency", "amount", "transactionKind"),
        also=("toCurrency", "toAmount", "nativeCurrency", "nativeAmount"), rows=each(_row),
    ),
)  # fmt: skip
