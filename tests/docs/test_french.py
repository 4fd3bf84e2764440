"""Public French: one word for one thing, true plurals, and the typography of French in the French pages."""

from __future__ import annotations

import ast
import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import yaml

from pipelines.catalogue.wording import Wording
from pipelines.core.errors import ArobaseError
from scripts.reference.registers import errors_page
from tests.docs.builders import REPOSITORY

INSTEAD = {
    r"\blivr(?:é|ée|és|ées)\b": "fourni",
    r"\bimprim(?:é|ée|és|ées|er|e)\b": "écrit dans la source, publié",
    r"\bpierres? tombales?\b": "avis de retrait",
    r"\bdu sac\b": "de contrôle (BagIt)",
    r"\ballum(?:é|ée|ez)\b|\béteinte?s?\b": "activé, désactivé",
    r"\bpaquets?\b(?! Python)": "jeu de données",
    r"\b[Jj]ug(?:er?|é|ée|és|ées|ez)\b": "contrôler, valider",
    r"\bsans doute\b": "certain, probable",
    r"\brésolutions?\b|\brésol(?:u|ue|us|ues)\b": "rattachement, rattaché",
    r"\b(?:à|par|de) qui (?:tient|exploite|publie|maintient)\b": "la personne qui…",
}
"""What plain French says instead of words that came from English or from the courts."""
PLURAL = re.compile(r"(?<!http)(?<=[a-zéè])\(s\)|(?<=[a-zé])\(e\)s?\b|\(es\)|\(aux\)")
PAGES = sorted((REPOSITORY / "docs" / "fr").glob("*.md"))
SPOKEN = {"Said", "say", "Warned"}


def constant(node: ast.expr) -> str:
    """The text of a literal; braces stand for what an f-string fills in."""
    if isinstance(node, ast.JoinedStr):
        return "".join(constant(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "{}"


def of_code() -> Iterator[tuple[str, str]]:
    """The French of every text in both languages, and of every error."""
    for path in sorted((REPOSITORY / "pipelines").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args:
                called = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if called in SPOKEN:
                    yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", constant(node.args[0])
    errors_page()  # which imports every module that declares an error
    for code, kind in sorted(ArobaseError.registry.items()):
        if kind.__module__.startswith("pipelines."):
            yield code, kind.fr


def of_literals() -> Iterator[tuple[str, str]]:
    """Every text of the code that is no docstring; words of earlier versions, which are read as they are, left out."""
    for path in sorted((REPOSITORY / "pipelines").rglob("*.py")):
        if path.name == "sentences.py":
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in told:
                yield f"{path.relative_to(REPOSITORY)}:{node.lineno}", node.value


def of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((REPOSITORY / "pipelines" / "catalogue" / "templates").glob("*.j2")):
        for found in re.finditer(r"\bL\('((?:[^'\\]|\\.)*)'", path.read_text(encoding="utf-8")):
            yield path.name, found[1]


def texts_in(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        for key, value in document.items():
            if key in ("title", "description", "fr", "privacy") and isinstance(value, str):
                yield value
            else:
                yield from texts_in(value)
    elif isinstance(document, list):
        for item in document:
            yield from texts_in(item)


def of_schemas() -> Iterator[tuple[str, str]]:
    folders = (REPOSITORY / "schemas", REPOSITORY / "pipelines" / "schema" / "quality")
    for path in sorted(path for folder in folders for path in folder.rglob("*.json")):
        yield from ((path.name, text) for text in texts_in(json.loads(path.read_text(encoding="utf-8"))))
    for path in sorted([*(REPOSITORY / "schemas").glob("*/package.yaml"), *(REPOSITORY / "sources").glob("*.yaml")]):
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from ((f"{path.parent.name}/{path.name}", text) for text in texts_in(document))
    for path in sorted((REPOSITORY / "schemas" / "codelists").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            yield from ((path.name, row["libelle_fr"]) for row in csv.DictReader(file))


def of_pages() -> Iterator[tuple[str, str]]:
    for path in PAGES:
        yield from ((path.name, text) for text in prose(path.read_text(encoding="utf-8")))


CODE = re.compile(r"(^```.*?^```$|`[^`\n]*`|\]\([^)]*\)|https?://\S+|^\|[-:|]+\|$)", re.DOTALL | re.MULTILINE)


def prose(page: str) -> list[str]:
    """A page without its code, its addresses and the rules of its tables."""
    return CODE.split(page)[::2]


@cache
def texts() -> list[tuple[str, str]]:
    return [*of_code(), *of_templates(), *of_schemas(), *of_pages()]


@pytest.mark.parametrize("word", INSTEAD)
def test_no_public_text_says_a_word_that_has_a_plainer_one(word: str) -> None:
    found = [f"{place}: {text}" for place, text in texts() if re.search(word, text.replace("’", "'"))]
    assert found == [], f"write instead: {INSTEAD[word]}"


def test_no_public_text_leaves_its_plural_open() -> None:
    assert [f"{place}: {text}" for place, text in (*texts(), *of_literals()) if PLURAL.search(text)] == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_french_pages_have_the_spaces_and_apostrophes_of_french(path: Any) -> None:
    spaced = Wording("fr").spaced
    assert [text for text in prose(path.read_text(encoding="utf-8")) if spaced(text) != text] == []
