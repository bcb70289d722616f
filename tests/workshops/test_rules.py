"""Who may do what, as tables: no database, no web."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.shows import shows
from workshop_manager.workshops import rules
from workshop_manager.workshops.rules import Standing
from workshop_manager.workshops.states import DateKey, Repeat, Role, Visibility

Y, N = True, False
PEOPLE = {
    "visitor": rules.NOBODY,
    "attendee": Standing(9),
    "owner": Standing(1, frozenset({Role.OWNER})),
    "organiser": Standing(2, frozenset({Role.ORGANISER})),
    "programme chair": Standing(3, frozenset({Role.PROGRAMME_CHAIR})),
    "track chair": Standing(4, frozenset({Role.TRACK_CHAIR}), frozenset({7})),
    "reviewer": Standing(5, frozenset({Role.REVIEWER})),
    "grants": Standing(6, frozenset({Role.GRANTS_COMMITTEE})),
    "front desk": Standing(8, frozenset({Role.FRONT_DESK})),
}
#                    visitor attendee owner organiser p-chair t-chair reviewer grants desk
TABLE = {
    "MAY_OWN":           (N, N, Y, N, N, N, N, N, N),
    "MAY_SETTINGS":      (N, N, Y, Y, N, N, N, N, N),
    "MAY_TEAM":          (N, N, Y, Y, N, N, N, N, N),
    "MAY_MAIL":          (N, N, Y, Y, N, N, N, N, N),
    "MAY_SUBMISSIONS":   (N, N, Y, Y, Y, Y, N, N, N),
    "MAY_REVIEW":        (N, N, N, N, N, N, Y, N, N),
    "MAY_RECRUIT":       (N, N, Y, Y, Y, N, N, N, N),
    "MAY_DECIDE":        (N, N, Y, Y, Y, N, N, N, N),
    "MAY_REGISTRATIONS": (N, N, Y, Y, N, N, N, N, Y),
    "MAY_GRANTS":        (N, N, Y, Y, N, N, N, Y, N),
    "MAY_FUNDS":         (N, N, Y, Y, N, N, N, N, N),
    "MAY_SCHEDULE":      (N, N, Y, Y, Y, N, N, N, N),
    "MAY_DESK":          (N, N, Y, Y, Y, Y, Y, Y, Y),
}  # fmt: skip


@pytest.mark.parametrize("action", TABLE)
@shows("Workshops", "A role counts in its own edition only, and opens what one table says")
def test_each_role_opens_what_the_table_says(action: str) -> None:
    allowed = getattr(rules, action)
    assert dict(zip(PEOPLE, TABLE[action], strict=True)) == {name: who.may(allowed) for name, who in PEOPLE.items()}


def test_the_table_leaves_no_action_out() -> None:
    assert {name for name in vars(rules) if name.startswith("MAY_")} == set(TABLE)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("who", PEOPLE)
def test_only_an_owner_gives_ownership_and_organisers_give_the_rest(who: str, role: Role) -> None:
    expected = who == "owner" or (who == "organiser" and role is not Role.OWNER)
    assert rules.may_give(PEOPLE[who], role) is expected


@pytest.mark.parametrize(
    ("who", "whose", "role", "expected"),
    [
        ("owner", 2, Role.ORGANISER, Y),
        ("owner", 99, Role.OWNER, Y),
        ("organiser", 1, Role.OWNER, N),
        ("organiser", 5, Role.REVIEWER, Y),
        ("reviewer", 5, Role.REVIEWER, Y),
        ("reviewer", 6, Role.GRANTS_COMMITTEE, N),
        ("programme chair", 5, Role.REVIEWER, N),
        ("attendee", 9, Role.REVIEWER, N),
        ("visitor", 5, Role.REVIEWER, N),
    ],
)
def test_a_role_is_taken_by_whoever_may_give_it_or_given_up(who: str, whose: int, role: Role, expected: bool) -> None:
    assert rules.may_take(PEOPLE[who], whose, role) is expected


def test_the_last_owner_cannot_leave() -> None:
    assert rules.leaves_no_owner(Role.OWNER, 1)
    assert not rules.leaves_no_owner(Role.OWNER, 2)
    assert not rules.leaves_no_owner(Role.REVIEWER, 1)


@pytest.mark.parametrize(
    ("is_confirmed", "is_administrator", "founders", "expected"),
    [
        (Y, N, "anyone", Y), (N, N, "anyone", N), (N, Y, "anyone", Y),
        (Y, N, "administrators", N), (Y, Y, "administrators", Y), (N, N, "administrators", N),
    ],
)  # fmt: skip
def test_founders(is_confirmed: bool, is_administrator: bool, founders: str, expected: bool) -> None:
    found = rules.may_found(is_confirmed=is_confirmed, is_administrator=is_administrator, founders=founders)
    assert found is expected


@pytest.mark.parametrize(
    ("who", "visibility", "expected"),
    [
        ("visitor", Visibility.PUBLIC, Y), ("visitor", Visibility.DRAFT, N), ("attendee", Visibility.DRAFT, N),
        ("reviewer", Visibility.DRAFT, Y), ("owner", Visibility.DRAFT, Y),
    ],
)  # fmt: skip
def test_a_draft_exists_for_its_team_only(who: str, visibility: Visibility, expected: bool) -> None:
    assert rules.may_see_edition(PEOPLE[who], visibility) is expected


def test_a_community_is_seen_once_an_edition_is_public_or_by_those_who_make_it() -> None:
    def seen(public: bool, owner: bool, team: bool) -> bool:
        return rules.may_see_community(has_public_edition=public, is_owner=owner, is_on_a_team=team)

    assert not seen(N, N, N)
    assert seen(Y, N, N)
    assert seen(N, Y, N)
    assert seen(N, N, Y)


@pytest.mark.parametrize("slug", ["2026", "musiml", "a", "wimlds-accra", "x" * 40])
def test_slugs_that_will_do(slug: str) -> None:
    assert rules.slug_problem(slug) is None


@pytest.mark.parametrize(
    "slug",
    ["", "organise", "call", "new", "settings", "communities", "Musiml", "mus iml", "-a", "a-", "x" * 41, "🧵", "ü",
     "a/b", "a.b", "..", "٢٠٢٦"],
)  # fmt: skip
def test_slugs_that_will_not_do(slug: str) -> None:
    assert rules.slug_problem(slug)


def test_the_key_of_a_track_is_no_address_so_no_word_is_reserved() -> None:
    assert rules.key_problem("communities") is None
    for key in ("", "Identity", "x" * 41, "-a"):
        assert rules.key_problem(key)


NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expires", "answered", "expected"),
    [
        (NOW + timedelta(seconds=1), None, Y),
        (NOW, None, N),
        (NOW - timedelta(days=1), None, N),
        (NOW + timedelta(days=1), NOW, N),
    ],
)
def test_an_invitation_is_open_once_until_it_expires(
    expires: datetime, answered: datetime | None, expected: bool
) -> None:
    assert rules.is_open(NOW, expires, answered) is expected


def test_doubts_about_the_order_of_dates() -> None:
    day = timedelta(days=1)
    fine = {DateKey.CALL_OPENS: NOW, DateKey.ABSTRACTS_DUE: NOW + day, DateKey.NOTIFICATION: NOW + 2 * day}
    assert rules.order_doubts(fine, NOW + 9 * day) == []
    wrong = fine | {DateKey.NOTIFICATION: NOW}
    assert rules.order_doubts(wrong, NOW + 9 * day) == ["Authors hear from you before abstracts are due."]
    assert rules.order_doubts(fine, NOW) == ["A date lies after the end of the event."]


def _days(repeat: Repeat, first: datetime, zone: str, after: datetime, most: int = 3) -> list[str]:
    until = datetime(2027, 12, 31, tzinfo=UTC)
    found = rules.meetings(first, until, 90, repeat, zone, after=after, most=most)
    return [f"{start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for start, _end in found]


@shows("Workshops", "A monthly meetup keeps its weekday of the month")
def test_monthly_meetups_keep_their_weekday_of_the_month() -> None:
    first = datetime(2026, 1, 10, 18, tzinfo=UTC)  # the second Saturday
    assert _days(Repeat.MONTHLY, first, "Africa/Accra", NOW) == [
        "2026-06-13 18:00", "2026-07-11 18:00", "2026-08-08 18:00",
    ]  # fmt: skip


def test_a_fifth_weekday_is_the_last_of_its_month() -> None:
    first = datetime(2026, 1, 31, 18, tzinfo=UTC)  # the fifth Saturday
    assert _days(Repeat.MONTHLY, first, "UTC", first + timedelta(days=1)) == [
        "2026-02-28 18:00", "2026-03-28 18:00", "2026-04-25 18:00",
    ]  # fmt: skip


def test_meetups_keep_their_wall_clock_time_over_a_change_of_clocks() -> None:
    first = datetime(2026, 3, 26, 18, tzinfo=UTC)  # 19:00 in Berlin, three days before summer time
    assert _days(Repeat.WEEKLY, first, "Europe/Berlin", first, 2) == ["2026-03-26 19:00", "2026-04-02 19:00"]
    assert _days(Repeat.FORTNIGHTLY, first, "Europe/Berlin", first, 2) == ["2026-03-26 19:00", "2026-04-09 19:00"]


def test_a_meetup_that_is_on_now_is_the_next_one_and_none_comes_after_the_end() -> None:
    first = datetime(2026, 5, 31, 23, tzinfo=UTC)
    during = first + timedelta(minutes=30)
    assert rules.meetings(first, first, 90, Repeat.WEEKLY, "UTC", after=during, most=5) == [
        (first, first + timedelta(minutes=90))
    ]
    assert rules.meetings(first, first, 90, Repeat.WEEKLY, "UTC", after=first + timedelta(days=1), most=5) == []
    assert len(rules.meetings(first, first, 90, Repeat.NEVER, "UTC", after=during, most=5)) == 1
