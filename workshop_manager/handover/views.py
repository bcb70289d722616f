"""Passing one's seat on, the page of the link that asks somebody to take one, and guests."""

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.handover import queries, service
from workshop_manager.handover.forms import ClaimForm, GuestForm, TransferForm
from workshop_manager.handover.models import SeatClaim
from workshop_manager.handover.rules import Refusal
from workshop_manager.handover.states import Purpose
from workshop_manager.registrations import bringing, consequences, hall, handing
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.consequences import Step
from workshop_manager.registrations.links import Link
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.rules import NOTHING, Place
from workshop_manager.registrations.service import conduct_to_accept
from workshop_manager.registrations.states import State
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.queries import get_edition
from workshop_manager.workshops.rules import is_open
from workshop_manager.workshops.service import Stale, Taken

blueprint = Blueprint("handover", __name__)
BASE = "/<community>/<edition>/registration"


def transfer_link(uow: UnitOfWork, edition: Edition, row: Registration) -> Link | None:
    """On the ticket: pass the seat on, while that can be done; whoever was checked in reads there why not."""
    if service.refusal(uow, edition, row, at_door=False) is not None:
        return None
    return Link(
        "paper-plane-tilt", str(_("Pass my seat on to a colleague…")), url_for("handover.transfer", **edition.slugs)
    )


def guests_link(_uow: UnitOfWork, edition: Edition, row: Registration) -> Link | None:
    """On the ticket: who comes along, for those who may bring somebody."""
    if row.state is not State.REGISTERED or not row.kind.guests:
        return None
    return Link("users", str(_("Bring somebody along")), url_for("handover.guests_page", **edition.slugs))


def _mine(at: Here) -> Registration:
    row = registrations.registration_of(unit().session, at.edition.id, viewer_person().id)
    if row is None or row.state is not State.REGISTERED:
        raise NotFound
    return row


# -- passing on ---------------------------------------------------------------------------------------------------


def _to_nothing(row: Registration) -> Step:
    kinds = [kind for kind in (row.kind, row.waits_for) if kind is not None]
    return Step(row.place, NOTHING, {kind.id: kind for kind in kinds})


def _transfer_page(form: TransferForm, status: int = 200) -> Response:
    at, uow = here(), unit()
    row = _mine(at)
    why = service.refusal(uow, at.edition, row)
    found = queries.open_of(uow.session, row.id)
    asked = found if found is not None and is_open(uow.now, found.expires_at, found.answered_at) else None
    if form.errors and (why is not None or asked is not None):
        raise Conflict(service.refusal_text(why) if why is not None else service.asked_text())
    return page(
        "handover/transfer.html",
        status,
        at=at,
        mine=row,
        form=form,
        refusal=service.refusal_text(why) if why is not None else "",
        until=deadline_text(service.transfer_until(uow, at.edition)) if why in (None, Refusal.OVER) else None,
        asked=asked,
        answer_by=deadline_text(Deadline(asked.expires_at, at.edition.time_zone)) if asked else None,
        guests=[guest.badge_name for guest in registrations.guests_of(uow.session, row.id)],
        sentences=consequences.of(uow, at.edition, viewer_person().id, _to_nothing(row)),
    )


@blueprint.get(f"{BASE}/transfer")
@access(SIGNED_IN_EDITION)
def transfer(community: str, edition: str) -> Response:
    """Pass one's seat on: what follows, and to whom."""
    return _transfer_page(TransferForm())


@blueprint.post(f"{BASE}/transfer")
@access(SIGNED_IN_EDITION)
@limiter.limit("20 per hour")
def transfer_ask(community: str, edition: str) -> AnyResponse:
    """Ask a colleague by mail."""
    at, form = here(), TransferForm()
    _mine(at)
    if not form.is_sent:
        return _transfer_page(form, 422)
    try:
        service.ask(unit(), at.edition, form.email.data or "")
    except Taken as wrong:
        form.email.errors = [*form.email.errors, wrong.sentence]
        return _transfer_page(form, 422)
    tell(str(_("Your colleague has a mail. Until they say yes, the seat is yours.")))
    return redirect(at.url("handover.transfer"), 303)


@blueprint.post(f"{BASE}/transfer/withdrawal")
@access(SIGNED_IN_EDITION)
def transfer_back(community: str, edition: str) -> AnyResponse:
    """Keep the seat after all."""
    at = here()
    service.take_back(unit(), at.edition)
    tell(str(_("The seat stays yours. The link in your colleague’s mail opens nothing any more.")))
    return redirect(at.url("registrations.ticket"), 303)


# -- the link -----------------------------------------------------------------------------------------------------


@blueprint.route("/seats/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def claim(token: str) -> AnyResponse:
    """A seat somebody is asked to take; a POST takes or refuses it. Tokens that do not count answer alike."""
    navigation.frame().private = True
    try:
        found = service.find_open(unit(), token)
    except NotFound:
        return page("handover/claim_over.html", 404)
    edition = get_edition(unit().session, found.edition_id)
    if request.method == "POST":
        return _answer(token, found, edition)
    return _claim_page(token, found, edition, _claim_form(edition))


def _claim_form(edition: Edition) -> ClaimForm:
    person, current = viewer_person(), conduct_to_accept(edition)
    form = ClaimForm(data={"badge_name": person.name if person else "", "conduct_version": str(current)})
    form.needs_conduct = bool(current)
    return form


def _claim_page(token: str, found: SeatClaim, edition: Edition, form: ClaimForm, status: int = 200) -> Response:
    uow, person = unit(), viewer_person()
    row = found.registration
    obstacle, sentences = "", []
    if person is not None:
        made = hall.look(uow.session, edition.id, uow.now, person.id)
        mine = registrations.registration_of(uow.session, edition.id, person.id)
        held = mine.place if mine is not None else NOTHING
        obstacle = _obstacle(uow, made, row, person.id, held)
        sentences = _what_goes(made, mine)
        sentences += consequences.of(uow, edition, person.id, Step(held, Place(row.kind_id), made.kinds))
    response = page(
        "handover/claim.html",
        status,
        edition=edition,
        kind=row.kind.name,
        giver=row.badge_name if found.purpose is Purpose.TRANSFER else "",
        until=deadline_text(Deadline(found.expires_at, edition.time_zone)),
        person=person,
        obstacle=obstacle,
        sentences=sentences,
        form=form,
        has_conduct=bool(conduct_to_accept(edition)),
        conduct_url=url_for("workshops.conduct", **edition.slugs),
        token=token,
        sign_in_url=url_for("accounts.sign_in", next=url_for("handover.claim", token=token)),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _obstacle(uow: UnitOfWork, made: hall.Hall, row: Registration, person_id: int, held: Place) -> str:
    """What stands in the way as far as it can be known without locking anything."""
    if row.person_id == person_id or held.seat == row.kind_id:
        return handing.obstacle(made, row, person_id, held) or ""
    return ""


def _what_goes(made: hall.Hall, mine: Registration | None) -> list[str]:
    if mine is None or mine.state is State.CANCELLED:
        return []
    kind = isolated(made.kinds[mine.place.wish or mine.kind_id].name)
    if mine.state is State.REGISTERED:
        return [
            str(_("The seat you hold now (%(kind)s) goes to the next person at once.", kind=isolated(mine.kind.name)))
        ]
    return [str(_("You no longer wait (%(kind)s).", kind=kind))]


def _answer(token: str, found: SeatClaim, edition: Edition) -> AnyResponse:
    uow = unit()
    if request.form.get("do") == "refuse":
        service.refuse(uow, token)
        tell(str(_("You said no. Thank you for answering.")))
        return redirect(url_for("workshops.edition_page", **edition.slugs), 303)
    if viewer_person() is None:
        return redirect(url_for("accounts.sign_in", next=url_for("handover.claim", token=token)), 303)
    form = _claim_form(edition)
    if not form.is_sent:
        return _claim_page(token, found, edition, form, 422)
    try:
        service.take(uow, token, form.badge_name.data or "", form.agreed)
    except Stale as refused:
        form.conduct.errors = [*form.conduct.errors, refused.sentence]
        form.conduct_version.data, form.conduct.data = str(conduct_to_accept(edition)), False
        return _claim_page(token, found, edition, form, 409)
    tell(str(_("The seat is yours, %(name)s. This is your ticket.", name=isolated(form.badge_name.data or ""))))
    return redirect(url_for("registrations.ticket", **edition.slugs), 303)


# -- guests -------------------------------------------------------------------------------------------------------


def _guests_page(form: GuestForm, status: int = 200, refused: str = "") -> Response:
    at, uow = here(), unit()
    row = _mine(at)
    found = registrations.guests_of(uow.session, row.id)
    if not row.kind.guests and not found:
        raise NotFound
    return page(
        "handover/guests.html",
        status,
        at=at,
        mine=row,
        guests=found,
        most=row.kind.guests,
        form=form if len(found) < row.kind.guests else None,
        refused=refused,
    )


@blueprint.get(f"{BASE}/guests")
@access(SIGNED_IN_EDITION)
def guests_page(community: str, edition: str) -> Response:
    """Who comes along, each with a ticket of their own."""
    return _guests_page(GuestForm())


@blueprint.post(f"{BASE}/guests")
@access(SIGNED_IN_EDITION)
def guest_add(community: str, edition: str) -> AnyResponse:
    """Bring somebody along: one more seat."""
    at, form = here(), GuestForm()
    _mine(at)
    if not form.is_sent:
        return _guests_page(form, 422)
    try:
        row = bringing.bring(unit(), at.edition, form.name.data or "")
    except Conflict as refused:
        return _guests_page(form, 409, refused.sentence)
    tell(str(_("%(name)s has a seat, and a badge of their own.", name=isolated(row.badge_name))))
    return redirect(at.url("handover.guests_page"), 303)


@blueprint.post(f"{BASE}/guests/<int:guest_id>/removal")
@access(SIGNED_IN_EDITION)
def guest_remove(community: str, edition: str, guest_id: int) -> AnyResponse:
    """Somebody does not come along after all."""
    at = here()
    bringing.leave_at_home(unit(), at.edition, guest_id)
    tell(str(_("They no longer come along, and the seat is free for somebody else.")))
    return redirect(at.url("registrations.ticket"), 303)
