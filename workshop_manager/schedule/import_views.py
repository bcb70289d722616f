"""Pages of an import: where a programme is pasted or uploaded, what was understood of it, and putting it right."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, redirect, request, session
from flask_babel import gettext as _

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.schedule import correcting, drafting, foreseeing, importing, pending, queries, words
from workshop_manager.schedule.correcting import Correction, Shown
from workshop_manager.schedule.forms import ImportForm, first_day, last_day
from workshop_manager.schedule.importing import Change, Step
from workshop_manager.schedule.models import PendingImport
from workshop_manager.schedule.reading.detecting import read_file, read_text
from workshop_manager.schedule.reading.values import MAX_FILE, Doubt, ImportRefusal, Reading, Row, Weight
from workshop_manager.schedule.views import blueprint
from workshop_manager.submissions.uploads import release
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.paging import Paging, paging
from workshop_manager.web.request import unit
from workshop_manager.web.times import clock_text, day_text, when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SCHEDULE

LARGEST_BODY = MAX_FILE + 3 * 1024 * 1024
IMPORT = "/<community>/<edition>/organise/schedule/import"
ONE = IMPORT + "/<int:import_id>"
MOST_TOLD = 30


@blueprint.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """A file a little too large is refused in the form; only for those with a session. The body goes to disk."""
    if endpoint == "schedule.keep_import" and SIGNED_IN_KEY in session:
        request.max_content_length = LARGEST_BODY


# -- bringing a file or a text ---------------------------------------------------------------------------------------


def _start(at: Here, form: ImportForm, status: int = 200) -> Response:
    uow = unit()
    waiting = [
        (row, when_text(row.created_at, at.edition.time_zone))
        for row in queries.pending_imports(uow.session, at.edition.id, at.standing.person_id or 0)
        if row.expires_at > uow.now
    ]
    return page("schedule/paste.html", status, at=at, form=form, waiting=waiting)


@blueprint.get(IMPORT)
@access(team(MAY_SCHEDULE))
def paste(community: str, edition: str) -> Response:
    """Where a programme is pasted or uploaded, and what waits to be taken over."""
    at = here()
    return _start(at, ImportForm(day=first_day(at.edition), zone=at.edition.time_zone))


@blueprint.post(IMPORT)
@access(team(MAY_SCHEDULE))
def keep_import(community: str, edition: str) -> Response:
    """Read what was pasted or uploaded, and keep what was understood for a look. The draft is not changed."""
    at, form = here(), ImportForm()
    if not form.is_sent or form.day.data is None:
        return _start(at, form, 422)
    day, zone, name = form.day.data, form.zone.data or "", ""
    until = last_day(at.edition)
    try:
        # Reading takes seconds, in which nobody else should have to wait for the database.
        release(unit())
        if form.upload is not None:
            name = form.upload.filename or ""
            reading = read_file(form.upload.stream.read(MAX_FILE + 1), day=day, zone=zone, until=until)
        else:
            reading = read_text(form.text.data or "", day=day, zone=zone, until=until)
        row = pending.keep(unit(), at.edition, name, reading)
    except (ImportRefusal, Conflict) as refusal:
        wrong = form.file if form.upload is not None else form.text
        wrong.errors = [*wrong.errors, refusal.sentence]
        return _start(at, form, 422)
    return redirect(at.url("schedule.look_import", import_id=row.id), 303)  # type: ignore[return-value]


@blueprint.post(ONE + "/discarding")
@access(team(MAY_SCHEDULE))
def discard_import(community: str, edition: str, import_id: int) -> Response:
    """Forget what waits to be taken over."""
    at = here()
    pending.discard(unit(), at.edition, import_id)
    tell(str(_("Removed. The draft is as it was.")))
    return redirect(at.url("schedule.paste"), 303)  # type: ignore[return-value]


# -- looking at it, and putting it right -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Preview:
    """A row as it would be taken over: what it says, what is doubtful, what it changes, and its fields."""

    row: Row
    day: str
    clock: str
    kind: str
    names: str
    doubts: tuple[Doubt, ...]
    sign: tuple[str, str]
    changes: tuple[str, ...]
    kept: tuple[str, ...]
    typed: Shown
    wrong: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Looked:
    """An import with what it would do."""

    pending: PendingImport
    before: Reading
    reading: Reading
    steps: Mapping[int, Step]
    corrections: Mapping[int, Correction]
    clashes: Mapping[int, list[str]]
    """By row: what would clash that does not yet."""


def _looked(at: Here, import_id: int) -> Looked:
    uow = unit()
    row = pending.own(uow, at.edition, import_id)
    before, reading = pending.read(row)
    corrections = pending.corrections_of(row)
    rows, programme, facts = drafting.known(uow.session, at.edition)
    steps = importing.plan(
        reading,
        rows,
        queries.origins(uow.session, at.edition.id),
        overwrite={number for number, found in corrections.items() if found.overwrite},
        domain=drafting.uid_domain(),
    )
    clashes = foreseeing.foreseen(programme, steps, facts)
    return Looked(row, before, reading, {step.number: step for step in steps}, corrections, clashes)


@blueprint.get(ONE)
@access(team(MAY_SCHEDULE))
def look_import(community: str, edition: str, import_id: int) -> Response:
    """What was understood and what is doubted, row by row. Nothing is changed by this."""
    at = here()
    return _page(at, _looked(at, import_id), {}, {})


@blueprint.post(ONE)
@access(team(MAY_SCHEDULE))
def correct_import(community: str, edition: str, import_id: int) -> Response:
    """Keep what was put right on this page; with `do=take`, take everything into the draft, all of it or nothing."""
    at = here()
    looked = _looked(at, import_id)
    rows = {row.number: row for row in looked.before.rows}
    typed = {number: _typed(number) for number in _sent_rows() if number in rows}
    found: dict[int, Correction] = {}
    wrong: dict[int, dict[str, str]] = {}
    for number, shown in typed.items():
        found[number], mistakes = correcting.correction_of(rows[number], shown, looked.before.zone)
        if mistakes:
            wrong[number] = mistakes
    if wrong:
        return _page(at, looked, typed, wrong, 422)
    pending.correct(unit(), at.edition, import_id, found)
    if request.form.get("do") != "take":
        tell(str(_("Kept. Nothing is in the draft yet.")))
        kept = {name: request.args[name] for name in ("page", "show") if name in request.args}
        return redirect(at.url("schedule.look_import", import_id=import_id, **kept), 303)  # type: ignore[return-value]
    taken = pending.take(unit(), at.edition, at.standing, import_id)
    sentence = _(
        "%(added)s added and %(updated)s updated in the draft, %(same)s were there already. Nothing is released.",
        added=taken.added,
        updated=taken.updated,
        same=taken.same,
    )
    tell(str(sentence))
    return redirect(at.url("schedule.draft"), 303)  # type: ignore[return-value]


def _sent_rows() -> list[int]:
    return [int(number) for number in request.form.getlist("row") if number.isascii() and number.isdecimal()][:200]


def _typed(number: int) -> Shown:
    sent = request.form
    return Shown(
        day=sent.get(f"r{number}-day", "")[:40],
        start=sent.get(f"r{number}-start", "")[:40],
        end=sent.get(f"r{number}-end", "")[:40],
        title=sent.get(f"r{number}-title", "")[:1000],
        room=sent.get(f"r{number}-room", "")[:1000],
        skip=f"r{number}-skip" in sent,
        overwrite=f"r{number}-overwrite" in sent,
    )


def _page(
    at: Here, looked: Looked, typed: Mapping[int, Shown], wrong: Mapping[int, Mapping[str, str]], status: int = 200
) -> Response:
    told: dict[int | None, list[Doubt]] = {}
    for doubt in looked.reading.doubts:
        told.setdefault(doubt.row, []).append(doubt)
    for number, sentences in looked.clashes.items():
        told.setdefault(number, []).extend(Doubt(number, "page", sentence) for sentence in sentences)
    doubted = {number for number, said in told.items() if any(one.weight is Weight.DOUBT for one in said)}
    show = request.args.get("show", "")
    rows = [row for row in looked.reading.rows if _is_shown(row, looked, show, doubted)]
    where: Paging = paging(len(rows))
    shown = rows[where.offset : where.offset + where.size]
    if typed:
        shown = [row for row in looked.reading.rows if row.number in typed]
    previews = [_preview(row, looked, told.get(row.number, []), typed, wrong) for row in shown]
    steps = looked.steps.values()
    count = len(looked.reading.rows)
    url = at.url("schedule.look_import", import_id=looked.pending.id)
    changing = sum(bool(step.changes) for step in steps)
    counts = [
        (_("All"), url, show not in ("doubts", "changes", "out"), count),
        (_("Doubted"), f"{url}?show=doubts", show == "doubts", len(doubted - {None})),
        (_("Changing what is there"), f"{url}?show=changes", show == "changes", changing),
        (_("Left out"), f"{url}?show=out", show == "out", count - len(looked.steps)),
    ]
    return page(
        "schedule/preview.html",
        status,
        at=at,
        pending=looked.pending,
        reading=looked.reading,
        previews=previews,
        general=told.get(None, [])[:MOST_TOLD],
        more=max(0, len(told.get(None, [])) - MOST_TOLD),
        counts=counts,
        paging=where,
        added=sum(step.is_new for step in steps),
        changing=changing,
        same=sum(not step.is_new and not step.changes for step in steps),
        wrong=bool(wrong),
        action=request.full_path.rstrip("?"),
    )


def _is_shown(row: Row, looked: Looked, show: str, doubted: set[int | None]) -> bool:
    step = looked.steps.get(row.number)
    if show == "doubts":
        return row.number in doubted
    if show == "changes":
        return step is not None and bool(step.changes or step.kept)
    return step is None if show == "out" else True


def _preview(
    row: Row,
    looked: Looked,
    doubts: list[Doubt],
    typed: Mapping[int, Shown],
    wrong: Mapping[int, Mapping[str, str]],
) -> Preview:
    step = looked.steps.get(row.number)
    place = ZoneInfo(looked.reading.zone)
    shown = correcting.shown(row, looked.reading.zone)
    found = looked.corrections.get(row.number)
    return Preview(
        row=row,
        day=day_text(row.start_as_printed.astimezone(place).date()) if row.start_as_printed else "",
        clock=_clock(row, place),
        kind=words.kind_name(row.kind),
        names=_names(row),
        doubts=tuple(doubts),
        sign=_sign(step),
        changes=tuple(_change_text(change, place) for change in step.changes) if step is not None else (),
        kept=tuple(_change_text(change, place) for change in step.kept) if step is not None else (),
        typed=typed.get(row.number)
        or Shown(
            shown.day,
            shown.start,
            shown.end,
            shown.title,
            shown.room,
            skip=row.is_cancelled,
            overwrite=bool(found and found.overwrite),
        ),
        wrong=wrong.get(row.number, {}),
    )


def _names(row: Row) -> str:
    speakers, chairs = (
        ", ".join(
            f"{isolated(who.name)} ({isolated(who.affiliation)})" if who.affiliation else isolated(who.name)
            for who in people
        )
        for people in (row.speakers, row.chairs)
    )
    return words.people_in_a_line(speakers, chairs, len(row.chairs))


def _clock(row: Row, place: ZoneInfo) -> str:
    if row.start_as_printed is None:
        return ""
    start = row.start_as_printed.astimezone(place)
    end = row.end_as_printed.astimezone(place) if row.end_as_printed else None
    if end is not None and end.date() != start.date() and end - start > timedelta(hours=12):
        return f"{clock_text(start)} – {day_text(end.date())}, {clock_text(end)}"
    return f"{clock_text(start)}–{clock_text(end)}" if end is not None else clock_text(start)


def _sign(step: Step | None) -> tuple[str, str]:
    """What becomes of the row, in a word, and its colour."""
    if step is None:
        return str(_("left out")), "stop"
    if step.is_new:
        return str(_("new")), "ok"
    return (str(_("changes what is there")), "wait") if step.changes else (str(_("is there already")), "note")


def _change_text(change: Change, place: ZoneInfo) -> str:
    names: dict[str, Any] = {
        "title": _("Title"),
        "start": _("Start"),
        "end": _("End"),
        "room": _("Room"),
        "speakers": _("Speakers"),
        "chairs": _("Chairs"),
        "kind": _("Kind"),
        "label": _("Label"),
        "track": _("Track"),
        "abstract": _("Description"),
        "recording": _("Recording"),
    }
    if change.field == "abstract":
        return str(_("The description is another one."))
    here_text, there_text = (_value_text(change.field, text, place) for text in (change.here, change.there))
    return f"{names[change.field]}: {here_text or '–'} → {there_text}"


def _value_text(name: str, text: str, place: ZoneInfo) -> str:
    if name in ("start", "end") and text:
        moment = datetime.fromisoformat(text).astimezone(place)
        return f"{day_text(moment.date())}, {clock_text(moment)}"
    if name in ("speakers", "chairs"):
        return ", ".join(isolated(line.partition("|")[0]) for line in text.splitlines())
    return isolated(text if len(text) <= 120 else f"{text[:119]}…")
