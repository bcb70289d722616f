"""The shape of a submission as typed. A draft may lack anything: only lengths count."""

import secrets
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.calls.words import Choice
from workshop_manager.questions import filling
from workshop_manager.questions import rules as questions
from workshop_manager.questions.content import Sheet
from workshop_manager.questions.rules import Gap
from workshop_manager.submissions import words
from workshop_manager.submissions.content import MOST_ROWS, AuthorContent, Content
from workshop_manager.submissions.form import OWN, Filled, scopes_of
from workshop_manager.submissions.states import CareerStage
from workshop_manager.submissions.topics import Topic
from workshop_manager.web.forms import BaseForm, Line, Text
from workshop_manager.workshops.models import Track

YES, NO = "yes", "no"


class AuthorForm(Form):
    """One author's row."""

    id = HiddenField()
    name = Line(_l("Name"), most=300)
    email = Line(
        _l("E-mail address"), most=320, render_kw={"type": "email", "inputmode": "email", "autocomplete": "off"}
    )
    affiliation = Line(_l("Affiliation"), most=300)
    is_presenter = BooleanField(_l("Presents the work"))


class SubmissionForm(BaseForm):
    """A submission; `submission_form` adds a question for each track that has an eligibility statement."""

    version = HiddenField()
    form_key = HiddenField(default=lambda: secrets.token_urlsafe(18))
    title = Line(_l("Title"), most=400)
    round = RadioField(_l("Round"), validate_choice=False)
    type = RadioField(_l("Kind of work"), validate_choice=False)
    track = RadioField(_l("Track"), validate_choice=False)
    topics = filling.Boxes(_l("What it is about"), validate_choice=False)
    abstract = Text(_l("Abstract"))
    authors = FieldList(FormField(AuthorForm), label=_l("Author"), max_entries=MOST_ROWS)
    file = FileField(_l("The PDF"))
    remote = BooleanField(_l("If accepted, we would rather present from afar"))
    not_published = BooleanField(_l("This work was not published before"))
    wants_grant = BooleanField(_l("I would like to apply for a travel grant"))
    willing_to_review = BooleanField(_l("I can review a few abstracts for this workshop"))
    cv_to_sponsors = BooleanField(_l("Sponsors of this workshop may see my CV"))
    cv = FileField(_l("My CV, as a PDF"))
    country = SelectField(_l("Country where the presenter works or studies"), validate_choice=False)
    career_stage = SelectField(_l("Career stage of the presenter"), validate_choice=False)
    listing = SelectField(_l("If accepted, show the authors"))

    @property
    def upload(self) -> FileStorage | None:
        """The file that was chosen, if any."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    @property
    def cv_upload(self) -> FileStorage | None:
        """The CV that was chosen, if any."""
        sent = self.cv.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None

    @property
    def started_from(self) -> int:
        """The version this form was filled from; 0 for a new one or for what makes no sense."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0

    @property
    def key(self) -> str:
        """The form's own name, at most 40 characters."""
        return (self.form_key.data or "")[:40] or secrets.token_urlsafe(18)

    @staticmethod
    def type_value(choice: Choice) -> str:
        """What a browser sends for this round or type."""
        return OWN if choice.id is None else str(choice.id)

    def _chosen(self, name: str) -> int | None:
        """The id of the round or type that was chosen among those offered; None for the call's own."""
        if name not in self:
            return None
        offered, typed = {choice.value for choice in self[name].choices or ()}, str(self[name].data)
        return int(typed) if typed in offered and typed != OWN else None

    def content(self, tracks: Sequence[Track]) -> Content:
        """What was typed of the work itself. A track that is none of the edition's counts as none."""
        chosen = next((t.id for t in tracks if str(t.id) == self.track.data), None)
        answer = self[f"eligible_{chosen}"].data if f"eligible_{chosen}" in self else None
        listings = {item.value: item for item in Listing}
        return Content(
            title=self.title.data or "",
            abstract=self.abstract.data or "",
            track_id=chosen,
            round_id=self._chosen("round"),
            type_id=self._chosen("type"),
            authors=tuple(_author(entry.form) for entry in self.authors.entries),
            listing=listings.get(self.listing.data, Listing.FULL),
            remote=bool(self.remote.data) if "remote" in self else False,
            is_eligible={YES: True, NO: False}.get(answer or ""),
            not_published=bool(self.not_published.data),
            wants_grant=bool(self.wants_grant.data),
            willing_to_review=bool(self.willing_to_review.data),
            cv_to_sponsors=bool(self.cv_to_sponsors.data),
            country=_known(self.country.data, {code for code, _name in words.countries()}),
            career_stage=_known(self.career_stage.data, {stage.value for stage in CareerStage}),
            topics=self._topics(),
        )

    def _topics(self) -> frozenset[int] | None:
        """Those chosen among the edition's; None where it has none."""
        if "topics" not in self:
            return None
        ticked = set(self.topics.data or ())
        offered = cast(Any, self.topics).choices
        return frozenset(int(choice.value) for choice in offered if choice.value in ticked)

    def answered(self, content: Content, filled: Filled, now: datetime) -> Content:
        """With what was answered and stated of what is asked there: an answer that is hidden counts as none."""
        given = scopes_of(content)
        return replace(content, answers=self._answers(filled, given, now), told=self._told(filled, given))

    def _answers(self, filled: Filled, given: frozenset[str], now: datetime) -> dict[int, Any]:
        """What counts of the answers: what is frozen as it is stored, shown or not."""
        sheet = filled.sheet
        typed = filling.typed_answers(self, sheet, filled.answers)
        frozen = {asked.id for asked in sheet.questions if questions.is_frozen(asked, now)}
        fixed = {number: value for number, value in filled.answers.items() if number in frozen}
        return questions.kept(sheet.questions, typed, given) | fixed

    def _told(self, filled: Filled, given: frozenset[str]) -> dict[int, bool | None]:
        asked = {one.id for one in questions.stated(filled.sheet.statements, given)}
        told = filling.typed_statements(self, filled.sheet)
        return {number: answer for number, answer in told.items() if number in asked}

    @property
    def number_of_errors(self) -> int:
        """How many sentences the summary holds."""
        rows = sum(len(field.errors) for entry in self.authors.entries for field in entry.form)
        own = sum(isinstance(error, str) for error in self.authors.errors)
        return rows + own + sum(len(field.errors) for field in self if field is not self.authors)

    def set_authors(self, rows: Sequence[AuthorContent]) -> None:
        """Show these rows of authors instead; all else stays as typed."""
        while self.authors.entries:
            self.authors.pop_entry()
        for row in rows:
            self.authors.append_entry(_row(row))

    def refuse_files(self, refusals: Mapping[str, str]) -> None:
        """Tie each reason to the field of its file."""
        for name, sentence in refusals.items():
            self[name].errors = [sentence]

    def show_all(self, gaps: Iterable[Gap], refusals: Mapping[str, str]) -> None:
        """Tie everything that is missing to its field, and why files were not taken."""
        for gap in gaps:
            if gap.field not in refusals:
                self._show(gap)
        self.refuse_files(refusals)

    def _show(self, gap: Gap) -> None:
        field: Any = self
        for name in gap.field.split("-"):
            field = field.entries[int(name)].form if name.isdigit() else getattr(field, "form", field)[name]
        field.errors = [*field.errors, words.gap_text(gap)]
        if gap.field.startswith("authors-"):
            # A list of rows looks at them when it is validated, and this comes later.
            self.authors.errors = [*self.authors.errors, {"row": [words.gap_text(gap)]}]


def _known(typed: str | None, values: Container[str]) -> str | None:
    """What was chosen, if it is one of these."""
    return typed if typed and typed in values else None


def _author(row: Any) -> AuthorContent:
    typed = row.id.data or ""
    return AuthorContent(
        name=row.name.data or "",
        email=row.email.data or "",
        affiliation=row.affiliation.data or "",
        is_presenter=bool(row.is_presenter.data),
        id=int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None,
    )


def _question(track: Track) -> Any:
    choices = [SelectChoice(YES, str(_("Yes"))), SelectChoice(NO, str(_("No, another track fits better")))]
    field: Any = RadioField(track.eligibility.rstrip(". "), choices=choices, validate_choice=False)
    # Fields are ordered by when they were made: this one stands before the other statements, in the summary too.
    field.creation_counter = cast(Any, SubmissionForm.remote).creation_counter
    return field


def submission_form(
    tracks: Sequence[Track],
    sheet: Sheet,
    now: datetime,
    content: Content | None = None,
    *,
    with_remote: bool,
    rounds: Sequence[Choice] = (),
    types: Sequence[Choice] = (),
    topics: Sequence[Topic] = (),
    **hidden: object,
) -> SubmissionForm:
    """The form for this edition. With `content` it shows that; without, what was sent.

    A round and a type are asked for where there are several to choose from. `hidden` sets `version` and `form_key`.
    """
    fields = {f"eligible_{track.id}": _question(track) for track in tracks if track.eligibility}
    fields |= _in_order(filling.fields_of(sheet, now))
    made = type("EditionSubmissionForm", (SubmissionForm,), fields)
    if content is None:
        form = cast(SubmissionForm, made())
    else:
        data = _values(content) | filling.data_of(sheet, content.answers or {}, content.told or {}) | hidden
        form = cast(SubmissionForm, made(formdata=None, data=data))
    form.track.choices = [SelectChoice(str(t.id), f"{place} · {t.name}") for place, t in enumerate(tracks, start=1)]
    unsaid = SelectChoice("", str(_("Rather not say")))
    form.country.choices = [unsaid, *(SelectChoice(code, name) for code, name in words.countries())]
    form.career_stage.choices = [unsaid, *(SelectChoice(one.value, words.stage_name(one)) for one in CareerStage)]
    form.listing.choices = [SelectChoice(item.value, words.listing_text(item)) for item in Listing]
    form.listing.validate_choice = False
    for name, choices in (("round", rounds), ("type", types)):
        if len(choices) > 1:
            form[name].choices = [SelectChoice(form.type_value(choice), choice.name) for choice in choices]
        else:
            del form[name]
    form.topics.choices = [SelectChoice(str(topic.id), topic.name) for topic in topics]
    if not topics:
        del form.topics
    if not with_remote:
        del form.remote
    return form


def _in_order(fields: dict[str, Any]) -> dict[str, Any]:
    """What organisers ask stands after the file and before the statements, in the summary too."""
    before = cast(Any, SubmissionForm.remote).creation_counter
    for place, field in enumerate(fields.values(), start=1):
        field.creation_counter = before - 1 + place / (len(fields) + 1)
    return fields


def _values(content: Content) -> dict[str, object]:
    answer = None if content.is_eligible is None else (YES if content.is_eligible else NO)
    return {
        "title": content.title,
        "track": str(content.track_id) if content.track_id is not None else None,
        "round": str(content.round_id or OWN),
        "type": str(content.type_id or OWN),
        "abstract": content.abstract,
        "authors": [_row(author) for author in content.authors],
        f"eligible_{content.track_id}": answer,
        "listing": content.listing.value,
        "remote": content.remote,
        "not_published": content.not_published,
        "wants_grant": content.wants_grant,
        "willing_to_review": content.willing_to_review,
        "cv_to_sponsors": content.cv_to_sponsors,
        "country": content.country or "",
        "career_stage": content.career_stage or "",
        "topics": [str(one) for one in content.topics or ()],
    }


def _row(author: AuthorContent) -> dict[str, object]:
    return {
        "id": str(author.id or ""),
        "name": author.name,
        "email": author.email,
        "affiliation": author.affiliation,
        "is_presenter": author.is_presenter,
    }


def first_content(person: Person) -> Content:
    """A new form begins with the person as the author who presents."""
    return Content(authors=(AuthorContent(person.name, person.email, person.affiliation or "", True),))
