"""The organisers' pages: settings, code of conduct, branding, dates, tracks and rooms."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.web.accent import derive
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit
from workshop_manager.web.times import deadline_text
from workshop_manager.workshops import cancelling, panels, queries, service, words
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.forms import (
    CancelForm,
    CancellationForm,
    ColourForm,
    ConductForm,
    LogoForm,
    MoveDateForm,
    NewTrackForm,
    RoomForm,
    SettingsForm,
    TrackForm,
    event_values,
    new_date_form,
)
from workshop_manager.workshops.logo import NotALogo
from workshop_manager.workshops.models import Edition, ImportantDate, Room, Track
from workshop_manager.workshops.preview import preview_css
from workshop_manager.workshops.rules import MAY_OWN, MAY_SETTINGS, order_doubts
from workshop_manager.workshops.states import DateKey
from workshop_manager.workshops.views import add_error, blueprint, stylesheet, weave_slug

ORGANISE = "/<community>/<edition>/organise"


def _parts(at: Here) -> list[tuple[str, str, bool]]:
    """The parts of the settings, as links."""
    parts: tuple[tuple[str, tuple[str, ...], str], ...] = (
        ("workshops.settings", ("workshops.settings",), _("Basics")),
        ("workshops.settings_dates", ("workshops.settings_dates", "workshops.settings_date"), _("Dates")),
        ("workshops.settings_tracks", ("workshops.settings_tracks", "workshops.settings_track"), _("Tracks")),
        ("workshops.settings_rooms", ("workshops.settings_rooms", "workshops.settings_room"), _("Rooms")),
        (
            "workshops.settings_branding",
            ("workshops.settings_branding", "workshops.settings_logo"),
            _("Colour and logo"),
        ),
        ("workshops.settings_conduct", ("workshops.settings_conduct",), _("Code of conduct")),
    )
    if at.standing.may(MAY_OWN):
        ends = ("workshops.settings_cancellation", "workshops.settings_reinstatement")
        parts = (*parts, (ends[0], ends, _("Cancel")))
    return [(str(label), at.url(first), request.endpoint in pages) for first, pages, label in parts]


def _desk(template: str, at: Here, status: int = 200, **values: Any) -> Response:
    return page(f"workshops/{template}.html", status, edition=at.edition, at=at, settings_parts=_parts(at), **values)


def _saved(at: Here, endpoint: str, sentence: str) -> AnyResponse:
    tell(sentence)
    return redirect(at.url(endpoint), 303)


def _typed_version() -> int:
    typed = request.form.get("version", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


# --- basics


@blueprint.route(f"{ORGANISE}/settings", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings(community: str, edition: str) -> AnyResponse:
    """Name, kind, place, time, words and visibility of the edition."""
    at, uow = here(), unit()
    form = SettingsForm(data=event_values(at.edition) | {"version": at.edition.version})
    status, differences = 200, list[tuple[str, str, str]]()
    if form.is_sent:
        try:
            service.save_settings(uow, at.edition, form.wanted(), _typed_version())
        except service.Stale:
            # The form now carries the version it was compared with: sending it again saves knowingly.
            current = queries.locked_edition(uow.session, at.edition.id)
            status, differences = 409, _differences(current, form)
            form.version.data = str(current.version)
        else:
            return _saved(at, "workshops.settings", str(_("Saved. The pages show it now.")))
    elif form.is_submitted():
        status = 422
    return _desk(
        "settings", at, status,
        form=form,
        stale=status == 409,
        differences=differences,
        kind_texts={kind.value: str(text) for kind, text in words.KIND_TEXTS.items()},
        visibility_texts={v.value: str(text) for v, text in words.VISIBILITY_TEXTS.items()},
    )  # fmt: skip


def _differences(current: Edition, form: SettingsForm) -> list[tuple[str, str, str]]:
    """(label, theirs, yours) for each field in which the stored edition differs from what was typed."""
    stored = SettingsForm(formdata=None, data=event_values(current))
    names = [field.name for field in stored if field.name != "version"]
    return [
        (str(form[name].label.text), _shown(stored[name]), _shown(form[name]))
        for name in names
        if (stored[name].data or None) != (form[name].data or None)
    ]


def _shown(field: Any) -> str:
    data = field.data
    if data is None or data == "":
        return str(_("nothing"))
    if hasattr(field, "iter_choices"):
        return str(next((c.label for c in field.choices if c.value == data.value), data.value))
    return data.strftime("%H:%M") if hasattr(data, "hour") else str(data)


@blueprint.route(f"{ORGANISE}/settings/conduct", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_conduct(community: str, edition: str) -> AnyResponse:
    """The code of conduct; a change of substance makes a new version."""
    at = here()
    form = ConductForm(text=at.edition.code_of_conduct, version=at.edition.version)
    status, theirs = 200, None
    if form.is_sent:
        try:
            saved = service.save_conduct(
                unit(), at.edition, form.text.data or "", mends_spelling=form.mends_spelling.data,
                version=_typed_version(),
            )  # fmt: skip
        except service.Stale:
            current = queries.locked_edition(unit().session, at.edition.id)
            status, theirs = 409, current.code_of_conduct
            form.version.data = str(current.version)
        else:
            sentence = _("Saved as version %(number)s.", number=saved.code_of_conduct_version)
            return _saved(at, "workshops.settings_conduct", str(sentence))
    elif form.is_submitted():
        status = 422
    return _desk("settings_conduct", at, status, form=form, theirs=theirs)


# --- calling it off


@blueprint.route(f"{ORGANISE}/settings/cancellation", methods=["GET", "POST"])
@access(team(MAY_OWN))
def settings_cancellation(community: str, edition: str) -> AnyResponse:
    """Who would be told, the mail, and the reason; once cancelled, the way back."""
    at = here()
    if request.method == "GET" and at.edition.is_cancelled:
        return _cancellation(at, CancellationForm(formdata=None, slug=at.edition.slug))
    form = CancelForm(slug=at.edition.slug)
    if form.is_sent:
        told = cancelling.cancel(unit(), at.edition, form.reason.data or "")
        sentence = ngettext(
            "The edition is cancelled, and %(num)s person is told.",
            "The edition is cancelled, and %(num)s people are told.",
            told,
        )
        return _saved(at, "workshops.settings_cancellation", str(sentence))
    return _cancellation(at, form, 422 if form.is_submitted() else 200)


@blueprint.post(f"{ORGANISE}/settings/cancellation/withdrawal")
@access(team(MAY_OWN))
def settings_reinstatement(community: str, edition: str) -> AnyResponse:
    """Put a cancelled edition on again."""
    at = here()
    if not at.edition.is_cancelled:
        raise Conflict(str(_("This edition is not cancelled. Nobody was told anything.")))
    form = CancellationForm(slug=at.edition.slug)
    if form.is_sent:
        told = cancelling.reinstate(unit(), at.edition)
        sentence = ngettext(
            "The edition takes place after all, and %(num)s person is told.",
            "The edition takes place after all, and %(num)s people are told.",
            told,
        )
        return _saved(at, "workshops.settings_cancellation", str(sentence))
    return _cancellation(at, form, 422)


def _cancellation(at: Here, form: CancellationForm, status: int = 200) -> Response:
    found = cancelling.circles(unit(), at.edition)
    total = len(cancelling.everybody(found))
    ahead = not at.edition.is_cancelled
    reason = (form.reason.data if isinstance(form, CancelForm) else "") or _("(the reason you write below)")
    subject, text = cancelling.sample(at.edition, reason, cancelled=ahead)
    told = ngettext(
        "%(num)s person gets one mail.",
        "%(num)s people get one mail each, also those who stand in several of these lists.",
        total,
    )
    return _desk(
        "settings_cancellation", at, status,
        form=form,
        total=total,
        told=told,
        lines=[(label, len(people)) for label, people in found if people],
        subject=subject,
        text=text,
    )  # fmt: skip


# --- colour and logo


@blueprint.route(f"{ORGANISE}/settings/branding", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_branding(community: str, edition: str) -> AnyResponse:
    """The edition's colour, shown in both themes before it is kept; its weave; its logo."""
    at = here()
    if request.method == "POST":
        form = ColourForm()
        if form.is_sent:
            service.set_colour(unit(), at.edition, (form.colour.data or "").lower())
            return _saved(at, "workshops.settings_branding", str(_("The colour is kept. All pages wear it now.")))
    else:
        form = ColourForm(request.args if "colour" in request.args else None, colour=at.edition.accent_colour)
        form.validate()
    return _branding(at, form, LogoForm(formdata=None))


def _branding(at: Here, form: ColourForm, logo_form: LogoForm, status: int = 200) -> Response:
    colour = at.edition.accent_colour if form.errors else (form.colour.data or "").lower()
    return _desk(
        "settings_branding", at, 422 if form.errors else status,
        form=form,
        logo_form=logo_form,
        colour=colour,
        is_new=colour != at.edition.accent_colour,
        preview_url=at.url("workshops.settings_preview", colour=colour[1:]),
        tokens=derive(colour),
    )  # fmt: skip


@blueprint.get(f"{ORGANISE}/settings/branding/preview.<colour>.css")
@access(team(MAY_SETTINGS))
def settings_preview(community: str, edition: str, colour: str) -> Response:
    """Both themes of a colour that is not kept yet, for the two samples of the branding page."""
    body = preview_css(weave_slug(community, edition), colour)
    if body is None:
        raise NotFound
    return stylesheet(body, public=False)


@blueprint.post(f"{ORGANISE}/settings/branding/logo")
@access(team(MAY_SETTINGS))
def settings_logo(community: str, edition: str) -> AnyResponse:
    """Upload a logo."""
    at, form = here(), LogoForm()
    upload = request.files.get("logo")
    try:
        service.set_logo(unit(), at.edition, upload.read() if upload else b"")
    except NotALogo as error:
        form.logo.errors = [str(error)]
        return _branding(at, ColourForm(formdata=None, colour=at.edition.accent_colour), form, 422)
    return _saved(at, "workshops.settings_branding", str(_("The logo is on every page now.")))


@blueprint.post(f"{ORGANISE}/settings/branding/logo/removal")
@access(team(MAY_SETTINGS))
def settings_logo_removal(community: str, edition: str) -> AnyResponse:
    """Take the logo away."""
    at = here()
    service.remove_logo(unit(), at.edition)
    return _saved(at, "workshops.settings_branding", str(_("The logo is gone.")))


# --- dates


def _free_keys(dates: Sequence[ImportantDate]) -> list[DateKey]:
    taken = {row.key for row in dates} - {DateKey.OTHER}
    return [key for key in DateKey if key not in taken]


@blueprint.route(f"{ORGANISE}/settings/dates", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_dates(community: str, edition: str) -> AnyResponse:
    """All dates, with doubts about their order, and a form for one more."""
    at, uow = here(), unit()
    dates = queries.dates(uow.session, at.edition.id)
    form = new_date_form(_free_keys(dates))
    if form.is_sent and form.deadline is not None:
        service.set_date(uow, at.edition, form.key.data, form.words, form.deadline)
        return _saved(at, "workshops.settings_dates", str(_("The date is set and stands on the page.")))
    by_key = {row.key: row.at for row in dates}
    return _desk(
        "settings_dates", at, 422 if form.errors else 200,
        form=form,
        dates=[(row, deadline_text(row.deadline, tuple(e.deadline for e in row.earlier))) for row in dates],
        doubts=[str(_(doubt)) for doubt in order_doubts(by_key, at.edition.ends_at)],
        names={row.id: words.date_name(row.key) for row in dates},
        further=[
            (one, deadline_text(one.row.deadline, tuple(e.deadline for e in one.row.earlier)))
            for one in panels.further_dates(uow, at.edition, {row.key: row for row in dates}, is_desk=True)
        ],
    )  # fmt: skip


@blueprint.route(f"{ORGANISE}/settings/dates/<int:date_id>", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_date(community: str, edition: str, date_id: int) -> AnyResponse:
    """Move or rename one date; what it was is kept."""
    at, uow = here(), unit()
    row = queries.find_date(uow.session, at.edition.id, date_id)
    if row is None:
        raise NotFound
    form, status = MoveDateForm.of(row), 200
    if form.is_sent and form.deadline is not None:
        if form.seen.data == MoveDateForm.token(row.deadline):
            if instead := _extension_instead(at, row, form):
                return instead
            service.move_date(
                uow, at.edition, date_id, form.words, form.deadline, seen=row.deadline,
                mends_slip=form.mends_slip.data,
            )  # fmt: skip
            return _saved(at, "workshops.settings_dates", str(_("Saved. The pages show it now.")))
        form.seen.data, status = MoveDateForm.token(row.deadline), 409
    elif form.is_submitted():
        status = 422
    now = deadline_text(row.deadline, tuple(e.deadline for e in row.earlier))
    return _desk("settings_date", at, status, form=form, date=row, text=now, stale=status == 409)


def _extension_instead(at: Here, row: ImportantDate, form: MoveDateForm) -> AnyResponse | None:
    """On to the page that tells everybody whom a later date concerns; only a new name is saved before."""
    if form.deadline is None or form.mends_slip.data:
        return None
    url = panels.extension_instead(unit(), at.edition, row.key, form.deadline)
    if url is None:
        return None
    if form.words != row.label:
        service.move_date(unit(), at.edition, row.id, form.words, row.deadline, seen=row.deadline)
    tell(str(_("A later deadline is an extension, and not saved yet: look here at who is told of it.")), "info")
    return redirect(url, 303)


@blueprint.post(f"{ORGANISE}/settings/dates/<int:date_id>/removal")
@access(team(MAY_SETTINGS))
def settings_date_removal(community: str, edition: str, date_id: int) -> AnyResponse:
    """Take a date away."""
    at = here()
    service.remove_date(unit(), at.edition, date_id)
    return _saved(at, "workshops.settings_dates", str(_("The date is gone.")))


# --- tracks and rooms


@blueprint.route(f"{ORGANISE}/settings/tracks", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_tracks(community: str, edition: str) -> AnyResponse:
    """The tracks in their order, and a form for one more."""
    at, uow = here(), unit()
    form = NewTrackForm()
    if form.is_sent:
        try:
            service.add_track(uow, at.edition, form.wanted())
        except service.Taken as taken:
            add_error(form, taken.field, taken.sentence)
        else:
            return _saved(at, "workshops.settings_tracks", str(_("The track is added.")))
    tracks = queries.tracks(uow.session, at.edition.id)
    return _desk("settings_tracks", at, 422 if form.errors else 200, form=form, tracks=tracks)


@blueprint.route(f"{ORGANISE}/settings/tracks/<int:track_id>", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_track(community: str, edition: str, track_id: int) -> AnyResponse:
    """Reword one track."""
    at, uow = here(), unit()
    row = queries.find_track(uow.session, at.edition.id, track_id)
    if row is None:
        raise NotFound
    form = TrackForm.of(row)
    if form.is_sent:
        service.edit_track(
            uow, at.edition, track_id, name=form.name.data or "", description=form.description.data or "",
            eligibility=form.eligibility.data or "",
        )  # fmt: skip
        return _saved(at, "workshops.settings_tracks", str(_("The track is saved.")))
    return _desk("settings_track", at, 422 if form.errors else 200, form=form, track=row)


@blueprint.route(f"{ORGANISE}/settings/rooms", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_rooms(community: str, edition: str) -> AnyResponse:
    """The rooms in their order, and a form for one more."""
    at, uow = here(), unit()
    form = RoomForm()
    if form.is_sent:
        try:
            service.add_room(uow, at.edition, form.wanted())
        except service.Taken as taken:
            add_error(form, taken.field, taken.sentence)
        else:
            return _saved(at, "workshops.settings_rooms", str(_("The room is added.")))
    rooms = queries.rooms(uow.session, at.edition.id)
    return _desk("settings_rooms", at, 422 if form.errors else 200, form=form, rooms=rooms)


@blueprint.route(f"{ORGANISE}/settings/rooms/<int:room_id>", methods=["GET", "POST"])
@access(team(MAY_SETTINGS))
def settings_room(community: str, edition: str, room_id: int) -> AnyResponse:
    """Rename one room or change its join link."""
    at, uow = here(), unit()
    row = queries.find_room(uow.session, at.edition.id, room_id)
    if row is None:
        raise NotFound
    form = RoomForm.of(row)
    if form.is_sent:
        try:
            service.edit_room(uow, at.edition, room_id, form.wanted())
        except service.Taken as taken:
            add_error(form, taken.field, taken.sentence)
        else:
            return _saved(at, "workshops.settings_rooms", str(_("The room is saved.")))
    return _desk("settings_room", at, 422 if form.errors else 200, form=form, room=row)


def _reorder(kind: type[Track] | type[Room], row_id: int, endpoint: str) -> AnyResponse:
    at = here()
    service.move_in_order(unit(), at.edition, kind, row_id, -1 if request.form.get("to") == "up" else 1)
    return redirect(at.url(endpoint), 303)


@blueprint.post(f"{ORGANISE}/settings/tracks/<int:track_id>/place")
@access(team(MAY_SETTINGS))
def settings_track_place(community: str, edition: str, track_id: int) -> AnyResponse:
    """Move a track up or down."""
    return _reorder(Track, track_id, "workshops.settings_tracks")


@blueprint.post(f"{ORGANISE}/settings/rooms/<int:room_id>/place")
@access(team(MAY_SETTINGS))
def settings_room_place(community: str, edition: str, room_id: int) -> AnyResponse:
    """Move a room up or down."""
    return _reorder(Room, room_id, "workshops.settings_rooms")


def _remove(remove: Callable[[Any, Edition, int], None], row_id: int, endpoint: str, gone: str) -> AnyResponse:
    """Remove, or say on the list what hangs on it: nothing was typed, so nothing is lost by going back."""
    at = here()
    try:
        remove(unit(), at.edition, row_id)
    except Conflict as conflict:
        tell(conflict.sentence, "warning")
        return redirect(at.url(endpoint), 303)
    return _saved(at, endpoint, gone)


@blueprint.post(f"{ORGANISE}/settings/tracks/<int:track_id>/removal")
@access(team(MAY_SETTINGS))
def settings_track_removal(community: str, edition: str, track_id: int) -> AnyResponse:
    """Take a track away."""
    return _remove(service.remove_track, track_id, "workshops.settings_tracks", str(_("The track is gone.")))


@blueprint.post(f"{ORGANISE}/settings/rooms/<int:room_id>/removal")
@access(team(MAY_SETTINGS))
def settings_room_removal(community: str, edition: str, room_id: int) -> AnyResponse:
    """Take a room away."""
    return _remove(service.remove_room, room_id, "workshops.settings_rooms", str(_("The room is gone.")))
