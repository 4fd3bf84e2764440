"""Writes `docs/reference/` from the schemas, the registers and the commands: `python -m scripts.build_docs [--check]`.

With `--check` nothing is written: stale, missing and left-over pages are named, and the exit code is 1 when there are
any. Not here: what a page says (`scripts/reference/`).
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipelines.core.project import Project
from pipelines.sources import load_sources
from scripts.reference.commands import commands_page
from scripts.reference.dictionary import dictionary_pages
from scripts.reference.markdown import page, table
from scripts.reference.registers import errors_page, mappings_page, rules_page, sources_page
from scripts.reference.settings import settings_page

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"


def pages(project: Project) -> dict[str, str]:
    """Every page by file name. The same declarations give the same bytes, whatever the terminal and the locale."""
    sources = load_sources(project)
    made = dictionary_pages(project, sources)
    made |= {
        "commandes.md": commands_page("fr"),
        "commands.md": commands_page("en"),
        "errors.md": errors_page(),
        "mappings.md": mappings_page(),
        "rules.md": rules_page(),
        "settings.md": settings_page(),
        "sources.md": sources_page(sources),
    }
    titles = {name: text.split("\n", maxsplit=1)[0].removeprefix("# ") for name, text in sorted(made.items())}
    listed = table(("page", "what"), [(f"[{name}]({name})", title) for name, title in titles.items()])
    made["README.md"] = page(
        "Reference", "Written from what the project declares; a test fails when it is stale.", listed
    )
    return made


def differences(folder: Path, wanted: dict[str, str]) -> list[str]:
    """What is stale, missing or left over in a folder, by file name."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*there, *wanted} if there.get(name) != wanted.get(name))


def write(folder: Path, wanted: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def main(words: list[str]) -> int:
    wanted = pages(Project.at(ROOT))
    changed = differences(FOLDER, wanted)
    for name in changed:
        print(f"docs/reference/{name}")
    if "--check" in words:
        return 1 if changed else 0
    write(FOLDER, wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
