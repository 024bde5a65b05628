# ruff: noqa: E501 (a statement's line is as long as its venue makes it)
"""A statement of every format, made by hand: its text, and what has to come of each row."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """
    The text of a statement and its rows in short.

    A row is `time | movements | fill | word`, and a movement `BTC +1.5 trade = 3` with the balance
    after it where the statement says so.
    """

    text: str
    rows: tuple[str, ...]


def _made(text: str, *rows: str) -> Sample:
    return Sample(text.removeprefix("\n"), rows)


SAMPLES: dict[str, Sample] = {
    "binance-trades": _made(
        """
Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin
2023-05-01 10:00:00,ETHBTC,BUY,0.07,2,0.14,0.002,ETH
2023-05-01 10:00:01,1INCHUSDT,SELL,0.5,"1,000.0",500,0.0015,BNB
""",
        "2023-05-01T10:00:00 | ETH +2 trade, BTC -0.14 trade, ETH -0.002 fee | buy 2 ETHBTC @ 0.07 fee -0.002 ETH | trade",
        "2023-05-01T10:00:01 | 1INCH -1000.0 trade, USDT +500 trade, BNB -0.0015 fee | sell 1000.0 1INCHUSDT @ 0.5 fee -0.0015 BNB | trade",
    ),
    "binance-trades-units": _made(
        """
Date(UTC),Pair,Side,Price,Executed,Amount,Fee
24-03-08 10:15:42,SOLUSDT,BUY,100,"1,500.5SOL","150,050.0USDT",0.25BNB
24-03-08 10:15:42,1INCHUSDT,SELL,0.4,21INCH,0.8USDT,0.0008USDT
""",
        "2024-03-08T10:15:42 | SOL +1500.5 trade, USDT -150050.0 trade, BNB -0.25 fee | buy 1500.5 SOLUSDT @ 100 fee -0.25 BNB | trade",
        "2024-03-08T10:15:42 | 1INCH -2 trade, USDT +0.8 trade, USDT -0.0008 fee | sell 2 1INCHUSDT @ 0.4 fee -0.0008 USDT | trade",
    ),
    "binance-account-trades": _made(
        """
[{"symbol": "BNBBTC", "id": 7, "orderId": 70, "orderListId": -1, "price": "0.005", "qty": "10", "quoteQty": "0.05", "commission": "0.01", "commissionAsset": "BNB", "time": 1700000000123, "isBuyer": true, "isMaker": true, "isBestMatch": true},
{"symbol": "ETHUSDT", "id": 8, "orderId": 71, "orderListId": -1, "price": "2000", "qty": "0.5", "quoteQty": "1000", "commission": "1.0", "commissionAsset": "USDT", "time": 1700000001000000, "isBuyer": false, "isMaker": false, "isBestMatch": true}]
""",
        "2023-11-14T22:13:20.123 | BNB +10 trade, BTC -0.05 trade, BNB -0.01 fee | buy 10 BNBBTC @ 0.005 fee -0.01 BNB maker | trade",
        "2023-11-14T22:13:21 | ETH -0.5 trade, USDT +1000 trade, USDT -1.0 fee | sell 0.5 ETHUSDT @ 2000 fee -1.0 USDT taker | trade",
    ),
    "binance-orders": _made(
        """
Date(UTC);OrderNo;Pair;Type;Order Price;Order Amount;AvgTrading Price;Filled;Total;status
2021-01-01 00:00:10;55;LTCUSDT;BUY;130;2;129.5;2;259;Filled
;Date(UTC);Trading Price;Filled;Total;Fee;;;;
;2021-01-01 00:00:09;129;1;129;0.001LTC;;;;
;2021-01-01 00:00:10;130;1;130;0.0002BNB;;;;
2021-01-01 00:00:20;56;LTCUSDT;SELL;140;1;0;0;0;Canceled
2021-01-01 00:00:30;57;LTCUSDT;SELL;140;1;141;1;141;Filled
""",
        "2021-01-01T00:00:09 | LTC +1 trade, USDT -129 trade, LTC -0.001 fee | buy 1 LTCUSDT @ 129 fee -0.001 LTC | trade",
        "2021-01-01T00:00:10 | LTC +1 trade, USDT -130 trade, BNB -0.0002 fee | buy 1 LTCUSDT @ 130 fee -0.0002 BNB | trade",
        "2021-01-01T00:00:20 | - | - | Canceled",
        "2021-01-01T00:00:30 | LTC -1 trade, USDT +141 trade | sell 1 LTCUSDT @ 141 | trade",
    ),
    "binance-ledger": _made(
        """
User_ID,UTC_Time,Account,Operation,Coin,Change,Remark
9,2022-02-02 02:02:02,Spot,Transaction Buy,ETH,1.5,
9,2022-02-02 02:02:02,Spot,Transaction Spend,USDT,-3000,
9,2022-02-02 02:02:02,Spot,Transaction Fee,BNB,-3.5E-3,
9,2022-02-02 08:00:00,USD-MFutures,Funding Fee,USDT,-0.12,
9,2022-02-02 09:00:00,Spot,Moon Dance,ETH,0.1,never heard of
""",
        "2022-02-02T02:02:02 | ETH +1.5 trade | - | Transaction Buy",
        "2022-02-02T02:02:02 | USDT -3000 trade | - | Transaction Spend",
        "2022-02-02T02:02:02 | BNB -0.0035 fee | - | Transaction Fee",
        "2022-02-02T08:00:00 | USDT -0.12 funding | - | Funding Fee",
        "2022-02-02T09:00:00 | ETH +0.1 other | - | Moon Dance",
    ),
    "binance-income": _made(
        """
[{"symbol": "BTCUSDT", "incomeType": "FUNDING_FEE", "income": "-0.37500000", "asset": "USDT", "info": "FUNDING_FEE", "time": 1570608000000, "tranId": 9689322392, "tradeId": ""},
{"symbol": "BTCUSDT", "incomeType": "COMMISSION", "income": "-0.01", "asset": "USDT", "info": "", "time": 1570608000000, "tranId": 9689322392, "tradeId": "2059192"},
{"symbol": "", "incomeType": "COMMISSION_REBATE", "income": "0.004", "asset": "USDT", "info": "", "time": 1570636800000, "tranId": 1, "tradeId": ""},
{"symbol": "", "incomeType": "STARDUST", "income": "1", "asset": "BNB", "info": "", "time": 1570636800000, "tranId": 2, "tradeId": ""}]
""",
        "2019-10-09T08:00:00 | USDT -0.37500000 funding | - | FUNDING_FEE",
        "2019-10-09T08:00:00 | USDT -0.01 fee | - | COMMISSION",
        "2019-10-09T16:00:00 | USDT +0.004 rebate | - | COMMISSION_REBATE",
        "2019-10-09T16:00:00 | BNB +1 other | - | STARDUST",
    ),
    "binance-futures-history": _made(
        """
User_ID,Date(UTC),Type,Amount,Asset,Symbol,Transaction ID
9,2023-01-01 08:00:00,FUNDING_FEE,0.25,USDT,ETHUSDT,11
9,2023-01-01 08:30:00,REALIZED_PNL,-4.5,USDT,ETHUSDT,12
9,2023-01-01 08:30:00,COMMISSION,-0.2,USDT,ETHUSDT,12
""",
        "2023-01-01T08:00:00 | USDT +0.25 funding | - | FUNDING_FEE",
        "2023-01-01T08:30:00 | USDT -4.5 realized | - | REALIZED_PNL",
        "2023-01-01T08:30:00 | USDT -0.2 fee | - | COMMISSION",
    ),
    "binance-futures-trades": _made(
        """
[{"symbol": "ETHUSDT", "id": 1, "orderId": 2, "side": "SELL", "price": "2000", "qty": "0.5", "realizedPnl": "12.5", "marginAsset": "USDT", "quoteQty": "1000", "commission": "0.4", "commissionAsset": "USDT", "time": 1645930322371, "positionSide": "BOTH", "buyer": false, "maker": false},
{"symbol": "BTCUSD_PERP", "id": 3, "orderId": 4, "side": "BUY", "price": "40000", "qty": "2", "realizedPnl": "0", "marginAsset": "BTC", "baseQty": "0.005", "commission": "-0.000001", "commissionAsset": "BTC", "time": 1645930333910, "positionSide": "BOTH", "buyer": true, "maker": true}]
""",
        "2022-02-27T02:52:02.371 | USDT +12.5 realized, USDT -0.4 fee | sell 0.5 ETHUSDT @ 2000 fee -0.4 USDT taker | trade",
        "2022-02-27T02:52:13.91 | BTC +0.000001 rebate | buy 2 BTCUSD_PERP @ 40000 fee 0.000001 BTC maker | trade",
    ),
    "binance-futures-orders": _made(
        """
{"e": "ORDER_TRADE_UPDATE", "T": 1700000000000, "E": 1700000000001, "o": {"s": "BTCUSDT", "S": "BUY", "x": "NEW", "i": 5, "l": "0", "L": "0", "T": 1700000000000, "t": 0, "m": false, "rp": "0"}}
{"e": "ORDER_TRADE_UPDATE", "T": 1700000001000, "E": 1700000001001, "o": {"s": "BTCUSDT", "S": "BUY", "x": "TRADE", "i": 5, "l": "0.01", "L": "37000", "N": "USDT", "n": "0.148", "T": 1700000001000, "t": 77, "m": true, "rp": "1.5"}}
""",
        "2023-11-14T22:13:20 | - | - | NEW",
        "2023-11-14T22:13:21 | USDT +1.5 realized, USDT -0.148 fee | buy 0.01 BTCUSDT @ 37000 fee -0.148 USDT maker | TRADE",
    ),
    "binance-auto-invest": _made(
        """
Auto-Invest Date(UTC),Holding Coin,Amount per period,Trading Fee,Units,From,Status
5/1/2022 14:00,ETH,10 USDT,0.02 USDT,0.004 ETH,Spot Wallet,Success
5/2/2022 14:00,ETH,10 USDT,0.02 USDT,0.004 ETH,Spot Wallet,Failed
""",
        "2022-05-01T14:00:00 | USDT -9.98 trade, ETH +0.004 trade, USDT -0.02 fee | - | auto-invest",
        "2022-05-02T14:00:00 | - | - | auto-invest Failed",
    ),
    "binance-eth-staking": _made(
        """
Date(UTC),Coin,Token,Amount,Status
2021-03-01 12:00:00,ETH,BETH,0.25,Success
""",
        "2021-03-01T12:00:00 | ETH -0.25 conversion, BETH +0.25 conversion | - | staking",
    ),
    "binance-execution-reports": _made(
        """
{"e": "executionReport", "E": 1709654401000, "s": "ETHUSDT", "c": "x", "S": "SELL", "o": "LIMIT", "q": "1", "p": "2500", "x": "TRADE", "X": "FILLED", "i": 12, "l": "0.4", "L": "2500", "n": "0.0003", "N": "BNB", "T": 1709654401000, "t": 98, "m": true, "Y": "1000"}
{"e": "executionReport", "E": 1709654402000, "s": "ETHUSDT", "c": "x", "S": "SELL", "o": "LIMIT", "q": "1", "p": "2500", "x": "CANCELED", "X": "CANCELED", "i": 13, "l": "0", "L": "0", "n": "0", "N": null, "T": 1709654402000, "t": -1, "m": false}
""",
        "2024-03-05T16:00:01 | ETH -0.4 trade, USDT +1000 trade, BNB -0.0003 fee | sell 0.4 ETHUSDT @ 2500 fee -0.0003 BNB maker | trade",
        "2024-03-05T16:00:02 | - | - | CANCELED",
    ),
    "bitcoin-de": _made(
        """
Date;Type;Currency;Reference;BTC-address;Price;"unit (rate)";"BTC incl. fee";"amount before fee";"unit (amount before fee)";"BTC excl. Bitcoin.de fee";"amount after Bitcoin.de-fee";"unit (amount after Bitcoin.de-fee)";"Incoming / Outgoing";"Account balance"
"2014-01-02 10:00:00";Purchase;BTC;ABC;;600.00;"BTC / EUR";2.00000000;1200.00;EUR;1.98000000;1194.00;EUR;1.98000000;1.98000000
"2014-01-03 10:00:00";Sale;BTC;DEF;;700.00;"BTC / EUR";1.00000000;700.00;EUR;0.99000000;696.50;EUR;-1.00000000;0.98000000
"2014-01-04 10:00:00";"Network fee";BTC;x;y;;;;;;;;;-0.00010000;0.97990000
""",
        "2014-01-02T10:00:00 | BTC +2.00000000 trade, BTC -0.02000000 fee = 1.98000000, EUR -1194.00 trade | buy 2.00000000 BTC/EUR @ 600.00 fee -0.02000000 BTC | Purchase",
        "2014-01-03T10:00:00 | BTC -1.00000000 trade = 0.98000000, EUR +700.00 trade, EUR -3.50 fee | sell 1.00000000 BTC/EUR @ 700.00 fee -3.50 EUR | Sale",
        "2014-01-04T10:00:00 | BTC -0.00010000 fee = 0.97990000 | - | Network fee",
    ),
    "bitfinex-trades": _made(
        """
#,PAIR,AMOUNT,PRICE,FEE,FEE PERC,FEE CURRENCY,DATE,ORDER ID
1,BTC/USD,0.5,20000,-0.001,0.2,BTC,25-12-22 10:00:00,900
2,BTC/USD,-0.25,21000,-10.5,0.2,USD,26-12-22 10:00:00.500,901
3,BTC/USD,-0.25,21000,1.05,-0.02,USD,02-01-23 10:00:00,902
""",
        "2022-12-25T10:00:00 | BTC +0.5 trade, USD -10000.0 trade, BTC -0.001 fee | buy 0.5 BTC/USD @ 20000 fee -0.001 BTC | trade",
        "2022-12-26T10:00:00.5 | BTC -0.25 trade, USD +5250.00 trade, USD -10.5 fee | sell 0.25 BTC/USD @ 21000 fee -10.5 USD | trade",
        "2023-01-02T10:00:00 | BTC -0.25 trade, USD +5250.00 trade, USD +1.05 rebate | sell 0.25 BTC/USD @ 21000 fee 1.05 USD | trade",
    ),
    "bitfinex-ledger": _made(
        """
#,DESCRIPTION,CURRENCY,AMOUNT,BALANCE,DATE,WALLET
1,Exchange 0.5 BTC for USD @ 20000.0 on wallet exchange,BTC,0.5,1.5,13-12-22 10:00:00,exchange
2,Trading fees for 0.5 BTC @ 20000.0 on BFX (0.2%) on wallet exchange,BTC,-0.001,1.499,13-12-22 10:00:00,exchange
3,Something new,BTC,-0.1,1.399,13-12-22 10:00:01,exchange
""",
        "2022-12-13T10:00:00 | BTC +0.5 trade = 1.5 | - | Exchange 0.5 BTC for USD @ 20000.0 on wallet exchange",
        "2022-12-13T10:00:00 | BTC -0.001 fee = 1.499 | - | Trading fees for 0.5 BTC @ 20000.0 on BFX (0.2%) on wallet exchange",
        "2022-12-13T10:00:01 | BTC -0.1 other = 1.399 | - | Something new",
    ),
    "bitfinex-api-trades": _made(
        """
[[401, "tBTCUSD", 1573485371000, 5001, -0.1, 8700.5, "EXCHANGE LIMIT", 8700, 1, -1.74, "USD", null],
[402, "tDOGE:UST", 1573485372000, 5002, 100, 0.25, "EXCHANGE MARKET", null, -1, -0.2, "DOGE", null]]
""",
        "2019-11-11T15:16:11 | BTC -0.1 trade, USD +870.05 trade, USD -1.74 fee | sell 0.1 tBTCUSD @ 8700.5 fee -1.74 USD maker | trade",
        "2019-11-11T15:16:12 | DOGE +100 trade, UST -25.00 trade, DOGE -0.2 fee | buy 100 tDOGE:UST @ 0.25 fee -0.2 DOGE taker | trade",
    ),
    "bitfinex-api-ledgers": _made(
        """
[[2531822314, "USD", null, 1573521810000, null, 0.01644445, 5.5, null, "Settlement @ 185.79 on wallet margin"],
[2531822315, "USD", null, 1573521811000, null, -0.5, 5.0, null, "Trading fees for 0.1 BTC @ 8700.0 on BFX (0.2%) on wallet exchange"]]
""",
        "2019-11-12T01:23:30 | USD +0.01644445 realized = 5.5 | - | Settlement @ 185.79 on wallet margin",
        "2019-11-12T01:23:31 | USD -0.5 fee = 5.0 | - | Trading fees for 0.1 BTC @ 8700.0 on BFX (0.2%) on wallet exchange",
    ),
    "bitflyer-history": _made(
        """
Trade Date;Product;Trade Type;Traded Price;Currency 1;Amount (Currency 1);Fee;USD Rate (Currency);Currency 2;Amount (Currency 2);Order ID;Details
2021/09/29 17:55:30;ETH/JPY;Buy;400000;ETH;0.499;-0.001;1;JPY;-200000;B1;
2021/09/30 17:55:30;ETH;Deposit;0;ETH;2.5;0;1;;0;D1;
""",
        "2021-09-29T17:55:30 | ETH +0.500 trade, ETH -0.001 fee, JPY -200000 trade | buy 0.500 ETH/JPY @ 400000 fee -0.001 ETH | Buy",
        "2021-09-30T17:55:30 | ETH +2.5 transfer | - | Deposit",
    ),
    "bitmex-wallet": _made(
        """
timestamp,transactTime,transactType,transactStatus,currency,network,amount,fee,walletBalance,orderID,transactID,address,marginBalance
2023-01-01T00:00:00.000Z,2023-01-01T00:00:00.000Z,Deposit,Completed,XBt,btc,100000000,,100000000,,d1,,
2023-01-01T12:00:00.000Z,2023-01-01T11:59:59.000Z,RealisedPNL,Completed,XBt,,-2500,150,99997500,,r1,XBTUSD,
2023-01-01T12:00:00.000Z,2023-01-01T12:00:00.000Z,Funding,Completed,USDt,,1500000,-1500000,1500000,,f1,ETHUSDT,
2023-01-02T12:00:00.000Z,2023-01-02T12:00:00.000Z,Withdrawal,Canceled,XBt,btc,-50000000,10000,99997500,,w1,Redacted,
2023-01-03T12:00:00.000Z,2023-01-03T12:00:00.000Z,UnrealisedPNL,Pending,XBt,,-99,0,99997500,,,XBTUSD,99997401
2023-01-04T12:00:00.000Z,2023-01-04T12:00:00.000Z,Mystery,Completed,NEWq,,7,0,7,,m1,,
""",
        "2023-01-01T00:00:00 | BTC +1.00000000 transfer = 1.00000000 | - | Deposit",
        "2023-01-01T12:00:00 | BTC -0.00002500 realized = 0.99997500 | - | RealisedPNL",
        "2023-01-01T12:00:00 | USDT +1.500000 funding = 1.500000 | - | Funding",
        "2023-01-02T12:00:00 | - | - | Withdrawal Canceled",
        "2023-01-03T12:00:00 | - | - | UnrealisedPNL Pending",
        "2023-01-04T12:00:00 | NEWq +7 other = 7 | - | Mystery",
    ),
    "bitmex-executions": _made(
        """
"transactTime","symbol","execType","side","lastQty","lastPx","execCost","commission","execComm","ordType","orderQty","leavesQty","price","text","orderID"
"1/26/2020, 6:32:04 PM","XBTUSD","Trade","Sell","100","8000","1250000","0.00075","938","Market","100","0","8000","x","o1"
"1/26/2020, 8:00:00 PM","XBTUSD","Funding","","100","8010","-1248439","0.0001","-125","Limit","100","0","8010","Funding","f1"
"1/26/2020, 9:00:00 PM","XRPUSDT","Trade","Buy","1000","0.25","250000000","-0.00025","-62500","Limit","1000","0","0.25","x","o2"
""",
        "2020-01-26T18:32:04 | BTC -0.00000938 fee | sell 100 XBTUSD @ 8000 fee -0.00000938 BTC | Trade",
        "2020-01-26T20:00:00 | BTC +0.00000125 funding | - | Funding",
        "2020-01-26T21:00:00 | USDT +0.062500 rebate | buy 1000 XRPUSDT @ 0.25 fee 0.062500 USDT | Trade",
    ),
    "bitstamp-transactions": _made(
        """
Type,Datetime,Account,Amount,Value,Rate,Fee,Sub Type
Deposit,"Jan. 28, 2022, 12:13 AM",Main Account,2.00000000 ETH,,,,
Market,"Feb. 03, 2022, 12:31 PM",Main Account,1.00000000 ETH,2200.00 EUR,2200.00 EUR,11.00000 EUR,Sell
Withdrawal,"Feb. 04, 2022, 11:40 AM",Main Account,2000.00 EUR,,,3.00 EUR,
""",
        "2022-01-28T00:13:00 | ETH +2.00000000 transfer | - | Deposit",
        "2022-02-03T12:31:00 | ETH -1.00000000 trade, EUR +2200.00 trade, EUR -11.00000 fee | sell 1.00000000 ETH/EUR @ 2200.00 fee -11.00000 EUR | trade",
        "2022-02-04T11:40:00 | EUR -2000.00 transfer, EUR -3.00 fee | - | Withdrawal",
    ),
    "bitstamp-api": _made(
        """
[{"id": 1, "datetime": "2024-01-01 10:00:00.123456", "type": "2", "btc": "-0.1", "usd": "4200.00", "btc_usd": "42000.00", "eur": 0.0, "fee": "8.40", "order_id": 9},
{"id": 3, "datetime": "2013-09-02 13:17:49", "type": 2, "usd": "-12.00", "btc": "0.1", "fee": "0.06", "order_id": 8},
{"id": 2, "datetime": "2024-01-02 10:00:00", "type": "0", "btc": "0.5", "usd": "0.0", "eur": 0.0, "fee": "0.00"}]
""",
        "2024-01-01T10:00:00.123456 | BTC -0.1 trade, USD +4200.00 trade, USD -8.40 fee | sell 0.1 BTC/USD @ 42000.00 fee -8.40 USD | trade",
        "2013-09-02T13:17:49 | BTC +0.1 trade, USD -12.00 trade, USD -0.06 fee | buy 0.1 BTC/USD @ 120.0 fee -0.06 USD | trade",
        "2024-01-02T10:00:00 | BTC +0.5 transfer | - | deposit",
    ),
    "bittrex-orders": _made(
        """
Uuid,Exchange,TimeStamp,OrderType,Limit,Quantity,QuantityRemaining,Commission,Price,PricePerUnit,IsConditional,Condition,ConditionTarget,ImmediateOrCancel,Closed
u1,USD-BTC,7/28/2019 1:35:53 PM,LIMIT_SELL,9000,0.5,0.25,5.625,2250,9000,False,,0,False,7/28/2019 1:36:00 PM
u2,BTC-ETH,7/29/2019 1:35:53 AM,LIMIT_BUY,0.02,1,1,0,0,,False,,0,False,7/29/2019 1:36:00 AM
""",
        "2019-07-28T13:36:00 | BTC -0.25 trade, USD +2250 trade, USD -5.625 fee | sell 0.25 USD-BTC @ 9000 fee -5.625 USD | order",
        "2019-07-29T01:36:00 | - | - | order without fills",
    ),
    "bittrex-orders-older": _made(
        """
UUID,QUOTE,MARKET,ORDERTYPE,LIMIT,CEILING,QUANTITY,FILLED,PROCEEDS,COMISSIONPAID,OPENED,CLOSED,TIMEINFORCETYPE,ISCONDITIONAL,CONDITION,CONDITIONTARGET
u3,USDT,ETH,LIMIT_BUY,200,,2,2,380,0.95,12/31/2018 3:24:06 PM,12/31/2018 3:26:07 PM,GOOD_TIL_CANCELLED,,,
""",
        "2018-12-31T15:26:07 | ETH +2 trade, USDT -380 trade, USDT -0.95 fee | buy 2 USDT-ETH @ 190 fee -0.95 USDT | order",
    ),
    "bittrex-transfers": _made(
        """
Date,Currency,Type,Address,Memo/Tag,TxId,Amount
2023-03-07 07:51:43.043,ETH,WITHDRAWAL,0x1,,t1,-0.25
2021-09-28 22:35:21.970,BCHA,DEPOSIT,,,t2,+0.00000001
""",
        "2023-03-07T07:51:43.043 | ETH -0.25 transfer | - | WITHDRAWAL",
        "2021-09-28T22:35:21.97 | BCHA +0.00000001 transfer | - | DEPOSIT",
    ),
    "bittrex-deposits": _made(
        """
Id,Amount,Currency,Confirmations,LastUpdated,TxId,CryptoAddress
1,1.5,BTC,2,5/21/2017 1:37:47 PM,t,a
""",
        "2017-05-21T13:37:47 | BTC +1.5 transfer | - | deposit",
    ),
    "bittrex-withdrawals": _made(
        """
PaymentUuid,Currency,Amount,Address,Opened,Authorized,PendingPayment,TxCost,TxId,Canceled,InvalidAddress
p1,ETH,1.25,0x1,12/31/2015 3:33:44 PM,TRUE,FALSE,0.006,0x,FALSE,FALSE
p2,ETH,9,0x1,12/31/2015 4:33:44 PM,TRUE,FALSE,0.006,0x,TRUE,FALSE
""",
        "2015-12-31T15:33:44 | ETH -1.25 transfer, ETH -0.006 fee | - | withdrawal",
        "2015-12-31T16:33:44 | - | - | withdrawal canceled",
    ),
    "bitvavo-history": _made(
        """
Timezone,Date,Time,Type,Currency,Amount,Quote Currency,Quote Price,Received / Paid Currency,Received / Paid Amount,Fee currency,Fee amount,Status,Transaction ID,Address
Europe/Amsterdam,2023-07-30,11:36:46.620,buy,ETH,0.5,EUR,1800,EUR,-902.25,EUR,2.25,Completed,a1,
Europe/Amsterdam,2023-11-30,11:36:46,withdrawal,ETH,-0.5,,,,,ETH,0.01,Completed,a2,x
Europe/Amsterdam,2023-11-30,12:00:00,buy,ETH,0.5,EUR,1800,EUR,-902.25,EUR,2.25,Cancelled,a3,
""",
        "2023-07-30T09:36:46.62 | ETH +0.5 trade, EUR -900.00 trade, EUR -2.25 fee | buy 0.5 ETH-EUR @ 1800 fee -2.25 EUR | buy",
        "2023-11-30T10:36:46 | ETH -0.49 transfer, ETH -0.01 fee | - | withdrawal",
        "2023-11-30T11:00:00 | - | - | buy Cancelled",
    ),
    "bybit-executions": _made(
        """
{"retCode": 0, "retMsg": "OK", "result": {"nextPageCursor": "x", "category": "linear", "list": [
{"symbol": "ETHUSDT", "side": "Buy", "orderId": "o1", "execId": "e1", "execPrice": "2000", "execQty": "0.5", "execValue": "1000", "execFee": "-0.1", "execType": "Trade", "execTime": "1672282722429", "isMaker": true, "feeCurrency": ""},
{"symbol": "ETHUSDT", "side": "Sell", "orderId": "", "execId": "e2", "execPrice": "2010", "execQty": "0.5", "execValue": "1005", "execFee": "0.1005", "execType": "Funding", "execTime": "1672286400000", "isMaker": false, "feeCurrency": ""},
{"symbol": "BTCUSD", "side": "Sell", "orderId": "o3", "execId": "e3", "execPrice": "20000", "execQty": "100", "execValue": "0.005", "execFee": "0.000003", "execType": "Trade", "execTime": "1672286400001", "isMaker": false, "category": "inverse"},
{"symbol": "SOLUSDC", "side": "Buy", "orderId": "o4", "execId": "e4", "execPrice": "20", "execQty": "3", "execValue": "60", "execFee": "0.003", "execType": "Trade", "execTime": "1672286400002", "isMaker": false, "feeCurrency": "SOL", "category": "spot"},
{"symbol": "SOLUSDT", "side": "Buy", "orderId": "o5", "execId": "e5", "execPrice": "20", "execQty": "3", "execValue": "60", "execFee": "0.003", "execType": "Trade", "execTime": "1672286400003", "isMaker": false, "feeCurrency": "", "category": "spot"}]}}
""",
        "2022-12-29T02:58:42.429 | USDT +0.1 rebate | buy 0.5 ETHUSDT @ 2000 fee 0.1 USDT maker | Trade",
        "2022-12-29T04:00:00 | USDT -0.1005 funding | - | Funding",
        "2022-12-29T04:00:00.001 | BTC -0.000003 fee | sell 100 BTCUSD @ 20000 fee -0.000003 BTC taker | Trade",
        "2022-12-29T04:00:00.002 | SOL +3 trade, USDC -60 trade, SOL -0.003 fee | buy 3 SOLUSDC @ 20 fee -0.003 SOL taker | Trade",
        "2022-12-29T04:00:00.003 | SOL +3 trade, USDT -60 trade, SOL -0.003 fee | buy 3 SOLUSDT @ 20 fee -0.003 SOL taker | Trade",
    ),
    "bybit-spreads": _made(
        """
{"retCode": 0, "result": {"list": [{"symbol": "SOLUSDT_SOL/USDT", "side": "Buy", "orderId": "o", "execPrice": "21", "execTime": "1744104992220", "execType": "Trade", "execQty": "2", "execId": "p", "legs": [
{"symbol": "SOLUSDT", "side": "Buy", "execPrice": "120", "execTime": "1744104992224", "execValue": "240", "execType": "FutureSpread", "category": "linear", "execQty": "2", "execFee": "0.04", "execId": "l1"},
{"symbol": "SOLUSDT", "side": "Sell", "execPrice": "100", "execTime": "1744104992224", "execValue": "200", "execType": "FutureSpread", "category": "spot", "execQty": "2", "execFee": "0.06", "execId": "l2"}]}]}}
""",
        "2025-04-08T09:36:32.224 | USDT -0.04 fee | buy 2 SOLUSDT @ 120 fee -0.04 USDT | FutureSpread",
        "2025-04-08T09:36:32.224 | SOL -2 trade, USDT +200 trade, USDT -0.06 fee | sell 2 SOLUSDT @ 100 fee -0.06 USDT | FutureSpread",
    ),
    "bybit-spot-v1": _made(
        """
{"ret_code": 0, "ret_msg": "", "result": [{"id": "9", "symbol": "BTCUSDT", "symbolName": "BTCUSDT", "orderId": "1", "matchOrderId": "2", "price": "20000", "qty": "0.01", "commission": "0.2", "commissionAsset": "USDT", "time": "1625836105890", "isBuyer": false, "isMaker": true}]}
""",
        "2021-07-09T13:08:25.89 | BTC -0.01 trade, USDT +200.00 trade, USDT -0.2 fee | sell 0.01 BTCUSDT @ 20000 fee -0.2 USDT maker | trade",
    ),
    "bybit-fund": _made(
        """
UID: 1,Company Name: ,Country: X
Uid,Date & Time(UTC),Coin,QTY,Type,Account Balance,Description
1,2026-06-05 08:18:57,EUR,-17.00,Transfer out,0.43,Transfer to Unified Trading Account
1,2026-06-05 08:16:17,EUR,17.43,Gift of the sea,17.43,Surprise
""",
        "2026-06-05T08:18:57 | EUR -17.00 transfer = 0.43 | - | Transfer out: Transfer to Unified Trading Account",
        "2026-06-05T08:16:17 | EUR +17.43 other = 17.43 | - | Gift of the sea: Surprise",
    ),
    "bybit-fund-history": _made(
        """
{"retCode": 0, "result": {"nextPageCursor": "", "list": [{"memberId": "2", "currency": "BTC", "ioDirection": "O", "txnAmt": "0.5", "afterAmt": "7", "createTime": "1772669763", "showBusiType": "w", "showBusiTypeEn": "Withdraw", "descriptionEn": "Chain"}]}}
""",
        "2026-03-05T00:16:03 | BTC -0.5 transfer = 7 | - | Withdraw: Chain",
    ),
    "bybit-wallet-records": _made(
        """
{"retCode": 0, "result": {"list": [{"coin": "USDT", "type": "RealisedPNL", "amount": "-5.5", "walletBalance": "100", "execTime": "1658215763731"}], "nextPageCursor": ""}}
""",
        "2022-07-19T07:29:23.731 | USDT -5.5 realized = 100 | - | RealisedPNL",
    ),
    "bybit-log": _made(
        """
{"retCode": 0, "result": {"list": [
{"id": "a", "symbol": "XRPUSDT", "side": "Buy", "funding": "-0.0036", "orderId": "o", "fee": "0", "change": "-0.0036", "cashFlow": "0", "transactionTime": "1672128000000", "type": "SETTLEMENT", "qty": "100", "cashBalance": "50", "currency": "USDT", "category": "linear", "tradePrice": "0.36", "tradeId": "t1"},
{"id": "b", "symbol": "XRPUSDT", "side": "Sell", "funding": "", "orderId": "o", "fee": "-0.01", "change": "2.01", "cashFlow": "2", "transactionTime": "1672128000001", "type": "TRADE", "qty": "88", "cashBalance": "52.01", "currency": "USDT", "category": "linear", "tradePrice": "0.36", "tradeId": "t2"},
{"id": "c", "symbol": "SOLUSDT", "side": "Buy", "funding": "", "orderId": "p", "fee": "0.001", "change": "0.999", "cashFlow": "1", "transactionTime": "1672128000002", "type": "TRADE", "qty": "1", "cashBalance": "3", "currency": "SOL", "category": "spot", "tradePrice": "20", "tradeId": "t3"},
{"id": "d", "symbol": "SOLUSDT", "side": "Buy", "funding": "", "orderId": "p", "fee": "0", "change": "-20", "cashFlow": "-20", "transactionTime": "1672128000002", "type": "TRADE", "qty": "-20", "cashBalance": "32.01", "currency": "USDT", "category": "spot", "tradePrice": "20", "tradeId": "t3"},
{"id": "e", "symbol": "", "side": "None", "funding": "", "orderId": "", "fee": "0", "change": "9", "cashFlow": "9", "transactionTime": "1672128000003", "type": "WHALE_SONG", "qty": "0", "cashBalance": "41.01", "currency": "USDT", "category": "", "tradePrice": "", "tradeId": ""}]}}
""",
        "2022-12-27T08:00:00 | USDT -0.0036 funding = 50 | - | SETTLEMENT",
        "2022-12-27T08:00:00.001 | USDT +2 realized, USDT +0.01 rebate = 52.01 | sell 88 XRPUSDT @ 0.36 fee 0.01 USDT | TRADE",
        "2022-12-27T08:00:00.002 | SOL +1 trade, SOL -0.001 fee = 3 | buy 1 SOLUSDT @ 20 fee -0.001 SOL | TRADE",
        "2022-12-27T08:00:00.002 | USDT -20 trade = 32.01 | - | TRADE",
        "2022-12-27T08:00:00.003 | USDT +9 other = 41.01 | - | WHALE_SONG",
    ),
    "bybit-uta": _made(
        """
UID: 1,Company Name: ,Country: X
Uid,Currency,Contract,Type,Direction,Quantity,Position,Filled Price,Funding,Fee Paid,Cash Flow,Change,Wallet Balance,Action,Time(UTC)
1,BTC,BTCEUR,TRADE,SELL,-0.5,0,50000,0,0,-0.5,-0.5,1.5,--,2026-06-05 08:22:50
1,EUR,BTCEUR,TRADE,SELL,25000,0,50000,0,-25,25000,24975,24975,--,2026-06-05 08:22:50
1,USDT,ETHUSDT,TRADE,BUY,0.1,0.1,2000,0,-0.11,0,-0.11,99.89,OPEN,2026-06-05 09:22:50
1,USDT,ETHUSDT,SETTLEMENT,BUY,0.1,0.1,2001,-0.02,0,0,-0.02,99.87,--,2026-06-05 16:00:00
""",
        "2026-06-05T08:22:50 | BTC -0.5 trade = 1.5 | sell 0.5 BTCEUR @ 50000 | TRADE",
        "2026-06-05T08:22:50 | EUR +25000 trade, EUR -25 fee = 24975 | - | TRADE",
        "2026-06-05T09:22:50 | USDT -0.11 fee = 99.89 | buy 0.1 ETHUSDT @ 2000 fee -0.11 USDT | TRADE",
        "2026-06-05T16:00:00 | USDT -0.02 funding = 99.87 | - | SETTLEMENT",
    ),
    "ccxt-trades": _made(
        """
[{"info": {}, "id": "1", "order": "9", "timestamp": 1700000000000, "datetime": "2023-11-14T22:13:20.000Z", "symbol": "BTC/USDT", "type": "limit", "side": "buy", "takerOrMaker": "maker", "price": 36000.5, "amount": 0.1, "cost": 3600.05, "fee": {"cost": 0.0001, "currency": "BTC", "rate": 0.001}, "fees": [{"cost": 0.0001, "currency": "BTC", "rate": 0.001}]},
{"info": {}, "id": "2", "order": null, "timestamp": 1700000001000, "datetime": null, "symbol": "ETH/USDT:USDT", "type": null, "side": "sell", "takerOrMaker": "taker", "price": 2000, "amount": 1, "cost": 2000, "fee": {"cost": -0.2, "currency": "USDT"}, "fees": []}]
""",
        "2023-11-14T22:13:20 | BTC +0.1 trade, USDT -3600.05 trade, BTC -0.0001 fee | buy 0.1 BTC/USDT @ 36000.5 fee -0.0001 BTC maker | trade",
        "2023-11-14T22:13:21 | USDT +0.2 rebate | sell 1 ETH/USDT:USDT @ 2000 fee 0.2 USDT taker | trade",
    ),
    "ccxt-ledger": _made(
        """
{"id": "L1", "timestamp": 1700000000000, "datetime": null, "direction": "out", "account": "a", "referenceId": "r", "type": "trade", "currency": "EUR", "amount": 100, "before": null, "after": 900, "status": "ok", "fee": {"cost": 0.26, "currency": "EUR"}}
{"id": "L2", "timestamp": 1700000001000, "datetime": null, "direction": "in", "account": "a", "referenceId": "r", "type": "transaction", "currency": "EUR", "amount": 5, "before": 900, "after": 905, "status": "ok", "fee": null}
{"id": "L3", "timestamp": 1700000002000, "datetime": null, "direction": "out", "account": "a", "referenceId": "r", "type": "transaction", "currency": "EUR", "amount": 7, "before": null, "after": null, "status": "canceled", "fee": null}
""",
        "2023-11-14T22:13:20 | EUR -100 trade, EUR -0.26 fee = 900 | - | trade",
        "2023-11-14T22:13:21 | EUR +5 transfer = 905 | - | transaction",
        "2023-11-14T22:13:22 | - | - | transaction canceled",
    ),
    "ccxt-funding": _made(
        """
[{"info": {}, "symbol": "BTC/USDT:USDT", "code": "USDT", "timestamp": 1700000000000, "datetime": null, "id": "f1", "amount": -0.25, "rate": 0.0001}]
""",
        "2023-11-14T22:13:20 | USDT -0.25 funding | - | funding",
    ),
    "coinbase-fills": _made(
        """
{"fills": [{"entry_id": "e", "trade_id": "t", "order_id": "o", "trade_time": "2024-01-15T10:30:00.5Z", "trade_type": "FILL", "price": "45000", "size": "0.02", "commission": "3.6", "product_id": "BTC-USD", "sequence_timestamp": "x", "liquidity_indicator": "MAKER", "size_in_quote": false, "side": "BUY"}], "cursor": ""}
""",
        "2024-01-15T10:30:00.5 | BTC +0.02 trade, USD -900.00 trade, USD -3.6 fee | buy 0.02 BTC-USD @ 45000 fee -3.6 USD maker | trade",
    ),
    "coinbase-exchange-fills": _made(
        """
[{"trade_id": 74, "product_id": "BTC-EUR", "order_id": "d5", "user_id": "u", "profile_id": "p", "liquidity": "T", "price": "10000.00", "size": "0.01", "fee": "0.25", "created_at": "2014-11-07T22:19:28.578544Z", "side": "sell", "settled": true, "usd_volume": "100"}]
""",
        "2014-11-07T22:19:28.578544 | BTC -0.01 trade, EUR +100.0000 trade, EUR -0.25 fee | sell 0.01 BTC-EUR @ 10000.00 fee -0.25 EUR taker | trade",
    ),
    "coinbase-pro-fills": _made(
        """
portfolio,trade id,product,side,created at,size,size unit,price,fee,total,price/fee/total unit
default,5,LTC-EUR,SELL,2020-05-18T20:08:14.253Z,2,LTC,40,0.4,79.6,EUR
default,6,LTC-EUR,BUY,2020-05-18T20:08:39.184Z,1,LTC,41,0.205,-41.205,EUR
""",
        "2020-05-18T20:08:14.253 | LTC -2 trade, EUR +80 trade, EUR -0.4 fee | sell 2 LTC-EUR @ 40 fee -0.4 EUR | trade",
        "2020-05-18T20:08:39.184 | LTC +1 trade, EUR -41 trade, EUR -0.205 fee | buy 1 LTC-EUR @ 41 fee -0.205 EUR | trade",
    ),
    "coinbase-pro-account": _made(
        """
portfolio,type,time,amount,balance,amount/balance unit,transfer id,trade id,order id
default,deposit,2018-03-15T10:42:31.215Z,2.5,2.5,BTC,x1,,
default,match,2018-03-15T10:55:12.843Z,-1.5,1,BTC,,102,o
default,fee,2018-03-15T10:55:12.843Z,-0.0045,0.9955,BTC,,102,o
""",
        "2018-03-15T10:42:31.215 | BTC +2.5 transfer = 2.5 | - | deposit",
        "2018-03-15T10:55:12.843 | BTC -1.5 trade = 1 | - | match",
        "2018-03-15T10:55:12.843 | BTC -0.0045 fee = 0.9955 | - | fee",
    ),
    "coinbase-retail": _made(
        """
ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
i1,2025-01-17 16:57:02 UTC,Staking Income,ETH,0.00003,EUR,€3343.11,€0.12,€0.12,€0.00,
i2,2025-01-07 19:26:56 UTC,Send,ETH,-0.18,EUR,€3302.65,-€597.49,-€597.49,€0.00,Sent
i3,2024-12-05 06:33:40 UTC,Convert,BTC,0.0036,EUR,€96847.40,€338.92,€351.66,,Converted 0.0036 BTC to 156.5 XRP
i4,2022-03-25 06:45:27 UTC,Buy,BTC,0.0016,EUR,"€39,999.33",€67.01,€70.00,€2.99,Bought 0.0016 BTC for 70 EUR
i5,2022-03-26 06:45:27 UTC,Advanced Trade Sell,BTC,-0.001,USD,$40000,$40.00,$39.80,$0.20,
i7,2022-03-26 06:45:28 UTC,Advanced Trade Buy,BTC,0.001,USD,$40000,$40.00,$40.20,$0.20,Bought 0.001 BTC for 40.2 USDC on BTC-USDC at 40000 USDC/BTC
i6,2022-03-27 06:45:27 UTC,Black Magic,BTC,-0.001,USD,$40000,$40.00,$39.80,$0.20,
""",
        "2025-01-17T16:57:02 | ETH +0.00003 interest | - | Staking Income",
        "2025-01-07T19:26:56 | ETH -0.18 transfer | - | Send",
        "2024-12-05T06:33:40 | BTC -0.0036 conversion, XRP +156.5 conversion | - | Convert",
        "2022-03-25T06:45:27 | BTC +0.0016 trade, EUR -67.01 trade, EUR -2.99 fee | buy 0.0016 BTC-EUR @ 41881.25 fee -2.99 EUR | Buy",
        "2022-03-26T06:45:27 | BTC -0.001 trade, USD +40.00 trade, USD -0.20 fee | sell 0.001 BTC-USD @ 40000 fee -0.20 USD | Advanced Trade Sell",
        "2022-03-26T06:45:28 | BTC +0.001 trade, USDC -40.00 trade, USDC -0.20 fee | buy 0.001 BTC-USDC @ 40000 fee -0.20 USDC | Advanced Trade Buy",
        "2022-03-27T06:45:27 | BTC -0.001 other | - | Black Magic",
    ),
    "coinmate-history": _made(
        """
ID;Date;Account;Type;Amount;Amount Currency;Price;Price Currency;Fee;Fee Currency;Total;Total Currency;Description;Status;First balance after;First balance after Currency;Second balance after;Second balance after Currency
1;2020-07-31 06:39:40;M;WITHDRAWAL;-2;LTC; ; ;0.0004;LTC;-2.0004;LTC;b3;COMPLETED;0;LTC; ;
2;2020-07-30 12:31:41;M;QUICK_BUY;1;LTC;46;EUR;0.115;EUR;-46.115;EUR;;OK;2.0004;LTC;0.5;EUR
3;2020-07-30 12:31:42;M;SELL;1;LTC;46;EUR;0.115;EUR;45.885;EUR;;CANCELED;2.0004;LTC;0.5;EUR
""",
        "2020-07-31T06:39:40 | LTC -2 transfer, LTC -0.0004 fee = 0 | - | WITHDRAWAL",
        "2020-07-30T12:31:41 | LTC +1 trade = 2.0004, EUR -46.000 trade, EUR -0.115 fee = 0.5 | buy 1 LTC_EUR @ 46 fee -0.115 EUR | QUICK_BUY",
        "2020-07-30T12:31:42 | - | - | SELL CANCELED",
    ),
    "coinmate-history-turned": _made(
        """
?Transaction id;Date;Email;Name;Type;Type detail;Currency amount;Amount;Currency price;Price;Currency fee;Fee;Currency total;Total;Description;Status;Currency first balance after;First balance after;Currency second balance after;Second balance after
1;2020-02-10 19:08:30;mail;name;Quick trade;QUICK_SELL;BTC;-0.05;EUR;9000;EUR;0.9;EUR;449.1;;OK;BTC;2;EUR;83230
""",
        "2020-02-10T19:08:30 | BTC -0.05 trade = 2, EUR +450.0 trade, EUR -0.9 fee = 83230 | sell 0.05 BTC_EUR @ 9000 fee -0.9 EUR | QUICK_SELL",
    ),
    "coinsquare-trades": _made(
        """
date;action;currency;base_currency;price;amount;base_amount
16-03-20;sell;CAD;BTC;0,00014346;7,550.71;1.08221707
23-02-20;buy;CAD;BTC;0,0001;5,000.00;0.5
""",
        "2020-03-16T00:00:00 | BTC -1.08221707 trade, CAD +7550.71 trade | sell 1.08221707 BTC/CAD @ 6977.07531077845593 | trade",
        "2020-02-23T00:00:00 | BTC +0.5 trade, CAD -5000.00 trade | buy 0.5 BTC/CAD @ 10000.0 | trade",
    ),
    "coinsquare-conversions": _made(
        """
date;from_currency;from_amount;to_currency;to_amount
27-10-19;LTC;0.9;BTC;0.005
""",
        "2019-10-27T00:00:00 | LTC -0.9 conversion, BTC +0.005 conversion | - | conversion",
    ),
    "cryptocom-app": _made(
        """
Timestamp (UTC),Transaction Description,Currency,Amount,To Currency,To Amount,Native Currency,Native Amount,Native Amount (in USD),Transaction Kind
2020-12-01 14:39:25,Convert Dust,CRO,0.5,,,EUR,0.0,0,dust_conversion_credited
2020-10-12 19:10:36,BTC -> ETH,BTC,-0.01,ETH,0.3,EUR,100,120,crypto_exchange
2020-10-13 19:10:36,Earn,ETH,0.001,,,EUR,1,1,crypto_earn_interest_paid
2020-10-13 19:11:36,Earn,CRO,0.1,,,EUR,1,1,finance.lockup.dpos_compound_interest.crypto_wallet
2020-10-14 19:10:36,What,ETH,0.001,,,EUR,1,1,never_seen
""",
        "2020-12-01T14:39:25 | CRO +0.5 conversion | - | dust_conversion_credited",
        "2020-10-12T19:10:36 | BTC -0.01 conversion, ETH +0.3 conversion | - | crypto_exchange",
        "2020-10-13T19:10:36 | ETH +0.001 interest | - | crypto_earn_interest_paid",
        "2020-10-13T19:11:36 | CRO +0.1 interest | - | finance.lockup.dpos_compound_interest.crypto_wallet",
        "2020-10-14T19:10:36 | ETH +0.001 other | - | never_seen",
    ),
    "hitbtc-trades": _made(
        """
"Email","Date (+01:00)","Instrument","Trade ID","Order ID","Side","Quantity","Price","Volume","Fee","Rebate","Total","Taker"
"e","2019-11-26 12:32:40","BTC/USDT","7","8","buy","0.5","7000","3500","7.00","0.00","-3507.00","true"
"e","2019-11-26 00:30:49","BTC/USDT","9","10","sell","0.5","7100","3550","0.00","0.355","3550.355","false"
""",
        "2019-11-26T11:32:40 | BTC +0.5 trade, USDT -3500 trade, USDT -7.00 fee | buy 0.5 BTC/USDT @ 7000 fee -7.00 USDT taker | trade",
        "2019-11-25T23:30:49 | BTC -0.5 trade, USDT +3550 trade, USDT +0.355 rebate | sell 0.5 BTC/USDT @ 7100 fee 0.355 USDT maker | trade",
    ),
    "hummingbot-trades": _made(
        """
exchange_trade_id,config_file_path,strategy,market,symbol,base_asset,quote_asset,timestamp,order_id,trade_type,order_type,price,amount,leverage,trade_fee,position,age
x1,c.yml,pmm,kucoin,ONE-USDT,ONE,USDT,1652361872000,o1,SELL,LIMIT_MAKER,0.04,300,1,"{'fee_type': 'DeductedFromReturns', 'percent': '0.001', 'percent_token': None, 'flat_fees': []}",NIL,00:00:01
x2,c.yml,hedge,bybit_perpetual,ETH-USDT,ETH,USDT,1652361873000,o2,BUY,LIMIT,2000,0.5,10,"{'fee_type': 'AddedToCost', 'percent': '0', 'percent_token': 'USDT', 'flat_fees': [{'token': 'USDT', 'amount': '0.6'}]}",OPEN,00:00:00
""",
        "2022-05-12T13:24:32 | ONE -300 trade, USDT +12.00 trade, USDT -0.01200 fee | sell 300 ONE-USDT @ 0.04 fee -0.01200 USDT maker | trade",
        "2022-05-12T13:24:33 | USDT -0.6 fee | buy 0.5 ETH-USDT @ 2000 fee -0.6 USDT | trade",
    ),
    "huobi-trades-old": _made(
        """
"Time","Type","Pair","Side","Price","Amount","Total","Fee"
2020-03-31 21:31:57,Exchange,LTC/BTC,Buy,0.006,0.5,0.0030,0.001LTC,
2020-03-31 21:31:24,Exchange,LTC/BTC,Sell,0.006,0.5,0.0030,0.000006BTC,
""",
        "2020-03-31T21:31:57 | LTC +0.5 trade, BTC -0.0030 trade, LTC -0.001 fee | buy 0.5 LTC/BTC @ 0.006 fee -0.001 LTC | trade",
        "2020-03-31T21:31:24 | LTC -0.5 trade, BTC +0.0030 trade, BTC -0.000006 fee | sell 0.5 LTC/BTC @ 0.006 fee -0.000006 BTC | trade",
    ),
    "huobi-trades": _made(
        """
uid,symbol,deal_type,order_type,account_type,price,volume,amount,fee_amount,fee_currency,fee_point_currency,fee_point_volume,deal_time
4,DYDX/USDT,buy,web,spot,2.000000,50.000000,100.000000,0.100000,dydx,,,2023-10-03 14:30:28
4,SOL/USDT,sell,web,spot,24.000000,2.000000,48.000000,0,usdt,ht,0.04,2023-10-03 14:29:46
""",
        "2023-10-03T14:30:28 | DYDX +50.000000 trade, USDT -100.000000 trade, DYDX -0.100000 fee | buy 50.000000 DYDX/USDT @ 2.000000 fee -0.100000 DYDX | trade",
        "2023-10-03T14:29:46 | SOL -2.000000 trade, USDT +48.000000 trade, HT -0.04 fee | sell 2.000000 SOL/USDT @ 24.000000 fee -0.04 HT | trade",
    ),
    "huobi-deposits": _made(
        """
uid,currency,tx_hash,from_address,to_address,amount,deposit_time
4,bld,h,a,b,185.75,2023-11-13 10:24:20
""",
        "2023-11-13T10:24:20 | BLD +185.75 transfer | - | deposit",
    ),
    "huobi-withdrawals": _made(
        """
uid,currency,tx_hash,to_address,amount,fee,withdraw_time
4,dydx,h,b,1165,3.5,2023-10-03 14:31:41
""",
        "2023-10-03T14:31:41 | DYDX -1165 transfer, DYDX -3.5 fee | - | withdrawal",
    ),
    "hyperliquid-fills": _made(
        """
[{"coin": "ETH", "px": "2000.5", "sz": "0.5", "side": "B", "time": 1700000000000, "startPosition": "0.0", "dir": "Open Long", "closedPnl": "0.0", "hash": "0x", "oid": 1, "crossed": true, "fee": "0.35", "tid": 11, "feeToken": "USDC"},
{"coin": "ETH", "px": "2100", "sz": "0.5", "side": "A", "time": 1700000001000, "startPosition": "0.5", "dir": "Close Long", "closedPnl": "49.75", "hash": "0x", "oid": 2, "crossed": false, "fee": "-0.03", "tid": 12, "feeToken": "USDC"},
{"coin": "PURR/USDC", "px": "0.2", "sz": "100", "side": "B", "time": 1700000002000, "startPosition": "0", "dir": "Buy", "closedPnl": "0", "hash": "0x", "oid": 3, "crossed": true, "fee": "0.07", "tid": 13, "feeToken": "PURR"}]
""",
        "2023-11-14T22:13:20 | USDC -0.35 fee | buy 0.5 ETH @ 2000.5 fee -0.35 USDC taker | Open Long",
        "2023-11-14T22:13:21 | USDC +49.75 realized, USDC +0.03 rebate | sell 0.5 ETH @ 2100 fee 0.03 USDC maker | Close Long",
        "2023-11-14T22:13:22 | PURR +100 trade, USDC -20.0 trade, PURR -0.07 fee | buy 100 PURR/USDC @ 0.2 fee -0.07 PURR taker | Buy",
    ),
    "hyperliquid-funding": _made(
        """
[{"time": 1700000000000, "hash": "0x0", "delta": {"type": "funding", "coin": "ETH", "usdc": "-0.012", "szi": "1.5", "fundingRate": "0.00001"}}]
""",
        "2023-11-14T22:13:20 | USDC -0.012 funding | - | funding",
    ),
    "hyperliquid-updates": _made(
        """
[{"time": 1700000000000, "hash": "0x1", "delta": {"type": "deposit", "usdc": "100.0"}},
{"time": 1700000001000, "hash": "0x2", "delta": {"type": "withdraw", "usdc": "50.0", "fee": "1.0"}},
{"time": 1700000002000, "hash": "0x3", "delta": {"type": "cDeposit", "amount": "3.0", "token": "HYPE"}}]
""",
        "2023-11-14T22:13:20 | USDC +100.0 transfer | - | deposit",
        "2023-11-14T22:13:21 | USDC -50.0 transfer, USDC -1.0 fee | - | withdraw",
        "2023-11-14T22:13:22 | HYPE +3.0 other | - | cDeposit",
    ),
    "hyperliquid-funding-export": _made(
        """
time,coin,sz,side,payment,rate
28/03/2024 - 13:00:00,ETH,1.5,Long,-0.25,0.0000125
28/03/2024 - 14:00:00,ETH,1.5,Long,0.05,-0.0000025
""",
        "2024-03-28T13:00:00 | USDC -0.25 funding | - | funding",
        "2024-03-28T14:00:00 | USDC +0.05 funding | - | funding",
    ),
    "bitbank-deposits": _made(
        """
コイン,日時,数量,ネットワーク,アドレス,Txid,ステータス
xrp,2022/11/12 11:57:01,54.54,ripple,A,T1,DONE
xrp,2022/11/13 10:57:01,65.65,ripple,A,T2,FAILED
""",
        "2022-11-12T02:57:01 | XRP +54.54 transfer | - | deposit",
        "2022-11-13T01:57:01 | - | - | deposit FAILED",
    ),
    "bitbank-fiat-deposits": _made(
        """
日時,数量,ステータス
2022/04/20 07:19:00,6900,DONE
""",
        "2022-04-19T22:19:00 | JPY +6900 transfer | - | deposit",
    ),
    "bitbank-withdrawals": _made(
        """
コイン,日時,数量,手数料,ラベル,ネットワーク,アドレス,Txid,ステータス
xlm,2022/04/20 16:20:00,900,0.01,t,stellar,A,T3,DONE
""",
        "2022-04-20T07:20:00 | XLM -900 transfer, XLM -0.01 fee | - | withdrawal",
    ),
    "coincheck-buys": _made(
        """
ID,Amount,Price,Trading Currency,Original Currency,Progress,Time
1,0.005,10000,BTC,JPY,completed,2022-04-20 16:20:00 UTC
""",
        "2022-04-20T16:20:00 | BTC +0.005 conversion, JPY -10000 conversion | - | purchase",
    ),
    "kraken-trades": _made(
        """
"txid","ordertxid","pair","time","type","ordertype","price","cost","fee","vol","margin","misc","ledgers"
"T1","O1","XXBTZUSD","2019-07-29 17:04:41.5123","buy","limit",9500.0,19.0,0.0494,0.002,0,"","L1,L2"
"T2","O2","BATUSD","2019-07-29 17:04:42","sell","limit",0.25,25,0.065,100,0,"","L3,L4"
"T3","O3","XDGEUR","2019-07-29 17:04:43","sell","limit",0.1,10,0.02,100,2.5,"","L5"
""",
        "2019-07-29T17:04:41.5123 | BTC +0.002 trade, USD -19.0 trade, USD -0.0494 fee | buy 0.002 XXBTZUSD @ 9500.0 fee -0.0494 USD | trade",
        "2019-07-29T17:04:42 | BAT -100 trade, USD +25 trade, USD -0.065 fee | sell 100 BATUSD @ 0.25 fee -0.065 USD | trade",
        "2019-07-29T17:04:43 | EUR -0.02 fee | sell 100 XDGEUR @ 0.1 fee -0.02 EUR | margin trade",
    ),
    "kraken-ledgers": _made(
        """
"txid","refid","time","type","subtype","aclass","asset","wallet","amount","fee","balance"
"L1","R1","2024-01-15 10:30:00","trade","","currency","ZEUR","spot / main",-210.00,0.55,789.45
"L2","R1","2024-01-15 10:30:00","trade","","currency","XXBT","spot / main",0.005,0,0.505
"","R2","2024-01-16 10:30:00","deposit","","currency","ZEUR","spot / main",100,0,""
"L3","R2","2024-01-16 10:31:00","deposit","","currency","ZEUR","spot / main",100,0,889.45
"L4","R3","2024-01-17 10:31:00","earn","reward","currency","ETH.S","earn",0.001,0,1.001
"L5","R4","2024-01-18 10:31:00","rollover","","currency","ZUSD","spot / main",0,0.02,99.98
"L6","R5","2024-01-18 10:31:00","teleport","","currency","ZUSD","spot / main",-1,0,98.98
""",
        "2024-01-15T10:30:00 | EUR -210.00 trade, EUR -0.55 fee = 789.45 | - | trade",
        "2024-01-15T10:30:00 | BTC +0.005 trade = 0.505 | - | trade",
        "2024-01-16T10:30:00 | - | - | deposit pending",
        "2024-01-16T10:31:00 | EUR +100 transfer = 889.45 | - | deposit",
        "2024-01-17T10:31:00 | ETH.S +0.001 interest = 1.001 | - | earn/reward",
        "2024-01-18T10:31:00 | USD -0.02 interest = 99.98 | - | rollover",
        "2024-01-18T10:31:00 | USD -1 other = 98.98 | - | teleport",
    ),
    "kucoin-fills": _made(
        """
{"code": "200000", "data": {"currentPage": 1, "pageSize": 50, "totalNum": 1, "totalPage": 1, "items": [{"symbol": "DOGE-USDT", "tradeId": "1", "orderId": "2", "counterOrderId": "3", "side": "buy", "liquidity": "taker", "forceTaker": false, "price": "0.09", "size": "10", "funds": "0.9", "fee": "0.0009", "feeRate": "0.001", "feeCurrency": "USDT", "stop": "", "tradeType": "TRADE", "type": "market", "createdAt": 1705995420000}]}}
""",
        "2024-01-23T07:37:00 | DOGE +10 trade, USDT -0.9 trade, USDT -0.0009 fee | buy 10 DOGE-USDT @ 0.09 fee -0.0009 USDT taker | trade",
    ),
    "kucoin-trades-old": _made(
        """
tradeCreatedAt,symbol,side,price,size,funds,fee,feeCurrency
2018-01-02 10:00:00,KCS-BTC,sell,0.001,100,0.1,0.0001,BTC
""",
        "2018-01-02T10:00:00 | KCS -100 trade, BTC +0.1 trade, BTC -0.0001 fee | sell 100 KCS-BTC @ 0.001 fee -0.0001 BTC | trade",
    ),
    "kucoin-trades-coins": _made(
        """
Time,Pair,Side,FilledPrice,FilledPriceCoin,Amount,AmountCoin,Volume,VolumeCoin,Fee,FeeCoin
2019-01-02 10:00:00,KCS/USDT,BUY,2,USDT,50,KCS,100,USDT,0.05,KCS
""",
        "2019-01-02T10:00:00 | KCS +50 trade, USDT -100 trade, KCS -0.05 fee | buy 50 KCS/USDT @ 2 fee -0.05 KCS | trade",
    ),
    "kucoin-orders": _made(
        """
UID,Account Type,Order ID,Order Time(UTC),Symbol,Side,Order Type,Order Price,Order Amount,Avg. Filled Price,Filled Amount,Filled Volume,Filled Volume (USDT),Filled Time(UTC),Fee,Fee Currency,Tax,Status
1,main,o1,2024-01-01 10:00:00,BTC-USDT,BUY,LIMIT,42000,0.1,41900,0.1,4190,4190,2024-01-01 10:00:05,4.19,USDT,0,deal
1,main,o2,2024-01-01 11:00:00,BTC-USDT,BUY,LIMIT,42000,0.1,0,0,0,0,2024-01-01 11:00:05,0,USDT,0,cancelled
""",
        "2024-01-01T10:00:05 | BTC +0.1 trade, USDT -4190 trade, USDT -4.19 fee | buy 0.1 BTC-USDT @ 41900 fee -4.19 USDT | trade",
        "2024-01-01T11:00:05 | - | - | cancelled",
    ),
    "kucoin-futures-fills": _made(
        """
{"code": "200000", "data": {"items": [{"symbol": "XBTUSDTM", "tradeId": "5", "orderId": "6", "side": "buy", "liquidity": "maker", "price": "3302", "size": 10, "value": "33.02", "feeRate": "0.0002", "fixFee": "0", "feeCurrency": "USDT", "fee": "0.0066", "settleCurrency": "USDT", "tradeType": "trade", "tradeTime": 1558334496000000000}]}}
""",
        "2019-05-20T06:41:36 | USDT -0.0066 fee | buy 10 XBTUSDTM @ 3302 fee -0.0066 USDT maker | trade",
    ),
    "kucoin-futures-orders": _made(
        """
UID,Account Type,Order ID,Filled Time(UTC),Symbol,Side,Filled Amount,Filled Price,Filled Volume,Filled Volume  (USDT),Fee Rate,Fee,Order Type
1,main,o1,2024-01-01 10:00:05,XBTUSDTM,BUY,10,42000,420,420,0.0006,0.252,MARKET
""",
        "2024-01-01T10:00:05 | USDT -0.252 fee | buy 10 XBTUSDTM @ 42000 fee -0.252 USDT | trade",
    ),
    "kucoin-ledger": _made(
        """
{"code": "200000", "data": {"items": [{"id": "1", "currency": "USDT", "amount": "34", "fee": "0.1", "balance": "66", "accountType": "TRADE", "bizType": "Exchange", "direction": "out", "createdAt": 1629234234000, "context": "{}"}]}}
""",
        "2021-08-17T21:03:54 | USDT -34 trade = 66 | - | Exchange",
    ),
    "kucoin-account-history": _made(
        """
UID,Account Type,Currency,Side,Amount,Fee,Time(UTC),Remark,Type
1,main,KCS,Deposit,5,0,2024-01-01 10:00:00,,Staking Profits
1,main,KCS,Withdrawal,2,0,2024-01-01 11:00:00,,Rain Dance
""",
        "2024-01-01T10:00:00 | KCS +5 interest | - | Staking Profits",
        "2024-01-01T11:00:00 | KCS -2 other | - | Rain Dance",
    ),
    "kucoin-deposits": _made(
        """
UID,Account Type,Time(UTC),Coin,Amount,Fee,Hash,Deposit Address,Transfer Network,Status,Remarks
1,main,2024-01-01 10:00:00,USDT,500,0,h,a,TRC20,SUCCESS,Deposit
""",
        "2024-01-01T10:00:00 | USDT +500 transfer | - | deposit",
    ),
    "kucoin-withdrawals": _made(
        """
UID,Account Type,Time(UTC),Coin,Amount,Fee,Hash,Withdrawal Address/Account,Transfer Network,Status,Remarks
1,main,2024-01-01 10:00:00,USDT,200,1.5,h,a,TRC20,SUCCESS,
1,main,2024-01-01 11:00:00,USDT,200,1.5,h,a,TRC20,FAILURE,
""",
        "2024-01-01T10:00:00 | USDT -200 transfer, USDT -1.5 fee | - | withdrawal",
        "2024-01-01T11:00:00 | - | - | withdrawal FAILURE",
    ),
    "okx-fills": _made(
        """
{"code": "0", "msg": "", "data": [{"instType": "SPOT", "instId": "BTC-USDT", "tradeId": "1", "ordId": "2", "billId": "3", "fillPx": "42000", "fillSz": "0.01", "side": "buy", "execType": "M", "feeCcy": "BTC", "fee": "-0.000008", "ts": "1625097600000", "fillPnl": "0"},
{"instType": "SWAP", "instId": "BTC-USDT-SWAP", "tradeId": "4", "ordId": "5", "billId": "6", "fillPx": "42000", "fillSz": "3", "side": "sell", "execType": "T", "feeCcy": "USDT", "fee": "-0.63", "ts": "1625097600001", "fillPnl": "12.5"}]}
""",
        "2021-07-01T00:00:00 | BTC +0.01 trade, USDT -420.00 trade, BTC -0.000008 fee | buy 0.01 BTC-USDT @ 42000 fee -0.000008 BTC maker | trade",
        "2021-07-01T00:00:00.001 | USDT +12.5 realized, USDT -0.63 fee | sell 3 BTC-USDT-SWAP @ 42000 fee -0.63 USDT taker | trade",
    ),
    "okx-bills": _made(
        """
{"code": "0", "data": [{"billId": "1", "ccy": "USDT", "balChg": "11.87", "bal": "100", "type": "2", "subType": "4", "fee": "-0.63", "pnl": "12.5", "instId": "BTC-USDT-SWAP", "sz": "3", "px": "42000", "ts": "1625097600000"},
{"billId": "2", "ccy": "USDT", "balChg": "-0.2", "bal": "99.8", "type": "8", "subType": "173", "fee": "0", "pnl": "-0.2", "instId": "BTC-USDT-SWAP", "sz": "3", "px": "42000", "ts": "1625097600001"},
{"billId": "3", "ccy": "USDT", "balChg": "5", "bal": "104.8", "type": "999", "subType": "0", "fee": "", "pnl": "", "instId": "", "sz": "", "px": "", "ts": "1625097600002"}]}
""",
        "2021-07-01T00:00:00 | USDT +12.5 realized, USDT -0.63 fee = 100 | - | type 2 subtype 4",
        "2021-07-01T00:00:00.001 | USDT -0.2 funding = 99.8 | - | type 8 subtype 173",
        "2021-07-01T00:00:00.002 | USDT +5 other = 104.8 | - | type 999 subtype 0",
    ),
    "okx-trades": _made(
        """
\ufeffOrder ID,\ufeffTrade ID,\ufeffTrade Time,\ufeffPairs,\ufeffAmount,\ufeffPrice,\ufeffTotal,\ufefftaker/maker,\ufeffFee,\ufeffunit
\ufeff1,10,2020-09-25 17:27:02,ltc_usdt,2,46,-92 USDT,taker,-0.003 LTC,LTC
\ufeff2,11,2020-09-25 17:00:01,ltc_usdt,-2,45,90 USDT,maker,0.009 USDT,LTC
""",
        "2020-09-25T17:27:02 | LTC +2 trade, USDT -92 trade, LTC -0.003 fee | buy 2 ltc_usdt @ 46 fee -0.003 LTC taker | trade",
        "2020-09-25T17:00:01 | LTC -2 trade, USDT +90 trade, USDT +0.009 rebate | sell 2 ltc_usdt @ 45 fee 0.009 USDT maker | trade",
    ),
    "okx-trading-history": _made(
        """
UID:1,Account Type:Main,Time Zone:UTC+8
id,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,Position Change,Position Balance,Balance Change,Balance,Balance Unit
1,100,2027-06-01 08:25:29,Spot,BTC-USDT,Buy,0.5,BTC,90000,0,-0.0005,BTC,0,0,0.4995,1.4995,BTC
2,100,2027-06-01 08:25:29,Spot,BTC-USDT,Buy,0.5,BTC,90000,0,0,USDT,0,0,-45000,5000,USDT
3,101,2027-06-01 09:25:29,Swap,ETH-USDT-SWAP,Close long,2,cont,2000,12.5,-0.5,USDT,0,0,12,5012,USDT
4,,2027-06-01 10:25:29,Juggling,,Drop,0,,,,,,0,0,-1,5011,USDT
""",
        "2027-06-01T00:25:29 | BTC +0.5000 trade, BTC -0.0005 fee = 1.4995 | buy 0.5 BTC-USDT @ 90000 fee -0.0005 BTC | Spot: Buy",
        "2027-06-01T00:25:29 | USDT -45000 trade = 5000 | - | Spot: Buy",
        "2027-06-01T01:25:29 | USDT +12.5 realized, USDT -0.5 fee = 5012 | sell 2 ETH-USDT-SWAP @ 2000 fee -0.5 USDT | Swap: Close long",
        "2027-06-01T02:25:29 | USDT -1 other = 5011 | - | Juggling: Drop",
    ),
    "okx-funding-history": _made(
        """
id,Time,Type,Amount,Before Balance,After Balance,Symbol
1,2027-06-01 08:25:29,Deposit,500,0,500,USDT
2,2027-06-01 08:26:29,Withdrawal,200,500,300,USDT
""",
        "2027-06-01T08:25:29 | USDT +500 transfer = 500 | - | Deposit",
        "2027-06-01T08:26:29 | USDT -200 transfer = 300 | - | Withdrawal",
    ),
    "pionex-trades": _made(
        """
Date,Received Quantity,Received Currency,Sent Quantity,Sent Currency,Fee Amount,Fee Currency,Tag
2/27/2022 12:09,0.1,ETH,200,BUSD,0.0001,ETH,
""",
        "2022-02-27T12:09:00 | ETH +0.1 trade, BUSD -200 trade, ETH -0.0001 fee | - | trade",
    ),
    "pionex-transfers": _made(
        """
date(UTC+0),tx_type,amount,coin,network,txid,fee
2/27/2022 12:02,DEPOSIT,115,BUSD,BEP20,1,0
3/25/2022 11:02,WITHDRAW,100,BUSD,BEP20,2,0.5
""",
        "2022-02-27T12:02:00 | BUSD +115 transfer | - | deposit",
        "2022-03-25T11:02:00 | BUSD -100 transfer, BUSD -0.5 fee | - | withdraw",
    ),
    "poloniex-trades": _made(
        """
Date,Market,Category,Type,Price,Amount,Total,Fee,Order Number,Base Total Less Fee,Quote Total Less Fee,Fee Currency,Fee Total
2021-01-31 10:56:44,BTC/USDT,Exchange,Buy,10000,0.5,5000,0.1%,1,-5000,0.4995,BTC,0.0005
2021-01-27 20:39:14,BTC/USDT,Exchange,Sell,9000,0.5,4500,0.1%,2,4495.5,-0.5,USDT,4.5
""",
        "2021-01-31T10:56:44 | BTC +0.5 trade, USDT -5000 trade, BTC -0.0005 fee | buy 0.5 BTC/USDT @ 10000 fee -0.0005 BTC | trade",
        "2021-01-27T20:39:14 | BTC -0.5 trade, USDT +4500 trade, USDT -4.5 fee | sell 0.5 BTC/USDT @ 9000 fee -4.5 USDT | trade",
    ),
    "poloniex-fills": _made(
        """
id,symbol,accountType,orderId,side,type,matchRole,createTime,price,quantity,amount,feeCurrency,feeAmount
62,BTC_USDT,SPOT,35,BUY,MARKET,TAKER,1648635115535,47000,0.001,47,BTC,0.000002
""",
        "2022-03-30T10:11:55.535 | BTC +0.001 trade, USDT -47 trade, BTC -0.000002 fee | buy 0.001 BTC_USDT @ 47000 fee -0.000002 BTC taker | trade",
    ),
    "bybit-spot-history": _made(
        """
UID: 1,Company Name: ,Country: X
Uid,Spot Pairs,Order Type,Direction,feeCoin,ExecFeeV2,Filled Value,Filled Price,Filled Quantity,Fees,Transaction ID,Order No.,Timestamp (UTC)
1,SOLUSDT,MARKET,BUY,SOL,0.01,200,20,10,--,t1,o1,10:00 2026-01-10
1,SOLUSDT,MARKET,SELL,,,300,30,10,0.3,t2,o2,11:00 2026-01-11
""",
        "2026-01-10T10:00:00 | SOL +10 trade, USDT -200 trade, SOL -0.01 fee | buy 10 SOLUSDT @ 20 fee -0.01 SOL | trade",
        "2026-01-11T11:00:00 | SOL -10 trade, USDT +300 trade, USDT -0.3 fee | sell 10 SOLUSDT @ 30 fee -0.3 USDT | trade",
    ),
    "bybit-contract-history": _made(
        """
Market,Filled Type,Filled Quantity,Filled Price,Order Price,Fee Rate,Trading Fee,feeCoin,ExecFeeV2,Direction,Order Type,Trasaction ID,Order No.,Transaction Time(UTC+0)
ETHUSDT,Trade,2,100,100,0.00055,0.11,USDT,0.11,Long,Market,a1,o1,10:00 2026-01-10
ETHUSDT,Funding,2,108,0,-0.0001,-0.05,,0,Long,--,f2,g2,16:00 2026-01-11
BTCUSD,Trade,100,50000,50000,0.00055,0.0000011,,,Short,Market,a3,o3,17:00 2026-01-11
""",
        "2026-01-10T10:00:00 | USDT -0.11 fee | buy 2 ETHUSDT @ 100 fee -0.11 USDT | Trade",
        "2026-01-11T16:00:00 | USDT +0.05 funding | - | Funding",
        "2026-01-11T17:00:00 | BTC -0.0000011 fee | sell 100 BTCUSD @ 50000 fee -0.0000011 BTC | Trade",
    ),
    "kraken-futures-log": _made(
        """
uid,dateTime,account,type,symbol,contract,change,new balance,new average entry price,trade price,mark price,funding rate,realized pnl,fee,realized funding,collateral
1,2024-02-01 08:19:06,flex,futures trade,pf_xbtusd,pf_xbtusd,-0.01,0,42000,42100,42101,,1.0,0.21,,usd
2,2024-02-01 08:19:06,flex,futures trade,usd,pf_xbtusd,0.79,1000.79,,,,,,,,usd
3,2024-02-01 12:00:00,flex,funding rate change,usd,pf_ethusd,-0.03,1000.76,,,,0.0001,,,-0.03,usd
""",
        "2024-02-01T08:19:06 | - | sell 0.01 pf_xbtusd @ 42100 fee -0.21 USD | futures trade",
        "2024-02-01T08:19:06 | USD +0.79 realized = 1000.79 | - | futures trade",
        "2024-02-01T12:00:00 | USD -0.03 funding = 1000.76 | - | funding rate change",
    ),
    "gate-trades": _made(
        """
[{"id": "1", "create_time": "1548000000", "create_time_ms": "1548000000123.456", "currency_pair": "BTC_USDT", "side": "buy", "role": "taker", "amount": "0.1", "price": "30000", "order_id": "9", "fee": "0.0002", "fee_currency": "BTC", "point_fee": "0", "gt_fee": "0"},
{"id": "2", "create_time": "1548000001", "create_time_ms": "1548000001000", "currency_pair": "BTC_USDT", "side": "sell", "role": "maker", "amount": "0.1", "price": "31000", "order_id": "10", "fee": "0", "fee_currency": "USDT", "point_fee": "0", "gt_fee": "0.25"}]
""",
        "2019-01-20T16:00:00.123456 | BTC +0.1 trade, USDT -3000.0 trade, BTC -0.0002 fee | buy 0.1 BTC_USDT @ 30000 fee -0.0002 BTC taker | trade",
        "2019-01-20T16:00:01 | BTC -0.1 trade, USDT +3100.0 trade, GT -0.25 fee | sell 0.1 BTC_USDT @ 31000 fee -0.25 GT maker | trade",
    ),
    "gate-futures-trades": _made(
        """
[{"id": 121234231, "create_time": 1514764800.123, "contract": "BTC_USDT", "order_id": "21893289839", "size": -100, "price": "100.123", "text": "t", "fee": "0.01", "point_fee": "0", "role": "taker"}]
""",
        "2018-01-01T00:00:00.123 | USDT -0.01 fee | sell 100 BTC_USDT @ 100.123 fee -0.01 USDT taker | trade",
    ),
    "gemini-trades": _made(
        """
[{"price": "3648.09", "amount": "0.5", "timestamp": 1547232911, "timestampms": 1547232911021, "type": "Buy", "aggressor": true, "fee_currency": "USD", "fee_amount": "4.56", "tid": 107317526, "order_id": "107317524", "exchange": "gemini", "is_auction_fill": false, "symbol": "BTCUSD"}]
""",
        "2019-01-11T18:55:11.021 | BTC +0.5 trade, USD -1824.045 trade, USD -4.56 fee | buy 0.5 BTCUSD @ 3648.09 fee -4.56 USD taker | trade",
    ),
    "deribit-trades": _made(
        """
{"jsonrpc": "2.0", "result": {"trades": [{"trade_seq": 1966042, "trade_id": "ETH-2696068", "timestamp": 1590480363130, "order_id": "o", "liquidity": "M", "instrument_name": "ETH-PERPETUAL", "index_price": 203.8, "fee_currency": "ETH", "fee": -0.00001, "direction": "buy", "amount": 10, "price": 203.6}], "has_more": false}}
""",
        "2020-05-26T08:06:03.13 | ETH +0.00001 rebate | buy 10 ETH-PERPETUAL @ 203.6 fee 0.00001 ETH maker | trade",
    ),
    "deribit-log": _made(
        """
{"jsonrpc": "2.0", "result": {"logs": [{"id": 5, "timestamp": 1613659830333, "type": "settlement", "currency": "BTC", "change": -0.02, "balance": 3001.5, "cashflow": -0.03, "commission": 0, "equity": 3000, "instrument_name": "BTC-PERPETUAL", "user_id": 7},
{"id": 6, "timestamp": 1613659830334, "type": "trade", "currency": "BTC", "change": -0.0001, "balance": 3001.4999, "cashflow": 0, "commission": 0.0001, "equity": 3000, "instrument_name": "BTC-PERPETUAL", "user_id": 7}], "continuation": null}}
""",
        "2021-02-18T14:50:30.333 | BTC -0.02 realized = 3001.5 | - | settlement",
        "2021-02-18T14:50:30.334 | BTC -0.0001 fee = 3001.4999 | - | trade",
    ),
    "bitget-fills": _made(
        """
{"code": "00000", "data": [{"userId": "1", "symbol": "BTCUSDT", "orderId": "12", "tradeId": "13", "orderType": "limit", "side": "buy", "priceAvg": "40000", "size": "0.01", "amount": "400", "feeDetail": {"deduction": "no", "feeCoin": "BTC", "totalDeductionFee": "", "totalFee": "-0.00001"}, "tradeScope": "taker", "cTime": "1695865232579", "uTime": "1695865233027"}]}
""",
        "2023-09-28T01:40:32.579 | BTC +0.01 trade, USDT -400 trade, BTC -0.00001 fee | buy 0.01 BTCUSDT @ 40000 fee -0.00001 BTC taker | trade",
    ),
    "bitget-contract-fills": _made(
        """
{"code": "00000", "data": [{"symbol": "BTCUSDT", "orderId": "12", "tradeId": "13", "side": "sell", "price": "40000", "baseVolume": "0.01", "quoteVolume": "400", "profit": "-1.5", "marginCoin": "USDT", "feeDetail": [{"deduction": "no", "feeCoin": "USDT", "totalFee": "-0.24"}], "tradeScope": "maker", "cTime": "1695865232579"}]}
""",
        "2023-09-28T01:40:32.579 | USDT -1.5 realized, USDT -0.24 fee | sell 0.01 BTCUSDT @ 40000 fee -0.24 USDT maker | trade",
    ),
    "huobi-matches": _made(
        """
{"status": "ok", "data": [{"symbol": "polyusdt", "fee-currency": "poly", "source": "spot-web", "price": "0.338", "created-at": 1629443051839, "role": "taker", "order-id": 345487249132375, "match-id": 5014, "trade-id": 1085, "filled-amount": "147", "filled-fees": "0.294", "filled-points": "0.0", "fee-deduct-currency": "", "id": 313, "type": "buy-market"}]}
""",
        "2021-08-20T07:04:11.839 | POLY +147 trade, USDT -49.686 trade, POLY -0.294 fee | buy 147 polyusdt @ 0.338 fee -0.294 POLY taker | trade",
    ),
    "bitvavo-trades": _made(
        """
[{"id": "a1", "orderId": "o1", "timestamp": 1700000000000, "market": "ETH-EUR", "side": "sell", "amount": "0.5", "price": "1800", "taker": false, "fee": "1.35", "feeCurrency": "EUR", "settled": true}]
""",
        "2023-11-14T22:13:20 | ETH -0.5 trade, EUR +900.0 trade, EUR -1.35 fee | sell 0.5 ETH-EUR @ 1800 fee -1.35 EUR maker | trade",
    ),
    "binance-interest": _made(
        """
Date(UTC),Product Name,Coin,Amount
2021-06-01 01:00:00,BTC Flexible,BTC,0.00001
""",
        "2021-06-01T01:00:00 | BTC +0.00001 interest | - | BTC Flexible",
    ),
    "poloniex-bought-sold": _made(
        """
create_time,trade_id,market,buyer_wallet,side,price,amount,fee,fee_currency,fee_total
2022-08-01 10:00:00,5,LTC_USDT,spot,BUY,60,2,0.00155,LTC,0.0031
""",
        "2022-08-01T10:00:00 | LTC +2 trade, USDT -120 trade, LTC -0.0031 fee | buy 2 LTC_USDT @ 60 fee -0.0031 LTC | trade",
    ),
    "poloniex-deposits": _made(
        """
f_created_at,currency,f_amount,f_address,f_status
2022-08-01 10:00:00,USDT,100,a,COMPLETED
2022-08-02 10:00:00,USDT,100,a,PENDING
""",
        "2022-08-01T10:00:00 | USDT +100 transfer | - | deposit",
        "2022-08-02T10:00:00 | - | - | deposit PENDING",
    ),
    "poloniex-withdrawals": _made(
        """
f_date,currency,f_amount,f_feededucted,f_status
2022-08-03 10:00:00,USDT,50,49,COMPLETE: 0xabc
""",
        "2022-08-03T10:00:00 | USDT -50 transfer | - | withdrawal",
    ),
    "kucoin-convert": _made(
        """
UID,Account Type,Payment Account,Sell,Buy,Price,Time of Update(UTC+02:00),Status
1,main,Trading,100 USDT,0.002 BTC,1 BTC = 50000 USDT,2024-01-01 12:00:00,Success
""",
        "2024-01-01T10:00:00 | USDT -100 conversion, BTC +0.002 conversion | - | convert",
    ),
    "kucoin-withdrawals-old": _made(
        """
Time,Coin,Amount,Type,Wallet Address,Remark
2019-01-02 10:00:00,KCS,5,WITHDRAW,0xabc,
""",
        "2019-01-02T10:00:00 | KCS -5 transfer | - | withdrawal: WITHDRAW",
    ),
    "revolut-crypto": _made(
        """
Symbol,Type,Quantity,Price,Value,Fees,Date
BTC,Buy,0.5,"90,000.00 SEK","45,000.00 SEK",10.00 SEK,"May 5, 2020, 10:10:57 PM"
BTC,Sell,0.1,"€35,000.00","€3,500.00",€0.24,"Mar 8, 2022, 2:08:54 PM"
ETH,Staking reward,0.002,€0.00,€0.00,€0.00,"Mar 9, 2022, 2:08:54 PM"
ETH,Levitation,0.002,€0.00,€0.00,€0.00,"Mar 9, 2022, 2:08:54 PM"
""",
        "2020-05-05T22:10:57 | BTC +0.5 trade, SEK -45000.00 trade, SEK -10.00 fee | buy 0.5 BTC/SEK @ 90000.0 fee -10.00 SEK | Buy",
        "2022-03-08T14:08:54 | BTC -0.1 trade, EUR +3500.00 trade, EUR -0.24 fee | sell 0.1 BTC/EUR @ 35000.0 fee -0.24 EUR | Sell",
        "2022-03-09T14:08:54 | ETH +0.002 interest | - | Staking reward",
        "2022-03-09T14:08:54 | ETH +0.002 other | - | Levitation",
    ),
    "blockfi-transactions": _made(
        """
Cryptocurrency,Amount,Transaction Type,Confirmed At
LTC,-42.5,Trade,2021-02-05 11:45:58
ETH,0.5,Interest Payment,2021-01-30 23:59:59
""",
        "2021-02-05T11:45:58 | LTC -42.5 trade | - | Trade",
        "2021-01-30T23:59:59 | ETH +0.5 interest | - | Interest Payment",
    ),
    "blockfi-trades": _made(
        """
Trade ID,Date,Buy Quantity,Buy Currency,Sold Quantity,Sold Currency,Rate Amount,Rate Currency,Type
t1,2021-01-30 23:59:59,6400,usdc,42.5,LTC,150.5,USDC,One Time
""",
        "2021-01-30T23:59:59 | USDC +6400 trade, LTC -42.5 trade | - | One Time",
    ),
    "relai-history": _made(
        """
Date,Transaction Type,BTC Amount,BTC Price,Currency Pair,Fiat Amount (excl. fees),Fiat Currency,Fee,Fee Currency,Destination,Operation ID,Counterparty
2024-07-22T09:41:06Z,Buy,0.003,90000,BTC/CHF,270,CHF,2.45,CHF,bc1,o1,Relai
""",
        "2024-07-22T09:41:06 | BTC +0.003 trade, CHF -270 trade, CHF -2.45 fee | buy 0.003 BTC/CHF @ 90000 fee -2.45 CHF | trade",
    ),
    "nautilus-fills": _made(
        """
client_order_id,trader_id,strategy_id,account_id,instrument_id,venue_order_id,trade_id,order_side,order_type,last_qty,last_px,currency,commission,liquidity_side,event_id,ts_event,ts_init
O-1,T-1,S-1,BINANCE-1,ETHUSDT.BINANCE,11,t1,BUY,LIMIT,0.5,2000.10,USDT,1.00005000 USDT,TAKER,e1,2024-01-01 10:00:00.123456789+00:00,2024-01-01 10:00:00.2+00:00
O-2,T-1,S-1,BYBIT-1,ETHUSDT-LINEAR.BYBIT,12,t2,SELL,LIMIT,0.5,2001.10,USDT,-0.10000000 USDT,MAKER,e2,1704103200000000001,1704103200000000002
""",
        "2024-01-01T10:00:00.123456789 | ETH +0.5 trade, USDT -1000.050 trade, USDT -1.00005000 fee | buy 0.5 ETHUSDT @ 2000.10 fee -1.00005000 USDT taker | fill",
        "2024-01-01T10:00:00.000000001 | USDT +0.10000000 rebate | sell 0.5 ETHUSDT-LINEAR @ 2001.10 fee 0.10000000 USDT maker | fill",
    ),
}
