"""What is typed about proceedings, as plain values."""

from dataclasses import dataclass

from workshop_manager.proceedings.states import Ask, Item
from workshop_manager.submissions.content import Upload


@dataclass(frozen=True, slots=True)
class Wanted:
    """What organisers ask of accepted authors."""

    final: Ask = Ask.MUST
    poster: Ask = Ask.MAY
    slides: Ask = Ask.MAY
    video: Ask = Ask.NO
    rights: Ask = Ask.MUST
    extra_pages: int = 1
    takes_late: bool = True
    note: str = ""
    foreword: str = ""

    def ask(self, item: Item) -> Ask:
        """How firmly that is asked for. Whoever hands anything in is asked whether title and authors are right."""
        return Ask.MUST if item is Item.DETAILS else Ask(getattr(self, item.value))


@dataclass(frozen=True, slots=True)
class PrintedAuthor:
    """An author as the book prints them: `id` of the row, name, affiliation, in order."""

    id: int
    name: str
    affiliation: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A camera-ready form as it was sent."""

    title: str
    abstract: str
    authors: tuple[PrintedAuthor, ...]
    slides_url: str = ""
    video_url: str = ""
    is_confirmed: bool = False
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Handed:
    """A PDF that was looked at and found good, and what it is."""

    item: Item
    upload: Upload
