"""Risk share: how many of the bot's intents its own risk rules had to stop."""

from ..columns import part as cells
from ..slices import Slice
from ..tables import EVENT_CODE
from .kpi import KPIS, Kpi, Measure, measured, setting

_ASKED = (EVENT_CODE["submitted"], EVENT_CODE["amend_requested"])


def risk_ratio(part: Slice) -> Measure:
    """Return blocked intents over all intents (orders submitted, amendments asked for, intents blocked)."""
    import numpy as np

    orders, rows, blocks = part.history.orders, part.rows("orders"), part.rows("risk_blocks")
    sent = np.nonzero(np.isin(np.asarray(cells(orders.event, rows)), _ASKED))[0]
    intents = len(sent) + len(blocks)
    if not intents:
        return Measure(None, 0, None, "the bot wanted nothing")
    times = [orders.ts[rows[at]] for at in sent[-1:].tolist()] + [
        part.history.risk_blocks.ts[row] for row in blocks[-1:]
    ]
    return measured(len(blocks) / intents, intents, max(times))


KPIS.add(
    "risk_ratio",
    Kpi(
        name="risk_ratio",
        better="lower",
        doc="intents blocked by risk over all intents "
        "(orders submitted, amendments asked for and intents blocked)",
        measure=risk_ratio,
        provoke=setting("risk_ratio"),
        needs="risk_block",
        domain=(0, 1),
    ),
)
