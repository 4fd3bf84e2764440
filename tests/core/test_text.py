"""A text in two languages is held by one type, everywhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.core.text import Said, in_both

NO_TEXTS = {"catalogue/dcat_terms.py", "catalogue/structured.py"}
"""Codes of languages in the European Union's authority table, and names of keys of a descriptor."""
PIPELINES = Path(__file__).parent.parent.parent / "pipelines"


def test_a_text_is_read_by_its_language() -> None:
    text = Said("ligne", "row")
    assert (text["fr"], text["en"], text.by_language()) == ("ligne", "row", {"fr": "ligne", "en": "row"})
    assert (bool(Said("", "")), bool(Said("", "row"))) == (False, True)
    assert in_both(lambda language: f"{language}!") == Said("fr!", "en!")


def by_hand(tree: ast.AST) -> Iterator[int]:
    """The lines on which a pair of texts is held by something else: a dictionary by language, or a condition."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            languages = [key.value for key in node.keys if isinstance(key, ast.Constant)]
            if languages == ["fr", "en"] and any(map(_is_text, node.values)):
                yield node.lineno
        if isinstance(node, ast.IfExp) and _asks_the_language(node.test) and _are_texts(node.body, node.orelse):
            yield node.lineno


def _are_texts(*nodes: ast.expr) -> bool:
    return all(_is_text(node) and _has_words(node) for node in nodes)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _has_words(node: ast.expr) -> bool:
    """Whether it contains a word, and not only a mark or the code of a language."""
    text = "".join(
        part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and str(part.value) == part.value
    )
    return any(letter.isalpha() for letter in text) and text not in ("fr", "en", "en/", "é")


def _asks_the_language(test: ast.expr) -> bool:
    if isinstance(test, ast.Name):
        return test.id in ("french", "is_french")
    return isinstance(test, ast.Compare) and any(
        isinstance(part, ast.Constant) and part.value in ("fr", "en") for part in test.comparators
    )


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ('{"fr": "ligne", "en": "row"}', [1]),
        ('"ligne" if language == "fr" else "row"', [1]),
        ('f"{n} ligne" if french else f"{n} row"', [1]),
        ('{"fr": item.fr, "en": item.en}', []),
        ('" :" if language == "fr" else ":"', []),
        ('Said("ligne", "row")[language]', []),
    ],
)
def test_a_pair_held_by_hand_is_seen(code: str, found: list[int]) -> None:
    assert list(by_hand(ast.parse(code))) == found


def test_no_pair_of_texts_is_held_by_hand() -> None:
    places = [
        f"{path.relative_to(PIPELINES)}:{line}"
        for path in sorted(PIPELINES.rglob("*.py"))
        for line in by_hand(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert [place for place in places if place.partition(":")[0] not in NO_TEXTS] == []
