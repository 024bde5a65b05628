import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.judge.report.drawing import draw
from seatrial.judge.report.page import meter, page, render
from seatrial.judge.report.story import Story

from .browser import CHROMIUM, Browser, browser

CANVASES = """(() => { let count = 0; (function walk(root) {
    for (const one of root.querySelectorAll('*')) {
        if (one.tagName === 'CANVAS') count += 1;
        if (one.shadowRoot) walk(one.shadowRoot);
    } })(document); return count; })()"""
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """One browser for the module."""
    if CHROMIUM is None:
        pytest.skip("no chromium is installed, so nobody can look at the page")
    with browser(tmp_path_factory.mktemp("browser")) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, story: Story, hostile: Story) -> dict[str, Path]:
    """The pages on disk, as a reader gets them."""
    folder = tmp_path_factory.mktemp("pages")
    texts = {
        "full": render(story).decode(),
        "hostile": render(hostile).decode(),
        "still": page(story, draw(story.picture, interactive=False)),
    }
    for name, text in texts.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in texts}


@pytest.mark.parametrize("name", ["full", "hostile", "still"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_page_opens_without_complaint_and_asks_nobody(
    name: str, dark: bool, tab: Browser, pages: dict[str, Path]
) -> None:
    """One file on a laptop without a network: no error, no request, every chart drawn."""
    tab.open(pages[name].as_uri(), dark=dark)

    assert [said for said in tab.said if not said.startswith("info:")] == []
    assert [asked for asked in tab.asked if not asked.startswith("data:")] == [pages[name].as_uri()]
    assert tab.evaluate(CANVASES) >= (0 if name == "still" else 7)
    assert tab.evaluate("document.querySelectorAll('figure').length") == 7


@pytest.mark.parametrize("name", ["full", "hostile", "still"])
def test_a_phone_needs_no_sideways_scrolling(name: str, tab: Browser, pages: dict[str, Path]) -> None:
    """The verdict arrives at night, on the telephone."""
    tab.open(pages[name].as_uri(), width=390)

    assert tab.evaluate(OVERFLOW) <= 0
    assert tab.evaluate("document.querySelector('.badge').getBoundingClientRect().top") < 300


def test_a_dark_page_has_dark_ground_and_light_axes(tab: Browser, pages: dict[str, Path]) -> None:
    """Bokeh fixes its colours when it renders; ours must follow the reader's."""
    ground = "getComputedStyle(document.body).backgroundColor"
    axis = "getComputedStyle(document.documentElement).getPropertyValue('--bk-major-label-text-color')"
    tab.open(pages["full"].as_uri(), dark=False)
    light = (tab.evaluate(ground), tab.evaluate(axis))
    tab.open(pages["full"].as_uri(), dark=True)

    assert light != (tab.evaluate(ground), tab.evaluate(axis))


def test_zooming_one_chart_zooms_all_and_comes_back(tab: Browser, pages: dict[str, Path]) -> None:
    """The shared axis is a promise of the page, so it is tried on the page."""
    roots = "Bokeh.documents[Bokeh.documents.length - 1].roots()"
    starts = f"{roots}.slice(0, 5).map(figure => figure.x_range.start)"
    tab.open(pages["full"].as_uri())
    before = tab.evaluate(starts)

    tab.evaluate(f"{roots}[1].x_range.setv({{start: {before[0]} + 600000, end: {before[0]} + 900000}})")
    zoomed = tab.evaluate(starts)
    tab.evaluate("document.querySelector('[data-whole]').click()")

    assert zoomed == [before[0] + 600_000] * 5
    assert tab.evaluate(starts) == before


def test_a_legend_entry_hides_its_line(tab: Browser, pages: dict[str, Path]) -> None:
    """Four lines over each other are read one by one."""
    seen = "Bokeh.documents[Bokeh.documents.length - 1].get_model_by_name('edge-gross_bps').visible"
    tab.open(pages["full"].as_uri())

    tab.evaluate("document.querySelector('[data-shows=\"edge-gross_bps\"]').click()")

    assert tab.evaluate(seen) is False


def test_hostile_text_is_shown_and_not_run(tab: Browser, pages: dict[str, Path]) -> None:
    """A symbol that closes the script it is in must end up as words."""
    tab.open(pages["hostile"].as_uri())

    assert tab.evaluate("document.querySelectorAll('script').length") == 3
    assert "alert(1)" in tab.evaluate("document.querySelector('.reasons').textContent")


def test_the_policy_names_the_hash_of_each_script_and_nothing_else(story: Story) -> None:
    """Without the policy one unescaped string somewhere would be enough."""
    text = render(story).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)

    assert policy is not None
    assert policy.group(1).startswith("default-src &#39;none&#39;; script-src &#39;sha256-")
    assert "unsafe-eval" not in policy.group(1)
    assert text.count("<script>") == policy.group(1).count("sha256-")


def test_no_address_is_in_our_own_markup(story: Story) -> None:
    """Offline means that there is nothing to fetch, not that fetching fails quietly."""
    text = page(story, draw(story.picture, interactive=False))

    assert re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text) == []
    assert not re.search(r"<(?:link|iframe|object|embed)\b|\bsrc=|@import|url\(", text)


def test_a_page_without_evidence_is_not_green(empty: Story) -> None:
    """A run that filled nothing has a page that says so."""
    text = render(empty).decode()

    assert 'class="is-unknown"' in text
    assert "No gate was judged" in text


def test_the_little_scale_has_its_good_side_where_the_bound_says(story: Story) -> None:
    """A green half on the wrong side would contradict the pill beside it."""
    scales = {row.result.kpi: meter(row) for row in story.gates}

    latency, net = scales["ack_latency_ms_p95"], scales["net_bps"]
    assert latency is not None
    assert net is not None
    assert (latency.good, net.good, scales["risk_ratio"]) == ("left", "right", None)
    assert latency.hard is not None
    assert latency.value > latency.hard
