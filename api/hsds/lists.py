"""How a list is answered: as a page, as a stream, or not at all because nothing has changed."""

from collections.abc import Iterator
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from fastapi import Response
from sqlalchemy.orm import Session

from api.hsds import answers
from api.hsds.parameters import USUAL_SIZE, Asking, Format
from directory.errors import NotFound
from directory.hsds.pages import Collection, Page, read_dates, read_one, read_page, stream
from directory.hsds.selections import Wanted
from directory.hsds.service import state_of_the_catalogue
from directory.hsds.writers import View

Object = dict[str, Any]


def answer_list(asked: Asking, collection: Collection, wanted: Wanted, view: View) -> Response:
    """A page of the collection, or with `format=ndjson` all of it."""
    streamed = asked.format is Format.NDJSON
    compressed = answers.takes_gzip(asked.request)
    with asked.services.database.read_scope() as session:
        state = state_of_the_catalogue(session, now=view.now)
        url = asked.request.url
        # What changes while a stream runs may be in it or not: its tag is a weak one.
        headers = answers.headers_for(
            answers.tag_of(state, url.path, url.query), compressed=compressed, weak=streamed
        )
        if answers.is_known(headers["ETag"], asked.known):
            return answers.not_modified(headers)
        page = None if streamed else _page(session, asked, collection, wanted, view)
    if page is None:
        batches = _begun(stream(asked.services.database.read_scope, collection, wanted, view))
        return answers.streamed_answer(batches, headers, compressed=compressed)
    links = {"Link": ", ".join(_links(asked, page))}
    body = answers.dumped(_envelope(asked, page))
    return answers.whole_answer(body, headers | links, compressed=compressed)


def _page(
    session: Session, asked: Asking, collection: Collection, wanted: Wanted, view: View
) -> Page:
    """HSDS wants all services in one page where just their ids and dates are asked for."""
    if view.minimal and asked.size is None:
        return read_dates(session, wanted)
    size = asked.size or USUAL_SIZE
    skip = (asked.page - 1) * size
    return read_page(session, collection, wanted, view, skip=skip, size=size, after=asked.after)


def answer_one(asked: Asking, collection: Collection, identity: str, view: View) -> Response:
    """One object. Its tag is made of the object itself. Raises NotFound."""
    with asked.services.database.read_scope() as session:
        found = read_one(session, collection, identity, view)
    if found is None:
        raise NotFound("record_not_found", "There is no such record, or it is no longer listed.")
    return answer_object(asked, found)


def answer_object(asked: Asking, value: Object) -> Response:
    body = answers.dumped(value)
    compressed = answers.takes_gzip(asked.request)
    headers = answers.headers_for(answers.tag_of(body.decode()), compressed=compressed)
    if answers.is_known(headers["ETag"], asked.known):
        return answers.not_modified(headers)
    return answers.whole_answer(body, headers, compressed=compressed)


def _envelope(asked: Asking, page: Page) -> Object:
    size = asked.size or max(USUAL_SIZE, len(page.objects))
    return {
        "total_items": page.total,
        "total_pages": -(-page.total // size),
        "page_number": asked.page,
        "size": len(page.objects),
        "first_page": asked.page == 1,
        "last_page": page.last_id is None,
        "empty": not page.objects,
        "contents": page.objects,
    }


def _links(asked: Asking, page: Page) -> Iterator[str]:
    """RFC 8288. Who follows `next` skips and repeats nothing, whatever changes in between."""
    given = dict(asked.request.query_params)
    first = {name: value for name, value in given.items() if name not in ("after", "page")}
    yield _link(asked, first, "first")
    if page.last_id is not None:
        yield _link(asked, first | {"page": str(asked.page + 1), "after": page.last_id}, "next")


def _link(asked: Asking, query: dict[str, str], relation: str) -> str:
    address = asked.services.settings.base_url + asked.request.url.path
    return f'<{address}{"?" if query else ""}{urlencode(query)}>; rel="{relation}"'


def _begun(batches: Iterator[list[Object]]) -> Iterator[list[Object]]:
    """With its first batch read: what goes wrong at once is an error and not half an answer."""
    first = next(batches, None)
    return iter(()) if first is None else chain([first], batches)
