"""The camera-ready page from request to answer: what is missing, what is there, and nothing typed is lost."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import redirect, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import Limits, Plan, limits_of
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.proceedings import queries, rules, service, words
from workshop_manager.proceedings.content import Handed, Typed
from workshop_manager.proceedings.forms import CameraForm, camera_form
from workshop_manager.proceedings.models import Asked, CameraFile, CameraReady
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions import papers, uploads
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import title_of
from workshop_manager.web import navigation
from workshop_manager.web.application import commit_anyway
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import DeadlineText, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.dates import by_key, text_of
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey


@dataclass
class Bench:
    """All that the page is made of."""

    at: Here
    work: Submission
    camera: CameraReady | None
    asked: Asked
    due: DeadlineText | None
    is_open: bool

    @property
    def asks(self) -> dict[Item, Ask]:
        return rules.asked_of(queries.wanted(self.asked), self.work.outcome, has_wording=self.asked.rights_version > 0)

    @property
    def stored(self) -> Typed:
        return service.stored(self.work, self.camera, self.asked.rights_version)

    @property
    def owed(self) -> tuple[Item, ...]:
        return rules.owed(self.asks, queries.given(self.camera), self.asked.rights_version)

    @property
    def version(self) -> int:
        return self.camera.version if self.camera is not None else 0

    def url(self, endpoint: str, **values: object) -> str:
        return self.at.url(endpoint, number=self.work.number, **values)


def read(at: Here, number: int, *, lock: bool = False) -> Bench:
    """The bench of this request; raises NotFound for a work that is not the viewer's, not accepted or not asked."""
    uow, edition = unit(), at.edition
    asked = queries.asked(uow.session, edition.id)
    work = queries.find_own(uow.session, edition.id, number, viewer_person().id, lock=lock)
    if asked is None or work is None:
        raise NotFound
    camera = queries.camera_ready(uow.session, work.id)
    plan = calls.plan_for(uow.session, edition.id, DateKey.CAMERA_READY)
    is_open = rules.may_hand_in(
        work.state,
        rules.due_of(plan, work),
        uow.now,
        takes_late=asked.takes_late,
        may_be_late=camera is not None and camera.may_be_late,
    )
    return Bench(at, work, camera, asked, _due(uow, edition, work, plan), is_open)


def _due(uow: UnitOfWork, edition: Edition, work: Submission, plan: Plan) -> DeadlineText | None:
    dates, place = by_key(workshops.dates(uow.session, edition.id)), (work.round_id, work.track_id)
    return text_of(calls.dates_at(uow.session, edition.id, place, dates, plan).get(DateKey.CAMERA_READY))


def show(at: Here, number: int) -> Response:
    """The page, filled with what is stored."""
    bench = read(at, number)
    return _page(bench, camera_form(bench.asks, bench.stored, bench.version))


def receive(at: Here, number: int) -> Response:
    """What was sent, by whichever button."""
    bench = read(at, number, lock=True)
    form = camera_form(bench.asks)
    if not bench.is_open:
        return _page(bench, form, 409, hint=_("The date is past, so nothing was saved. Write to the organisers."))
    act = request.form.get("do", "save")
    if act.startswith(("up-", "down-")):
        rows = form.content(bench.stored).authors
        order = rules.reordered(range(len(rows)), act)
        form.set_authors([rows[place] for place in order])
        return _page(bench, form, hint=_("Not saved yet: save when the order is right. A file has to be chosen again."))
    handed, refusals = _look_at(bench, form)
    bench = read(at, number, lock=True)  # the transaction ended while files were looked at
    if not form.validate() or not bench.is_open:
        form.refuse(refusals)
        return _page(bench, form, 422, summary=_("Nothing is saved yet. Everything you typed is below."))
    typed = form.content(bench.stored)
    try:
        service.hand_in(unit(), at.edition, bench.work, typed, handed, started_from=form.started_from)
    except service.Stale:
        return _crossed(bench, form, typed)
    except Conflict as refusal:
        return _page(bench, form, 422, summary=refusal.sentence)
    return _saved(at, number, form, refusals)


def _saved(at: Here, number: int, form: CameraForm, refusals: Mapping[Item, str]) -> Response:
    bench = read(at, number)
    if refusals:
        commit_anyway()
        form.version.data = str(bench.version)
        form.refuse(dict(refusals))
        return _page(bench, form, 422, summary=_("Everything else is saved."))
    if bench.owed:
        missing = "; ".join(words.owed_text(item) for item in bench.owed)
        tell(str(_("Saved. Still missing: %(missing)s.", missing=missing)))
    else:
        tell(str(_("Saved. Nothing is missing.")))
    return redirect(bench.url("proceedings.camera_ready"), 303)


def limits_for(session: Session, edition: Edition, work: Submission | None = None) -> Limits:
    """What the call asks of a work of that type; the call's own limits without one."""
    kind = calls.type_of(session, edition.id, work.type_id) if work is not None else None
    return limits_of(calls.find_call(session, edition.id), kind)


def _look_at(bench: Bench, form: CameraForm) -> tuple[list[Handed], dict[Item, str]]:
    """The files that are good, and why others are not. Ends the transaction if there is any."""
    uow, sent = unit(), form.uploads()
    if not sent:
        return [], {}
    call = limits_for(uow.session, bench.at.edition, bench.work)
    most_pages = call.max_pages + bench.asked.extra_pages
    limits = {
        Item.FINAL: (max(call.max_bytes, 10 * 2**20), most_pages),
        Item.POSTER: (rules.LARGEST_PDF, 1),
        Item.SLIDES: (rules.LARGEST_PDF, rules.MOST_SLIDES),
    }
    handed: list[Handed] = []
    refusals: dict[Item, str] = {}
    for item, file in sent.items():
        max_bytes, max_pages = limits[item]
        try:
            handed.append(Handed(item, uploads.inspected(uow, file, max_bytes=max_bytes, max_pages=max_pages)))
        except uploads.Refused as refused:
            refusals[item] = refused.sentence
    return handed, refusals


def _crossed(bench: Bench, form: CameraForm, typed: Typed) -> Response:
    """A co-author saved in between: both versions are shown, and nothing is overwritten unseen."""
    stored = bench.stored
    theirs = [
        (label, text)
        for label, text, mine in (
            (_("Title"), stored.title, typed.title),
            (_("Abstract"), stored.abstract, typed.abstract),
            (_("Authors"), _names(stored), _names(typed)),
            (_("Slides"), stored.slides_url, typed.slides_url),
            (_("Video"), stored.video_url, typed.video_url),
        )
        if text != mine
    ]
    if [a.id for a in stored.authors] != [a.id for a in typed.authors] and len(stored.authors) != len(typed.authors):
        form.set_authors(stored.authors)
    form.version.data = str(bench.version)
    return _page(bench, form, 422, theirs=theirs, who=_who(bench))


def _names(typed: Typed) -> str:
    return "\n".join(", ".join(filter(None, (a.name, a.affiliation))) for a in typed.authors)


def _who(bench: Bench) -> str:
    changed_by = bench.camera.changed_by if bench.camera is not None else None
    if changed_by is None or changed_by == viewer_person().id:
        return ""
    return submissions.names_of(unit().session, {changed_by}).get(changed_by, "")


@dataclass(frozen=True, slots=True)
class Piece:
    """A line of what is asked for."""

    item: str
    name: str
    is_there: bool
    is_required: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """A version of a file."""

    version: int
    pages: int
    kilobytes: int
    when: str
    who: str
    url: str
    doubts: tuple[tuple[str, str], ...]
    """What may print differently elsewhere, and what to do about it."""


def pieces(bench: Bench) -> list[Piece]:
    """Everything that is asked for, and whether it is there."""
    there = queries.given(bench.camera)
    return [
        Piece(
            item.value,
            words.item_name(item),
            rules.is_there(item, there, bench.asked.rights_version),
            ask is Ask.MUST,
        )
        for item, ask in bench.asks.items()
    ]


def file_lines(at: Here, work: Submission, files: list[CameraFile], endpoint: str) -> dict[str, list[FileLine]]:
    """The versions of each file, newest first, with who uploaded them and when."""
    names = submissions.names_of(unit().session, {f.uploaded_by for f in files if f.uploaded_by})
    zone = viewer_zone() or at.edition.time_zone
    found: dict[str, list[FileLine]] = {item.value: [] for item in rules.FILES}
    for row in reversed(files):
        found[row.item.value].append(
            FileLine(
                version=row.version,
                pages=row.pages,
                kilobytes=-(-row.size // 1024),
                when=when_text(row.uploaded_at, zone),
                who=names.get(row.uploaded_by or 0, ""),
                url=at.url(endpoint, number=work.number, item=row.item.value, version=row.version),
                doubts=_doubts(row),
            )
        )
    return found


def _doubts(row: CameraFile) -> tuple[tuple[str, str], ...]:
    """Of a final paper: fonts and page format. Posters and slides have a format of their own."""
    if row.item is not Item.FINAL:
        return ()
    return tuple((text, reason) for passed, text, reason in papers.format_checks(row.facts) if not passed)


def _page(
    bench: Bench,
    form: CameraForm,
    status: int = 200,
    *,
    summary: str = "",
    hint: str = "",
    theirs: list[tuple[str, str]] | None = None,
    who: str = "",
) -> Response:
    uow, at = unit(), bench.at
    navigation.frame().private = True
    listed = pieces(bench)
    poster = queries.published_numbers(uow.session, at.edition.id).get(bench.work.id)
    return page(
        "proceedings/camera_ready.html",
        status,
        bench=bench,
        form=form,
        title=title_of(bench.work.title),
        pieces=listed,
        required={piece.item for piece in listed if piece.is_required},
        missing=sum(piece.is_required and not piece.is_there for piece in listed),
        files=file_lines(
            at, bench.work, bench.camera.files if bench.camera is not None else [], "proceedings.own_file"
        ),
        statement=queries.wording(uow.session, at.edition.id, bench.asked.rights_version),
        has_older_agreement=_agreed_before(bench),
        most_pages=limits_for(uow.session, at.edition, bench.work).max_pages + bench.asked.extra_pages,
        most_megabytes=rules.LARGEST_PDF // 2**20,
        poster=poster,
        summary=summary,
        hint=hint,
        theirs=theirs or [],
        who=who,
        action=bench.url("proceedings.camera_ready_sent"),
        detail_url=bench.url("submissions.detail"),
        mine_url=at.url("submissions.mine"),
        contact=at.edition.contact_email,
    )


def _agreed_before(bench: Bench) -> bool:
    """Whether they agreed to a wording that has changed since."""
    version = bench.camera.rights_version if bench.camera is not None else None
    return version is not None and version != bench.asked.rights_version
