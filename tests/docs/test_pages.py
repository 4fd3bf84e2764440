"""Pages people read: links that lead somewhere, commands that exist, nothing of the machine they were written on."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from pipelines.cli import commands
from tests.docs.builders import PROMPT, REASONS, REPOSITORY, RUNNABLE, agrees, anchors, blocks, links, pages

PAGES = [pytest.param(path, id=str(path.relative_to(REPOSITORY))) for path in pages()]
# Paths of one machine, and addresses of package registries: neither belongs in a page.
FOREIGN = re.compile(
    r"(?<![\w.:/-])/(?:work|tmp|root|home|Users)/|pypi\.org|registry\.npmjs|files\.pythonhosted|uv/bin"
)
LARGEST_PICTURE = 300_000


@pytest.mark.parametrize("path", PAGES)
def test_every_link_inside_the_project_leads_to_a_file_and_to_a_heading(path: Path):
    for target in links(path.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{path.name}: {target}"
        if anchor:
            assert anchor in anchors(found.read_text(encoding="utf-8")), f"{path.name}: {target}"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_a_folder_of_one_machine_or_a_registry(path: Path):
    assert FOREIGN.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_block_that_is_not_run_says_why(path: Path):
    for block in blocks(path.read_text(encoding="utf-8"), path.name):
        if block.marker == "not run":
            assert block.value in REASONS, f"{path.name}:{block.line}"
        if block.language == "console":
            assert block.lines, f"{path.name}:{block.line}"
            assert block.lines[0].startswith(PROMPT), f"{path.name}:{block.line}"


@pytest.mark.parametrize("path", PAGES)
def test_every_command_of_arobase_that_a_block_shows_exists_with_its_options(path: Path):
    for block in blocks(path.read_text(encoding="utf-8"), path.name):
        if block.language in ("", *RUNNABLE):
            for line in block.lines:
                words = line.removeprefix(PROMPT).strip()
                if words.startswith("arobase "):
                    assert unknown_words(words) == [], f"{path.name}:{block.line}: {words}"


def unknown_words(line: str) -> list[str]:
    """What a line asks that the command line has not: a command, or an option."""
    asked = line.split("|", maxsplit=1)[0].split(">", maxsplit=1)[0].removesuffix("\\")
    words = shlex.split(asked, comments=True)[1:]
    command: click.Command = commands
    context = click.Context(commands)
    while isinstance(command, click.Group) and words:
        name = words.pop(0)
        member = command.get_command(context, name)
        if member is None:
            return [name]
        command = member
    known = {option for item in command.params for option in item.opts} | {"-h", "--help"}
    return [word for word in words if word.startswith("-") and word != "-" and word.split("=")[0] not in known]


def test_a_command_or_an_option_that_does_not_exist_is_found():
    assert unknown_words("arobase releese") == ["releese"]
    assert unknown_words("arobase keys erase K") == ["erase"]
    assert unknown_words("arobase diff label 1.0.0 1.1.0 --format html -o differences.html") == []
    assert unknown_words("arobase verify . --kee K") == ["--kee"]


@pytest.mark.parametrize("path", sorted((REPOSITORY / "docs" / "images").glob("*.png")), ids=lambda path: path.name)
def test_every_picture_is_small_and_shown_by_a_page(path: Path):
    assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert path.stat().st_size < LARGEST_PICTURE
    assert any(path.name in page.read_text(encoding="utf-8") for page in pages())


@pytest.mark.parametrize(
    ("shown", "printed", "agreed"),
    [
        ([], "anything", True),
        (["one", "…", "four"], "one\ntwo\nthree\nfour\n", True),
        (["one", "…"], "one\n", True),
        (["Took: … s"], "Took: 3.5 s\n", True),
        (["one"], "one\ntwo\n", False),
        (["…", "five"], "one\ntwo\n", False),
        (["one two"], "\none two   \n\n", True),
    ],
)
def test_what_is_shown_is_held_against_what_was_printed(shown: list[str], printed: str, agreed: bool):
    assert agrees(shown, printed) is agreed


def test_a_marker_speaks_of_the_block_right_after_it():
    page = "<!-- not run: server -->\n```console\n$ a\n```\n\n```console\n$ b\nsaid\n```\n````bash\n```\n````\n"
    first, second, third = blocks(page)
    assert (first.is_run, second.is_run, third.lines) == (False, True, ("```",))
    assert second.commands() == [("b", ["said"])]
