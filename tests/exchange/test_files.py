"""Files of other systems: what is recognised, what they bring, what is wrong with them by line."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workshop_manager.exchange.fates import fate_of
from workshop_manager.exchange.files import Wish, content_of, understand
from workshop_manager.exchange.incoming import IncomingAuthor
from workshop_manager.exchange.names import names_in, values_in
from workshop_manager.exchange.reading import MOST_BYTES, Unreadable
from workshop_manager.exchange.states import DateOrder, Fate, Sort, Source, Target

SAMPLES = Path(__file__).parent / "samples"
ZONE = ZoneInfo("America/Chicago")


def read(data, **wish):
    data = (SAMPLES / data).read_bytes() if isinstance(data, str) else data
    return understand(content_of(data), Wish(**wish), ZONE)


RECOGNISED = [
    ("cmt-submissions.csv", Source.CMT, Sort.SUBMISSIONS, (3, 0, 3, 0)),
    ("cmt-reviews.tsv", Source.CMT, Sort.REVIEWS, (0, 0, 0, 3)),
    ("easychair-submission.csv", Source.EASYCHAIR, Sort.SUBMISSIONS, (3, 0, 0, 0)),
    ("easychair-author.csv", Source.EASYCHAIR, Sort.AUTHORS, (0, 2, 0, 0)),
    ("easychair-review.csv", Source.EASYCHAIR, Sort.REVIEWS, (0, 0, 0, 2)),
    ("google-forms.csv", Source.GOOGLE, Sort.SUBMISSIONS, (2, 0, 0, 0)),
    ("own-cp1252.csv", Source.CSV, Sort.SUBMISSIONS, (1, 0, 0, 0)),
    ("openreview-v2.json", Source.OPENREVIEW, Sort.SUBMISSIONS, (2, 0, 0, 1)),
    ("openreview-v1.jsonl", Source.OPENREVIEW, Sort.SUBMISSIONS, (1, 0, 0, 1)),
    ("openreview-assignments.json", Source.OPENREVIEW, Sort.SUBMISSIONS, (0, 0, 2, 0)),
    ("openreview.csv", Source.OPENREVIEW, Sort.SUBMISSIONS, (1, 0, 0, 0)),
]


@pytest.mark.parametrize(("name", "source", "sort", "counts"), RECOGNISED, ids=[row[0] for row in RECOGNISED])
def test_each_export_is_recognised_and_brings_what_it_holds(name, source, sort, counts):
    seen = read(name)
    found = seen.incoming
    assert (seen.source, seen.sort) == (source, sort)
    assert (len(found.submissions), len(found.authors), len(found.assignments), len(found.reviews)) == counts
    assert [(p.line, p.message % p.values) for p in found.problems] == []


def test_cmt_names_authors_with_places_stars_and_addresses():
    first, second, third = read("cmt-submissions.csv").incoming.submissions
    assert first.line == 4
    assert first.key == "12"
    assert first.title == "Whose Dialect, Default?"
    assert first.abstract == "We measure\nwhat it costs."
    assert first.authors == (
        IncomingAuthor("Amina Noor", "amina@uni.example", "Univ. of Lagos", True),
        IncomingAuthor("José Núñez", "jose@unam.example", "UNAM", False),
    )
    assert first.submitted_at == datetime(2026, 5, 13, 17, 22, 33, tzinfo=UTC)
    assert second.status == "Accept (Oral)"
    assert third.title == 'The "Free" Lunch'
    assert [fate_of(one.status) for one in (first, second, third)] == [Fate.SUBMITTED, Fate.ORAL, Fate.WITHDRAWN]


def test_cmt_reviews_take_values_texts_with_their_questions_and_what_is_confidential():
    first = read("cmt-reviews.tsv").incoming.reviews[0]
    assert (first.score, first.confidence, first.email) == (5, 3, "rania@example.org")
    assert first.text == (
        "Strong points of the paper\nA new corpus.\n\nWeak points of the paper\nSmall."
        "\n\nOverall Rating\nAccept\n\nRate your confidence in this review.\nConfident"
    ) or first.text.startswith("Overall Rating\nAccept")
    assert first.remark == "Please check the ethics."


def test_a_column_headed_reviewer_may_hold_addresses():
    (assigned,) = read(b"number,reviewer\n2,Rania@example.org\n").incoming.assignments
    assert (assigned.email, assigned.name) == ("rania@example.org", "")


def test_easychair_takes_the_latest_version_of_a_review_and_its_scores():
    first, second = read("easychair-review.csv").incoming.reviews
    assert (first.text, first.score, first.confidence) == ("I like the corpus.", 2, 4)
    assert second.score == -2
    kept, declined, deleted = read("easychair-submission.csv").incoming.submissions
    assert [author.name for author in declined.authors] == ["Li Wei", "Ada King", "Noor"]
    assert [fate_of(one.status) for one in (kept, declined, deleted)] == [Fate.POSTER, Fate.REJECTED, Fate.LEFT_OUT]
    people = read("easychair-author.csv").incoming.authors
    assert [(one.key, len(one.authors)) for one in people] == [("1", 2), ("2", 3)]
    assert people[1].authors[1].is_presenter


def test_google_forms_are_read_by_their_questions_and_days_come_first_where_they_must():
    seen = read("google-forms.csv")
    assert seen.mapping == {
        "Timestamp": Target.SUBMITTED,
        "Email Address": Target.CONTACT_EMAIL,
        "What is the title of your abstract?": Target.TITLE,
        "Abstract (max. 250 words)": Target.ABSTRACT,
        "List all authors, in order": Target.AUTHORS,
        "Affiliations of the authors": Target.AFFILIATIONS,
        "Which track?": Target.TRACK,
    }
    first, _second = seen.incoming.submissions
    assert first.submitted_at == datetime(2026, 5, 13, 15, 22, 33, tzinfo=UTC)
    assert [author.affiliation for author in first.authors] == ["Univ. of Lagos", "UNAM", "Tsinghua"]
    assert read("google-forms.csv").incoming.submissions[0].key == first.key


def test_dates_that_could_be_either_are_remarked_and_can_be_chosen():
    table = b"Timestamp,Title\n3/4/2026 10:00:00,One\n"
    assert [r.line for r in read(table).incoming.remarks] == [0]
    assert read(table).incoming.submissions[0].submitted_at.month == 3
    assert read(table, order=DateOrder.DAY_FIRST).incoming.submissions[0].submitted_at.month == 4


def test_openreview_reviews_decisions_and_profiles():
    found = read("openreview-v2.json").incoming
    first, gone = found.submissions
    assert first.status == "Accept (Oral)"
    assert first.authors == (
        IncomingAuthor("Amina Noor", "amina@uni.example", "", True),
        IncomingAuthor("José Núñez", "", "", False),
    )
    assert fate_of(gone.status) is Fate.WITHDRAWN
    review = found.reviews[0]
    assert (review.score, review.confidence, review.name) == (8, 4, "Reviewer_AbCd")
    assert review.text == "Summary\nA corpus.\n\nStrengths\nCare."
    assert review.remark == "Ethics?"
    assert len(found.remarks) == 1  # one author is named by profile only
    old = read("openreview-v1.jsonl").incoming
    assert (old.submissions[0].status, old.reviews[0].score) == ("Reject", 6)
    edges = read("openreview-assignments.json").incoming.assignments
    assert [(one.email, one.name) for one in edges] == [("", "rania"), ("kenza@example.org", "")]


def test_a_file_that_is_not_utf_8_is_read_and_remarked():
    found = read("own-cp1252.csv").incoming
    assert found.submissions[0].title == "Über die Größe"
    assert [author.name for author in found.submissions[0].authors] == ["Jörg Müller", "Zoë Faß"]
    assert "Windows-1252" in found.remarks[0].message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_line_ends(encoding, delimiter, end):
    text = end.join(delimiter.join(row) for row in (("number", "title"), ("1", '"A title, with; all|of\tthem"')))
    found = read((text + end).encode(encoding)).incoming
    assert [(one.line, one.title) for one in found.submissions] == [(2, "A title, with; all|of them")]


def long_table(broken):
    """Nine hundred rows, of which the line 700 is as given."""
    lines = ["number,title,abstract", *(f'{n},"Title {n}","Abstract {n}"' for n in range(2, 902))]
    lines[699] = broken
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "broken",
    ['700,"A title,"Abstract 700"', '700,"A title","Abstract 700', '700,"A "stray" title","x"', '700,"A title"x,"y"'],
)
def test_a_stray_quote_in_line_700_is_named_by_its_line_and_the_rest_is_read(broken):
    found = read(long_table(broken)).incoming
    assert [problem.line for problem in found.problems] == [700]
    assert "quotation mark" in found.problems[0].message
    assert len(found.submissions) == 899
    assert [one.line for one in found.submissions][697:700] == [699, 701, 702]


def test_a_quote_within_a_bare_cell_is_text():
    assert read(long_table('700,A 5" disk,x')).incoming.submissions[698].title == 'A 5" disk'


def test_rows_with_too_many_or_too_few_cells_are_named():
    found = read(b"number,title,abstract\n1,One\n2,Two,x,y\n3,Three,z\n").incoming
    assert [(p.line, p.values["cells"]) for p in found.problems] == [(2, 2), (3, 4)]


def test_every_problem_is_named_by_its_row():
    data = (
        "number,title,authors,emails,submitted\n"
        "1,,Ada,ada@king.example,2026-05-01\n"
        "2,Two,Ada,not an address,2026-05-01\n"
        "3,Three,Ada,ada@king.example,yesterday\n"
        "1,Again,Ada,ada@king.example,2026-05-01\n"
        f"5,{'x' * 401},Ada,a@b.example; c@d.example,2026-05-01\n"
        ",Six,Ada,,\n"
    )
    found = read(data.encode()).incoming
    said = [(p.line, p.message % p.values) for p in found.problems]
    assert said == [
        (2, "The title is empty."),
        (3, "“not an address” is not an e-mail address."),
        (4, "“yesterday” is not a date we can read."),
        (5, "Row 2 is about this submission already."),
        (6, f"“{'x' * 40}…” is longer than the 400 characters that fit."),
        (6, "There are more addresses than authors."),
        (7, "This row does not say which submission it is about."),
    ]


def test_right_to_left_titles_lose_their_controls_and_nothing_else():
    found = read("number,title\n1,\u202eاللهجة \u200fالافتراضية\u0007\n".encode()).incoming
    assert found.submissions[0].title == "اللهجة \u200fالافتراضية"


def test_a_hundred_authors_are_read():
    names = "; ".join(f"Author {n} (Place {n})" for n in range(100))
    assert len(read(f'number,title,authors\n1,One,"{names}"\n'.encode()).incoming.submissions[0].authors) == 100


UNREADABLE = [
    (b"", "nothing in this file"),
    (b"\n\n", "nothing in this file"),
    (b"number,title\n", "no row below"),
    (b"PK\x03\x04rest", "spreadsheet"),
    (b"\xd0\xcf\x11\xe0rest", "older spreadsheet"),
    (b"%PDF-1.7", "PDF"),
    (b'{"a": 1', "not JSON"),
    (b"{}", "no list"),
    (b"[]", "no list"),
    (b"[" * 200_000, "JSON"),
    (b"\xff\xfe\x00\xd8\x00\xd8", "is not"),
    (b",".join([b"a"] * 300), "columns"),
    (b"a,b\n" + b"1,2\n" * 10_001, "more than"),
    (b"x" * (MOST_BYTES + 1), "MB"),
]


@pytest.mark.parametrize(("data", "why"), UNREADABLE, ids=[why for _data, why in UNREADABLE])
def test_what_cannot_be_read_says_why(data, why):
    with pytest.raises(Unreadable) as unreadable:
        read(data)
    assert why in unreadable.value.message % unreadable.value.values


@pytest.mark.slow
def test_ten_thousand_rows_of_thirty_megabytes_are_read():
    rows = "\n".join(f'{n},"Title {n}","{"Words and more. " * 180}"' for n in range(10_000))
    found = read(f"number,title,abstract\n{rows}\n".encode()).incoming
    assert len(found.submissions) == 10_000
    assert not found.problems


def _no_surprise(data):
    try:
        read(data)
    except Unreadable as unreadable:
        str(unreadable.message % unreadable.values)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_unreadable(data):
    _no_surprise(data)


@given(st.text(alphabet='a1#",;\n\r\t (*)@.é“', max_size=200))
def test_any_table_is_read_or_unreadable(rows):
    for header in ("Paper ID,Paper Title,Authors,Author Emails,Created,Status", "#,title,authors", "Timestamp,Title"):
        _no_surprise(f"{header}\n{rows}".encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "notes",
                    "edges",
                    "content",
                    "title",
                    "value",
                    "authors",
                    "authorids",
                    "id",
                    "forum",
                    "details",
                    "replies",
                    "invitation",
                    "invitations",
                    "signatures",
                    "decision",
                    "rating",
                    "head",
                    "tail",
                    "cdate",
                    "replyto",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_any_json_is_read_or_unreadable(found):
    _no_surprise(json.dumps(found).encode())
    _no_surprise(json.dumps({"notes": [{"content": found if isinstance(found, dict) else {}}]}).encode())


CELLS = [
    ("Jane Doe (Univ. A)*; John Roe (B (C))", [("Jane Doe", "Univ. A"), ("John Roe", "B (C)")]),
    ("Doe, Jane*; Roe, John", [("Jane Doe", ""), ("John Roe", "")]),
    ("Doe, Jane", [("Jane Doe", "")]),
    ("Amina Noor, José Núñez and Li Wei", [("Amina Noor", ""), ("José Núñez", ""), ("Li Wei", "")]),
    ("Amina Noor\nLi Wei", [("Amina Noor", ""), ("Li Wei", "")]),
    ("Wahyuni", [("Wahyuni", "")]),
    ("José Ortega y Gasset", [("José Ortega y Gasset", "")]),
    ("", []),
]


@pytest.mark.parametrize(("cell", "names"), CELLS, ids=[cell[:20] for cell, _names in CELLS])
def test_lists_of_authors_in_one_cell(cell, names):
    assert [(one.name, one.affiliation) for one in names_in(cell)] == names


def test_addresses_in_one_cell_keep_their_places():
    assert values_in("a@x.example*; ; b@y.example") == ["a@x.example", "", "b@y.example"]
    assert values_in("a@x.example, b@y.example") == ["a@x.example", "b@y.example"]
    assert names_in("Ada King <ada@king.example>")[0].email == "ada@king.example"


FATES = [
    ("Awaiting Decision", Fate.SUBMITTED), ("Submitted to X 2026", Fate.SUBMITTED), ("", Fate.SUBMITTED),
    ("Accept", Fate.POSTER), ("Accept (Poster)", Fate.POSTER), ("Accept (Oral)", Fate.ORAL),
    ("Accept: spotlight", Fate.LIGHTNING), ("Reject", Fate.REJECTED), ("Not accepted", Fate.REJECTED),
    ("probably reject", Fate.REJECTED), ("Desk Rejected", Fate.LEFT_OUT), ("Withdrawn", Fate.WITHDRAWN),
    ("Conditional accept", Fate.POSTER), ("Wait-list", Fate.WAITLISTED), ("Camera Ready", Fate.POSTER),
]  # fmt: skip


@pytest.mark.parametrize(("status", "fate"), FATES, ids=[status for status, _fate in FATES])
def test_what_other_systems_call_it(status, fate):
    assert fate_of(status) is fate
