"""What the current edition's call has beside one deadline: an early round, a second type, a hidden track, a code."""

from datetime import date, time, timedelta

from workshop_manager.calls import codes, service
from workshop_manager.calls.codes import CodeContent
from workshop_manager.calls.service import RoundContent, TrackContent, TypeContent
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.demo.editions import aoe, local
from workshop_manager.demo.people import People, acting
from workshop_manager.submissions.models import Submission
from workshop_manager.workshops import service as workshops
from workshop_manager.workshops.models import Edition
from workshop_manager.workshops.states import DateKey, TrackKind

EARLY = ("recitation", "cluster")
"""Who needed a visa and sent in early."""


def load(
    uow: UnitOfWork, edition: Edition, people: People, sent: dict[str, Submission], today: date, zone: str
) -> None:
    """Set it up as an organiser would."""

    def day(days: int) -> date:
        return today + timedelta(days=days)

    with acting(uow, people["organiser"], uow.now - timedelta(days=50)):
        dates = {
            DateKey.CALL_OPENS: local(day(-45), time(9), zone),
            DateKey.ABSTRACTS_DUE: aoe(day(-30)),
            DateKey.NOTIFICATION: aoe(day(8)),
        }
        words = "For authors who need a visa: you hear from us three weeks before the others."
        early = service.save_round(uow, edition, None, RoundContent("Early round", words, dates))
        paper = "Finished work of four to eight pages, reviewed by the same people and not archival either."
        service.save_type(uow, edition, None, TypeContent("Paper", paper, True, 8, 2, 250, 10))
        track = workshops.add_track(
            uow, edition, workshops.NewTrack("demos", "Invited demos", "Working systems, shown at the posters.")
        )
        service.edit_track(uow, edition, track, TrackContent(TrackKind.FORMAT, "#2f6f4f", is_hidden=True, due={}))
        late = aoe(day(18))
        codes.make(
            uow, edition, CodeContent("Invited demos, one for each group", None, track.id, late, 5, aoe(day(15)))
        )
    for key in EARLY:
        sent[key].round_id = early.id
    uow.session.flush()
