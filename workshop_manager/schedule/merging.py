"""Talks and calendar addresses, when one person's two accounts become one."""

from dataclasses import replace

from flask_babel import ngettext
from sqlalchemy import select, update

from workshop_manager.accounts.merging import Afterwards, Pair, Part, moved
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.schedule import drafting, queries
from workshop_manager.schedule.editing import undoing
from workshop_manager.schedule.models import (
    EditorSeen,
    FeedToken,
    ItemSpeaker,
    JoinUse,
    PendingImport,
    PlannedRelease,
    Release,
    ReleasedPerson,
    ScheduleEdit,
    SettledConflict,
    SpeakerPage,
    StarredItem,
)
from workshop_manager.schedule.programme import Programme, Speaker, from_json, to_json
from workshop_manager.schedule.visibility import person_key
from workshop_manager.workshops import queries as workshops


def _move(uow: UnitOfWork, pair: Pair) -> Afterwards:
    """Programmes name the account that stays. Of two calendar addresses in one edition the one it has goes on."""
    into, gone = pair.into.id, pair.gone.id
    live = select(FeedToken.edition_id).where(FeedToken.person_id == into, FeedToken.revoked_at.is_(None))
    uow.session.execute(
        update(FeedToken)
        .where(FeedToken.person_id == gone, FeedToken.revoked_at.is_(None), FeedToken.edition_id.in_(live))
        .values(revoked_at=uow.now)
        .execution_options(synchronize_session=False)
    )
    undoing.rename_person(uow, gone, into)
    released = list(queries.released_editions_of(uow.session, gone))
    drafted = list(queries.editions_with_speaker(uow.session, gone))
    for edition_id in released:
        workshops.locked_edition(uow.session, edition_id)
        for each in queries.all_releases(uow.session, edition_id):
            each.programme = to_json(_named_anew(from_json(each.programme), person_key(gone), person_key(into)))

    def afterwards() -> None:  # what is public follows from `ListingChanged`, which the accounts tell
        for edition_id in drafted:
            drafting.refresh(uow, workshops.get_edition(uow.session, edition_id))

    return afterwards


def _named_anew(programme: Programme, before: str, after: str) -> Programme:
    def anew(people: tuple[Speaker, ...]) -> tuple[Speaker, ...]:
        return tuple(replace(who, person_key=after) if who.person_key == before else who for who in people)

    return replace(programme, items=tuple(item.with_people(anew) for item in programme.items))


PART = Part(
    "schedule",
    (
        moved(
            ItemSpeaker.person_id,
            says=lambda n: str(ngettext("%(num)s talk in a programme", "%(num)s talks in programmes", n)),
        ),
        moved(SpeakerPage.person_id, SpeakerPage.edition_id),
        moved(Release.released_by),
        moved(SettledConflict.person_id),
        moved(PlannedRelease.planned_by),
        moved(ReleasedPerson.person_id, ReleasedPerson.edition_id),
        moved(FeedToken.person_id),
        moved(JoinUse.person_id),
        moved(StarredItem.person_id, StarredItem.edition_id, StarredItem.uid),
        moved(PendingImport.person_id),
        moved(ScheduleEdit.person_id),
        moved(EditorSeen.person_id, EditorSeen.edition_id),
    ),
    move=_move,
)
