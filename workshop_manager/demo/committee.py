"""The demo's committee: what reviewers can take on, whom they should not judge, who was asked and what they said."""

from datetime import timedelta

from sqlalchemy import select

from workshop_manager.committee import service as recruiting
from workshop_manager.committee.service import Candidate, ProfileContent, Suggestion
from workshop_manager.conflicts import service as conflicts
from workshop_manager.conflicts.rules import CAN_BE_NAMED
from workshop_manager.conflicts.service import Whom
from workshop_manager.conflicts.states import About, ConflictKind
from workshop_manager.core.tokens import new_token, token_hash
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.people import People, acting
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops.models import Edition, Invitation


def load(uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission]) -> None:
    """Three profiles; two people asked, of whom one declined and thought of somebody; a statement and a name."""
    profiles = {
        "reviewer": ProfileContent(4, True, ("en", "bn"), note="Not on Fridays."),
        "second-reviewer": ProfileContent(5, True, ("en", "ar")),
        "third-reviewer": ProfileContent(3, False, ("en", "id", "ms")),
    }
    for key, content in profiles.items():
        with acting(uow, people[key], uow.now - timedelta(days=9)):
            recruiting.save_profile(uow, edition, content, version=0)
    with acting(uow, people["second-reviewer"], uow.now - timedelta(days=9)):
        conflicts.state(uow, Whom(About.INSTITUTION, "Desert Institute of Technology"), last_year=uow.now.year - 1)
    with acting(uow, people["chair"], uow.now - timedelta(days=5)):
        asked = [
            Candidate("halima.toure@reviewers.example", "Halima Touré"),
            Candidate("daniel.okoro@reviewers.example", "Daniel Okoro"),
        ]
        recruiting.invite(uow, edition, asked, "Three two-page abstracts at most; we would be glad of your eye.")
    row = uow.session.scalars(
        select(Invitation).where(Invitation.edition_id == edition.id, Invitation.email == asked[1].address)
    ).one()
    token = new_token()
    row.token_hash = token_hash(token)
    uow.session.flush()
    other = Suggestion("Mariam Zongo", "mariam.zongo@reviewers.example")
    recruiting.decline(uow, token, "I teach two courses this autumn.", [other])
    own = next(work for work in sent.values() if work.submitter_id == people["author"].id)
    with acting(uow, people["author"], uow.now - timedelta(days=5)):
        whom = Whom(About.PERSON, "Bima Prasetyo", relation=ConflictKind.ADVISOR)
        if own.state in CAN_BE_NAMED:
            conflicts.oppose(uow, edition, own.number, whom, "Advised my thesis.")
