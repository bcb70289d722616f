"""Puts grants on the application: pages, tab, entry of the side list, the row on the edition's page, the job."""

from flask import Flask
from flask_babel import gettext as _

from workshop_manager.accounts import merging as accounts_merging
from workshop_manager.core import jobs
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds import uses
from workshop_manager.grants import (
    asking,
    attending,
    caps,
    cover,
    desk,
    merging,
    paper_views,
    queries,
    retaining,
    round_views,
    service,
    statements,
    texts,
    views,
    visa_views,
    words,
)
from workshop_manager.grants.states import CostKind
from workshop_manager.mail import queries as mails
from workshop_manager.questions import purposes
from workshop_manager.registrations import consequences, groups
from workshop_manager.registrations.states import Group
from workshop_manager.retention import keeping
from workshop_manager.web import navigation
from workshop_manager.workshops import cancelling, panels
from workshop_manager.workshops.cancelling import Concerned
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_FUNDS, MAY_GRANTS

JOB = "expire-grant-offers"
_USES = uses.Uses(
    is_in_use=queries.is_fund_in_use,
    is_promised=queries.is_fund_promised,
    is_currency_asked=queries.is_currency_asked,
    proposed=queries.proposed_by_fund,
    kinds=lambda: [(kind.value, words.kind_name(kind)) for kind in CostKind],
    names=queries.names_of,
    seen=queries.ids_seen,
)
_PAGES = (views, desk, round_views, paper_views, visa_views, texts, statements, caps)
"""All hang their pages on the one blueprint when they are imported."""


def _hoping(uow: UnitOfWork, edition: Edition) -> list[Concerned]:
    people = queries.hoping(uow.session, edition.id)
    return [Concerned(one.email, one.name, one.id, one.locale or "en") for one in people]


def init_app(app: Flask) -> None:
    """Register everything of this package."""
    accounts_merging.register(merging.PART)
    app.register_blueprint(views.blueprint)
    navigation.register_tab(40, lambda: str(_("Grants")), "grants.overview", cover.has_grants)
    navigation.register_desk(
        70,
        lambda: str(_("Travel grants")),
        "grants.desk",
        "hand-coins",
        lambda standing: standing.may(MAY_GRANTS),
        prefix=(
            "grants.desk",
            "grantreview.desk",
            "grantreport.desk",
            "funds.desk",
            "claims.desk",
            "proposals.desk",
            "succession.desk",
        ),
    )
    navigation.register_part("grants", 10, lambda: str(_("Applicants")), "grants.desk", "grants.desk_application")
    navigation.register_part(
        "grants",
        navigation.SET_UP + 5,
        lambda: str(_("Rounds")),
        "grants.desk_rounds",
        allowed=lambda standing: standing.may(MAY_FUNDS),
    )
    purposes.register(asking.PURPOSE, navigation.SET_UP + 10)
    uses.register("grants", _USES)
    keeping.register(20, retaining.kept)
    panels.register_open(40, cover.open_row)
    cancelling.register_circle(30, lambda: str(_("With a travel grant or an application")), _hoping)
    mails.register_hidden(queries.hidden_mails)
    consequences.register(40, attending.consequences)
    groups.register(Group.GRANTEES, queries.grantees)
    jobs.register(JOB, every=60, run=service.expire_offers)
