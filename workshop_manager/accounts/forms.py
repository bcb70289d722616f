"""The shape of what people type about themselves and to sign in."""

from typing import Any, cast

from babel import Locale
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import StopValidation
from wtforms.widgets import EmailInput

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.accounts.rules import NotAnAddress, normalise_email, password_problem
from workshop_manager.accounts.service import Profile
from workshop_manager.accounts.words import LISTINGS
from workshop_manager.web.forms import BaseForm, Line, ZoneField, required

# What CLDR lists beside countries: groupings, outlying bits and test codes.
_NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


class Address(Line):
    """An e-mail address, kept as typed; `data` is the stored spelling once it is valid."""

    widget = EmailInput()

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            self.data = normalise_email(self.data)
        except NotAnAddress as error:
            raise StopValidation(str(_(str(error)))) from error


class NewPassword(PasswordField):
    """A password to be. The form's `about` holds what it must not be: the person's own address and name."""

    def pre_validate(self, form: Any) -> None:
        if self.data and (problem := password_problem(self.data, *form.about)):
            raise StopValidation(str(_(problem)))


class _AboutForm(BaseForm):
    """A form that takes a new password of somebody whose address and name are known."""

    def __init__(self, *args: Any, about: tuple[str, ...] = (), **kwargs: Any) -> None:
        self.about = about
        super().__init__(*args, **kwargs)


class LinkForm(BaseForm):
    """An address to send a link to."""

    email = Address(_l("E-mail"), [required(_l("Write your e-mail address."))], most=254)


class SignInForm(BaseForm):
    """Address and password. Neither is judged: a wrong address is as wrong as a wrong password."""

    email = Line(_l("E-mail"), [required(_l("Write your e-mail address."))], widget=EmailInput(), id="password-email")
    password = PasswordField(_l("Password"), [required(_l("Write your password."))])


class RegisterForm(LinkForm):
    """Who wants an account."""

    name = Line(
        _l("Your name"),
        [required(_l("Write the name you go by. One word is fine."))],
        description=_l("As you like to be called. One word is fine, in any script."),
    )


class MakeAccountForm(_AboutForm):
    """The last step to an account, behind the link from the mail."""

    name = Line(
        _l("Your name"),
        [required(_l("Write the name you go by. One word is fine."))],
        description=_l("As you like to be called. One word is fine, in any script."),
    )
    password = NewPassword(
        _l("Password"),
        description=_l("At least 8 characters, any you like. Leave it empty to sign in by link or passkey."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.about = (*self.about, self.name.data or "")  # the name as it is typed here


class CodeForm(BaseForm):
    """A code of the second step."""

    code = Line(
        _l("Code"),
        [required(_l("Write the code."))],
        description=_l("Six figures from your app, or one of your recovery codes."),
        most=40,
    )


class ResetForm(_AboutForm):
    """A new password, behind the link from the mail; with a code if the person has two steps."""

    password = NewPassword(
        _l("New password"),
        [required(_l("Write the password you want from now on."))],
        description=_l("At least 8 characters, any you like."),
    )
    code = Line(
        _l("Code"),
        [required(_l("Write the code."))],
        description=_l("Your account has two steps: six figures from your app, or a recovery code."),
        most=40,
    )


class PresentForm(_AboutForm):
    """A change to how one signs in: the present password is asked for, from those who have one."""

    present = PasswordField(_l("Your present password"), [required(_l("Write your present password."))])

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, about=(person.email, person.name), **kwargs)
        if person.password is None:
            del self.present


class PasswordForm(PresentForm):
    """A new password by somebody signed in."""

    password = NewPassword(
        _l("New password"),
        [required(_l("Write the password you want from now on."))],
        description=_l("At least 8 characters, any you like. A few words in a row are easy to keep in mind."),
    )


class EmailForm(PresentForm):
    """A new address by somebody signed in."""

    email = Address(_l("New e-mail"), [required(_l("Write the new address."))], most=254)


class OtherAccountForm(PresentForm):
    """The address of another account of one's own."""

    email = Address(
        _l("Address of the other account"), [required(_l("Write the address of your other account."))], most=254
    )


class MergeCodeForm(BaseForm):
    """The second step of the account that is to end, before anything of it is shown."""

    code = Line(
        _l("Code"),
        [required(_l("Write the code."))],
        description=_l("The other account has two steps: six figures from its app, or one of its recovery codes."),
        most=40,
    )


class MergeForm(BaseForm):
    """Makes two accounts one."""

    sure = BooleanField(
        _l("Make them one for good"), [required(_l("Tick this if you want it. It cannot be taken back."))]
    )
    seen = HiddenField()


class TwoStepForm(PresentForm):
    """Turns the second step on: what was offered comes back with a code that shows that the app works."""

    sealed = HiddenField()
    code = Line(
        _l("Code from the app"),
        [required(_l("Write the six figures your app shows now."))],
        description=_l("Six figures. They change every half minute."),
        most=40,
    )


class CodesForm(PresentForm):
    """New recovery codes in place of the old ones."""

    sealed = HiddenField()


class PasskeyForm(PresentForm):
    """A name for a passkey to be."""

    name = Line(
        _l("Name of the passkey"),
        [required(_l("Give it a name by which you will know it."))],
        description=_l("Such as “my phone” or “the blue key”."),
        most=60,
    )


class AnswerForm(BaseForm):
    """What the browser's authenticator answered, as JSON."""

    credential = HiddenField()


class SessionsForm(PresentForm):
    """Which other device to sign out: one of them, or all."""

    which = RadioField(_l("Sign out"), [required(_l("Choose where to sign out."))])


class EraseForm(PresentForm):
    """The wish to be forgotten."""

    sure = BooleanField(
        _l("Delete my account for good"), [required(_l("Tick this if you want to go. Nothing can bring it back."))]
    )


class ProfileForm(BaseForm):
    """What people say about themselves."""

    version = HiddenField()
    name = Line(
        _l("Name"),
        [required(_l("Write the name you go by. One word is fine."))],
        description=_l("As you like to be called, in any script."),
    )
    pronouns = Line(_l("Pronouns"), description=_l("Such as she/her, or none."), most=60)
    affiliation = Line(_l("Affiliation"), description=_l("University, company, community, or none."))
    country = SelectField(_l("Country"), description=_l("Where you live, for travel and totals."))
    time_zone = ZoneField(
        _l("Your time zone"),
        description=_l("A place such as Africa/Accra."),
    )
    legal_name = Line(
        _l("Legal name"),
        description=_l("Only if it differs. It stands on visa letters and payments and nowhere else."),
    )
    listing = RadioField(_l("How you appear to others"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.country.choices = [SelectChoice("", str(_("Not said"))), *countries()]
        self.listing.choices = [SelectChoice(value.value, text) for value, text in LISTINGS.items()]

    @property
    def profile(self) -> Profile:
        """What a valid form says."""
        return Profile(
            name=cast(str, self.name.data),
            legal_name=self.legal_name.data or None,
            pronouns=self.pronouns.data or None,
            affiliation=self.affiliation.data or None,
            country=self.country.data or None,
            time_zone=self.time_zone.data or None,
            listing=Listing(self.listing.data),
        )


def countries() -> list[SelectChoice]:
    """Every country, by its name in the reader's language."""
    locale = get_locale() or Locale("en")
    names = {
        code: name
        for code, name in locale.territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NO_COUNTRIES
    }
    return [SelectChoice(code, name) for code, name in sorted(names.items(), key=lambda item: item[1])]
