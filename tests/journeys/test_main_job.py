"""The whole job, once, on the running product: seven people, their browsers, their mails and their calendars."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from tests.journeys.conftest import Site, link_in
from tests.journeys.doing import fill, in_days, make_account, press, says, visit
from tests.pdfs import make_pdf
from tests.schedule.readers import vobject_calendar
from tests.shows import keeps, shows

pytestmark = [pytest.mark.browser, pytest.mark.slow(40)]

ZONE = "America/Chicago"
JOIN = "https://video.example.net/j/8461"
TITLE = "Which dialect is the default?"
TABLE = """Time\tEvent
8:30am - 8:45am\tRegistration
8:45am - 9:00am\tOpening remarks
9:00am - 9:30am\tKeynote: Amal Example. On editing
9:30am - 9:45am\tContributed lightning talks
 \tMaryam Haddad. Which dialect is the default?
9:45am - 10:05am\tCoffee break
11:05am - 11:45pm\tPoster session
11:45am - 12:15pm\tKeynote: Zoë Örnek. On weaving
12:15pm - 1:00pm\tRoundtable discussions
 \tTable 1: Bias
"""


@dataclass
class Job:
    """What the people of the journey share: where it takes place and the browser of each."""

    site: Site
    open_browser: Callable[..., Any]
    community: str = field(default_factory=lambda: f"weave-{secrets.token_hex(3)}")
    browsers: dict[str, Any] = field(default_factory=dict)

    def email(self, who: str) -> str:
        return f"{who}@{self.community}.example.org"

    def page(self, who: str) -> Any:
        """That person's browser; a visitor's until they have an account."""
        if who not in self.browsers:
            self.browsers[who] = self.open_browser(java_script_enabled=who != "plain")
            self.browsers[who].on("dialog", lambda dialog: dialog.accept())
        return self.browsers[who]

    @property
    def base(self) -> str:
        return f"/{self.community}/next"

    @property
    def day(self) -> date:
        """The day of the workshop."""
        return date.today() + timedelta(days=60)

    def feed(self, address: str | None = None, **headers: str) -> tuple[int, bytes, dict[str, str]]:
        """The feed as a calendar client fetches it."""
        return self.site.get(address or f"{self.base}/schedule.ics", **headers)


@pytest.fixture(scope="module")
def job(site: Site, chromium: Any) -> Iterator[Job]:
    contexts = []

    def open_browser(**options: Any) -> Any:
        context = chromium.new_context(base_url=site.base, viewport={"width": 1280, "height": 900}, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield Job(site, open_browser)
    for context in contexts:
        context.close()


@keeps("M1", "B9")
@shows(
    "The whole job",
    "A browser journey does the main job end to end as seven different people",
    "Submitting and registering work without JavaScript",
    "Two independent calendar clients read the feed alike, before and after a change and a cancellation",
)
def test_the_main_job(job: Job) -> None:
    a_founder_registers_by_a_link_in_a_mail(job)
    the_founder_founds_a_community_and_its_next_edition(job)
    the_founder_sets_dates_tracks_a_room_and_the_call(job)
    the_founder_makes_the_edition_public(job)
    the_team_accepts_its_invitations(job)
    an_author_submits_a_pdf_and_gets_a_mail(job)
    the_chair_gives_it_to_the_reviewer(job)
    the_reviewer_scores_it_without_seeing_whose_it_is(job)
    the_chair_decides_and_nobody_learns_of_it(job)
    the_chair_releases_and_the_author_confirms(job)
    the_founder_opens_registration(job)
    an_attendee_registers_and_finds_the_join_link_on_the_ticket(job)
    somebody_without_javascript_submits_and_registers(job)
    the_founder_sets_up_a_fund(job)
    the_attendee_applies_for_a_grant(job)
    the_committee_scores_and_proposes_and_nobody_learns_of_it(job)
    the_committee_releases_and_the_attendee_accepts(job)
    the_chair_pastes_the_schedule_and_publishes_it(job)
    two_calendar_clients_read_the_feed(job)
    a_change_and_a_cancellation_reach_the_feed(job)
    the_attendee_subscribes_to_a_calendar_of_their_own(job)
    the_organisers_see_what_was_mailed(job)


# -- founding -----------------------------------------------------------------------------------------------------


def a_founder_registers_by_a_link_in_a_mail(job: Job) -> None:
    page = job.page("founder")
    visit(page, "/register")
    fill(page, name="Oumou Founder", email=job.email("founder"))
    press(page, "Send me the link")
    make_account(page, job.site, "Oumou Founder", job.email("founder"))


def the_founder_founds_a_community_and_its_next_edition(job: Job) -> None:
    page = job.page("founder")
    visit(page, "/communities/new")
    fill(page, name="Weavers in ML", slug=job.community, description="We weave.", contact_email=job.email("founder"))
    press(page, "Found the community")
    fill(page, name="Weavers in ML, next", slug="next", kind="workshop", mode="hybrid", city="New Orleans")
    day = job.day.isoformat()
    fill(page, time_zone=ZONE, start_day=day, start_time="08:30", end_day=day, end_time="13:00")
    press(page, "Found the edition")
    assert page.url.endswith(f"{job.base}/organise/settings")
    assert job.site.get(f"{job.base}/")[0] == 404  # a draft is nobody else's


def the_founder_sets_dates_tracks_a_room_and_the_call(job: Job) -> None:
    page = job.page("founder")
    for key, days in (
        ("call_opens", -10), ("abstracts_due", 10), ("reviews_due", 20), ("notification", 25), ("confirm_by", 35),
        ("registration_opens", -5), ("registration_closes", 55), ("grants_open", -5), ("grants_due", 15),
    ):  # fmt: skip
        visit(page, f"{job.base}/organise/settings/dates")
        fill(page, key=key, day=in_days(days), time="23:59", zone="AoE")
        press(page, "Add date")
    for key, name, eligibility in (
        ("identity", "Authors who are weavers", "At least one author is a weaver."),
        ("topic", "Anything about weaving", ""),
    ):
        visit(page, f"{job.base}/organise/settings/tracks")
        fill(page, name=name, key=key, description="What it is about.", eligibility=eligibility)
        press(page, "Add track")
    visit(page, f"{job.base}/organise/settings/conduct")
    fill(page, text="Be kind. We listen, we credit, we ask before we photograph.")
    press(page, "Save")
    visit(page, f"{job.base}/organise/call")
    fill(page, headline="Two pages, double-blind", text="Write what you know.", blinding="double", needs_pdf=True)
    press(page, "Save the call")


def the_founder_makes_the_edition_public(job: Job) -> None:
    page = job.page("founder")
    visit(page, f"{job.base}/organise/settings")
    fill(page, visibility="public", summary="A morning of talks.", contact_email=job.email("founder"))
    press(page, "Save")
    visitor = job.page("visitor")
    visit(visitor, f"{job.base}/")
    visit(visitor, f"{job.base}/call")
    says(visitor, "Two pages, double-blind")
    says(visitor, "AoE")


def the_team_accepts_its_invitations(job: Job) -> None:
    page = job.page("founder")
    for who, role in (("chair", "programme_chair"), ("reviewer", "reviewer"), ("grants", "grants_committee")):
        visit(page, f"{job.base}/organise/team")
        fill(page, addresses=job.email(who), role=role)
        press(page, "Send invitations")
    for who in ("chair", "reviewer", "grants"):
        theirs = job.page(who)
        address = link_in(job.site.mail_to(job.email(who), "You are invited"))
        visit(theirs, address)
        theirs.get_by_role("link", name="Sign in to accept").click()
        theirs.locator("main input[type=email]").first.fill(job.email(who))
        press(theirs, "link")
        make_account(theirs, job.site, f"{who.capitalize()} of the Loom", job.email(who))
        assert theirs.url in (address, f"{address}/review"), "the way back to the invitation was lost"
        press(theirs, "Accept")
        says(theirs, "Weavers in ML")


# -- from abstract to programme -----------------------------------------------------------------------------------


def an_author_submits_a_pdf_and_gets_a_mail(job: Job) -> None:
    page = job.page("author")
    visit(page, "/register")
    fill(page, name="Maryam Haddad", email=job.email("author"))
    press(page, "Send me the link")
    make_account(page, job.site, "Maryam Haddad", job.email("author"))
    visit(page, f"{job.base}/submissions/new")
    fill(page, title=TITLE, abstract="A dialect is a language without a tokenizer. " * 4)
    page.locator("main [name=track]").first.check()
    paper = make_pdf(pages=2, author="Maryam Haddad")
    page.set_input_files("main [name=file]", {"name": "haddad.pdf", "mimeType": "application/pdf", "buffer": paper})
    page.locator("main [name$=is_presenter]").first.check()
    page.locator("main [name^=eligible][value=yes]").first.check()
    fill(page, not_published=True)
    press(page, "Submit abstract")
    says(page, "Your abstract is in")
    job.site.mail_to(job.email("author"), f"Your abstract is in: {TITLE}")


def the_chair_gives_it_to_the_reviewer(job: Job) -> None:
    page = job.page("chair")
    visit(page, f"{job.base}/organise/reviews")
    says(page, TITLE)
    page.locator("main form [name=reviewer]").first.select_option(label=_option(page, "Reviewer of the Loom"))
    press(page, "Assign")


def _option(page: Any, words: str) -> str:
    texts: list[str] = page.locator("main form [name=reviewer] option").all_inner_texts()
    return next(text for text in texts if words in text)


def the_reviewer_scores_it_without_seeing_whose_it_is(job: Job) -> None:
    page = job.page("reviewer")
    mail = job.site.mail_to(job.email("reviewer"), "to review")
    assert "Haddad" not in mail.as_string()
    visit(page, link_in(mail))
    visit(page, f"{job.base}/reviews/1")
    assert "Haddad" not in page.content()
    with page.expect_download() as coming:
        page.locator("main a[href$='paper.pdf']").click()
    paper = coming.value
    assert "haddad" not in paper.suggested_filename.lower()
    with open(paper.path(), "rb") as file:
        assert b"Haddad" not in file.read()
    fill(page, score="5", advice="lightning", confidence="3", text="Clear, sound and kind. It belongs in.")
    press(page, "Hand in the review")


def the_chair_decides_and_nobody_learns_of_it(job: Job) -> None:
    page = job.page("chair")
    visit(page, f"{job.base}/organise/decisions")
    fill(page, decision__1="lightning")
    press(page, "Save")
    author = job.page("author")
    visit(author, f"{job.base}/submissions/1")
    assert "is accepted" not in author.inner_text("main")
    assert not [mail for mail in job.site.inbox.to(job.email("author")) if "accepted" in str(mail["Subject"])]


def the_chair_releases_and_the_author_confirms(job: Job) -> None:
    page = job.page("chair")
    visit(page, f"{job.base}/organise/decisions/release")
    says(page, TITLE)
    press(page, "Release")
    mail = job.site.mail_to(job.email("author"), f"Your abstract is accepted: {TITLE}")
    author = job.page("author")
    visit(author, link_in(mail))
    visit(author, f"{job.base}/submissions/1")
    press(author, "Confirm the place")
    says(author, "You are in the programme")
    job.site.mail_to(job.email("author"), "You are in the programme")


# -- taking part --------------------------------------------------------------------------------------------------


def the_founder_opens_registration(job: Job) -> None:
    page = job.page("founder")
    for name, mode, capacity in (("In person", "in_person", "40"), ("Online", "virtual", "")):
        visit(page, f"{job.base}/organise/registration/kinds")
        fill(page, name=name, mode=mode, capacity=capacity)
        press(page, "Add this kind")
    visit(page, f"{job.base}/organise/registration/settings")
    fill(page, join_url=JOIN)
    press(page, "Save")


def an_attendee_registers_and_finds_the_join_link_on_the_ticket(job: Job) -> None:
    page = job.page("attendee")
    visit(page, f"{job.base}/registration")
    assert JOIN not in page.content()
    page.get_by_role("link", name="Sign in to register").click()
    page.locator("main input[type=email]").first.fill(job.email("attendee"))
    press(page, "link")
    make_account(page, job.site, "Nur", job.email("attendee"))
    assert page.url.endswith(f"{job.base}/registration")
    page.get_by_label("Online").check()
    fill(page, badge_name="Nur", diet=["halal"], needs="A seat by the door.", conduct=True)
    press(page, "Register")
    mail = job.site.mail_to(job.email("attendee"), "You have a seat")
    assert JOIN not in mail.as_string()
    visit(page, f"{job.base}/registration/ticket")
    assert JOIN not in page.content()
    page.get_by_role("link", name="Join online").click()
    assert page.url.endswith(f"{job.base}/join")
    says(page, "This page is for Nur")
    assert JOIN not in page.content()  # not before its time
    for path in ("/", "/call", "/registration", "/schedule"):
        assert JOIN.encode() not in job.site.get(job.base + path)[1]


def somebody_without_javascript_submits_and_registers(job: Job) -> None:
    page = job.page("plain")
    visit(page, "/register")
    fill(page, name="Plain", email=job.email("plain"))
    press(page, "Send me the link")
    make_account(page, job.site, "Plain", job.email("plain"))
    visit(page, f"{job.base}/submissions/new")
    press(page, "Submit abstract", status=422)  # the page says what is missing, and keeps what there is
    says(page, "Everything you typed is saved")
    fill(page, title="Without a script", abstract="It is a form, and forms are enough. " * 4)
    page.locator("main [name=track]").last.check()
    press(page, "Add an author")
    page.locator("main [name$='-name']").last.fill("Second Author")
    paper = {"name": "plain.pdf", "mimeType": "application/pdf", "buffer": make_pdf(pages=1)}
    page.set_input_files("main [name=file]", paper)
    page.locator("main [name$=is_presenter]").first.check()
    fill(page, not_published=True)
    press(page, "Submit abstract")
    says(page, "Your abstract is in")
    visit(page, f"{job.base}/registration")
    page.get_by_label("In person").check()
    fill(page, badge_name="Plain", conduct=True)
    press(page, "Register")
    visit(page, f"{job.base}/registration/ticket")
    says(page, "Plain")


# -- travel grants ------------------------------------------------------------------------------------------------


def the_founder_sets_up_a_fund(job: Job) -> None:
    page = job.page("founder")
    visit(page, f"{job.base}/organise/grants/funds")
    fill(page, name="General fund", amount="5000", currency="USD")
    press(page, "Add the fund")


def the_attendee_applies_for_a_grant(job: Job) -> None:
    page = job.page("attendee")
    visit(page, f"{job.base}/grants")
    visit(page, f"{job.base}/grants/application/edit")
    fill(page, amount_air="900", about_air="Jakarta to New Orleans", amount_lodging="200", cannot_front=True)
    fill(page, statement="I weave far away, and without this I would watch from afar.")
    press(page, "Hand in the application")


def the_committee_scores_and_proposes_and_nobody_learns_of_it(job: Job) -> None:
    page = job.page("grants")
    visit(page, f"{job.base}/organise/grants")
    page.locator("main").get_by_role("link", name="Nur").first.click()
    says(page, "I weave far away")
    page.locator("main a[href*='/grants/reading/']").first.click()
    fill(page, axis_overall="5", remark="A clear need.")
    press(page, "Keep my score")
    page.get_by_role("link", name="Costs and decision").click()
    for amount, given in zip(page.locator("main [name^=amount_]").all(), ("800", "200"), strict=True):
        amount.fill(given)
    fill(page, verdict="offer")
    press(page, "Note the decision")
    attendee = job.page("attendee")
    visit(attendee, f"{job.base}/grants/application")
    assert "1,000" not in attendee.content()


def the_committee_releases_and_the_attendee_accepts(job: Job) -> None:
    page = job.page("grants")
    visit(page, f"{job.base}/organise/grants/release")
    for box in page.locator("main [name=chosen]").all():
        box.check()
    fill(page, day=in_days(20), time="23:59", zone="AoE")
    press(page, "Release what is ticked")
    mail = job.site.mail_to(job.email("attendee"), "A travel grant of 1,000 USD is offered to you")
    attendee = job.page("attendee")
    visit(attendee, link_in(mail))
    visit(attendee, f"{job.base}/grants/application")
    press(attendee, "Accept 1,000")
    job.site.mail_to(job.email("attendee"), "accepted")
    visit(page, f"{job.base}/organise/grants")
    says(page, "4,000")


# -- the schedule and its calendars -------------------------------------------------------------------------------


def the_chair_pastes_the_schedule_and_publishes_it(job: Job) -> None:
    page = job.page("chair")
    visit(page, f"{job.base}/organise/schedule/import")
    fill(page, day=job.day.isoformat(), zone=ZONE, text=TABLE)
    press(page, "See what we understand")
    says(page, "11:05am - 11:45pm")
    says(page, "Probably")
    press(page, "Take it into the draft")
    assert job.feed()[0] == 404 or b"Poster session" not in job.feed()[1]  # a draft is in no feed
    _release(job, "First version")
    visitor = job.page("visitor")
    visit(visitor, f"{job.base}/schedule")
    says(visitor, "Poster session")


def _release(job: Job, note: str) -> None:
    page = job.page("chair")
    visit(page, f"{job.base}/organise/schedule/releases/new")
    fill(page, note=note)
    press(page, "Release it")


def _by_vobject(ics: bytes) -> dict[str, tuple[datetime, str, int]]:
    """What one calendar client sees: title to (start in UTC, status, sequence)."""
    found = {}
    for event in vobject_calendar(ics).vevent_list:
        start = event.dtstart.value.astimezone(UTC)
        status = event.status.value if hasattr(event, "status") else "CONFIRMED"
        found[event.summary.value] = (start, status, int(event.sequence.value))
    return found


def _by_icalendar(ics: bytes, day: date) -> dict[str, tuple[datetime, str, int]]:
    """What another one sees on that day."""
    return {
        str(event["SUMMARY"]): (
            event["DTSTART"].dt.astimezone(UTC),
            str(event.get("STATUS", "CONFIRMED")),
            int(event.get("SEQUENCE", 0)),
        )
        for event in recurring_ical_events.of(icalendar.Calendar.from_ical(ics)).at(day)
    }


def _both(job: Job) -> dict[str, tuple[datetime, str, int]]:
    """The feed, read alike by two clients that have nothing in common."""
    status, ics, _headers = job.feed()
    assert status == 200
    one, other = _by_vobject(ics), _by_icalendar(ics, job.day)
    assert one == other
    return one


def _at(job: Job, clock: str) -> datetime:
    return datetime.combine(job.day, datetime.strptime(clock, "%H:%M").time(), ZoneInfo(ZONE)).astimezone(UTC)


def _named(events: dict[str, tuple[datetime, str, int]], words: str) -> tuple[datetime, str, int]:
    return next(event for title, event in events.items() if words in title)


def two_calendar_clients_read_the_feed(job: Job) -> None:
    events = _both(job)
    assert _named(events, "Poster session")[0] == _at(job, "11:05")
    assert _named(events, TITLE)[0] == _at(job, "09:30")
    assert _named(events, "Coffee break")[1] == "CONFIRMED"
    _status, ics, headers = job.feed()
    again = job.feed()
    assert again[1] == ics, "nothing changed, but the bytes did"
    assert job.feed(**{"If-None-Match": headers["etag"]})[0] == 304
    assert job.feed(**{"If-Modified-Since": headers["last-modified"]})[0] == 304
    assert JOIN.encode() not in ics


def a_change_and_a_cancellation_reach_the_feed(job: Job) -> None:
    before, old_tag = _both(job), job.feed()[2]["etag"]
    page = job.page("chair")
    visit(page, f"{job.base}/organise/schedule")
    page.get_by_role("link", name="Coffee break", exact=True).click()
    fill(page, starts="09:50", ends="10:05")
    press(page, "Save")
    visit(page, f"{job.base}/organise/schedule")
    page.get_by_role("link", name="On weaving").first.click()
    _call_off(page)
    assert _both(job) == before  # the draft is in no feed
    _release(job, "A later break, one keynote less")
    after = _both(job)
    assert job.feed(**{"If-None-Match": old_tag})[0] == 200
    was, now = _named(before, "Coffee break"), _named(after, "Coffee break")
    assert now[0] == _at(job, "09:50")
    assert now[2] > was[2]
    cancelled = _named(after, "On weaving")
    assert cancelled[1] == "CANCELLED"
    assert cancelled[2] > _named(before, "On weaving")[2]
    visitor = job.page("visitor")
    visit(visitor, f"{job.base}/schedule/changes")
    says(visitor, "Coffee break")


def _call_off(page: Any) -> None:
    with page.expect_navigation():
        page.locator("main form[action$='/removal'] button").first.click()


def the_attendee_subscribes_to_a_calendar_of_their_own(job: Job) -> None:
    page = job.page("attendee")
    visit(page, f"{job.base}/schedule/my-calendar")
    press(page, "Make my calendar")
    address = page.locator("main a.addr").get_attribute("href")
    status, ics, _headers = job.feed(address)
    assert status == 200
    assert JOIN.encode() not in ics.replace(b"\r\n ", b"")
    assert f"{job.site.base}/join/".encode() in ics.replace(b"\r\n ", b"")
    visit(page, f"{job.base}/schedule/my-calendar")
    press(page, "End it")
    assert job.feed(address)[0] == 404


def the_organisers_see_what_was_mailed(job: Job) -> None:
    page = job.page("founder")
    visit(page, f"{job.base}/organise/mail")
    says(page, job.email("author"))
