"""
`report.md`: the verdict as a comment under a change, or as the summary of a CI step.

The verdict and the gates come first and are never cut; the table of iterations is folded, and loses
its middle before the whole grows past what code hosts accept in a comment.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .form import Report
from .wording import bound_text, duration, number

if TYPE_CHECKING:
    from ...model.artifact import IterationSummary
    from .story import Story

MAX_BYTES = 60_000
MAX_CELL = 400
SHOWN = ("net_bps", "gross_bps", "adverse_bps", "inventory_bps", "fees_bps", "maker_share_ratio")
MARK = {"PASS": "🟢", "WARN": "🟡", "UNKNOWN": "🟣", "FAIL": "🔴"}


def render(story: "Story") -> bytes:
    """Return the Markdown, under 60 kB whatever the record holds."""
    shown = len(story.iterations)
    text = _document(story, shown)
    while len(text.encode()) > MAX_BYTES and shown > 0:
        shown //= 2
        text = _document(story, shown)
    return text.encode()[:MAX_BYTES].decode(errors="ignore").encode()


def _document(story: "Story", shown: int) -> str:
    parts = (
        f"<!-- seatrial -->\n# {MARK[story.verdict]} {story.verdict}: {_cell(story.title)}\n",
        f"{_cell(story.sentence)}\n",
        _gates(story),
        "".join(f"- {_cell(reason)}\n" for reason in story.reasons),
        _facts(story),
        _kpis(story),
        _iterations(story, shown),
        _trace(story),
    )
    return "\n".join(part for part in parts if part)


def _gates(story: "Story") -> str:
    if not story.gates:
        return "No gate was judged.\n"
    rows = [
        (
            f"{MARK[row.result.verdict]} {row.result.verdict}",
            f"`{_cell(row.result.kpi)}`" + (" (reported only)" if row.result.report_only else ""),
            number(row.result.value, row.unit),
            bound_text(row.result.bound, row.unit),
            str(row.result.n),
            row.result.window,
            row.result.reason,
        )
        for row in story.gates
    ]
    return _table(("Verdict", "Gate", "Value", "Bound", "n", "Window", "Why"), rows)


def _facts(story: "Story") -> str:
    manifest = story.manifest
    market = ", ".join(f"{share.ratio * 100:.1f} % {share.kind}" for share in story.origin)
    rows = [
        ("Mode", manifest.mode),
        ("Market time", f"{duration(manifest.covered_ns)} of {duration(manifest.planned_ns)} planned"),
        ("Market", f"{market} ({manifest.provenance.dataset or 'no dataset'})"),
        ("Iterations, fills", f"{len(story.iterations):,}, {story.fills:,}"),
        ("Seed", str(manifest.seed)),
    ]
    return _table(("Run", ""), rows)


def _kpis(story: "Story") -> str:
    if not story.kpis:
        return ""
    rows = [(f"`{_cell(kpi.name)}`", number(kpi.value, kpi.unit)) for kpi in story.kpis]
    return _folded("Measures", _table(("Measure", "Value"), rows))


def _iterations(story: "Story", shown: int) -> str:
    if not story.iterations:
        return ""
    head, tail = story.iterations[: (shown + 1) // 2], story.iterations[len(story.iterations) - shown // 2 :]
    left_out = len(story.iterations) - len(head) - len(tail)
    rows = [_iteration(one) for one in head]
    if left_out:
        rows.append(("…", f"{left_out} left out", *[""] * (len(SHOWN) + 2)))
    rows += [_iteration(one) for one in tail]
    return _folded("Iterations", _table(("#", "Phase", "Fills", "Freeze", *SHOWN), rows))


def _iteration(one: "IterationSummary") -> tuple[str, ...]:
    values = one.kpis | one.components
    freeze = "" if one.freeze == "none" else one.freeze
    return (
        str(one.index + 1),
        one.phase,
        str(one.fills),
        freeze,
        *(number(values.get(name)) for name in SHOWN),
    )


def _trace(story: "Story") -> str:
    manifest = story.manifest
    same = [
        ("run", manifest.run_id),
        ("configuration", manifest.config_sha256),
        ("dataset", manifest.provenance.sha256 or "none"),
    ]
    code = (manifest.code_commit or "unknown") + (" with local changes" if manifest.code_dirty else "")
    own = _table(("What", "Identity"), [("code", code), *story.inputs.items()])
    body = f"{_table(('What', 'Identity'), same)}\n<!--identity-->\n\n{own}\n<!--/identity-->\n"
    return _folded("Where this comes from", body)


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n</details>\n"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *(tuple(_cell(cell) for cell in row) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    """Return text that cannot end its cell, its line or begin markup."""
    flat = " ".join(text.split())
    cut = flat if len(flat) <= MAX_CELL else f"{flat[:MAX_CELL]}…"
    return cut.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("|", "&#124;")


REPORT = Report("report.md", "The verdict for a comment or a CI summary.", render)
