"""
The pages that are written from the program itself, so that they cannot drift: docs/cli.md and docs/kpis.md.

`make docs` writes them; a test compares them with what is committed.
"""

import sys
from pathlib import Path
from typing import Any

from seatrial import cli
from seatrial.judge.kpi import KPIS

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


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


PAGES = {"docs/cli.md": command_line, "docs/kpis.md": kpis}


def main(root: Path) -> None:
    """Write every page under `root`."""
    for name, page in PAGES.items():
        (root / name).write_text(page(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
