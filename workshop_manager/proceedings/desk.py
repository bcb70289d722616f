"""The chairs' pages: who owes what, reminders, poster numbers, the book, and what is asked."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import Plan, Scope
from workshop_manager.calls.words import place_name
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import clean_line
from workshop_manager.mail.models import MailState
from workshop_manager.mail.service import preview
from workshop_manager.proceedings import (
    authors,
    numbering,
    printing,
    publishing,
    queries,
    reminding,
    rules,
    service,
    tables,
    words,
)
from workshop_manager.proceedings.content import Wanted
from workshop_manager.proceedings.forms import AskedForm, asked_form, number_of
from workshop_manager.proceedings.models import Asked
from workshop_manager.proceedings.queries import Filter, OnBoard
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.proceedings.views import BIBTEX, PDF, answer, blueprint, deliver, item_of
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.names import neutral_name
from workshop_manager.submissions.queries import visible_to
from workshop_manager.submissions.words import outcome_name, state_sign, title_of
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import platform, unit
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.web.times import DeadlineText, deadline_text, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.dates import by_key, text_of
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_SETTINGS
from workshop_manager.workshops.states import DateKey

DESK = "/<community>/<edition>/organise/proceedings"
CHAIRS = team(rules.MAY_PROCEEDINGS)
MAILS = 20
REMARK = 500


def _tabs(at: Here) -> list[tuple[str, str, bool]]:
    current = request.endpoint or ""
    listed = (
        ("proceedings.desk", _("Who owes what")),
        ("proceedings.desk_reminders", _("Reminders")),
        ("proceedings.desk_numbers", _("Poster numbers")),
        ("proceedings.desk_book", _("Book of abstracts")),
        ("proceedings.desk_asked", _("What is asked")),
    )
    return [
        (str(label), at.url(endpoint), current.startswith(endpoint) and _is_own(current, endpoint))
        for endpoint, label in listed
    ]


def _is_own(current: str, endpoint: str) -> bool:
    return endpoint != "proceedings.desk" or current in ("proceedings.desk", "proceedings.desk_one")


@dataclass(frozen=True, slots=True)
class Dues:
    """When camera-ready versions are due: the edition's date, and by name those of rounds and tracks."""

    common: DeadlineText | None
    own: list[tuple[str, DeadlineText | None]]
    plan: Plan

    def of(self, work: Submission) -> DeadlineText | None:
        """The date of one work, where they differ."""
        due = rules.due_of(self.plan, work)
        return deadline_text(due) if self.own and due is not None else None


def _due(at: Here) -> Dues:
    session, key = unit().session, DateKey.CAMERA_READY
    common = by_key(workshops.dates(session, at.edition.id)).get(key)
    own = [one for one in calls.placed_dates(session, at.edition.id, is_desk=True) if one.row.key is key]
    dates: dict[Scope, Deadline] = {(key, one.row.round_id, one.row.track_id): one.row.deadline for one in own}
    if common is not None:
        dates[(key, None, None)] = common.deadline
    return Dues(text_of(common), [(place_name(one), text_of(one.row)) for one in own], Plan(dates))


# -- what is asked --------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/asked")
@access(CHAIRS)
def desk_asked(community: str, edition: str) -> Response:
    """What is asked of accepted authors, to be edited."""
    at, uow = here(), unit()
    row = queries.asked(uow.session, at.edition.id)
    return _asked_page(at, _asked_form(at, row), row)


def _asked_form(at: Here, row: Asked | None) -> AskedForm:
    statement = queries.wording(unit().session, at.edition.id, row.rights_version if row else None)
    if row is None:
        statement = str(
            _(
                "We hold the rights to what we hand in, and allow the workshop to show it on its pages. "
                "The rights stay ours; nothing here is archival."
            )
        )
    return asked_form(queries.wanted(row), statement, row.version if row else 0)


def _asked_page(
    at: Here, form: AskedForm, row: Asked | None, status: int = 200, theirs: list[tuple[str, str]] | None = None
) -> Response:
    return page(
        "proceedings/asked.html",
        status,
        at=at,
        tabs=_tabs(at),
        form=form,
        is_first=row is None,
        theirs=theirs or [],
        due=_due(at),
        rights_version=row.rights_version if row else 0,
        call_pages=authors.limits_for(unit().session, at.edition).max_pages,
        action=at.url("proceedings.desk_asked_sent"),
        dates_url=at.url("workshops.settings_dates") if at.standing.may(MAY_SETTINGS) else None,
    )


@blueprint.post(f"{DESK}/asked")
@access(CHAIRS)
def desk_asked_sent(community: str, edition: str) -> AnyResponse:
    """Save what is asked, unless somebody else saved it in between."""
    at, uow = here(), unit()
    row = service.locked_asked(uow, at.edition.id)
    form = _asked_form(at, row)
    if not form.is_sent:
        return _asked_page(at, form, row, 422)
    wanted, statement = form.content(), form.statement.data or ""
    try:
        service.ask(uow, at.edition, wanted, statement, started_from=form.started_from)
    except service.Stale:
        form.version.data = str(row.version if row else 0)
        return _asked_page(at, form, row, 422, _theirs(form, row))
    tell(str(_("Saved. Accepted authors see it on the pages of their works.")))
    return redirect(at.url("proceedings.desk"), 303)


def _theirs(form: AskedForm, row: Asked | None) -> list[tuple[str, str]]:
    """What stands there now, where it is something else than was typed."""
    stored, typed = queries.wanted(row), form.content()
    found = []
    for name in type(stored).__slots__:
        now = getattr(stored, name)
        if now != getattr(typed, name):
            text = words.ask_text(now) if isinstance(now, Ask) else str(now)
            found.append((str(form[name].label.text), text or str(_("(empty)"))))
    return found


# -- who owes what --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cell:
    """One thing of one work: there, missing, welcome, or not asked."""

    item: str
    label: str
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A work on the board."""

    number: int
    title: str
    url: str
    authors: tuple[str, ...]
    track: str
    outcome: str
    sign: tuple[str, str, str]
    cells: tuple[Cell, ...]
    owed: int
    poster: int | None
    reminded: str
    is_late: bool
    due: DeadlineText | None
    """Its date, where not all have the same."""


def _asked_or_none(at: Here) -> Asked | None:
    return queries.asked(unit().session, at.edition.id)


def _filter(at: Here, tracks: Sequence[Track]) -> Filter:
    """The filter in the address; what makes no sense narrows nothing."""
    show = request.args.get("show", "")
    return Filter(
        show=show if show in ("owing", "complete") else "",
        item=next((item for item in Item if item.value == request.args.get("item")), None),
        track_id=next((t.id for t in tracks if str(t.id) == request.args.get("track")), None),
        text=clean_line(request.args.get("q", ""))[:100],
    )


@blueprint.get(DESK)
@access(CHAIRS)
def desk(community: str, edition: str) -> Response:
    """Who owes what: filtered, searched, fifty a page."""
    at, uow = here(), unit()
    asked = _asked_or_none(at)
    if asked is None:
        return page("proceedings/start.html", at=at, ask_url=at.url("proceedings.desk_asked"))
    tracks = workshops.tracks(uow.session, at.edition.id)
    narrowed, asks, newest = _filter(at, tracks), queries.wanted(asked), asked.rights_version
    counts = queries.counts(uow.session, at.edition.id, at.standing, asks, newest)
    pager = paging(_total(at, narrowed, asks, newest, counts))
    rows = queries.board(
        uow.session,
        at.edition.id,
        visible_to(at.standing),
        narrowed,
        asks,
        newest,
        offset=pager.offset,
        most=pager.size,
    )
    kept = {name: request.args[name] for name in ("track", "q") if request.args.get(name)}
    shown = (
        ("", _("All"), counts.all),
        ("owing", _("Owe something"), counts.owing),
        ("complete", _("Complete"), counts.complete),
    )
    dues = _due(at)
    return page(
        "proceedings/desk.html",
        at=at,
        tabs=_tabs(at),
        rows=[_row(at, row, asked, dues) for row in rows],
        paging=pager,
        counts=counts,
        due=dues,
        owed=[(item.value, words.item_name(item), counts.by_item[item]) for item in Item if counts.by_item[item]],
        segments=[
            (
                str(label),
                at.url("proceedings.desk", **({"show": show} if show else {}), **kept),
                _is_shown(narrowed, show),
                n,
            )
            for show, label, n in shown
        ],
        asked_for=narrowed,
        tracks=tracks,
        items=[item for item in (*Item,) if asks.ask(item) is not Ask.NO],
        item_name=words.item_name,
        is_narrowed=narrowed != Filter(),
    )


def _total(at: Here, narrowed: Filter, asks: Wanted, newest: int, counts: queries.Counts) -> int:
    """How many rows the board has: counted already, unless it is narrowed by track or title."""
    if narrowed.track_id is None and not narrowed.text:
        if narrowed.item is not None:
            return counts.by_item[narrowed.item]
        return {"": counts.all, "owing": counts.owing, "complete": counts.complete}[narrowed.show]
    return queries.count_board(unit().session, at.edition.id, at.standing, narrowed, asks, newest)


def _is_shown(narrowed: Filter, show: str) -> bool:
    return narrowed.item is None and narrowed.show == show


def _row(at: Here, row: OnBoard, asked: Asked, dues: Dues) -> Row:
    work, there = row.submission, queries.given(row.camera)
    asks = rules.asked_of(queries.wanted(asked), work.outcome, has_wording=asked.rights_version > 0)
    owed = rules.owed(asks, there, asked.rights_version)
    return Row(
        number=work.number,
        title=title_of(work.title),
        url=at.url("proceedings.desk_one", number=work.number),
        authors=tuple(author.name or str(_("name removed")) for author in work.authors),
        track=work.track.name if work.track else "",
        outcome=outcome_name(work.outcome) if work.outcome else "",
        sign=state_sign(work.state),
        cells=tuple(
            _cell(item, asks.get(item), is_there=rules.is_there(item, there, asked.rights_version)) for item in asks
        ),
        owed=len(owed),
        poster=row.poster,
        reminded=when_text(row.camera.reminded_at, at.edition.time_zone)
        if row.camera and row.camera.reminded_at
        else "",
        is_late=row.camera is not None and row.camera.may_be_late,
        due=dues.of(work),
    )


def _cell(item: Item, ask: Ask | None, *, is_there: bool) -> Cell:
    name = words.item_name(item)
    if is_there:
        return Cell(item.value, name, "ok", str(_("there")))
    return Cell(
        item.value, name, "wait" if ask is Ask.MUST else "rest", str(_("missing") if ask is Ask.MUST else _("none"))
    )


@blueprint.get(f"{DESK}.csv")
@access(CHAIRS)
def desk_csv(community: str, edition: str) -> Response:
    """The board as it is filtered, to take along."""
    at, uow = here(), unit()
    asked = _asked_or_none(at)
    if asked is None:
        raise NotFound
    narrowed = _filter(at, workshops.tracks(uow.session, at.edition.id))
    header, rows = tables.board(uow.session, at.edition.id, visible_to(at.standing), narrowed)
    return csv_response(f"{community}-{edition}-camera-ready", header, rows)


@blueprint.get(f"{DESK}/<int:number>")
@access(CHAIRS)
def desk_one(community: str, edition: str, number: int) -> Response:
    """One work: what it handed in, in every version, and what was changed since it was accepted."""
    at, uow = here(), unit()
    asked, work = _asked_or_none(at), _at_desk(at, number)
    if asked is None:
        raise NotFound
    camera = queries.camera_ready(uow.session, work.id)
    poster = queries.poster_numbers(uow.session, at.edition.id).get(work.id)
    dues = _due(at)
    due = rules.due_of(dues.plan, work)
    return page(
        "proceedings/desk_one.html",
        at=at,
        tabs=_tabs(at),
        work=work,
        title=title_of(work.title),
        camera=camera,
        row=_row(at, OnBoard(work, camera, poster), asked, dues),
        due=deadline_text(due) if due is not None else None,
        files=authors.file_lines(at, work, camera.files if camera else [], "proceedings.desk_file"),
        names={item.value: words.item_name(item) for item in Item},
        was_title=camera.accepted_title if camera and camera.accepted_title != work.title else "",
        was_abstract=camera.accepted_abstract if camera and camera.accepted_abstract != work.abstract else "",
        agreed=_agreed(at, camera.rights_version if camera else None, asked),
        may_be_late=camera is not None and camera.may_be_late,
        takes_late=asked.takes_late,
        late_url=at.url("proceedings.desk_late", number=number),
        submission_url=at.url("submissions.desk_list_one", number=number),
    )


def _agreed(at: Here, version: int | None, asked: Asked) -> tuple[str, bool] | None:
    """The wording they agreed to, and whether it is the newest."""
    if version is None:
        return None
    return queries.wording(unit().session, at.edition.id, version), version == asked.rights_version


def _at_desk(at: Here, number: int) -> Submission:
    found = queries.find_at_desk(unit().session, at.edition.id, at.standing, number)
    if found is None:
        raise NotFound
    return found


@blueprint.post(f"{DESK}/<int:number>/lateness")
@access(CHAIRS)
def desk_late(community: str, edition: str, number: int) -> AnyResponse:
    """Let one work be handed in after the date, or no longer."""
    at = here()
    allowed = request.form.get("allowed") == "yes"
    service.let_be_late(unit(), at.edition, number, allowed=allowed)
    tell(str(_("They can hand in after the date now.") if allowed else _("The date holds for them again.")))
    return redirect(at.url("proceedings.desk_one", number=number), 303)


@blueprint.get(f"{DESK}/<int:number>/<item>/<int:version>")
@access(CHAIRS)
def desk_file(community: str, edition: str, number: int, item: str, version: int) -> Response:
    """A version of a work's final paper, poster or slides."""
    at = here()
    work = _at_desk(at, number)
    return deliver(at, number, item, queries.find_file(unit().session, work.id, item_of(item), version))


@blueprint.get(f"{DESK}/papers.zip")
@access(CHAIRS)
def desk_zip(community: str, edition: str) -> Response:
    """The newest final papers (or posters, slides) under neutral names, read one at a time while they are sent."""
    at = here()
    item = item_of(request.args.get("item", Item.FINAL.value))
    if item not in rules.FILES:
        raise NotFound
    files = queries.newest_files(unit().session, at.edition.id, at.standing, item)
    slug = f"{community}-{edition}"
    response = Response(_zipped(files, slug), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-{item.value}.zip"'
    return sandboxed(response)  # type: ignore[no-any-return]


class _Outlet(io.RawIOBase):
    """Where a ZIP is written to: what was written is taken away at once."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        taken = bytes(data)  # type: ignore[call-overload]
        self.waiting.append(taken)
        return len(taken)

    def taken(self) -> bytes:
        data, self.waiting = b"".join(self.waiting), []
        return data


def _zipped(files: Sequence[tuple[int, int]], slug: str) -> Iterator[bytes]:
    """The files as a ZIP, stored as they are: PDFs are packed already. The same files give the same bytes."""
    database = platform().database
    names = {file_id: neutral_name(slug, number) for number, file_id in files}

    def chunks() -> Iterator[bytes]:
        outlet = _Outlet()
        # A session of its own: the request's is closed before the first byte is sent.
        with database.session(writing=False) as session, zipfile.ZipFile(outlet, "w", zipfile.ZIP_STORED) as archive:
            for file_id, body in queries.bodies(session, list(names)):
                archive.writestr(zipfile.ZipInfo(names[file_id], (2000, 1, 1, 0, 0, 0)), body)
                yield outlet.taken()
        yield outlet.taken()

    return chunks()


# -- reminders ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drafted:
    """A letter as it would go out, or went."""

    name: str
    address: str
    subject: str
    text: str
    owed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a letter of the last wave."""

    number: int
    title: str
    name: str
    sign: str
    text: str


@blueprint.get(f"{DESK}/reminders")
@access(CHAIRS)
def desk_reminders(community: str, edition: str) -> Response:
    """Who would be reminded of what, in which words. Nobody is written to."""
    return _reminders(here(), clean_line(request.args.get("remark", ""))[:REMARK])


def _reminders(at: Here, remark: str, status: int = 200, refused: str = "") -> Response:
    uow = unit()
    asked = _asked_or_none(at)
    if asked is None:
        return page("proceedings/start.html", at=at, ask_url=at.url("proceedings.desk_asked"))
    found = reminding.due_reminders(uow, at.edition, visible_to(at.standing), asked, remark)
    letters = [(one, letter) for one in found for letter in one.letters]
    pager = paging(len(letters), MAILS)
    drafted = []
    for one, letter in letters[pager.offset : pager.offset + pager.size]:
        subject, text = preview(letter)
        owed = tuple(words.item_name(item) for item in one.owed)
        drafted.append(Drafted(letter.to_name, letter.to_address, subject, text, owed))
    return page(
        "proceedings/reminders.html",
        status,
        at=at,
        tabs=_tabs(at),
        drafted=drafted,
        paging=pager,
        works=len(found),
        total=len(letters),
        unreached=[one.work for one in found if not one.letters],
        wave=asked.waves + 1,
        remark=remark,
        refused=refused,
        last=_last_wave(at, asked),
        due=_due(at),
        send_url=at.url("proceedings.desk_reminders_sent"),
        preview_url=at.url("proceedings.desk_reminders"),
    )


_MAIL_SIGNS = {
    MailState.SENT: ("ok", "sent"),
    MailState.KEPT: ("ok", "kept"),
    MailState.QUEUED: ("wait", "queued"),
    MailState.SENDING: ("wait", "queued"),
    MailState.FAILED: ("stop", "failed"),
}


def _last_wave(at: Here, asked: Asked) -> list[Sent]:
    """What became of every mail of the last wave, of works this chair may see."""
    texts = {
        "sent": str(_("sent")),
        "kept": str(_("written, and kept in the demo’s mailbox")),
        "queued": str(_("on its way")),
        "failed": str(_("did not arrive")),
    }
    found = []
    for work, mail in queries.mails_of_wave(unit().session, at.edition.id, visible_to(at.standing), asked.waves):
        kind, key = _MAIL_SIGNS[mail.state]
        found.append(Sent(work.number, title_of(work.title), mail.to_name or mail.to_address, kind, texts[key]))
    return found


@blueprint.post(f"{DESK}/reminders")
@access(CHAIRS)
def desk_reminders_sent(community: str, edition: str) -> AnyResponse:
    """Send the wave that was previewed, to those who still owe something."""
    at = here()
    remark = clean_line(request.form.get("remark", ""))[:REMARK]
    try:
        found = reminding.remind(unit(), at.edition, wave=number_of(request.form.get("wave")), remark=remark)
    except Conflict as refusal:
        return _reminders(at, remark, 422, refusal.sentence)
    mails = sum(len(one.letters) for one in found)
    tell(str(ngettext("One mail is on its way.", "%(num)s mails are on their way.", mails)))
    return redirect(at.url("proceedings.desk_reminders"), 303)


# -- poster numbers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Board:
    """A poster with its number as stored (`seen`) and as typed."""

    number: int
    title: str
    authors: tuple[str, ...]
    track: str
    is_remote: bool
    seen: str
    typed: str
    is_wrong: bool


@blueprint.get(f"{DESK}/numbers")
@access(CHAIRS)
def desk_numbers(community: str, edition: str) -> Response:
    """The posters with their numbers, to be given in order or by hand."""
    return _numbers(here())


def _numbers(at: Here, status: int = 200, refused: str = "", typed: dict[int, str] | None = None) -> Response:
    session = unit().session
    asked = _asked_or_none(at)
    if asked is None:
        return page("proceedings/start.html", at=at, ask_url=at.url("proceedings.desk_asked"))
    given = queries.poster_numbers(session, at.edition.id)
    visible = queries.visible_ids(session, at.edition.id, at.standing)
    rows = [
        _board(work, given.get(work.id), (typed or {}).get(work.number))
        for work in numbering.posters(session, at.edition.id)
        if work.id in visible
    ]
    rows.sort(key=lambda row: (row.seen == "", int(row.seen or 0), row.number))
    return page(
        "proceedings/numbers.html",
        status,
        at=at,
        tabs=_tabs(at),
        rows=rows,
        given=sum(row.seen != "" for row in rows),
        published=when_text(asked.numbers_published_at, at.edition.time_zone) if asked.numbers_published_at else "",
        has_programme=numbering.has_programme(session, at.edition.id),
        refused=refused,
        save_url=at.url("proceedings.desk_numbers_sent"),
        order_url=at.url("proceedings.desk_numbers_order"),
        publish_url=at.url("proceedings.desk_numbers_publish"),
    )


def _board(work: Submission, number: int | None, typed: str | None) -> Board:
    seen = str(number) if number is not None else ""
    return Board(
        number=work.number,
        title=title_of(work.title),
        authors=tuple(author.name or str(_("name removed")) for author in work.authors),
        track=work.track.name if work.track else "",
        is_remote=work.remote,
        seen=seen,
        typed=seen if typed is None else typed,
        is_wrong=typed is not None and _poster_number(typed) == 0,
    )


def _poster_number(typed: str) -> int | None:
    """The number typed; None for none, 0 for what is none."""
    if not typed.strip():
        return None
    found = number_of(typed.strip())
    return found if 0 < found <= rules.LARGEST_NUMBER else 0


@blueprint.post(f"{DESK}/numbers")
@access(CHAIRS)
def desk_numbers_sent(community: str, edition: str) -> AnyResponse:
    """Save numbers given by hand; authors of published ones are told."""
    at = here()
    typed = _fields("poster")
    numbers = {number: _poster_number(text) for number, text in typed.items()}
    if wrong := [number for number, found in numbers.items() if found == 0]:
        listed = ", ".join(f"#{number}" for number in wrong)
        return _numbers(
            at,
            422,
            str(
                _(
                    "Write whole numbers from 1 to %(most)s: look at %(listed)s.",
                    most=rules.LARGEST_NUMBER,
                    listed=listed,
                )
            ),
            typed,
        )
    seen = {number: int(text) for number, text in _fields("seen").items() if number_of(text)}
    try:
        changed = numbering.set_by_hand(unit(), at.edition, numbers, seen)
    except Conflict as refusal:
        return _numbers(at, 422, refusal.sentence, typed)
    tell(_numbers_text(changed))
    return redirect(at.url("proceedings.desk_numbers"), 303)


def _numbers_text(changed: int) -> str:
    if not changed:
        return str(_("Nothing changed."))
    return str(ngettext("One poster has another number now.", "%(num)s posters have another number now.", changed))


def _fields(kind: str) -> dict[int, str]:
    """The fields `kind-27` of a form, by number."""
    found = {}
    for name, value in request.form.items():
        start, _dash, number = name.partition("-")
        if start == kind and number_of(number):
            found[int(number)] = value[:20]
    return found


@blueprint.post(f"{DESK}/numbers/order")
@access(CHAIRS)
def desk_numbers_order(community: str, edition: str) -> AnyResponse:
    """Number the posters in order."""
    at = here()
    try:
        changed = numbering.give(
            unit(),
            at.edition,
            by_session=request.form.get("order") == "session",
            afresh=request.form.get("afresh") == "yes",
        )
    except Conflict as refusal:
        return _numbers(at, 422, refusal.sentence)
    tell(_numbers_text(changed))
    return redirect(at.url("proceedings.desk_numbers"), 303)


@blueprint.post(f"{DESK}/numbers/publication")
@access(CHAIRS)
def desk_numbers_publish(community: str, edition: str) -> AnyResponse:
    """Tell all authors their numbers; from then on no number changes without a mail."""
    at = here()
    try:
        mails = numbering.publish(unit(), at.edition)
    except Conflict as refusal:
        return _numbers(at, 422, refusal.sentence)
    tell(str(ngettext("Published. One mail is on its way.", "Published. %(num)s mails are on their way.", mails)))
    return redirect(at.url("proceedings.desk_numbers"), 303)


# -- the book ---------------------------------------------------------------------------------------------------------


@blueprint.get(f"{DESK}/book")
@access(CHAIRS)
def desk_book(community: str, edition: str) -> Response:
    """The book as it stands: what is in it, and whether everybody can read it."""
    return _book(here())


def _book(at: Here, status: int = 200, refused: str = "") -> Response:
    session = unit().session
    row = queries.book(session, at.edition.id)
    whole = publishing.made(session, at.edition, (row.number if row else 0) + 1)
    is_out = row is not None and row.published_at is not None
    accepted = queries.count_accepted(session, at.edition.id)
    seen = whole.works if is_out else publishing.made(session, at.edition, 1, visible_to(at.standing)).works
    return page(
        "proceedings/book.html",
        status,
        at=at,
        tabs=_tabs(at),
        row=row,
        is_out=is_out,
        published=when_text(row.published_at, at.edition.time_zone) if row and row.published_at else "",
        is_stale=is_out and row is not None and row.digest != whole.digest,
        works=len(seen),
        left_out=max(0, accepted - len(whole.works)) if is_out or len(seen) == len(whole.works) else 0,
        people=len({who.name for work in seen for who in work.authors if who.name}),
        seen=whole.digest,
        refused=refused,
        unprintable=" ".join(row.unprintable) if row else "",
        preview_url=at.url("proceedings.desk_book_pdf"),
        bibtex_url=at.url("proceedings.desk_book_bibtex"),
        zip_url=at.url("proceedings.desk_zip"),
        publish_url=at.url("proceedings.desk_book_publish"),
        take_back_url=at.url("proceedings.desk_book_take_back"),
        public_url=at.url("proceedings.public"),
        asked_url=at.url("proceedings.desk_asked"),
    )


def _for_chair(at: Here) -> publishing.Made:
    """The book of a chair: until it is published, without works that this chair must not meet."""
    session = unit().session
    row = queries.book(session, at.edition.id)
    is_out = row is not None and row.published_at is not None
    number = (row.number if row else 0) + (0 if is_out else 1)
    return publishing.made(session, at.edition, number, None if is_out else visible_to(at.standing))


@blueprint.get(f"{DESK}/book.pdf")
@access(CHAIRS)
def desk_book_pdf(community: str, edition: str) -> Response:
    """The book as it would be published now."""
    at = here()
    made = _for_chair(at)
    number = max(1, getattr(queries.book(unit().session, at.edition.id), "number", 0) + 1)
    try:
        done = publishing.printed(made, number, at.edition.created_at)
    except printing.PressFailed as error:
        publishing.log.error("a book could not be printed", edition=at.edition.id, error=str(error))
        raise Conflict(str(_("The book could not be printed. Write to whoever runs this site."))) from error
    response = answer(done.pdf, PDF, f'inline; filename="{community}-{edition}-abstracts.pdf"', made.digest[:32])
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get(f"{DESK}/book.bib")
@access(CHAIRS)
def desk_book_bibtex(community: str, edition: str) -> Response:
    """The bibliography as it would be published now."""
    at = here()
    made = _for_chair(at)
    body = publishing.bibliography(made.works, at.edition).encode()
    response = answer(body, BIBTEX, f'attachment; filename="{community}-{edition}.bib"', made.digest[:32])
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post(f"{DESK}/book/publication")
@access(CHAIRS)
def desk_book_publish(community: str, edition: str) -> AnyResponse:
    """Give the book its public address."""
    at = here()
    try:
        row = publishing.publish(unit(), at.edition, request.form.get("seen", ""))
    except Conflict as refusal:
        return _book(at, 422, refusal.sentence)
    told = _("Published: everybody can read the book and the BibTeX now.")
    tell(
        str(told) if not row.unprintable else f"{told} {_('Some letters could not be printed; they are named below.')}"
    )
    return redirect(at.url("proceedings.desk_book"), 303)


@blueprint.post(f"{DESK}/book/withdrawal")
@access(CHAIRS)
def desk_book_take_back(community: str, edition: str) -> AnyResponse:
    """Take the book off its public address."""
    at = here()
    publishing.take_back(unit(), at.edition)
    tell(str(_("Taken back. The addresses of the book and the BibTeX lead nowhere now.")))
    return redirect(at.url("proceedings.desk_book"), 303)
