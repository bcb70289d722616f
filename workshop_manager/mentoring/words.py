"""How the mentored round is said."""

from collections.abc import Iterable, Sequence

from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.core.text import isolated
from workshop_manager.mentoring.models import Reading
from workshop_manager.mentoring.states import Bar

Sign = tuple[str, str, str]
"""For `ui.state`: kind, words, icon."""


def reading_sign(reading: Reading, *, is_late: bool) -> Sign:
    """How far one reading has come."""
    if reading.thanked_at is not None:
        return "ok", str(_("Sent, and thanked for")), "heart"
    if reading.sent_at is not None:
        return "ok", str(_("Feedback sent")), "check-circle-fill"
    if reading.ended_at is not None:
        return "rest", str(_("Ended before feedback")), "prohibit"
    if is_late:
        return "wait", str(_("Late")), "warning"
    if reading.saved_at is not None:
        return "wait", str(_("Draft")), "pencil-simple"
    return "note", str(_("Not begun")), "circle-dashed"


def reasons(one: dict[str, str], other: dict[str, str], *, same_language: bool) -> str:
    """Why two works were put together: `Both are about Weaving, Looms; same track`."""
    shared = one.keys() & other.keys()
    names = sorted(isolated(one[mark]) for mark in shared if mark.startswith("topic:"))
    parts = []
    if names:
        parts.append(str(_("Both are about %(topics)s", topics=", ".join(names))))
    if any(mark.startswith("track:") for mark in shared):
        parts.append(str(_("same track") if parts else _("Same track")))
    if not parts:
        parts.append(str(_("No topic in common")))
    if not same_language:
        parts.append(str(_("written in different languages")))
    return "; ".join(parts)


_BARS = {
    Bar.SAME_AUTHOR: lambda number: ngettext("%(num)s shares an author", "%(num)s share an author", number),
    Bar.CONFLICT: lambda number: ngettext(
        "%(num)s has a conflict of interest", "%(num)s have a conflict of interest", number
    ),
    Bar.REVIEWS: lambda number: ngettext("%(num)s reviews the other’s work", "%(num)s review the other’s work", number),
}


def why_alone(others: int, bars: Sequence[Bar], *, was_matched: bool) -> str:
    """Why a work has no partner. `others` works wait beside it, and `bars` say what keeps it from some of these."""
    if not others:
        return str(_("Nobody else waits. A mentor from the committee could read it, or somebody who joins later."))
    if len(bars) < others:
        if was_matched:
            return str(_("Left over when the others were matched. A mentor from the committee could read it."))
        return str(_("Waits to be matched."))
    told = ", ".join(str(_BARS[bar](bars.count(bar))) for bar in Bar if bar in bars)
    return str(_("Kept from everybody who waits: %(why)s.", why=told))


def names_text(names: Iterable[str]) -> str:
    """Names in a row, each in its own direction."""
    return ", ".join(isolated(name) for name in names if name)
