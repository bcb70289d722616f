"""The two samples of the branding page: a colour that is not kept yet, in the light and in the dark theme at once."""

import re
from base64 import b64encode
from functools import lru_cache

from workshop_manager.web.accent import derive, weave_svg

_NEUTRAL = {
    "light": {
        "page": "#f8f6f9", "surface": "#ffffff", "sunken": "#f0edf2", "ink": "#241c30", "ink-soft": "#5c5467",
        "line": "#e1dce5", "line-strong": "#867e91",
    },
    "dark": {
        "page": "#17121e", "surface": "#1f1928", "sunken": "#110d17", "ink": "#f2eef5", "ink-soft": "#b7afc1",
        "line": "#3a3145", "line-strong": "#8b8298",
    },
}  # fmt: skip
"""The neutrals of theme.css, section 1: a sample wears both themes side by side, whatever theme the page itself has."""


@lru_cache(maxsize=256)
def preview_css(slug: str, colour: str) -> bytes | None:
    """Style of `.sample-light` and `.sample-dark` in that colour (six hex digits); None if it is no colour."""
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        return None
    weave = "data:image/svg+xml;base64," + b64encode(weave_svg(slug).encode()).decode()
    rules = [f'.sample .selvedge{{-webkit-mask-image:url("{weave}");mask-image:url("{weave}")}}']
    for theme, tokens in derive(f"#{colour}").items():
        values = "".join(f"--wm-{name}:{value};" for name, value in (_NEUTRAL[theme] | tokens).items())
        rules.append(f".sample-{theme}{{color-scheme:{theme};{values}}}")
    return "\n".join(rules).encode()
