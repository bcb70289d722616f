"""Pages that look across features: the front page, a person's home, the organisers' desk, the mails of an edition."""

from flask import Blueprint, Response, redirect, request
from flask_babel import gettext as _

from workshop_manager.dashboard import attendance as attendance_plots
from workshop_manager.dashboard import service, words
from workshop_manager.dashboard.desk import desk as desk_of
from workshop_manager.dashboard.home import home as home_of
from workshop_manager.mail import queries as mail_queries
from workshop_manager.mail import service as mail_service
from workshop_manager.mail.models import MailState
from workshop_manager.mail.rules import TEXT_KEPT
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import settings, unit, viewer_person
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops.context import here, team
from workshop_manager.workshops.rules import MAY_DESK, MAY_MAIL, MAY_SETTINGS

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/")
@access(PUBLIC)
@kept_for_visitors
def home() -> Response:
    """For a visitor what this is and what is on; for a person everything they are part of, and what waits for them."""
    person = viewer_person()
    frame = navigation.frame()
    frame.brand_name = settings().site_name
    if person is None:
        frame.canonical = f"{settings().base_url}/"
        return page("dashboard/front.html", editions=service.public_editions(unit()))
    frame.private = True
    return page("dashboard/home.html", home=home_of(unit(), person))


@blueprint.get("/workshops")
@access(PUBLIC)
@kept_for_visitors
def editions() -> Response:
    """What is on, for everybody: the front page has the same for visitors."""
    navigation.frame().brand_name = settings().site_name
    return page("dashboard/editions.html", editions=service.public_editions(unit()))


@blueprint.get("/<community>/<edition>/organise/")
@access(team(MAY_DESK))
def desk(community: str, edition: str) -> Response:
    """The edition at a glance: dates ahead, counts, what waits for whom."""
    return page("dashboard/desk.html", at=here(), desk=desk_of(unit(), here(), viewer_person()))


@blueprint.get("/<community>/<edition>/organise/registration/statistics")
@access(team(MAY_SETTINGS))
def attendance(community: str, edition: str) -> Response:
    """Who registers: over time, by kind, country and career stage."""
    at = here()
    parts = navigation.parts("registration", at, request.endpoint)
    return page("dashboard/attendance.html", at=at, parts=parts, plots=attendance_plots.plots_of(unit(), at.edition))


@blueprint.get("/<community>/<edition>/organise/mail")
@access(team(MAY_MAIL))
def mails(community: str, edition: str) -> Response:
    """The edition's mails: queued, sent, failed."""
    at = here()
    wanted = request.args.get("state", "")
    state = next((s for s in MailState if s.value == wanted), None)
    session = unit().session
    viewer_id = viewer_person().id
    counts = mail_queries.counts_by_state(session, at.edition.id, viewer_id)
    pager = paging(counts.get(state, 0) if state else sum(counts.values()))
    rows = mail_queries.edition_mails(session, at.edition.id, state, pager.offset, pager.size, viewer_id)
    choices = [(str(_("All")), at.url("dashboard.mails"), state is None, sum(counts.values()))]
    choices += [
        (words.mail_state(s)[1], at.url("dashboard.mails", state=s.value), s is state, counts[s])
        for s in MailState
        if counts.get(s)
    ]
    signs = {s: words.mail_state(s) for s in MailState}
    return page(
        "dashboard/mails.html", at=at, mails=rows, choices=choices, signs=signs, pager=pager, text_days=TEXT_KEPT.days
    )


@blueprint.get("/<community>/<edition>/organise/mail/<int:mail_id>")
@access(team(MAY_MAIL))
def one_mail(community: str, edition: str, mail_id: int) -> Response:
    """One mail as it was rendered."""
    at = here()
    mail = service.edition_mail(unit(), at, mail_id)
    facts = words.mail_facts(mail, at.edition.time_zone)
    return page("dashboard/mail.html", at=at, mail=mail, facts=facts, text_days=TEXT_KEPT.days)


@blueprint.post("/<community>/<edition>/organise/mail/<int:mail_id>/attempts")
@access(team(MAY_MAIL))
def retry(community: str, edition: str, mail_id: int) -> Response:
    """Queue a failed mail once more."""
    at = here()
    service.edition_mail(unit(), at, mail_id)
    mail_service.try_again(unit(), at.edition.id, mail_id)
    tell(str(_("Queued again. The worker sends it within seconds.")))
    return redirect(at.url("dashboard.mails"), 303)  # type: ignore[return-value]


@blueprint.get("/robots.txt")
@access(PUBLIC)
@kept_for_visitors
def robots() -> Response:
    """Search engines: public pages yes, organisers' pages and calendars no."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/*/organise/", "/calendars/", "/join/"))
    return Response(f"User-agent: *\n{closed}", mimetype="text/plain")
