"""Puts conflicts of interest on the application: what is hidden at desks and in the list of mails."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.conflicts import keys, queries
from workshop_manager.mail import queries as mails
from workshop_manager.submissions import history
from workshop_manager.submissions import queries as submissions


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    keys.listen()
    submissions.register_hidden(queries.conflicted)
    mails.register_hidden(queries.hidden_mails)
    history.say("conflict declared", lambda act: str(_("Declared a conflict of interest")))
    history.say("conflict lifted", lambda act: str(_("Lifted the conflict of %(name)s", name=act.name("person"))))
