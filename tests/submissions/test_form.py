"""The submission form: what is typed is never lost, and saved wherever it can be."""

import io
import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Text, cast, select
from sqlalchemy.orm import selectinload

from tests.factories import client_for, make_edition, make_person, send
from tests.pdfs import (
    broken_xref,
    cut_off,
    encrypted,
    html_page,
    make_pdf,
    with_attachment,
    with_form,
    with_javascript,
    zip_file,
)
from tests.shows import keeps, shows
from tests.submissions.factories import make_call, make_submission, open_edition, post_form, typed
from workshop_manager.mail.models import OutboxMail
from workshop_manager.submissions import queries, topics, uploads
from workshop_manager.submissions.models import Declaration, Submission, SubmissionFile
from workshop_manager.submissions.states import State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.states import DateKey

NEW = "/musiml/2026/submissions/new"
EDIT = "/musiml/2026/submissions/1/edit"


def pdf(data=None, name="wahyuni-final.pdf"):
    return (io.BytesIO(make_pdf() if data is None else data), name)


class Desk:
    """An author at the form of an open edition."""

    def __init__(self, app, work):
        self.app, self.work = app, work
        with work() as uow:
            self.edition = open_edition(uow)
            self.author = make_person(uow, "Wahyuni", "wahyuni@example.org")
            self.friend = make_person(uow, "عائشة", "aisha@example.org")
            self.client, self.other = (client_for(app, uow, p) for p in (self.author, self.friend))
            self.first, self.second = workshops.tracks(uow.session, self.edition.id)

    def send(self, path=NEW, client=None, **values):
        return post_form(client or self.client, path, typed(self.second, **values))

    def stored(self):
        with self.work() as uow:
            return uow.session.scalars(
                select(Submission)
                .options(selectinload(Submission.authors), selectinload(Submission.files))
                .order_by(Submission.id)
            ).all()

    def one(self):
        (found,) = self.stored()
        return found

    def declaration(self):
        with self.work() as uow:
            return queries.declaration_of(uow.session, self.one().id)

    def subjects(self):
        with self.work() as uow:
            return sorted(uow.session.scalars(select(OutboxMail.subject)))

    def two_authors(self):
        return {"authors-1-name": "عائشة", "authors-1-email": "aisha@example.org"}


@pytest.fixture
def desk(app, work):
    return Desk(app, work)


def form_of(answer):
    """What a browser would send back from this page."""
    soup = BeautifulSoup(answer.text, "html.parser")
    form = next(f for f in soup.find_all("form") if f.find("textarea"))
    data = {}
    for box in form.find_all(["input", "textarea", "select"]):
        kind = box.get("type", "text")
        if box.get("name") in (None, "csrf_token") or kind == "file":
            continue
        if kind in ("checkbox", "radio"):
            if box.has_attr("checked"):
                data[box["name"]] = box.get("value", "y")
        elif box.name == "textarea":
            data[box["name"]] = box.text.removeprefix("\r\n").removeprefix("\n")
        elif box.name == "select":
            chosen = box.find("option", selected=True) or box.find("option")
            data[box["name"]] = chosen["value"]
        else:
            data[box["name"]] = box.get("value", "")
    return form["action"], data


def summary(answer):
    found = BeautifulSoup(answer.text, "html.parser").find(class_="error-summary")
    return [(a["href"], a.text) for a in found.find_all("a")] if found else []


# -- the way through


@shows("Submissions", "An author writes an abstract, adds a PDF and submits, and gets a confirmation by mail")
def test_an_author_submits_an_abstract_with_a_pdf(desk):
    page = desk.client.get(NEW)
    assert page.status_code == 200
    assert form_of(page)[1]["authors-0-name"] == "Wahyuni"
    answer = desk.send(file=pdf())
    assert (answer.status_code, answer.location) == (303, "/musiml/2026/submissions/1")
    found = desk.one()
    assert (found.state, found.number, found.submitter_id) == (State.SUBMITTED, 1, desk.author.id)
    assert (found.files[0].pages, found.files[0].original_name) == (2, "wahyuni-final.pdf")
    assert desk.subjects() == ["Your abstract is in: Whose Dialect Is Default?"]
    assert "Your abstract is in" in desk.client.get(answer.location).text


def test_a_draft_is_saved_half_finished_and_found_again(desk):
    answer = desk.send(title="", abstract="", not_published=None, do="draft", track=None)
    assert (answer.status_code, answer.location) == (303, "/musiml/2026/submissions/")
    assert "Draft saved" in desk.client.get(answer.location).text
    assert desk.one().state is State.DRAFT
    assert desk.client.get(EDIT).status_code == 200


@shows("Submissions", "Enter in a field saves the draft and moves no author")
def test_the_first_button_of_the_form_saves(desk):
    soup = BeautifulSoup(desk.client.get(NEW).text, "html.parser")
    form = next(f for f in soup.find_all("form") if f.find("textarea"))
    assert form.find("button")["value"] == "stay"
    assert desk.send(do="stay").status_code == 200
    assert desk.one().title == "Whose Dialect Is Default?"


@shows("Submissions", "Everything that is missing is said at once, each with a link to its field, and nothing is lost")
def test_submitting_an_empty_form_says_everything_at_once_and_keeps_it_as_a_draft(desk):
    answer = desk.send(
        **{"title": "", "abstract": "word " * 251, "not_published": None, "authors-0-is_presenter": None, "track": None}
    )
    assert answer.status_code == 422
    assert [href for href, _text in summary(answer)] == [
        "#title", "#track", "#abstract", "#authors-0-is_presenter", "#file", "#not_published",
    ]  # fmt: skip
    soup = BeautifulSoup(answer.text, "html.parser")
    for href, _text in summary(answer):
        assert soup.find(id=href[1:]) is not None
    assert soup.find(id="abstract")["aria-invalid"] == "true"
    assert "abstract-error" in soup.find(id="abstract")["aria-describedby"]
    assert "6 things before this can be submitted" in answer.text
    assert "251 words. Take out 1" in answer.text
    action, data = form_of(answer)
    assert action == EDIT
    assert data["abstract"].split() == ["word"] * 251
    assert desk.one().state is State.DRAFT


def test_what_was_missing_is_added_and_then_it_can_be_submitted(desk):
    action, data = form_of(desk.send(title="", file=pdf()))
    answer = post_form(desk.client, action, data | {"title": "A title", "do": "submit"})
    assert (answer.status_code, answer.location) == (303, "/musiml/2026/submissions/1")
    assert [(s.state, s.title, len(s.files)) for s in desk.stored()] == [(State.SUBMITTED, "A title", 1)]


@shows("Submissions", "The statement of the chosen track is asked for, and answered apart from the abstract")
def test_a_track_with_a_statement_needs_an_answer(desk):
    first = {"track": str(desk.first.id)}
    answer = desk.send(file=pdf(), **first)
    field = f"eligible_{desk.first.id}"
    assert [href for href, _text in summary(answer)] == [f"#{field}"]
    action, data = form_of(answer)
    assert post_form(desk.client, action, data | {field: "no", "do": "submit"}).status_code == 422
    action, data = form_of(desk.client.get(EDIT))
    assert data[field] == "no"
    assert post_form(desk.client, action, data | {field: "yes", "do": "submit"}).status_code == 303
    found = desk.declaration()
    assert (found.is_eligible, found.wording) == (True, "At least one author self-identifies as Muslim.")


@keeps("P1")
@shows("Submissions", "What an author declares about themselves stands nowhere in the database in clear")
def test_a_stolen_backup_does_not_tell_what_was_declared(desk, database):
    test_a_track_with_a_statement_needs_an_answer(desk)
    declared = select(Declaration.is_eligible, cast(Declaration.is_eligible, Text))
    with database.connection() as connection:
        read, stored = connection.execute(declared).one()
    assert read is True
    assert stored.startswith("gAAAA")


def test_a_call_without_a_pdf_asks_for_none_and_takes_none(desk):
    with desk.work() as uow:
        make_call(uow, desk.edition, needs_pdf=False)
    assert desk.send(file=pdf()).status_code == 303
    assert desk.one().files == []


# -- authors


@shows("Submissions", "Authors are added, removed and moved by buttons that need no JavaScript and keep what was typed")
@pytest.mark.parametrize(
    ("act", "names"),
    [
        ("author-add", ["Wahyuni", "عائشة", ""]),
        ("author-up-1", ["عائشة", "Wahyuni"]),
        ("author-down-0", ["عائشة", "Wahyuni"]),
        ("author-remove-0", ["عائشة"]),
        ("author-remove-99", ["Wahyuni", "عائشة"]),
    ],
)
@pytest.mark.sqlite
def test_buttons_change_the_list_of_authors_and_keep_everything_typed(desk, act, names):
    # The answer for a track that is not chosen is stored nowhere, but is still on the page.
    answer = desk.send(do=act, **desk.two_authors(), **{f"eligible_{desk.first.id}": "no"})
    assert answer.status_code == 200
    action, data = form_of(answer)
    assert [data.get(f"authors-{n}-name") for n in range(len(names))] == names
    assert f"authors-{len(names)}-name" not in data
    assert (data["title"], data["track"], data[f"eligible_{desk.first.id}"]) == (
        "Whose Dialect Is Default?", str(desk.second.id), "no",
    )  # fmt: skip
    assert [a.name for a in desk.one().authors] == [n for n in names if n]
    assert post_form(desk.client, action, data | {"do": "draft"}).status_code == 303


def test_in_a_submitted_abstract_the_buttons_change_the_page_and_not_what_was_submitted(desk):
    desk.send(file=pdf(), **desk.two_authors())
    action, data = form_of(desk.client.get(EDIT))
    answer = post_form(desk.client, action, data | {"do": "author-remove-1", "title": "Typed"})
    assert answer.status_code == 200
    assert "Not saved yet." in answer.text
    assert form_of(answer)[1]["title"] == "Typed"
    assert [a.name for a in desk.one().authors] == ["Wahyuni", "عائشة"]


# -- the file


@keeps("D1", "D3", "I13")
@shows("Submissions", "A file that is no acceptable PDF is refused with the reason, and nothing else typed is lost")
@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (zip_file(), "paper.pdf", "ZIP archive"),
        (html_page(), "paper.pdf", "web page"),
        (b"", "paper.pdf", "empty"),
        (make_pdf(), "paper.docx", "does not end in .pdf"),
        (encrypted(), "paper.pdf", "locked with a password"),
        (cut_off(), "paper.pdf", "breaks off"),
        (broken_xref(), "paper.pdf", "damaged"),
        (with_javascript(), "paper.pdf", "script"),
        (with_attachment(), "paper.pdf", "attached inside"),
        (with_form(), "paper.pdf", "form with fields"),
        (make_pdf(4), "paper.pdf", "4 pages; at most 3"),
    ],
    ids=["zip", "html", "empty", "docx", "locked", "cut", "broken", "script", "attachment", "form", "long"],
)
@pytest.mark.sqlite
def test_a_file_that_is_not_taken_loses_nothing_else(desk, data, name, reason):
    answer = desk.send(file=pdf(data, name))
    assert answer.status_code == 422
    assert [href for href, _text in summary(answer)] == ["#file"]
    assert reason in summary(answer)[0][1]
    assert "Everything else is saved as a draft." in answer.text
    found = desk.one()
    assert (found.state, found.title, found.files) == (State.DRAFT, "Whose Dialect Is Default?", [])


@keeps("D5", "O2")
@shows("Submissions", "A file of 60 MB is refused beside everything that was typed")
@pytest.mark.sqlite
def test_sixty_megabytes_are_refused_kindly(desk):
    answer = desk.send(file=pdf(b"%PDF-1.7\n" + bytes(60 * 2**20)))
    assert answer.status_code == 422
    assert "The file has 60 MB; at most 10 MB are allowed" in answer.text
    assert form_of(answer)[1]["title"] == "Whose Dialect Is Default?"
    assert desk.one().title == "Whose Dialect Is Default?"


@pytest.mark.sqlite
def test_what_is_larger_still_is_cut_off_with_a_page_that_says_so(desk):
    beyond = desk.send(file=pdf(bytes(uploads.LARGEST_BODY + 1)))
    assert beyond.status_code == 413
    assert "larger than the 72 MB that fit" in beyond.text
    visitor = desk.app.test_client()
    assert post_form(visitor, NEW, typed(None, file=pdf(bytes(20 * 2**20)))).status_code == 413
    assert desk.stored() == []


@shows("Submissions", "A file that was good stays, whatever else is missing")
def test_a_good_file_is_kept_although_something_else_is_missing(desk):
    answer = desk.send(title="", file=pdf())
    assert answer.status_code == 422
    assert "wahyuni-final.pdf" in answer.text
    assert len(desk.one().files) == 1


@keeps("D7", "D4")
def test_the_copy_for_reviewers_has_no_author_and_no_name_of_the_file(desk):
    desk.send(file=pdf(make_pdf(author="Wahyuni Binti Somebody"), name="../../Wahyuni; x=y.pdf"))
    own = desk.client.get("/musiml/2026/submissions/1/files/1")
    blind = desk.client.get("/musiml/2026/submissions/1/files/1/blind")
    assert b"Wahyuni Binti Somebody" in own.data
    assert b"Binti" not in blind.data
    assert "filename=" in own.headers["Content-Disposition"]
    for answer in (own, blind):
        assert answer.headers["Content-Disposition"] == 'attachment; filename="musiml-2026-1.pdf"'


@keeps("O3")
def test_the_file_is_looked_at_while_no_transaction_is_open(desk, monkeypatch):
    """A hostile file costs up to ten seconds: on SQLite nobody could write for that long."""
    seen = []
    look = uploads.inspect_safely

    def write_meanwhile(*args, **kwargs):
        with desk.work() as uow:
            make_person(uow, "Somebody else")
            seen.append(True)
        return look(*args, **kwargs)

    monkeypatch.setattr(uploads, "inspect_safely", write_meanwhile)
    assert desk.send(file=pdf()).status_code == 303
    assert seen == [True]


def test_what_is_withdrawn_while_its_file_is_looked_at_stays_withdrawn(desk, monkeypatch):
    desk.send(file=pdf())
    look = uploads.inspect_safely

    def withdraw_meanwhile(*args, **kwargs):
        with desk.work() as uow:
            uow.session.get_one(Submission, desk_id).state = State.WITHDRAWN
        return look(*args, **kwargs)

    desk_id = desk.one().id
    action, data = form_of(desk.client.get(EDIT))
    monkeypatch.setattr(uploads, "inspect_safely", withdraw_meanwhile)
    answer = post_form(desk.client, action, data | {"do": "submit", "title": "Mine", "file": pdf(make_pdf(1))})
    assert answer.status_code == 409
    assert "Mine" in answer.text
    assert (desk.one().state, desk.one().title) == (State.WITHDRAWN, "Whose Dialect Is Default?")


# -- changing


@shows("Submissions", "What was submitted can be changed until the deadline, and stays complete")
def test_a_submitted_abstract_is_changed_and_no_second_confirmation_is_sent(desk):
    desk.send(file=pdf())
    action, data = form_of(desk.client.get(EDIT))
    answer = post_form(desk.client, action, data | {"title": "Better", "do": "submit", "file": pdf(make_pdf(3))})
    assert answer.status_code == 303
    assert (desk.one().title, [f.pages for f in desk.one().files]) == ("Better", [2, 3])
    assert len(desk.subjects()) == 1


def test_an_incomplete_change_of_a_submitted_abstract_is_shown_and_not_saved(desk):
    desk.send(file=pdf())
    action, data = form_of(desk.client.get(EDIT))
    answer = post_form(desk.client, action, data | {"title": "", "abstract": "New text", "do": "submit"})
    assert answer.status_code == 422
    assert "what you submitted before still stands" in answer.text
    assert form_of(answer)[1]["abstract"] == "New text"
    assert desk.one().title == "Whose Dialect Is Default?"


@keeps("X2")
@shows("Submissions", "Two clicks on submit make one abstract and lead to the same page")
def test_the_same_form_sent_twice_makes_one_submission(desk):
    first, second = desk.send(file=pdf()), desk.send(file=pdf())
    assert (first.status_code, first.location) == (second.status_code, second.location)
    assert len(desk.stored()) == 1
    assert len(desk.subjects()) == 1


def test_an_unfinished_form_sent_twice_makes_one_draft(desk):
    assert [desk.send(title="").status_code for _ in range(2)] == [422, 422]
    assert len(desk.stored()) == 1


@keeps("X3")
@shows("Submissions", "Of two people who edit at once, the second sees both versions before anything is replaced")
def test_the_second_of_two_editors_learns_of_the_first(desk):
    desk.send(file=pdf(), **desk.two_authors())
    mine, theirs = form_of(desk.client.get(EDIT)), form_of(desk.other.get(EDIT))
    assert post_form(desk.other, EDIT, theirs[1] | {"title": "From عائشة", "do": "submit"}).status_code == 303
    answer = post_form(desk.client, EDIT, mine[1] | {"title": "From Wahyuni", "do": "submit"})
    assert answer.status_code == 422
    assert "عائشة saved another version after you opened this page" in answer.text
    assert "From عائشة" in answer.text
    assert desk.one().title == "From عائشة"
    action, data = form_of(answer)
    assert data["title"] == "From Wahyuni"
    assert post_form(desk.client, action, data | {"do": "submit"}).status_code == 303
    assert desk.one().title == "From Wahyuni"


def test_the_same_person_in_two_tabs_is_told_that_a_version_was_saved(desk):
    desk.send(do="draft")
    one, two = (form_of(desk.client.get(EDIT))[1] for _ in range(2))
    assert post_form(desk.client, EDIT, one | {"title": "Tab one", "do": "draft"}).status_code == 303
    answer = post_form(desk.client, EDIT, two | {"title": "Tab two", "do": "draft"})
    assert answer.status_code == 422
    assert "Another version was saved after you opened this page" in answer.text
    assert desk.one().title == "Tab one"


def test_another_file_saved_meanwhile_is_not_replaced_unseen(desk):
    desk.send(file=pdf(), **desk.two_authors())
    mine, theirs = form_of(desk.client.get(EDIT))[1], form_of(desk.other.get(EDIT))[1]
    post_form(desk.other, EDIT, theirs | {"do": "submit", "file": pdf(make_pdf(1))})
    answer = post_form(desk.client, EDIT, mine | {"do": "submit", "file": pdf(make_pdf(3))})
    assert answer.status_code == 422
    assert "another file was uploaded" in answer.text
    assert [f.pages for f in desk.one().files] == [2, 1]


@pytest.mark.parametrize("version", ["", "x", "99999999999999", "-1", "²"])
@pytest.mark.sqlite
def test_a_version_that_makes_no_sense_counts_as_an_old_one(desk, version):
    desk.send(do="draft")
    answer = desk.send(EDIT, title="Other", version=version)
    assert answer.status_code == 422
    assert desk.one().title == "Whose Dialect Is Default?"


# -- too early, too late


@shows("Submissions", "One second after the deadline the form says so and shows what was typed")
@pytest.mark.parametrize("path", [NEW, EDIT])
def test_one_second_past_the_deadline_nothing_is_saved_and_nothing_typed_is_lost(desk, clock, path):
    desk.send(do="draft", form_key="another-form-1234567")
    with desk.work() as uow:
        clock.at = workshops.date_by_key(uow.session, desk.edition.id, DateKey.ABSTRACTS_DUE).at + timedelta(seconds=1)
    answer = desk.send(path, title="Typed too late", file=pdf())
    assert answer.status_code == 409
    assert "The call closed on Thu 11 June, 00:00 AoE." in answer.text
    assert "Typed too late" in answer.text
    assert "Subword tokenisers are trained" in answer.text
    assert [(s.title, s.state) for s in desk.stored()] == [("Whose Dialect Is Default?", State.DRAFT)]


def test_in_the_announced_second_one_is_in_time(desk, clock):
    with desk.work() as uow:
        clock.at = workshops.date_by_key(uow.session, desk.edition.id, DateKey.ABSTRACTS_DUE).at
    assert desk.send(file=pdf()).status_code == 303


def test_before_the_call_opens_the_form_leads_to_the_call(desk, clock):
    with desk.work() as uow:
        workshops.date_by_key(uow.session, desk.edition.id, DateKey.CALL_OPENS).at = clock.at + timedelta(seconds=1)
    answer = desk.client.get(NEW)
    assert (answer.status_code, answer.location) == (303, "/musiml/2026/call")
    assert "The call opens on" in desk.client.get(answer.location).text
    assert desk.send().status_code == 409


def test_what_is_decided_cannot_be_edited(desk):
    with desk.work() as uow:
        make_submission(uow, desk.edition, desk.author, State.ACCEPTED)
    assert desk.client.get(EDIT).location == "/musiml/2026/submissions/1"
    answer = desk.send(EDIT, title="Typed")
    assert answer.status_code == 409
    assert "is accepted and cannot be changed" in answer.text


# -- who


@keeps("A3", "A6", "A7")
@shows("Submissions", "Somebody else's submission does not exist, whichever number is in the address")
@pytest.mark.parametrize("method", ["get", "post"])
def test_somebody_elses_submission_does_not_exist(desk, method):
    desk.send(file=pdf())

    def ask(path):
        if method == "get":
            return desk.other.get(path)
        return post_form(desk.other, path, typed(desk.second, title="Stolen"))

    foreign, absent = ask(EDIT), ask("/musiml/2026/submissions/99/edit")
    assert foreign.status_code == absent.status_code == 404
    assert _bare(foreign.text) == _bare(absent.text)
    assert desk.one().title == "Whose Dialect Is Default?"


def _bare(text):
    """The page without what differs between any two answers."""
    return re.sub(r"[0-9a-f]{4}-[0-9a-f]{4}|value=\"[^\"]*\"|submissions/\d+|\d+%2F", "", text)


@keeps("B4")
def test_naming_an_address_does_not_tell_whether_it_has_an_account(desk, work):
    with work() as uow:
        make_person(uow, "Somebody", email="known@example.org")
    for number, address in ((1, "known@example.org"), (2, "nobody@example.org")):
        fields = typed(desk.first) | {"authors-0-name": "Them", "authors-0-email": address, "do": "draft"}
        fields["form_key"] = f"a-form-of-their-own-{number}"
        assert post_form(desk.client, NEW, fields).status_code == 303, number
    shown = []
    for number, address in ((1, "known@example.org"), (2, "nobody@example.org")):
        soup = BeautifulSoup(desk.client.get(f"/musiml/2026/submissions/{number}").text, "html.parser")
        shown.append(str(soup.find(class_="authors")).replace(address, "address"))
    assert shown[0] == shown[1]
    assert "Them" in shown[0]


@shows("Submissions", "Co-authors with an account of their address read and change the work too")
def test_a_co_author_sees_and_edits(desk):
    desk.send(file=pdf(), **desk.two_authors())
    assert desk.other.get("/musiml/2026/submissions/1").status_code == 200
    action, data = form_of(desk.other.get(EDIT))
    assert post_form(desk.other, action, data | {"title": "By عائشة", "do": "submit"}).status_code == 303
    assert desk.one().title == "By عائشة"
    # What the file is called tells the uploader only.
    assert "wahyuni-final" not in desk.other.get("/musiml/2026/submissions/1").text
    assert "wahyuni-final" in desk.client.get("/musiml/2026/submissions/1").text


def test_a_visitor_is_asked_to_sign_in_and_comes_back(desk):
    visitor = desk.app.test_client()
    answer = visitor.get(NEW)
    assert answer.status_code == 303
    assert "next=/musiml/2026/submissions/new" in answer.location
    assert send(visitor, NEW, typed(desk.second)).status_code == 303
    assert desk.stored() == []


@keeps("I14")
def test_a_form_without_the_token_changes_nothing(desk):
    assert desk.client.post(NEW, data=typed(desk.second)).status_code == 400
    assert desk.stored() == []


@keeps("A8")
def test_further_fields_set_nothing(desk):
    answer = desk.send(
        file=pdf(),
        state="accepted",
        outcome="oral",
        number="9",
        submitter_id="77",
        edition_id="5",
        decided_at="2020-01-01",
    )
    assert answer.status_code == 303
    found = desk.one()
    assert (found.state, found.outcome, found.number, found.submitter_id) == (State.SUBMITTED, None, 1, desk.author.id)


def test_a_track_of_another_edition_counts_as_none(desk):
    with desk.work() as uow:
        elsewhere = open_edition(uow, slug="2025")
        foreign = workshops.tracks(uow.session, elsewhere.id)[0]
    answer = desk.send(file=pdf(), track=str(foreign.id))
    assert [href for href, _text in summary(answer)] == ["#track"]


# -- odd input


@shows("Submissions", "A name of one word, an emoji and any script come through as they are")
def test_names_and_titles_come_through_as_they_are(desk):
    names = ("Wahyuni", "عائشة بنت محمد الحضرمي", "Chukwuemeka Abdulrahman Oluwadamilola-Fashola", "李", "D’Ávila 🦜")
    values = {f"authors-{n}-name": name for n, name in enumerate(names)}
    assert desk.send(file=pdf(), title="Café 🧵 <b>&amp;", **values).status_code == 303
    found = desk.one()
    assert (found.title, tuple(a.name for a in found.authors)) == ("Café 🧵 <b>&amp;", names)
    page = desk.client.get("/musiml/2026/submissions/1").text
    assert "Café 🧵 &lt;b&gt;&amp;amp;" in page
    assert '<bdi class="name">عائشة بنت محمد الحضرمي</bdi>' in page


@keeps("I12", "I13", "O2")
@pytest.mark.parametrize(
    ("field", "length"),
    [
        ("title", 10_000),
        ("abstract", 30_000),
        ("authors-0-name", 10_000),
        ("authors-0-affiliation", 10_000),
        ("title", 999_999),
    ],
)
@pytest.mark.sqlite
def test_what_is_too_long_is_said_and_nothing_is_cut(desk, field, length):
    answer = desk.send(file=pdf(), **{field: "x" * length})
    assert answer.status_code == 422
    assert [href for href, _text in summary(answer)] == [f"#{field}"]
    assert form_of(answer)[1][field] == "x" * length
    assert desk.stored() == []


def test_ten_thousand_characters_of_abstract_are_kept_in_a_draft_and_counted(desk):
    answer = desk.send(abstract="ten chars " * 1000, file=pdf())
    assert answer.status_code == 422
    assert "2000 words. Take out 1750" in answer.text
    assert len(desk.one().abstract) == 9999


@pytest.mark.parametrize(
    "values",
    [
        {"track": "x" * 5000, "listing": "everywhere", "do": "author-up-99999999999999999999"},
        {"authors-7-name": "Far down", "authors-999999999-name": "Farther", "do": "draft"},
        {"authors-x-name": "No number", "do": "author-"},
        {"title": "\x00\ud800 \u202e", "form_key": "k" * 5000, "do": "submit"},
        {"authors-0-id": "'; DROP TABLE authors; --", "do": "submit"},
        {
            "authors-0-name": None,
            "authors-0-email": None,
            "authors-0-affiliation": None,
            "authors-0-is_presenter": None,
        },
    ],
)
@pytest.mark.sqlite
def test_odd_input_gives_no_failure(desk, values):
    values = {k: v.encode("utf-8", "surrogatepass") if isinstance(v, str) else v for k, v in values.items()}
    assert desk.send(**values).status_code in (200, 303, 422)


def test_a_file_whose_bytes_are_the_same_is_no_new_version(desk):
    desk.send(file=pdf(), do="draft")
    action, data = form_of(desk.client.get(EDIT))
    post_form(desk.client, action, data | {"do": "draft", "file": pdf(name="renamed.pdf")})
    with desk.work() as uow:
        assert len(uow.session.scalars(select(SubmissionFile)).all()) == 1


# -- what it is about


@shows("Submissions", "The form asks what a work is about, and saves it with the draft; another version is shown")
def test_topics_are_asked_in_the_form_and_saved_with_the_draft(desk):
    with desk.work() as uow:
        elsewhere = make_edition(uow, slug="2027")
        rows = [topics.Topic(edition_id=desk.edition.id, name=name, position=n) for n, name in enumerate("ABC")]
        other = topics.Topic(edition_id=elsewhere.id, name="Elsewhere", position=1)
        uow.session.add_all([*rows, other])
    first, second, third = (str(row.id) for row in rows)

    def chosen():
        with desk.work() as uow:
            return [str(topic.id) for topic in topics.topics_of_submissions(uow.session, [1])[1]]

    assert "What it is about" in desk.client.get(NEW).text
    assert desk.send(do="stay", topics=[first, third, str(other.id), "x"]).status_code == 200
    assert chosen() == [first, third]
    page = BeautifulSoup(desk.client.get(EDIT).text, "html.parser")
    assert [box["value"] for box in page.find_all("input", {"name": "topics", "checked": True})] == [first, third]
    version = page.find("input", {"name": "version"})["value"]
    with desk.work() as uow:
        topics.choose_for_submission(uow, uow.session.get_one(Submission, 1), [int(second)])
    crossed = desk.send(EDIT, do="stay", topics=[third], version=version)
    assert crossed.status_code == 422
    assert "<dt>What it is about</dt><dd><bdi>B</bdi></dd>" in crossed.text
    assert chosen() == [second]
    assert desk.send(EDIT, do="auto", version=str(desk.one().version)).json["saved"]
    assert chosen() == [], "none is ticked any more"
    assert desk.send(EDIT, do="submit", version=str(desk.one().version), topics=[second], file=pdf()).status_code == 303
    assert chosen() == [second]
