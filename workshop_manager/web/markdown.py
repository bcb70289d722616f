"""Markdown of organisers to safe HTML: no raw HTML, no images from elsewhere, headings below the page's own."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_ALLOWED = set(
    "p br strong em ul ol li a blockquote code pre h3 h4 hr table thead tbody tr th td s".split()  # noqa: SIM905
)
_reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=512)
def render_markdown(source: str) -> Markup:
    """Safe HTML; `#` becomes h3, so that the page keeps its one h1."""
    html = _reader.render(source)
    for level in (1, 2):
        html = html.replace(f"<h{level}>", "<h3>").replace(f"</h{level}>", "</h3>")
    for level in (5, 6):
        html = html.replace(f"<h{level}>", "<h4>").replace(f"</h{level}>", "</h4>")
    clean = nh3.clean(
        html,
        tags=_ALLOWED,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow",
    )
    return Markup(clean)  # nosec B704  # noqa: S704 - cleaned just above
