"""`python -m tests.bench.browser`: the pages of a large park in Chromium, as somebody at a screen meets them.

Times are taken inside the page, from the key, click or address to the frame in which the answer stands on the screen.
"""

import argparse
import os
import random
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.bench import report
from tests.bench.inside import compute_matches
from tests.bench.measuring import Series, table
from tests.bench.pages import beginnings, query_texts
from tests.bench.park import build, quiet

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {1280: {"width": 1280, "height": 900}, 390: {"width": 390, "height": 844}}
TIMES = 40
MOST_SHIFT = 0.01
SUGGESTION_AIM, PAGE_AIM, SERVER_AIM = 200, 300, 100
"""Milliseconds: from the key, waiting for a rest included; from the address or click; of that the server's part."""
LONGEST_WAIT = 20_000
"""Milliseconds until something that does not come counts as lost."""
MATCHED_NEEDS = 10

WATCH = """
window.bench = {shift: 0, jump: 0, done: 0, since: 0, took: 0};
new PerformanceObserver(list => list.getEntries().forEach(entry => {
  window.bench.shift += entry.value;
  if (!entry.hadRecentInput) window.bench.jump += entry.value;
})).observe({type: 'layout-shift', buffered: true});
window.bench.begin = () => { window.bench.done = 0; window.bench.since = performance.now(); };
window.bench.end = () => requestAnimationFrame(() => setTimeout(() => {
  window.bench.took = performance.now() - window.bench.since; window.bench.done += 1; }));
"""
"""`shift` counts every move on the screen, `jump` those that nobody asked for by key or click just before."""
WATCH_TYPING = """() => {
  const input = document.querySelector('#q'), list = document.querySelector('#q-suggestions');
  input.addEventListener('input', window.bench.begin, true);
  new MutationObserver(changes => { if (!list.hidden) window.bench.end(); }).observe(list, {childList: true});
}"""
WATCH_RESULTS = """() => {
  document.addEventListener('click', event => { if (event.target.closest('a.facet')) window.bench.begin(); }, true);
  document.addEventListener('submit', window.bench.begin, true);
  document.addEventListener('htmx:afterSettle', event => {
    if (document.querySelector('#results').contains(event.target)) window.bench.end(); });
}"""
WATCH_FOR = """
(function look() {
  if (document.querySelector('%s')) { window.bench.since = 0; window.bench.end(); } else requestAnimationFrame(look);
})();
"""
SERVER_PART = """() => { const entry = performance.getEntriesByType('navigation')[0];
  return entry.responseEnd - entry.requestStart; }"""


@dataclass
class Seen:
    """One thing that a reader does: how long it took each time, and how much moved on the screen meanwhile."""

    name: str
    aim_ms: float | None = None
    series: Series = field(default_factory=Series)
    shift: float | None = None
    """None where nothing is looked at but the server."""

    def take(self, milliseconds: float, shift: float | None = None) -> None:
        self.series.seconds.append(milliseconds / 1000)
        if shift is not None:
            self.shift = max(self.shift or 0.0, shift)

    def as_json(self) -> dict[str, Any]:
        return {**self.series.as_json(), "aim_p95_ms": self.aim_ms, "layout_shift": self.shift}


def measure(
    base: str, need_ids: Sequence[int], times: int = TIMES, widths: Sequence[int] = tuple(SIZES)
) -> dict[int, list[Seen]]:
    """What was seen of the site at `base`, by the width of the screen. `need_ids` are needs with matches."""
    with sync_playwright() as playwright, chromium(playwright) as browser:
        return {width: at_width(browser, base, width, need_ids, times) for width in widths}


@contextmanager
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
    try:
        yield browser
    finally:
        browser.close()


def at_width(browser: Browser, base: str, width: int, need_ids: Sequence[int], times: int) -> list[Seen]:
    """Everything once on a screen of one width; each page is visited once beforehand, to warm up the site."""
    size: Any = SIZES[width]
    context = browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce", bypass_csp=True)
    context.set_default_timeout(LONGEST_WAIT)
    try:
        page = context.new_page()
        for path in ("/", "/listings", "/listings?q=a", f"/needs/{need_ids[0]}", "/suggestions?q=a"):
            page.goto(base + path, wait_until="networkidle")
        texts = random.Random(width).sample(query_texts(), k=len(query_texts()))
        page.close()
        return [*type_letters(context.new_page(), base, texts, times), search(context.new_page(), base, texts, times),
                choose_facets(context.new_page(), base, texts, times),
                *visit(context.new_page(), "Search page, from the address", ".shelf .card",
                       [f"{base}/listings?q={quote(text)}" for text in texts], times),
                *visit(context.new_page(), "A need, until its matches stand there", ".match-row",
                       [f"{base}/needs/{id_}" for id_ in need_ids], times)]  # fmt: skip
    finally:
        context.close()


def wait(page: Page) -> float:
    """Milliseconds that it took, once it is done."""
    page.wait_for_function("window.bench.done > 0")
    return float(page.evaluate("window.bench.took"))


def moved(page: Page, by: str = "shift") -> float:
    """How much moved since the page was opened."""
    return float(page.evaluate(f"window.bench.{by}"))


def type_letters(page: Page, base: str, texts: Sequence[str], times: int) -> list[Seen]:
    """From each key to the list; a list that does not change has nothing to be waited for."""
    seen, server = Seen("Suggestions, from the key to the list", SUGGESTION_AIM), Seen("of it the server", SERVER_AIM)
    page.add_init_script(WATCH)
    for text in beginnings(list(texts) * times):
        page.goto(f"{base}/listings", wait_until="networkidle")
        page.evaluate(WATCH_TYPING)
        page.click("#q")
        for letter in text:
            with page.expect_response("**/suggestions?*") as answer:
                page.keyboard.type(letter)
            answer.value.finished()
            server.take(answer.value.request.timing["responseEnd"] - answer.value.request.timing["requestStart"])
            if 'role="option"' not in answer.value.text():
                break
            seen.take(wait(page), moved(page))
        if len(seen.series.seconds) >= times:
            return [seen, server]
    raise RuntimeError("no text of the queries brought suggestions")


def search(page: Page, base: str, texts: Sequence[str], times: int) -> Seen:
    """From Enter in the search box to the results on the same page."""
    seen = Seen("Search, from Enter to the results", PAGE_AIM)
    page.add_init_script(WATCH)
    page.goto(f"{base}/listings", wait_until="networkidle")
    page.evaluate(WATCH_RESULTS)
    for number in range(times):
        page.fill("#q", texts[number % len(texts)])
        page.press("#q", "Enter")
        took = wait(page)
        page.wait_for_load_state("networkidle")
        seen.take(took, moved(page, "jump"))
        page.evaluate("window.bench.done = 0")
    return seen


def choose_facets(page: Page, base: str, texts: Sequence[str], times: int) -> Seen:
    """From a click on a filter to the narrowed results."""
    seen = Seen("Filter, from the click to the results", PAGE_AIM)
    page.add_init_script(WATCH)
    for number in range(2 * len(texts)):
        page.goto(f"{base}/listings?q={quote(texts[number % len(texts)])}", wait_until="networkidle")
        page.evaluate(WATCH_RESULTS)
        if not page.locator(".facets").get_attribute("open") and page.locator(".facets__summary").is_visible():
            page.click(".facets__summary")
        facets = page.locator("a.facet:not(.facet--active)")
        if not facets.count():
            continue
        facets.nth(number % facets.count()).click()
        took = wait(page)
        page.wait_for_load_state("networkidle")
        seen.take(took, moved(page, "jump"))
        if len(seen.series.seconds) >= times:
            break
    return seen


def visit(page: Page, name: str, content: str, addresses: Sequence[str], times: int) -> list[Seen]:
    """From the address to `content` on the screen, and the server's part of the page itself."""
    seen, server = Seen(name, PAGE_AIM), Seen("of it the server", SERVER_AIM)
    page.add_init_script(WATCH + WATCH_FOR % content)
    for number in range(2 * times):
        page.goto(addresses[number % len(addresses)], wait_until="networkidle")
        if not page.locator(content).count():
            continue
        seen.take(wait(page), moved(page))
        server.take(page.evaluate(SERVER_PART))
        if len(seen.series.seconds) >= times:
            break
    return [seen, server]


def lines(seen: dict[int, list[Seen]], listings: int, load: float) -> list[str]:
    """The part of the page of benchmarks, and what the terminal shows."""
    rows = []
    for width, found in seen.items():
        for each in found:
            times = [f"{each.series.median:.0f}", f"{each.series.p95:.0f}", f"< {each.aim_ms:g}" if each.aim_ms else ""]
            shift = "" if each.shift is None else f"{each.shift:.4f}"
            rows.append([f"{each.name}, {width} px", len(each.series.seconds), *times, shift])
    return [f"{date.today()}, {listings:,} listings, Chromium on the same machine as the server, load average before "
            f"the run {load:.1f}. Layout shift: the most that moved on one page (aim < {MOST_SHIFT}).", "",
            *table(["ms", "times", "median", "p95", "aim p95", "layout shift"], rows)]  # fmt: skip


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.browser", description=__doc__)
    parser.add_argument("--listings", type=int, default=100_000, help="size of the park")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each thing is done at each width")
    parser.add_argument("--parks", type=Path, help="keep the park here, and take the one that stands here")
    parser.add_argument("--print-only", action="store_true", help="leave docs/ as it is")
    asked = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="doorstep-bench-") as folder:
        instance = (asked.parks or Path(folder)) / str(asked.listings)
        instance.mkdir(parents=True, exist_ok=True)
        print(f"A park of {asked.listings:,} listings ...", flush=True)
        park = build(asked.listings, instance)
        with quiet():
            compute_matches([park], min(MATCHED_NEEDS, len(park.need_ids)))
        print("Looking ...", flush=True)
        park.site.start()
        try:
            seen = measure(park.site.base, park.matched_ids, asked.times)
        finally:
            park.site.stop()
    told = lines(seen, asked.listings, load)
    print("\n".join(told))
    if not asked.print_only:
        report.merge_json("browser", {str(width): {each.name: each.as_json() for each in found}
                                      for width, found in seen.items()})  # fmt: skip
        report.write_part("browser", told)
        print(f"\nWritten to {report.PAGE.relative_to(report.ROOT)}.")


if __name__ == "__main__":
    main()
