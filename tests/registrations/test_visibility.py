"""One choice a person of how they appear, on what other participants read: the list, its count, and a ticket's code."""

from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask

from tests.factories import client_for, make_edition, make_person
from tests.registrations.factories import make_kind, make_registration
from tests.shows import shows
from workshop_manager.accounts.models import Listing
from workshop_manager.registrations.states import State

LIST = "/musiml/2026/registration/participants"
_STRICT = (Listing.FULL, Listing.NAME_ONLY, Listing.ANONYMOUS, Listing.UNLISTED)


@shows("Registration", "The choice of how one appears holds on the list of participants, which only they read")
@shows("Registration", "How one appears is one choice everywhere: full name, chosen name only, anonymous, unlisted")
@pytest.mark.parametrize("own", Listing)
def test_the_stricter_of_the_two_choices_holds_on_the_list(app: Flask, work: Any, own: Listing) -> None:
    with work() as uow:
        edition = make_edition(uow)
        kind = make_kind(uow, edition)
        reader, waiting, away = (make_person(uow, name) for name in ("Reader", "Waiting", "Away"))
        make_registration(uow, edition, kind, reader)
        make_registration(uow, edition, kind, waiting, State.WAITLISTED)
        readers = [client_for(app, uow, person) for person in (reader, waiting, away)]
        for place, here in enumerate(_STRICT):
            person = make_person(uow, f"Person {place}", listing=own, legal_name=f"Legal {place}")
            make_registration(
                uow, edition, kind, person, listing=here, affiliation=f"Lab {place}", badge_name=f"Chosen {place}"
            )
    page = readers[0].get(LIST).text
    for place, here in enumerate(_STRICT):
        strictest = max(own, here, key=_STRICT.index)
        assert (f"Chosen {place}" in page) == (strictest in (Listing.FULL, Listing.NAME_ONLY)), here
        assert (f"Lab {place}" in page) == (strictest is Listing.FULL), here
        assert f"Legal {place}" not in page
    unnamed = sum(max(own, here, key=_STRICT.index) is Listing.ANONYMOUS for here in _STRICT)
    assert f"{unnamed} more" in page if unnamed else "not named here" not in page
    form = BeautifulSoup(readers[0].get("/musiml/2026/registration").text, "html.parser")
    offered = [option["value"] for option in form.find(id="listing").find_all("option")]
    assert offered == [one.value for one in Listing]
    for other in (*readers[1:], app.test_client()):
        assert other.get(LIST).status_code in (302, 303, 401, 404), "only for those who take part"
