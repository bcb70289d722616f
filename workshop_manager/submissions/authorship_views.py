"""The page of the link that asks somebody whether they are an author, and asking them again."""

from flask import redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import isolated
from workshop_manager.submissions import authorship, queries, words
from workshop_manager.submissions.views import blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import PUBLIC, access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.workshops.context import SIGNED_IN_EDITION, here
from workshop_manager.workshops.queries import get_edition


@blueprint.route("/authorships/<token>", methods=["GET", "POST"])
@access(PUBLIC)
@limiter.limit("60 per 5 minutes")
def authorship_asked(token: str) -> AnyResponse:
    """What one is named in; a POST claims it or has the name taken out. Tokens that do not count answer alike."""
    try:
        return _asked(token)
    except NotFound:
        navigation.frame().private = True
        return page("submissions/authorship_over.html", 404)


def _asked(token: str, refused: str = "") -> AnyResponse:
    uow, person = unit(), viewer_person()
    found, submission = authorship.find_open(uow, token)
    if request.method == "POST" and not refused:
        return _answer(token)
    navigation.frame().private = True
    edition = get_edition(uow.session, submission.edition_id)
    names = queries.names_of(uow.session, {submission.submitter_id} if submission.submitter_id else set())
    response = page(
        "submissions/authorship.html",
        409 if refused else 200,
        refused=refused,
        title=words.title_of(submission.title),
        edition=edition,
        author=found.author,
        submitter=names.get(submission.submitter_id or 0, ""),
        address=found.address,
        person=person,
        is_theirs=person is not None and found.author.person_id == person.id,
        is_alone=len(submission.authors) == 1,
        token=token,
        sign_in_url=url_for("accounts.sign_in", next=url_for("submissions.authorship_asked", token=token)),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _answer(token: str) -> AnyResponse:
    uow = unit()
    if request.form.get("do") == "leave":
        try:
            edition = authorship.disown(uow, token)
        except Conflict as refusal:
            return _asked(token, refusal.sentence)
        name = isolated(edition.name)
        tell(str(_("Your name is taken out. Whoever submitted it to %(name)s gets a mail.", name=name)))
        return redirect("/", 303)
    if viewer_person() is None:
        return redirect(url_for("accounts.sign_in", next=url_for("submissions.authorship_asked", token=token)), 303)
    submission = authorship.claim(uow, token)
    tell(str(_("It is yours: you find it here, and all else of that address too.")))
    edition = get_edition(uow.session, submission.edition_id)
    return redirect(url_for("submissions.detail", number=submission.number, **edition.slugs), 303)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/authors/<int:author_id>/letters")
@access(SIGNED_IN_EDITION)
def ask_author_again(community: str, edition: str, number: int, author_id: int) -> AnyResponse:
    """Send the mail to a co-author once more."""
    at, person = here(), viewer_person()
    found = queries.find_own(unit().session, at.edition.id, number, person.id if person else 0, lock=True)
    if found is None:
        raise NotFound
    try:
        authorship.ask_again(unit(), at.edition, found, author_id)
        tell(str(_("The mail is on its way again, with a new link.")))
    except Conflict as refusal:
        tell(refusal.sentence, "warning")
    return redirect(at.url("submissions.detail", number=number), 303)
