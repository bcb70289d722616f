"""One look at one page in a real browser: everything that can be said about it, in one visit."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from tests.pages.site import Page, cookies
from tests.personas import Persona
from tests.stage import Stage

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_RUN = """async (only) => {
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"], iframes: false, preload: false});
  const why = (n) => (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message;
  const where = (n) => `${n.target.join(" ")} ${n.html.slice(0, 120)} ${why(n)}`;
  return found.violations.map((v) => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 3).map(where).join(" | "));
}"""
_EVERYTHING = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules that look at colours, which are all that the dark theme changes; see `test_markup`."""
_SKIP = """() => { const at = document.activeElement, box = at.getBoundingClientRect();
  return at.matches("a[href='#main']") && box.width > 40 && box.top >= 0 && box.left >= 0; }"""
_FOCUS = """() => { const at = document.activeElement, style = getComputedStyle(at);
  return at === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none"; }"""
_WIDE = """() => { const most = document.scrollingElement.scrollWidth; if (most <= innerWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(-2).map((e) => e.outerHTML.slice(0, 120)); return `${most} px: ${out.join(" | ")}`; }"""
WIDTHS = (1280, 390)
THEMES = {"light": _EVERYTHING, "dark": _COLOURS}


@dataclass
class Look:
    """What was seen."""

    page: str
    status: int = 0
    axe: list[str] = field(default_factory=list)
    wide: str = ""
    complaints: list[str] = field(default_factory=list)
    requests: int = 0
    transferred: int = 0
    headings: int = 0
    lang: str = ""
    direction: str = ""
    has_skip_link: bool = False
    is_focus_shown: bool = True


class Window:
    """One person's tab, in which page after page is looked at: a new one would cost more than looking does."""

    def __init__(self, browser: Any, stage: Stage, base: str, persona: Persona) -> None:
        self.base, self.look = base, Look("")
        self.context = browser.new_context(reduced_motion="reduce")
        self.context.add_cookies(cookies(stage, persona, base))
        self.tab = self.context.new_page()
        self.tab.on("console", lambda said: _note(self.look, said) if said.type in ("error", "warning") else None)
        self.tab.on("pageerror", lambda error: self.look.complaints.append(str(error)))
        self.tab.on("requestfinished", lambda request: _weigh(self.look, request))
        # Every page is weighed as for somebody who comes for the first time.
        protocol = self.context.new_cdp_session(self.tab)
        protocol.send("Network.enable")
        protocol.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def look_at(self, page: Page) -> Look:
        """Open the page with an empty cache, and look at it at both widths, light and dark."""
        look = self.look = Look(f"{page.name} ({page.persona.title}, {page.path})")
        tab = self.tab
        tab.set_viewport_size({"width": WIDTHS[0], "height": 900})
        tab.emulate_media(color_scheme="light")
        answer = tab.goto(self.base + page.path, wait_until="load")
        look.status = answer.status
        tab.evaluate(
            "() => { localStorage.clear(); sessionStorage.clear(); return document.fonts.ready.then(() => 1); }"
        )
        look.headings = tab.locator("h1").count()
        look.lang = tab.evaluate("document.documentElement.lang")
        look.direction = tab.evaluate("document.documentElement.dir")
        tab.keyboard.press("Tab")
        look.has_skip_link = tab.evaluate(_SKIP)
        for _stop in range(4):
            tab.keyboard.press("Tab")
            look.is_focus_shown &= tab.evaluate(_FOCUS)
        tab.evaluate("document.activeElement.blur()")
        tab.evaluate(AXE)
        for width in WIDTHS:
            tab.set_viewport_size({"width": width, "height": 900})
            for theme, rules in THEMES.items():
                tab.emulate_media(color_scheme=theme)
                # On a busy machine a colour may still be on its way when axe looks.
                tab.evaluate(
                    "async () => { await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));"
                    " await Promise.all(document.getAnimations().map(a => a.finished)); }"
                )
                look.axe += [f"{width} {theme} {found}" for found in tab.evaluate(_RUN, rules)]
        tab.set_viewport_size({"width": 320, "height": 700})
        look.wide = tab.evaluate(_WIDE)
        return look


def _note(look: Look, said: Any) -> None:
    # A page that is not there is said by the browser too; that is what was asked for.
    if "404" not in said.text or "not-found" not in look.page:
        look.complaints.append(said.text)


def _weigh(look: Look, request: Any) -> None:
    sizes = request.sizes()
    look.requests += 1
    look.transferred += sizes["responseBodySize"] + sizes["responseHeadersSize"]
