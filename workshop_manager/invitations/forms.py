"""The shape of what speakers answer."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField

# The stubs are of WTForms 3.2.
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Optional

from workshop_manager.invitations.states import Answer
from workshop_manager.web.forms import BaseForm, Text

NOTE_LENGTH = 1000


class AnswerForm(BaseForm):
    """Yes or no to one slot, with a note. `seen` is the time that stood beside the question."""

    seen = HiddenField()
    answer = RadioField(
        _l("Do you come?"),
        [Optional()],
        choices=[
            SelectChoice(Answer.YES.value, _l("Yes, I come")),
            SelectChoice(Answer.NO.value, _l("No, I cannot")),
        ],
    )
    note = Text(
        _l("Anything the organisers should know"),
        most=NOTE_LENGTH,
        description=_l("Such as another time that would suit you. Only the organisers read it."),
    )
