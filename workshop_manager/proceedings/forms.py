"""The shapes of what chairs ask for and of what authors hand in."""

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, NumberRange, ValidationError

from workshop_manager.proceedings import words
from workshop_manager.proceedings.content import PrintedAuthor, Typed, Wanted
from workshop_manager.proceedings.rules import FILES, is_link
from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions.content import MOST_AUTHORS
from workshop_manager.web.forms import BaseForm, Line, Text, required

_CHOICES = (Ask.MUST, Ask.MAY, Ask.NO)


def _ask(label: Any) -> SelectField:
    return SelectField(label, choices=[SelectChoice(ask.value, ask.value) for ask in _CHOICES])


def number_of(text: str | None) -> int:
    """A small number in a hidden field; 0 for what makes no sense."""
    typed = text or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class AskedForm(BaseForm):
    """What is asked of accepted authors."""

    version = HiddenField()
    final = _ask(_l("Final paper, as a PDF"))
    extra_pages = IntegerField(
        _l("Further pages for the final paper"),
        [
            InputRequired(_l("Write a whole number from 0 to 20.")),
            NumberRange(0, 20, _l("Write a whole number from 0 to 20.")),
        ],
        render_kw={"inputmode": "numeric", "autocomplete": "off", "min": 0, "max": 20},
    )
    poster = _ask(_l("Poster, as a PDF"))
    slides = _ask(_l("Slides of talks, as a PDF or a link"))
    video = _ask(_l("Link to a video"))
    rights = _ask(_l("Rights statement"))
    statement = Text(_l("The statement authors agree to"), most=5000)
    takes_late = BooleanField(_l("Take what comes after the date, too"))
    note = Text(_l("What authors should know"), most=5000)
    foreword = Text(_l("Foreword of the book of abstracts"), most=10_000)

    def validate_statement(self, field: Any) -> None:
        """A required agreement needs something to agree to."""
        if self.rights.data == Ask.MUST.value and not field.data:
            raise ValidationError(str(_("Write the statement, or do not ask for it.")))

    @property
    def started_from(self) -> int:
        """The version this form was filled from."""
        return number_of(self.version.data)

    def content(self) -> Wanted:
        """As plain values."""
        return Wanted(
            **{name: Ask(self[name].data) for name in ("final", "poster", "slides", "video", "rights")},
            extra_pages=self.extra_pages.data or 0,
            takes_late=bool(self.takes_late.data),
            note=self.note.data or "",
            foreword=self.foreword.data or "",
        )


def asked_form(wanted: Wanted, statement: str, version: int) -> AskedForm:
    """The form, filled with the settings as they stand unless something was sent."""
    values = {name: getattr(wanted, name) for name in Wanted.__slots__}
    values = {name: value.value if isinstance(value, Ask) else value for name, value in values.items()}
    form = AskedForm(data=values | {"statement": statement, "version": str(version)})
    for name in ("final", "poster", "slides", "video", "rights"):
        form[name].choices = [SelectChoice(ask.value, words.ask_text(ask)) for ask in _CHOICES]
    return form


class PrintedForm(Form):
    """How one author is printed."""

    id = HiddenField()
    name = Line(_l("Name"), [required(_l("Say how this author is called; one name is enough."))], most=300)
    affiliation = Line(_l("Affiliation"), most=300)


def _link(_form: Form, field: Any) -> None:
    if field.data and not is_link(field.data):
        raise ValidationError(str(_("Write the whole address, beginning with https://.")))


class CameraForm(BaseForm):
    """A camera-ready version; `camera_form` takes away what is not asked for."""

    version = HiddenField()
    title = Line(_l("Title"), [required(_l("Give the work a title."))], most=400)
    abstract = Text(_l("Abstract"), [required(_l("Write the abstract."))])
    authors = FieldList(FormField(PrintedForm), label=_l("Author"), max_entries=10 * MOST_AUTHORS)
    is_confirmed = BooleanField(_l("Title, abstract, names and their order are right"))
    final = FileField(_l("Final paper"))
    poster = FileField(_l("Poster"))
    slides = FileField(_l("Slides"))
    slides_url = Line(_l("Or a link to the slides"), [_link], most=1000, render_kw={"inputmode": "url"})
    video_url = Line(_l("Link to the video"), [_link], most=1000, render_kw={"inputmode": "url"})
    agrees = BooleanField(_l("We agree"))

    @property
    def started_from(self) -> int:
        """The version this form was filled from."""
        return number_of(self.version.data)

    def uploads(self) -> dict[Item, FileStorage]:
        """The files that were chosen."""
        found = {item: self[item.value].data for item in FILES if item.value in self}
        return {item: sent for item, sent in found.items() if isinstance(sent, FileStorage) and sent.filename}

    def content(self, stored: Typed) -> Typed:
        """What was typed; what is not asked for stays as it is stored."""
        return Typed(
            title=self.title.data or "",
            abstract=self.abstract.data or "",
            authors=tuple(_printed(entry.form) for entry in self.authors.entries),
            slides_url=(self.slides_url.data or "") if "slides_url" in self else stored.slides_url,
            video_url=(self.video_url.data or "") if "video_url" in self else stored.video_url,
            is_confirmed=bool(self.is_confirmed.data),
            agrees=bool(self.agrees.data) if "agrees" in self else stored.agrees,
        )

    def set_authors(self, rows: Sequence[PrintedAuthor]) -> None:
        """Show these rows instead; all else stays as typed."""
        while self.authors.entries:
            self.authors.pop_entry()
        for row in rows:
            self.authors.append_entry(_row(row))

    def refuse(self, refusals: dict[Item, str]) -> None:
        """Tie the reasons to the files they are about."""
        for item, sentence in refusals.items():
            self[item.value].errors = [sentence]


def _printed(row: Any) -> PrintedAuthor:
    return PrintedAuthor(number_of(row.id.data), row.name.data or "", row.affiliation.data or "")


def _row(author: PrintedAuthor) -> dict[str, object]:
    return {"id": str(author.id), "name": author.name, "affiliation": author.affiliation}


def camera_form(asked: Collection[Item], stored: Typed | None = None, version: int = 0) -> CameraForm:
    """The form for what is asked for. With `stored` it shows that; without, what was sent."""
    if stored is None:
        form = CameraForm()
    else:
        values: dict[str, object] = {name: getattr(stored, name) for name in Typed.__slots__ if name != "authors"}
        authors = [_row(author) for author in stored.authors]
        form = CameraForm(formdata=None, data=values | {"authors": authors, "version": str(version)})
    fields = {
        Item.FINAL: ("final",),
        Item.POSTER: ("poster",),
        Item.SLIDES: ("slides", "slides_url"),
        Item.VIDEO: ("video_url",),
        Item.RIGHTS: ("agrees",),
    }
    for item, names in fields.items():
        if item not in asked:
            for name in names:
                delattr(form, name)
    return form
