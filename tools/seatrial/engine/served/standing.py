"""Requests about how the account stands: positions, leverage, wallets, fees, and what it is."""

from decimal import Decimal, localcontext
from typing import Any

from ...model.instrument import Contract
from ..execution.ledger import EXACT
from ..grid import money
from .answers import Fields
from .clock import VenueClock
from .public import LEVERAGE_MAX
from .refusals import NO_HEDGE, SAME_LEVERAGE, SAME_MODE, Refusal, bad
from .symbols import must_be_category
from .tickets import number, text
from .trading import Trading

ONE_WAY, HEDGE = "0", "3"
DCP_S = (3, 300)
EXACT_PLACES = 8


class Standing:
    """Answers from positions and wallets as they are now."""

    def __init__(self, trading: Trading, clock: VenueClock, api_key: str) -> None:
        self._trading, self.venue, self.clock, self._api_key = trading, trading.venue, clock, api_key
        self.dcp_s: int | None = None

    # -- positions ----------------------------------------------------------------------------------

    def positions(self, fields: Fields) -> Fields:
        """Return positions: one symbol's even when it is flat, else those that are open."""
        category = text(fields, "category")
        must_be_category(category)
        if category == "spot":
            raise bad("category", "has no positions")
        wanted = self._trading.selected(category, fields, needed=category == "linear")
        named = bool(text(fields, "symbol"))
        rows = [self.position(at) for at in sorted(wanted) if named or self.venue.scribe.ledgers[at].lots]
        return {"category": category, "list": rows, "nextPageCursor": ""}

    def position(self, at: int) -> dict[str, Any]:
        """Return one position in the venue's fields."""
        venue = self.venue
        ledger, grid, account = venue.scribe.ledgers[at], venue.scribe.grids[at], venue.account
        category, symbol = venue.symbols.names[at]
        mark, average = account.mark(at), ledger.average()
        margin = account.position_margin(at)
        with localcontext(EXACT):
            realized = ledger.realized() + ledger.fees + ledger.funding
            value = account.units[at](mark, ledger.lots) if mark is not None else Decimal(0)
        return {
            "positionIdx": 0,
            "riskId": 1,
            "riskLimitValue": "1000000000",
            "category": category,
            "symbol": symbol,
            "side": "Buy" if ledger.lots > 0 else "Sell" if ledger.lots < 0 else "",
            "size": grid.qty(abs(ledger.lots)),
            "avgPrice": money(average) if average is not None else "0",
            "positionValue": money(value) if ledger.lots else "",
            "tradeMode": 0,
            "positionStatus": "Normal",
            "autoAddMargin": 0,
            "adlRankIndicator": 0,
            "leverage": money(account.leverage[at]),
            "positionBalance": money(margin),
            "markPrice": grid.mid(venue.known_mid2(at)) or "",
            "liqPrice": "",
            "bustPrice": "",
            "positionMM": "0",
            "positionIM": money(margin),
            "positionIMByMp": money(margin),
            "positionMMByMp": "0",
            "tpslMode": "Full",
            "takeProfit": "",
            "stopLoss": "",
            "trailingStop": "0",
            "sessionAvgPrice": "",
            "unrealisedPnl": money(ledger.unrealized(mark)),
            "curRealisedPnl": money(realized),
            "cumRealisedPnl": money(realized),
            "isReduceOnly": False,
            "mmrSysUpdatedTime": "",
            "leverageSysUpdatedTime": "",
            "createdTime": str(self.clock.shown_ms(venue.now_ns)),
            "updatedTime": str(self.clock.shown_ms(venue.now_ns)),
            "seq": venue.counts.events,
        }

    def set_leverage(self, fields: Fields) -> Fields:
        """Set the leverage of a contract, both sides alike."""
        category = text(fields, "category")
        if category == "spot":
            raise bad("category")
        at = self.venue.symbols.index(category, text(fields, "symbol"))
        buy, sell = (number(text(fields, name), name) for name in ("buyLeverage", "sellLeverage"))
        if buy != sell:
            raise bad("buyLeverage, sellLeverage", "must be equal in one-way mode")
        if not 1 <= buy <= LEVERAGE_MAX:
            raise Refusal(
                110013, f"cannot set leverage [{buy}] gt maxLeverage [{LEVERAGE_MAX}] by risk limit"
            )
        account = self.venue.account
        if account.leverage[at] == buy:
            raise Refusal(SAME_LEVERAGE)
        account.leverage[at] = buy
        return {}

    def switch_mode(self, fields: Fields) -> Fields:
        """Refuse hedge mode; one-way is what there is."""
        must_be_category(text(fields, "category"))
        mode = text(fields, "mode")
        if mode == HEDGE:
            raise Refusal(NO_HEDGE)
        raise Refusal(SAME_MODE) if mode == ONE_WAY else bad("mode")

    def trading_stop(self, fields: Fields) -> Fields:
        """Refuse stops on positions: this exchange has none, and must not seem to."""
        must_be_category(text(fields, "category"))
        raise bad("trading-stop", "is not served: this exchange has no stops on positions")

    # -- the account ----------------------------------------------------------------------------------

    def wallet(self, fields: Fields) -> Fields:
        """Return the wallets, all or those of the named coins."""
        kind = text(fields, "accountType")
        if kind not in {"UNIFIED", ""}:
            raise Refusal(10001, "accountType only support UNIFIED.")
        named = [coin for coin in text(fields, "coin").split(",") if coin]
        coins = [coin for coin in self.venue.account.wallets if not named or coin in named]
        return {"list": [self.summary(coins)]}

    def summary(self, coins: list[str]) -> dict[str, Any]:
        """Return the account's totals in dollars and some of its wallets."""
        account = self.venue.account
        with localcontext(EXACT):
            worth = {coin: account.usd(coin) or Decimal(0) for coin in account.wallets}
            cash = sum((account.wallets[coin] * each for coin, each in worth.items()), Decimal(0))
            upl = sum((account.unrealized(coin) * each for coin, each in worth.items()), Decimal(0))
            free = sum((account.free(coin) * each for coin, each in worth.items()), Decimal(0))
            held = cash + upl - free
        equity, margin = _short(cash + upl), _short(held)
        return {
            "accountType": "UNIFIED",
            "accountLTV": "0",
            "accountIMRate": _ratio(held, cash + upl),
            "accountMMRate": "0",
            "accountIMRateByMp": _ratio(held, cash + upl),
            "accountMMRateByMp": "0",
            "totalEquity": equity,
            "totalWalletBalance": _short(cash),
            "totalMarginBalance": equity,
            "totalAvailableBalance": _short(free),
            "totalPerpUPL": _short(upl),
            "totalInitialMargin": margin,
            "totalMaintenanceMargin": "0",
            "totalInitialMarginByMp": margin,
            "totalMaintenanceMarginByMp": "0",
            "coin": [self._coin(coin, worth[coin]) for coin in coins],
        }

    def _coin(self, coin: str, usd: Decimal) -> dict[str, Any]:
        account = self.venue.account
        with localcontext(EXACT):
            cash, upl = account.wallets[coin], account.unrealized(coin)
            held = cash + upl - account.free(coin)
            equity = cash + upl
        return {
            "coin": coin,
            "equity": money(equity),
            "usdValue": _short(equity * usd),
            "walletBalance": money(cash),
            "availableToWithdraw": "",
            "availableToBorrow": "",
            "borrowAmount": "0",
            "spotBorrow": "0",
            "accruedInterest": "0",
            "totalOrderIM": "0",
            "totalPositionIM": money(held),
            "totalPositionMM": "0",
            "unrealisedPnl": money(upl),
            "cumRealisedPnl": money(self._realized(coin)),
            "bonus": "0",
            "locked": money(self._locked(coin)),
            "collateralSwitch": True,
            "marginCollateral": True,
            "spotHedgingQty": "0",
        }

    def _realized(self, coin: str) -> Decimal:
        contracts = [
            ledger
            for at, ledger in enumerate(self.venue.scribe.ledgers)
            if self.venue.symbols.settle(at) == coin and ledger.instrument.contract is not Contract.SPOT
        ]
        with localcontext(EXACT):
            return sum((each.realized() + each.fees + each.funding for each in contracts), Decimal(0))

    def _locked(self, coin: str) -> Decimal:
        """Return what open spot orders hold of a wallet."""
        venue, held = self.venue, Decimal(0)
        with localcontext(EXACT):
            for order in venue.orders.open.values():
                if venue.symbols.names[order.instrument][0] != "spot" or order.market:
                    continue
                base, quote = venue.symbols.coins[order.instrument]
                if order.side == 0 and quote == coin:
                    held += venue.account.units[order.instrument](order.px, order.leaves)
                elif order.side == 1 and base == coin:
                    held += venue.instruments[order.instrument].lot_size * order.leaves
        return held

    def fee_rates(self, fields: Fields) -> Fields:
        """Return the fee rates: one tier for everything."""
        category = text(fields, "category")
        must_be_category(category)
        wanted = self._trading.selected(category, fields, needed=False)
        rows = [
            {
                "symbol": self.venue.symbols.names[at][1],
                "baseCoin": "",
                "takerFeeRate": self.venue.fee_rate(maker=False),
                "makerFeeRate": self.venue.fee_rate(maker=True),
            }
            for at in sorted(wanted)
        ]
        return {"category": category, "list": rows}

    def info(self, _: Fields) -> Fields:
        """Return what kind of account this is: unified, cross margin, one-way."""
        return {
            "marginMode": "REGULAR_MARGIN",
            "updatedTime": str(self.clock.shown_ms(self.venue.now_ns)),
            "unifiedMarginStatus": 5,
            "dcpStatus": "OFF" if self.dcp_s is None else "ON",
            "timeWindow": self.dcp_s or 0,
            "smpGroup": 0,
            "isMasterTrader": False,
            "spotHedgingStatus": "OFF",
        }

    def key(self, _: Fields) -> Fields:
        """Return what the API key may do."""
        return {
            "id": "1",
            "note": "seatrial",
            "apiKey": self._api_key,
            "readOnly": 0,
            "secret": "",
            "permissions": {
                "ContractTrade": ["Order", "Position"],
                "Spot": ["SpotTrade"],
                "Wallet": ["AccountTransfer"],
                "Options": [],
                "Derivatives": ["DerivativesTrade"],
                "CopyTrading": [],
                "BlockTrade": [],
                "Exchange": [],
                "NFT": [],
            },
            "ips": ["*"],
            "type": 1,
            "deadlineDay": 90,
            "expiredAt": "2099-01-01T00:00:00Z",
            "createdAt": "2020-01-01T00:00:00Z",
            "unified": 0,
            "uta": 1,
            "userID": 1,
            "inviterID": 0,
            "vipLevel": "No VIP",
            "mktMakerLevel": "0",
            "affiliateID": 0,
            "rsaPublicKey": "",
            "isMaster": True,
            "parentUid": "0",
            "kycLevel": "LEVEL_DEFAULT",
            "kycRegion": "",
        }

    def coins(self, fields: Fields) -> Fields:
        """Return the coins of this market; nothing can be deposited or withdrawn."""
        named = text(fields, "coin")
        found = dict.fromkeys(coin for pair in self.venue.symbols.coins for coin in pair)
        rows = [
            {
                "name": coin,
                "coin": coin,
                "remainAmount": "0",
                "chains": [
                    {
                        "chainType": coin,
                        "confirmation": "1",
                        "withdrawFee": "",
                        "depositMin": "0",
                        "withdrawMin": "0",
                        "chain": coin,
                        "chainDeposit": "0",
                        "chainWithdraw": "0",
                        "minAccuracy": "8",
                        "withdrawPercentageFee": "0",
                    }
                ],
            }
            for coin in found
            if not named or coin == named
        ]
        return {"rows": rows}

    def set_dcp(self, fields: Fields) -> Fields:
        """Set how long the private stream may be gone before every order is cancelled."""
        seconds = text(fields, "timeWindow")
        low, high = DCP_S
        if not (seconds.isascii() and seconds.isdigit() and low <= int(seconds[:6]) <= high):
            raise bad("timeWindow", f"is from {low} to {high} seconds")
        self.dcp_s = int(seconds)
        return {}

    def dcp(self, _: Fields) -> Fields:
        """Return whether disconnect protection is on, by product."""
        on = self.dcp_s is not None
        rows = [
            {"product": name, "dcpStatus": "ON" if on else "OFF", "timeWindow": str(self.dcp_s or 10)}
            for name in ("SPOT", "DERIVATIVES")
        ]
        return {"dcpInfos": rows}


def _short(value: Decimal) -> str:
    """Return an amount in dollars; totals are the venue's estimates and no part of the books."""
    return money(round(value, EXACT_PLACES))


def _ratio(part: Decimal, whole: Decimal) -> str:
    return money(round(part / whole, 4)) if whole > 0 else "0"
