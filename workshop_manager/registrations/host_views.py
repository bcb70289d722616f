"""The organisers' pages about registration at the host conference: who has one, the host's list, reminders."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.mail.service import draft
from workshop_manager.registrations import hosting, queries
from workshop_manager.registrations.desk import BASE, looked
from workshop_manager.registrations.desk_frame import desk_page
from workshop_manager.registrations.forms import ListForm
from workshop_manager.registrations.hosting import Read
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.states import Host
from workshop_manager.registrations.views import blueprint
from workshop_manager.registrations.words import host_sign
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_SETTINGS

_MAILS = 10
HOST = f"{BASE}/host"


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody who needs a registration there."""

    id: int
    name: str
    kind: str
    number: str
    sign: tuple[str, str]
    checked: str
    reminded: str


def _line(row: Registration) -> Line:
    zone, checked = here().edition.time_zone, ""
    if row.host_checked_at is not None:
        when = when_text(row.host_checked_at, zone)
        by = isolated(row.host_checker.name) if row.host_checker else str(_("somebody who left"))
        checked = str(_("by %(person)s, %(when)s", person=by, when=when))
    return Line(
        id=row.id,
        name=row.badge_name or str(_("Somebody who left")),
        kind=row.kind.name,
        number=row.host_number or "",
        sign=host_sign(row.host),
        checked=checked,
        reminded=when_text(row.host_reminded_at, zone) if row.host_reminded_at else "",
    )


def _shows(counts: Mapping[Host, int], only: Host | None) -> list[tuple[str, str, bool]]:
    """What the list can be narrowed to, for `ui.segments`."""
    at = here()
    first = (str(_("All: %(number)s", number=sum(counts.values()))), at.url("registrations.desk_host"), only is None)
    others = [
        (f"{host_sign(one)[1]}: {number}", at.url("registrations.desk_host", show=one.value), one is only)
        for one, number in counts.items()
    ]
    return [first, *others]


def _host_page(form: ListForm, status: int = 200, *, pasted: Read | None = None) -> Response:
    at, session = here(), unit().session
    counts = queries.host_counts(session, at.edition.id)
    only = next((one for one in Host if one.value == request.args.get("show")), None)
    pager = paging(counts[only] if only else sum(counts.values()))
    rows = queries.host_rows(session, at.edition.id, only, pager.offset, pager.size)
    looked(at, "host")
    return desk_page(
        "desk_host",
        status,
        form=form,
        pasted=pasted,
        shows=_shows(counts, only),
        missing=counts[Host.MISSING],
        lines=[_line(row) for row in rows],
        pager=pager,
        needs_any=any(kind.needs_host for kind in queries.kinds(session, at.edition.id)),
    )


@blueprint.get(HOST)
@access(team(MAY_SETTINGS))
def desk_host(community: str, edition: str) -> Response:
    """Who needs a registration with the host conference, and how it stands with each."""
    return _host_page(ListForm())


@blueprint.post(f"{HOST}/list")
@access(team(MAY_SETTINGS))
def desk_host_list(community: str, edition: str) -> Response:
    """Who of them stands in the host's list, as pasted. Nothing is marked before they are looked at."""
    form = ListForm()
    if not form.is_sent:
        return _host_page(form, 422)
    try:
        found = hosting.read(unit(), here().edition, form.text.data or "")
    except Conflict as refusal:
        form.text.errors = [*form.text.errors, refusal.sentence]
        return _host_page(form, 422)
    return _host_page(form, pasted=found)


@blueprint.post(f"{HOST}/checks")
@access(team(MAY_SETTINGS))
def desk_host_checks(community: str, edition: str) -> AnyResponse:
    """Note that these are registered there."""
    at = here()
    typed = request.form.getlist("id")
    ids = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 12]
    number = hosting.check(unit(), at.edition, ids)
    tell(str(ngettext("%(num)s person is marked as checked.", "%(num)s people are marked as checked.", number)))
    return redirect(at.url("registrations.desk_host"), 303)


@blueprint.post(f"{HOST}/<int:registration_id>/unchecking")
@access(team(MAY_SETTINGS))
def desk_host_unchecking(community: str, edition: str, registration_id: int) -> AnyResponse:
    """Take a check back."""
    at = here()
    row = hosting.take_back(unit(), at.edition, registration_id)
    tell(str(_("%(name)s is not marked any more.", name=isolated(row.badge_name))))
    return redirect(at.url("registrations.desk_host"), 303)


def _reminders(status: int = 200, refused: str = "") -> Response:
    uow, at = unit(), here()
    wave = hosting.prepare(uow, at.edition)
    pager = paging(len(wave.owing), _MAILS)
    shown = hosting.Wave(wave.owing[pager.offset : pager.offset + pager.size])
    letters = hosting.letters(uow, at.edition, shown)
    return desk_page(
        "desk_host_reminders",
        status,
        drafts=[draft(one) for one in letters],
        pager=pager,
        people=len(wave.owing),
        seen=wave.digest,
        refused=refused,
    )


@blueprint.get(f"{HOST}/reminders")
@access(team(MAY_SETTINGS))
def desk_host_reminders(community: str, edition: str) -> Response:
    """To whom a reminder would go now, and what each would read. Nothing is sent."""
    return _reminders()


@blueprint.post(f"{HOST}/reminders")
@access(team(MAY_SETTINGS))
def desk_host_remind(community: str, edition: str) -> AnyResponse:
    """Send what was looked at."""
    at = here()
    try:
        number = hosting.remind(unit(), at.edition, seen=request.form.get("seen", ""))
    except Conflict as refusal:
        return _reminders(422, refusal.sentence)
    tell(str(ngettext("%(num)s mail is on its way.", "%(num)s mails are on their way.", number)))
    return redirect(at.url("registrations.desk_host"), 303)
