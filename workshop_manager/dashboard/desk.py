"""The organisers' home of an edition: dates ahead, what waits for whom, and the figures, for what one's roles open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from workshop_manager.accounts.models import Person
from workshop_manager.calls import queries as calls
from workshop_manager.calls.models import CallDate
from workshop_manager.calls.queries import PlacedDate
from workshop_manager.calls.words import placed_name
from workshop_manager.core.money import amount_text
from workshop_manager.core.text import isolated
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.dashboard import timeline, waits
from workshop_manager.dashboard.parts import Bar, Chart, Figure, Group, Waiting
from workshop_manager.dashboard.queries import Glance, glance
from workshop_manager.registrations import queries as registrations
from workshop_manager.submissions import queries as submissions
from workshop_manager.web.times import day_text, deadline_text
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.dates import text_of
from workshop_manager.workshops.models import ImportantDate, TeamMember
from workshop_manager.workshops.rules import (
    CHAIRS,
    MAY_GRANTS,
    MAY_REGISTRATIONS,
    MAY_SUBMISSIONS,
    ORGANISERS,
)
from workshop_manager.workshops.states import DateKey, Role

_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything on the page."""

    greeting: str
    today: str
    steps: tuple[tuple[str, str, object], ...]
    line: timeline.Timeline | None
    groups: tuple[Group, ...]
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class _View:
    """What every part of the page asks: where, who, which dates, which team."""

    uow: UnitOfWork
    at: Here
    dates: Sequence[ImportantDate]
    placed: Sequence[PlacedDate]
    team: Sequence[TeamMember]
    glance: Glance

    @property
    def listed(self) -> list[tuple[str, ImportantDate | CallDate]]:
        """Every date with its name, those of rounds and tracks among the edition's."""
        named: list[tuple[str, ImportantDate | CallDate]] = [(row.label, row) for row in self.dates]
        return sorted([*named, *((placed_name(one), one.row) for one in self.placed)], key=lambda item: item[1].at)

    def date(self, key: DateKey) -> ImportantDate | None:
        return next((d for d in self.dates if d.key is key), None)

    @property
    def place(self) -> waits.Place:
        due = self.date(DateKey.REVIEWS_DUE)
        text = deadline_text(due.deadline).text if due else ""
        return waits.Place(self.at.standing, self.glance, self.at.url, text)

    def names(self, roles: frozenset[Role]) -> str:
        """Who bears one of these roles: "Idris Bello-Olatunji, Farzana Haque and 2 others"."""
        people = list(dict.fromkeys(isolated(m.person.name) for m in self.team if m.role in roles))
        if len(people) <= _MOST_NAMES:
            return ", ".join(people)
        rest = len(people) - _MOST_NAMES + 1
        shown = ", ".join(people[: _MOST_NAMES - 1])
        return str(ngettext("%(names)s and %(num)s other", "%(names)s and %(num)s others", rest, names=shown))


def desk(uow: UnitOfWork, at: Here, person: Person) -> Desk:
    """The page for this person: parts that their roles do not open are not there, and not asked for."""
    edition = at.edition
    view = _View(
        uow,
        at,
        workshops.dates(uow.session, edition.id),
        calls.placed_dates(uow.session, edition.id, is_desk=at.standing.may(MAY_SUBMISSIONS)),
        workshops.team_but_reviewers(uow.session, edition.id),
        glance(uow.session, edition.id, at.standing),
    )
    place = ZoneInfo(edition.time_zone)
    days = (edition.starts_at.astimezone(place).date() - uow.now.astimezone(place).date()).days
    return Desk(
        greeting=_greeting(person.name, days),
        today=str(format_date(uow.now.astimezone(place).date(), "EEEE d MMMM y")),
        steps=tuple(_steps(view)),
        line=timeline.draw(_points(view), uow.now),
        groups=tuple(g for g in _groups(view) if g.waiting),
        figures=tuple(_figures(view)),
    )


def _greeting(name: str, days: int) -> str:
    if days > 0:
        return str(
            ngettext("Hello, %(name)s. %(num)s day to go.", "Hello, %(name)s. %(num)s days to go.", days, name=name)
        )
    if days == 0:
        return str(_("Hello, %(name)s. It is today.", name=name))
    return str(_("Hello, %(name)s. It is over.", name=name))


def _steps(view: _View) -> list[tuple[str, str, object]]:
    coming = next((row for _name, row in view.listed if row.at >= view.uow.now), None)
    steps: list[tuple[str, str, object]] = []
    for name, row in view.listed:
        kind = "past" if row.at < view.uow.now else ("next" if row is coming else "")
        steps.append((kind, name, text_of(row)))
    place = ZoneInfo(view.at.edition.time_zone)
    start = view.at.edition.starts_at
    steps.append(
        ("past" if start < view.uow.now else "", view.at.edition.name, day_text(start.astimezone(place).date()))
    )
    return steps


def _points(view: _View) -> list[timeline.Point]:
    edition = view.at.edition
    main = [view.date(key) for key in (DateKey.ABSTRACTS_DUE, DateKey.NOTIFICATION, DateKey.CAMERA_READY)]
    points = [timeline.Point(d.at, d.zone, name, is_main=d in main) for name, d in view.listed]
    points += [timeline.Point(e.at, e.zone, name, is_old=True) for name, d in view.listed for e in d.earlier]
    points.append(timeline.Point(edition.starts_at, edition.time_zone, _("The day"), is_event=True))
    return points


def _groups(view: _View) -> list[Group]:
    groups = []
    if view.at.standing.may(ORGANISERS):
        groups.append(
            Group(str(_("You and the other organisers")), view.names(ORGANISERS), tuple(_for_organisers(view)))
        )
    if view.at.standing.may(CHAIRS):
        chairs = frozenset({Role.PROGRAMME_CHAIR, Role.TRACK_CHAIR})
        groups.append(Group(str(_("Programme chairs")), view.names(chairs), tuple(_for_chairs(view.place))))
    if view.at.standing.may(MAY_GRANTS):
        committee = frozenset({Role.GRANTS_COMMITTEE})
        groups.append(Group(str(_("Grants committee")), view.names(committee), tuple(_for_committee(view))))
    return groups


def _for_committee(view: _View) -> list[Waiting]:
    if not view.glance.unread:
        return []
    title = ngettext(
        "%(num)s application you have not read", "%(num)s applications you have not read", view.glance.unread
    )
    due = view.date(DateKey.GRANTS_DUE)
    text = _("Applications close %(when)s.", when=deadline_text(due.deadline).text) if due else ""
    url = view.at.url("grants.desk")
    return [Waiting(str(title), str(text), url, str(_("Read them")), "hand-coins", "rest")]


def _for_organisers(view: _View) -> list[Waiting]:
    at = view.at
    waiting = [*waits.mails(view.place), *waits.chairs(view.place), *waits.claims(view.place)]
    if not view.dates:
        waiting.append(
            Waiting(
                str(_("No dates are set")),
                str(_("The call, registration and grants open and close by them.")),
                at.url("workshops.settings_dates"),
                str(_("Set dates")),
                "calendar-dots",
                "wait",
            )
        )
    if len(view.team) == 1:
        waiting.append(
            Waiting(
                str(_("You are alone on the team")),
                str(_("Invite chairs and reviewers; any e-mail address will do.")),
                at.url("workshops.team"),
                str(_("Invite somebody")),
                "users",
                "wait",
            )
        )
    return waiting


def _for_chairs(place: waits.Place) -> list[Waiting]:
    return [*waits.reviews(place), *waits.decisions(place), *waits.schedule(place)]


def _figures(view: _View) -> list[Figure]:
    figures = []
    if view.at.standing.may(MAY_SUBMISSIONS):
        figures.append(_submissions(view))
        figures.append(_reviews(view))
    if view.at.standing.may(MAY_REGISTRATIONS):
        figures.append(_registrations(view))
    if view.at.standing.may(MAY_GRANTS):
        figures.append(_grants(view))
    return figures


def _grants(view: _View) -> Figure:
    money = view.glance
    bars: tuple[Bar, ...] = ()
    text = str(_("No fund yet."))
    if money.currency:
        amount = {
            k: amount_text(v, money.currency)
            for k, v in (("asked", money.asked), ("funds", money.funds), ("committed", money.committed))
        }
        text = str(_("%(asked)s %(currency)s asked, %(funds)s in the funds.", currency=money.currency, **amount))
        sentence = str(_("%(committed)s of %(funds)s offered or accepted", **amount))
        bars = (
            Bar(str(_("Offered or accepted")), amount["committed"], money.committed, money.funds or None, sentence),
        )
    unit = ngettext("application", "applications", money.applications)
    return Figure(str(_("Travel grants")), view.at.url("grants.desk"), str(money.applications), str(unit), text, bars)


def _reviews(view: _View) -> Figure:
    progress = view.glance
    sentence = str(_("%(done)s of %(all)s reviews are in", done=progress.reviewed, all=progress.assigned))
    bars = (Bar("", "", progress.reviewed, progress.assigned, sentence),) if progress.assigned else ()
    return Figure(
        str(_("Reviews")),
        view.at.url("reviews.assignments"),
        str(progress.reviewed),
        str(_("of %(all)s", all=progress.assigned)),
        bars=bars,
    )


def _registrations(view: _View) -> Figure:
    counts = registrations.counts(view.uow.session, view.at.edition.id)
    bars = []
    for kind in counts:
        if kind.capacity is None:
            bars.append(Bar(kind.name, str(_("%(taken)s, no limit", taken=kind.taken))))
        else:
            value = str(_("%(taken)s of %(all)s", taken=kind.taken, all=kind.capacity))
            sentence = str(_("%(value)s places taken: %(kind)s", value=value, kind=isolated(kind.name)))
            bars.append(Bar(kind.name, value, kind.taken, kind.capacity or None, sentence))
    waiting = sum(kind.waiting for kind in counts)
    text = ngettext("%(num)s person waits.", "%(num)s people wait.", waiting) if waiting else ""
    return Figure(
        str(_("Registered")),
        view.at.url("registrations.desk"),
        str(sum(kind.taken for kind in counts)),
        text=str(text),
        bars=tuple(bars),
    )


def _submissions(view: _View) -> Figure:
    session, edition = view.uow.session, view.at.edition
    counts = submissions.counts(session, edition.id, view.at.standing)
    tracks = workshops.tracks(session, edition.id)
    by_track = [
        _("%(count)s in track %(key)s", count=counts.by_track[t.id], key=t.key)
        for t in tracks
        if counts.by_track.get(t.id)
    ]
    if counts.drafts:
        by_track.append(ngettext("%(num)s draft", "%(num)s drafts", counts.drafts))
    return Figure(
        str(_("Submissions")),
        view.at.url("submissions.desk_list"),
        str(counts.submitted),
        text=", ".join(map(str, by_track)) + ("." if by_track else ""),
        chart=chart(submissions.per_day(session, edition.id, view.at.standing, edition.time_zone)),
    )


def chart(per_day: Mapping[date, int]) -> Chart | None:
    """Columns from the first day on which something came to the last; at most sixty, else weeks are added up."""
    if len(per_day) < 2:
        return None
    first, last = min(per_day), max(per_day)
    width = 1 if (last - first).days < 60 else 7
    counts = [0] * ((last - first).days // width + 1)
    for day, number in per_day.items():
        counts[(day - first).days // width] += number
    most = max(counts)
    sentence = _(
        "Submissions from %(first)s to %(last)s; the most in one column are %(most)s, in the last there are %(end)s",
        first=day_text(first, short=True),
        last=day_text(last, short=True),
        most=most,
        end=counts[-1],
    )
    columns = tuple(round(40 * n / most, 1) for n in counts)
    return Chart(columns, str(sentence), day_text(first), day_text(last))
