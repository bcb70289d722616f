"""One funded author a submission: who is kept from an offer because somebody else of the same work has one.

Whoever asks before money moves holds the locks of the edition's funds, so that two offers never pass each other.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import combinations

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from workshop_manager.core.errors import Conflict
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.funds.refusals import FieldConflict
from workshop_manager.grants import partial, queries, rules, words
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops.rules import Standing

NO_WORK = (WorkState.DRAFT, WorkState.WITHDRAWN)
"""What nobody has to share a grant for."""
FUNDED = frozenset({State.OFFERED, State.ACCEPTED})


def works_of(session: Session, edition_id: int, person_ids: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Works of the edition by person, without drafts and what was withdrawn (one query)."""
    involved = partial.involved(edition_id)
    rows = session.execute(
        select(involved.c.person_id, involved.c.submission_id)
        .join(Submission, Submission.id == involved.c.submission_id)
        .where(involved.c.person_id.in_(person_ids), Submission.state.not_in(NO_WORK))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, submission_id in rows:
        found[person_id].add(submission_id)
    return {person_id: frozenset(works) for person_id, works in found.items()}


def funded_beside(
    session: Session, edition_id: int, person_ids: Collection[int], states: Collection[State] = FUNDED
) -> Mapping[int, frozenset[int]]:
    """By person: applications in one of these states by somebody else of a work of theirs (one query)."""
    mine, theirs = partial.involved(edition_id), partial.involved(edition_id)
    rows = session.execute(
        select(mine.c.person_id, Application.id)
        .join(theirs, theirs.c.submission_id == mine.c.submission_id)
        .join(Submission, Submission.id == mine.c.submission_id)
        .join(Application, Application.person_id == theirs.c.person_id)
        .where(
            mine.c.person_id.in_(person_ids),
            theirs.c.person_id != mine.c.person_id,
            Submission.state.not_in(NO_WORK),
            Application.edition_id == edition_id,
            Application.state.in_(states),
        )
        .distinct()
    )
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, application_id in rows:
        found[person_id].add(application_id)
    return {person_id: frozenset(others) for person_id, others in found.items()}


def require_one(
    uow: UnitOfWork, edition_id: int, standing: Standing, offers: Sequence[Application], *, field: str
) -> None:
    """Refuse offers to somebody of whose work another author has one, or is to get one with these.

    Raises FieldConflict at `field`, with a sentence that says what to do. There is no way around it: the committee
    chooses whom it funds.
    """
    people = [one.person_id for one in offers if one.person_id is not None]
    if not people:
        return
    beside = funded_beside(uow.session, edition_id, people)
    name = _namer(uow, edition_id, standing)
    sentences = [
        _taken(name(one), _others(uow, edition_id, standing, beside[one.person_id or 0]))
        for one in offers
        if one.person_id in beside
    ]
    works = works_of(uow.session, edition_id, people) if len(people) > 1 else {}
    sentences += [
        str(
            _(
                "%(one)s and %(other)s have a part in the same submission, of which one author is funded: "
                "choose one of the two.",
                one=name(one),
                other=name(other),
            )
        )
        for one, other in combinations(offers, 2)
        if _shares(works, one, other)
    ]
    if sentences:
        raise FieldConflict(field, " ".join(sentences))


def _shares(works: Mapping[int, frozenset[int]], one: Application, other: Application) -> bool:
    return bool(works.get(one.person_id or 0, frozenset()) & works.get(other.person_id or 0, frozenset()))


def _namer(uow: UnitOfWork, edition_id: int, standing: Standing) -> Callable[[Application], str]:
    is_blind = rules.is_blind_for(standing, bool(queries.settings_of(uow.session, edition_id).is_blind))

    def name(one: Application) -> str:
        if rules.is_hidden(is_blind, one.released_at):
            return words.hidden_name(one.id)
        return isolated(one.person.name if one.person and one.person.name else str(_("somebody who left")))

    return name


def _others(uow: UnitOfWork, edition_id: int, standing: Standing, application_ids: Collection[int]) -> str:
    """Whose they are, as far as the viewer may see them; what was offered is answered, so its name is out."""
    names = queries.names_of(uow.session, edition_id, standing, application_ids)
    return ", ".join(isolated(one) for one in sorted(names.values()) if one)


def _taken(name: str, others: str) -> str:
    if others:
        return str(
            _(
                "%(name)s has a part in a submission of which another author has an offer or a grant already "
                "(%(others)s). One author of a submission is funded: decide otherwise here, or let the organisers "
                "take that one back first.",
                name=name,
                others=others,
            )
        )
    return str(
        _(
            "%(name)s has a part in a submission of which another author has an offer or a grant already. One author "
            "of a submission is funded: decide otherwise here, or let the organisers take that one back first.",
            name=name,
        )
    )


def require_none_accepted(uow: UnitOfWork, application: Application) -> None:
    """Refuse to accept an offer once another author of a work of theirs has accepted one."""
    person_id = application.person_id or 0
    if funded_beside(uow.session, application.edition_id, [person_id], [State.ACCEPTED]):
        raise Conflict(
            str(
                _(
                    "Another author of a submission of yours has accepted a grant, and one author of a submission is "
                    "funded. Agree among you who takes it: once the other gives theirs back, you can accept this one "
                    "until its time is over. The organisers can help."
                )
            )
        )
