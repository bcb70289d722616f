"""The submission form from request to answer: what is typed is never lost, and saved wherever it can be.

A draft is saved by every button, whatever is still missing. What was submitted stays complete: a change that is not
is shown again, unsaved. Late, refused and crossing changes all come back with everything that was typed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.calls import queries as calls
from workshop_manager.calls.cover import asked_text, shown
from workshop_manager.calls.models import Call, Round, SubmissionType
from workshop_manager.calls.rules import (
    Limits,
    Phase,
    Plan,
    deadline_for,
    limits_of,
    open_rounds,
    phase_for,
    round_to_show,
)
from workshop_manager.calls.words import Choice, round_choices, type_choices
from workshop_manager.core.errors import NotFound
from workshop_manager.questions import filling
from workshop_manager.questions import rules as questions
from workshop_manager.questions import words as question_words
from workshop_manager.questions.rules import Gap
from workshop_manager.submissions import autosave, papers, queries, rules, service, words
from workshop_manager.submissions.arrivals import Arrived, look_at
from workshop_manager.submissions.content import MOST_AUTHORS, Content, Upload, differences, rearranged
from workshop_manager.submissions.form import Filled, filled, scopes_of, value_of
from workshop_manager.submissions.forms import SubmissionForm, first_content, submission_form
from workshop_manager.submissions.models import Declaration, Submission
from workshop_manager.submissions.states import State
from workshop_manager.submissions.topics import Topic, topics_for
from workshop_manager.submissions.twins import Known, Twin, Work, twin, twins_of
from workshop_manager.web.application import commit_anyway
from workshop_manager.web.forms import tell
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person, viewer_zone
from workshop_manager.web.times import DeadlineText, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.dates import Dated, by_key
from workshop_manager.workshops.models import ImportantDate, Track
from workshop_manager.workshops.states import DateKey, Mode

SHOW = "show"
"""The button that shows the questions of another track, for browsers without JavaScript."""


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
    filled: Filled
    topics: Sequence[tuple[Topic, bool]] = ()
    """What a work can be about, each with whether this one is."""

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
        content = service.content_of(self.submission, self.declaration, self.filled)
        return replace(content, topics=frozenset(topic.id for topic, is_chosen in self.topics if is_chosen))

    @property
    def offered(self) -> frozenset[str]:
        """Every scope that this author could choose: questions of others are not on the page."""
        places = [f"track:{track.id}" for track in self.tracks]
        places += [f"type:{value_of(row.id)}" for row in self.types]
        places += [f"round:{value_of(row.id)}" for row in self.rounds]
        return scopes_of(self.settled(Content())) | {*places, "type:own", "round:own"}

    def form(self, content: Content | None = None, **hidden: object) -> SubmissionForm:
        """The form, filled with `content`, or with what was sent."""
        names = {choice.id: choice for choice in round_choices(self.call, self.rounds)}
        return submission_form(
            self.tracks,
            self.filled.sheet,
            unit().now,
            content,
            rounds=[names[round_id] for round_id in self.open_rounds],
            types=type_choices(self.call, self.types),
            topics=[topic for topic, _is_chosen in self.topics],
            with_remote=self.with_remote,
            **hidden,
        )

    def typed(self, form: SubmissionForm) -> Content:
        """What was typed, as it would be stored."""
        return form.answered(self.settled(form.content(self.tracks)), self.filled, unit().now)

    @property
    def with_remote(self) -> bool:
        return self.at.edition.mode is not Mode.IN_PERSON

    @property
    def due(self) -> DeadlineText | None:
        """Until when this work can be changed, for reading."""
        rows = (self.placed.get(DateKey.ABSTRACTS_DUE), self.placed.get(DateKey.EDIT_UNTIL))
        return shown(rules.open_until(self.plan, unit().now, self.state, *self.place), *rows)

    @cached_property
    def placed(self) -> dict[DateKey, Dated]:
        """The dates of its round and track, with what they were before."""
        return calls.dates_at(unit().session, self.at.edition.id, self.place, self.dates, self.plan)

    def track(self, track_id: int | None) -> Track | None:
        return next((track for track in self.tracks if track.id == track_id), None)

    def limits(self, content: Content) -> Limits:
        """What is asked of a work of the chosen type."""
        return limits_of(self.call, next((kind for kind in self.types if kind.id == content.type_id), None))

    def gaps(self, content: Content, *, has_file: bool) -> list[Gap]:
        """What this content still misses."""
        found = rules.gaps(
            content,
            self.limits(content),
            self.eligibility,
            has_file=has_file,
            most_authors=self._most_authors(),
            is_open=self._takes(content.round_id, content.track_id),
            sheet=self.filled.sheet,
            given=scopes_of(content),
            now=unit().now,
        )
        number = self.submission.id if self.submission else None
        return [*found, *service.over_cap(unit(), self.call, number, content.authors)]

    def _most_authors(self) -> int:
        """What came in with more authors, from another system say, can still be changed."""
        is_in = self.submission is not None and self.state is not State.DRAFT
        return max(MOST_AUTHORS, len(self.submission.authors)) if is_in and self.submission else MOST_AUTHORS

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
        filled=filled(uow, edition_id, submission),
        topics=topics_for(uow.session, edition_id, submission.id if submission else None),
    )


def show(at: Here, number: int | None) -> AnyResponse:
    """The form, empty or filled with what is stored."""
    bench = read(at, number)
    if not bench.may_edit:
        tell(closed_sentence(bench), "info")
        return redirect(at.url("submissions.detail", number=number) if number else at.url("calls.call"), 303)
    version = bench.submission.version if bench.submission else 0
    return _page(bench, bench.form(bench.settled(bench.stored), version=str(version)))


def receive(at: Here, number: int | None) -> AnyResponse:
    """What was sent, by whichever button, or by the browser while somebody types."""
    act = request.form.get("do", "stay")
    bench = read(at, number, lock=True)
    form = bench.form()
    if not bench.may_edit:
        return autosave.refused(closed_sentence(bench)) if act == autosave.ACT else _too_late(bench, form)
    arrived = look_at(form, bench.limits(form.content(bench.tracks)), bench.filled.sheet)
    if arrived.was_looked_at:
        bench = read(at, number, lock=True)
        if not bench.may_edit:
            return _too_late(bench, form)
    if act == autosave.ACT:
        return _keep_while_typing(bench, form)
    if not form.validate():
        form.refuse_files(arrived.refusals)
        return _page(bench, form, status=422, summary=_("Nothing is saved yet. Everything you typed is below."))
    bench = _begun(bench, form)
    typed = bench.typed(form)
    if crossing := _crossing(bench, form, typed, arrived.upload):
        return _crossed(bench, form, crossing, was_sent=form.upload is not None)
    if act.startswith("author-"):
        form.set_authors(rearranged(typed.authors, act.removeprefix("author-")))
    keep = _keep_draft if bench.state is State.DRAFT else _keep_submitted
    return keep(bench, form, arrived, act)


def _begun(bench: Bench, form: SubmissionForm) -> Bench:
    """The bench with a submission: a new draft if there is none yet, the same one if this very form made one."""
    if bench.submission is not None:
        return bench
    uow, edition = unit(), bench.at.edition
    submission = service.begin(uow, edition, form.key)
    declaration = queries.declaration_of(uow.session, submission.id)
    return replace(bench, submission=submission, declaration=declaration, filled=filled(uow, edition.id, submission))


def _save(bench: Bench, typed: Content, arrived: Arrived, *, keep_hidden_files: bool = False) -> bool:
    """Store it; the bench shows what is stored from then on. True if that changed anything."""
    uow, submission = unit(), bench.submission
    assert submission is not None
    is_changed = service.save(
        uow, bench.at.edition, submission, typed, arrived.upload, bench.track(typed.track_id),
        files=arrived.answers, cv=arrived.cv, keep_hidden_files=keep_hidden_files,
    )  # fmt: skip
    bench.declaration = queries.declaration_of(uow.session, submission.id)
    bench.filled = filled(uow, bench.at.edition.id, submission)
    bench.topics = [(topic, topic.id in (typed.topics or ())) for topic, _is_chosen in bench.topics]
    return is_changed


def _keep_while_typing(bench: Bench, form: SubmissionForm) -> AnyResponse:
    """Save a draft in the background. Nothing is begun before anything was typed, nothing overwritten unseen."""
    if bench.state is not State.DRAFT:
        return autosave.refused(_("What was submitted is changed with the button only."))
    if not form.validate():
        return autosave.refused(_("Not saved: something is too long. The button says what."))
    if bench.submission is None and not any(differences(bench.stored, bench.typed(form))):
        return autosave.unchanged()
    bench = _begun(bench, form)
    typed = bench.typed(form)
    if _crossing(bench, form, typed, None):
        return autosave.refused(_("Another version was saved meanwhile. Save with the button to see both."))
    _save(bench, typed, Arrived(), keep_hidden_files=True)
    submission = bench.submission
    assert submission is not None
    named = [author for author in typed.authors if not author.is_blank]
    ids = dict(zip(map(id, named), (row.id for row in submission.authors), strict=False))
    return autosave.saved(
        version=submission.version,
        at=unit().now,
        zone=viewer_zone() or bench.at.edition.time_zone,
        address=bench.at.url("submissions.edit", number=submission.number),
        key=_draft_key(bench),
        authors=[ids.get(id(author)) for author in typed.authors],
        todos=_todos(bench, typed, bench.gaps(typed, has_file=bool(submission.files))),
        twins=_twins(bench, typed),
    )


def _keep_draft(bench: Bench, form: SubmissionForm, arrived: Arrived, act: str) -> AnyResponse:
    """Save whatever there is; then leave, stay, or submit if nothing is missing."""
    uow, at, submission = unit(), bench.at, bench.submission
    assert submission is not None
    _save(bench, bench.typed(form), arrived)
    typed = bench.stored if arrived.answers else bench.typed(form)
    if act == "submit":
        service.hold_caps(uow, bench.call)
    missing = bench.gaps(typed, has_file=bool(submission.files)) if act == "submit" else []
    if missing or arrived.refusals:
        commit_anyway()
        form.show_all(missing, arrived.refusals)
        is_refused = bool(arrived.refusals)
        summary = _("Everything else is saved as a draft.") if is_refused else _("Everything you typed is saved.")
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


def _keep_submitted(bench: Bench, form: SubmissionForm, arrived: Arrived, act: str) -> AnyResponse:
    """Save a change of what was submitted, only if nothing is missing from it."""
    at, submission = bench.at, bench.submission
    assert submission is not None
    again = _("A file has to be chosen again: browsers do not keep it.") if arrived.is_anything else ""
    if act == SHOW or act.startswith("author-"):
        return _page(bench, form, hint=" ".join(part for part in (_("Not saved yet."), again) if part))
    typed = bench.typed(form)
    service.hold_caps(unit(), bench.call)
    missing = bench.gaps(_with_files(typed, arrived), has_file=bool(submission.files) or arrived.upload is not None)
    if missing or arrived.refusals:
        form.show_all(missing, arrived.refusals)
        summary = _("Your change is not saved; what you submitted before still stands.")
        return _page(bench, form, status=422, summary=f"{summary} {again}".strip())
    if _save(bench, typed, arrived):
        tell(_("Saved. This version counts now."))
    else:
        tell(_("Nothing had changed. Your abstract is in as it was."), "info")
    return redirect(at.url("submissions.detail", number=submission.number), 303)


def _with_files(typed: Content, arrived: Arrived) -> Content:
    """As it will be once the files are stored: a question answered by a new file is answered."""
    return replace(typed, answers={**(typed.answers or {}), **{number: {"version": 0} for number in arrived.answers}})


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
        typed=bench.typed(form),
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
        "cv_to_sponsors": (_("Sponsors may see my CV"), answers[stored.cv_to_sponsors]),
        "country": (_("Country"), words.country_name(stored.country) if stored.country else ""),
        "career_stage": (_("Career stage"), words.stage_text(stored.career_stage)),
        "file": (_("The PDF"), _("another file was uploaded")),
        "topics": (_("What it is about"), _topic_names(bench)),
    }
    label, text = texts[name] if name in texts else _theirs_beside(name, stored, bench)
    return Theirs(label, text or _("(empty)"))


def _topic_names(bench: Bench) -> str:
    return ", ".join(topic.name for topic, is_chosen in bench.topics if is_chosen)


def _name(choices: Sequence[Choice], chosen: int | None) -> str:
    return next((choice.name for choice in choices if choice.id == chosen), "")


def _theirs_beside(name: str, stored: Content, bench: Bench) -> tuple[str, str]:
    """An answer (`q12`) or a statement (`s3`) as it was saved meanwhile."""
    number, sheet = int(name[1:]), bench.filled.sheet
    asked = sheet.question(number) if name.startswith("q") else None
    if asked is not None:
        return asked.label, question_words.answer_text(asked, (stored.answers or {}).get(number))
    told = next((one for one in sheet.statements if one.id == number), None)
    answers: dict[bool | None, str] = {True: _("yes"), False: _("no"), None: _("no answer")}
    return (told.wording if told else ""), answers[(stored.told or {}).get(number)]


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
    labels += _todos_beside(bench, content, gaps)
    first: dict[str, Gap] = {}
    for gap in gaps:
        first.setdefault(gap.field.partition("-")[0], gap)
    return [Todo(text, first[name].field if name in first else name, name not in first) for name, text in labels]


def _twins(bench: Bench, content: Content) -> list[Twin]:
    """Works of the author's own that look like what stands in the form; nothing is looked for before it has a title."""
    person = viewer_person()
    if not content.title.strip():
        return []
    stored = {row.id: row.person_id for row in bench.submission.authors} if bench.submission else {}
    authors = [Known(stored.get(a.id or 0), a.email, a.name) for a in content.named_authors]
    work = Work.typed(bench.at.edition.id, bench.submission, content.title, content.abstract, authors)
    found = twins_of(unit().session, work, queries.own(person.id))
    return [twin(row, how, bench.at.url("submissions.detail", number=row.number)) for row, how in found]


def _todos_beside(bench: Bench, content: Content, gaps: Sequence[Gap]) -> list[tuple[str, str]]:
    """What of the questions and statements has to be there, or is wrong, for this work."""
    sheet, given, now = bench.filled.sheet, scopes_of(content), unit().now
    open_fields = {gap.field.partition("-")[0] for gap in gaps}
    asked = [
        (one.field, one.label)
        for one in questions.shown(sheet.questions, content.answers or {}, given)
        if questions.is_required(one, now) or one.field in open_fields
    ]
    told = [
        (one.field, question_words.statement_kind(one.kind))
        for one in questions.stated(sheet.statements, given)
        if one.is_required
    ]
    return asked + told


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
    content = bench.typed(form)
    given = scopes_of(content)
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
        word_limits=_word_limits(bench, form),
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
        twins=_twins(bench, content),
        saved_at=when_text(submission.changed_at, zone) if submission else None,
        latest=latest,
        latest_name=_file_name(at, submission),
        file_checks=papers.checks(
            latest.pages, latest.facts, content.named_authors, bench.limits(content), bench.call.blinding
        )
        if latest
        else [],
        latest_at=when_text(latest.uploaded_at, zone) if latest else None,
        blind_url=at.url("submissions.blind_file", number=submission.number, version=latest.version)
        if latest and submission
        else None,
        track_texts={str(t.id): _track_text(t) for t in bench.tracks},
        eligible=[(t, form[f"eligible_{t.id}"], t.id == content.track_id) for t in bench.tracks if t.eligibility],
        sections=filling.sections(form, bench.filled.sheet, content.answers or {}, given, bench.offered, unit().now),
        told=filling.told_rows(form, bench.filled.sheet, bench.filled.said, given, bench.offered),
        cv_pages=bench.declaration.cv_pages if bench.declaration else None,
        call_has_track=content.track_id is not None,
        depends_on_place=_depends_on_place(bench),
        draft_key=_draft_key(bench),
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


def _word_limits(bench: Bench, form: SubmissionForm) -> str:
    """The words of each type by what a browser sends for it, for the counter beneath the abstract."""
    kinds = {kind.id: kind for kind in bench.types}
    choices = type_choices(bench.call, bench.types)
    limits = {form.type_value(c): limits_of(bench.call, kinds.get(c.id or 0)).words for c in choices}
    return json.dumps({"by": "type", "limits": limits})


def _round_text(bench: Bench, choice: Choice) -> str:
    due = shown(deadline_for(bench.plan, choice.id, None))
    return _("until %(when)s", when=due.text) if due else ""


def _draft_key(bench: Bench) -> str:
    """Under what a browser keeps what it could not send: of this person, in this edition, of this work."""
    submission = bench.submission
    return f"{viewer_person().id}:{bench.at.edition.id}:{submission.number if submission else 'new'}"


def _depends_on_place(bench: Bench) -> bool:
    """True if another track, type or round is asked something else."""
    sheet = bench.filled.sheet
    scopes = [one.scopes for one in sheet.questions] + [one.scopes for one in sheet.statements]
    return any(scopes) or any(bench.eligibility.values()) or bool(bench.types)


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
