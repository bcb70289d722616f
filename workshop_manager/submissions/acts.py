"""What a chair can do with one submission, as forms on its page, and the form for handing in for somebody."""

import dataclasses
from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, IntegerField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import NumberRange, Optional, StopValidation

from workshop_manager.questions.rules import is_address
from workshop_manager.submissions import rules
from workshop_manager.submissions.content import MOST_AUTHORS, AuthorContent
from workshop_manager.submissions.models import Submission
from workshop_manager.submissions.states import Action, State
from workshop_manager.web.forms import BaseForm, Line, Text, required
from workshop_manager.web.request import unit
from workshop_manager.workshops import queries as workshops
from workshop_manager.workshops.context import Here
from workshop_manager.workshops.models import Track
from workshop_manager.workshops.rules import MAY_DECIDE

MOST_REASON = 2000


class ActForm(BaseForm):
    """A form of one act; `act` says which."""

    act = ""


class MoveForm(ActForm):
    """Into another track."""

    act = "move"
    track = SelectField(_l("Track"), [required(_l("Choose a track."))], validate_choice=False)


class TakeOutForm(ActForm):
    """Withdraw for the authors."""

    act = "take_out"
    note = Text(
        _l("What the authors read about it"), most=MOST_REASON, description=_l("Such as: you asked us by mail.")
    )


class RejectForm(ActForm):
    """Reject without reviews."""

    act = "reject"
    reason = Text(
        _l("Reason"),
        [required(_l("Say why: the authors read it, and it is all they get."))],
        most=MOST_REASON,
        description=_l("The authors read it. It goes out at once."),
    )


class SameForm(ActForm):
    """The same work as another submission."""

    act = "same"
    number = IntegerField(
        _l("Number of the one that stays"),
        [
            required(_l("Write the number of the one that stays, such as 12.")),
            NumberRange(1, 999_999, _l("Write its number, such as 12.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    merge = BooleanField(_l("Its authors join those of the one that stays"), default=True)


class OnBehalfForm(BaseForm):
    """A submission that a chair hands in for somebody."""

    title = Line(_l("Title"), [required(_l("Give the work a title."))], most=400)
    track = SelectField(_l("Track"), [Optional()], validate_choice=False)
    round = SelectField(_l("Round"), [Optional()], validate_choice=False)
    kind = SelectField(_l("Type"), [Optional()], validate_choice=False)
    abstract = Text(_l("Abstract"), [required(_l("Put the abstract here."))])
    authors = Text(
        _l("Authors"),
        [required(_l("Name at least one author."))],
        most=10_000,
        description=_l(
            "One a line, in their order: name; e-mail address; affiliation. The first presents. Address and "
            "affiliation may be left out, but at least one author needs an address."
        ),
    )
    file = FileField(_l("The PDF"))

    def validate_authors(self, field: Text) -> None:
        """Every line has a name, every address is one, and somebody can be written to."""
        rows = read_authors(field.data or "")
        if len(rows) > MOST_AUTHORS:
            raise StopValidation(str(_("At most %(most)s authors fit.", most=MOST_AUTHORS)))
        for place, row in enumerate(rows, start=1):
            if not row.name:
                raise StopValidation(str(_("Line %(place)s has no name.", place=place)))
            if row.email and not is_address(row.email):
                raise StopValidation(
                    str(_("Line %(place)s: “%(address)s” is no e-mail address.", place=place, address=row.email[:80]))
                )
        if not any(row.email for row in rows):
            raise StopValidation(str(_("At least one author needs an address: somebody has to hear of it.")))

    @property
    def upload(self) -> FileStorage | None:
        """The file that was chosen, if any."""
        sent = self.file.data
        return sent if isinstance(sent, FileStorage) and sent.filename else None


def read_authors(typed: str) -> tuple[AuthorContent, ...]:
    """The authors of a text with one a line: `name; address; affiliation`. An affiliation may contain semicolons."""
    rows: list[AuthorContent] = []
    for line in typed.splitlines():
        if line.strip():
            parts = [part.strip() for part in line.split(";", 2)] + ["", ""]
            rows.append(AuthorContent(parts[0][:300], parts[1][:320], parts[2][:300], is_presenter=not rows))
    return tuple(rows)


@dataclasses.dataclass(frozen=True, slots=True)
class Offer:
    """An act that can be done with this submission: its button, what it does, and where its form goes."""

    act: str
    label: str
    icon: str
    text: str
    button: str
    url: str
    form: ActForm | None
    is_refused: bool


def move_form(tracks: Sequence[Track], current: int | None, *, is_sent: bool = True) -> MoveForm:
    """The form with every track but the present one."""
    form = MoveForm() if is_sent else MoveForm(formdata=None)
    form.track.choices = [SelectChoice("", _("Choose…"))] + [
        SelectChoice(str(track.id), track.name) for track in tracks if track.id != current
    ]
    return form


def _possible(at: Here, found: Submission) -> list[tuple[str, ActForm | None]]:
    """What can be done from where it stands, with an empty form."""
    tracks = workshops.tracks(unit().session, at.edition.id)
    may_leave = rules.leads_to(Action.WITHDRAW, found.state) is not None
    acts: list[tuple[str, ActForm | None]] = []
    if found.state not in rules.OUT and any(track.id != found.track_id for track in tracks):
        acts.append(("move", move_form(tracks, found.track_id, is_sent=False)))
    if may_leave:
        acts.append(("same", SameForm(formdata=None)))
    if found.state is State.SUBMITTED and at.standing.may(MAY_DECIDE):
        acts.append(("reject", RejectForm(formdata=None)))
    if may_leave:
        acts.append(("take_out", TakeOutForm(formdata=None)))
    if rules.may_revive(found.state, found.desk_reason):
        acts.append(("revive", None))
    return acts


def offered(at: Here, found: Submission, sent: ActForm | None) -> list[Offer]:
    """What this chair can do with it now. `sent` is the form that came back with a reason."""
    found_acts = []
    for act, form in _possible(at, found):
        label, icon, text, button = _WORDS[act]
        is_refused = sent is not None and sent.act == act
        url = at.url(f"submissions.desk_{act}", number=found.number)
        shown = sent if is_refused else form
        found_acts.append(Offer(act, str(label), icon, str(text), str(button), url, shown, is_refused))
    return found_acts


_WORDS = {
    "move": (
        _l("Move it to another track…"),
        "arrow-right",
        _l("All else stays as it is, reviewers and reviews too. The authors get a mail."),
        _l("Move it"),
    ),
    "same": (
        _l("It is the same work as another…"),
        "copy",
        _l("This one leaves the call, the other stays. The authors get a mail. It can be undone."),
        _l("This one leaves"),
    ),
    "reject": (
        _l("Reject it without reviews…"),
        "x-circle",
        _l("For what does not fit the call at all. It can be undone."),
        _l("Reject it now"),
    ),
    "take_out": (
        _l("Withdraw it for its authors…"),
        "arrow-u-up-left",
        _l("If they asked you to. It is then not reviewed or shown, and they get a mail. It can be undone."),
        _l("Withdraw it"),
    ),
    "revive": (
        _l("Bring it back…"),
        "arrow-counter-clockwise",
        _l("It waits for its decision again, with the reviewers it had. The authors get a mail."),
        _l("Bring it back"),
    ),
}
