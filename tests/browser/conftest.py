"""Chromium on a running site: each visited page is checked for console errors and WCAG 2.2 A and AA, and pictured."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.live import PASSWORD, ROOT, Site

SCREENSHOTS = ROOT / "screenshots"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZES = {390: {"width": 390, "height": 844}, 1280: {"width": 1280, "height": 900}}
LOWEST_TARGET = 24
LOW_TARGETS = """lowest => [...document.querySelectorAll("a[href], button, summary")]
    .map(target => [target, target.getBoundingClientRect()])
    .filter(([target, box]) => target.checkVisibility() && box.width > 1 && box.height > 1 && box.height < lowest)
    .map(([target, box]) => `${target.innerText}: ${box.height} px`)"""
SCROLLED_SIDEWAYS = """[...document.querySelectorAll("main *")]
    .filter(part => part.scrollWidth > part.clientWidth + 1)
    .filter(part => ["auto", "scroll"].includes(getComputedStyle(part).overflowX))
    .map(part => `${part.tagName}.${part.className}`)"""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]


@pytest.fixture(scope="session")
def site(demo_site: Any) -> Iterator[Site]:
    """The demonstration park, served with its worker."""
    running = demo_site().start()
    yield running
    running.stop()
    assert '"level": "error"' not in running.log(), running.log()[-3000:]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        browser.close()


class Visitor:
    """A person at a screen of one width, whose every page is checked."""

    def __init__(self, context: BrowserContext, base: str, width: int, name: str):
        self.context, self.base, self.width, self.name = context, base, width, name
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self.hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.pictures = 0

    def hear(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{message.type}: {message.text}")

    def go(self, path: str, picture: str = "") -> Page:
        """Open `path`, check the page and keep a picture of it."""
        answer = self.page.goto(self.base + path, wait_until="networkidle")
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"
        self.check(picture or path.strip("/").replace("/", "-").split("?")[0] or "home")
        return self.page

    def check(self, picture: str) -> None:
        """No console error, no violation, nothing too wide or scrolled sideways, nothing too low for a finger."""
        self.page.wait_for_load_state("networkidle")
        SCREENSHOTS.mkdir(exist_ok=True)
        self.pictures += 1
        self.page.screenshot(path=str(SCREENSHOTS / f"{self.name}{picture}-{self.width}.png"), full_page=True)
        assert self.complaints == [], f"{self.page.url}: {self.complaints}"
        overflow = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{self.page.url} is {overflow} px too wide at {self.width}"
        sideways = self.page.evaluate(SCROLLED_SIDEWAYS)
        assert sideways == [], f"{self.page.url}: {sideways}"
        low = self.page.evaluate(LOW_TARGETS, LOWEST_TARGET - 0.1)
        assert low == [], f"{self.page.url}: {low}"
        found = Axe().run(self.page, options={"runOnly": {"type": "tag", "values": RULES}})
        assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"

    def sign_in(self, email: str, password: str = PASSWORD) -> "Visitor":
        self.page.goto(self.base + "/sign-in")
        self.page.fill("#email", email)
        self.page.fill("#password", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self


@pytest.fixture
def visitor(chromium: Browser, site: Site) -> Iterator[Any]:
    """`visitor(width, name)` is somebody new at a screen of that width."""
    contexts = []

    def make(width: int = 1280, name: str = "", **options: Any) -> Visitor:
        context = chromium.new_context(
            viewport=SIZES[width],
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            color_scheme=options.pop("color_scheme", "light"),
            **options,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Visitor(context, site.base, width, name)

    yield make
    for context in contexts:
        context.close()


def picture_file(folder: Path) -> Path:
    """A photograph to upload."""
    from PIL import Image, ImageDraw

    path = folder / "产品.jpg"
    picture = Image.new("RGB", (1200, 900), "#e2ece3")
    ImageDraw.Draw(picture).rounded_rectangle((350, 200, 850, 760), 30, fill="#7fa58f")
    picture.save(path, "JPEG")
    return path
