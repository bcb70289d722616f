"""Pages of those who are asked to review, and of those who said yes."""

from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _

from workshop_manager.calls import queries as calls
from workshop_manager.calls.states import Blinding
from workshop_manager.committee import queries, rules, service
from workshop_manager.committee.forms import DeclineForm, ProfileForm, profile_values
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops import cover, team
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import SIGNED_IN_EDITION, here
from workshop_manager.workshops.models import Edition, Invitation
from workshop_manager.workshops.states import DateKey, Role

blueprint = Blueprint("committee", __name__)


# -- being asked --------------------------------------------------------------------------------------------------


@blueprint.route("/invitations/<token>/review", methods=["GET", "POST"])
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def answer(token: str) -> Any:
    """What one is asked to review for; a POST accepts or declines. Wrong, used and expired tokens answer alike."""
    navigation.frame().private = True
    try:
        found = team.find_open(unit(), token)
        if found.role is not Role.REVIEWER:
            raise NotFound
        if request.method == "POST":
            return _answered(token, found)
        return _invitation(token, found, DeclineForm())
    except NotFound:
        return page("workshops/invitation_over.html", 404)


def _invitation(token: str, found: Invitation, form: DeclineForm, status: int = 200) -> Response:
    uow, person, edition = unit(), viewer_person(), found.edition
    due = workshops.date_by_key(uow.session, edition.id, DateKey.REVIEWS_DUE)
    here_ = url_for("committee.answer", token=token)
    response = page(
        "committee/answer.html",
        status,
        found=found,
        edition=edition,
        form=form,
        action=here_,
        blind=calls.find_call(uow.session, edition.id).blinding is Blinding.DOUBLE,
        due=deadline_text(due.deadline) if due else None,
        when=cover.moments(edition, uow.now)[0],
        answer_by=deadline_text(Deadline(found.expires_at, edition.time_zone)),
        other_address=person is not None and person.email.lower() != found.email.lower(),
        person=person,
        sign_in_url=url_for("accounts.sign_in", next=here_),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _answered(token: str, found: Invitation) -> Any:
    uow, edition = unit(), found.edition
    name = isolated(edition.name)
    if request.form.get("do") == "decline":
        form = DeclineForm()
        if not form.is_sent:
            return _invitation(token, found, form, 422)
        service.decline(uow, token, form.words.data or "", form.suggestions)
        tell(str(_("You declined. The chairs of %(name)s read what you wrote; nothing else happens.", name=name)))
        return redirect("/", 303)
    if viewer_person() is None:
        return redirect(url_for("accounts.sign_in", next=url_for("committee.answer", token=token)), 303)
    service.accept(uow, token)
    tell(str(_("Thank you: you review for %(name)s. Say now what you can take on.", name=name)))
    return redirect(_profile_of(edition), 303)


def _profile_of(edition: Edition) -> str:
    return url_for("committee.profile", community=edition.community.slug, edition=edition.slug)


# -- what one can take on -----------------------------------------------------------------------------------------


@blueprint.route("/<community>/<edition>/reviews/profile", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def profile(community: str, edition: str) -> Any:
    """How many, in which tracks and languages. For whoever reviews nothing here, the page does not exist."""
    at, uow, person = here(), unit(), viewer_person()
    if not at.standing.may(rules.MAY_HAVE_PROFILE):
        raise NotFound
    navigation.frame().private = True
    row = queries.find_profile(uow.session, at.edition.id, person.id)
    earlier = queries.latest_profile(uow.session, person.id) if row is None else None
    form = ProfileForm(
        data=profile_values(row, earlier, queries.known_topics(uow.session, at.edition.id, person.id)),
        track_names=queries.track_names(uow.session, at.edition.id),
        topic_names=queries.topic_names(uow.session, at.edition.id),
    )
    if form.is_sent:
        try:
            service.save_profile(uow, at.edition, form.content(), version=form.seen_version)
        except service.Stale as stale:
            form.version.data = str(row.version if row else 0)
            form.form_errors.append(stale.sentence)
        else:
            tell(str(_("Saved. The chairs go by this when they assign.")))
            return redirect(at.url("committee.profile"), 303)
    due = workshops.date_by_key(uow.session, at.edition.id, DateKey.REVIEWS_DUE)
    return page(
        "committee/profile.html",
        422 if request.method == "POST" else 200,
        at=at,
        form=form,
        is_new=row is None,
        due=deadline_text(due.deadline) if due else None,
    )
