"""Answers in pages: put together as JSON Lines, with what each page was, and taken up again where a crawl stopped.

Belongs here: what holds for every paged interface. Does not: how one asks for a page.

Three files grow in the source's `resume` folder: the records, the pages (one line a page: how many bytes of records
there are after it, where to go on), and the answers as they came where they may be kept.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from msgspec.json import Encoder

from pipelines.core.text import Said
from pipelines.sources.http import Answer
from pipelines.sources.http.errors import CrawlRefused
from pipelines.sources.registry import FetchContext, Fetched

_encoder = Encoder()


@dataclass
class Crawl:
    """A crawl of one part. `key` says what is asked: a crawl that was stopped goes on only under the same key."""

    context: FetchContext
    part: str
    key: Mapping[str, Any]
    keep_answers: bool = True
    pages: int = 0
    records: int = 0
    cursor: Any = None
    address: str = ""
    sizes: tuple[int, int] = (0, 0)
    _last: str = ""
    _files: dict[str, IO[bytes]] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.context.resume / self.part

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.jsonl"

    def __enter__(self) -> Crawl:
        if not self._taken_up():
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
        self._files = (
            {name: self.path(name).open("ab") for name in ("records", "pages", "answers")} if self._files else {}
        )

    def _taken_up(self) -> bool:
        """Cut the files back to the last whole page of a crawl under the same key; false when there is none."""
        path = self.path("pages")
        lines = path.read_bytes().split(b"\n")[:-1] if path.is_file() else []
        if len(lines) < 2 or json.loads(lines[0]) != {"key": json.loads(json.dumps(self.key))}:
            return False
        last = json.loads(lines[-1])
        self.pages, self.records, self.cursor = last["page"], last["records"], last["cursor"]
        self.sizes, self._last, self.address = tuple(last["sizes"]), last["sha256"], last["address"]
        os.truncate(path, sum(len(line) + 1 for line in lines))
        for name, size in zip(("records", "answers"), self.sizes, strict=True):
            if self.path(name).stat().st_size < size:
                return False
            os.truncate(self.path(name), size)
        return True

    def add(self, answer: Answer, records: Iterable[Any], cursor: Any) -> int:
        """Keep a page and where to go on from; returns how many records it had.

        Raises `CrawlRefused` for a page that came before, and for a cursor that does not advance while records come.
        """
        lines = list(records)
        if lines and answer.sha256 == self._last:
            raise self.refused(answer.address, Said("page répétée", "repeated page"))
        if lines and cursor is not None and cursor == self.cursor:
            raise self.refused(answer.address, Said("curseur qui n'avance pas", "cursor that does not advance"))
        written = _encoder.encode_lines(lines)
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
            "size": answer.size,
            "address": answer.address,
            **answer.told(),
        }
        self._files["pages"].write(json.dumps(entry, sort_keys=True).encode("utf-8") + b"\n")
        self._files["pages"].flush()

    def refused(self, address: str, found: str | Said) -> CrawlRefused:
        """The error for pages that do not add up."""
        return CrawlRefused(source=self.context.source.name, address=address, page=self.pages + 1, found=found)

    def fetched(self, address: str, **told: Any) -> Fetched:
        """The part, its pages as evidence."""
        for file in self._files.values():
            file.flush()
        evidence = {"pages": self.path("pages")} | ({"answers": self.path("answers")} if self.keep_answers else {})
        told = {"pages": self.pages, "records": self.records} | told
        return Fetched(
            self.part,
            self.path("records"),
            address,
            media_type="application/x-ndjson",
            fetch=told,
            evidence={name: path for name, path in evidence.items() if path.stat().st_size},
        )


def follow(crawl: Crawl, ask: Callable[[Crawl], tuple[Answer, list[Any], int]]) -> int:
    """Follow pages that state a total until that many records came; returns the total.

    `ask` gives the page after those that the crawl has: its answer, its records, its total. Raises `CrawlRefused` for a
    total that moves meanwhile (pages would overlap or leave gaps), for an empty page before the end, for one repeated.
    """
    first: int | None = None
    while True:
        answer, records, total = ask(crawl)
        first = total if first is None else first
        if total != first:
            change = f"{first} → {total}"
            raise crawl.refused(answer.address, Said(f"total qui change ({change})", f"total that changes ({change})"))
        crawl.add(answer, records, crawl.records + len(records))
        if crawl.records >= total:
            return total
        if not records:
            told = Said(f"page vide avant la fin ({total})", f"empty page before the end ({total})")
            raise crawl.refused(answer.address, told)
