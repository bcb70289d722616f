"""Verbs of assigning. Taking a work back stands in `reviews.service`, since a draft of the review goes with it."""

from collections.abc import Collection

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from workshop_manager.accounts.models import Person
from workshop_manager.assignments import emails, queries, rules
from workshop_manager.assignments.models import Assignment
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.conflicts.words import conflict_sentence
from workshop_manager.core.audit import record
from workshop_manager.core.errors import Conflict
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.service import locked_at_desk
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.rules import MAY_SUBMISSIONS, Standing
from workshop_manager.workshops.service import acting_person, require

MOST_AT_ONCE = 200


def assign(
    uow: UnitOfWork, edition: Edition, numbers: Collection[int], reviewer_ids: Collection[int]
) -> list[Assignment]:
    """Give every one of these submissions to every one of these reviewers, and one mail to each of them: all or none.

    A conflict of interest is refused with its reason. What somebody has already stays as it is.
    """
    standing = require(uow, edition, MAY_SUBMISSIONS)
    if not numbers or not reviewer_ids:
        raise Conflict(str(_("Choose at least one reviewer and one abstract.")))
    if len(numbers) * len(reviewer_ids) > MOST_AT_ONCE:
        raise Conflict(str(_("At most %(most)s assignments at once. Choose fewer.", most=MOST_AT_ONCE)))
    found = [locked_at_desk(uow, edition, standing, number) for number in sorted(set(numbers))]
    made: list[Assignment] = []
    for reviewer_id in sorted(set(reviewer_ids)):
        reviewer = queries.find_reviewer(uow.session, edition.id, reviewer_id)
        if reviewer is None:
            raise Conflict(str(_("Choose somebody who reviews for this edition. Invite them on the team page first.")))
        new = [row for submission in found if (row := _assign_one(uow, edition, submission, reviewer)) is not None]
        if new:
            uow.session.flush()
            emails.assigned(uow, edition, reviewer, [s for s in found if s.id in {r.submission_id for r in new}], new)
        made += new
    if not made:
        raise Conflict(str(_("That was assigned already.")))
    return made


def assign_pairs(
    uow: UnitOfWork, edition: Edition, pairs: Collection[tuple[int, int]], standing: Standing
) -> list[Assignment]:
    """Give out many works at once, as (submission id, person id): all or none, one mail a reviewer.

    The caller has asked whether the acting person may; what `standing` must not see is refused as if it were not there.
    What somebody has already stays as it is.
    """
    queries.lock_assigning(uow.session, edition.id)
    works = queries.lock_open_works(uow.session, edition.id, standing, {work for work, _person in pairs})
    people = {person.id: person for person in queries.reviewers(uow.session, edition.id)}
    against = {(work, person) for work, person, _why in conflicts.conflict_pairs(uow.session, edition.id)}
    given = queries.given_pairs(uow.session, edition.id, standing)
    new = sorted(set(pairs) - given)
    if any(work not in works or person not in people or (work, person) in against for work, person in new):
        raise Conflict(str(_("Something changed meanwhile, so nothing was assigned. Look at it again.")))
    made: dict[int, list[Assignment]] = {}
    for work, person in new:
        row = Assignment(
            submission_id=work,
            reviewer_id=person,
            assigned_by=uow.actor.id if uow.actor else None,
            assigned_at=uow.now,
        )
        made.setdefault(person, []).append(row)
        uow.session.add(row)
        record(uow, "assigned", "submission", work, edition_id=edition.id, reviewer=person)
    uow.session.flush()
    for person, rows in made.items():
        emails.assigned(uow, edition, people[person], [works[row.submission_id] for row in rows], rows)
    return [row for rows in made.values() for row in rows]


def _assign_one(uow: UnitOfWork, edition: Edition, submission: Submission, reviewer: Person) -> Assignment | None:
    conflict = conflicts.against(uow.session, submission, [reviewer.id]).get(reviewer.id)
    if conflict is not None:
        raise Conflict(conflict_sentence(conflict, reviewer.name, submission.number))
    if submission.state not in rules.OPEN_FOR_REVIEW:
        raise Conflict(str(_("#%(number)s is not waiting for reviews.", number=submission.number)))
    row = Assignment(
        submission_id=submission.id,
        reviewer_id=reviewer.id,
        assigned_by=acting_person(uow).id,
        assigned_at=uow.now,
    )
    try:
        with uow.session.begin_nested():
            uow.session.add(row)
    except IntegrityError:
        return None
    record(uow, "assigned", "submission", submission.id, edition_id=edition.id, reviewer=reviewer.id)
    return row
