"""The call as the public reads it: where it stands, what one can do now, and what it asks for."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.calls import queries, rules, words
from workshop_manager.calls.models import Call
from workshop_manager.calls.rules import Phase
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.workshops.dates import text_of
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.panels import OpenRow
from workshop_manager.workshops.states import DateKey, Kind

SHOWN_TO_AUTHORS = frozenset(
    {DateKey.CALL_OPENS, DateKey.ABSTRACTS_DUE, DateKey.NOTIFICATION, DateKey.CONFIRM_BY, DateKey.OTHER}
)
"""The dates that concern authors."""


def has_call(edition: Edition) -> bool:
    """Workshops have calls; socials, meetups and bootcamps show no tab for one."""
    return edition.kind is Kind.WORKSHOP


def phase_at(uow: UnitOfWork, dates: Mapping[DateKey, ImportantDate], *, is_decided: bool = False) -> Phase:
    """Where the call stands at this unit's moment."""
    opens, due = dates.get(DateKey.CALL_OPENS), dates.get(DateKey.ABSTRACTS_DUE)
    return rules.phase_of(
        uow.now, opens.deadline if opens else None, due.deadline if due else None, is_decided=is_decided
    )


@dataclass(frozen=True, slots=True)
class Sign:
    """Where the call stands, as the macro `ui.state` takes it."""

    kind: str
    text: str


def sign(phase: Phase, is_over: bool = False) -> Sign:
    """The phase in a word; `is_over`: the event has been, without a call."""
    if is_over:
        return Sign("rest", str(_("Over")))
    signs = {
        Phase.UNDATED: ("rest", _("Not dated yet")),
        Phase.AHEAD: ("note", _("Opens soon")),
        Phase.OPEN: ("ok", _("Open")),
        Phase.CLOSED: ("rest", _("Closed")),
        Phase.DECIDED: ("rest", _("Decided")),
    }
    kind, text = signs[phase]
    return Sign(kind, str(text))


def limits(call: Call) -> list[tuple[str, str]]:
    """What is handed in, as (label, value)."""
    words_text = ngettext("up to %(num)s word", "up to %(num)s words", call.word_limit)
    found = [(str(_("Abstract")), str(_("%(words)s, plain text", words=words_text)))]
    if call.needs_pdf:
        pages = ngettext("%(num)s page", "%(num)s pages", call.page_limit)
        if call.reference_pages:
            more = ngettext("%(num)s page of references", "%(num)s pages of references", call.reference_pages)
            pages = _("%(pages)s and %(more)s", pages=pages, more=more)
        found.append(
            (str(_("Paper")), str(_("PDF, %(pages)s, at most %(most)s MB", pages=pages, most=call.max_megabytes)))
        )
    else:
        found.append((str(_("Paper")), str(_("none: the abstract is all"))))
    found.append((str(_("Review")), words.blinding_text(call.blinding)))
    return found


def summary(call: Call) -> str:
    """The row of “What is open” in a line: `Two pages, double-blind`."""
    if call.headline:
        return call.headline
    if call.needs_pdf:
        pages = ngettext("%(num)s page", "%(num)s pages", call.page_limit)
        return str(_("%(pages)s, %(blinding)s", pages=pages, blinding=words.blinding_short(call.blinding)))
    return str(_("An abstract, %(blinding)s", blinding=words.blinding_short(call.blinding)))


def open_row(uow: UnitOfWork, edition: Edition, dates: Mapping[DateKey, ImportantDate]) -> OpenRow | None:
    """The call in “What is open” of the edition's page; not there without a deadline."""
    if not has_call(edition) or DateKey.ABSTRACTS_DUE not in dates:
        return None
    phase = phase_at(uow, dates)
    return OpenRow(
        title=str(_("Call for abstracts")),
        url=url_for("calls.call", community=edition.community.slug, edition=edition.slug),
        text=summary(queries.find_call(uow.session, edition.id)),
        state="ok" if phase is Phase.OPEN else "note" if phase is Phase.AHEAD else "rest",
        state_text=sign(phase).text,
        deadline=text_of(dates[DateKey.ABSTRACTS_DUE]),
        opens=text_of(dates.get(DateKey.CALL_OPENS)) if phase is Phase.AHEAD else None,
    )
