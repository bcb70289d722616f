"""One function a mail."""

import hashlib
from collections.abc import Sequence

from flask_babel import gettext as _

from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.mail.service import Letter, post
from workshop_manager.proceedings import words
from workshop_manager.proceedings.states import Item
from workshop_manager.submissions.letters import Recipient, chairs_letter, in_both_zones, people_of, recipients
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.words import title_of
from workshop_manager.web.urls import absolute
from workshop_manager.workshops.models import Edition


def _digest(address: str) -> str:
    return hashlib.sha256(address.casefold().encode()).hexdigest()[:32]


def _address(edition: Edition, work: Submission) -> str:
    return absolute("proceedings.camera_ready", **edition.slugs, number=work.number)


def _why() -> str:
    return str(_("You get this because you are an author of this abstract."))


def who_acts(work: Submission, everybody: Sequence[Recipient]) -> list[Recipient]:
    """Who is reminded: who submitted and who presents; everybody if none of them can be written to."""
    presenting = {a.person_id for a in work.authors if a.is_presenter and a.person_id is not None}
    addresses = {(a.email or "").casefold() for a in work.authors if a.is_presenter}
    acting = [
        to
        for to in everybody
        if (to.person is not None and to.person.id in presenting | {work.submitter_id})
        or to.address.casefold() in addresses
    ]
    return acting or list(everybody)


def reminder(
    edition: Edition,
    work: Submission,
    to: Recipient,
    wave: int,
    owed: Sequence[Item],
    due: Deadline | None,
    remark: str,
) -> Letter:
    """To whoever can hand it in: what is still missing, and until when. `remark` is the chairs' own sentence."""
    facts = [(str(_("Abstract")), f"#{work.number}: {isolated(title_of(work.title))}")]
    if due is not None:
        facts.append((str(_("Due")), in_both_zones(due, to.person)))
    return chairs_letter(
        edition,
        "proceedings/reminder",
        f"camera-ready-reminder:{work.id}:{wave}:{_digest(to.address)}",
        to,
        about=work.about,
        values={
            "title": title_of(work.title),
            "edition": edition.name,
            "owed": [words.owed_text(item) for item in owed],
            "remark": remark,
            "has_account": to.person is not None,
        },
        facts=tuple(facts),
        button=(str(_("Hand it in")), _address(edition, work)),
        why=_why(),
    )


def completed(uow: UnitOfWork, edition: Edition, work: Submission) -> None:
    """To every author, once: nothing is missing any more."""
    for to in recipients(work, people_of(uow, [work])):
        post(
            uow,
            chairs_letter(
                edition,
                "proceedings/complete",
                f"camera-ready-complete:{work.id}:{_digest(to.address)}",
                to,
                about=work.about,
                values={"title": title_of(work.title), "edition": edition.name},
                facts=((str(_("Abstract")), f"#{work.number}: {isolated(title_of(work.title))}"),),
                button=(str(_("Look at it or change it")), _address(edition, work)),
                why=_why(),
            ),
        )


def poster_number(
    uow: UnitOfWork, edition: Edition, works: Sequence[tuple[Submission, int, int | None]], turn: int
) -> int:
    """To the authors of posters: the number of their board, and what it was before. Returns how many mails."""
    people = people_of(uow, [work for work, _number, _before in works])
    sent = 0
    for work, number, before in works:
        for to in recipients(work, people):
            post(
                uow,
                chairs_letter(
                    edition,
                    "proceedings/poster",
                    f"poster-number:{work.id}:{turn}:{_digest(to.address)}",
                    to,
                    about=work.about,
                    values={
                        "title": title_of(work.title),
                        "edition": edition.name,
                        "number": number,
                        "before": before,
                    },
                    facts=(
                        (str(_("Abstract")), f"#{work.number}: {isolated(title_of(work.title))}"),
                        (str(_("Poster")), str(number)),
                    ),
                    button=(
                        str(_("Your abstract")),
                        absolute("submissions.detail", **edition.slugs, number=work.number),
                    ),
                    why=_why(),
                ),
            )
            sent += 1
    return sent
