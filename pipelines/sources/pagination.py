"""Answers in pages: put together as JSON Lines, with what each page was, and taken up again where a collection stopped.

Belongs here: what applies to every paged interface. Does not: how one asks for a page.

Three files grow in the source's `resume` folder: the records, the pages (one line per page: how many bytes of records
there are after it, where to go on, the total and the data's version that were given), and the answers as they came
where they may be kept. A collection that is taken up asks its last page again: with other records, another total or
another version, what was kept is of other data, and the collection begins again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from msgspec.json import Encoder, decode

from pipelines.core.text import Said
from pipelines.sources.http import Answer
from pipelines.sources.http.errors import CrawlRefused
from pipelines.sources.registry import FetchContext, Fetched

_encoder = Encoder()
REPEATED = Said("enregistrement déjà reçu d'une page précédente", "record that an earlier page had already")


@dataclass
class Pagination:
    """The pages of one part. `key` says what is asked: a collection that was stopped goes on only under the same key.

    `once`: the fields by which a record is known, () for all of it; None where one may come twice. A record that comes
    again is refused (`CrawlRefused`), or with `counts_repeated` kept and counted in `repeated`: never merged.
    `or_whole`: one that lacks these fields is known by all of it, and not refused.
    """

    context: FetchContext
    part: str
    key: Mapping[str, Any]
    keep_answers: bool = True
    pages: int = 0
    records: int = 0
    cursor: Any = None
    address: str = ""
    sizes: tuple[int, int] = (0, 0)
    once: tuple[str, ...] | None = None
    counts_repeated: bool = False
    or_whole: bool = False
    repeated: int = 0
    total: int | None = None
    version: str | None = None
    is_taken_up: bool = False
    _seen: set[bytes] = field(default_factory=set)
    _before: dict[str, Any] = field(default_factory=dict)
    _last: str = ""
    _last_records: str = ""
    _files: dict[str, IO[bytes]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.context.resume / self.part

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def __enter__(self) -> Pagination:
        self.is_taken_up = self._taken_up()
        if not self.is_taken_up:
            self.restart()
        self._files = {name: self.path(name).open("ab") for name in ("records", "pages", "answers")}
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        for file in self._files.values():
            file.close()
        if kind is not None and issubclass(kind, CrawlRefused):
            shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        """Forget every page."""
        for file in self._files.values():
            file.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.path("pages").write_text(json.dumps({"key": self.key}, sort_keys=True) + "\n", encoding="utf-8")
        self.pages, self.records, self.cursor, self.sizes, self._last = 0, 0, None, (0, 0), ""
        self.repeated, self.total, self.version, self.is_taken_up, self._last_records = 0, None, None, False, ""
        self._seen, self._before = set(), {}
        self._files = (
            {name: self.path(name).open("ab") for name in ("records", "pages", "answers")} if self._files else {}
        )

    def _taken_up(self) -> bool:
        """Cut the files back to the last whole page of a collection under the same key; false when there is none."""
        path = self.path("pages")
        lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
        if len(lines) < 2 or json.loads(lines[0]) != {"key": json.loads(json.dumps(self.key))}:
            return False
        last = json.loads(lines[-1])
        self.pages, self.records, self.cursor = last["page"], last["records"], last["cursor"]
        self.sizes, self._last, self.address = tuple(last["sizes"]), last["sha256"], last["address"]
        self.total, self.version, self.repeated = last.get("total"), last.get("version"), last.get("repeated", 0)
        self._last_records, self._before = last.get("records_sha256", ""), json.loads(lines[-2])
        os.truncate(path, sum(len(line) + 1 for line in lines))
        for name, size in zip(("records", "answers"), self.sizes, strict=True):
            if self.path(name).stat().st_size < size:
                return False
            os.truncate(self.path(name), size)
        self._see_again()
        return True

    def _see_again(self) -> None:
        """Know the records of the pages that are kept."""
        if self.once is None:
            return
        with self.path("records").open("rb") as file:
            for line in file:
                self._seen.add(self._identity(decode(line), line.rstrip(b"\n")))

    def stepped_back(self) -> Pagination:
        """The collection as it was before its last page: to ask for that page again."""
        earlier = copy(self)
        earlier.pages, earlier.records = self.pages - 1, self._before.get("records", 0)
        earlier.cursor = self._before.get("cursor")
        return earlier

    def is_still(self, records: Iterable[Any], total: int | None, version: str | None) -> bool:
        """Whether a last page that was asked for again is what it was."""
        written = _encoder.encode_lines(list(records))
        same = hashlib.sha256(written).hexdigest() == self._last_records
        return same and (total, version) == (self.total, self.version)

    def _identity(self, record: Any, line: bytes) -> bytes:
        """What a record is known by, shortened. Raises `KeyError` for one that lacks it."""
        if self.once:
            known = [value_at(record, name) for name in self.once]
            is_known = all(value is not None for value in known)
            if not is_known and not self.or_whole:
                raise KeyError(", ".join(self.once))
            line = _encoder.encode(known) if is_known else line
        return hashlib.blake2b(line, digest_size=16).digest()

    def _meet(self, records: list[Any], address: str) -> None:
        """Raises `CrawlRefused` for a record that came before, unless they are counted, and for one without its key."""
        if self.once is None:
            return
        for record in records:
            try:
                identity = self._identity(record, _encoder.encode(record))
            except KeyError as error:
                name = error.args[0]
                raise self.refused(address, Said(f"enregistrement sans {name}", f"record without {name}")) from None
            if identity in self._seen:
                if not self.counts_repeated:
                    raise self.refused(address, REPEATED)
                self.repeated += 1
            self._seen.add(identity)

    def add(self, answer: Answer, records: Iterable[Any], cursor: Any) -> int:
        """Keep a page and where to go on from; returns how many records it had.

        Raises `CrawlRefused` for a page that came before, and for a cursor that does not advance while records come.
        """
        lines = list(records)
        if lines and answer.sha256 == self._last:
            raise self.refused(answer.address, Said("page répétée", "repeated page"))
        if lines and cursor is not None and cursor == self.cursor:
            raise self.refused(answer.address, Said("curseur qui n'avance pas", "cursor that does not advance"))
        self._meet(lines, answer.address)
        written = _encoder.encode_lines(lines)
        self._last_records = hashlib.sha256(written).hexdigest()
        self._files["records"].write(written)
        raw = answer.body if self.keep_answers else b""
        self._files["answers"].write(raw + b"\n" if raw else b"")
        self.pages, self.records = self.pages + 1, self.records + len(lines)
        self.cursor, self._last, self.address = cursor, answer.sha256, answer.address
        self.sizes = (self.sizes[0] + len(written), self.sizes[1] + (len(raw) + 1 if raw else 0))
        self._note(answer)
        return len(lines)

    def _note(self, answer: Answer) -> None:
        """Write the page's line once its records are in the file: a line is a promise."""
        self._files["records"].flush()
        self._files["answers"].flush()
        entry = {
            "page": self.pages,
            "records": self.records,
            "cursor": self.cursor,
            "sizes": self.sizes,
            "sha256": answer.sha256,
            "records_sha256": self._last_records,
            "total": self.total,
            "version": self.version,
            "repeated": self.repeated,
            "size": answer.size,
            "address": answer.address,
            **answer.facts(),
        }
        self._files["pages"].write(json.dumps(entry, sort_keys=True).encode("utf-8") + b"\n")
        self._files["pages"].flush()

    def refused(self, address: str, found: str | Said) -> CrawlRefused:
        """The error for pages that do not add up."""
        return CrawlRefused(source=self.context.source.name, address=address, page=self.pages + 1, found=found)

    def fetched(self, address: str, **facts: Any) -> Fetched:
        """The part, its pages as evidence."""
        for file in self._files.values():
            file.flush()
        evidence = {"pages": self.path("pages")} | ({"answers": self.path("answers")} if self.keep_answers else {})
        facts = {"pages": self.pages, "records": self.records} | facts
        facts |= {"repeated": self.repeated} if self.repeated else {}
        facts |= {"version": self.version} if self.version is not None else {}
        return Fetched(
            self.part,
            self.path("records"),
            address,
            media_type="application/x-ndjson",
            fetch=facts,
            evidence={name: path for name, path in evidence.items() if path.stat().st_size},
        )


@dataclass(frozen=True)
class Page:
    """One page: its records, the total that it gives (None: none, or an estimate), the version of the data.

    `cursor` is where to go on; `is_last` what the page says of itself, None when it says nothing.
    """

    answer: Answer
    records: list[Any]
    total: int | None = None
    version: str | None = None
    cursor: Any = None
    is_last: bool | None = None


def follow(paged: Pagination, ask: Callable[[Pagination], tuple[Answer, list[Any], int | None]]) -> int:
    """Follow pages by their numbers of records until those of the total came; returns the total.

    `ask` gives the page after those that are there: its answer, its records, its total; no total where the server
    gives none or an estimate, and then pages are followed to an empty one. Raises `CrawlRefused` as `follow_pages`.
    """

    def page(paged: Pagination) -> Page:
        answer, records, total = ask(paged)
        return Page(answer, records, total, cursor=paged.records + len(records))

    return follow_pages(paged, page)


def follow_pages(paged: Pagination, ask: Callable[[Pagination], Page]) -> int:
    """Follow pages to their proved end; returns how many records there are.

    The end is proved by as many records as the total says, by a page that says it is the last, or, where neither is
    given, by an empty page; where both are given they have to agree. Raises `CrawlRefused` for a total or a version
    that moves meanwhile (pages would overlap or leave gaps), an empty page before the end, more records than the total,
    and what `Pagination.add` refuses.
    """
    if paged.is_taken_up:
        again = ask(paged.stepped_back())
        if not paged.is_still(again.records, again.total, again.version):
            paged.restart()
        elif _is_end(paged, again):
            # It had been followed to its end, and was stopped before it was kept.
            return _proved(paged, again)
    while True:
        page = ask(paged)
        if paged.pages:
            _check_still(paged, page)
        paged.total, paged.version = page.total, page.version
        paged.add(page.answer, page.records, page.cursor)
        if _is_end(paged, page):
            return _proved(paged, page)
        if not page.records:
            where = page.answer.address
            total = paged.total if paged.total is not None else "?"
            raise paged.refused(
                where, Said(f"page vide avant la fin ({total})", f"empty page before the end ({total})")
            )


def _is_end(paged: Pagination, page: Page) -> bool:
    if page.is_last is not None:
        return page.is_last
    if page.total is not None:
        return paged.records >= page.total
    return not page.records


def _check_still(paged: Pagination, page: Page) -> None:
    """Raises `CrawlRefused` for data that changed since the page before."""
    for french, english, before, now in (
        ("total qui change", "total that changes", paged.total, page.total),
        ("version des données qui change", "version of the data that changes", paged.version, page.version),
    ):
        if before != now:
            change = f"{before} → {now}"
            raise paged.refused(page.answer.address, Said(f"{french} ({change})", f"{english} ({change})"))


def _proved(paged: Pagination, page: Page) -> int:
    """The number of records. Raises `CrawlRefused` when it is not the total."""
    if page.total is not None and paged.records != page.total:
        found = f"{paged.records} / {page.total}"
        found_text = Said(f"{found} enregistrements à la dernière page", f"{found} records at the last page")
        raise paged.refused(page.answer.address, found_text)
    return paged.records


def value_at(document: Any, path: str) -> Any:
    """The value under a dotted path of names ("meta.total"); None where there is none. A name may contain dots
    itself."""
    if isinstance(document, Mapping):
        if path in document:
            return document[path]
        for name, inner in document.items():
            if path.startswith(f"{name}."):
                found = value_at(inner, path[len(name) + 1 :])
                if found is not None:
                    return found
    return None
