"""What is typed on the pages of this package."""

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from workshop_manager.accounts.rules import NotAnAddress, normalise_email
from workshop_manager.registrations.forms import RegistrationForm, typed_version
from workshop_manager.web.forms import BaseForm, Line, required


class TransferForm(BaseForm):
    """To whom a seat is passed on."""

    email = Line(
        _l("Your colleague’s e-mail address"),
        [required(_l("Write the address of the colleague who takes your seat."))],
        most=320,
        description=_l("They get a mail with a link and need no account beforehand."),
        render_kw={"type": "email", "autocomplete": "off"},
    )


class ClaimForm(BaseForm):
    """Saying yes to a seat."""

    badge_name = Line(
        _l("Name on the badge"),
        [required(_l("Write the name you like to be called by. One word is fine."))],
        most=120,
        description=_l("As you like to be called. One word is fine."),
        render_kw={"autocomplete": "name"},
    )
    conduct_version = HiddenField()
    conduct = BooleanField(_l("I will keep to the code of conduct"))
    needs_conduct = True

    def validate_conduct(self, field: BooleanField) -> None:
        if self.needs_conduct and not field.data:
            raise ValidationError(str(_("To take part, agree to the code of conduct. It is one page.")))

    @property
    def agreed(self) -> int:
        """The version of the code of conduct they read."""
        return typed_version(self.conduct_version.data)


class VisitorForm(RegistrationForm):
    """Registering without an account: the same, and where the link goes."""

    later: Sequence[str] = ()
    """Files that are asked for, and given from the ticket."""

    email = Line(
        _l("E-mail address"),
        [required(_l("Write the address the link goes to."))],
        most=320,
        description=_l("The link that confirms it goes there. An account is made with it when you confirm."),
        render_kw={"type": "email", "autocomplete": "email"},
    )

    cast(Any, email).creation_counter = 0  # it is asked first, in the summary of errors too

    def validate_email(self, field: Line) -> None:
        try:
            field.data = normalise_email(field.data or "")
        except NotAnAddress as error:
            raise ValidationError(str(error)) from None


class GuestForm(BaseForm):
    """Who comes along."""

    name = Line(
        _l("Name on the guest’s badge"),
        [required(_l("Write the name for the badge. One word is fine."))],
        most=120,
        description=_l("A child, or somebody who cares for them. One word is fine."),
    )
