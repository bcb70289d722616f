"""Which column of which system holds what. No database, no web.

The names are those of the systems' own exports: Microsoft CMT's “Export to Excel” and “Tab delimited” (Submissions,
Reviews, Reviewer assignments), EasyChair's conference data download (submission.csv, author.csv, review.csv), the
“Export” of OpenReview's console of programme chairs, and the questions people write in Google Forms.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workshop_manager.exchange.states import Sort, Source, Target

Mapped = Mapping[str, Target]
"""Names of columns to what they hold; a column that is not there is left out."""

_CMT = {
    "paper id": Target.ID,
    "submission id": Target.ID,
    "created": Target.SUBMITTED,
    "paper title": Target.TITLE,
    "abstract": Target.ABSTRACT,
    "primary contact author name": Target.CONTACT_NAME,
    "primary contact author email": Target.CONTACT_EMAIL,
    "authors": Target.AUTHORS,
    "author names": Target.AUTHORS,
    "author emails": Target.EMAILS,
    "track name": Target.TRACK,
    "status": Target.STATUS,
    "reviewer emails": Target.REVIEWER_EMAIL,
    "reviewer name": Target.REVIEWER_NAME,
    "reviewer email": Target.REVIEWER_EMAIL,
    "reviewers": Target.REVIEWER_NAME,
}
_EASYCHAIR = {
    "#": Target.ID,
    "submission #": Target.ID,
    "paper #": Target.ID,
    "submission": Target.ID,
    "title": Target.TITLE,
    "abstract": Target.ABSTRACT,
    "authors": Target.AUTHORS,
    "submitted": Target.SUBMITTED,
    "date": Target.SUBMITTED,
    "track name": Target.TRACK,
    "track": Target.TRACK,
    "decision": Target.STATUS,
    "deleted?": Target.STATUS,
    "first name": Target.FIRST_NAME,
    "last name": Target.LAST_NAME,
    "email": Target.EMAILS,
    "affiliation": Target.AFFILIATIONS,
    "corresponding?": Target.PRESENTS,
    "member name": Target.REVIEWER_NAME,
    "member email": Target.REVIEWER_EMAIL,
    "reviewer first name": Target.REVIEWER_FIRST,
    "reviewer last name": Target.REVIEWER_LAST,
    "reviewer email": Target.REVIEWER_EMAIL,
    "version": Target.VERSION,
    "scores": Target.SCORES,
    "total score": Target.SCORE,
    "overall evaluation": Target.SCORE,
    "reviewer's confidence": Target.CONFIDENCE,
    "text": Target.TEXT,
}
_OPENREVIEW = {
    "forum": Target.ID,
    "id": Target.ID,
    "title": Target.TITLE,
    "abstract": Target.ABSTRACT,
    "authors": Target.AUTHORS,
    "author names": Target.AUTHORS,
    "authorids": Target.EMAILS,
    "author ids": Target.EMAILS,
    "author emails": Target.EMAILS,
    "track": Target.TRACK,
    "primary area": Target.TRACK,
    "decision": Target.STATUS,
    "venue": Target.STATUS,
    "reviewer": Target.REVIEWER_NAME,
    "reviewer id": Target.REVIEWER_EMAIL,
    "reviewer email": Target.REVIEWER_EMAIL,
    "rating": Target.SCORE,
    "recommendation": Target.SCORE,
    "overall assessment": Target.SCORE,
    "confidence": Target.CONFIDENCE,
    "review": Target.TEXT,
    "summary": Target.TEXT,
    "cdate": Target.SUBMITTED,
    "tcdate": Target.SUBMITTED,
}
_OWN = {
    "number": Target.ID,
    "submission": Target.ID,
    "id": Target.ID,
    "title": Target.TITLE,
    "abstract": Target.ABSTRACT,
    "authors": Target.AUTHORS,
    "author": Target.AUTHORS,
    "addresses": Target.EMAILS,
    "emails": Target.EMAILS,
    "email": Target.EMAILS,
    "affiliations": Target.AFFILIATIONS,
    "affiliation": Target.AFFILIATIONS,
    "track": Target.TRACK,
    "state": Target.STATUS,
    "status": Target.STATUS,
    "decision": Target.STATUS,
    "submitted": Target.SUBMITTED,
    "reviewer": Target.REVIEWER_NAME,
    "reviewer address": Target.REVIEWER_EMAIL,
    "reviewer email": Target.REVIEWER_EMAIL,
    "score": Target.SCORE,
    "confidence": Target.CONFIDENCE,
    "review": Target.TEXT,
    "text": Target.TEXT,
    "remark": Target.REMARK,
}
_BY_SOURCE: dict[Source, dict[str, Target]] = {
    Source.CMT: _CMT,
    Source.EASYCHAIR: _EASYCHAIR,
    Source.OPENREVIEW: _OPENREVIEW,
    Source.CSV: _OWN,
    Source.GOOGLE: {},
}
KNOWN = frozenset(name for names in _BY_SOURCE.values() for name in names) | {"timestamp", "email address"}

_GOOGLE: tuple[tuple[str, Target], ...] = (
    (r"^timestamp$|^zeitstempel$|^horodateur$|^marca temporal$|^carimbo", Target.SUBMITTED),
    (r"^(e-?mail( address)?|username)$", Target.CONTACT_EMAIL),
    (r"^(your )?(full )?name$|^name of (the )?submitt", Target.CONTACT_NAME),
    (r"author.*(e-?mail|address)|(e-?mail|address).*author", Target.EMAILS),
    (r"(author|your).*(affiliation|institution|universit)|^affiliations?\b|^institutions?\b", Target.AFFILIATIONS),
    (r"\bauthors?\b", Target.AUTHORS),
    (r"\btitle\b", Target.TITLE),
    (r"\babstract\b|\bsummary\b", Target.ABSTRACT),
    (r"\btrack\b|\btopic\b|\btheme\b", Target.TRACK),
    (r"\bdecision\b|\bstatus\b", Target.STATUS),
)
_CMT_QUESTION = re.compile(r"q\d+\s*\((.*)\)", re.DOTALL)
_CMT_REVIEW: tuple[tuple[str, Target], ...] = (
    (r"confiden(ce|t).*- value$", Target.CONFIDENCE),
    (r"(overall|rating|recommend|score|final).*- value$", Target.SCORE),
    (r"confidential|only to (the )?(chairs|pc)|not (be )?(seen|shown|visible)", Target.REMARK),
)
_REVIEWING = frozenset({Target.SCORE, Target.SCORES, Target.CONFIDENCE, Target.TEXT, Target.REMARK})
_BY_SORT: dict[Sort, frozenset[Target]] = {
    Sort.SUBMISSIONS: frozenset(
        {
            Target.ID, Target.TITLE, Target.ABSTRACT, Target.AUTHORS, Target.EMAILS, Target.AFFILIATIONS,
            Target.CONTACT_NAME, Target.CONTACT_EMAIL, Target.TRACK, Target.STATUS, Target.SUBMITTED,
            Target.REVIEWER_EMAIL,
        }
    ),
    Sort.AUTHORS: frozenset(
        {
            Target.ID, Target.FIRST_NAME, Target.LAST_NAME, Target.AUTHORS, Target.EMAILS, Target.AFFILIATIONS,
            Target.PRESENTS,
        }
    ),
    Sort.REVIEWS: _REVIEWING
    | {
        Target.ID, Target.REVIEW_ID, Target.REVIEWER_NAME, Target.REVIEWER_FIRST, Target.REVIEWER_LAST,
        Target.REVIEWER_EMAIL, Target.SUBMITTED, Target.VERSION,
    },
    Sort.ASSIGNMENTS: frozenset(
        {
            Target.ID, Target.REVIEWER_NAME, Target.REVIEWER_FIRST, Target.REVIEWER_LAST, Target.REVIEWER_EMAIL,
        }
    ),
}  # fmt: skip
SEVERAL = frozenset({Target.AUTHORS, Target.EMAILS, Target.AFFILIATIONS, Target.TEXT, Target.REMARK, Target.STATUS})
"""What several columns may hold together."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a table looks like."""

    source: Source
    sort: Sort
    mapping: Mapped


def targets(sort: Sort) -> tuple[Target, ...]:
    """What a column of such a table can hold, in a fixed order."""
    return tuple(target for target in Target if target in _BY_SORT[sort])


def recognise(columns: Sequence[str], source: Source | None = None, sort: Sort | None = None) -> Recognised:
    """The source, the kind of rows and the columns of a table, as far as not said."""
    source = source or _source(columns)
    sort = sort or _sort(columns, source)
    return Recognised(source, sort, mapping_of(columns, source, sort))


def mapping_of(columns: Sequence[str], source: Source, sort: Sort) -> Mapped:
    """What each column holds, each target once but for those that several columns may hold together."""
    found: dict[str, Target] = {}
    counted = source is Source.EASYCHAIR and any(column.casefold() == "submission #" for column in columns)
    for column in columns:
        # Beside `submission #`, EasyChair's `#` counts the rows.
        target = None if counted and column == "#" else _target(column, source, sort)
        if target is not None and (target in SEVERAL or target not in found.values()):
            found[column] = target
    return _without_doubles(found, source)


def _without_doubles(found: dict[str, Target], source: Source) -> Mapped:
    """CMT writes authors twice; `Authors` (first name first) is the better of the two."""
    if source is Source.CMT:
        names = [column for column, target in found.items() if target is Target.AUTHORS]
        if len(names) > 1:
            best = next((name for name in names if name.casefold() == "authors"), names[0])
            for name in names:
                if name != best:
                    del found[name]
    if source is Source.EASYCHAIR and Target.SCORES in found.values():
        found = {column: target for column, target in found.items() if target is not Target.SCORE}
    return found


def _target(column: str, source: Source, sort: Sort) -> Target | None:
    name = column.casefold().strip()
    target = _BY_SOURCE[source].get(name)
    if target is None and source is Source.GOOGLE:
        target = next((target for pattern, target in _GOOGLE if re.search(pattern, name)), None)
    if target is None and source is Source.CMT and sort is Sort.REVIEWS:
        target = _cmt_question(name)
    if target is None and source is Source.CSV:
        target = _CMT.get(name) or _EASYCHAIR.get(name) or _OPENREVIEW.get(name)
    return target if target in _BY_SORT[sort] else None


def _cmt_question(name: str) -> Target | None:
    found = _CMT_QUESTION.match(name)
    if found is None:
        return None
    said = found[1]
    special = next((target for pattern, target in _CMT_REVIEW if re.search(pattern, said)), None)
    if special is not None:
        return special
    return None if said.endswith("- value") else Target.TEXT


def _source(columns: Sequence[str]) -> Source:
    names = {column.casefold().strip() for column in columns}
    if "paper id" in names:
        return Source.CMT
    if "forum" in names or "authorids" in names:
        return Source.OPENREVIEW
    if names & {"#", "submission #", "paper #", "member #", "corresponding?"}:
        return Source.EASYCHAIR
    if "timestamp" in names or (columns and re.search(_GOOGLE[0][0], columns[0].casefold())):
        return Source.GOOGLE
    return Source.CSV


def _sort(columns: Sequence[str], source: Source) -> Sort:
    every = {target for sort in Sort for target in mapping_of(columns, source, sort).values()}
    named = {Target.REVIEWER_EMAIL, Target.REVIEWER_NAME, Target.REVIEWER_LAST}
    if Target.TITLE in every and (source is not Source.CMT or Target.ABSTRACT in every or not every & named):
        return Sort.REVIEWS if every & {Target.SCORE, Target.TEXT} and every & named else Sort.SUBMISSIONS
    if every & {Target.SCORE, Target.SCORES, Target.TEXT}:
        return Sort.REVIEWS
    if every & named:
        return Sort.ASSIGNMENTS
    if Target.LAST_NAME in every:
        return Sort.AUTHORS
    return Sort.SUBMISSIONS
