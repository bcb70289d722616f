"""A code as typed by whoever was given it."""

from flask_babel import lazy_gettext as _l

from workshop_manager.web.forms import BaseForm, Line, required


class UseForm(BaseForm):
    """One line for the code."""

    code = Line(
        _l("Access code"),
        [required(_l("Type the code you were given."))],
        most=60,
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )
