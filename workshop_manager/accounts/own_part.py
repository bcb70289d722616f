"""What the accounts themselves hold of a person, when two become one: nothing of how one signs in is taken over."""

from workshop_manager.accounts.merging import Part, by_hand, dropped, moved
from workshop_manager.accounts.models import OneTimeToken, Passkey, Person, SignIn

PART = Part(
    "accounts",
    (
        dropped(Passkey.user_id),
        dropped(SignIn.person_id),
        by_hand(OneTimeToken.person_id),  # what was typed is kept, links and steps end
        moved(Person.merged_into_id),
    ),
)
