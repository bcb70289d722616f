"""Names under which files are delivered: never the ones they were uploaded under, which tell who wrote them."""

from __future__ import annotations

import re


def neutral_name(edition_slug: str, number: int) -> str:
    """The name of a delivered paper, such as "musiml-2023-27.pdf".

    `edition_slug` is the edition's slug, with the community's before it where that helps ("musiml-2023",
    "musiml/2023"); `number` counts the submissions of the edition from 1. Nothing an author typed goes in, so the
    name is safe in a header. Raises ValueError for a slug that is none and for a number below 1.
    """
    slug = edition_slug.replace("/", "-")
    if not re.fullmatch(r"[a-z0-9]+(?:-[a-z0-9]+)*", slug):
        raise ValueError(f"not a slug: {edition_slug!r}")
    if number < 1:
        raise ValueError(f"submissions are numbered from 1, not {number}")
    return f"{slug}-{number}.pdf"
