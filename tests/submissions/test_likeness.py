"""Likely duplicates as truth tables, and on the pages of author and chair."""

import pytest

from tests.calls.conftest import House
from tests.factories import make_person
from tests.shows import shows
from tests.submissions.factories import make_submission, post_form, typed
from workshop_manager.calls.models import Round
from workshop_manager.submissions.likeness import Likeness, keys_of, likely, likeness, pairs, plain_name
from workshop_manager.submissions.states import State
from workshop_manager.workshops.states import Role

TITLE = "Whose Dialect Is Default? Tokenisers and Spoken Arabic"
TEXT = "Subword tokenisers are trained on text in which the standard outweighs every spoken variety. We measure it."
MENDED = "Subword tokenizers are trained on texts in which the standard outweighs each spoken variety. We measured it."
OTHER = "Forecasting market prices from recordings of auctions, with a weak baseline and a strong one."


@pytest.mark.parametrize(
    ("title", "text", "other_title", "other_text", "is_likely"),
    [
        (TITLE, TEXT, TITLE, TEXT, True),
        (TITLE, TEXT, "whose dialect is default: tokenisers, and spoken arabic", OTHER, True),
        (TITLE, TEXT, "Spoken Arabic and tokenisers: whose dialect is default", OTHER, True),
        (TITLE, TEXT, "Something else entirely", MENDED, True),
        (TITLE, "", TITLE, "", True),
        (TITLE, "", "Another title", "", False),
        ("", TEXT, "", OTHER, False),
        ("", "", "", "", False),
        (TITLE, TEXT, "Prices at the market", OTHER, False),
        ("معالجة اللهجات العربية المحكية", TEXT, "معالجة اللهجات العربية المحكية", OTHER, True),
    ],
)
def test_two_works_are_likely_one_if_title_or_text_is_alike(title, text, other_title, other_text, is_likely):
    assert likeness(title, text, other_title, other_text).is_likely is is_likely


@pytest.mark.parametrize(
    ("title", "text", "is_likely"),
    [
        (90, None, True),
        (89, None, False),
        (0, 80, True),
        (0, 79, False),
        (70, 60, True),
        (69, 60, False),
        (70, 59, False),
    ],
)
def test_where_alike_begins(title, text, is_likely):
    assert Likeness(title, text).is_likely is is_likely


def test_authors_are_the_same_by_account_address_or_name():
    assert plain_name("  José   ÁLVAREZ ") == "jose alvarez"
    assert set(keys_of(3, "A@b.org", "Ana")) == {"person:3", "email:a@b.org", "name:ana"}
    assert set(keys_of(None, None, " ")) == set()
    rows = [(1, 7, None, "Ana"), (2, 7, None, "Anna"), (3, None, "a@b.org", "X"), (4, None, "A@B.org", "Y"),
            (5, None, None, "José"), (6, None, None, "jose"), (7, None, None, "Zed")]  # fmt: skip
    assert pairs(rows) == {(1, 2), (3, 4), (5, 6)}
    assert pairs([(number, None, None, "Anonymous") for number in range(100)]) == set()


def test_only_candidates_are_compared_and_the_most_alike_come_first():
    texts = {1: (TITLE, TEXT), 2: (TITLE, TEXT), 3: (TITLE, MENDED), 4: ("Prices", OTHER)}
    found = likely([(1, 3), (1, 2), (1, 4), (1, 99)], texts)
    assert [(one, other) for one, other, _how in found] == [(1, 2), (1, 3)]


@pytest.fixture
def house(app, work):
    return House(app, work)


BASE = "/musiml/2026"
DESK = f"{BASE}/organise/submissions"


@shows("Submissions", "A likely duplicate of the same authors, in any round, is shown to author and chair")
def test_a_likely_duplicate_is_shown_to_its_authors_and_to_the_chair(house):
    with house.work() as uow:
        early = Round(edition_id=house.edition.id, name="Early round", description="", position=1)
        uow.session.add(early)
        uow.session.flush()
        first = make_submission(uow, house.edition, house.author, title=TITLE, abstract=TEXT, round_id=early.id)
        second = make_submission(uow, house.edition, house.author, title=TITLE, abstract=MENDED)
        make_submission(uow, house.edition, house.author, title="Prices", abstract=OTHER)
        stranger = make_person(uow, "Stranger", "stranger@example.org")
        make_submission(uow, house.edition, stranger, title=TITLE, abstract=TEXT)
    said = "looks like another abstract of the same authors"
    page = house.client.get(f"{BASE}/submissions/{first.number}").text
    assert said in page
    assert f'href="{BASE}/submissions/{second.number}"' in page
    assert said not in house.client.get(f"{BASE}/submissions/3").text
    assert said in house.desk.get(f"{DESK}/{second.number}").text
    pairs_page = house.desk.get(f"{DESK}/duplicates").text
    assert "1 pair looks alike" in pairs_page
    assert "Early round and Regular round" in pairs_page
    assert house.client.get(f"{DESK}/duplicates").status_code == 404
    assert house.member(Role.REVIEWER).get(f"{DESK}/duplicates").status_code == 404


def test_an_author_learns_nothing_of_works_that_are_not_theirs_and_a_chair_nothing_of_drafts(house):
    with house.work() as uow:
        other = make_person(uow, "Wahyuni", "another@example.org")
        mine = make_submission(uow, house.edition, house.author, title=TITLE, abstract=TEXT)
        make_submission(uow, house.edition, other, State.DRAFT, title=TITLE, abstract=TEXT)
        make_submission(uow, house.edition, house.author, State.WITHDRAWN, title=TITLE, abstract=TEXT)
    assert "looks like" not in house.client.get(f"{BASE}/submissions/{mine.number}").text
    assert "looks like" not in house.desk.get(f"{DESK}/{mine.number}").text
    assert "No two look alike" in house.desk.get(f"{DESK}/duplicates").text


def test_a_chair_sees_no_pair_with_work_of_their_own(house):
    with house.work() as uow:
        make_submission(uow, house.edition, house.author, title=TITLE, abstract=TEXT)
        make_submission(uow, house.edition, house.owner, title=TITLE, abstract=TEXT, authors=(house.author,))
    assert "No two look alike" in house.desk.get(f"{DESK}/duplicates").text
    assert "looks like" not in house.desk.get(f"{DESK}/1").text


@shows("Submissions", "Whoever writes is told in the form itself, calmly, of a work of their own that looks the same")
def test_the_form_tells_of_a_likely_duplicate_of_ones_own(house):
    with house.work() as uow:
        first = make_submission(uow, house.edition, house.author, title=TITLE, abstract=TEXT)
        make_submission(uow, house.edition, make_person(uow, "Stranger"), title=TITLE, abstract=TEXT)
    new = f"{BASE}/submissions/new"
    assert "This looks like another" not in house.client.get(new).text
    written = typed(house.first, title=TITLE, abstract=MENDED)
    kept = post_form(house.client, new, written | {"do": "stay"})
    assert kept.status_code == 200
    assert "This looks like another abstract of yours" in kept.text
    assert kept.text.count(f'/submissions/{first.number}"') == 1
    assert "This looks like another abstract of yours" in house.client.get(f"{BASE}/submissions/3/edit").text
    changed = written | {"title": "Prices", "version": "2", "do": "auto"}
    saved = post_form(house.client, f"{BASE}/submissions/3/edit", changed)
    assert "another abstract of yours" in saved.json["twins"], "the text is still the same"
