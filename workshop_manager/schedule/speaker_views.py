"""Pages of speakers and of single items, from the released programme; and what speakers say about themselves."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, Form, HiddenField
from wtforms.validators import ValidationError

from workshop_manager.core.deadlines import zone_city
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.schedule import beside_items, exports, publishing, queries, speakers
from workshop_manager.schedule.models import SpeakerPage
from workshop_manager.schedule.programme import Item, Programme
from workshop_manager.schedule.speakers import Details
from workshop_manager.schedule.timetable import Timetable, Wanted, timetable
from workshop_manager.schedule.views import blueprint, pages_at
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import BaseForm, Line, Text, tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import clock_text
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE

SPEAKERS = "/<community>/<edition>/schedule/speakers"
DESK = "/<community>/<edition>/organise/schedule/speakers"
OWN = "/<community>/<edition>/schedule/my-speaker-page"


# -- public ------------------------------------------------------------------------------------------------------------


@blueprint.get(SPEAKERS, endpoint="speakers")
@access(EDITION)
@kept_for_visitors
def everybody(community: str, edition: str) -> Response:
    """Everybody whom the released programme names, by name."""
    at, session = here(), unit().session
    navigation.frame().canonical = absolute("schedule.speakers", community=community, edition=edition)
    shown = queries.published(session, at.edition.id)
    found = speakers.listed(shown.programme) if shown else ()
    return page("schedule/speakers.html", at=at, speakers=found, pages=pages_at(at))


@blueprint.get(f"{SPEAKERS}/<code>")
@access(EDITION)
@kept_for_visitors
def speaker(community: str, edition: str, code: str) -> Response:
    """One speaker: what they say about themselves, and what they do here, on both clocks. The address names nobody."""
    at, session = here(), unit().session
    row = speakers.public_page(session, at.edition.id, code)
    found = speakers.find(row.programme, code) if row is not None else None
    if row is None or found is None:
        raise NotFound
    navigation.frame().canonical = absolute("schedule.speaker", community=community, edition=edition, code=code)
    table = _table(at, publishing.parsed(row.programme), found.items)
    address = _calendar(at, found.items)
    return page(
        "schedule/speaker.html",
        at=at,
        who=found,
        said=Details(**(row.details or {})),
        table=table,
        own_city=_own_city(table),
        calendar=address,
        is_mine=_is_mine(at, code),
    )


@blueprint.get("/<community>/<edition>/schedule/items/<uid>")
@access(EDITION)
@kept_for_visitors
def item(community: str, edition: str, uid: str) -> Response:
    """One item of the released programme, with what stands in it."""
    at, session = here(), unit().session
    shown = queries.published(session, at.edition.id)
    programme = publishing.parsed(shown.programme) if shown else None
    found = programme.item(uid) if programme is not None else None
    if programme is None or found is None:
        raise NotFound
    navigation.frame().canonical = absolute("schedule.item", community=community, edition=edition, uid=uid)
    table = _table(at, programme, [found, *programme.children(uid)])
    return page(
        "schedule/item_page.html",
        at=at,
        item=found,
        line=table.days[0].lines[0],
        sections=beside_items.sections(at, found),
        day=table.days[0].title,
        until=clock_text(found.end.astimezone(table.clocks.event))
        if found.end is not None and found.end > found.start
        else "",
        around=programme.item(found.parent),
        table=table,
        own_city=_own_city(table),
        calendar=_calendar(at, [found, *programme.children(uid)]),
    )


def _table(at: Here, programme: Programme, items: Iterable[Item]) -> Timetable:
    return timetable(
        speakers.only(programme, items),
        now=unit().now,
        own=viewer_zone(),
        wanted=Wanted(),
        marks={},
        pages=pages_at(at),
    )


def _own_city(table: Timetable) -> str:
    return zone_city(table.clocks.own.key) if table.clocks.own else ""


def _calendar(at: Here, items: Iterable[Item]) -> str:
    chosen = exports.stars_of(item.uid for item in list(items)[: exports.MOST_STARS])
    return absolute("schedule.starred_feed", **at.slugs, stars=chosen)


def _is_mine(at: Here, code: str) -> bool:
    person = viewer_person()
    if person is None:
        return False
    own = speakers.own_page(unit().session, at.edition.id, person.id)
    return own is not None and own.code == code


# -- writing it --------------------------------------------------------------------------------------------------------


def _is_web_address(_form: Form, field: Field) -> None:
    typed = field.data or ""
    try:
        parts = urlsplit(typed)
    except ValueError:
        parts = urlsplit("")
    if typed and (parts.scheme not in ("https", "http") or not parts.hostname or " " in typed):
        raise ValidationError(str(_("Write the whole address, beginning with https://.")))


class DetailsForm(BaseForm):
    """What a speaker says about themselves."""

    seen = HiddenField()
    pronouns = Line(_l("Pronouns"), most=60)
    biography = Text(
        _l("A few sentences about you"),
        most=1500,
        description=_l("What somebody in the room would like to know: two to five sentences."),
    )
    link = Line(_l("Your page elsewhere"), [_is_web_address], most=500, render_kw={"inputmode": "url"})
    shown = BooleanField(
        _l("Show this on my page of the programme"),
        description=_l(
            "Anybody can read it there, and search engines find it. Without this nobody but you reads it. You can take "
            "it back at any time."
        ),
    )

    def fill(self, row: SpeakerPage) -> None:
        """Show what is kept."""
        said = speakers.said(row)
        self.pronouns.data, self.biography.data, self.link.data = said.pronouns, said.biography, said.link
        self.shown.data, self.seen.data = row.shown_at is not None, str(row.version)

    def read(self) -> Details:
        """What was typed."""
        return Details(self.pronouns.data or "", self.biography.data or "", self.link.data or "")

    @property
    def version(self) -> int:
        """Of the page that was changed."""
        typed = self.seen.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


@blueprint.route(OWN, methods=["GET", "POST"])
@access(SIGNED_IN_EDITION)
def my_speaker_page(community: str, edition: str) -> Response:
    """What one says about oneself as a speaker of this edition."""
    at, uow = here(), unit()
    navigation.frame().private = True
    person = viewer_person()
    row = speakers.own_page(uow.session, at.edition.id, person.id)
    if row is None:
        return page("schedule/no_speaker.html", 409 if request.method == "POST" else 200, at=at)
    form = DetailsForm()
    refused, status = "", 200
    if form.is_sent:
        try:
            speakers.say(uow, at.edition, person, form.read(), shown=bool(form.shown.data), seen=form.version)
        except Conflict as conflict:
            refused, status = conflict.sentence, 409
        else:
            return _kept(at, row)
    elif form.errors:
        status = 422
    else:
        form.fill(row)
        if not row.details and person.pronouns:
            # Only offered: nothing of the account is shown that was not said here.
            form.pronouns.data = person.pronouns
    return page("schedule/my_speaker.html", status, at=at, form=form, refused=refused, code=_public_code(at, row))


def _public_code(at: Here, row: SpeakerPage) -> str:
    shown = queries.published(unit().session, at.edition.id)
    return row.code if shown is not None and speakers.find(shown.programme, row.code) is not None else ""


def _kept(at: Here, row: SpeakerPage) -> Response:
    if row.shown_at is None:
        tell(str(_("Kept. Nobody else reads it.")))
    elif _public_code(at, row):
        tell(str(_("Kept, and shown on your page.")))
    else:
        tell(str(_("Kept. By your choice of how you are listed you have no page now, so nobody reads it.")))
    return redirect(at.url("schedule.my_speaker_page"), 303)  # type: ignore[return-value]


# -- desk --------------------------------------------------------------------------------------------------------------


@blueprint.get(DESK)
@access(team(MAY_SCHEDULE))
def desk_speakers(community: str, edition: str) -> Response:
    """Everybody with a page: who says something, and for whom organisers may write."""
    at, session = here(), unit().session
    shown = queries.published(session, at.edition.id)
    rows = speakers.desk_rows(session, at.edition.id)
    found = [(one, rows.get(one.code or "")) for one in speakers.listed(shown.programme)] if shown else []
    return page("schedule/desk_speakers.html", at=at, found=found)


@blueprint.route(f"{DESK}/<code>", methods=["GET", "POST"])
@access(team(MAY_SCHEDULE))
def desk_speaker(community: str, edition: str, code: str) -> Response:
    """Write for a speaker without an account what they want said."""
    at, uow = here(), unit()
    shown = queries.published(uow.session, at.edition.id)
    who = speakers.find(shown.programme, code) if shown is not None else None
    row = speakers.desk_page(uow.session, at.edition.id, code)
    if row is None or who is None:
        raise NotFound
    if row.person_id is not None:
        tell(str(_("They have an account, and write this themselves.")), "warning")
        return redirect(at.url("schedule.desk_speakers"), 303)  # type: ignore[return-value]
    form = DetailsForm()
    form.biography.label.text = str(_("A few sentences about them"))
    form.link.label.text = str(_("Their page elsewhere"))
    form.shown.label.text = str(_("They agreed that this is shown"))
    form.shown.description = str(_("Anybody can read it on their page, and search engines find it."))
    refused, status = "", 200
    if form.is_sent:
        try:
            speakers.say_for(
                uow, at.edition, at.standing, code, form.read(), shown=bool(form.shown.data), seen=form.version
            )
        except Conflict as conflict:
            refused, status = conflict.sentence, 409
        else:
            tell(str(_("Kept.")))
            return redirect(at.url("schedule.desk_speakers"), 303)  # type: ignore[return-value]
    elif form.errors:
        status = 422
    else:
        form.fill(row)
    return page("schedule/desk_speaker.html", status, at=at, form=form, who=who, code=code, refused=refused)
