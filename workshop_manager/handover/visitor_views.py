"""The pages of registering without an account: the form, the word that a mail is on its way, and the link in it."""

from dataclasses import replace

from flask import Response, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts import attempts
from workshop_manager.accounts.doors import let_in
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.handover import visiting
from workshop_manager.handover.forms import VisitorForm
from workshop_manager.handover.views import BASE, blueprint
from workshop_manager.handover.visiting import Proof
from workshop_manager.questions.states import Kind
from workshop_manager.registrations import asking, rules, service
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations.forms import registration_form
from workshop_manager.registrations.models import Registration
from workshop_manager.registrations.rules import NOTHING
from workshop_manager.registrations.states import State
from workshop_manager.registrations.views import Offering, form_values, offering
from workshop_manager.registrations.ways_in import Way
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.context import EDITION, here
from workshop_manager.workshops.models import Edition

ASKED = "visitor_asked"
"""Session key: the address a link went to, to be named on the next page."""


def way_in(edition: Edition) -> Way:
    """Beneath “Sign in to register”."""
    return Way(
        str(_("Register without an account")),
        str(_("A link in a mail confirms it.")),
        url_for("handover.visitor", **edition.slugs),
    )


def _form(made: Offering) -> VisitorForm:
    at, uow = here(), unit()
    filled = asking.filled(uow, at.edition, None, made.around.stamp)
    form = registration_form(
        None,
        None,
        made.kinds,
        base=VisitorForm,
        current_conduct=service.conduct_to_accept(at.edition),
        host=at.edition.host_event,
        filled=replace(filled, sheet=asking.without_files(filled.sheet)),
        now=uow.now,
    )
    assert isinstance(form, VisitorForm)
    form.later = [asked.label for asked in filled.sheet.questions if asked.kind is Kind.FILE]
    return form


def _visitor_page(form: VisitorForm, made: Offering, status: int = 200) -> Response:
    at = here()
    values = form_values(form, NOTHING, made)
    return page(
        "handover/visitor.html",
        status,
        at=at,
        form=form,
        offers=made.offers,
        may_choose=True,
        sign_in=url_for("accounts.sign_in", next=at.url("registrations.register")),
        **values,
    )


@blueprint.route(f"{BASE}/visitor", methods=["GET", "POST"])
@access(EDITION)
@limiter.limit("60 per hour", methods=["POST"])
def visitor(community: str, edition: str) -> AnyResponse:
    """The form for whoever has no account; sending it only sends a mail."""
    at, made = here(), offering(None)
    navigation.frame().canonical = absolute("handover.visitor", community=community, edition=edition)
    if viewer_person() is not None or not rules.may_choose(made.phase) or made.offers.is_shut:
        return redirect(at.url("registrations.register"), 303)
    form = _form(made)
    if request.form.get("act") == "show":
        return _visitor_page(form, made)
    if not form.is_sent:
        return _visitor_page(form, made, 422 if form.is_submitted() else 200)
    email = form.email.data or ""
    attempts.count_mail(email)
    try:
        visiting.begin(
            unit(), at.edition, email, int(form.kind.data), form.details(),
            keep_virtual=bool(form.keep_virtual.data), is_quiet=not attempts.may_mail(email),
        )  # fmt: skip
    except asking.Incomplete as refusal:
        form.say(refusal.gaps)
        return _visitor_page(form, made, 422)
    session[ASKED] = email
    return redirect(at.url("handover.visitor_sent"), 303)


@blueprint.get(f"{BASE}/visitor/sent")
@access(EDITION)
def visitor_sent(community: str, edition: str) -> Response:
    """Look into your mail: the same page whoever asked."""
    frame = navigation.frame()
    frame.private, frame.canonical = True, absolute("handover.visitor_sent", community=community, edition=edition)
    return page("handover/visitor_sent.html", at=here(), address=session.get(ASKED, ""))


@blueprint.route("/seats/confirmation/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def prove(token: str) -> AnyResponse:
    """The link in that mail: looking changes nothing, a POST registers. Tokens that do not count answer alike."""
    navigation.frame().private = True
    try:
        proof = visiting.look(unit(), token, viewer_person())
    except NotFound:
        return page("handover/claim_over.html", 404)
    if request.method != "POST":
        return _proof_page(token, proof)
    if proof.needs_sign_in:
        return redirect(url_for("accounts.sign_in", next=url_for("handover.prove", token=token)), 303)
    edition = proof.edition
    try:
        row, person = visiting.confirm(unit(), token, viewer_person())
    except NotFound:
        return _refused(token, _gone_text())
    except Conflict as refused:
        return _refused(token, refused.sentence)
    _tell(row)
    ticket = url_for("registrations.ticket", **edition.slugs)
    return redirect(ticket, 303) if viewer_person() is not None else let_in(unit(), person, "link", ticket)


def _refused(token: str, why: str) -> Response:
    """Nothing of it happened, nor was an account made."""
    unit().rollback()
    unit().actor = viewer_person()
    return _proof_page(token, visiting.look(unit(), token, viewer_person()), 409, why)


def _gone_text() -> str:
    return str(_("This way to take part cannot be chosen any more. Look at what else there is."))


def _tell(row: Registration) -> None:
    if row.state is State.WAITLISTED:
        number = registrations.number_in_line(unit().session, row)
        tell(str(_("All places are taken. You are number %(number)s on the waitlist.", number=number)), "info")
    elif row.state is State.REQUESTED:
        tell(str(_("Your request is with the organisers. They say yes or no, and we write to you either way.")), "info")
    else:
        tell(str(_("The seat is yours, %(name)s. This is your ticket.", name=isolated(row.badge_name))))


def _proof_page(token: str, proof: Proof, status: int = 200, refused: str = "") -> Response:
    row, edition = proof.row, proof.edition
    response = page(
        "handover/prove.html",
        status,
        edition=edition,
        kind=row.kind.name,
        name=row.said["badge_name"],
        email=row.email,
        until=deadline_text(Deadline(row.expires_at, edition.time_zone)),
        person=viewer_person(),
        needs_sign_in=proof.needs_sign_in,
        is_registered=proof.is_registered,
        refused=refused,
        token=token,
        register_url=url_for("registrations.register", **edition.slugs),
        sign_in_url=url_for("accounts.sign_in", next=url_for("handover.prove", token=token)),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
