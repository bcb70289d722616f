"""What a stored draft still misses, in sentences: for the mail before its deadline."""

from workshop_manager.calls import queries as calls
from workshop_manager.calls.rules import Phase, Plan, limits_of, phase_for
from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.submissions import form, queries, rules, service, words
from workshop_manager.submissions.models import Submission


def sentences(uow: UnitOfWork, found: Submission, plan: Plan) -> list[str]:
    """What is missing, in the order of the form, by the dates of one person. Needs authors, files and track loaded."""
    call, types = calls.call_with_types(uow.session, found.edition_id)
    kind = next((one for one in types if one.id == found.type_id), None)
    filled = form.filled(uow, found.edition_id, found)
    content = service.content_of(found, queries.declaration_of(uow.session, found.id), filled)
    gaps = rules.gaps(
        content,
        limits_of(call, kind),
        {found.track.id: found.track.eligibility} if found.track else {},
        has_file=bool(found.files),
        is_open=phase_for(plan, uow.now, found.round_id, found.track_id) is Phase.OPEN,
        sheet=filled.sheet,
        given=form.scopes_of(content),
        now=uow.now,
    )
    return words.gap_lines(gaps, filled.sheet)
