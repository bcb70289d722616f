"""What is said of an uploaded PDF, in plain words: how it prints, how long it is, and what in it tells who wrote it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.calls.rules import Limits
from workshop_manager.calls.states import Blinding
from workshop_manager.submissions.identity import Hint, Named, Sign, hints

Check = tuple[bool, str, str]
"""For the macro `ui.file_card`: passed, what, and the explanation."""

USUAL = frozenset({"A4", "Letter"})
STANDARD_FONTS = ("Helvetica", "Times", "Courier", "Symbol", "ZapfDingbats", "Arial")


@dataclass(frozen=True, slots=True)
class Length:
    """How many pages are the paper's own, and how many its references', where they were found."""

    pages: int
    own: int
    references: int

    @property
    def is_told(self) -> bool:
        return self.references > 0


def length(pages: int, facts: Mapping[str, Any] | None) -> Length:
    """References that begin in the middle of a page leave that page to the paper."""
    found = (facts or {}).get("references")
    if not found:
        return Length(pages, pages, 0)
    first, has_text_before = int(found[0]), bool(found[1])
    own = min(pages, first if has_text_before else first - 1)
    return Length(pages, own, pages - own)


def checks(
    pages: int, facts: Mapping[str, Any] | None, authors: Iterable[Named], limits: Limits | None, blinding: Blinding
) -> list[Check]:
    """Everything that can be said of a file that was taken; what is doubted can stay, if its authors wish."""
    found = [(True, str(_("Opens, not locked, nothing active inside")), "")]
    found.append(_length_check(length(pages, facts), limits))
    found += format_checks(facts)
    found.append((True, str(_("Author and tool removed from its metadata for reviewers")), ""))
    if blinding is Blinding.DOUBLE:
        found += identity_checks(facts, authors)
    return found


def _length_check(found: Length, limits: Limits | None) -> Check:
    whole = str(ngettext("One page", "%(num)s pages", found.pages))
    if not found.is_told:
        if limits is not None and found.pages > limits.pages:
            asked = _(
                "No heading “References” was found, so we cannot tell whether more than %(pages)s are the paper’s own.",
                pages=limits.pages,
            )
            return False, whole, str(asked)
        return True, str(_("%(pages)s, which fits", pages=whole)), ""
    own = ngettext("one page of paper", "%(num)s pages of paper", found.own)
    text = str(_("%(whole)s: %(own)s, %(references)s of references", whole=whole, own=own, references=found.references))
    if limits is not None and found.own > limits.pages:
        reason = ngettext(
            "The call allows one page before the references begin.",
            "The call allows %(num)s pages before the references begin.",
            limits.pages,
        )
        return False, text, str(reason)
    return True, text, ""


def format_checks(facts: Mapping[str, Any] | None) -> list[Check]:
    """Fonts and page format: what may print differently elsewhere."""
    if not facts:
        return []
    return [check for check in (_font_check(facts), _page_check(facts), _text_check(facts)) if check is not None]


def _font_check(facts: Mapping[str, Any]) -> Check | None:
    bare = [str(name) for name in facts.get("bare_fonts") or ()]
    if bare:
        listed = ", ".join(bare[:3])
        text = _("Not all fonts are inside the file: %(fonts)s", fonts=listed)
        usual = all(name.startswith(STANDARD_FONTS) for name in bare)
        reason = (
            _("Every reader has fonts like these, but not quite the same ones. Embed them if you can.")
            if usual
            else _("Elsewhere the text may look different, or letters may be missing. Embed the fonts when you export.")
        )
        return False, str(text), str(reason)
    if facts.get("drawn_fonts"):
        reason = _("They look coarse on screens and cannot always be searched. Plots make them: choose TrueType there.")
        return False, str(_("Some letters are drawn as pictures (Type 3 fonts)")), str(reason)
    return True, str(_("All fonts are inside the file")), ""


def _page_check(facts: Mapping[str, Any]) -> Check | None:
    formats = [str(name) for name in facts.get("formats") or ()]
    if not formats:
        return None
    if len(formats) > 1:
        listed = ", ".join(formats[:4])
        return False, str(_("Pages of several formats: %(formats)s", formats=listed)), str(_("Export all pages alike."))
    if facts.get("rotated"):
        number = int(facts["rotated"])
        text = ngettext("One page lies on its side", "%(num)s pages lie on their side", number)
        return False, str(text), str(_("Turn them upright, unless it is a broad table."))
    if formats[0] not in USUAL:
        reason = _("Papers are printed on A4 or Letter.")
        return False, str(_("Page format %(format)s", format=formats[0])), str(reason)
    return True, str(_("Page format %(format)s", format=formats[0])), ""


def _text_check(facts: Mapping[str, Any]) -> Check | None:
    if facts.get("is_read", True):
        return None
    reason = _("If it was scanned, nobody can search it or have it read aloud. Export it from where it was written.")
    return False, str(_("No text could be read")), str(reason)


def identity_checks(facts: Mapping[str, Any] | None, authors: Iterable[Named]) -> list[Check]:
    """What would tell a reviewer who wrote it; one line that says so if nothing does."""
    if not facts:
        return []
    found = hints(facts, authors)
    if not found:
        return [(True, str(_("As far as we can see, neither first page nor links tell who wrote it")), "")]
    return [hint_check(hint) for hint in found]


def hint_check(hint: Hint) -> Check:
    """A hint in words, with what to do about it."""
    values = {"words": hint.words, "page": hint.page}
    texts = {
        Sign.METADATA: (
            _("The file’s metadata say “%(words)s”", **values),
            _("Reviewers do not get that: we take it out of their copy."),
        ),
        Sign.NAME: (
            _("“%(words)s” stands on the first page", **values),
            _("Reviewers would read who wrote it. Leave it out, unless it is somebody else’s name too."),
        ),
        Sign.EMAIL: (
            _("“%(words)s” on the first page is an address", **values),
            _("Leave addresses out until the decision."),
        ),
        Sign.AFFILIATION: (
            _("“%(words)s” stands on the first page", **values),
            _("Reviewers would read where it was written. Is it anonymous enough?"),
        ),
        Sign.LINK: (
            _("“%(words)s” on page %(page)s looks like yours", **values),
            _("Is it anonymous enough? In the reviewers’ copy it cannot be clicked, but it can be read."),
        ),
        Sign.OWN: (
            _("“%(words)s” on page %(page)s", **values),
            _("What follows may tell who you are. Write of it as of somebody else’s."),
        ),
        Sign.THANKS: (
            _("Acknowledgements on page %(page)s", **values),
            _("Names, grants and places in them tell who wrote it. Add them after the decision."),
        ),
    }
    text, reason = texts[hint.sign]
    return hint.sign is Sign.METADATA, str(text), str(reason)
