"""Invitations to speak, when one person's two accounts become one: what either was told and said stays known."""

from sqlalchemy import select, update

from workshop_manager.accounts.merging import Afterwards, Pair, Part, moved
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.invitations.models import SpeakerContact, SpeakerInvitation


def _move(uow: UnitOfWork, pair: Pair) -> Afterwards | None:
    """Of two contacts in one edition the one that stays takes over the slots it does not know of."""
    into = select(SpeakerContact).where(SpeakerContact.person_id == pair.into.id)
    staying = {one.edition_id: one.id for one in uow.session.scalars(into)}
    gone = select(SpeakerContact).where(SpeakerContact.person_id == pair.gone.id)
    for contact in uow.session.scalars(gone).all():
        if (kept := staying.get(contact.edition_id)) is None:
            continue
        known = select(SpeakerInvitation.uid).where(SpeakerInvitation.contact_id == kept).scalar_subquery()
        uow.session.execute(
            update(SpeakerInvitation)
            .where(SpeakerInvitation.contact_id == contact.id, SpeakerInvitation.uid.not_in(known))
            .values(contact_id=kept)
            .execution_options(synchronize_session=False)
        )
    return None


PART = Part("invitations", (moved(SpeakerContact.person_id, SpeakerContact.edition_id),), move=_move)
