"""The one form of the web layer itself."""

from flask_babel import lazy_gettext as _l

from workshop_manager.web.forms import BaseForm, ZoneField, required


class ZoneForm(BaseForm):
    """The viewer's zone."""

    zone = ZoneField(
        _l("Your time zone"),
        [required(_l("Write a place such as Africa/Accra."))],
        description=_l("A place such as Africa/Accra or Asia/Jakarta. Kept in a cookie on this device."),
    )
