"""
No secret in anything that a run leaves behind: journal, manifest, reports, output, crash file.

Each way out has its own test beside it; this one looks at the whole, because a new file of a record
would be none of theirs.
"""

import base64
import html
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from seatrial import cli
from seatrial.model.secret import Secret

VALUE = "wJalrXUtn/FEMI+K7<MDENG>"
FORMS = {
    VALUE,
    quote(VALUE),
    quote(VALUE, safe=""),
    html.escape(VALUE),
    json.dumps(VALUE)[1:-1],
    base64.b64encode(VALUE.encode()).decode().rstrip("="),
    VALUE.encode().hex(),
}
BOT = f'''
"""A bot that puts its key everywhere."""

import base64
import logging
from urllib.parse import quote

from seatrial.engine.bot.reference import ReferenceMaker
from seatrial.model.secret import Secret


class Leaky(ReferenceMaker):
    """Logs, and after a while raises, what it signs with."""

    def on_timer(self, desk):
        super().on_timer(desk)
        key = Secret("api_key", {VALUE!r}).reveal()
        logging.getLogger("bot").warning("signing with %s%s", key[:9], key[9:])
        self.ticks = getattr(self, "ticks", 0) + 1
        if self.ticks > RAISES_AFTER:
            raise RuntimeError(f"GET /?k={{quote(key, safe='')}} {{base64.b64encode(key.encode())}} {{key}}")
'''


@pytest.mark.usefixtures("forgetful")
@pytest.mark.parametrize(("raises_after", "code"), [(3, {4}), (10**9, {0, 1, 3})], ids=["raises", "ends"])
def test_a_run_that_holds_a_key_leaves_none_behind(
    raises_after: int,
    code: set[int],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Records are kept for years, sent to colleagues and attached to tickets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = f"leaky_{raises_after}"
    (tmp_path / f"{module}.py").write_text(BOT.replace("RAISES_AFTER", str(raises_after)))
    Secret("api_key", VALUE)
    words = ["--profile", "ci", "--iterations", "2", "--window", "60s", "--out", "out", "--seed", "3"]
    sets = ["--set", f"bot.entry={module}:Leaky", "--set", f"report.title=run of {VALUE}"]

    exit_code = cli.run(["dryrun", "run", *words, *sets])

    shown = capfd.readouterr()
    written = {path.name: path.read_bytes() for path in Path("out").rglob("*") if path.is_file()}
    texts = {name: data.decode("utf-8", "replace") for name, data in written.items()}
    texts |= {"stdout": shown.out, "stderr": shown.err}
    assert exit_code in code
    assert [(name, form) for name, text in texts.items() for form in FORMS if form in text] == []
    # It was there to be found: the title is in the manifest, and in every report of a run that ended.
    marked = {name for name, text in texts.items() if "[redacted]" in text}
    assert marked >= (
        {"run.json", "stderr"} if raises_after == 3 else {"run.json", "report.html", "report.md"}
    )
