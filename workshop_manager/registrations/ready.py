"""Questions that workshops often ask of whoever registers. Organisers add those they want, and change them freely."""

from flask_babel import gettext as _

from workshop_manager.questions.content import YES
from workshop_manager.questions.purposes import Ready
from workshop_manager.questions.service import QuestionContent
from workshop_manager.questions.states import Kind

_SIZES = ("XS", "S", "M", "L", "XL", "XXL", "XXXL")


def ready() -> tuple[Ready, ...]:
    """All of them, in the language of whoever reads."""
    return (_access(), _childcare(), _allergies(), _journey(), _shirt(), _first_time(), _contact())


def _access() -> Ready:
    needs = (
        _("Step-free access"),
        _("Captions"),
        _("Sign language"),
        _("A seat near the front"),
        _("A quiet room"),
        _("A room to pray"),
        _("A room to breastfeed"),
    )
    question = QuestionContent(
        Kind.MANY,
        str(_("What do you need to take part well?")),
        str(_("Somebody of the team takes care of it, and your ticket says how far they are.")),
        str(_("Access")),
        tuple(map(str, needs)),
        is_need=True,
    )
    return Ready("access", str(_("Access needs")), (question,))


def _childcare() -> Ready:
    section = str(_("Childcare"))
    asks = QuestionContent(Kind.YES_NO, str(_("Do you need childcare?")), section=section, is_need=True)
    whom = QuestionContent(
        Kind.SHORT, str(_("How many children, and how old?")), section=section, shown_if_values=frozenset({YES})
    )
    return Ready("childcare", section, (asks, whom))


def _allergies() -> Ready:
    text = str(_("What the kitchen must know beside what you ticked above."))
    question = QuestionContent(Kind.SHORT, str(_("Do you have allergies?")), text)
    return Ready("allergies", str(_("Allergies")), (question,))


def _journey() -> Ready:
    section = str(_("Your journey"))
    days = (_("When do you arrive?"), _("When do you leave?"))
    questions = tuple(QuestionContent(Kind.DATE, str(label), section=section) for label in days)
    return Ready("journey", str(_("Arrival and departure")), questions)


def _shirt() -> Ready:
    sizes = (str(_("None, thank you")), *_SIZES)
    return Ready("shirt", str(_("T-shirt")), (QuestionContent(Kind.CHOICE, str(_("T-shirt size")), options=sizes),))


def _first_time() -> Ready:
    label = str(_("Is it your first time with us?"))
    return Ready("first_time", str(_("First time")), (QuestionContent(Kind.YES_NO, label),))


def _contact() -> Ready:
    label, text = str(_("Whom do we call if something happens?")), str(_("Read only if something does."))
    return Ready("contact", str(_("Somebody to call")), (QuestionContent(Kind.PERSON, label, text),))
