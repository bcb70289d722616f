"""What is typed on the pages about conflicts of interest."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2

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
