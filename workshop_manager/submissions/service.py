"""What is done to submissions. Each verb asks its rule first; nothing here commits."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete

from workshop_manager.calls import queries as calls
from workshop_manager.calls.models import Call
from workshop_manager.calls.rules import (
    MOST_PER_PERSON,
    Phase,
    Plan,
    cap_of,
    limits_of,
    open_rounds,
    overall_phase,
    phase_for,
)
from workshop_manager.calls.service import locked_call
from workshop_manager.core import audit
from workshop_manager.core.errors import Conflict, Forbidden, NotFound
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import service as questions
from workshop_manager.questions.content import Filed
from workshop_manager.questions.rules import Gap
from workshop_manager.submissions import emails, form, queries, rules, topics
from workshop_manager.submissions.content import AuthorContent, Content, Upload, differences
from workshop_manager.submissions.events import DraftRemoved, SubmissionSubmitted, SubmissionWithdrawn
from workshop_manager.submissions.models import (
    Author,
    AuthorInvitation,
    ClaimedAddress,
    Declaration,
    SponsorCv,
    Submission,
    SubmissionBytes,
    SubmissionFile,
)
from workshop_manager.submissions.states import Action, State
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.cancelling import require_on
from workshop_manager.workshops.models import Edition, Track
from workshop_manager.workshops.rules import Standing


def _author_of(uow: UnitOfWork) -> int:
    if uow.actor is None:
        raise Forbidden(str(_("Sign in to submit an abstract.")))
    return uow.actor.id


def plan_for(uow: UnitOfWork, edition_id: int, track_id: int | None = None) -> Plan:
    """The call's dates as they are for whoever acts; `track_id` is a track they are in already."""
    return calls.plan_of(uow.session, edition_id, uow.actor.id if uow.actor else None, also=track_id)


def _require_open(uow: UnitOfWork, edition_id: int, is_open: bool) -> None:
    if not is_open:
        require_on(workshops.get_edition(uow.session, edition_id))
        raise Conflict(str(_("The call is not open, so the abstract cannot be changed now.")))


def _require_may_save(uow: UnitOfWork, submission: Submission, content: Content) -> None:
    """What is stored may be changed now; and if it was submitted, nothing moves to where the deadline has passed."""
    plan = plan_for(uow, submission.edition_id, submission.track_id)
    here, there = (submission.round_id, submission.track_id), (content.round_id, content.track_id)
    _require_open(
        uow,
        submission.edition_id,
        rules.may_edit(submission.state, rules.phase_of_work(plan, uow.now, submission.state, *here)),
    )
    if submission.state is State.SUBMITTED and here != there:
        _require_open(uow, submission.edition_id, phase_for(plan, uow.now, *there) is Phase.OPEN)


def _require_own(uow: UnitOfWork, submission: Submission) -> None:
    person_id = uow.actor.id if uow.actor else None
    if not rules.is_own(person_id, submission.submitter_id, [a.person_id for a in submission.authors]):
        raise NotFound


def begin(uow: UnitOfWork, edition: Edition, form_key: str) -> Submission:
    """An empty draft with the next number; the one made before, if this very form made one."""
    submitter_id = _author_of(uow)
    plan = plan_for(uow, edition.id)
    _require_open(uow, edition.id, overall_phase(plan, uow.now) is Phase.OPEN)
    call = locked_call(uow, edition.id)
    made = queries.find_by_form(uow.session, edition.id, submitter_id, form_key)
    if made is not None:
        return made
    most = MOST_PER_PERSON
    if queries.count_of_submitter(uow.session, edition.id, submitter_id) >= most:
        raise Conflict(
            str(
                _(
                    "You have begun %(most)s abstracts in this edition, and more do not fit. Remove a draft first.",
                    most=most,
                )
            )
        )
    call.last_number += 1
    submission = Submission(
        edition_id=edition.id,
        number=call.last_number,
        submitter_id=submitter_id,
        round_id=next(iter(open_rounds(plan, uow.now)), None),
        form_key=form_key,
        title="",
        abstract="",
        state=State.DRAFT,
        created_at=uow.now,
        changed_at=uow.now,
        changed_by=submitter_id,
        version=1,
        authors=[],
        files=[],
    )
    uow.session.add(submission)
    uow.session.flush()
    audit.record(uow, "begun", "submission", submission.id, edition_id=edition.id)
    return submission


def content_of(submission: Submission, declaration: Declaration | None, filled: form.Filled | None = None) -> Content:
    """What is stored, as it was typed. Needs `authors` loaded; without `filled` it says nothing of questions."""
    return Content(
        title=submission.title,
        abstract=submission.abstract,
        track_id=submission.track_id,
        round_id=submission.round_id,
        type_id=submission.type_id,
        authors=tuple(
            AuthorContent(a.name, a.email or "", a.affiliation or "", a.is_presenter, a.id) for a in submission.authors
        ),
        listing=submission.listing,
        remote=submission.remote,
        is_eligible=declaration.is_eligible if declaration else None,
        not_published=declaration.not_published if declaration else False,
        wants_grant=declaration.wants_grant if declaration else False,
        willing_to_review=declaration.willing_to_review if declaration else False,
        cv_to_sponsors=declaration.cv_to_sponsors if declaration else False,
        answers=filled.answers if filled else None,
        told=filled.told if filled else None,
        country=declaration.country if declaration else None,
        career_stage=declaration.career_stage if declaration else None,
    )


def save(
    uow: UnitOfWork,
    edition: Edition,
    submission: Submission,
    content: Content,
    upload: Upload | None,
    track: Track | None,
    *,
    files: Mapping[int, Filed] | None = None,
    cv: Filed | None = None,
    keep_hidden_files: bool = False,
) -> bool:
    """Store what was typed, and a new version of the file if one came; True if that changed anything.

    The submission must be locked and have authors and files loaded. Whether it started from the newest version is
    asked by the view, which can show both. `track` is the one that `content` names. `files` are answers to questions;
    a `cv` is kept with the consent to show it to sponsors, and goes with it. With `keep_hidden_files` a file whose
    question is hidden just now stays: somebody is still choosing.
    """
    _require_own(uow, submission)
    _require_may_save(uow, submission, content)
    declaration = queries.declaration_of(uow.session, submission.id)
    filled = form.filled(uow, edition.id, submission)
    changed = set(differences(content_of(submission, declaration, filled), content)) - {"topics"}
    if content.topics is not None:
        before, after = topics.set_for_submission(uow, submission, content.topics)
        changed |= {"topics"} if before != set(after) else set()
    if declaration and declaration.is_eligible is not None and track and declaration.wording != track.eligibility:
        changed.add("is_eligible")
    new_file = add_file(uow, submission, upload) if upload is not None else False
    new_file = _answer(uow, submission, filled, content, files, keep_hidden_files) or new_file
    if not changed and not new_file and cv is None:
        return False
    submission.title, submission.abstract = content.title, content.abstract
    submission.track_id = track.id if track else None
    submission.round_id, submission.type_id = content.round_id, content.type_id
    submission.listing, submission.remote = content.listing, content.remote
    _declare(uow, submission, declaration, content, track, is_new_answer=bool(changed & {"is_eligible", "track_id"}))
    _set_cv(uow, submission, cv)
    if "authors" in changed:
        _set_authors(uow, submission, content.named_authors)
    submission.version += 1
    submission.changed_at, submission.changed_by = uow.now, _author_of(uow)
    uow.session.flush()
    if submission.state is State.SUBMITTED:
        audit.record(uow, "changed", "submission", submission.id, edition_id=edition.id)
        emails.named(uow, edition, submission)
    return True


def _declare(
    uow: UnitOfWork,
    submission: Submission,
    row: Declaration | None,
    content: Content,
    track: Track | None,
    *,
    is_new_answer: bool,
) -> None:
    wording = track.eligibility if track else ""
    answer = content.is_eligible if wording else None
    if row is None:
        row = Declaration(submission_id=submission.id, declared_at=uow.now, wording="", is_eligible=None)
        uow.session.add(row)
    if is_new_answer:
        # The wording as it reads now: it stays, whatever the track says later.
        row.is_eligible, row.wording, row.declared_at = answer, wording if answer is not None else "", uow.now
    row.not_published, row.wants_grant = content.not_published, content.wants_grant
    row.willing_to_review, row.cv_to_sponsors = content.willing_to_review, content.cv_to_sponsors
    row.country, row.career_stage = content.country, content.career_stage


def _answer(
    uow: UnitOfWork,
    submission: Submission,
    filled: form.Filled,
    content: Content,
    files: Mapping[int, Filed] | None,
    keep_hidden_files: bool,
) -> bool:
    """Store the answers and statements; True if any changed. What was not on the page stays as it is."""
    owner, given = form.owner_of(submission), form.scopes_of(content)
    changed: set[int] = set()
    if content.answers is not None or files:
        typed = filled.answers if content.answers is None else content.answers
        changed = questions.save_answers(
            uow, owner, filled.sheet, typed, given, files, keep_hidden_files=keep_hidden_files
        )
    if content.told is not None:
        changed = changed | questions.save_statements(uow, owner, filled.sheet.statements, content.told, given)
    return bool(changed)


def _set_cv(uow: UnitOfWork, submission: Submission, cv: Filed | None) -> None:
    """Keep the CV that came, with the consent to show it; without the consent, none."""
    declared = queries.declaration_of(uow.session, submission.id)
    assert declared is not None
    row = queries.find_cv(uow.session, submission.id) if declared.cv_pages is not None else None
    if not declared.cv_to_sponsors:
        declared.cv_pages = None
        if row is not None:
            uow.session.delete(row)
    elif cv is not None:
        if row is None:
            row = SponsorCv(submission_id=submission.id)
            uow.session.add(row)
        row.sha256, row.size, row.pages, row.body = cv.sha256, len(cv.plain), cv.pages, cv.plain
        row.uploaded_at, row.uploaded_by = uow.now, _author_of(uow)
        declared.cv_pages = cv.pages


def _set_authors(uow: UnitOfWork, submission: Submission, typed: tuple[AuthorContent, ...]) -> None:
    known = {author.id: author for author in submission.authors}
    accounts = queries.person_ids_by_address(uow.session, {a.email for a in typed if a.email})
    rows: list[Author] = []
    for place, content in enumerate(typed):
        row = known.pop(content.id, None) if content.id is not None else None
        if row is None:
            row = Author(submission_id=submission.id, name="", email=None)
        if row.person_id is None or (row.email or "").casefold() != content.email.casefold():
            row.person_id = accounts.get(content.email.casefold())
        row.name, row.email = content.name, content.email or None
        row.affiliation, row.is_presenter = content.affiliation or None, content.is_presenter
        row.position = place
        rows.append(row)
    submission.authors[:] = rows


def add_file(uow: UnitOfWork, submission: Submission, upload: Upload) -> bool:
    """Keep a new version of the PDF; False if it is the one that is there. Needs `files` loaded."""
    latest = submission.files[-1] if submission.files else None
    if latest is not None and latest.sha256 == upload.sha256:
        return False
    if latest is not None and latest.version >= rules.MOST_VERSIONS:
        raise Conflict(
            str(
                _(
                    "This is version %(most)s of the PDF, and more are not kept. Write to the organisers.",
                    most=rules.MOST_VERSIONS,
                )
            )
        )
    row = SubmissionFile(
        submission_id=submission.id,
        version=latest.version + 1 if latest else 1,
        sha256=upload.sha256,
        size=len(upload.original),
        pages=upload.pages,
        original_name=upload.name[:200],
        facts=dict(upload.facts) or None,
        uploaded_at=uow.now,
        uploaded_by=_author_of(uow),
    )
    submission.files.append(row)
    uow.session.flush()
    uow.session.add(SubmissionBytes(file_id=row.id, original=upload.original, blind=upload.blind))
    return True


def hold_caps(uow: UnitOfWork, call: Call) -> None:
    """Where one person may be named in a few works only, works are handed in one after the other."""
    if call.most_per_person is not None:
        locked_call(uow, call.edition_id)


def over_cap(uow: UnitOfWork, call: Call, submission_id: int | None, authors: Sequence[AuthorContent]) -> list[Gap]:
    """What to say beside each author who is named in as many submissions as the call takes from one person."""
    if call.most_per_person is None:
        return []
    most, emails = cap_of(call.most_per_person), {author.email.lower() for author in authors if author.email}
    named = queries.times_named(uow.session, call.edition_id, emails, except_id=submission_id)
    return list(rules.cap_gaps(authors, named, most))


def submit(uow: UnitOfWork, edition: Edition, submission: Submission, eligibility: dict[int, str]) -> None:
    """Hand a complete draft in. Raises Conflict if anything is missing: views ask `rules.gaps` first, to say what."""
    _require_own(uow, submission)
    # A deadline that is being moved at this very moment is waited for: what counts is what it is afterwards.
    workshops.share_edition(uow.session, edition.id)
    plan = plan_for(uow, edition.id, submission.track_id)
    _require_open(uow, edition.id, phase_for(plan, uow.now, submission.round_id, submission.track_id) is Phase.OPEN)
    target = target_of(Action.SUBMIT, submission)
    call, kind = calls.find_call(uow.session, edition.id), calls.type_of(uow.session, edition.id, submission.type_id)
    filled = form.filled(uow, edition.id, submission)
    content = content_of(submission, queries.declaration_of(uow.session, submission.id), filled)
    missing = rules.gaps(
        content,
        limits_of(call, kind),
        eligibility,
        has_file=bool(submission.files),
        sheet=filled.sheet,
        given=form.scopes_of(content),
        now=uow.now,
    )
    hold_caps(uow, call)
    if any(missing) or over_cap(uow, call, submission.id, content.authors):
        raise Conflict(str(_("Something is missing before this abstract can be submitted.")))
    submission.state, submission.submitted_at = target, uow.now
    submission.version += 1
    uow.session.flush()
    audit.record(uow, "submitted", "submission", submission.id, edition_id=edition.id)
    emails.received(uow, edition, submission)
    emails.named(uow, edition, submission)
    uow.tell(SubmissionSubmitted(submission.id, edition.id))


def target_of(action: Action, submission: Submission) -> State:
    """The state after that action; Conflict if it cannot be done from where the submission stands."""
    target = rules.leads_to(action, submission.state)
    if target is None:
        raise Conflict(str(_("Somebody, perhaps you in another tab, changed this a moment ago. Look at it again.")))
    return target


def withdraw(uow: UnitOfWork, edition: Edition, submission: Submission) -> None:
    """The authors take their work back; it stays on record as withdrawn. The submission must be locked."""
    _require_own(uow, submission)
    target = target_of(Action.WITHDRAW, submission)
    submission.state, submission.withdrawn_at = target, uow.now
    submission.version += 1
    uow.session.flush()
    audit.record(uow, "withdrawn", "submission", submission.id, edition_id=edition.id)
    emails.withdrawn(uow, edition, submission)
    uow.tell(SubmissionWithdrawn(submission.id, edition.id))


def discard(uow: UnitOfWork, submission: Submission) -> None:
    """Remove a draft for good, with its files: nobody but its authors has seen it."""
    _require_own(uow, submission)
    if submission.state is not State.DRAFT:
        raise Conflict(str(_("This abstract was submitted. It can be withdrawn, not removed.")))
    audit.record(uow, "removed", "submission", submission.id, edition_id=submission.edition_id)
    questions.forget(uow, form.owner_of(submission))
    uow.tell(DraftRemoved(submission.id, submission.edition_id))
    uow.session.delete(submission)
    uow.session.flush()


def link_address(uow: UnitOfWork, person_id: int, address: str) -> None:
    """Somebody has shown that an address is theirs: the authors of that address are theirs from now on."""
    for row in queries.unlinked_authors(uow.session, address):
        row.person_id = person_id
    uow.session.flush()


def forget_address(uow: UnitOfWork, person_id: int, address: str) -> None:
    """An address is this person's no longer: works that name it from now on are its next owner's."""
    uow.session.execute(
        delete(ClaimedAddress).where(ClaimedAddress.address == address.lower(), ClaimedAddress.person_id == person_id)
    )


def let_go(uow: UnitOfWork, person_id: int) -> None:
    """An account is being deleted. What is nobody else's goes with it; elsewhere the name is taken out.

    Drafts and undecided work without a co-author who has an account are removed or withdrawn, with their files; what
    others wrote too, and what was decided, stays, without this person's name, address and file names.
    """
    for submission in queries.begun_by(uow.session, person_id):
        is_alone = all(author.person_id in (None, person_id) for author in submission.authors)
        _let_go_beside(uow, submission, person_id, is_alone=is_alone)
        if is_alone and submission.state is State.DRAFT:
            uow.tell(DraftRemoved(submission.id, submission.edition_id))
            uow.session.delete(submission)
            continue
        if is_alone:
            _let_go_alone(uow, submission)
        submission.submitter_id = submission.form_key = None
        _forget_answers(uow, submission.id)
        for file in submission.files:
            if file.uploaded_by == person_id:
                file.original_name, file.facts = "paper.pdf", None
    for author in queries.authors_of_person(uow.session, person_id):
        if author.is_presenter:
            _forget_answers(uow, author.submission_id)
        author.name, author.email, author.affiliation, author.person_id = "", None, None, None
        uow.session.execute(delete(AuthorInvitation).where(AuthorInvitation.author_id == author.id))
    uow.session.execute(delete(ClaimedAddress).where(ClaimedAddress.person_id == person_id))
    uow.session.flush()


def _let_go_beside(uow: UnitOfWork, submission: Submission, person_id: int, *, is_alone: bool) -> None:
    """The CV is theirs and goes; answers and statements go with work that is nobody else's and was never decided."""
    declared = queries.declaration_of(uow.session, submission.id)
    if declared is not None and declared.cv_to_sponsors:
        declared.cv_to_sponsors = False
        _set_cv(uow, submission, None)
    owner = form.owner_of(submission)
    if is_alone and submission.state not in rules.DECIDED:
        questions.forget(uow, owner)
    else:
        questions.lose_names(uow, owner, person_id)


def _forget_answers(uow: UnitOfWork, submission_id: int) -> None:
    """What was said of the presenter for the totals goes with the presenter, or with whoever said it."""
    row = queries.declaration_of(uow.session, submission_id)
    if row is not None:
        row.country = row.career_stage = None


def _let_go_alone(uow: UnitOfWork, submission: Submission) -> None:
    if submission.state in (State.SUBMITTED, State.WAITLISTED):
        submission.state, submission.withdrawn_at = State.WITHDRAWN, uow.now
        submission.version += 1
        uow.tell(SubmissionWithdrawn(submission.id, submission.edition_id))
    if submission.state not in rules.DECIDED:
        submission.files.clear()


def locked_at_desk(uow: UnitOfWork, edition: Edition, standing: Standing, number: int) -> Submission:
    """A submission that this person may see at the desk, with track, locked for a change; NotFound for any other."""
    found = queries.find_row_at_desk(uow.session, edition.id, standing, number, lock=True)
    if found is None:
        raise NotFound
    return found
