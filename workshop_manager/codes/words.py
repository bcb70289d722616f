"""How a code stands, in the reader's language."""

from flask_babel import gettext as _

from workshop_manager.codes.rules import CodeProblem


def sign(problem: CodeProblem | None) -> tuple[str, str]:
    """For the macro `ui.state`."""
    texts = {
        None: ("ok", _("Can be used")),
        CodeProblem.REVOKED: ("rest", _("Taken back")),
        CodeProblem.EXPIRED: ("rest", _("Expired")),
        CodeProblem.USED_UP: ("rest", _("Used up")),
        CodeProblem.TOO_LATE: ("rest", _("Too late")),
    }
    kind, text = texts[problem]
    return kind, str(text)
