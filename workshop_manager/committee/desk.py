"""The chairs' pages about the committee: who reviews, whom to ask, who was asked."""

import re
from dataclasses import dataclass, replace
from typing import Any

from flask import Response, redirect, request
from flask_babel import gettext as _
from flask_babel import ngettext

from workshop_manager.accounts.models import Person
from workshop_manager.committee import emails, queries, reminding, rules, service, tables, words
from workshop_manager.committee.forms import MOST_LETTERS, MOST_MESSAGE, PasteForm, ProfileForm, profile_values
from workshop_manager.committee.models import Recruit
from workshop_manager.committee.queries import Narrowed, Reviewer
from workshop_manager.committee.service import Candidate
from workshop_manager.committee.states import Source, Stage
from workshop_manager.committee.views import blueprint
from workshop_manager.conflicts import queries as conflicts
from workshop_manager.conflicts.keys import keys_of
from workshop_manager.core.errors import Conflict, NotFound
from workshop_manager.core.text import clean_text, isolated
from workshop_manager.mail import service as mail
from workshop_manager.mail.models import MailState
from workshop_manager.submissions import topics
from workshop_manager.web.access import access
from workshop_manager.web.forms import tell
from workshop_manager.web.limits import limiter
from workshop_manager.web.pages import page
from workshop_manager.web.paging import paging
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.spreadsheets import csv_response
from workshop_manager.web.times import when_text
from workshop_manager.workshops.context import Here, here, team
from workshop_manager.workshops.models import Invitation
from workshop_manager.workshops.rules import MAY_RECRUIT, MAY_TEAM
from workshop_manager.workshops.states import Role
from workshop_manager.workshops.team import INVITATION_LASTS

ASKED = frozenset({"q", "track", "topic", "language", "show", "load"})
"""What the list is narrowed by, in its address."""
DESK = "/<community>/<edition>/organise/reviewers"
MAILS = 25


def tabs(at: Here, current: str) -> list[tuple[str, str, bool]]:
    """The pages of the committee, for `ui.segments`."""
    return [
        (str(_("Reviewers")), at.url("committee.desk"), current == "desk"),
        (str(_("Asked")), at.url("committee.desk_asked"), current == "asked"),
        (str(_("Ask people…")), at.url("committee.desk_invite"), current == "invite"),
    ]


# -- who reviews --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """A reviewer in the list."""

    person: Person
    url: str
    load: str
    tracks: str
    languages: str
    is_senior: bool
    is_silent: bool
    away: str
    asked: int
    done: int
    most: int | None


def _narrowed(tracks: dict[int, str], topic_names: dict[int, str]) -> Narrowed:
    """The filter in the address; what makes no sense narrows nothing."""
    asked = request.args
    language, show, load = asked.get("language", ""), asked.get("show", ""), asked.get("load", "")
    return Narrowed(
        text=asked.get("q", "").replace("\x00", "").strip()[:100],
        track_id=next((key for key in tracks if str(key) == asked.get("track")), None),
        topic_id=next((key for key in topic_names if str(key) == asked.get("topic")), None),
        language=language if re.fullmatch(r"[a-z]{2,3}", language) else "",
        show=show if show in queries.SHOWS else "",
        load=load if load in queries.LOADS else "",
    )


def _topic_names(at: Here) -> dict[int, str]:
    return {topic.id: topic.name for topic in topics.topics(unit().session, at.edition.id)}


def _loads() -> list[tuple[str, str]]:
    return [
        ("none", str(_("have nothing yet"))),
        ("room", str(_("can take more"))),
        ("full", str(_("have all they want"))),
    ]


def _rows(at: Here, found: list[Reviewer], tracks: dict[int, str]) -> list[Row]:
    loads = queries.loads_of(unit().session, at.edition.id, at.standing, [one.person.id for one in found])
    return [_row(at, one, tracks, loads.get(one.person.id, (0, 0))) for one in found]


def _row(at: Here, one: Reviewer, tracks: dict[int, str], load: tuple[int, int]) -> Row:
    said = one.profile
    away = said.away_until if said is not None and said.away_until and said.away_until >= unit().now.date() else None
    chosen = {track.track_id for track in said.tracks} if said is not None else set()
    return Row(
        person=one.person,
        url=at.url("committee.desk_one", person_id=one.person.id),
        load=words.load_text(*load, said.max_load if said else None),
        tracks=", ".join(name for key, name in tracks.items() if key in chosen),
        languages=words.language_names(said.languages) if said is not None else "",
        is_senior=said is not None and said.is_senior,
        is_silent=said is None,
        away=str(_("away until %(day)s", day=away.isoformat())) if away else "",
        asked=load[0],
        done=load[1],
        most=said.max_load if said else None,
    )


@blueprint.get(DESK)
@access(team(MAY_RECRUIT))
def desk(community: str, edition: str) -> Response:
    """Everybody who reviews, with what they have and what they can take."""
    at, uow = here(), unit()
    tracks = queries.track_names(uow.session, at.edition.id)
    about = _topic_names(at)
    narrowed, codes = _narrowed(tracks, about), queries.languages_read(uow.session, at.edition.id) | {"en"}
    pager = paging(queries.count_reviewers(uow.session, at.edition.id, at.standing, narrowed, uow.now))
    found = queries.reviewers(
        uow.session, at.edition.id, at.standing, narrowed, uow.now, offset=pager.offset, most=pager.size
    )
    return page(
        "committee/desk.html",
        at=at,
        tabs=tabs(at, "desk"),
        rows=_rows(at, found, tracks),
        pager=pager,
        asked=narrowed,
        is_narrowed=narrowed != Narrowed(),
        tracks=[(str(key), name) for key, name in tracks.items()],
        shows=[
            ("silent", str(_("said nothing yet"))), ("told", str(_("said what they can take"))),
            ("senior", str(_("are senior"))), ("away", str(_("are away now"))),
        ],
        loads=_loads(),
        topics=[(str(key), name) for key, name in about.items()],
        languages=sorted(((code, words.language_names([code])) for code in codes), key=lambda one: one[1]),
        strength=queries.strength(uow.session, at.edition.id, uow.now),
        csv_url=at.url("committee.desk_csv", **{name: value for name, value in request.args.items() if name in ASKED}),
        unattended=conflicts.unattended(uow.session, at.edition.id) if at.standing.may(MAY_TEAM) else 0,
        team_url=at.url("workshops.team"),
    )  # fmt: skip


@blueprint.get(f"{DESK}.csv")
@access(team(MAY_RECRUIT))
def desk_csv(community: str, edition: str) -> Response:
    """The list as it is narrowed, to take along."""
    at, uow = here(), unit()
    narrowed = _narrowed(queries.track_names(uow.session, at.edition.id), _topic_names(at))
    header, rows = tables.reviewers(uow.session, at.edition.id, at.standing, uow.now, narrowed)
    return csv_response(f"{community}-{edition}-reviewers", header, rows)


@blueprint.route(f"{DESK}/<int:person_id>", methods=["GET", "POST"])
@access(team(MAY_RECRUIT))
def desk_one(community: str, edition: str, person_id: int) -> Any:
    """What one reviewer can take on: as they said, or as a chair knows."""
    at, uow = here(), unit()
    person = queries.find_reviewer(uow.session, at.edition.id, person_id)
    if person is None:
        raise NotFound
    row = queries.find_profile(uow.session, at.edition.id, person_id)
    tracks = queries.track_names(uow.session, at.edition.id)
    form = ProfileForm(
        data=profile_values(row, known=queries.known_topics(uow.session, at.edition.id, person_id)),
        track_names=tracks,
        topic_names=queries.topic_names(uow.session, at.edition.id),
    )
    if form.is_sent:
        try:
            service.save_for(uow, at.edition, person_id, form.content(), version=form.seen_version)
        except service.Stale as stale:
            form.version.data = str(row.version if row else 0)
            form.form_errors.append(stale.sentence)
        else:
            tell(str(_("Saved. %(name)s sees it on their own page.", name=isolated(person.name))))
            return redirect(at.url("committee.desk_one", person_id=person_id), 303)
    load = queries.loads_of(uow.session, at.edition.id, at.standing, [person_id]).get(person_id, (0, 0))
    return page(
        "committee/desk_one.html",
        422 if request.method == "POST" else 200,
        at=at,
        person=person,
        form=form,
        row=_row(at, Reviewer(person, row), tracks, load),
        saved=when_text(row.saved_at, at.edition.time_zone) if row else "",
    )


# -- whom to ask --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody whom one might ask, as a box to tick. `value` says who: `p12` a person, else the address typed."""

    value: str
    name: str
    detail: str
    state: str = ""
    can_be_asked: bool = True
    is_chosen: bool = True
    conflicts: str = ""


def _sources(at: Here) -> dict[str, tuple[Person, Source, str]]:
    """Whom the chairs of this edition may ask by ticking, by value: nobody else's name is found by guessing numbers."""
    session = unit().session
    found: dict[str, tuple[Person, Source, str]] = {}
    for former in queries.former_reviewers(session, at.edition):
        detail = str(_("reviewed for %(editions)s", editions=", ".join(former.editions)))
        found[f"p{former.person.id}"] = (former.person, Source.PAST, detail)
    for person in queries.willing_authors(session, at.edition.id, at.standing):
        found[f"p{person.id}"] = (person, Source.AUTHOR, str(_("submitted here, willing to review")))
    return found


def _state_of(at: Here, address: str, known: dict[str, Recruit], reviews: dict[str, int]) -> tuple[str, bool, bool]:
    """What is known of an address: in words, whether they can be asked, whether they are chosen at first."""
    row = known.get(address)
    stage = service.stage_of(unit(), row) if row is not None else None
    is_in = address in reviews
    text = str(_("reviews already")) if is_in else ""
    if not is_in and row is not None and stage is not None:
        on = row.invitation.answered_at or row.invitation.created_at if row.invitation else row.added_at
        sign = words.stage_sign(stage)[1]
        text = str(_("%(what)s on %(day)s", what=sign, day=when_text(on, at.edition.time_zone)))
    return text, rules.may_ask(stage, reviews_already=is_in), rules.is_chosen_at_first(stage, reviews_already=is_in)


def _choices(at: Here, people: list[tuple[str, Candidate, str]]) -> list[Choice]:
    session, edition_id = unit().session, at.edition.id
    addresses = {one.address.lower() for _value, one, _detail in people}
    known = queries.recruits_of(session, edition_id, addresses)
    reviews = queries.reviews_here(session, edition_id, addresses)
    waiting = queries.open_invitation_addresses(session, edition_id, unit().now)
    made = []
    for value, one, detail in people:
        text, can, chosen = _state_of(at, one.address.lower(), known, reviews)
        if can and one.address.lower() in waiting:
            text, can, chosen = str(_("invited, has not answered yet")), False, False
        made.append(Choice(value, one.name or one.address, detail, text, can, chosen))
    return made


@blueprint.get(f"{DESK}/invite")
@access(team(MAY_RECRUIT))
def desk_invite(community: str, edition: str) -> Response:
    """Whom to ask: a list to paste, reviewers of earlier editions, authors who said that they are willing."""
    return _invite_page(here(), PasteForm())


def _invite_page(at: Here, form: PasteForm, status: int = 200) -> Response:
    people = [
        (value, Candidate(person.email, person.name, source=source), detail)
        for value, (person, source, detail) in _sources(at).items()
    ]
    sources = {value: one.source for value, one, _detail in people}
    choices = _choices(at, people)
    ticked = set(request.form.getlist("who"))
    return page(
        "committee/invite.html",
        status,
        at=at,
        tabs=tabs(at, "invite"),
        form=form,
        ticked=ticked,
        former=[one for one in choices if sources[one.value] is Source.PAST],
        willing=[one for one in choices if sources[one.value] is Source.AUTHOR],
    )


@blueprint.post(f"{DESK}/invite")
@access(team(MAY_RECRUIT))
def desk_invite_preview(community: str, edition: str) -> Response:
    """Who would get a mail, what is known of each of them, and the mail. Nothing is sent yet."""
    at, form = here(), PasteForm()
    if not form.is_sent:
        return _invite_page(at, form, 422)
    people = _chosen(at, form)
    if not people:
        form.people.errors = [str(_("Paste at least one address, or choose somebody below."))]
        return _invite_page(at, form, 422)
    if len(people) > rules.MOST_AT_ONCE:
        sentence = _("At most %(most)s at once. Send the rest in a second go.", most=rules.MOST_AT_ONCE)
        form.people.errors = [str(sentence)]
        return _invite_page(at, form, 422)
    choices = _with_conflicts(at, people, _choices(at, people))
    first = next((one for one, choice in zip(people, choices, strict=True) if choice.is_chosen), people[0])
    subject, text = mail.preview(_sample(at, first[1], form.message.data or ""))
    return page(
        "committee/preview.html",
        at=at,
        tabs=tabs(at, "invite"),
        choices=choices,
        message=form.message.data or "",
        back=form,
        chosen=sum(choice.is_chosen for choice in choices),
        subject=subject,
        text=text,
        sample=first[1].name or first[1].address,
    )


def _with_conflicts(at: Here, people: list[tuple[str, Candidate, str]], choices: list[Choice]) -> list[Choice]:
    """With what each of them would have a conflict, as far as the looking chair may know of it."""
    session = unit().session
    accounts = queries.people_by_address(session, {one.address.lower() for _value, one, _detail in people})
    candidates = {}
    for value, one, _detail in people:
        account = accounts.get(one.address.lower())
        held = keys_of(one.name, one.address, one.affiliation)
        candidates[value] = (account.id if account else None, held)
    found = conflicts.beforehand(session, at.edition.id, at.standing, candidates)
    return [replace(one, conflicts=words.beforehand_text(found.get(one.value, []))) for one in choices]


def _sample(at: Here, one: Candidate, message: str) -> mail.Letter:
    """The letter as it would go out, with a link that leads nowhere."""
    uow = unit()
    row = Invitation(
        id=0, edition_id=at.edition.id, email=one.address, role=Role.REVIEWER, expires_at=uow.now + INVITATION_LASTS
    )
    return emails.letter(uow, at.edition, row, str(_("a-link-of-their-own")), one.name, message)


def _chosen(at: Here, form: PasteForm) -> list[tuple[str, Candidate, str]]:
    """Who was pasted and ticked, each address once."""
    known = _sources(at)
    found: dict[str, tuple[str, Candidate, str]] = {}
    for value in request.form.getlist("who")[: rules.MOST_AT_ONCE + 1]:
        if value in known:
            person, source, detail = known[value]
            one = Candidate(person.email, person.name, person.affiliation or "", source)
            found.setdefault(person.email.lower(), (value, one, detail))
    for pasted in form.read:
        one = Candidate(pasted.address, pasted.name, pasted.affiliation)
        value = f"{pasted.name} <{pasted.address}>" if pasted.name else pasted.address
        found.setdefault(pasted.address.lower(), (value, one, pasted.address if pasted.name else ""))
    return list(found.values())


@blueprint.post(f"{DESK}/invitations")
@access(team(MAY_RECRUIT))
@limiter.limit("30 per hour", key_func=lambda: f"recruit:{getattr(viewer_person(), 'id', 0)}")
def desk_invitations(community: str, edition: str) -> Any:
    """Send the invitations that were looked at."""
    at = here()
    form = PasteForm()
    form.people.data = "\n".join(value for value in request.form.getlist("who") if "@" in value)[:MOST_LETTERS]
    if not form.validate():
        return _invite_page(at, form, 422)
    people = [one for _value, one, _detail in _chosen(at, form)]
    try:
        if not people:
            raise Conflict(str(_("Nobody was chosen, so nothing was sent.")))
        sent = service.invite(unit(), at.edition, people, form.message.data or "")
    except Conflict as refusal:
        form.people.errors = [refusal.sentence]
        return _invite_page(at, form, 422)
    text = ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", len(sent))
    left = len(people) - len(sent)
    if left:
        already = ngettext(
            "%(num)s was left out: they review already, or were asked meanwhile.",
            "%(num)s were left out: they review already, or were asked meanwhile.",
            left,
        )
        text = f"{text} {already}"
    tell(text, "success" if sent else "warning")
    return redirect(at.url("committee.desk_asked"), 303)


# -- who was asked ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody who was asked, or was suggested."""

    row: Recruit
    sign: tuple[str, str, str]
    source: str
    sent: str
    is_refused: bool
    since: str
    can_be_asked: bool
    is_waiting: bool
    is_suggestion: bool


@blueprint.get(f"{DESK}/asked")
@access(team(MAY_RECRUIT))
def desk_asked(community: str, edition: str) -> Response:
    """Everybody whom the edition asked, or was told of, and what they said."""
    at, uow = here(), unit()
    stage = next((stage for stage in Stage if stage.value == request.args.get("stage")), None)
    counts = queries.recruit_counts(uow.session, at.edition.id, uow.now)
    pager = paging(counts[stage] if stage else sum(counts.values()))
    rows = queries.recruits(uow.session, at.edition.id, stage, uow.now, offset=pager.offset, most=pager.size)
    marks = queries.sent_marks(uow.session, [row.invitation_id for row in rows if row.invitation_id])
    return page(
        "committee/asked.html",
        at=at,
        tabs=tabs(at, "asked"),
        rows=[_asked(at, row, marks.get(row.invitation_id or 0)) for row in rows],
        pager=pager,
        total=sum(counts.values()),
        waiting=counts[Stage.WAITING],
        segments=[(str(_("All")), at.url("committee.desk_asked"), stage is None, sum(counts.values()))]
        + [
            (words.stage_sign(each)[1], at.url("committee.desk_asked", stage=each.value), stage is each, counts[each])
            for each in Stage
            if counts[each] or each is stage
        ],
    )


def _asked(at: Here, row: Recruit, mark: queries.Sent | None) -> Asked:
    stage, zone = service.stage_of(unit(), row), at.edition.time_zone
    sent = row.invitation
    moment = (sent.answered_at or sent.created_at) if sent else row.added_at
    text = words.sent_text(mark.state) if mark else ""
    if mark and mark.at and mark.state is not MailState.FAILED:
        text = str(_("%(what)s on %(day)s", what=text, day=when_text(mark.at, zone)))
    return Asked(
        row=row,
        sign=words.stage_sign(stage),
        source=words.source_text(row.source, isolated(row.suggester.name) if row.suggester else ""),
        sent=text,
        is_refused=mark is not None and mark.state is MailState.FAILED,
        since=when_text(moment, zone),
        can_be_asked=stage in rules.CAN_BE_ASKED,
        is_waiting=stage is Stage.WAITING,
        is_suggestion=stage is Stage.SUGGESTED,
    )


@blueprint.get(f"{DESK}/asked/reminder")
@access(team(MAY_RECRUIT))
def desk_reminder(community: str, edition: str) -> Response:
    """To whom a reminder would go now, and what each would read. Nothing is sent."""
    return _reminder(here())


def _words() -> str:
    return clean_text(request.values.get("message", "")[: MOST_MESSAGE * 4])[:MOST_MESSAGE]


def _reminder(at: Here, status: int = 200, refused: str = "") -> Response:
    wave, message = reminding.prepare(unit(), at.edition), _words()
    pager = paging(len(wave.waiting), MAILS)
    shown = reminding.letters(unit(), at.edition, wave.waiting[pager.offset : pager.offset + pager.size], message)
    return page(
        "committee/reminder.html",
        status,
        at=at,
        tabs=tabs(at, "asked"),
        drafts=[mail.draft(one) for one in shown],
        pager=pager,
        people=len(wave.waiting),
        seen=wave.digest,
        message=message,
        most_message=MOST_MESSAGE,
        refused=refused,
    )


@blueprint.post(f"{DESK}/asked/reminder")
@access(team(MAY_RECRUIT))
@limiter.limit("30 per hour", key_func=lambda: f"recruit:{getattr(viewer_person(), 'id', 0)}")
def desk_remind(community: str, edition: str) -> Any:
    """`do=look`: the same page with the words in the mails; else send what was looked at."""
    at = here()
    if request.form.get("do") == "look":
        return _reminder(at)
    try:
        wave = reminding.remind(unit(), at.edition, _words(), seen=request.form.get("seen", ""))
    except Conflict as refusal:
        return _reminder(at, 422, refusal.sentence)
    tell(ngettext("%(num)s reminder is on its way.", "%(num)s reminders are on their way.", len(wave.waiting)))
    return redirect(at.url("committee.desk_asked", stage=Stage.WAITING.value), 303)


@blueprint.post(f"{DESK}/asked/<int:recruit_id>/invitation")
@access(team(MAY_RECRUIT))
@limiter.limit("120 per hour", key_func=lambda: f"recruit-one:{getattr(viewer_person(), 'id', 0)}")
def desk_ask(community: str, edition: str, recruit_id: int) -> Any:
    """Ask somebody who stands on the list, or remind them."""
    at = here()
    row = service.ask(unit(), at.edition, recruit_id)
    tell(str(_("A mail to %(name)s is on its way.", name=isolated(row.name or row.address))))
    return redirect(at.url("committee.desk_asked"), 303)


@blueprint.post(f"{DESK}/asked/<int:recruit_id>/withdrawal")
@access(team(MAY_RECRUIT))
def desk_withdraw(community: str, edition: str, recruit_id: int) -> Any:
    """End an invitation that waits for an answer."""
    at = here()
    service.withdraw(unit(), at.edition, recruit_id)
    tell(str(_("The invitation is withdrawn; its link no longer works.")))
    return redirect(at.url("committee.desk_asked"), 303)


@blueprint.post(f"{DESK}/asked/<int:recruit_id>/removal")
@access(team(MAY_RECRUIT))
def desk_drop(community: str, edition: str, recruit_id: int) -> Any:
    """Forget somebody who was only suggested."""
    at = here()
    service.drop(unit(), at.edition, recruit_id)
    tell(str(_("Forgotten. Nobody was asked.")))
    return redirect(at.url("committee.desk_asked"), 303)
