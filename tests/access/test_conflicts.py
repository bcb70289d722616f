"""A chair with a conflict found from data, at every address: nothing of the work, nor of what happens to it."""

import pytest
from sqlalchemy import text

from tests.access.conftest import Visits
from tests.access.test_leaks import _RANDOM, BY_LINK, _without_what_varies
from tests.personas import AUTHOR, CHAIR
from tests.shows import keeps, shows
from tests.stage import Stage
from tests.world import GHOST

pytestmark = pytest.mark.sqlite

TITLE = "Threads under review"
CHAIR_ID = f"(SELECT id FROM people WHERE email = '{CHAIR.email}')"
AUTHOR_ID = f"(SELECT id FROM people WHERE email = '{AUTHOR.email}')"
WORK_ID = f"(SELECT s.id FROM submissions s JOIN editions e ON e.id = s.edition_id JOIN communities c ON c.id = e.community_id WHERE c.slug = 'musiml' AND s.title = '{TITLE}')"  # noqa: E501
ELSEWHERE_ID = "(SELECT s.id FROM submissions s JOIN editions e ON e.id = s.edition_id JOIN communities c ON c.id = e.community_id WHERE c.slug = 'accra' AND s.title = 'A talk for everybody')"  # noqa: E501
GHOST_ID = f"(SELECT id FROM authors WHERE submission_id = {WORK_ID} AND name = '{GHOST.name}')"
NOW = "'2026-05-01 00:00:00.000000'"
CONFLICTS = {
    "a domain in common with an author without an account": [
        f"INSERT INTO person_keys (person_id, kind, key) VALUES ({CHAIR_ID}, 'domain', 'loom.edu')",
        f"INSERT INTO author_keys (author_id, submission_id, kind, key)"
        f" VALUES ({GHOST_ID}, {WORK_ID}, 'domain', 'loom.edu')",
    ],
    "earlier work with an author, in another community": [
        "INSERT INTO authors (submission_id, position, name, is_presenter, person_id)"
        f" VALUES ({ELSEWHERE_ID}, 98, 'x', 0, {CHAIR_ID}), ({ELSEWHERE_ID}, 99, 'y', 0, {AUTHOR_ID})",
    ],
    "a declared institution": [
        "INSERT INTO conflict_statements (id, person_id, about, name, address, relation, added_at)"
        f" VALUES (900, {CHAIR_ID}, 'institution', 'Loom', '', 'colleague', {NOW})",
        "INSERT INTO conflict_statement_keys (statement_id, person_id, kind, key)"
        f" VALUES (900, {CHAIR_ID}, 'affiliation', 'ghost institute quartz')",
    ],
    "somebody the authors named": [
        "INSERT INTO opposed (id, submission_id, about, name, address, relation, note, added_at)"
        f" VALUES (900, {WORK_ID}, 'person', 'Chadia', '', 'other', '', {NOW})",
        "INSERT INTO opposed_keys (opposed_id, submission_id, kind, key)"
        f" VALUES (900, {WORK_ID}, 'address', '{CHAIR.email}')",
    ],
}
HAPPENED = [
    f"UPDATE decisions SET outcome = 'oral' WHERE submission_id = {WORK_ID}",
    f"UPDATE reviews SET score = 1 WHERE submission_id = {WORK_ID}",
    f"DELETE FROM assignments WHERE submission_id = {WORK_ID}",
    f"DELETE FROM audit_entries WHERE subject = 'submission' AND subject_id = {WORK_ID}",
    f"DELETE FROM outbox_mails WHERE about = 'submission:' || {WORK_ID}",
    f"UPDATE submissions SET submitted_at = '2026-05-20 00:00:00.000000' WHERE id = {WORK_ID}",
    f"UPDATE submissions SET title = 'Renamed threads', abstract = 'Other', state = 'withdrawn' WHERE id = {WORK_ID}",
]
"""What else might have happened to the work; the title last, since the others find the work by it."""
MARKS = (TITLE, "Renamed threads", GHOST.name, GHOST.email, GHOST.affiliation)


def _asked(stage: Stage, visits: Visits, statements: list[str]) -> dict[str, tuple[int, bytes, str]]:
    found = {}
    with stage.altered(*statements) as otherwise:
        for visit in visits(CHAIR):
            is_fixed = not visit.rule.startswith((*_RANDOM, *BY_LINK))
            if visit.method == "GET" and visit.answer.status == 200 and is_fixed:
                answer = stage.ask(CHAIR, "GET", visit.path, database=otherwise)
                found[visit.path] = (answer.status, answer.body, _without_what_varies(answer, visit.path))
    return found


@pytest.mark.parametrize("how", CONFLICTS)
@keeps("A12")
@shows(
    "Review and decisions",
    "A chair with a conflict found from data meets the work in no list, count, search, export, mail or history",
)
def test_a_chair_with_a_conflict_meets_nothing_of_the_work(stage: Stage, visits: Visits, how: str) -> None:
    with stage.altered(*CONFLICTS[how]) as otherwise, otherwise.connection() as connection:
        assert connection.execute(text(f"SELECT {WORK_ID}")).scalar_one()
    as_it_is = _asked(stage, visits, CONFLICTS[how])
    # The PDF of every work of this world names the ghost in its metadata: only in text does the name tell of this one.
    texts = {path: body for path, (_status, body, _text) in as_it_is.items() if not body.startswith((b"%PDF", b"PK"))}
    assert [path for path, body in texts.items() if any(mark.encode() in body for mark in MARKS)] == []
    # Counts, ranks, charts and dates too: whatever happens to the work, no byte of what the chair reads changes.
    otherwise_ = _asked(stage, visits, [*CONFLICTS[how], *HAPPENED])
    assert [path for path in as_it_is if as_it_is[path][2] != otherwise_[path][2]] == []


def test_without_a_conflict_the_chair_meets_it(stage: Stage, visits: Visits) -> None:
    """Else the test above would find nothing because there is nothing."""
    met = {v.endpoint for v in visits(CHAIR) if v.method == "GET" and TITLE.encode() in v.answer.body}
    assert {"submissions.desk_list", "submissions.desk_list_one", "conflicts.desk"} <= met
    as_it_is, otherwise = _asked(stage, visits, []), _asked(stage, visits, HAPPENED)
    assert [path for path in as_it_is if as_it_is[path][2] != otherwise[path][2]]
