"""Markdown: a page's head and a table whose cells cannot break it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

WRITTEN = "<!-- Written by `python -m scripts.build_docs`; do not edit. -->"


def page(title: str, introduction: str, *sections: str) -> str:
    """A whole page, ended by one line feed."""
    return "\n\n".join([f"# {title}", WRITTEN, introduction, *(item.strip("\n") for item in sections)]) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *([cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(text: str) -> str:
    """A text on one line, its bars escaped."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: object) -> str:
    """A value in code type; nothing for nothing. Bars inside are escaped by `cell`."""
    shown = str(text)
    fence = "``" if "`" in shown else "`"
    return f"{fence}{shown}{fence}" if shown else ""
