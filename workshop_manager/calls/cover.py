"""The call as the public reads it: where it stands, what one can do now, and what it asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.calls import queries, rules, words
from workshop_manager.calls.models import Call
from workshop_manager.calls.queries import PlacedDate
from workshop_manager.calls.rules import Limits, Phase, Plan
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.web.times import DeadlineText, deadline_text
from workshop_manager.workshops.dates import Dated
from workshop_manager.workshops.models import Edition, ImportantDate
from workshop_manager.workshops.panels import FurtherDate, OpenRow
from workshop_manager.workshops.states import DateKey, Kind

SHOWN_TO_AUTHORS = frozenset(
    {DateKey.CALL_OPENS, DateKey.ABSTRACTS_DUE, DateKey.NOTIFICATION, DateKey.CONFIRM_BY, DateKey.OTHER}
)
"""The dates that concern authors."""


def has_call(edition: Edition) -> bool:
    """Workshops have calls; socials, meetups and bootcamps show no tab for one."""
    return edition.kind is Kind.WORKSHOP


def public_plan(uow: UnitOfWork, edition_id: int, dates: Mapping[DateKey, ImportantDate]) -> Plan:
    """Everybody's dates of the call, asked for once a request: several parts of a page speak of them."""
    if "public_plans" not in g:
        g.public_plans = {}
    if edition_id not in g.public_plans:
        g.public_plans[edition_id] = queries.plan_of(uow.session, edition_id, dates=dates)
    return g.public_plans[edition_id]  # type: ignore[no-any-return]


def phase_at(uow: UnitOfWork, edition_id: int, dates: Mapping[DateKey, ImportantDate]) -> Phase:
    """Where the call stands for everybody at this unit's moment."""
    return rules.overall_phase(public_plan(uow, edition_id, dates), uow.now)


def public_dates(uow: UnitOfWork, edition_id: int, plan: Plan) -> Sequence[PlacedDate]:
    """What rounds and tracks have of their own, asked for once a request; most calls have nothing of it."""
    if plan.is_plain:
        return ()
    if "public_dates" not in g:
        g.public_dates = {}
    if edition_id not in g.public_dates:
        g.public_dates[edition_id] = queries.placed_dates(uow.session, edition_id)
    return g.public_dates[edition_id]  # type: ignore[no-any-return]


def further_dates(
    uow: UnitOfWork, edition: Edition, dates: Mapping[DateKey, ImportantDate], is_desk: bool
) -> list[FurtherDate]:
    """The dates of rounds and tracks, wherever the edition's are listed; those of hidden tracks at the desk only."""
    if not has_call(edition):
        return []
    placed = (
        queries.placed_dates(uow.session, edition.id, is_desk=True)
        if is_desk
        else public_dates(uow, edition.id, public_plan(uow, edition.id, dates))
    )
    return [FurtherDate(words.placed_name(one), one.row, _change_url(edition, one)) for one in placed]


def _change_url(edition: Edition, date: PlacedDate) -> str:
    if date.row.track_id is not None:
        return url_for("calls.desk_call_track", track_id=date.row.track_id, **edition.slugs)
    return url_for("calls.desk_call_round", round_id=date.row.round_id, **edition.slugs)


def extension_url(edition: Edition, round_id: int | None, track_id: int | None, deadline: Deadline) -> str:
    """The page on which that deadline is extended in one act, filled with this new one."""
    local = deadline.local
    values = edition.slugs | {"day": f"{local:%Y-%m-%d}", "time": f"{local:%H:%M}", "zone": deadline.zone}
    return url_for("submissions.extension", round=round_id or "own", track=track_id, **values)


def extension_instead(uow: UnitOfWork, edition: Edition, key: DateKey, deadline: Deadline) -> str | None:
    """Where moving that date of the edition belongs, if it gives people more time who write already."""
    if key is not DateKey.ABSTRACTS_DUE or not has_call(edition):
        return None
    plan = queries.plan_of(uow.session, edition.id, is_desk=True)
    if not rules.is_extension(plan, uow.now, None, None, deadline):
        return None
    return extension_url(edition, None, None, deadline)


def shown(deadline: Deadline | None, *rows: Dated | None) -> DeadlineText | None:
    """A deadline for reading; with what it was before, if it is the date of one of these rows (history loaded)."""
    if deadline is None:
        return None
    row = next((row for row in rows if row is not None and row.deadline == deadline), None)
    return deadline_text(deadline, tuple(e.deadline for e in row.earlier) if row else ())


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


def _words_text(limits: Limits) -> str:
    return str(ngettext("up to %(num)s word", "up to %(num)s words", limits.words))


def _pdf_text(limits: Limits) -> str:
    if not limits.needs_pdf:
        return str(_("none: the abstract is all"))
    pages = ngettext("%(num)s page", "%(num)s pages", limits.pages)
    if limits.reference_pages:
        more = ngettext("%(num)s page of references", "%(num)s pages of references", limits.reference_pages)
        pages = _("%(pages)s and %(more)s", pages=pages, more=more)
    return str(_("PDF, %(pages)s, at most %(most)s MB", pages=pages, most=limits.megabytes))


def asked_text(limits: Limits) -> str:
    """What is handed in, in a line."""
    if not limits.needs_pdf:
        return str(_("Abstract of %(words)s, no PDF.", words=_words_text(limits)))
    return str(_("Abstract of %(words)s. %(pdf)s.", words=_words_text(limits), pdf=_pdf_text(limits)))


def asked(limits: Limits) -> list[tuple[str, str]]:
    """What is handed in, as (label, value)."""
    found = [
        (str(_("Abstract")), str(_("%(words)s, plain text", words=_words_text(limits)))),
        (str(_("Paper")), _pdf_text(limits)),
    ]
    cutoff = shown(limits.prior_cutoff)
    if limits.prior_rule or cutoff:
        day = str(_("Nothing published before %(day)s.", day=cutoff.day)) if cutoff else ""
        found.append((str(_("Earlier publication")), f"{limits.prior_rule} {day}".strip()))
    return found


def reviewed(call: Call) -> list[tuple[str, str]]:
    """How it is reviewed, and in how much one may be named, as (label, value)."""
    found = [(str(_("Review")), words.blinding_text(call.blinding))]
    if call.most_per_person:
        most = ngettext(
            "one person in at most %(num)s abstract", "one person in at most %(num)s abstracts", call.most_per_person
        )
        found.append((str(_("How many")), str(most)))
    return found


def limits(call: Call) -> list[tuple[str, str]]:
    """What is handed in and how it is reviewed, as (label, value)."""
    return [*asked(rules.limits_of(call)), *reviewed(call)]


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
    if not has_call(edition):
        return None
    plan = public_plan(uow, edition.id, dates)
    phase = rules.overall_phase(plan, uow.now)
    if phase is Phase.UNDATED:
        return None
    place = rules.round_to_show(plan, uow.now)
    due, opens = rules.deadline_for(plan, place, None), plan.date(DateKey.CALL_OPENS, place)
    own = [one.row for one in public_dates(uow, edition.id, plan) if one.row.key is DateKey.ABSTRACTS_DUE]
    return OpenRow(
        title=str(_("Call for abstracts")),
        url=url_for("calls.call", community=edition.community.slug, edition=edition.slug),
        text=summary(queries.find_call(uow.session, edition.id)),
        state="ok" if phase is Phase.OPEN else "note" if phase is Phase.AHEAD else "rest",
        state_text=sign(phase).text,
        deadline=shown(due, dates.get(DateKey.ABSTRACTS_DUE), *own),
        opens=shown(opens) if phase is Phase.AHEAD else None,
    )
