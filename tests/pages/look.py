"""One look at one page in a real browser: everything that can be said about it, in one visit."""

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from tests.pages.site import Page, cookies
from tests.stage import Stage

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
_RUN = """async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const only = {type: "tag", values: tags};
  const found = await axe.run(document, {runOnly: only, resultTypes: ["violations"], iframes: false});
  const why = (n) => (n.any[0] || n.all[0] || n.none[0] || {message: ""}).message;
  const where = (n) => `${n.target.join(" ")} ${n.html.slice(0, 120)} ${why(n)}`;
  return found.violations.map((v) => `${v.id}: ${v.help}: ` + v.nodes.slice(0, 3).map(where).join(" | "));
}"""
_SKIP = """() => { const at = document.activeElement, box = at.getBoundingClientRect();
  return at.matches("a[href='#main']") && box.width > 40 && box.top >= 0 && box.left >= 0; }"""
_FOCUS = """() => { const at = document.activeElement, style = getComputedStyle(at);
  return at === document.body || style.outlineStyle !== "none" || style.boxShadow !== "none"; }"""
_WIDE = """() => { const most = document.scrollingElement.scrollWidth; if (most <= innerWidth) return "";
  const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1)
  .slice(-2).map((e) => e.outerHTML.slice(0, 120)); return `${most} px: ${out.join(" | ")}`; }"""
WIDTHS = (1280, 390)
THEMES = ("light", "dark")


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


def look_at(browser: Any, stage: Stage, base: str, page: Page) -> Look:
    """Open the page with an empty cache as its person, and look at it at both widths, light and dark."""
    look = Look(f"{page.name} ({page.persona.title}, {page.path})")
    context = browser.new_context(viewport={"width": WIDTHS[0], "height": 900}, reduced_motion="reduce")
    context.add_cookies(cookies(stage, page.persona, base))
    tab = context.new_page()
    tab.on("console", lambda said: _note(look, said) if said.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: look.complaints.append(str(error)))
    tab.on("requestfinished", lambda request: _weigh(look, request))
    answer = tab.goto(base + page.path, wait_until="load")
    look.status = answer.status
    tab.evaluate("() => document.fonts.ready.then(() => true)")
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
        for theme in THEMES:
            tab.emulate_media(color_scheme=theme)
            # On a busy machine a colour may still be on its way when axe looks.
            tab.evaluate(
                "async () => { await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));"
                " await Promise.all(document.getAnimations().map(a => a.finished)); }"
            )
            look.axe += [f"{width} {theme} {found}" for found in tab.evaluate(_RUN)]
    tab.set_viewport_size({"width": 320, "height": 700})
    look.wide = tab.evaluate(_WIDE)
    context.close()
    return look


def _note(look: Look, said: Any) -> None:
    # A page that is not there is said by the browser too; that is what was asked for.
    if "404" not in said.text or "not-found" not in look.page:
        look.complaints.append(said.text)


def _weigh(look: Look, request: Any) -> None:
    sizes = request.sizes()
    look.requests += 1
    look.transferred += sizes["responseBodySize"] + sizes["responseHeadersSize"]
