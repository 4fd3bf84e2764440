"""Docstrings, comments and pages name files and folders that exist."""

from __future__ import annotations

import io
import re
import tokenize
from pathlib import Path

import pytest

from tests.docs.builders import pages

ROOT = Path(__file__).parents[2]
TOPS = ("pipelines", "scripts", "benchmarks", "tests")
PATH = re.compile(r"`([\w.-]+\.py|[\w-][\w.-]*/(?:[\w.-]+/)*(?:[\w-]+\.(?:py|md|sh|csv|json|yaml|j2))?)`")
"""A Python file, a folder (`pipelines/geo/`) or a file in a folder; not `label/palmares`, which is a table."""

ELSEWHERE = {
    # written by a run, or by whose project it is
    *("outputs", "work", "private", "data", "qualite", "changes", "code", "ingredients", "build", "site", "en", "tile"),
    *("sources/retraits", "sources/portals", "sources/inbox"),
    # of other software: CKAN, udata, Data Package profiles, OpenLineage, CPython, BagIt
    *("ckan", "ckanext", "udata", "profiles", "spec", "facets", "Lib", "Modules", "bagit.py"),
}
BETWEEN = (tokenize.INDENT, tokenize.DEDENT, tokenize.NEWLINE, tokenize.NL, tokenize.COMMENT)


def prose(code: str) -> str:
    """The comments of a Python file, and the texts that begin a line of it."""
    if not PATH.search(code):
        return ""
    said, before = [], tokenize.NEWLINE
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT or (token.type == tokenize.STRING and before in BETWEEN):
            said.append(token.string)
        before = token.type
    return "\n".join(said)


def absent(text: str, folders: list[Path]) -> list[str]:
    """The paths that a text names and that are in none of the folders."""
    elsewhere = tuple(f"{start}/" for start in ELSEWHERE)
    named = [path for path in PATH.findall(text) if not f"{path}/".startswith(elsewhere)]
    return [path for path in named if not any((folder / path).exists() for folder in folders)]


@pytest.mark.parametrize("top", TOPS)
def test_docstrings_and_comments_name_paths_that_exist(top: str):
    lost = {}
    for file in sorted((ROOT / top).rglob("*.py")):
        around = [ROOT / "pipelines", *(folder for folder in file.parents if folder.is_relative_to(ROOT))]
        lost[str(file.relative_to(ROOT))] = absent(prose(file.read_text(encoding="utf-8")), around)
    assert {file: paths for file, paths in lost.items() if paths} == {}


def test_pages_name_paths_of_the_project_that_exist():
    names = {file.name for top in TOPS for file in (ROOT / top).rglob("*.py")}
    own = (*TOPS, "docs", "schemas", "deploy", *(folder.name for folder in (ROOT / "pipelines").iterdir()))
    lost = {}
    for page in pages():
        if page.name == "tutorial.md":
            continue  # its files are those of a project that it makes
        paths = absent(page.read_text(encoding="utf-8"), [ROOT, ROOT / "pipelines", page.parent])
        ours = [path for path in paths if path.split("/")[0] in own or path.endswith(".py")]
        lost[page.name] = [path for path in ours if path not in names and "/NAME." not in path]
    assert {page: paths for page, paths in lost.items() if paths} == {}


def test_a_path_that_is_gone_is_found():
    code = '"""Reads `no_such_room/file.py`."""\nNAME = "`not_prose.py`"  # see `lost_file.py` and `outputs/x/`\n'
    assert absent(prose(code), [ROOT]) == ["no_such_room/file.py", "lost_file.py"]
