"""Files that come with the form of registration: looked at in a child process, while no transaction is open."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workshop_manager.core.unit_of_work import UnitOfWork
from workshop_manager.questions import filling
from workshop_manager.questions.content import Filed
from workshop_manager.registrations.forms import RegistrationForm
from workshop_manager.submissions import uploads


@dataclass
class Arrived:
    """The files that were found good by question, and why others were not by field."""

    files: dict[int, Filed] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)

    @property
    def was_looked_at(self) -> bool:
        """The transaction ended while files were looked at: what was read is read again."""
        return bool(self.files or self.refusals)


def look_at(uow: UnitOfWork, form: RegistrationForm) -> Arrived:
    """Look at each PDF that was chosen, or say why it is not taken. Ends the transaction if there is any."""
    arrived, sheet = Arrived(), form.filled.sheet
    most: Mapping[int, float | None] = {asked.id: asked.most for asked in sheet.questions}
    for number, file in filling.uploads_of(form, sheet).items():
        limit = most[number]
        try:
            arrived.files[number] = uploads.take_beside(uow, file, int(limit) if limit is not None else None)
        except uploads.Refused as refused:
            arrived.refusals[f"q{number}"] = refused.sentence
    return arrived
