"""What authors hand in, and what everybody reads: the proceedings page, the book, the bibliography."""

from dataclasses import dataclass

from flask import Blueprint, Response, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from workshop_manager.accounts.sessions import KEY as SIGNED_IN_KEY
from workshop_manager.core.errors import NotFound
from workshop_manager.proceedings import authors, printing, publishing, queries
from workshop_manager.proceedings.book import Work
from workshop_manager.proceedings.models import Book, CameraBytes, CameraFile
from workshop_manager.proceedings.states import Item
from workshop_manager.submissions.names import neutral_name
from workshop_manager.submissions.uploads import LARGEST_BODY
from workshop_manager.web import navigation
from workshop_manager.web.access import access
from workshop_manager.web.conditional import condition
from workshop_manager.web.headers import sandboxed
from workshop_manager.web.pages import page
from workshop_manager.web.request import unit, viewer_person
from workshop_manager.web.urls import absolute
from workshop_manager.web.visitors import kept_for_visitors
from workshop_manager.workshops.context import EDITION, SIGNED_IN_EDITION, Here, here

blueprint = Blueprint("proceedings", __name__)
PDF, BIBTEX = "application/pdf", "application/x-bibtex; charset=utf-8"


@blueprint.url_value_preprocessor
def let_large_files_in(endpoint: str | None, _values: object) -> None:
    """A file far too large is refused in the form, beside all that was typed; for those with a session only."""
    if endpoint == "proceedings.camera_ready_sent" and SIGNED_IN_KEY in session:
        request.max_content_length = LARGEST_BODY


# -- authors --------------------------------------------------------------------------------------------------------


@blueprint.get("/<community>/<edition>/submissions/<int:number>/camera-ready")
@access(SIGNED_IN_EDITION)
def camera_ready(community: str, edition: str, number: int) -> AnyResponse:
    """What is asked of an accepted work of one's own, and what is there."""
    return authors.show(here(), number)


@blueprint.post("/<community>/<edition>/submissions/<int:number>/camera-ready")
@access(SIGNED_IN_EDITION)
def camera_ready_sent(community: str, edition: str, number: int) -> AnyResponse:
    """Save what was typed and uploaded."""
    return authors.receive(here(), number)


@blueprint.get("/<community>/<edition>/submissions/<int:number>/camera-ready/<item>/<int:version>")
@access(SIGNED_IN_EDITION)
def own_file(community: str, edition: str, number: int, item: str, version: int) -> Response:
    """A version of one's own final paper, poster or slides."""
    at, uow = here(), unit()
    work = queries.find_own(uow.session, at.edition.id, number, viewer_person().id)
    if work is None:
        raise NotFound
    return deliver(at, number, item, queries.find_file(uow.session, work.id, item_of(item), version))


def item_of(name: str) -> Item:
    """The thing of that name in an address; raises NotFound for anything else."""
    found = next((item for item in Item if item.value == name), None)
    if found is None:
        raise NotFound
    return found


def deliver(at: Here, number: int, item: str, found: tuple[CameraFile, CameraBytes] | None) -> Response:
    """A file as an attachment under a neutral name, sandboxed."""
    if found is None:
        raise NotFound
    name = neutral_name(f"{at.edition.community.slug}-{at.edition.slug}", number).removesuffix(".pdf")
    response = Response(found[1].body, mimetype=PDF)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{item_of(item).value}.pdf"'
    return sandboxed(response)  # type: ignore[no-any-return]


# -- everybody ------------------------------------------------------------------------------------------------------


def _published(at: Here) -> Book:
    """The edition's book; raises NotFound while a chair has not published it."""
    found = queries.book(unit().session, at.edition.id)
    if found is None or found.published_at is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A work on the public page. `names` holds None for somebody who is listed as anonymous."""

    number: int
    title: str
    names: tuple[str | None, ...]
    marks: tuple[str, ...]
    slides_url: str
    video_url: str


@blueprint.get("/<community>/<edition>/proceedings")
@access(EDITION)
@kept_for_visitors
def public(community: str, edition: str) -> Response:
    """What was accepted and wants to be listed, with the book and the bibliography."""
    at, uow = here(), unit()
    row = _published(at)
    made = publishing.made(uow.session, at.edition, row.number)
    links = queries.public_links(uow.session, at.edition.id)
    navigation.frame().canonical = absolute("proceedings.public", community=community, edition=edition)
    tracks: dict[str, list[Listed]] = {}
    for work in made.works:
        tracks.setdefault(work.track or str(_("Abstracts")), []).append(_listed(work, links))
    return page(
        "proceedings/public.html",
        edition=at.edition,
        tracks=tracks,
        total=len(made.works),
        number=row.number,
        pages=row.pages,
        megabytes=max(0.1, round(row.size / 2**20, 1)),
        book_url=at.url("proceedings.book"),
        bibtex_url=at.url("proceedings.bibliography"),
        edition_url=at.url("workshops.edition_page"),
    )


def _listed(work: Work, links: dict[int, tuple[str, str]]) -> Listed:
    # Slides and video show who gives the talk: not beside an author who is not to be named.
    is_named = all(who.name for who in work.authors)
    slides, video = links.get(work.number, ("", "")) if is_named else ("", "")
    return Listed(work.number, work.title, tuple(who.name for who in work.authors), work.marks, slides, video)


@blueprint.get("/<community>/<edition>/proceedings/book.pdf")
@access(EDITION)
def book(community: str, edition: str) -> Response:
    """The book of abstracts, as the public may see it at this moment."""
    at = here()
    row = _published(at)
    try:
        body, etag = publishing.public_pdf(unit().session, at.edition, row)
    except printing.PressFailed:
        raise NotFound from None
    name = f"{at.edition.community.slug}-{at.edition.slug}-abstracts.pdf"
    return answer(body, PDF, f'inline; filename="{name}"', etag)


@blueprint.get("/<community>/<edition>/proceedings/abstracts.bib")
@access(EDITION)
def bibliography(community: str, edition: str) -> Response:
    """BibTeX of everything accepted that wants to be listed."""
    at = here()
    row = _published(at)
    made = publishing.made(unit().session, at.edition, row.number)
    body = publishing.bibliography(made.works, at.edition).encode()
    name = f"{at.edition.community.slug}-{at.edition.slug}.bib"
    return answer(body, BIBTEX, f'attachment; filename="{name}"', made.digest[:32])


def answer(body: bytes, content_type: str, disposition: str, etag: str) -> Response:
    """A file of ours, or 304 for who has it already; asked about again each time, since a name may have gone."""
    if condition().holds(etag, None):
        response = Response(status=304)
    else:
        response = Response(body, content_type=content_type)
        response.headers["Content-Disposition"] = disposition
    sandboxed(response)
    response.headers["ETag"] = f'"{etag}"'
    response.headers["Cache-Control"] = "public, no-cache" if viewer_person() is None else "private, no-cache"
    response.headers.pop("X-Robots-Tag", None)
    response.vary.add("Cookie")
    return response
