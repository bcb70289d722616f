"""What accounts tell higher packages, in the same transaction."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AddressProven:
    """Mail to this address reaches this person: a new account, a first confirmation, or a changed address."""

    person_id: int
    email: str


@dataclass(frozen=True, slots=True)
class AddressLetGo:
    """An address leads to this person no longer: whoever reads its mail may be somebody else from now on."""

    person_id: int
    email: str


@dataclass(frozen=True, slots=True)
class ListingChanged:
    """Somebody changed how they are shown to others: what was made ahead of time has to be made anew."""

    person_id: int


@dataclass(frozen=True, slots=True)
class ErasureAsked:
    """Somebody wants to delete their account. A feature that cannot let them go appends why, and what to do."""

    person_id: int
    objections: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PersonErased:
    """An account is being deleted: features end feeds and remove what is personal. The row itself stays, nameless."""

    person_id: int
