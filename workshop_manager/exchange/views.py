"""Import: upload, look, apply. Export: what to take along, in which form."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, request, session
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.core.deadlines import AOE
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.exchange import exporting, queries, service, words
from workshop_manager.exchange.columns import targets
from workshop_manager.exchange.files import Understood, content_of
from workshop_manager.exchange.forms import UploadForm, upload_form, wishes_of
from workshop_manager.exchange.models import ImportFile
from workshop_manager.exchange.planning import Plan, Step
from workshop_manager.exchange.reading import MOST_BYTES, Problem, Unreadable
from workshop_manager.exchange.service import MAY_IMPORT, Looked
from workshop_manager.exchange.states import DateOrder, Fate, Sort, Source
from workshop_manager.submissions.uploads import release
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import platform, unit
from workshop_manager.web.times import when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.rules import MAY_SUBMISSIONS

blueprint = Blueprint("exchange", __name__)
IMPORT = "/<community>/<edition>/organise/submissions/import"
EXPORTS = "/<community>/<edition>/organise/submissions/exports"
SHOWN = 100
MOST_HERE = 3000
"""Rows that are read and brought in within a few seconds, while somebody waits for the page."""
LARGEST_BODY = MOST_BYTES + 2 * 1024 * 1024


@blueprint.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """A file a little too large is refused in the form; only for those with a session. The body goes to disk."""
    if endpoint == "exchange.upload" and SIGNED_IN_KEY in session:
        request.max_content_length = LARGEST_BODY


# -- the file -----------------------------------------------------------------------------------------------------


@blueprint.get(IMPORT)
@access(team(MAY_IMPORT))
def imports(community: str, edition: str) -> Response:
    """Choose a file; those that wait to be applied."""
    return _imports(here(), upload_form())


def _imports(at: Here, form: UploadForm, status: int = 200) -> Response:
    uow = unit()
    waiting = [
        (
            row.name,
            when_text(row.created_at, at.edition.time_zone),
            at.url("exchange.look", file_id=row.id),
            at.url("exchange.discard", file_id=row.id),
        )
        for row in queries.files_of(uow.session, at.edition.id, at.standing.person_id or 0)
        if row.expires_at > uow.now
    ]
    return page(
        "exchange/imports.html",
        status,
        parts=navigation.parts("submissions", at, request.endpoint),
        form=form,
        waiting=waiting,
        action=at.url("exchange.upload"),
        list_url=at.url("submissions.desk_list"),
        exports_url=at.url("exchange.exports"),
    )


@blueprint.post(IMPORT)
@access(team(MAY_IMPORT))
def upload(community: str, edition: str) -> Any:
    """Keep a file that can be read, and look at it."""
    at, form = here(), upload_form()
    if form.upload is None:
        form.file.errors = [str(_("Choose the file."))]
        return _imports(at, form, 422)
    name, source = form.upload.filename or "", form.chosen
    # Reading a large file takes seconds, in which nobody else should have to wait for the database.
    release(unit())
    body = form.upload.stream.read(MOST_BYTES + 1)
    form.upload.close()
    try:
        content = content_of(body)
    except Unreadable as unreadable:
        form.file.errors = [words.problem_text(unreadable)]
        return _imports(at, form, 422)
    if (rows := content.size) > MOST_HERE:
        sentence = _(
            "There are %(rows)s rows, and a page has time for %(most)s. Whoever runs this site brings them in with"
            " “workshop-manager submissions import %(edition)s FILE”; or divide the file.",
            rows=rows,
            most=MOST_HERE,
            edition=f"{community}/{edition}",
        )
        form.file.errors = [str(sentence)]
        return _imports(at, form, 422)
    try:
        row = service.keep(unit(), at.edition, name, body, source, content.columns)
    except Conflict as refusal:
        form.file.errors = [refusal.sentence]
        return _imports(at, form, 422)
    return redirect(at.url("exchange.look", file_id=row.id), 303)


# -- the look -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the preview."""

    where: str
    title: str
    sort: str
    sign: tuple[str, str, str]
    about: str


def _looked(at: Here, row: ImportFile) -> Looked:
    return service.look(unit(), at.edition, at.standing, content_of(row.body), row.wishes)


@blueprint.get(f"{IMPORT}/<int:file_id>")
@access(team(MAY_IMPORT))
def look(community: str, edition: str, file_id: int) -> Response:
    """What a file brings, row by row. Nothing has happened yet."""
    at = here()
    row = service.own_file(unit(), at.edition, file_id)
    return _look(at, row, _looked(at, row))


def _look(
    at: Here, row: ImportFile, looked: Looked, status: int = 200, refused: str = "", more: Sequence[Problem] = ()
) -> Response:
    understood, plan = looked.understood, looked.plan
    problems = [*plan.problems, *more]
    gathered = words.gathered(problems)
    shown = [one for one in plan.steps if one.what != "same"]
    tracks = workshops.tracks(unit().session, at.edition.id)
    fitting = targets(understood.sort)
    is_about_works = understood.sort is Sort.SUBMISSIONS
    return page(
        "exchange/look.html",
        status,
        parts=navigation.parts("submissions", at, request.endpoint),
        name=row.name,
        source=words.source_name(understood.source),
        is_remembered=row.wishes.get("remembered") is True,
        refused=refused,
        sources=_choices(Source, words.source_name, understood.source),
        sorts=_choices(Sort, words.sort_name, understood.sort) if understood.columns else [],
        orders=_choices(DateOrder, words.order_name, DateOrder(row.wishes.get("order", "auto"))),
        columns=[
            (place, column, understood.samples.get(column, ""), _held(understood, column))
            for place, column in enumerate(understood.columns)
        ],
        targets=[(target.value, words.target_name(target)) for target in fitting],
        questions=[(asked.field, asked.label) for asked in looked.questions] if is_about_works else [],
        zone=_zone(str(row.wishes.get("zone") or at.edition.time_zone)),
        statuses=[
            (place, status, count, _choices(Fate, words.fate_name, fate))
            for place, (status, fate, count) in enumerate(plan.statuses)
        ],
        words=[
            (place, word, count, track_id, is_certain)
            for place, (word, track_id, is_certain, count) in enumerate(plan.tracks)
        ],
        tracks=[(track.id, track.name) for track in tracks],
        scales=plan.scales,
        strangers=looked.choices.strangers,
        has_reviews=bool(understood.incoming.reviews),
        problems=gathered[:SHOWN],
        more_problems=max(0, len(gathered) - SHOWN),
        remarks=[words.problem_text(one) for one in plan.remarks],
        counts=[(words.what_sign(what), plan.count(what)) for what in ("new", "changed", "same", "left")],
        rows=[_row(one) for one in shown[:SHOWN]],
        more_rows=max(0, len(shown) - SHOWN),
        may_apply=not problems and plan.does_something,
        has_new_works=plan.count("new", Sort.SUBMISSIONS) > 0,
        does_something=plan.does_something,
        seen=plan.digest,
        wish_url=at.url("exchange.wish", file_id=row.id),
        apply_url=at.url("exchange.apply", file_id=row.id),
        discard_url=at.url("exchange.discard", file_id=row.id),
        import_url=at.url("exchange.imports"),
        list_url=at.url("submissions.desk_list"),
    )


def _zone(name: str) -> str:
    return "AoE" if name == AOE else name


def _held(understood: Understood, column: str) -> str:
    """What a column holds, as the value of its choice."""
    if column in understood.answers:
        return f"q{understood.answers[column]}"
    target = understood.mapping.get(column)
    return target.value if target else ""


def _choices(kind: Any, name: Any, chosen: Any) -> list[tuple[str, str, bool]]:
    return [(one.value, name(one), one is chosen) for one in kind]


def _row(step: Step) -> Row:
    about = words.problem_text(step.why) if step.why is not None else words.field_names(step.fields)
    return Row(
        where=str(_("Row %(line)s", line=step.line)),
        title=step.title or step.key.partition("\t")[0],
        sort=words.sort_name(step.sort),
        sign=words.what_sign(step.what),
        about=about if step.what in ("changed", "left") else "",
    )


@blueprint.post(f"{IMPORT}/<int:file_id>")
@access(team(MAY_IMPORT))
def wish(community: str, edition: str, file_id: int) -> Any:
    """Say what the columns hold; look again."""
    at, uow = here(), unit()
    row = service.own_file(uow, at.edition, file_id)
    service.wish(uow, at.edition, file_id, wishes_of(request.form, _looked(at, row)))
    return redirect(at.url("exchange.look", file_id=file_id) + "#preview", 303)


@blueprint.post(f"{IMPORT}/<int:file_id>/application")
@access(team(MAY_IMPORT))
def apply(community: str, edition: str, file_id: int) -> Any:
    """Bring in what was looked at: all of it, or nothing."""
    at, uow = here(), unit()
    tells = bool(request.form.get("tell"))
    try:
        plan = service.apply_file(uow, at.edition, file_id, request.form.get("seen", ""), tell=tells)
    except service.Refused as refusal:
        release(uow)
        row = service.own_file(unit(), at.edition, file_id)
        return _look(at, row, _looked(at, row), 422, refusal.sentence, refusal.problems)
    told = _("The authors of what is new get a mail.") if tells else _("Nobody was written to.")
    tell(f"{_done(plan)} {told}")
    return redirect(at.url("submissions.desk_list"), 303)


def _done(plan: Plan) -> str:
    new, changed, same = (plan.count(what) for what in ("new", "changed", "same"))
    parts = [
        ngettext("%(num)s row is brought in.", "%(num)s rows are brought in.", new) if new else "",
        ngettext("%(num)s is changed.", "%(num)s are changed.", changed) if changed else "",
        ngettext("%(num)s is as it was.", "%(num)s are as they were.", same) if same else "",
    ]
    return " ".join(part for part in parts if part)


@blueprint.post(f"{IMPORT}/<int:file_id>/removal")
@access(team(MAY_IMPORT))
def discard(community: str, edition: str, file_id: int) -> Any:
    """Throw a file away."""
    at = here()
    service.discard(unit(), at.edition, file_id)
    tell(str(_("The file is gone. Nothing was brought in.")))
    return redirect(at.url("exchange.imports"), 303)


# -- exports ------------------------------------------------------------------------------------------------------


@blueprint.get(EXPORTS)
@access(team(MAY_SUBMISSIONS))
def exports(community: str, edition: str) -> Response:
    """What can be taken along."""
    at = here()
    return page(
        "exchange/exports.html",
        parts=navigation.parts("submissions", at, request.endpoint),
        kinds=[
            (
                exporting.title(kind),
                exporting.about(kind),
                at.url("exchange.export", kind=kind, form="csv"),
                at.url("exchange.export", kind=kind, form="json"),
            )
            for kind in exporting.KINDS
            if at.standing.may(exporting.KINDS[kind].may)
        ],
        list_url=at.url("submissions.desk_list"),
        import_url=at.url("exchange.imports") if at.standing.may(MAY_IMPORT) else None,
    )


@blueprint.get(f"{EXPORTS}/<kind>.<form>")
@access(team(MAY_SUBMISSIONS))
def export(community: str, edition: str, kind: str, form: str) -> Response:
    """One of them, streamed: what this person may see at the desk, and nothing else."""
    at = here()
    wanted = exporting.KINDS.get(kind)
    if wanted is None or form not in exporting.FORMS or not at.standing.may(wanted.may):
        raise NotFound
    name = f"{community}-{edition}-{kind}"
    return exporting.streamed(platform().database, wanted, form, at.edition, at.standing, name)
