"""
The pages that are written from the program itself, so that they cannot drift.

`make docs` writes them (see `PAGES`); a test compares them with what is committed.
"""

import sys
from pathlib import Path
from typing import Any

from seatrial import cli
from seatrial.engine.execution import states
from seatrial.engine.execution.risk import RULES
from seatrial.engine.execution.risk.rule import Rule
from seatrial.judge.kpi import KPIS
from seatrial.model.risk import RiskCeilings, RiskSettings, SymbolLimits, unit_of

CLI_HEAD = """\
# Command line

<!-- Written by `make docs` from the program; tests/test_docs.py fails when it is stale. -->

`seatrial ROOM VERB [ARGS]`. With `--json` a verb prints one JSON document on stdout and nothing else.

| exit code | meaning |
|---|---|
| 0 | PASS, or WARN without `--strict`, or done |
| 1 | FAIL: a gate or check failed |
| 2 | bad usage, profile or input |
| 3 | UNKNOWN: not enough evidence |
| 4 | something outside let us down: venue, bot, service, disk |
| 5 | refused: another instance holds the lock, or a latch is set |
| 70 | a bug of seatrial; a crash report is named |
| 130 | interrupted |
"""


def command_line() -> str:
    """Return docs/cli.md."""
    parts = [CLI_HEAD]
    for name in cli.ROOMS:
        room = cli.room(name)
        parts.append(f"\n## {name}\n\n{_prose(room.help)}\n")
        parts.extend(_verb(name, verb, command) for verb, command in room.commands.items())
    return "".join(parts)


def _verb(room: str, verb: str, command: Any) -> str:
    context = command.make_context(f"seatrial {room} {verb}", [], resilient_parsing=True)
    usage = " ".join(command.get_usage(context).split()).removeprefix("Usage: ")
    rows = [_row(parameter, context) for parameter in command.params if not parameter.hidden]
    table = "".join(f"| {name} | {meaning} |\n" for name, meaning in rows if name != "`--help`")
    head = f"\n### seatrial {room} {verb}\n\n```text\n{usage}\n```\n\n{_prose(command.help)}\n"
    return head + (f"\n| | |\n|---|---|\n{table}" if table else "")


def _row(parameter: Any, context: Any) -> tuple[str, str]:
    names, meaning = parameter.get_help_record(context) or (parameter.name, "")
    words = names.split(" <bool>")[0] if getattr(parameter, "is_flag", False) else names
    return f"`{_cell(words)}`", _cell(meaning)


def _prose(text: str | None) -> str:
    return "\n".join(line.strip() for line in (text or "").strip().splitlines())


KPI_HEAD = """\
# KPIs

<!-- Written by `make docs` from the program; tests/test_docs.py fails when it is stale. -->

What a gate can be put on. The unit is the last word of the name (a percentile aside); ratios are 0 to 1,
`_bps` are over notional and times 10,000. A measure that has no value is not measured, never zero, and its
gate is UNKNOWN. `seatrial gate explain KPI` says more about one.

| KPI | unit | better | what it is |
|---|---|---|---|
"""


def kpis() -> str:
    """Return docs/kpis.md."""
    rows = (f"| `{name}` | {kpi.unit} | {kpi.better} | {_cell(kpi.doc)} |\n" for name, kpi in KPIS)
    return KPI_HEAD + "".join(rows)


RULES_HEAD = """\
# Risk rules

<!-- Written by `make docs` from the program; tests/test_docs.py fails when it is stale. -->

Every rule of the risk monitor, in the order in which an order meets them; [risk.md](risk.md) says how they
work together. A setting stands below `risk:` in a profile; where its default is *none*, the rule is left out.
The ceiling is the default of the same name below `risk.ceilings`: no limit is taken above it, and *none* is
there to be set. A setting with a dash has no ceiling. Those marked *per symbol* may stand below
`risk.symbols.SYMBOL` too; the tighter of both holds.
"""


def risk_rules() -> str:
    """Return docs/risk_rules.md."""
    return RULES_HEAD + "".join(_rule(rule) for _, rule in RULES)


def _rule(rule: type[Rule]) -> str:
    rows = "".join(_setting(name) for name in rule.limits_of or (rule.name,))
    table = (
        f"| setting | meaning | unit | default | ceiling | per symbol |\n|---|---|---|---|---|---|\n{rows}"
    )
    told = {
        "block": f"**Blocks** the order. Trading goes on {rule.ends}.",
        "hold": f"**Holds** trading (`frozen`). Ends {rule.ends}.",
        "block and hold": f"**Blocks** the order and **holds** trading (`frozen`). Ends {rule.ends}.",
    }[rule.does]
    return f"\n## `{rule.name}`\n\n{_prose(rule.__doc__)}\n\n{told}\n\n{table}"


def _setting(name: str) -> str:
    section, _, last = name.rpartition(".")
    model = type(RiskSettings().edge) if section else RiskSettings
    field = model.model_fields[last]
    unit = "yes or no" if isinstance(field.default, bool) else unit_of(last)
    known = RiskCeilings.model_fields.get(name)
    ceiling = "-" if known is None else _value(known.default)
    symbol = "yes" if name in SymbolLimits.model_fields else "-"
    meaning = _cell(field.description or "")
    return f"| `{name}` | {meaning} | {unit} | {_value(field.default)} | {ceiling} | {symbol} |\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "*none*" if value is None else f"{value:g}"


ORDERS_HEAD = """\
# The life of an order

<!-- Written by `make docs` from the program; tests/test_docs.py fails when it is stale. -->

An order's state is never set: it follows from the evidence that the order has gathered. The table of moves
below is the one that the program runs. What is not in it is an illegal move: it is refused, the order stays
as it is, and the refusal is told.

*Working* orders may still trade as far as we know: they count as exposure and are to be canceled. An order
*in flight* waits for an answer of the venue. An *ended* order is over as far as the venue has said; all but a
denied one still take a late fill, because it has happened.

## States

| state | working | in flight | ended | what it means |
|---|---|---|---|---|
"""
STATES = {
    "local": "Made, and shown to nobody yet.",
    "denied": "Stopped by a rule of our own; it never left.",
    "pending_new": "Sent; the venue has not answered yet.",
    "open": "Taken by the venue, nothing filled.",
    "partial": "Taken by the venue, filled in part.",
    "pending_replace": "An amendment was asked for and has not been answered.",
    "pending_cancel": "A cancel was asked for and has not been answered.",
    "unknown": "A request was sent and no answer came: the venue may or may not have acted.",
    "lost": "The venue's complete snapshots no longer show it, and asking for it found nothing.",
    "filled": "Nothing is left to fill.",
    "canceled": "Withdrawn, by us or by the venue.",
    "expired": "Ended by its own terms.",
    "rejected": "Refused by the venue.",
}
HAPPENINGS = {
    "deny": "a rule of our own stops it",
    "submit": "it is sent",
    "accept": "the venue takes it",
    "reject": "the venue refuses it",
    "fill": "it trades",
    "ask_replace": "an amendment is asked for",
    "replaced": "the venue confirms an amendment",
    "replace_rejected": "the venue refuses an amendment",
    "ask_cancel": "a cancel is asked for",
    "cancel": "the venue confirms a cancel, or cancels by itself",
    "cancel_rejected": "the venue refuses a cancel",
    "expire": "its time is over",
    "timeout": "an answer does not come in time",
    "seen": "a snapshot of the venue shows it",
    "missing": "the venue does not know it, as complete snapshots and a question have shown",
    "correct": "a fill is busted or corrected",
}
MOVES_HEAD = """
## Moves

Where a cell names several states, the evidence decides which of them it is: what was filled, whether the
venue took it, what it still waits for.

| from | what happens | | may lead to |
|---|---|---|---|
"""


def orders() -> str:
    """Return docs/orders.md."""
    families = (states.WORKING, states.IN_FLIGHT, states.ENDED)
    rows = []
    for number, name in enumerate(states.STATES):
        marks = " | ".join("yes" if number in family else "" for family in families)
        rows.append(f"| `{name}` | {marks} | {STATES[name]} |\n")
    moves = [
        f"| `{state}` | `{happening}` | {HAPPENINGS[happening]} | {', '.join(f'`{each}`' for each in to)} |\n"
        for state, happening, to in states.moves()
    ]
    return ORDERS_HEAD + "".join(rows) + MOVES_HEAD + "".join(moves)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES = {
    "docs/cli.md": command_line,
    "docs/kpis.md": kpis,
    "docs/orders.md": orders,
    "docs/risk_rules.md": risk_rules,
}


def main(root: Path) -> None:
    """Write every page under `root`."""
    for name, page in PAGES.items():
        (root / name).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
