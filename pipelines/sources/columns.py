"""Names of columns: from one or several header rows, and those that a source's mapping names.

Belongs here: what a column is called, and who reads it. Does not: reading files (`formats/`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipelines.sources.descriptions import Part

BLANK = re.compile(r"\s+")


def clean(name: str) -> str:
    """A header as the mapping names it: no surrounding blanks, no byte-order mark, inner line breaks as one space."""
    return BLANK.sub(" ", name.removeprefix("\ufeff")).strip()


def column_names(rows: Sequence[Sequence[str]], naming: int | None = None) -> tuple[list[str], list[str]]:
    """Names and their originals from header rows of equal or unequal lengths.

    The row `naming` (1 is the first; default the last) names the columns; where it is blank the nearest row above does.
    A name met again becomes `name (2)`, or the next number that no column has; a column without a name becomes
    `colonne <its number>`.
    """
    width = max(len(row) for row in rows)
    order = [rows[(naming or len(rows)) - 1], *reversed(rows[: (naming or len(rows)) - 1])]
    originals: list[str] = []
    for index in range(width):
        printed = [row[index] for row in order if index < len(row)]
        originals.append(next((cell for cell in printed if clean(cell)), ""))
    return unique([clean(original) or f"colonne {index + 1}" for index, original in enumerate(originals)]), originals


def unique(names: Sequence[str]) -> list[str]:
    """The names, where one met again becomes `name (2)`, `name (3)`…: never a name that another column has."""
    printed, taken = set(names), set[str]()
    found: list[str] = []
    for name in names:
        chosen, count = name, 1
        while chosen in taken or (count > 1 and chosen in printed):
            count += 1
            chosen = f"{name} ({count})"
        taken.add(chosen)
        found.append(chosen)
    return found


def columns_read(part: Part) -> list[str]:
    """The columns of this part that its mapping names, each once; those of joined parts left out."""
    joined = {join["part"] for join in part.join}
    named: list[str] = [left for join in part.join for left in join["on"]]
    for rows in part.rows:
        here = joined | {join["part"] for join in rows.get("join", ())}
        made, wanted = _wanted(rows)
        named += [left for join in rows.get("join", ()) for left in join["on"]]
        named += [name for name in wanted if name not in made and name.split(".", 1)[0] not in made]
        named = [name for name in named if not ("." in name and name.split(".", 1)[0] in here)]
    return list(dict.fromkeys(named))


def columns_joined(part: Part, others: Iterable[Part]) -> list[str]:
    """The columns of this part that other parts read through a join, each once."""
    named: list[str] = []
    for other in others:
        for rows in (*other.rows, {"join": other.join}):
            on = [right for join in rows.get("join", ()) if join["part"] == part.name for right in join["on"].values()]
            lefts = [left for join in rows.get("join", ()) for left in join["on"]]
            dotted = [name for name in (*_wanted(rows)[1], *lefts) if name.startswith(f"{part.name}.")]
            named += [*on, *(name.split(".", 1)[1] for name in dotted)]
    return list(dict.fromkeys(named))


def _wanted(rows: Mapping[str, Any]) -> tuple[set[str], list[str]]:
    """What one `rows` entry makes (its parts of cells) and the columns that it asks for."""
    each = rows.get("each", {})
    made = {each[key] for key in ("as", "name", "value") if key in each} | ({"rang"} if each else set())
    wanted = [str(each[key]) for key in ("split", "list") if key in each]
    for entry in rows.get("fields", {}).values():
        wanted += _from(entry if isinstance(entry, str) else entry.get("from", ()))
    for look in rows.get("readings", ()):
        wanted += look["from"].values()
    optional = set(each.get("columns", ()))
    return made, [*(name for name in (*wanted, *rows.get("when", {})) if name not in optional), *optional]


def _from(columns: str | Iterable[str]) -> list[str]:
    return [columns] if isinstance(columns, str) else list(columns)
