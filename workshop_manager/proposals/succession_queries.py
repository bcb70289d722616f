"""Every select about returned money and whom it goes to."""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workshop_manager.core.audit import AuditEntry
from workshop_manager.funds.models import Fund, LedgerEntry, LedgerTransaction
from workshop_manager.funds.states import Account
from workshop_manager.grants import partial
from workshop_manager.grants import queries as grants
from workshop_manager.grants.models import Application, Award, Line
from workshop_manager.grants.states import AwardState, CostKind
from workshop_manager.proposals.succession_models import Handover, Next, Passing, SuccessionSettings, Successor
from workshop_manager.proposals.succession_rules import Moved
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import State as WorkState
from workshop_manager.workshops.rules import MAY_FUNDS, Standing


def settings_of(session: Session, edition_id: int, *, lock: bool = False) -> SuccessionSettings:
    """How returned money is passed on; off, not in the session, where nobody has said."""
    return session.get(
        SuccessionSettings, edition_id, with_for_update=lock or None, populate_existing=lock
    ) or SuccessionSettings(edition_id=edition_id, mode=Passing.OFF, days=7, version=0, looked_at="")


def passing_on(session: Session) -> Sequence[int]:
    """Editions whose returned money is passed on, asked or not."""
    return session.scalars(
        select(SuccessionSettings.edition_id)
        .where(SuccessionSettings.mode != Passing.OFF)
        .order_by(SuccessionSettings.edition_id)
    ).all()


def progress(session: Session, edition_id: int) -> str:
    """Something that changes with every entry of the edition's history and its ledger."""
    entries = (
        select(func.max(LedgerEntry.id))
        .join(Fund, Fund.id == LedgerEntry.fund_id)
        .where(Fund.edition_id == edition_id)
        .scalar_subquery()
    )
    row = session.execute(select(func.max(AuditEntry.id), entries).where(AuditEntry.edition_id == edition_id)).one()
    return f"{row[0]}:{row[1]}"


def available_moves(session: Session, edition_id: int) -> dict[int, list[Moved]]:
    """By fund, everything that went into what is available or out of it, in order."""
    rows = session.execute(
        select(
            LedgerEntry.fund_id,
            LedgerTransaction.kind,
            LedgerEntry.amount,
            LedgerEntry.award_id,
            LedgerEntry.application_id,
        )
        .join(LedgerTransaction, LedgerTransaction.uid == LedgerEntry.transaction_uid)
        .join(Fund, Fund.id == LedgerEntry.fund_id)
        .where(Fund.edition_id == edition_id, LedgerEntry.account == Account.AVAILABLE)
        .order_by(LedgerEntry.id)
    )
    found: dict[int, list[Moved]] = {}
    for fund_id, kind, minor, award_id, application_id in rows:
        found.setdefault(fund_id, []).append(Moved(kind, int(minor), award_id, application_id))
    return found


def noted(session: Session, edition_id: int) -> dict[int, int]:
    """By fund, what the committee has noted for an offer and not released: it is not for others."""
    rows = session.execute(
        select(Award.fund_id, func.sum(Award.amount))
        .join(Application, Application.id == Award.application_id)
        .where(Application.edition_id == edition_id, Award.state == AwardState.PROPOSED)
        .group_by(Award.fund_id)
    )
    return {fund_id: int(minor) for fund_id, minor in rows}


def without_paper(session: Session, edition_id: int) -> frozenset[int]:
    """People whose submissions to the edition all left or were turned down."""
    involved = partial.involved(edition_id)

    def people(condition: ColumnElement[bool]) -> Collection[int]:
        return session.scalars(
            select(involved.c.person_id)
            .join(Submission, Submission.id == involved.c.submission_id)
            .where(condition)
            .distinct()
        ).all()

    gone = people(Submission.state.in_(grants.PAPER_GONE))
    still = people(Submission.state.not_in([*grants.PAPER_GONE, WorkState.DRAFT]))
    return frozenset(gone) - frozenset(still)


def waiting(session: Session, edition_id: int) -> Sequence[Successor]:
    """Suggestions that wait, whoever asks; the oldest first."""
    return session.scalars(
        select(Successor)
        .where(Successor.edition_id == edition_id, Successor.state == Next.WAITING)
        .order_by(Successor.id)
    ).all()


def latest_terms(session: Session, edition_id: int) -> tuple[str, bool]:
    """What the last offers asked, (conditions, whether they must present): whoever comes next gets the same."""
    row = session.execute(
        select(Application.conditions, Application.must_present)
        .where(Application.edition_id == edition_id, Application.accept_by.is_not(None))
        .order_by(Application.released_at.desc(), Application.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else ("", False)


def kinds_of(session: Session, line_ids: Collection[int]) -> dict[int, CostKind]:
    """By line, the kind of cost."""
    return {row[0]: row[1] for row in session.execute(select(Line.id, Line.kind).where(Line.id.in_(line_ids)))}


def seen_waiting(edition_id: int, standing: Standing) -> tuple[ColumnElement[bool], ...]:
    """Suggestions that wait for somebody; the application has to be joined."""
    return (
        Successor.edition_id == edition_id,
        Successor.state == Next.WAITING,
        grants.visible_to(edition_id, standing),
    )


def waiting_for(session: Session, edition_id: int, standing: Standing) -> Sequence[Successor]:
    """Suggestions that wait for an organiser; none of whom they have a conflict of interest with."""
    if not standing.may(MAY_FUNDS):
        return ()
    return session.scalars(
        select(Successor)
        .join(Application, Application.id == Successor.application_id)
        .where(*seen_waiting(edition_id, standing))
        .order_by(Successor.id)
    ).all()


def find(session: Session, edition_id: int, standing: Standing, successor_id: int) -> Successor | None:
    """A suggestion of the edition, whatever became of it, that the viewer may see; locked."""
    return session.execute(
        select(Successor)
        .join(Application, Application.id == Successor.application_id)
        .where(
            Successor.id == successor_id, Successor.edition_id == edition_id, grants.visible_to(edition_id, standing)
        )
        .with_for_update(of=Successor)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def handovers(session: Session, edition_id: int, most: int = 200) -> Sequence[tuple[Handover, Fund]]:
    """Whose money became whose, whoever asks: the latest first."""
    rows = session.execute(
        select(Handover, Fund)
        .join(Fund, Fund.id == Handover.fund_id)
        .where(Handover.edition_id == edition_id)
        .order_by(Handover.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]
