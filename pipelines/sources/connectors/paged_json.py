"""The connector `paged_json`: a list that a JSON interface gives page by page, described in YAML.

The address is that of the first page; a part's `path`, if it has one, is joined to an address that ends in `/`. What
comes is put together as JSON Lines (format `jsonl`), proved whole as every collection in pages is (`pagination.py`).

parameters:
  `pages`     how to go on, one of: `next` (dotted name of the next page's address, `links.next` for a relation in a
              list of links, as OGC API – Features has it, or `header` for the header `Link`);
              `cursor` (dotted name of the cursor) with `parameter`; `offset` or `page` (name of the parameter that
              counts records or pages) with `first` (0 for an offset, 1 for a page). With any of them `more`: dotted
              name of what says that there is more (true, false)
  `size`      `parameter` and `value`: how many records are asked for at once
  `records`   dotted name of the list; the answer itself when absent
  `total`     dotted name of the number of records; or `at` (the same) or `header`, with `estimated: true` for one that
              is not believed
  `version`   dotted name of what changes when the data does
  `key`       the fields by which a record is known; all of it when absent
  `repeated`  `count` keeps and counts a record that comes twice; it is refused otherwise
  `query`     constant parameters; `headers` constant headers
  `body`      constant JSON body, which makes each request a POST; the cursor, the offset, the page and the size are
              then members of it, by their dotted names
  `authorization` `header`: the header that carries the secret; `Authorization: Bearer …` when absent
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipelines.core.text import Said
from pipelines.sources.descriptions import Part, Source
from pipelines.sources.errors import CollectError
from pipelines.sources.http import Answer, Client, client_of
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.links import next_in_header, relation_in
from pipelines.sources.pagination import Page, Pagination, follow_pages, value_at
from pipelines.sources.registry import FetchContext, Fetched, connector
from pipelines.sources.snapshots import Capture

WAYS = ("next", "cursor", "offset", "page")
FORMATS = ("jsonl",)


@connector("paged_json")
def fetch(source: Source, _previous: Capture | None, context: FetchContext) -> Iterator[Fetched]:
    """All pages of each part. Raises `CollectError` for wrong parameters, `NotTheAnswer`, `CrawlRefused`."""
    for part in source.parts:
        if part.format not in FORMATS:
            found = f"{part.name}.format: {part.format}"
            raise CollectError(source=source.name, found=found, expected=" | ".join(FORMATS))
        asking = _Asking.of(source, part, context)
        parameters = source.parameters
        request = {
            name: parameters.get(name)
            for name in ("pages", "size", "records", "total", "key", "query", "version", "body")
        }
        with Pagination(
            context,
            part.name,
            {"url": asking.url, **request},
            once=tuple(parameters.get("key", ())),
            counts_repeated=parameters.get("repeated") == "count",
        ) as paged:
            yield paged.fetched(asking.url, total=follow_pages(paged, asking.page))


@dataclass
class _Asking:
    """How one list is asked for."""

    source: Source
    client: Client
    url: str
    headers: Mapping[str, str]
    way: str

    @classmethod
    def of(cls, source: Source, part: Part, context: FetchContext) -> _Asking:
        """Raises `CollectError` where `pages` does not say one way to go on."""
        pages = source.parameters.get("pages", {})
        ways = [way for way in WAYS if way in pages]
        if len(ways) != 1 or (ways == ["cursor"] and "parameter" not in pages):
            found = f"parameters.pages: {', '.join(pages) or '—'}"
            raise CollectError(source=source.name, found=found, expected=" | ".join((*WAYS, "cursor + parameter")))
        headers = dict(source.parameters.get("headers", {}))
        if source.secrets:
            secret = context.secret(source.secrets[0])
            own = source.parameters.get("authorization", {}).get("header")
            headers |= {own: secret} if own else {"Authorization": f"Bearer {secret}"}
        joined = urljoin(source.address, part.path) if part.path and source.address.endswith("/") else source.address
        return cls(source, client_of(context), joined, headers, ways[0])

    def page(self, paged: Pagination) -> Page:
        """The page after those that are there. Raises `NotTheAnswer`, `CrawlRefused`."""
        answer = self._answer(paged)
        try:
            document = answer.json()
        except ValueError:
            raise self._wrong(answer, Said("JSON illisible ou coupé", "unreadable or cut JSON"), "JSON") from None
        records = self._records(answer, document)
        total = self._total(answer, document)
        version = self._stated(document, "version")
        cursor, is_last = self._onward(paged, answer, document, records)
        return Page(answer, records, total, None if version is None else str(version), cursor, is_last)

    def _answer(self, paged: Pagination) -> Answer:
        sent = self._page_size(paged)
        address = str(paged.cursor) if self.way == "next" and paged.cursor is not None else self.url
        constant = None if address != self.url else dict(self.source.parameters.get("query", {}))
        body = self.source.parameters.get("body")
        if body is None:
            json_body = None if constant is None else (constant | sent or None)
            return self.client.ask(address, params=json_body, headers=self.headers)
        document = copy.deepcopy(body)
        for place, value in sent.items():
            _put(document, place, value)
        return self.client.ask(address, method="POST", params=constant or None, json=document, headers=self.headers)

    def _page_size(self, paged: Pagination) -> dict[str, Any]:
        """What says which page is asked for, by the name of the parameter."""
        pages, size = self.source.parameters["pages"], self.source.parameters.get("size")
        sent: dict[str, Any] = {size["parameter"]: size["value"]} if size else {}
        if self.way == "cursor" and paged.cursor is not None:
            sent[pages["parameter"]] = paged.cursor
        elif self.way == "offset":
            sent[pages["offset"]] = paged.records + pages.get("first", 0)
        elif self.way == "page":
            sent[pages["page"]] = paged.pages + pages.get("first", 1)
        return sent

    def _records(self, answer: Answer, document: Any) -> list[Any]:
        place = self.source.parameters.get("records")
        found = document if place is None else value_at(document, place)
        if not isinstance(found, list):
            expected = Said(f"une liste ({place or 'la réponse'})", f"a list ({place or 'the answer'})")
            raise self._wrong(answer, Said("autre forme", "other shape"), expected)
        return found

    def _total(self, answer: Answer, document: Any) -> int | None:
        """The total that the page gives; None where none is described, or where it is an estimate."""
        declared = self.source.parameters.get("total")
        if declared is None:
            return None
        place = declared if isinstance(declared, str) else declared.get("at")
        header = None if isinstance(declared, str) else declared.get("header")
        value = answer.headers.get(str(header).lower()) if header else value_at(document, str(place))
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            expected = Said(
                f"un nombre d'enregistrements ({header or place})", f"a number of records ({header or place})"
            )
            raise self._wrong(answer, Said("aucun", "none"), expected)
        return None if not isinstance(declared, str) and declared.get("estimated") else value

    def _onward(self, paged: Pagination, answer: Answer, document: Any, records: list[Any]) -> tuple[Any, bool | None]:
        """Where to go on, and whether the page says that it is the last."""
        pages = self.source.parameters["pages"]
        more = value_at(document, pages["more"]) if "more" in pages else None
        if "more" in pages and not isinstance(more, bool):
            raise self._wrong(answer, Said("absent", "missing"), f"{pages['more']}: true | false")
        is_last = None if more is None else not more
        if self.way == "next":
            link = next_in_header(answer.headers) if pages["next"] == "header" else _link_at(document, pages["next"])
            following = self._following(paged, answer, link) if link else None
            return following, following is None if is_last is None else is_last
        if self.way == "cursor":
            cursor = value_at(document, pages["cursor"]) or None
            return cursor, cursor is None if is_last is None else is_last
        return paged.records + len(records), is_last

    def _following(self, paged: Pagination, answer: Answer, link: Any) -> str:
        """The next page's address, on the same server: a secret goes nowhere else. Raises `CrawlRefused`."""
        following = urljoin(self.url if paged.cursor is None else str(paged.cursor), str(link))
        here, there = urlsplit(self.url), urlsplit(following)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc):
            reason = Said("page suivante sur un autre serveur", "next page on another server")
            raise paged.refused(answer.address, reason)
        return following

    def _stated(self, document: Any, name: str) -> Any:
        place = self.source.parameters.get(name)
        return None if place is None else value_at(document, place)

    def _wrong(self, answer: Answer, found: str | Said, expected: str | Said) -> NotTheAnswer:
        return NotTheAnswer(source=self.source.name, address=answer.address, found=found, expected=expected)


def _link_at(document: Any, place: str) -> Any:
    """The next page's address at a dotted name: itself, in an object, or by its relation in a list (`links.next`)."""
    link = value_at(document, place)
    if isinstance(link, Mapping):
        return link.get("href") or link.get("url")
    if link is None:
        above, _, relation = place.rpartition(".")
        return relation_in(value_at(document, above), relation) if above else None
    return link


def _put(document: dict[str, Any], place: str, value: Any) -> None:
    """Write a value at a dotted name, making the objects on the way."""
    *above, name = place.split(".")
    for step in above:
        if not isinstance(document.get(step), dict):
            document[step] = {}
        document = document[step]
    document[name] = value
