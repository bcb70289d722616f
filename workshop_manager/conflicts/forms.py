"""What is typed on the pages about conflicts of interest."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional

from workshop_manager.conflicts.service import Whom
from workshop_manager.conflicts.states import About, ConflictKind
from workshop_manager.conflicts.words import CONFLICTS
from workshop_manager.web.forms import BaseForm, Line, required


class ConflictForm(BaseForm):
    """A conflict of interest."""

    kind = SelectField(
        _l("Why you should not judge it"),
        [required(_l("Choose what fits best."))],
        choices=[SelectChoice("", _l("Choose…")), *(SelectChoice(k.value, w) for k, w in CONFLICTS.items())],
    )
    note = Line(_l("Anything the chairs should know"), most=500)


_ABOUTS = {About.PERSON: _l("A person"), About.INSTITUTION: _l("An institution")}
_RELATIONS = [SelectChoice(kind.value, text) for kind, text in CONFLICTS.items()]


class WhomForm(BaseForm):
    """A person or an institution whose work somebody should not judge."""

    about = RadioField(
        _l("Who it is"),
        [required(_l("Choose what fits."))],
        choices=[SelectChoice(about.value, text) for about, text in _ABOUTS.items()],
        default=About.PERSON.value,
    )
    name = Line(_l("Name"), description=_l("Given and family name, or the institution’s full name."))
    address = Line(
        _l("E-mail address, or domain"),
        most=320,
        description=_l("If you know it. An address finds its person under any name; uni.edu finds everybody there."),
    )
    relation = SelectField(_l("Why"), choices=_RELATIONS, default=ConflictKind.COLLEAGUE.value)

    def whom(self) -> Whom:
        """What was typed, for the service."""
        about, relation = About(self.about.data), ConflictKind(self.relation.data)
        return Whom(about, self.name.data or "", self.address.data or "", relation)

    def validate(self, extra_validators: Any = None) -> bool:
        """One of the two must be there."""
        valid = bool(super().validate(extra_validators))
        if not (self.name.data or self.address.data):
            self.name.errors = [str(_("Write a name, or an address."))]
            return False
        return valid


class StatementForm(WhomForm):
    """Said once for all editions, with years."""

    first_year = IntegerField(
        _l("From year"), [Optional(), NumberRange(1900, 2200, message=_l("A year, such as 2019."))]
    )
    last_year = IntegerField(
        _l("To year"),
        [Optional(), NumberRange(1900, 2200, message=_l("A year, such as 2023."))],
        description=_l("Empty: it goes on. What ended counts for three more years."),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Years in their order."""
        valid = super().validate(extra_validators)
        first, last = self.first_year.data, self.last_year.data
        if first is not None and last is not None and first > last:
            self.last_year.errors = [str(_("That is before it began."))]
            return False
        return valid


class OpposedForm(WhomForm):
    """Somebody whom authors would rather not have as a reviewer."""

    note = Line(_l("Anything the chairs should know"), most=500)


class AddForm(BaseForm):
    """A chair knows of a conflict."""

    person = SelectField(_l("Who"), [required(_l("Choose who it is about."))], coerce=str)
    kind = SelectField(_l("Why"), choices=_RELATIONS, default=ConflictKind.OTHER.value)
    note = Line(_l("What other chairs should know"), most=500)

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person.choices = [
            SelectChoice("", str(_("Choose…"))), *(SelectChoice(str(key), name) for key, name in people),
        ]  # fmt: skip
