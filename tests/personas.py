"""The people of the world: who tries every address. Each is one column of the access matrix."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody to be. `key` names them in code, `title` in the matrix; a visitor has neither name nor account."""

    key: str
    title: str
    name: str = ""
    affiliation: str = ""
    country: str | None = None

    @property
    def email(self) -> str:
        """Where they read their mail; each address says whose it is."""
        return f"mailbox-of-{self.key}@world.example.org"


VISITOR = Persona("visitor", "Visitor")
ATTENDEE = Persona("attendee", "Attendee", "Tuğçe Attendsson", "City Library", "TR")
AUTHOR = Persona("author", "Author", "Amal Authorsdottir", "Marrakesh Loom Institute", "MA")
COAUTHOR = Persona("coauthor", "Co-author", "خديجة الكاتبة", "جامعة النسيج", "EG")
REVIEWER = Persona("reviewer", "Reviewer, assigned", "Rania Reviewsson", "Reading Room", "ID")
IDLE_REVIEWER = Persona("idle_reviewer", "Reviewer, not assigned", "Idris Idlesson", "Waiting Room", "NG")
CONFLICTED = Persona("conflicted", "Reviewer with a conflict", "Kenza Conflictsdottir", "Family Business", "PK")
CHAIR = Persona("chair", "Programme chair", "Chadia Chairsson", "Weavers' Guild", "FR")
TRACK_CHAIR = Persona("track_chair", "Chair of the other track", "Tariq Trackson", "Weavers' Guild", "US")
GRANTS = Persona("grants", "Grants committee", "Ghada Grantsdottir", "Purse", "BD")
FRONT_DESK = Persona("front_desk", "Front desk", "Farid Frontson", "Door", "US")
ORGANISER = Persona("organiser", "Organiser", "Omar Organisson", "Spinners' Hall", "US")
ELSEWHERE = Persona("elsewhere", "Organiser of other editions", "Elif Elsewhere", "Next door", "GH")
OWNER = Persona("owner", "Owner", "Oumou Ownersdottir", "Spinners' Hall", "SN")

PERSONAS = (
    VISITOR, ATTENDEE, AUTHOR, COAUTHOR, REVIEWER, IDLE_REVIEWER, CONFLICTED, CHAIR, TRACK_CHAIR, GRANTS, FRONT_DESK,
    ORGANISER, ELSEWHERE, OWNER,
)  # fmt: skip
BY_KEY = {persona.key: persona for persona in PERSONAS}

READERS = (REVIEWER, IDLE_REVIEWER, CONFLICTED)
"""Those who read without names."""
OUTSIDERS = (VISITOR, ATTENDEE, AUTHOR, COAUTHOR, ELSEWHERE)
"""Those for whom the organisers' addresses of this edition do not exist."""
