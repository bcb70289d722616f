"""The shape of what is typed about materials."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, Form, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import ValidationError

from workshop_manager.materials import words
from workshop_manager.materials.service import Given
from workshop_manager.materials.states import Agrees, Kind, Shown
from workshop_manager.proceedings.rules import is_link
from workshop_manager.web.forms import BaseForm, Line, required


def _link(_form: Form, field: Field) -> None:
    if field.data and not is_link(field.data):
        raise ValidationError(str(_("Write the whole address, beginning with https://.")))


def said(field: Field, sentence: str) -> None:
    """Show a refusal beside its field."""
    field.errors = [*field.errors, sentence]


class MaterialForm(BaseForm):
    """A file or a link."""

    kind = SelectField(_l("What it is"))
    file = FileField(
        _l("File"),
        description=_l(
            "At most 30 MB. Slides: PDF, PPTX, ODP. Poster: PDF, PNG. Captions: VTT. Recordings and code are links."
        ),
    )
    url = Line(
        _l("Or a link"),
        [_link],
        most=1000,
        description=_l("Such as a video at YouTube, Vimeo or SlidesLive, a repository, or a paper."),
        render_kw={"inputmode": "url"},
    )
    title = Line(_l("Title"), most=200, description=_l("Only if it needs one of its own."))
    language = Line(_l("Language"), most=60)
    licence = SelectField(_l("Licence"), default="")
    shown = SelectField(_l("Who sees it"))

    def offer(self) -> None:
        """Fill the choices."""
        self.kind.choices = [SelectChoice(kind.value, words.kind_name(kind)) for kind in Kind]
        self.shown.choices = [SelectChoice(shown.value, words.shown_name(shown)) for shown in Shown]
        self.licence.choices = [SelectChoice("", _("None is named"))]
        self.licence.choices += [SelectChoice(key, name) for key, (name, _url) in words.LICENCES.items()]

    @property
    def upload(self) -> FileStorage | None:
        """The chosen file, if there is one."""
        found = self.file.data
        return found if isinstance(found, FileStorage) and found.filename else None

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Exactly one of file and link."""
        is_valid = bool(super().validate(*args, **kwargs))
        if self.upload is None and not self.url.data and not self.url.errors:
            said(self.file, str(_("Choose a file, or write a link below.")))
            return False
        if self.upload is not None and self.url.data:
            said(self.url, str(_("Give a file or a link, not both: add the other one after this.")))
            return False
        return is_valid

    def read(self) -> Given:
        """What was typed, without the file."""
        return Given(
            kind=Kind(self.kind.data),
            title=self.title.data or "",
            url=self.url.data or "",
            licence=self.licence.data or "",
            language=self.language.data or "",
            shown=Shown(self.shown.data),
        )


class OffForm(BaseForm):
    """Why organisers take something off."""

    reason = Line(_l("Why"), most=300)


class RecordingForm(BaseForm):
    """What a speaker says to a recording."""

    agrees = RadioField(_l("May a recording be shown?"), [required(_l("Choose one."))])

    def offer(self) -> None:
        """Fill the choices."""
        self.agrees.choices = [SelectChoice(one.value, words.agrees_name(one)) for one in Agrees]
