"""The mails of this package, one function each. What a stranger typed, a name say, stands in no mail to others."""

from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.core.tokens import new_token
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.web.request import settings
from workshop_manager.web.urls import absolute


def _asked(address: str) -> str:
    return str(_("You get this because somebody typed %(address)s at our site.", address=address))


def _with_link(
    uow: UnitOfWork, template: str, person: Person | None, address: str, button: tuple[str, str], **values: str
) -> None:
    post(
        uow,
        Letter(
            template=f"accounts/{template}",
            key=f"accounts:{template}:{new_token()}",
            to_address=address,
            to_name=person.name if person else "",
            values={"site": settings().site_name} | values,
            button=button,
            why=_asked(address),
            person_id=person.id if person else None,
            locale=(person.locale if person else None) or "en",
            is_secret=True,
        ),
    )


def sign_in_link(uow: UnitOfWork, person: Person, token: str) -> None:
    """The link that signs a person in."""
    url = absolute("accounts.follow_link", token=token)
    _with_link(uow, "sign_in_link", person, person.email, (str(_("Sign in")), url))


def make_account(uow: UnitOfWork, address: str, token: str) -> None:
    """To an address without account: the link that makes one."""
    url = absolute("accounts.make_account", token=token)
    _with_link(uow, "make_account", None, address, (str(_("Make my account")), url))


def already_registered(uow: UnitOfWork, person: Person, token: str) -> None:
    """Somebody registered with the address of this person."""
    url = absolute("accounts.follow_link", token=token)
    _with_link(uow, "already_registered", person, person.email, (str(_("Sign in")), url))


def new_password(uow: UnitOfWork, person: Person, token: str) -> None:
    """The link to a new password."""
    url = absolute("accounts.new_password", token=token)
    _with_link(uow, "new_password", person, person.email, (str(_("Choose a new password")), url))


def no_account(uow: UnitOfWork, address: str, token: str) -> None:
    """Somebody wanted a new password at an address without account."""
    url = absolute("accounts.make_account", token=token)
    _with_link(uow, "no_account", None, address, (str(_("Make an account")), url))


def confirm_address(uow: UnitOfWork, person: Person, address: str, token: str) -> None:
    """To the new address: the link that makes it the person's."""
    url = absolute("accounts.confirm_email", token=token)
    _with_link(uow, "confirm_address", person, address, (str(_("Use this address")), url))


def merge_link(uow: UnitOfWork, other: Person, token: str) -> None:
    """To another account's address: somebody who says it is theirs too wants the two to be one."""
    url = absolute("accounts.merging_link", token=token)
    _with_link(uow, "merge_link", other, other.email, (str(_("See what would happen")), url))


def address_taken(uow: UnitOfWork, owner: Person) -> None:
    """To a person whose address somebody else wanted for their own account."""
    url = absolute("accounts.sign_in")
    _with_link(uow, "address_taken", owner, owner.email, (str(_("Sign in")), url))


def notice(uow: UnitOfWork, person: Person, what: str, address: str | None = None) -> None:
    """Tell a person that something about their account has changed, in one sentence."""
    post(
        uow,
        Letter(
            template="accounts/notice",
            key=f"accounts:notice:{person.id}:{new_token()}",
            to_address=address or person.email,
            to_name=person.name,
            values={
                "subject": what.rstrip("."),
                "what": what,
                "contact": settings().site_contact,
                "reset": absolute("accounts.reset"),
            },
            why=str(_("You get this because it is about your account.")),
            person_id=person.id,
            locale=person.locale or "en",
        ),
    )
