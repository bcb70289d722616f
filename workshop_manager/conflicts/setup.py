"""Puts conflicts of interest on the application: pages, panels, what is hidden at desks and in the list of mails."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.conflicts import keys, merging, panels, queries, views
from workshop_manager.mail import queries as mails
from workshop_manager.submissions import history
from workshop_manager.submissions import panels as submission_panels
from workshop_manager.submissions import queries as submissions


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    keys.listen()
    submission_panels.register_detail_panel(60, panels.AUTHORS_PANEL)
    submission_panels.register_desk_panel(30, panels.DESK_PANEL)
    submissions.register_hidden(queries.conflicted)
    mails.register_hidden(queries.hidden_mails)
    history.say("conflict declared", lambda act: str(_("Declared a conflict of interest")))
    history.say("conflict lifted", lambda act: str(_("Lifted the conflict of %(name)s", name=act.name("person"))))
    history.say("conflict stated", lambda act: str(_("Said of an author that they should not judge their work")))
    history.say("conflict added", lambda act: str(_("Said that %(name)s has a conflict", name=act.name("person"))))
    history.say("conflict waived", lambda act: str(_("Waived the conflict of %(name)s", name=act.name("person"))))
    history.say(
        "conflict counts again", lambda act: str(_("Let the conflict of %(name)s count again", name=act.name("person")))
    )
    history.say("conflict named", lambda act: str(_("Named somebody who should not review it")))
    history.say("conflict taken out", lambda act: str(_("No longer minds somebody as a reviewer")))
