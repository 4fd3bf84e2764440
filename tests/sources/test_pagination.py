"""Pages put together: what applies whatever the interface."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.sources.http import Answer
from pipelines.sources.http.errors import CrawlRefused
from pipelines.sources.pagination import Pagination
from pipelines.sources.registry import FetchContext
from tests.sources.builders import MORNING, a_project, a_source


@pytest.fixture
def context(tmp_path: Path) -> FetchContext:
    project = a_project(tmp_path)
    resume = tmp_path / "resume"
    return FetchContext(project, a_source(project), MORNING, tmp_path / "aside", resume, {})


def an_answer(text: str) -> Answer:
    return Answer(200, "https://example.org/p", {}, len(text), f"digest of {text}", 0.1, 1, text.encode())


def test_pages_are_lines_in_their_order_and_the_next_one_goes_on(context: FetchContext) -> None:
    with Pagination(context, "lignes", {"q": 1}) as paged:
        paged.add(an_answer("a"), [{"n": 12345678901234567890123}], "c1")
    with Pagination(context, "lignes", {"q": 1}) as paged:
        assert (paged.pages, paged.cursor) == (1, "c1")
        paged.add(an_answer("b"), [{"n": 2}, {"n": "é"}], None)
        paged.fetched("https://example.org/p")
    assert paged.path("records").read_text().splitlines() == ['{"n":12345678901234567890123}', '{"n":2}', '{"n":"é"}']
    assert paged.path("answers").read_text() == "a\nb\n"


def test_another_question_starts_anew(context: FetchContext) -> None:
    with Pagination(context, "lignes", {"q": 1}) as paged:
        paged.add(an_answer("a"), [{"n": 1}], "c1")
    with Pagination(context, "lignes", {"q": 2}) as paged:
        assert (paged.pages, paged.path("records").read_bytes()) == (0, b"")


def test_a_crawl_may_forget_its_pages_while_it_runs(context: FetchContext) -> None:
    with Pagination(context, "lignes", {"q": 1}) as paged:
        paged.add(an_answer("a"), [{"n": 1}], "c1")
        paged.restart()
        paged.add(an_answer("a"), [{"n": 2}], "c1")
    assert paged.path("records").read_bytes() == b'{"n":2}\n'


@pytest.mark.parametrize(("text", "cursor", "said"), [("a", "c2", "repeated"), ("b", "c1", "does not advance")])
def test_a_page_that_came_before_and_a_cursor_that_stays_forget_the_crawl(
    context: FetchContext, text: str, cursor: str, said: str
) -> None:
    paged = Pagination(context, "lignes", {"q": 1})

    def two_pages() -> None:
        with paged:
            paged.add(an_answer("a"), [{"n": 1}], "c1")
            paged.add(an_answer(text), [{"n": 1}], cursor)

    with pytest.raises(CrawlRefused, match=said):
        two_pages()
    assert not paged.folder.exists()


def test_pages_whose_records_were_cut_are_not_gone_on_from(context: FetchContext) -> None:
    with Pagination(context, "lignes", {"q": 1}) as paged:
        paged.add(an_answer("a"), [{"n": 1}], "c1")
    paged.path("answers").write_bytes(b"")
    with Pagination(context, "lignes", {"q": 1}) as paged:
        assert paged.pages == 0
