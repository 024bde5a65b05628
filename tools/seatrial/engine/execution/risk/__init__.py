"""The family of risk rules: one file a rule, in the order in which an order meets them."""

from ....model.registry import Registry
from . import (
    data_age,
    day_loss,
    drawdown,
    edge_collapse,
    open_orders,
    order_notional,
    order_qty,
    order_rate,
    position_notional,
    position_qty,
    positions,
    price_collar,
    repeats,
    self_cross,
    total_notional,
)
from .rule import Rule

RULES: Registry[type[Rule]] = Registry("risk rule")
for _module in (
    order_qty,
    order_notional,
    data_age,
    price_collar,
    position_qty,
    position_notional,
    total_notional,
    positions,
    open_orders,
    self_cross,
    repeats,
    order_rate,
    drawdown,
    day_loss,
    edge_collapse,
):
    RULES.add(_module.RULE.name, _module.RULE)
