"""The discussion of a work, for its reviewers, its lead and its chairs; and the lead's meta-review."""

from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import Optional

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.reviews import discussing, queries, rules, thread_queries, words
from workshop_manager.reviews.discussing import MetaContent, Seat
from workshop_manager.reviews.models import MetaReview
from workshop_manager.reviews.service import Stale
from workshop_manager.reviews.shown import for_chairs, for_reviewers
from workshop_manager.reviews.states import Advice
from workshop_manager.reviews.thread_queries import Said
from workshop_manager.reviews.views import BASE, blueprint
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, Text, required, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import SIGNED_IN_EDITION, Here, here

MOST_CHARACTERS = 5_000


class MessageForm(BaseForm):
    """A contribution to a discussion."""

    text = Text(
        _l("Your message"),
        [required(_l("Write something first."))],
        most=MOST_CHARACTERS,
        description=_l("Mention somebody with @reviewer-1, @lead, @chair or @all, and they get a mail."),
    )


class MetaForm(BaseForm):
    """A meta-review. Everything is optional in a draft; handing in says what is missing."""

    version = HiddenField(default="0")
    advice = RadioField(
        _l("What you recommend"), [Optional()], choices=[SelectChoice(a.value, w) for a, w in words.ADVICE.items()]
    )
    text = Text(
        _l("What the reviews amount to"),
        most=20_000,
        description=_l("What they agree on, where they differ, and what weighs more. No names."),
    )
    remark = Text(_l("For the chairs only"), most=5_000, description=_l("The authors never see this. May stay empty."))

    def content(self) -> MetaContent:
        """What was typed, for the service."""
        return MetaContent(
            Advice(self.advice.data) if self.advice.data else None, self.text.data or "", self.remark.data or ""
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A message as one reader gets it."""

    id: int
    who: str
    name: str | None
    handle: str
    """How to mention its writer."""
    when: str
    parts: tuple[tuple[str, bool], ...]
    """The text in pieces; True for one that mentions somebody."""
    is_own: bool
    is_new: bool
    is_edited: bool
    is_removed: bool
    may_mend: bool


def _lines(at: Here, taken: Seat, said: list[Said], seen_up_to: int) -> list[Line]:
    zone, person_id, now = viewer_zone() or at.edition.time_zone, viewer_person().id, unit().now
    return [
        Line(
            id=one.message.id,
            who=_who(one),
            name=_name(taken, one),
            handle=_handle(one),
            when=when_text(one.message.created_at, zone),
            parts=_parts(one.message.text),
            is_own=one.message.person_id == person_id,
            is_new=one.message.id > seen_up_to and one.message.person_id != person_id,
            is_edited=one.message.edited_at is not None,
            is_removed=one.message.removed_at is not None,
            may_mend=rules.may_mend(
                person_id,
                one.message.person_id,
                one.message.created_at,
                now,
                is_removed=one.message.removed_at is not None,
            ),
        )
        for one in said
    ]


def _who(one: Said) -> str:
    if one.message.speaks_as == "chair":
        return str(_("Chair"))
    if one.message.speaks_as == "lead":
        return str(_("Lead"))
    return words.handle_name(one.number) if one.number is not None else str(_("Somebody who left"))


def _handle(one: Said) -> str:
    if one.message.speaks_as in ("chair", "lead"):
        return f"@{one.message.speaks_as}"
    return f"@reviewer-{one.number}" if one.number is not None else ""


def _name(taken: Seat, one: Said) -> str | None:
    """Chairs know everybody; of reviewers, others learn the name only where the phase shows it."""
    if one.message.person is None or not taken.sees_names:
        return None
    return one.message.person.name


def _parts(text: str) -> tuple[tuple[str, bool], ...]:
    found, place = [], 0
    for match in rules.MENTION.finditer(text):
        found += [(text[place : match.start()], False), (match[0], True)]
        place = match.end()
    return tuple((part, is_mention) for part, is_mention in [*found, (text[place:], False)] if part)


@blueprint.get(f"{BASE}/<int:number>/discussion")
@access(SIGNED_IN_EDITION)
def discussion(community: str, edition: str, number: int) -> Response:
    """What reviewers, lead and chairs say about a work, below what they reviewed."""
    at = here()
    return _page(at, discussing.seat(unit(), at.edition, number), MessageForm(formdata=None))


def _page(
    at: Here, taken: Seat, form: MessageForm, status: int = 200, refused: str = "", mending: int | None = None
) -> Response:
    session, person_id = unit().session, viewer_person().id
    navigation.frame().private = True
    said = thread_queries.thread(session, taken.submission.id)
    row = thread_queries.seen_row(session, taken.submission.id, person_id)
    lines = _lines(at, taken, said, row.message_id if row else 0)
    found = queries.reviews_around(session, taken.submission.id, person_id)
    meta = taken.meta if taken.is_chair or taken.is_lead else None
    return page(
        "reviews/discussion.html",
        status,
        at=at,
        number=taken.submission.number,
        title=taken.submission.title,
        lines=lines,
        unseen=sum(line.is_new for line in lines),
        newest=said[-1].message.id if said else 0,
        form=form,
        refused=refused,
        mending=mending,
        may_speak=taken.may_speak,
        is_open=taken.phase.may_discuss and taken.is_undecided,
        is_chair=taken.is_chair,
        is_lead=taken.is_lead,
        sees_names=taken.sees_names,
        reviews=for_chairs(found) if taken.is_chair else for_reviewers(found, taken.phase, person_id),
        meta=meta if meta and (meta.written_at or taken.is_lead) else None,
        meta_advice=words.ADVICE[meta.advice] if meta and meta.advice else "",
        phase_name=words.phase_name(taken.phase) if taken.phase.starts_at else "",
        back=at.url("reviews.assignments_one", number=taken.submission.number)
        if taken.is_chair
        else at.url("reviews.review", number=taken.submission.number),
        home=at.url("reviews.assignments") if taken.is_chair else at.url("reviews.mine"),
    )


@blueprint.post(f"{BASE}/<int:number>/discussion")
@access(SIGNED_IN_EDITION)
def discussion_say(community: str, edition: str, number: int) -> Any:
    """Say something."""
    at, form = here(), MessageForm()
    taken = discussing.seat(unit(), at.edition, number)
    if not form.is_sent:
        return _page(at, taken, form, 422)
    try:
        made = discussing.say(unit(), at.edition, number, form.text.data or "")
    except Conflict as refusal:
        return _page(at, taken, form, 409, refusal.sentence)
    return redirect(at.url("reviews.discussion", number=number) + f"#m{made.id}", 303)


@blueprint.post(f"{BASE}/<int:number>/discussion/seen")
@access(SIGNED_IN_EDITION)
def discussion_seen(community: str, edition: str, number: int) -> Any:
    """Mark everything up to a message as read."""
    at = here()
    typed = request.form.get("up_to", "")
    up_to = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
    discussing.mark_read(unit(), at.edition, number, up_to)
    return redirect(at.url("reviews.discussion", number=number), 303)


@blueprint.route(f"{BASE}/<int:number>/discussion/<int:message_id>", methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def discussion_mend(community: str, edition: str, number: int, message_id: int) -> Any:
    """Change one's own words."""
    at = here()
    taken = discussing.seat(unit(), at.edition, number)
    message = thread_queries.find(unit().session, taken.submission.id, message_id)
    person_id = viewer_person().id
    if message is None or message.person_id != person_id or message.removed_at is not None:
        raise NotFound
    form = MessageForm(data={"text": message.text})
    if request.method != "POST":
        if not rules.may_mend(person_id, message.person_id, message.created_at, unit().now, is_removed=False):
            raise NotFound
        return _page(at, taken, form, mending=message_id)
    if not form.is_sent:
        return _page(at, taken, form, 422, mending=message_id)
    try:
        discussing.mend(unit(), at.edition, number, message_id, form.text.data or "")
    except Conflict as refusal:
        return _page(at, taken, form, 409, refusal.sentence)
    return redirect(at.url("reviews.discussion", number=number) + f"#m{message_id}", 303)


@blueprint.post(f"{BASE}/<int:number>/discussion/<int:message_id>/removal")
@access(SIGNED_IN_EDITION)
def discussion_take_back(community: str, edition: str, number: int, message_id: int) -> Any:
    """Take one's own words back."""
    at = here()
    discussing.take_back(unit(), at.edition, number, message_id)
    tell(str(_("Taken back. That something stood there stays visible.")))
    return redirect(at.url("reviews.discussion", number=number), 303)


# -- the meta-review ----------------------------------------------------------------------------------------------


@blueprint.get(f"{BASE}/<int:number>/meta-review")
@access(SIGNED_IN_EDITION)
def meta(community: str, edition: str, number: int) -> Response:
    """What the lead sums up."""
    at = here()
    taken, row = _led(at, number)
    form = MetaForm(
        version=str(row.version), advice=row.advice.value if row.advice else None, text=row.text, remark=row.remark
    )
    return _meta_page(at, taken, row, form)


def _led(at: Here, number: int) -> tuple[Seat, MetaReview]:
    taken = discussing.seat(unit(), at.edition, number)
    if not taken.is_lead or taken.meta is None:
        raise NotFound
    return taken, taken.meta


def _meta_page(
    at: Here, taken: Seat, row: MetaReview, form: MetaForm, status: int = 200, stored: MetaReview | None = None
) -> Response:
    session, person_id = unit().session, viewer_person().id
    navigation.frame().private = True
    found = queries.reviews_around(session, taken.submission.id, person_id)
    return page(
        "reviews/meta.html",
        status,
        at=at,
        number=taken.submission.number,
        title=taken.submission.title,
        form=form,
        is_in=row.written_at is not None,
        is_open=taken.is_undecided,
        stored=stored,
        for_authors=queries.settings_of(session, at.edition.id).meta_for_authors,
        reviews=for_chairs(found) if taken.is_chair else for_reviewers(found, taken.phase, person_id),
    )


@blueprint.post(f"{BASE}/<int:number>/meta-review")
@access(SIGNED_IN_EDITION)
def meta_send(community: str, edition: str, number: int) -> Any:
    """Keep the meta-review, or hand it in."""
    at, form = here(), MetaForm()
    taken, row = _led(at, number)
    if not form.is_sent:
        return _meta_page(at, taken, row, form, 422)
    typed = str(form.version.data or "")
    version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else -1
    hand_in = request.form.get("do") != "draft"
    try:
        discussing.sum_up(unit(), at.edition, number, form.content(), version=version, hand_in=hand_in)
    except discussing.MetaIncomplete as refusal:
        if "advice" in refusal.fields:
            form.advice.errors = [str(_("Say what you recommend."))]
        if "text" in refusal.fields:
            form.text.errors = [str(_("Write a few sentences."))]
        return _meta_page(at, taken, row, form, 422)
    except Stale as refusal:
        form.text.errors = [refusal.sentence]
        form.version.data, form.version.raw_data = str(row.version), None
        return _meta_page(at, taken, row, form, 422, stored=row)
    if hand_in:
        tell(
            str(
                _(
                    "Your meta-review of #%(number)s is in. You can change it until decisions are released.",
                    number=number,
                )
            )
        )
        return redirect(at.url("reviews.discussion", number=number), 303)
    tell(str(_("Draft saved. Nobody but you reads it.")))
    return redirect(at.url("reviews.meta", number=number), 303)
