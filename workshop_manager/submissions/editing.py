"""The submission form from request to answer: what is typed is never lost, and saved wherever it can be.

A draft is saved by every button, whatever is still missing. What was submitted stays complete: a change that is not
is shown again, unsaved. Late, refused and crossing changes all come back with everything that was typed.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import queries as calls
from workshop_manager.calls.cover import asked_text, shown
from workshop_manager.calls.models import Call, Round, SubmissionType
from workshop_manager.calls.rules import (
    Limits,
    Phase,
    Plan,
    changes_until,
    deadline_for,
    limits_of,
    open_rounds,
    phase_for,
    round_to_show,
)
from workshop_manager.calls.words import Choice, round_choices, type_choices
from workshop_manager.core.errors import NotFound
from workshop_manager.submissions import queries, rules, service, uploads, words
from workshop_manager.submissions.content import Content, Upload, differences, rearranged
from workshop_manager.submissions.forms import SubmissionForm, first_content, submission_form
from workshop_manager.submissions.models import Declaration, Submission
from workshop_manager.submissions.rules import Gap
from workshop_manager.submissions.states import State
from workshop_manager.web.application import commit_anyway
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import DeadlineText, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.dates import by_key
from workshop_manager.workshops.models import ImportantDate, Track
from workshop_manager.workshops.states import DateKey, Mode


@dataclass
class Bench:
    """All that the form's page is made of. `submission` is None for one that is new."""

    at: Here
    call: Call
    tracks: Sequence[Track]
    types: Sequence[SubmissionType]
    rounds: Sequence[Round]
    dates: dict[DateKey, ImportantDate]
    plan: Plan
    submission: Submission | None
    declaration: Declaration | None

    @property
    def state(self) -> State:
        return self.submission.state if self.submission else State.DRAFT

    @property
    def place(self) -> tuple[int | None, int | None]:
        """The round and track the work is in; for one that is new, the round that a page speaks of."""
        if self.submission is None:
            return round_to_show(self.plan, unit().now), None
        return self.submission.round_id, self.submission.track_id

    @property
    def phase(self) -> Phase:
        return rules.phase_of_work(self.plan, unit().now, self.state, *self.place)

    @property
    def may_edit(self) -> bool:
        return rules.may_edit(self.state, self.phase)

    @property
    def open_rounds(self) -> tuple[int | None, ...]:
        """The rounds to choose from; what was submitted stays in its own."""
        return open_rounds(self.plan, unit().now) if self.state is State.DRAFT else ()

    def settled(self, content: Content) -> Content:
        """With the round it goes to: the stored one, unless a draft chose another or its own has closed."""
        stored = self.submission.round_id if self.submission else None
        if self.state is not State.DRAFT or not self.open_rounds:
            return replace(content, round_id=stored)
        if content.round_id in self.open_rounds and len(self.open_rounds) > 1:
            return content
        return replace(content, round_id=stored if stored in self.open_rounds else self.open_rounds[0])

    @property
    def eligibility(self) -> dict[int, str]:
        return {track.id: track.eligibility for track in self.tracks}

    @property
    def stored(self) -> Content:
        """What is stored, or what a new form begins with."""
        if self.submission is None:
            return self.settled(first_content(viewer_person()))
        return service.content_of(self.submission, self.declaration)

    @property
    def with_remote(self) -> bool:
        return self.at.edition.mode is not Mode.IN_PERSON

    @property
    def due(self) -> DeadlineText | None:
        """Until when this work can be changed, for reading."""
        until = deadline_for if self.state is State.DRAFT else changes_until
        return shown(until(self.plan, *self.place), self.dates.get(DateKey.ABSTRACTS_DUE))

    def track(self, track_id: int | None) -> Track | None:
        return next((track for track in self.tracks if track.id == track_id), None)

    def limits(self, content: Content) -> Limits:
        """What is asked of a work of the chosen type."""
        return limits_of(self.call, next((kind for kind in self.types if kind.id == content.type_id), None))

    def gaps(self, content: Content, *, has_file: bool) -> list[Gap]:
        """What this content still misses."""
        is_open = self._takes(content.round_id, content.track_id)
        limits = self.limits(content)
        return list(rules.gaps(content, limits, self.eligibility, has_file=has_file, is_open=is_open))

    def _takes(self, round_id: int | None, track_id: int | None) -> bool:
        if self.state is not State.DRAFT and (round_id, track_id) == self.place:
            return True
        return phase_for(self.plan, unit().now, round_id, track_id) is Phase.OPEN


def read(at: Here, number: int | None, *, lock: bool = False) -> Bench:
    """The bench of this request; raises NotFound for a submission that is not the viewer's."""
    uow, edition_id = unit(), at.edition.id
    submission = declaration = None
    if number is not None:
        submission = queries.find_own(uow.session, edition_id, number, viewer_person().id, lock=lock)
        if submission is None:
            raise NotFound
        declaration = queries.declaration_of(uow.session, submission.id)
    dates = by_key(workshops.dates(uow.session, edition_id))
    person_id, track_id = viewer_person().id, submission.track_id if submission else None
    call, types = calls.call_with_types(uow.session, edition_id)
    plan = calls.plan_of(uow.session, edition_id, person_id, dates=dates, also=track_id)
    return Bench(
        at=at,
        call=call,
        tracks=calls.tracks_for(uow.session, edition_id, person_id, track_id),
        types=types,
        rounds=calls.rounds_of(uow.session, edition_id) if len(plan.rounds) > 1 else (),
        dates=dates,
        plan=plan,
        submission=submission,
        declaration=declaration,
    )


def _form(bench: Bench, content: Content | None = None, **hidden: object) -> SubmissionForm:
    names = {choice.id: choice for choice in round_choices(bench.call, bench.rounds)}
    return submission_form(
        bench.tracks,
        content,
        rounds=[names[round_id] for round_id in bench.open_rounds],
        types=type_choices(bench.call, bench.types),
        with_remote=bench.with_remote,
        **hidden,
    )


def show(at: Here, number: int | None) -> AnyResponse:
    """The form, empty or filled with what is stored."""
    bench = read(at, number)
    if not bench.may_edit:
        tell(closed_sentence(bench), "info")
        return redirect(at.url("submissions.detail", number=number) if number else at.url("calls.call"), 303)
    version = bench.submission.version if bench.submission else 0
    form = _form(bench, bench.settled(bench.stored), version=str(version))
    return _page(bench, form)


def receive(at: Here, number: int | None) -> AnyResponse:
    """What was sent, by whichever button."""
    uow = unit()
    bench = read(at, number, lock=True)
    form = _form(bench)
    if not bench.may_edit:
        return _too_late(bench, form)
    upload, refusal = None, ""
    if form.upload is not None and bench.limits(form.content(bench.tracks)).needs_pdf:
        upload, refusal = _look_at(form.upload, bench.limits(form.content(bench.tracks)))
        bench = read(at, number, lock=True)  # the transaction ended while the file was looked at
        if not bench.may_edit:
            return _too_late(bench, form)
    if not form.validate():
        form.refuse_file(refusal)
        return _page(bench, form, status=422, summary=_("Nothing is saved yet. Everything you typed is below."))
    if number is None:
        submission = service.begin(uow, at.edition, form.key)
        declaration = queries.declaration_of(uow.session, submission.id)
        bench = replace(bench, submission=submission, declaration=declaration)
    typed = bench.settled(form.content(bench.tracks))
    if crossing := _crossing(bench, form, typed, upload):
        return _crossed(bench, form, crossing, was_sent=form.upload is not None)
    act = request.form.get("do", "stay")
    if act.startswith("author-"):
        form.set_authors(rearranged(typed.authors, act.removeprefix("author-")))
    keep = _keep_draft if bench.state is State.DRAFT else _keep_submitted
    return keep(bench, form, upload, refusal, act)


def _look_at(file: FileStorage, limits: Limits) -> tuple[Upload | None, str]:
    """The file if it is good, or why it is not. Ends the transaction."""
    try:
        return uploads.take(unit(), file, limits), ""
    except uploads.Refused as refused:
        return None, refused.sentence


def _keep_draft(bench: Bench, form: SubmissionForm, upload: Upload | None, refusal: str, act: str) -> AnyResponse:
    """Save whatever there is; then leave, stay, or submit if nothing is missing."""
    uow, at, submission = unit(), bench.at, bench.submission
    assert submission is not None
    typed = bench.settled(form.content(bench.tracks))
    service.save(uow, at.edition, submission, typed, upload, bench.track(typed.track_id))
    bench.declaration = queries.declaration_of(uow.session, submission.id)
    missing = bench.gaps(typed, has_file=bool(submission.files)) if act == "submit" else []
    if missing or refusal:
        commit_anyway()
        form.show_all(missing, refusal)
        summary = _("Everything else is saved as a draft.") if refusal else _("Everything you typed is saved.")
        return _page(bench, form, status=422, summary=summary)
    if act == "submit":
        service.submit(uow, at.edition, submission, bench.eligibility)
        due = bench.due
        tell(
            _("Your abstract is in. You can change everything until %(due)s; the last version counts.", due=due.text)
            if due
            else _("Your abstract is in.")
        )
        return redirect(at.url("submissions.detail", number=submission.number), 303)
    if act == "draft":
        due = bench.due
        tell(_("Draft saved. It is not submitted yet: that has to happen by %(due)s.", due=due.text if due else ""))
        return redirect(at.url("submissions.mine"), 303)
    return _page(bench, form)


def _keep_submitted(bench: Bench, form: SubmissionForm, upload: Upload | None, refusal: str, act: str) -> AnyResponse:
    """Save a change of what was submitted, only if nothing is missing from it."""
    uow, at, submission = unit(), bench.at, bench.submission
    assert submission is not None
    if act.startswith("author-"):
        again = _("Not saved yet. The PDF has to be chosen again: browsers do not keep a file.") if upload else ""
        return _page(bench, form, hint=again or _("Not saved yet."))
    typed = bench.settled(form.content(bench.tracks))
    missing = bench.gaps(typed, has_file=bool(submission.files) or upload is not None)
    if missing or refusal:
        form.show_all(missing, refusal)
        summary = _("Your change is not saved; what you submitted before still stands.")
        if upload is not None:
            summary += " " + _("The PDF has to be chosen again: browsers do not keep a file.")
        return _page(bench, form, status=422, summary=summary)
    if service.save(uow, at.edition, submission, typed, upload, bench.track(typed.track_id)):
        tell(_("Saved. This version counts now."))
    else:
        tell(_("Nothing had changed. Your abstract is in as it was."), "info")
    return redirect(at.url("submissions.detail", number=submission.number), 303)


# -- what stands in the way ---------------------------------------------------------------------------------------


def closed_sentence(bench: Bench) -> str:
    """Why nothing can be changed now."""
    due = bench.due
    if bench.state not in rules.EDITABLE:
        return str(_("This abstract is %(state)s and cannot be changed.", state=words.state_name(bench.state).lower()))
    if bench.phase is Phase.AHEAD:
        opens = shown(bench.plan.date(DateKey.CALL_OPENS, bench.place[0]))
        when = opens.text if opens else ""
        return str(_("The call opens on %(when)s. Until then nothing can be handed in.", when=when))
    if bench.phase is Phase.UNDATED or due is None:
        return str(_("There is no open call for abstracts here."))
    return str(_("The call closed on %(when)s.", when=due.text))


def _too_late(bench: Bench, form: SubmissionForm) -> Response:
    """The call is not open, or the work is past changing: say so, and show what was typed, to be kept elsewhere."""
    return page(
        "submissions/late.html",
        409,
        bench=bench,
        sentence=closed_sentence(bench),
        typed=form.content(bench.tracks),
        list_url=bench.at.url("submissions.mine"),
        call_url=bench.at.url("calls.call"),
        detail_url=bench.at.url("submissions.detail", number=bench.submission.number) if bench.submission else None,
        contact=bench.at.edition.contact_email,
        was_draft=bench.state is State.DRAFT,
    )


def _crossing(bench: Bench, form: SubmissionForm, typed: Content, upload: Upload | None) -> list[str]:
    """The fields in which somebody else's newer version differs from what is sent now."""
    submission = bench.submission
    if submission is None or submission.version == form.started_from or _is_fresh(submission):
        return []
    found = list(differences(bench.stored, typed))
    latest = submission.files[-1].sha256 if submission.files else None
    if upload is not None and latest is not None and latest != upload.sha256:
        found.append("file")
    return found


def _is_fresh(submission: Submission) -> bool:
    """Made by this very request: nobody else's version can be in the way."""
    return submission.version == 1


@dataclass(frozen=True, slots=True)
class Theirs:
    """One field as it was saved meanwhile."""

    label: str
    text: str


def _crossed(bench: Bench, form: SubmissionForm, fields: list[str], *, was_sent: bool) -> Response:
    """Somebody saved in between: both versions are shown, and nothing is overwritten unseen."""
    submission = bench.submission
    assert submission is not None
    stored = bench.stored
    form.version.data = str(submission.version)
    who = queries.names_of(unit().session, {submission.changed_by} if submission.changed_by else set())
    is_self = submission.changed_by == viewer_person().id
    return _page(
        bench,
        form,
        status=422,
        theirs=[_theirs(name, stored, bench) for name in fields],
        who=None if is_self else who.get(submission.changed_by or 0, ""),
        summary=_("The PDF has to be chosen again: browsers do not keep a file.") if was_sent else "",
        keep_version=True,
    )


def _theirs(name: str, stored: Content, bench: Bench) -> Theirs:
    yes, no = _("yes"), _("no")
    track = bench.track(stored.track_id)
    answers: dict[bool | None, str] = {True: yes, False: no, None: _("no answer")}
    texts = {
        "title": (_("Title"), stored.title),
        "abstract": (_("Abstract"), stored.abstract),
        "track_id": (_("Track"), track.name if track else _("none")),
        "round_id": (_("Round"), _name(round_choices(bench.call, bench.rounds), stored.round_id)),
        "type_id": (_("Kind of work"), _name(type_choices(bench.call, bench.types), stored.type_id)),
        "authors": (_("Authors"), "\n".join(_author_line(a.name, a.affiliation, a.email) for a in stored.authors)),
        "listing": (_("If accepted, show the authors"), words.listing_text(stored.listing)),
        "remote": (_("Present from afar"), answers[stored.remote]),
        "is_eligible": (_("Statement for the track"), answers[stored.is_eligible]),
        "not_published": (_("Not published before"), answers[stored.not_published]),
        "wants_grant": (_("Would like a travel grant"), answers[stored.wants_grant]),
        "willing_to_review": (_("Can review"), answers[stored.willing_to_review]),
        "file": (_("The PDF"), _("another file was uploaded")),
    }
    label, text = texts[name]
    return Theirs(label, text or _("(empty)"))


def _name(choices: Sequence[Choice], chosen: int | None) -> str:
    return next((choice.name for choice in choices if choice.id == chosen), "")


def _author_line(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


# -- the page -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Todo:
    """A line of “Ready to submit?”."""

    text: str
    anchor: str
    is_done: bool


def _todos(bench: Bench, content: Content, gaps: Sequence[Gap]) -> list[Todo]:
    labels = [("title", _("Title"))]
    if bench.tracks:
        labels.append(("track", _("Track")))
    labels += [("abstract", _("Abstract")), ("authors", _("Authors and presenter"))]
    if bench.limits(content).needs_pdf:
        labels.append(("file", _("PDF")))
    chosen = bench.track(content.track_id)
    if chosen and chosen.eligibility:
        labels.append((f"eligible_{chosen.id}", _("Statement for your track")))
    labels.append(("not_published", _("Not published before")))
    first: dict[str, Gap] = {}
    for gap in gaps:
        first.setdefault(gap.field.partition("-")[0], gap)
    return [Todo(text, first[name].field if name in first else name, name not in first) for name, text in labels]


def _page(
    bench: Bench,
    form: SubmissionForm,
    *,
    status: int = 200,
    summary: str = "",
    hint: str = "",
    theirs: Sequence[Theirs] = (),
    who: str | None = None,
    keep_version: bool = False,
) -> Response:
    """The form's page with its aside. After a save the form goes on from the version that was saved."""
    at, submission = bench.at, bench.submission
    if submission is not None and status in (200, 422) and bench.state is State.DRAFT and not keep_version:
        form.version.data = str(submission.version)
    content = bench.settled(form.content(bench.tracks))
    latest = submission.files[-1] if submission and submission.files else None
    gaps = bench.gaps(content, has_file=latest is not None)
    is_draft = bench.state is State.DRAFT
    zone = viewer_zone() or at.edition.time_zone
    new_url = at.url("submissions.new")
    return page(
        "submissions/form.html",
        status,
        bench=bench,
        call=bench.call,
        limits=bench.limits(content),
        asks_for_pdf=bench.call.needs_pdf or any(kind.needs_pdf for kind in bench.types),
        type_texts={form.type_value(c): limits_text(bench, c.id) for c in type_choices(bench.call, bench.types)},
        round_texts={form.type_value(c): _round_text(bench, c) for c in round_choices(bench.call, bench.rounds)},
        form=form,
        is_draft=is_draft,
        action=at.url("submissions.edit", number=submission.number) if submission else new_url,
        mine_url=at.url("submissions.mine"),
        call_url=at.url("calls.call"),
        detail_url=at.url("submissions.detail", number=submission.number) if submission else None,
        due=bench.due,
        has_errors=status == 422 and not theirs,
        heading=_heading(form.number_of_errors, is_draft),
        summary=summary,
        hint=hint,
        theirs=theirs,
        who=who,
        todos=_todos(bench, content, gaps),
        saved_at=when_text(submission.changed_at, zone) if submission else None,
        latest=latest,
        latest_name=_file_name(at, submission),
        latest_at=when_text(latest.uploaded_at, zone) if latest else None,
        blind_url=at.url("submissions.blind_file", number=submission.number, version=latest.version)
        if latest and submission
        else None,
        track_texts={str(t.id): _track_text(t) for t in bench.tracks},
        questions=[(t, form[f"eligible_{t.id}"]) for t in bench.tracks if t.eligibility],
        cutoff=_cutoff(bench, content),
        contact=at.edition.contact_email,
    )


def _cutoff(bench: Bench, content: Content) -> DeadlineText | None:
    """The day before which the work must not have appeared."""
    return shown(bench.limits(content).prior_cutoff or bench.plan.date(DateKey.CALL_OPENS, content.round_id))


def limits_text(bench: Bench, type_id: int | None) -> str:
    """What a type asks for, in a line."""
    kind = next((kind for kind in bench.types if kind.id == type_id), None)
    return asked_text(limits_of(bench.call, kind))


def _round_text(bench: Bench, choice: Choice) -> str:
    due = shown(deadline_for(bench.plan, choice.id, None))
    return _("until %(when)s", when=due.text) if due else ""


def _heading(number: int, is_draft: bool) -> str:
    if is_draft:
        return str(
            ngettext("One thing before this can be submitted", "%(num)s things before this can be submitted", number)
        )
    return str(ngettext("One thing needs another look", "%(num)s things need another look", number))


def _file_name(at: Here, submission: Submission | None) -> str:
    """What the newest file is called: as its uploader named it for the uploader, a neutral name for everybody else."""
    if submission is None or not submission.files:
        return ""
    latest = submission.files[-1]
    if latest.uploaded_by == viewer_person().id:
        return latest.original_name
    return str(_("Version %(version)s", version=latest.version))


def _track_text(track: Track) -> str:
    if not track.eligibility:
        return track.description or str(_("Open to every author."))
    return f"{track.description} {track.eligibility}".strip()
