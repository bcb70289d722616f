"""Names of kinds, of who sees what, and of licences."""

from flask_babel import gettext as _

from workshop_manager.materials.states import Agrees, Kind, Shown

LICENCES = {
    "CC0-1.0": ("CC0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "CC-BY-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "CC-BY-SA-4.0": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "CC-BY-NC-4.0": ("CC BY-NC 4.0", "https://creativecommons.org/licenses/by-nc/4.0/"),
    "CC-BY-ND-4.0": ("CC BY-ND 4.0", "https://creativecommons.org/licenses/by-nd/4.0/"),
}
"""By SPDX identifier: how it is called, and where it stands."""


def kind_name(kind: Kind) -> str:
    """`Slides`."""
    names = {
        Kind.SLIDES: _("Slides"),
        Kind.POSTER: _("Poster"),
        Kind.PAPER: _("Paper"),
        Kind.CODE: _("Code"),
        Kind.RECORDING: _("Recording"),
        Kind.CAPTIONS: _("Captions or transcript"),
        Kind.OTHER: _("Something else"),
    }
    return str(names[kind])


def shown_name(shown: Shown) -> str:
    """From when on, and to whom."""
    names = {
        Shown.AT_ONCE: _("Everybody, at once"),
        Shown.AFTER_ITEM: _("Everybody, after the session"),
        Shown.AFTER_EVENT: _("Everybody, after the event"),
        Shown.REGISTERED: _("Registered people only"),
        Shown.TEAM: _("Organisers only"),
    }
    return str(names[shown])


def agrees_name(agrees: Agrees) -> str:
    """What a speaker says to a recording."""
    names = {
        Agrees.YES: _("Yes, everybody may see it"),
        Agrees.REGISTERED: _("Only people who are registered"),
        Agrees.NO: _("No"),
    }
    return str(names[agrees])


def size_text(size: int) -> str:
    """`2.4 MB`, from bytes."""
    return f"{size / 1_000_000:.1f} MB" if size >= 100_000 else f"{max(1, round(size / 1000))} kB"
