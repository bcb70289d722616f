"""Public pages: communities, editions, their colours and logos, invitations, and the founding of both."""

import hashlib
import re
from base64 import b64encode
from functools import lru_cache

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import NotFound
from workshop_manager.core.text import isolated
from workshop_manager.mail.rules import TEXT_KEPT
from workshop_manager.web import navigation
from workshop_manager.web.accent import edition_css as css_of
from workshop_manager.web.accent import weave_svg
from workshop_manager.web.access import PUBLIC, SIGNED_IN, access
from workshop_manager.web.assets import YEAR
from workshop_manager.web.forms import BaseForm, tell
from workshop_manager.web.headers import SANDBOX
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import platform, settings, unit, viewer_person, viewer_zone
from workshop_manager.web.times import deadline_text
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops import cover, panels, queries, service, team, words
from workshop_manager.workshops.context import (
    COMMUNITY,
    COMMUNITY_OWNER,
    EDITION,
    EDITION_FILE,
    edition_of_file,
    here,
    here_community,
)
from workshop_manager.workshops.forms import CommunityForm, NewCommunityForm, NewEditionForm
from workshop_manager.workshops.models import Invitation
from workshop_manager.workshops.rules import MAY_SETTINGS, slug_problem
from workshop_manager.workshops.states import Repeat, Visibility

blueprint = Blueprint("workshops", __name__)


# --- public pages


@blueprint.get("/<community>/")
@access(COMMUNITY)
@kept_for_visitors
def community_page(community: str) -> Response:
    """A community: what comes next, what was, who it is."""
    at, now = here_community(), unit().now
    lines = [cover.line(edition, now) for edition in at.editions]
    coming = sorted((x for x in lines if not x.is_past), key=lambda x: cover.next_time(x.edition, now))
    navigation.frame().canonical = absolute("workshops.community_page", community=community)
    return page(
        "workshops/community.html",
        community=at.community,
        coming=coming,
        past=[x for x in lines if x.is_past],
        may_edit=at.may_edit,
    )


@blueprint.get("/<community>/<edition>/")
@access(EDITION)
@kept_for_visitors
def edition_page(community: str, edition: str) -> Response:
    """An edition at a glance: when, where, what is open, its dates and tracks, and what other packages add."""
    at, uow = here(), unit()
    dates = queries.dates(uow.session, at.edition.id)
    by_key: panels.Dates = {row.key: row for row in dates}
    before, after = panels.sections(uow, at.edition)
    navigation.frame().canonical = absolute("workshops.edition_page", community=community, edition=edition)
    tracks = queries.public_tracks(uow.session, at.edition.id)
    place, place_more = cover.place(at.edition)
    feed = panels.dates_feed()
    further = panels.further_dates(uow, at.edition, by_key)
    is_series = at.edition.repeats is not Repeat.NEVER
    return page(
        "workshops/edition.html",
        edition=at.edition,
        over=cover.over(at.edition, uow.now),
        moments=cover.moments(at.edition, uow.now),
        is_series=is_series,
        is_over=at.edition.ends_at < uow.now,
        place=place,
        place_more=place_more,
        open_rows=[] if at.edition.is_cancelled else panels.open_rows(uow, at.edition, by_key),
        actions=panels.actions(uow, at.edition, by_key),
        sections_before=before,
        sections_after=after,
        thread=cover.thread(at.edition, dates, uow.now, further) if dates or not is_series else [],
        dates_feed_url=at.url(feed) if feed else None,
        tracks=tracks,
        track_heading=words.track_heading(len(tracks)),
        knowing=cover.good_to_know(at.edition),
        description=cover.description(at.edition),
        desk_url=at.url("workshops.settings") if at.standing.may(MAY_SETTINGS) else None,
        is_team=at.standing.is_team,
    )


@blueprint.get("/<community>/<edition>/conduct")
@access(EDITION)
@kept_for_visitors
def conduct(community: str, edition: str) -> Response:
    """The code of conduct, with its version."""
    at = here()
    navigation.frame().canonical = absolute("workshops.conduct", community=community, edition=edition)
    return page("workshops/conduct.html", edition=at.edition)


@blueprint.get("/about/privacy")
@access(PUBLIC)
@kept_for_visitors
def privacy() -> Response:
    """What is kept about people, why, and for how long."""
    navigation.frame().canonical = absolute("workshops.privacy")
    return page("workshops/privacy.html", text_days=TEXT_KEPT.days)


@blueprint.get("/about/accessibility")
@access(PUBLIC)
@kept_for_visitors
def accessibility() -> Response:
    """How the pages are meant to work for everybody, and where to write if they do not."""
    navigation.frame().canonical = absolute("workshops.accessibility")
    return page("workshops/accessibility.html")


# --- colours and logos: addresses that name their content, kept for ever


@lru_cache(maxsize=512)
def _css(slug: str, colour: str) -> bytes:
    # The weave travels inside: one request less, and a mask takes an image from data: under our policy.
    weave = "data:image/svg+xml;base64," + b64encode(weave_svg(slug).encode()).decode()
    return css_of(slug, f"#{colour}", weave).encode()


def weave_slug(community: str, edition: str = "") -> str:
    """What a weave is drawn from."""
    return f"{community}-{edition}" if edition else community


def stylesheet(body: bytes, *, public: bool) -> Response:
    """A style sheet that never changes under its address."""
    response = Response(body, content_type="text/css; charset=utf-8")
    _keep(response, body, public=public)
    return response


def _keep(response: Response, body: bytes, *, public: bool) -> None:
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.headers["Cache-Control"] = f"{'public' if public else 'private'}, max-age={YEAR}, immutable"
    response.make_conditional(request)


def _require_colour(colour: str) -> None:
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        raise NotFound


@blueprint.get("/<community>/community.<colour>.css")
@access(PUBLIC)
def community_css(community: str, colour: str) -> Response:
    """The colour and weave of a community: drawn from the address alone, so that it tells nothing about what exists."""
    _require_colour(colour)
    if slug_problem(community):
        raise NotFound
    return stylesheet(_css(weave_slug(community), colour), public=True)


@blueprint.get("/<community>/<edition>/edition.<colour>.css")
@access(EDITION_FILE)
def edition_css(community: str, edition: str, colour: str) -> Response:
    """The colour and weave of an edition. An earlier colour still answers, for pages somebody kept."""
    _require_colour(colour)
    public = edition_of_file().visibility is Visibility.PUBLIC
    return stylesheet(_css(weave_slug(community, edition), colour), public=public)


@blueprint.get("/<community>/<edition>/logo.<digest>")
@access(EDITION_FILE)
def logo(community: str, edition: str, digest: str) -> Response:
    """The logo: a PNG of our own making."""
    found = edition_of_file()
    if digest != found.logo_digest:
        raise NotFound
    with platform().database.session(writing=False) as session:
        body = queries.logo_body(session, found.id)
    if body is None:
        raise NotFound
    response = Response(body, mimetype="image/png")
    response.headers["Content-Security-Policy"] = SANDBOX
    _keep(response, body, public=found.visibility is Visibility.PUBLIC)
    return response


# --- founding


@blueprint.route("/communities/new", methods=["GET", "POST"])
@access(SIGNED_IN)
def new_community() -> AnyResponse:
    """Found a community."""
    uow, founders = unit(), settings().site_founders
    service.require_founder(uow, founders)
    form = NewCommunityForm()
    navigation.frame().private = True
    if form.is_sent:
        try:
            made = service.create_community(uow, form.wanted(), founders)
        except service.Taken as taken:
            add_error(form, taken.field, taken.sentence)
        else:
            tell(str(_("%(name)s is founded. Now its first edition.", name=isolated(made.name))))
            return redirect(url_for("workshops.new_edition", community=made.slug), 303)
    return page("workshops/new_community.html", 422 if form.errors else 200, form=form)


@blueprint.route("/<community>/settings", methods=["GET", "POST"])
@access(COMMUNITY_OWNER)
def community_settings(community: str) -> AnyResponse:
    """Change how a community presents itself."""
    at, uow = here_community(), unit()
    form = CommunityForm(obj=at.community)
    if form.is_sent:
        service.edit_community(
            uow,
            at.community,
            name=form.name.data or "",
            description=form.description.data or "",
            website=form.website.data or None,
            contact_email=form.contact_email.data or None,
            accent=(form.accent.data or "").lower(),
        )
        tell(str(_("Saved.")))
        return redirect(url_for("workshops.community_page", community=community), 303)
    owners = queries.community_owners(uow.session, at.community.id)
    return page(
        "workshops/community_settings.html",
        422 if form.errors else 200,
        form=form,
        community=at.community,
        owners=owners,
    )


@blueprint.route("/<community>/new", methods=["GET", "POST"])
@access(COMMUNITY_OWNER)
def new_edition(community: str) -> AnyResponse:
    """Found an edition; `new` is a reserved word, so no edition has this address."""
    at, uow = here_community(), unit()
    zone = viewer_zone()
    form = NewEditionForm(time_zone=at.editions[0].time_zone if at.editions else zone)
    if form.is_sent:
        try:
            made = service.create_edition(uow, at.community, form.wanted())
        except service.Taken as taken:
            add_error(form, taken.field, taken.sentence)
        else:
            name = isolated(made.name)
            tell(str(_("%(name)s is founded, as a draft that only its team can see. You own it.", name=name)))
            return redirect(url_for("workshops.settings", community=community, edition=made.slug), 303)
    return page(
        "workshops/new_edition.html", 422 if form.errors else 200, form=form, community=at.community,
        texts={kind.value: str(text) for kind, text in words.KIND_TEXTS.items()},
    )  # fmt: skip


# --- invitations


@blueprint.route("/invitations/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def invitation(token: str) -> AnyResponse:
    """What one is invited to; a POST accepts or declines. Wrong, used, withdrawn and expired tokens answer alike."""
    uow, person = unit(), viewer_person()
    navigation.frame().private = True
    try:
        found = team.find_open(uow, token)
        if request.method != "POST" and (endpoint := panels.answering(found.role)):
            return redirect(url_for(endpoint, token=token), 303)
        if request.method == "POST":
            return _answer(token, found)
    except NotFound:
        return page("workshops/invitation_over.html", 404)
    edition = found.edition
    response = page(
        "workshops/invitation.html",
        found=found,
        edition=edition,
        role=words.role_name(found.role),
        role_text=str(words.ROLE_TEXTS[found.role]),
        when=cover.moments(edition, uow.now)[0],
        answer_by=deadline_text(Deadline(found.expires_at, edition.time_zone)),
        other_address=person is not None and person.email.lower() != found.email.lower(),
        person=person,
        token=token,
        sign_in_url=url_for("accounts.sign_in", next=url_for("workshops.invitation", token=token)),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(token: str, found: Invitation) -> AnyResponse:
    uow, name = unit(), isolated(found.edition.name)
    if request.form.get("do") == "decline":
        team.decline(uow, token)
        tell(str(_("You declined. The team of %(name)s sees that; nothing else happens.", name=name)))
        return redirect("/", 303)
    if viewer_person() is None:
        return redirect(url_for("accounts.sign_in", next=url_for("workshops.invitation", token=token)), 303)
    team.accept(uow, token)
    tell(str(_("You are on the team of %(name)s.", name=name)))
    edition = found.edition
    there = url_for("workshops.edition_page", community=edition.community.slug, edition=edition.slug)
    return redirect(there, 303)


def add_error(form: BaseForm, field: str, sentence: str) -> None:
    """Put a refusal beside the field it is about."""
    form[field].errors = [*form[field].errors, sentence]
