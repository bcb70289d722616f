"""The organisers' pages: who comes, who waits, what people need on the day, one registration."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import structlog
from flask import Response, redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.words import listing_name
from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.questions import filling
from workshop_manager.questions import queries as questions
from workshop_manager.questions.words import answer_text
from workshop_manager.registrations import asking, queries, rules, service
from workshop_manager.registrations.desk_frame import desk_page
from workshop_manager.registrations.forms import ReasonForm
from workshop_manager.registrations.models import Registration, RegistrationKind
from workshop_manager.registrations.queries import Filter, Show
from workshop_manager.registrations.views import blueprint
from workshop_manager.registrations.words import diet_name, host_sign, show_name, state_sign
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.spreadsheets import csv_response, workbook_response
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_REGISTRATIONS, MAY_SETTINGS

BASE = "/<community>/<edition>/organise/registration"
_MOST_ROWS = 20_000

log = structlog.get_logger("workshop_manager.security")


@dataclass(frozen=True, slots=True)
class Row:
    """A registration in the list."""

    id: int
    name: str
    affiliation: str
    kind: str
    also: str
    sign: tuple[str, str]
    no_photos: bool
    since: str


def _row(at: Here, found: Registration, number: int | None) -> Row:
    also = ""
    if found.waits_for is not None and found.waits_for_id != found.kind_id:
        also = str(_("number %(number)s on the waitlist: %(kind)s", number=number, kind=isolated(found.waits_for.name)))
    if found.asks_for is not None and found.asks_for_id != found.kind_id:
        also = str(_("asks for: %(kind)s", kind=isolated(found.asks_for.name)))
    return Row(
        id=found.id,
        name=found.badge_name or str(_("Somebody who left")),
        affiliation=found.affiliation or "",
        kind=found.kind.name,
        also=also,
        sign=state_sign(found, number),
        no_photos=not found.photo_consent,
        since=when_text(found.cancelled_at or found.waiting_since or found.created_at, at.edition.time_zone),
    )


_FILTERS = ("kind", "state", "q")


def _asked(kinds: Sequence[RegistrationKind]) -> Filter:
    """The filter in the address; what makes no sense narrows nothing."""
    return Filter(
        kind_id=next((k.id for k in kinds if str(k.id) == request.args.get("kind")), None),
        show=next((s for s in Show if s.value == request.args.get("state")), None),
        words=request.args.get("q", "").replace("\x00", "").strip()[:100],
    )


@blueprint.get(BASE)
@access(team(MAY_REGISTRATIONS))
def desk(community: str, edition: str) -> Response:
    """Who comes and who waits: filtered, searched, fifty a page."""
    at, session = here(), unit().session
    kinds = queries.kinds(session, at.edition.id)
    asked = _asked(kinds)
    pager = paging(queries.count_list(session, at.edition.id, asked))
    # The front desk hands out badges; what somebody eats or needs is for the organisers.
    may_manage = at.standing.may(MAY_SETTINGS)
    return desk_page(
        "desk",
        counts=queries.counts(session, at.edition.id),
        kinds=kinds,
        asked=asked,
        is_narrowed=asked != Filter(),
        pager=pager,
        rows=[_row(at, *found) for found in queries.listed(session, at.edition.id, asked, pager.offset, pager.size)],
        shows=[(show, show_name(show)) for show in Show],
        may_manage=may_manage,
        lists=_lists(at),
        needs=queries.count_needs(session, at.edition.id) if may_manage else {},
        foods=_foods(queries.diets(session, at.edition.id)) if may_manage else None,
    )


def _lists(at: Here) -> list[tuple[str, str]]:
    """Where the list as it is filtered can be taken along, and what each is called."""
    kept = {name: value for name, value in request.args.items() if name in _FILTERS}
    said = {**kept, "with": "answers"}
    return [
        (str(_("CSV")), at.url("registrations.desk_csv", **kept)),
        (str(_("Excel")), at.url("registrations.desk_xlsx", **kept)),
        (str(_("CSV with food, needs and answers")), at.url("registrations.desk_csv", **said)),
        (str(_("Excel with food, needs and answers")), at.url("registrations.desk_xlsx", **said)),
    ]


@dataclass(frozen=True, slots=True)
class Foods:
    """What the kitchen must know: how many a wish, and how many with which wishes together. Nobody's name."""

    people: int
    totals: tuple[tuple[str, int], ...]
    together: tuple[tuple[str, int], ...]


def _foods(diets: Sequence[list[str]]) -> Foods:
    totals = Counter(value for diet in diets for value in diet)
    together = Counter(tuple(sorted(diet)) for diet in diets if len(diet) > 1)
    return Foods(
        people=len(diets),
        totals=tuple((diet_name(value), number) for value, number in totals.most_common()),
        together=tuple((", ".join(map(diet_name, diet)), number) for diet, number in together.most_common()),
    )


def looked(at: Here, what: str) -> None:
    """Note who read what people wrote about themselves."""
    log.info("sensitive answers read", what=what, edition=at.edition.id, person=viewer_person().id)


@blueprint.get("/<community>/<edition>/organise/registrations.csv")
@access(team(MAY_SETTINGS))
def desk_csv(community: str, edition: str) -> Response:
    """The list as it is filtered, to take along."""
    at = here()
    columns, rows = _to_take_along(at, "csv")
    return csv_response(f"{community}-{edition}-registrations", columns, rows)


@blueprint.get("/<community>/<edition>/organise/registrations.xlsx")
@access(team(MAY_SETTINGS))
def desk_xlsx(community: str, edition: str) -> Response:
    """The same as a spreadsheet."""
    at = here()
    columns, rows = _to_take_along(at, "xlsx")
    return workbook_response(f"{community}-{edition}-registrations", columns, rows)


Listed = tuple[list[str], Iterator[tuple[object, ...]]]


def _to_take_along(at: Here, form: str) -> Listed:
    """What people said about themselves stands beside their names only where it is asked for, and that is noted."""
    with_answers = request.args.get("with") == "answers"
    if with_answers:
        looked(at, form)
    wanted = _asked(queries.kinds(unit().session, at.edition.id))
    return exported(unit().session, at.edition.id, wanted, with_answers=with_answers)


def exported(session: Session, edition_id: int, wanted: Filter, *, with_answers: bool) -> Listed:
    """The list to take along: its columns and rows; with food, needs, the organisers' own questions, or without."""
    found = queries.listed(session, edition_id, wanted, 0, _MOST_ROWS)
    if not with_answers:
        return list(_CSV_HEADER), (_csv_row(row, number) for row, number in found)
    asked = questions.sheet(session, edition_id, asking.KEY).questions
    said = questions.answers_to(session, asking.KEY, [row.id for row, _number in found]) if asked else {}
    rows = (
        (*_csv_row(row, number), *_said(row), *(answer_text(one, said[row.id].get(one.id)) for one in asked))
        for row, number in found
    )
    return [*_CSV_HEADER, *_SAID, *(one.label for one in asked)], rows


_CSV_HEADER = (
    "name", "pronouns", "affiliation", "address", "kind", "state", "waits for", "number on the waitlist",
    "photos", "host registration", "participants list", "ticket", "registered",
)  # fmt: skip
_SAID = ("food", "needs", "host number")


def _said(row: Registration) -> tuple[object, ...]:
    return ", ".join(row.diet), row.needs, row.host_number if row.kind.needs_host else ""


def _csv_row(row: Registration, number: int | None) -> tuple[object, ...]:
    return (
        row.badge_name,
        row.pronouns,
        row.affiliation,
        row.person.email if row.person else "",
        row.kind.name,
        row.state.value,
        row.waits_for.name if row.waits_for else "",
        number,
        "yes" if row.photo_consent else "no",
        row.host.value if row.kind.needs_host else "",
        row.listing.value,
        row.ticket_code,
        row.created_at.strftime("%Y-%m-%dT%H:%MZ"),
    )


def _found(at: Here, registration_id: int) -> Registration:
    row = queries.find(unit().session, at.edition.id, registration_id)
    if row is None:
        raise NotFound
    return row


@blueprint.get(f"{BASE}/<int:registration_id>")
@access(team(MAY_SETTINGS))
def desk_one(community: str, edition: str, registration_id: int) -> Response:
    """One registration, and cancelling it on somebody's behalf."""
    at = here()
    return _one_page(at, _found(at, registration_id), ReasonForm())


def _one_page(at: Here, row: Registration, form: ReasonForm, status: int = 200) -> Response:
    zone, uow = at.edition.time_zone, unit()
    number = queries.number_in_line(uow.session, row) if row.waits_for_id is not None else None
    answers = asking.filled(uow, at.edition, row).read(row.place)
    if answers:
        looked(at, "answers")
    return page(
        "registrations/desk_one.html",
        status,
        at=at,
        answers=answers,
        file_urls=filling.file_urls(
            answers, lambda **which: at.url("registrations.desk_answer_file", registration_id=row.id, **which)
        ),
        row=row,
        form=form,
        sign=state_sign(row, number),
        number=number,
        may_cancel=rules.may_cancel(row.state, at.edition.ends_at, uow.now),
        facts=_facts(row, zone),
    )


def _host(row: Registration, zone: str) -> str:
    words = [host_sign(row.host)[1], row.host_number or ""]
    if row.host_checked_at is not None:
        words.append(when_text(row.host_checked_at, zone))
        words.append(isolated(row.host_checker.name) if row.host_checker else "")
    return " · ".join(word for word in words if word)


def _facts(row: Registration, zone: str) -> list[tuple[str, str]]:
    yes, no = str(_("yes")), str(_("no"))
    facts = [
        (_("Pronouns"), row.pronouns),
        (_("Affiliation"), row.affiliation),
        (_("Address"), row.person.email if row.person else None),
        (_("Ticket"), row.ticket_code),
        (_("Registered"), when_text(row.created_at, zone)),
        (_("Waits since"), when_text(row.waiting_since, zone) if row.waiting_since else None),
        (_("Cancelled"), when_text(row.cancelled_at, zone) if row.cancelled_at else None),
        (_("Photos"), yes if row.photo_consent else no),
        (_("Host registration"), _host(row, zone) if row.kind.needs_host else None),
        (_("To other participants"), listing_name(row.listing)),
        (_("Code of conduct"), _("version %(number)s", number=row.conduct_version) if row.conduct_version else None),
    ]
    return [(str(label), str(value)) for label, value in facts if value]


@blueprint.post(f"{BASE}/<int:registration_id>/cancellation")
@access(team(MAY_SETTINGS))
def desk_cancellation(community: str, edition: str, registration_id: int) -> AnyResponse:
    """Cancel on somebody's behalf; they are told, with the reason."""
    at, form = here(), ReasonForm()
    row = _found(at, registration_id)
    if not form.is_sent:
        return _one_page(at, row, form, 422)
    row = service.cancel_for(unit(), at.edition, registration_id, form.reason.data or "")
    name = isolated(row.badge_name)
    if row.person is not None:
        tell(str(_("The registration of %(name)s is cancelled, and they get a mail.", name=name)))
    else:
        tell(str(_("The seat of %(name)s is cancelled. They have no account, so nobody is told.", name=name)))
    return redirect(at.url("registrations.desk"), 303)
