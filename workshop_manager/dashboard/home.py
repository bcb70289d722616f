"""A person's home: everything they are part of, in every edition, with what waits for them on top."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import Phase, Plan, deadline_for, overall_phase
from workshop_manager.core.deadlines import Deadline
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.dashboard import waits
from workshop_manager.dashboard.parts import Group, Row, Shelf, Waiting
from workshop_manager.dashboard.places import Places
from workshop_manager.dashboard.queries import glances
from workshop_manager.grants import queries as grants
from workshop_manager.grants import words as grant_words
from workshop_manager.grants.models import Application
from workshop_manager.grants.states import State as GrantState
from workshop_manager.mentoring import queries as mentoring
from workshop_manager.proceedings import queries as proceedings
from workshop_manager.proceedings import rules as paper_rules
from workshop_manager.registrations import queries as registrations
from workshop_manager.registrations import words as registration_words
from workshop_manager.registrations.models import Registration
from workshop_manager.reviews import queries as reviews
from workshop_manager.submissions import queries as submissions
from workshop_manager.submissions import words as submission_words
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.rules import ON_PROGRAMME
from workshop_manager.submissions.states import State
from workshop_manager.web.times import deadline_text, when_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops import words as workshop_words
from workshop_manager.workshops.models import Edition, TeamMember
from workshop_manager.workshops.states import DateKey, Role, Visibility

Own = Sequence[tuple[Submission, Edition]]
Asked = Sequence[tuple[Application, Edition]]


@dataclass(frozen=True, slots=True)
class Home:
    """Everything on the page."""

    waiting: tuple[Waiting, ...]
    teams: tuple[Group, ...]
    shelves: tuple[Shelf, ...]
    communities: tuple[tuple[str, str], ...]


AFTERWARDS = timedelta(days=60)
"""For so long after its end an edition still waits for its team: grants are paid, mails sent again."""


def _slugs(edition: Edition) -> dict[str, Any]:
    return {"community": edition.community.slug, "edition": edition.slug}


def home(uow: UnitOfWork, person: Person) -> Home:
    """All parts, each from one query or two, whatever number of editions."""
    own = submissions.of_person(uow.session, person.id)
    asked = grants.of_person(uow.session, person.id)
    teams = workshops.roles_of_person(uow.session, person.id)
    seats = registrations.of_person(uow.session, person.id)
    places = Places.of(uow, person, seats)
    shelves = [
        Shelf(str(_("My submissions")), tuple(_submission_rows(own))),
        Shelf(str(_("My registrations")), tuple(_registration_rows(seats))),
        Shelf(str(_("My roundtables and other places")), places.rows),
        Shelf(str(_("My travel grants")), tuple(_grant_rows(asked))),
        Shelf(str(_("My teams")), tuple(_team_rows(teams))),
    ]
    communities = workshops.communities_of_person(uow.session, person.id)
    return Home(
        (
            *_answers(uow, own),
            *_offers(uow, asked),
            *_drafts(uow, own),
            *_papers(uow, person, own),
            *_owed(uow, person),
            *_mentoring(uow, person),
            *_said(uow, person),
            *places.waiting,
            *_to_score(uow, person, teams),
        ),
        tuple(_for_teams(uow, person, teams)),
        tuple(s for s in shelves if s.rows),
        tuple((c.name, url_for("workshops.community_page", community=c.slug)) for c in communities),
    )


def _submission_rows(own: Own) -> Iterator[Row]:
    for submission, edition in own:
        sign, word, *_rest = submission_words.state_sign(submission.state)
        yield Row(
            submission_words.title_of(submission.title),
            url_for("submissions.detail", **_slugs(edition), number=submission.number),
            f"#{submission.number}, {isolated(edition.name)}",
            sign,
            word,
        )


def _drafts(uow: UnitOfWork, own: Own) -> Iterator[Waiting]:
    drafts = [(s, e) for s, e in own if s.state is State.DRAFT]
    person_id = uow.actor.id if uow.actor else 0
    plans = calls.plans_in_editions(uow.session, {e.id for _s, e in drafts}, person_id)
    for submission, edition in drafts:
        if edition.is_cancelled:
            continue
        due = deadline_for(plans[edition.id], submission.round_id, submission.track_id)
        if due is not None and due.has_passed(uow.now) and not _is_open(plans[edition.id], uow):
            continue
        when, name = deadline_text(due).text if due and not due.has_passed(uow.now) else "", isolated(edition.name)
        yield Waiting(
            str(_("“%(title)s” is a draft", title=isolated(submission_words.title_of(submission.title)))),
            str(_("%(edition)s takes it until %(when)s.", edition=name, when=when)) if when else edition.name,
            url_for("submissions.edit", **_slugs(edition), number=submission.number),
            str(_("Finish it")),
            "note-pencil",
            "wait",
        )


def _is_open(plan: Plan, uow: UnitOfWork) -> bool:
    """True if a draft of a round that is over can still go to another."""
    return overall_phase(plan, uow.now) is Phase.OPEN


def _answers(uow: UnitOfWork, own: Own) -> Iterator[Waiting]:
    for submission, edition in own:
        if submission.state is not State.ACCEPTED or edition.ends_at < uow.now or edition.is_cancelled:
            continue
        name = isolated(edition.name)
        by = (
            deadline_text(Deadline(submission.confirm_by, submission.confirm_by_zone or "UTC")).text
            if submission.confirm_by
            else ""
        )
        yield Waiting(
            str(_("“%(title)s” is accepted", title=isolated(submission_words.title_of(submission.title)))),
            str(_("Confirm by %(when)s, %(edition)s.", when=by, edition=name)) if by else edition.name,
            url_for("submissions.detail", **_slugs(edition), number=submission.number),
            str(_("Confirm or decline")),
            "flag",
            "stop" if submission.confirm_by else "wait",
        )


def _papers(uow: UnitOfWork, person: Person, own: Own) -> Iterator[Waiting]:
    """What accepted works still owe the proceedings, while it can be handed in."""
    if all(submission.state not in ON_PROGRAMME for submission, _edition in own):
        return
    found = proceedings.own_accepted(uow.session, person.id)
    plans = calls.plans_for(uow.session, {edition.id for _s, edition, _a, _c in found}, DateKey.CAMERA_READY)
    for submission, edition, asked, camera in found:
        due, newest = paper_rules.due_of(plans[edition.id], submission), asked.rights_version
        asks = paper_rules.asked_of(proceedings.wanted(asked), submission.outcome, has_wording=newest > 0)
        owed = paper_rules.owed(asks, proceedings.given(camera), newest)
        is_open = paper_rules.may_hand_in(
            submission.state,
            due,
            uow.now,
            takes_late=asked.takes_late,
            may_be_late=camera is not None and camera.may_be_late,
        )
        if not owed or not is_open or edition.ends_at < uow.now or edition.is_cancelled:
            continue
        title, name = isolated(submission_words.title_of(submission.title)), isolated(edition.name)
        when = deadline_text(due).text if due else ""
        yield Waiting(
            str(_("For the proceedings: “%(title)s”", title=title)),
            str(_("%(edition)s, due %(when)s", edition=name, when=when)) if when else edition.name,
            url_for("proceedings.camera_ready", **_slugs(edition), number=submission.number),
            str(_("Hand it in")),
            "upload-simple",
            "wait",
        )


def _owed(uow: UnitOfWork, person: Person) -> Iterator[Waiting]:
    tasks = [task for task in reviews.owed(uow.session, person.id) if not task.edition.is_cancelled]
    due = workshops.dates_of_key(uow.session, {t.edition.id for t in tasks}, DateKey.REVIEWS_DUE)
    for task in tasks:
        date, name = due.get(task.edition.id), isolated(task.edition.name)
        yield Waiting(
            str(_("A review of “%(title)s”", title=isolated(task.submission.title))),
            str(_("%(edition)s, due %(when)s", edition=name, when=deadline_text(date.deadline).text))
            if date
            else task.edition.name,
            url_for("reviews.review", **_slugs(task.edition), number=task.submission.number),
            str(_("Go on")) if task.review else str(_("Review it")),
            "scales",
            "wait",
        )


def _mentoring(uow: UnitOfWork, person: Person) -> Iterator[Waiting]:
    """Drafts of partners in a mentored round that wait for feedback."""
    owed = [one for one in mentoring.owed_by(uow.session, person.id) if not one[1].is_cancelled]
    due = workshops.dates_of_key(uow.session, {edition.id for _reading, edition in owed}, DateKey.MENTORING_FEEDBACK)
    for reading, edition in owed:
        date, title = due.get(edition.id), isolated(submission_words.title_of(reading.submission.title))
        when = deadline_text(date.deadline).text if date else ""
        yield Waiting(
            str(_("Feedback for the draft “%(title)s”", title=title)),
            str(_("%(edition)s, due %(when)s", edition=isolated(edition.name), when=when)) if when else edition.name,
            url_for("mentoring.reading", **_slugs(edition), reading_id=reading.id),
            str(_("Go on")) if reading.saved_at else str(_("Read it")),
            "handshake",
            "wait",
        )


def _said(uow: UnitOfWork, person: Person) -> Iterator[Waiting]:
    """Discussions in which others said something new."""
    for talk in reviews.unseen_anywhere(uow.session, person.id, uow.now):
        yield Waiting(
            str(_("The discussion of “%(title)s”", title=isolated(talk.title))),
            str(
                ngettext(
                    "%(num)s new message, %(edition)s",
                    "%(num)s new messages, %(edition)s",
                    talk.number_new,
                    edition=isolated(talk.edition.name),
                )
            ),
            url_for("reviews.discussion", **_slugs(talk.edition), number=talk.number),
            str(_("Read it")),
            "chats-circle",
            "rest",
        )


def _to_score(uow: UnitOfWork, person: Person, teams: Sequence[TeamMember]) -> Iterator[Waiting]:
    sits_on = {member.edition_id: member.edition for member in teams if member.role is Role.GRANTS_COMMITTEE}
    if not sits_on:
        return
    unread = grants.unread_of(uow.session, person.id, sits_on)
    for edition in sits_on.values():
        if edition.is_cancelled or not (number := unread.get(edition.id, 0)):
            continue
        yield Waiting(
            str(
                ngettext(
                    "%(num)s grant application waits for your score",
                    "%(num)s grant applications wait for your score",
                    number,
                )
            ),
            edition.name,
            url_for("grants.desk", **_slugs(edition)),
            str(_("Read them")),
            "hand-coins",
            "wait",
        )


def _offers(uow: UnitOfWork, asked: Asked) -> Iterator[Waiting]:
    for application, edition in asked:
        if application.state is not GrantState.OFFERED or application.accept_by is None:
            continue
        by = Deadline(application.accept_by, application.accept_by_zone or "UTC")
        if by.has_passed(uow.now):
            continue
        yield Waiting(
            str(_("We offer you a travel grant")),
            str(_("%(edition)s, answer by %(when)s", edition=isolated(edition.name), when=deadline_text(by).text)),
            url_for("grants.application", **_slugs(edition)),
            str(_("Answer")),
            "hand-coins",
            "stop",
        )


def _grant_rows(asked: Asked) -> Iterator[Row]:
    for application, edition in asked:
        sign, word, *_rest = grant_words.state_sign(application.state)
        yield Row(edition.name, url_for("grants.application", **_slugs(edition)), "", sign, word)


def _registration_rows(seats: Sequence[tuple[Registration, Edition]]) -> Iterator[Row]:
    for registration, edition in seats:
        sign, word = registration_words.state_sign(registration)
        yield Row(
            edition.name,
            url_for("registrations.ticket", **_slugs(edition)),
            when_text(edition.starts_at, edition.time_zone),
            sign,
            word,
        )


def _addresses(edition: Edition) -> Callable[..., str]:
    slugs = _slugs(edition)
    return lambda endpoint, **values: url_for(endpoint, **slugs, **values)


def _by_edition(teams: Sequence[TeamMember]) -> list[tuple[Edition, list[TeamMember]]]:
    found: dict[int, tuple[Edition, list[TeamMember]]] = {}
    for member in teams:
        found.setdefault(member.edition_id, (member.edition, []))[1].append(member)
    return list(found.values())


def _roles_text(members: Sequence[TeamMember]) -> str:
    return ", ".join(dict.fromkeys(workshop_words.role_name(member.role) for member in members))


def _for_teams(uow: UnitOfWork, person: Person, teams: Sequence[TeamMember]) -> Iterator[Group]:
    """What waits at the desks, counted as on each of them; one query, whatever the number of teams."""
    lately = [
        (e, members) for e, members in _by_edition(teams) if e.ends_at + AFTERWARDS > uow.now and not e.is_cancelled
    ]
    standings = {
        e.id: workshops.standing_from(person.id, [(m.role, m.track_id) for m in members]) for e, members in lately
    }
    counted = glances(uow.session, standings)
    for edition, members in lately:
        url = _addresses(edition)
        waiting = waits.everything(waits.Place(standings[edition.id], counted[edition.id], url))
        if waiting:
            yield Group(edition.name, _roles_text(members), tuple(waiting), url("dashboard.desk"))


def _team_rows(teams: Sequence[TeamMember]) -> Iterator[Row]:
    for edition, members in _by_edition(teams):
        yield Row(
            edition.name,
            url_for("dashboard.desk", **_slugs(edition)),
            _roles_text(members),
            "note",
            workshop_words.visibility_name(edition.visibility),
            "globe" if edition.visibility is Visibility.PUBLIC else "eye-slash",
        )
