"""What a stored draft still misses, in sentences: for its page and for the mail before its deadline."""

from workshop_manager.calls import queries as calls
from workshop_manager.calls.models import Call, SubmissionType
from workshop_manager.calls.rules import Phase, Plan, limits_of, phase_for
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import queries, rules, service, words
from workshop_manager.submissions.models import Declaration, Submission


def sentences(
    uow: UnitOfWork,
    found: Submission,
    declaration: Declaration | None,
    call: Call,
    kind: SubmissionType | None,
    plan: Plan,
) -> list[str]:
    """What is missing, in the order of the form. Needs authors, files and track loaded."""
    content = service.content_of(found, declaration)
    eligibility = {found.track.id: found.track.eligibility} if found.track else {}
    gaps = rules.gaps(
        content,
        limits_of(call, kind),
        eligibility,
        has_file=bool(found.files),
        is_open=phase_for(plan, uow.now, found.round_id, found.track_id) is Phase.OPEN,
    )
    return [words.gap_text(gap) for gap in gaps]


def of(uow: UnitOfWork, found: Submission, plan: Plan) -> list[str]:
    """The same, with everything looked up."""
    call, types = calls.call_with_types(uow.session, found.edition_id)
    kind = next((one for one in types if one.id == found.type_id), None)
    return sentences(uow, found, queries.declaration_of(uow.session, found.id), call, kind, plan)
