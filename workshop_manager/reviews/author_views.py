"""The authors' page of their reviews: cleaned of what was confided, with their response while it is taken."""

from typing import Any

from flask import Response, jsonify, redirect, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import Limits, limits_of
from workshop_manager.core.errors import Conflict
from workshop_manager.reviews import answering, phases, queries, thread_queries
from workshop_manager.reviews.answering import Reading
from workshop_manager.reviews.models import AuthorResponse
from workshop_manager.reviews.service import Stale
from workshop_manager.reviews.views import blueprint, start_text
from workshop_manager.submissions import uploads
from workshop_manager.submissions.content import Upload
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.words import outcome_of, state_sign, title_of
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, Text, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_zone
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here

PAGE = "/<community>/<edition>/submissions/<int:number>/reviews"


@blueprint.url_value_preprocessor
def let_a_revised_pdf_in(endpoint: str | None, _values: object) -> None:
    """A file far too large is refused in the form, beside the text; strangers get the usual, narrower limit."""
    if endpoint == "reviews.respond" and SIGNED_IN_KEY in session:
        request.max_content_length = uploads.LARGEST_BODY


class ResponseForm(BaseForm):
    """The authors' response."""

    version = HiddenField(default="0")
    text = Text(
        _l("Your response"),
        most=30_000,
        description=_l("Reviewers and chairs read it. Under double-blind review, name nobody."),
    )
    pdf = FileField(_l("A revised PDF"), description=_l("Instead of the one you submitted, if you changed it."))

    @property
    def upload(self) -> FileStorage | None:
        """The file that came with it."""
        data = self.pdf.data
        return data if isinstance(data, FileStorage) and data.filename else None

    @property
    def seen_version(self) -> int:
        """The version the form started from."""
        typed = str(self.version.data or "")
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1


@blueprint.get(PAGE)
@access(SIGNED_IN_EDITION)
def received(community: str, edition: str, number: int) -> Response:
    """What reviewers wrote of one's own work, and one's response. Until it may be read, the page does not exist."""
    at = here()
    reading = answering.find_reading(unit(), at.edition, number)
    row = thread_queries.response_of(unit().session, reading.submission.id)
    form = ResponseForm(version=str(row.version), text=row.text) if row else ResponseForm()
    return _page(at, reading, row, form)


def _page(
    at: Here,
    reading: Reading,
    row: AuthorResponse | None,
    form: ResponseForm,
    status: int = 200,
    stored: AuthorResponse | None = None,
) -> Response:
    db, found = unit().session, reading.submission
    navigation.frame().private = True
    settings = queries.settings_of(db, at.edition.id)
    every = queries.phases_of(db, [at.edition.id])[at.edition.id]
    following = phases.next_phase(every, unit().now)
    return page(
        "reviews/received.html",
        status,
        at=at,
        number=found.number,
        title=title_of(found.title),
        given=answering.given_to_authors(unit(), [found.id], is_released=reading.is_released)[found.id],
        is_released=reading.is_released,
        sign=state_sign(found.state),
        outcome=outcome_of(found) if found.state in ON_PROGRAMME else None,
        may_respond=reading.may_respond,
        until=start_text(following) if reading.may_respond else None,
        form=form,
        stored=stored,
        row=row,
        sent_at=when_text(row.sent_at, viewer_zone() or at.edition.time_zone) if row and row.sent_at else "",
        word_limit=settings.response_words,
        takes_pdf=settings.response_pdf,
        revised=queries.revised_of(db, found.id),
    )


@blueprint.post(PAGE)
@access(SIGNED_IN_EDITION)
def respond(community: str, edition: str, number: int) -> Any:
    """Keep the response, or send it to reviewers and chairs."""
    at, form, uow = here(), ResponseForm(), unit()
    reading = answering.find_reading(uow, at.edition, number)
    row = thread_queries.response_of(uow.session, reading.submission.id)
    if not form.is_sent:
        return _page(at, reading, row, form, 422)
    upload: Upload | None = None
    if form.upload is not None and reading.may_respond:
        try:
            upload = uploads.take(uow, form.upload, _limits(at, reading))
        except uploads.Refused as refusal:
            form.pdf.errors = [refusal.sentence]
        # The transaction ended while the file was looked at.
        reading = answering.find_reading(uow, at.edition, number)
        row = thread_queries.response_of(uow.session, reading.submission.id)
        if form.pdf.errors:
            return _page(at, reading, row, form, 422)
    send = request.form.get("do") != "draft"
    try:
        answering.respond(uow, at.edition, number, form.text.data or "", upload, version=form.seen_version, send=send)
    except Stale as refusal:
        form.text.errors = [refusal.sentence]
        form.version.data, form.version.raw_data = str(row.version if row else 0), None
        return _page(at, reading, row, form, 422, stored=row)
    except Conflict as refusal:
        form.text.errors = [refusal.sentence]
        return _page(at, reading, row, form, 422)
    tell(
        str(
            _("Your response is in. Reviewers and chairs read it.")
            if send
            else _("Kept as a draft. Nobody but the authors reads it.")
        )
    )
    return redirect(at.url("reviews.received", number=number), 303)


def _limits(at: Here, reading: Reading) -> Limits:
    """What a revised PDF keeps to: the same as the first."""
    kind = calls.type_of(unit().session, at.edition.id, reading.submission.type_id)
    return limits_of(calls.find_call(unit().session, at.edition.id), kind)


@blueprint.post(f"{PAGE}/draft")
@access(SIGNED_IN_EDITION)
def keep_response(community: str, edition: str, number: int) -> Any:
    """Keep a response that is being typed and was not sent yet. For the page's script."""
    at, form = here(), ResponseForm()
    reading = answering.find_reading(unit(), at.edition, number)
    row = thread_queries.response_of(unit().session, reading.submission.id)
    if row is not None and row.is_sent:
        return jsonify(saved=False, message=str(_("It is sent. Changes count once you save them."))), 409
    if not form.is_sent:
        sentence = next((str(e) for errors in form.errors.values() for e in errors), "")
        return jsonify(saved=False, message=sentence), 422
    try:
        kept = answering.respond(
            unit(), at.edition, number, form.text.data or "", None, version=form.seen_version, send=False
        )
    except Conflict as refusal:
        return jsonify(saved=False, message=refusal.sentence), 409
    at_text = when_text(kept.changed_at, viewer_zone() or at.edition.time_zone)
    return jsonify(saved=True, version=str(kept.version), message=str(_("Saved at %(when)s", when=at_text)))
