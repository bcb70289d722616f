"""What is typed on the pages of this package."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any, cast
from urllib.parse import urlsplit

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FormField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are of 3.2
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from workshop_manager.accounts.models import Listing, Person
from workshop_manager.accounts.words import LISTINGS
from workshop_manager.calls.forms import WhenForm
from workshop_manager.core.deadlines import Deadline, NoSuchTime, instant
from workshop_manager.questions import filling
from workshop_manager.questions.content import Filed, Sheet
from workshop_manager.questions.rules import Gap
from workshop_manager.questions.words import gap_text
from workshop_manager.registrations import rules
from workshop_manager.registrations.asking import Filled, photo_statement
from workshop_manager.registrations.models import Registration, RegistrationKind, RegistrationSettings, SeatQuota
from workshop_manager.registrations.opening import CodeContent
from workshop_manager.registrations.service import Details, KindContent
from workshop_manager.registrations.sharing import QuotaContent, ReserveContent
from workshop_manager.registrations.states import Group, Mode, NeedState, State
from workshop_manager.registrations.words import DIETS, GROUPS, MODES, need_sign
from workshop_manager.web.forms import BaseForm, Line, Text, required
from workshop_manager.workshops.forms import Day

MOST_SEATS = 100_000


def typed_version(value: str | None) -> int:
    """The version a form was filled from; 0 for a new one or for what makes no sense."""
    typed = value or ""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class RegistrationForm(BaseForm):
    """Taking part. `kind` gets its choices, and `conduct` its place, from the view."""

    version = HiddenField()
    free = HiddenField()
    """The kinds that had places when the page was made: whoever loses a race is told so."""
    kind = RadioField(_l("How you take part"), [required(_l("Choose how you take part."))], validate_choice=False)
    keep_virtual = BooleanField(
        _l("Keep a virtual place for me while I wait"),
        description=_l("It turns into the other one as soon as your turn comes."),
    )
    badge_name = Line(
        _l("Name on the badge"),
        [required(_l("Write the name you like to be called by. One word is fine."))],
        most=120,
        description=_l("As you like to be called. One word is fine."),
        render_kw={"autocomplete": "name"},
    )
    pronouns = Line(_l("Pronouns"), most=60, description=_l("On your badge, if you like."))
    affiliation = Line(_l("Affiliation"), most=200, render_kw={"autocomplete": "organization"})
    listing = SelectField(
        _l("How you appear to other participants"),
        choices=[SelectChoice(value.value, text) for value, text in LISTINGS.items()],
        default=Listing.UNLISTED.value,
        description=_l(
            "On their list, which only registered people see. Where your account is stricter, that holds. Change it "
            "whenever you like."
        ),
    )
    diet = SelectMultipleField(
        _l("Food"),
        choices=[SelectChoice(value.value, text) for value, text in DIETS.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    needs = Text(_l("Access, childcare, prayer, anything else"), most=2000)
    host_done = BooleanField()
    host_number = Line(
        _l("Number of that registration"),
        most=100,
        description=_l("As their mail says it. With it the organisers find you in their list."),
        render_kw={"autocomplete": "off"},
    )
    conduct = BooleanField(_l("I will keep to the code of conduct"))
    photos = BooleanField(
        _l("Photos of me may be published"), description=_l("Without this your badge carries a no-photo mark.")
    )
    needs_conduct = True
    filled = Filled(Sheet(), {})
    """What organisers ask, with what is stored."""

    @property
    def typed(self) -> dict[int, Any]:
        """The answers as they stand in the form."""
        return filling.typed_answers(self, self.filled.sheet, self.filled.answers)

    def say(self, gaps: Iterable[Gap]) -> None:
        """Put each sentence beside its question."""
        for gap in gaps:
            found: Any = self
            for name in gap.field.split("-"):
                found = getattr(found, "form", found)[name]
            found.errors = [*found.errors, gap_text(gap)]

    @property
    def seen_version(self) -> int:
        """The version of the registration this form was filled from."""
        return typed_version(self.version.data)

    @property
    def lost_race(self) -> bool:
        """The chosen kind had places when the page was made."""
        return str(self.kind.data) in str(self.free.data or "").split()

    def validate_conduct(self, field: BooleanField) -> None:
        if self.needs_conduct and not field.data:
            raise ValidationError(str(_("To take part, agree to the code of conduct. It is one page.")))

    def validate_kind(self, field: RadioField) -> None:
        choices: Any = field.choices or ()
        if str(field.data) not in {str(choice.value) for choice in choices}:
            raise ValidationError(str(_("Choose how you take part.")))

    def refuse_files(self, sentences: Mapping[str, str]) -> None:
        """Why files are not taken, each beside its question."""
        for name, sentence in sentences.items():
            field: Any = self[name]
            field.errors = [*field.errors, sentence]

    def details(self, files: Mapping[int, Filed] | None = None) -> Details:
        """What was typed, for the service, with files that were found good."""
        return Details(
            badge_name=self.badge_name.data or "",
            pronouns=self.pronouns.data or None,
            affiliation=self.affiliation.data or None,
            listing=Listing(self.listing.data),
            diet=tuple(self.diet.data or ()),
            needs=self.needs.data or "",
            photo_consent="photos" in self and bool(self.photos.data),
            host_done=bool(self.host_done.data or self.host_number.data),
            host_number=self.host_number.data or "",
            answers=self.typed,
            told=filling.typed_statements(self, self.filled.sheet),
            files=files or {},
        )


def registration_values(row: Registration, current_conduct: int) -> dict[str, Any]:
    """A registration as the form shows it."""
    return {
        "version": str(row.version),
        "kind": str(row.place.wish or row.kind_id),
        "keep_virtual": row.state is State.REGISTERED,
        "badge_name": row.badge_name,
        "pronouns": row.pronouns,
        "affiliation": row.affiliation,
        "listing": row.listing.value,
        "diet": row.diet,
        "needs": row.needs,
        "host_done": row.host_done,
        "host_number": row.host_number,
        "conduct": row.conduct_version == current_conduct,
        "photos": row.photo_consent,
    }


def registration_form(
    person: Person | None,
    row: Registration | None,
    kinds: Sequence[RegistrationKind],
    *,
    base: type[RegistrationForm] = RegistrationForm,
    current_conduct: int,
    host: str | None,
    filled: Filled,
    now: datetime,
) -> RegistrationForm:
    """The form filled from what is stored, or from the account; what was sent goes before both."""
    if row is not None and row.state is not State.CANCELLED:
        values = registration_values(row, current_conduct)
    else:
        values = {
            "version": str(row.version if row is not None else 0),
            "kind": str(kinds[0].id) if len(kinds) == 1 else None,
            "keep_virtual": True,
        }
        if person is not None:
            values |= {"badge_name": person.name, "pronouns": person.pronouns, "affiliation": person.affiliation}
    fields = _in_order(filling.fields_of(filled.sheet, now))
    made = type("EditionRegistrationForm", (base,), fields)
    form = cast(RegistrationForm, made(data=values | filling.data_of(filled.sheet, filled.answers, filled.told)))
    form.filled = filled
    if photo_statement(filled.sheet) is not None:
        del form.photos  # the organisers' own wording of it is asked instead
    form.kind.choices = [SelectChoice(str(kind.id), kind.name) for kind in kinds]
    form.needs_conduct = bool(current_conduct)
    form.host_done.label.text = str(_("I have registered with %(host)s as well", host=host or _("the host conference")))
    return form


def _in_order(fields: dict[str, Any]) -> dict[str, Any]:
    """What organisers ask stands before the agreements, in the summary of errors too."""
    before = cast(Any, RegistrationForm.conduct).creation_counter
    for place, field in enumerate(fields.values(), start=1):
        field.creation_counter = before - 1 + place / (len(fields) + 1)
    return fields


class ReasonForm(BaseForm):
    """Why somebody's registration is cancelled."""

    reason = Line(
        _l("Reason"),
        [required(_l("Write why, in a sentence: it stands in the mail they get."))],
        most=500,
        description=_l("It stands in the mail they get, as you write it."),
    )


class AnswerForm(BaseForm):
    """A yes or a no to requests, with a word."""

    answer = HiddenField()
    word = Text(_l("A word to them"), most=1000, description=_l("It stands in the mail they get, as you write it."))

    @property
    def is_yes(self) -> bool:
        return bool(self.answer.data == "yes")

    def validate_word(self, field: Text) -> None:
        if not self.is_yes and not field.data:
            raise ValidationError(str(_("Write why, in a sentence: it stands in the mail they get.")))


class ListForm(BaseForm):
    """The host conference's list, as pasted."""

    text = Text(
        _l("The host’s list"),
        [required(_l("Paste the list: one person a line, with an address or a number somewhere in it."))],
        most=1_000_000,
        description=_l("As they sent it: a table, or addresses or numbers, one person a line. Nothing of it is kept."),
    )


class NeedForm(BaseForm):
    """How far a need is, with a word to the person."""

    state = SelectField(_l("How far it is"), choices=[SelectChoice(one.value, need_sign(one)[1]) for one in NeedState])
    note = Text(_l("A word to them"), most=500)
    who = HiddenField()

    @property
    def taker(self) -> int | None:
        """Whose it is while it is in hand; None: theirs who say so."""
        typed = self.who.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else None


class KindForm(BaseForm):
    """A kind of registration."""

    version = HiddenField()
    name = Line(_l("Name"), [required(_l("Give it a name, such as In person."))], most=100)
    mode = SelectField(
        _l("People take part"),
        choices=[SelectChoice(value.value, text) for value, text in MODES.items()],
        default=Mode.IN_PERSON.value,
    )
    capacity = IntegerField(
        _l("Places"),
        [Optional(), NumberRange(0, MOST_SEATS, _l("Write a number between 0 and 100,000, or leave it empty."))],
        description=_l("Leave it empty for no limit. When all are taken, people wait in order."),
        render_kw={"min": 0, "max": MOST_SEATS, "inputmode": "numeric"},
    )
    line_places = IntegerField(
        _l("Places on the waitlist"),
        [Optional(), NumberRange(0, MOST_SEATS, _l("Write a number between 0 and 100,000, or leave it empty."))],
        description=_l("Empty: anybody can wait. 0: no waitlist. Whoever waits already keeps their place."),
        render_kw={"min": 0, "max": MOST_SEATS, "inputmode": "numeric"},
    )
    text = Line(
        _l("What people should know before choosing it"),
        most=500,
        description=_l("Such as: the link to join is on your ticket."),
    )
    needs_host = BooleanField(
        _l("Needs a registration with the host conference as well"),
        description=_l("People are told so when they choose it, and on their ticket."),
    )
    needs_approval = BooleanField(
        _l("Needs approval"),
        description=_l(
            "Whoever chooses it asks: you say yes or no, and a yes gives a seat or a place on the waitlist."
        ),
    )
    is_hidden = BooleanField(
        _l("Hidden"),
        description=_l("For sponsors, speakers, volunteers, children: only whoever has an access code sees it."),
    )

    opens = FormField(WhenForm, label=_l("Opens"))
    closes = FormField(WhenForm, label=_l("Closes"))

    @property
    def seen_version(self) -> int:
        """The version of the kind this form was filled from."""
        return typed_version(self.version.data)

    def validate_capacity(self, field: IntegerField) -> None:
        if field.raw_data and field.raw_data[0] and field.data is None:
            field.errors = []
            raise ValidationError(str(_("Write a number in figures, such as 120, or leave it empty.")))

    validate_line_places = validate_capacity

    def content(self) -> KindContent:
        """What was typed, for the service."""
        return KindContent(
            name=self.name.data or "",
            mode=Mode(self.mode.data),
            capacity=self.capacity.data,
            text=self.text.data or "",
            needs_host=bool(self.needs_host.data),
            needs_approval=bool(self.needs_approval.data),
            is_hidden=bool(self.is_hidden.data),
            opens=self.opens.form.deadline,
            closes=self.closes.form.deadline,
            line_places=self.line_places.data,
        )


def kind_values(kind: RegistrationKind) -> dict[str, Any]:
    """A kind as the form shows it."""
    return {
        "version": str(kind.version),
        "name": kind.name,
        "mode": kind.mode.value,
        "capacity": kind.capacity,
        "line_places": kind.line_places,
        "text": kind.text,
        "needs_host": kind.needs_host,
        "needs_approval": kind.needs_approval,
        "is_hidden": kind.is_hidden,
        "opens": WhenForm.values(kind.opens),
        "closes": WhenForm.values(kind.closes),
    }


def _is_web_address(_form: Any, field: Any) -> None:
    typed = field.data or ""
    if not typed:
        return
    try:
        parts = urlsplit(typed)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname or " " in typed:
        raise ValidationError(str(_("Write the whole address, beginning with https://.")))


MOST_HOURS = 24 * 14


def _hours(label: Any, hint: Any) -> IntegerField:
    return IntegerField(
        label,
        [Optional(), NumberRange(1, MOST_HOURS, _l("Write a number of hours from 1 to 336, or leave it empty."))],
        description=hint,
        render_kw={"min": 1, "max": MOST_HOURS, "inputmode": "numeric"},
    )


MOST_MINUTES = 24 * 60


class SettingsForm(BaseForm):
    """The join link and a note."""

    version = HiddenField()
    join_url = Line(
        _l("Link to join online"),
        [_is_web_address],
        most=1000,
        description=_l("It stands on no page. Whoever has a seat and agreed to the code of conduct is led there."),
        render_kw={"type": "url", "autocomplete": "off"},
    )
    join_minutes = IntegerField(
        _l("Minutes before a session that its link opens"),
        [
            Optional(),
            NumberRange(0, MOST_MINUTES, _l("Write a number between 0 and 1,440.")),
        ],
        description=_l("Until then one reads only when it begins. Empty: 15."),
        render_kw={"min": 0, "max": MOST_MINUTES, "inputmode": "numeric"},
    )
    offer_hours = _hours(
        _l("Hours to accept a seat"),
        _l("Whoever is next on the waitlist is asked, and the seat is set aside so long. Empty: it is theirs at once."),
    )
    last_week_hours = _hours(
        _l("Hours to accept in the last week"),
        _l("Shorter, so that no chair stays empty. Empty: no different."),
    )
    note = Text(
        _l("What everybody should know before registering"), most=2000, description=_l("Markdown. May be empty.")
    )

    @property
    def seen_version(self) -> int:
        """The version of the settings this form was filled from."""
        return typed_version(self.version.data)


def settings_values(row: RegistrationSettings | None) -> dict[str, Any]:
    """The settings as the form shows them."""
    if row is None:
        empty = {"version": "0", "join_url": "", "note": "", "offer_hours": None, "last_week_hours": None}
        return empty | {"join_minutes": rules.JOIN_MINUTES}
    return {
        "version": str(row.version),
        "join_url": row.join_url or "",
        "note": row.note,
        "offer_hours": row.offer_hours,
        "last_week_hours": row.last_week_hours,
        "join_minutes": row.join_minutes,
    }


class LimitsForm(BaseForm):
    """Until when people change things themselves."""

    version = HiddenField()
    switch = FormField(WhenForm, label=_l("Change between in person and virtual until"))
    transfer = FormField(WhenForm, label=_l("Pass a seat on to a colleague until"))
    approved = BooleanField(
        _l("Seats that need approval can be passed on as well"),
        description=_l("Otherwise each person of such a kind is one you said yes to."),
    )

    @property
    def seen_version(self) -> int:
        """The version of the settings this form was filled from."""
        return typed_version(self.version.data)


def limits_values(row: RegistrationSettings | None) -> dict[str, Any]:
    """The two dates as the form shows them."""
    return {
        "version": str(row.version if row is not None else 0),
        "switch": WhenForm.values(row.switch_until if row is not None else None),
        "transfer": WhenForm.values(row.transfer_until if row is not None else None),
        "approved": row is not None and row.transfer_approved,
    }


class QuotaForm(BaseForm):
    """Seats that several kinds share."""

    version = HiddenField()
    name = Line(_l("Name"), [required(_l("Give it a name, such as The room."))], most=100)
    capacity = IntegerField(
        _l("Places"),
        [
            InputRequired(_l("Write how many places there are.")),
            NumberRange(0, MOST_SEATS, _l("Write a number between 0 and 100,000.")),
        ],
        description=_l("All these kinds together."),
        render_kw={"min": 0, "max": MOST_SEATS, "inputmode": "numeric"},
    )
    kinds = SelectMultipleField(
        _l("Kinds that share them"), widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
    )

    def validate_kinds(self, field: SelectMultipleField) -> None:
        if not field.data:
            raise ValidationError(str(_("Choose which kinds take their places from these.")))

    @property
    def seen_version(self) -> int:
        """The version of the quota this form was filled from."""
        return typed_version(self.version.data)

    def content(self) -> QuotaContent:
        """What was typed, for the service."""
        return QuotaContent(
            self.name.data or "", self.capacity.data or 0, frozenset(int(one) for one in self.kinds.data or ())
        )


def quota_form(kinds: Sequence[RegistrationKind], row: SeatQuota | None = None) -> QuotaForm:
    """The form of a quota, empty or filled from what is stored."""
    values = {} if row is None else quota_values(row)
    form = QuotaForm(data=values)
    form.kinds.choices = [SelectChoice(str(kind.id), kind.name) for kind in kinds]
    return form


class CodeForm(BaseForm):
    """An access code to be made."""

    label = Line(_l("For whom it is"), [required(_l("Say for whom it is: only organisers read that."))], most=200)
    kind = SelectField(_l("Kind it opens"))
    max_uses = IntegerField(
        _l("How many people can use it"),
        [
            InputRequired(_l("Write a number between 1 and 1,000.")),
            NumberRange(1, 1000, _l("Write a number between 1 and 1,000.")),
        ],
        render_kw={"min": 1, "max": 1000, "inputmode": "numeric"},
    )
    expires = FormField(WhenForm, label=_l("It can be used until"))

    def content(self) -> CodeContent:
        """What was typed, for the service."""
        return CodeContent(
            self.label.data or "", int(self.kind.data), self.max_uses.data or 1, self.expires.form.deadline
        )


def code_form(kinds: Sequence[RegistrationKind]) -> CodeForm:
    """An empty form; one use until somebody says otherwise, and hidden kinds first."""
    form = CodeForm(data={"max_uses": 1, "expires": WhenForm.values(None)})
    order = sorted(kinds, key=lambda kind: not kind.is_hidden)
    form.kind.choices = [
        SelectChoice(str(k.id), str(_("%(kind)s (hidden)", kind=k.name)) if k.is_hidden else k.name) for k in order
    ]
    return form


def quota_values(row: SeatQuota) -> dict[str, Any]:
    """A quota as the form shows it."""
    kinds = [str(kind_id) for kind_id in sorted(row.kind_ids)]
    return {"version": str(row.version), "name": row.name, "capacity": row.capacity, "kinds": kinds}


class ReserveForm(BaseForm):
    """Seats that are kept for a group until a date."""

    pool = SelectField(_l("Of which places"))
    whom = SelectField(_l("For whom"), choices=[SelectChoice(one.value, text) for one, text in GROUPS.items()])
    seats = IntegerField(
        _l("How many"),
        [
            InputRequired(_l("Write how many places are kept.")),
            NumberRange(1, MOST_SEATS, _l("Write a number between 1 and 100,000.")),
        ],
        description=_l("Those that members hold already count."),
        render_kw={"min": 1, "max": MOST_SEATS, "inputmode": "numeric"},
    )
    day = Day(_l("Until the end of"), [required(_l("Say until when: then they are for everybody."))])

    def content(self, zone: str) -> ReserveContent | None:
        """What was typed, until the last minute of that day in that zone; None, with the reason, if there is none."""
        what, _dash, number = str(self.pool.data).partition("-")
        if self.day.data is None:
            return None
        try:
            until = Deadline(instant(self.day.data, time(23, 59), zone), zone)
        except NoSuchTime as wrong:
            self.day.errors = [*self.day.errors, str(wrong)]
            return None
        return ReserveContent(
            ("quota" if what == "quota" else "kind", int(number)), Group(self.whom.data), self.seats.data or 1, until
        )


def reserve_form(kinds: Sequence[RegistrationKind], quotas: Sequence[SeatQuota]) -> ReserveForm:
    """An empty form of seats to be kept: of a quota, or of a kind with a limit."""
    form = ReserveForm()
    limited = [SelectChoice(f"kind-{kind.id}", kind.name) for kind in kinds if kind.capacity is not None]
    form.pool.choices = [*(SelectChoice(f"quota-{quota.id}", quota.name) for quota in quotas), *limited]
    return form
