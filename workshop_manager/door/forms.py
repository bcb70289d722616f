"""What is typed at the door."""

from flask_babel import lazy_gettext as _l

from workshop_manager.web.forms import BaseForm, Line, required


class ItemForm(BaseForm):
    """Something that is handed out."""

    name = Line(
        _l("What is handed out"),
        [required(_l("Write what it is, such as “Badge” or “Lunch”."))],
        most=100,
        description=_l("Each person gets it once: a badge, a shirt, lunch on Friday."),
    )
