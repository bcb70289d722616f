"""Every table, imported in one place: for migrations and for tests that make an empty database."""

from workshop_manager.accounts import models as accounts
from workshop_manager.assignments import models as assignments
from workshop_manager.availability import models as availability
from workshop_manager.calls import models as calls
from workshop_manager.claims import models as claims
from workshop_manager.committee import models as committee
from workshop_manager.conflicts import models as conflicts
from workshop_manager.core import audit, jobs
from workshop_manager.core.database import Base
from workshop_manager.decisions import models as decisions
from workshop_manager.door import models as door
from workshop_manager.exchange import models as exchange
from workshop_manager.funds import models as funds
from workshop_manager.grantreview import models as grantreview
from workshop_manager.grants import models as grants
from workshop_manager.handover import models as handover
from workshop_manager.invitations import models as invitations
from workshop_manager.mail import models as mail
from workshop_manager.materials import models as materials
from workshop_manager.mentoring import models as mentoring
from workshop_manager.proceedings import models as proceedings
from workshop_manager.proposals import models as proposals
from workshop_manager.proposals import succession_models
from workshop_manager.questions import models as questions
from workshop_manager.registrations import models as registrations
from workshop_manager.retention import models as retention
from workshop_manager.reviews import models as reviews
from workshop_manager.schedule import models as schedule
from workshop_manager.search import models as search
from workshop_manager.selfid import models as selfid
from workshop_manager.signups import models as signups
from workshop_manager.submissions import models as submissions
from workshop_manager.submissions import topics
from workshop_manager.takeout import models as takeout
from workshop_manager.timetabling import models as timetabling
from workshop_manager.web import once
from workshop_manager.workshops import models as workshops

MODULES = (
    audit,
    jobs,
    once,
    mail,
    accounts,
    workshops,
    retention,
    proposals,
    questions,
    calls,
    submissions,
    topics,
    conflicts,
    committee,
    assignments,
    mentoring,
    reviews,
    decisions,
    registrations,
    funds,
    grants,
    grantreview,
    claims,
    succession_models,
    selfid,
    schedule,
    timetabling,
    search,
    proceedings,
    door,
    handover,
    invitations,
    materials,
    availability,
    signups,
    exchange,
    takeout,
)
metadata = Base.metadata
