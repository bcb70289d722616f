"""The files that come with a submission's form: the paper, answers to questions, a CV for sponsors."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from workshop_manager.calls.rules import Limits
from workshop_manager.questions import filling
from workshop_manager.questions.content import Filed, Sheet
from workshop_manager.submissions import uploads
from workshop_manager.submissions.content import Upload
from workshop_manager.submissions.forms import SubmissionForm
from workshop_manager.web.request import unit

MOST_CV_PAGES = 6


@dataclass
class Arrived:
    """The files that were found good, and why others were not, by field."""

    upload: Upload | None = None
    cv: Filed | None = None
    answers: dict[int, Filed] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    was_looked_at: bool = False
    """The transaction ended while files were looked at."""

    @property
    def is_anything(self) -> bool:
        return self.upload is not None or self.cv is not None or bool(self.answers)


def look_at(form: SubmissionForm, limits: Limits, sheet: Sheet) -> Arrived:
    """Look at each file, outside of any transaction, or say why it is not taken."""
    arrived = Arrived()
    if form.cv_upload is not None and not form.cv_to_sponsors.data:
        arrived.refusals["cv"] = str(
            _("Tick the box above, then choose the CV again: without your consent no CV is kept.")
        )
    for name, take in _sent(arrived, form, limits, sheet):
        arrived.was_looked_at = True
        try:
            take()
        except uploads.Refused as refused:
            arrived.refusals[name] = refused.sentence
    return arrived


def _sent(
    arrived: Arrived, form: SubmissionForm, limits: Limits, sheet: Sheet
) -> Iterator[tuple[str, Callable[[], None]]]:
    """Each file by its field, with what takes it in."""
    if (paper := form.upload) is not None and limits.needs_pdf:
        yield "file", lambda: setattr(arrived, "upload", uploads.take(unit(), paper, limits))
    if (cv := form.cv_upload) is not None and form.cv_to_sponsors.data:
        yield "cv", lambda: setattr(arrived, "cv", uploads.take_beside(unit(), cv, MOST_CV_PAGES))
    for number, file in filling.uploads_of(form, sheet).items():
        asked = sheet.question(number)
        most = int(asked.most) if asked is not None and asked.most is not None else None
        yield f"q{number}", _taking(arrived, number, file, most)


def _taking(arrived: Arrived, number: int, file: FileStorage, most: int | None) -> Callable[[], None]:
    def take() -> None:
        arrived.answers[number] = uploads.take_beside(unit(), file, most)

    return take
