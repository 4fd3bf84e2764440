"""A verdict in words: what a publisher of data reads on a terminal.

Belongs here: lines of text. Does not: the terminal itself (`commands/check.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.errors import MENDERS
from pipelines.language import Language
from pipelines.validation.menders import mender
from pipelines.validation.phrases import advice, expected, rule_title
from pipelines.validation.verdict import Verdict

EXAMPLES = 3
LONGEST = 60


def summary(place: str, verdict: Verdict, language: Language) -> Iterator[str]:
    """The lines that say whether a table is valid, what is wrong, where first, who can mend it and how."""
    french = language == "fr"
    rows = number(verdict.rows, language)
    if verdict.is_valid:
        yield f"✔ {place} : valide, {rows} lignes." if french else f"✔ {place}: valid, {rows} rows."
        yield from _warnings(verdict)
        return
    errors, rejected = number(verdict.error_count, language), number(verdict.rejected_rows, language)
    if french:
        yield f"✘ {place} : {errors} erreurs, {rejected} lignes refusées sur {rows}."
    else:
        yield f"✘ {place}: {errors} errors, {rejected} rows of {rows} rejected."
    lines = verdict.errors.to_pylist()
    for (rule, field), total in sorted(
        verdict.totals.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or "")
    ):
        yield ""
        of_field = (f", champ « {field} »" if french else f", field “{field}”") if field else ""
        yield f"  {number(total, language)} × {rule_title(rule, language)}{of_field} [{rule}]"
        examples = [line for line in lines if line["rule"] == rule and line["field"] == field][:EXAMPLES]
        for line in examples:
            yield "    " + example(line, language)
        told = advice(rule, language)
        who = MENDERS[mender(rule)][language]
        yield f"    → {told} À corriger par {who}." if french else f"    → {told} To be mended by {who}."
    yield from _warnings(verdict)


def example(line: dict[str, object], language: Language) -> str:
    """One error of the shape `verdict.ERRORS`: where, what, and what was expected."""
    french = language == "fr"
    row, cell, note = line["row"], line["cell"], str(line["note"] or "")
    where = (f"ligne {row} : " if french else f"row {row}: ") if row else ""
    wanted = expected(note, language)
    if wanted and cell is not None:
        value = str(cell) if len(str(cell)) <= LONGEST else str(cell)[: LONGEST - 1] + "…"
        shown = f"« {value!r} »" if french else f"“{value!r}”"
        shown = shown.replace("'", "", 1)[::-1].replace("'", "", 1)[::-1] if value.isprintable() else shown
        return where + (f"{shown} ; attendu : {wanted}" if french else f"{shown}; expected: {wanted}")
    return where + (note or str(line["message"]))


def number(value: int, language: Language) -> str:
    """A number as it is written in the language: 1 234 567 or 1,234,567."""
    return f"{value:,}".replace(",", "\u202f") if language == "fr" else f"{value:,}"


def _warnings(verdict: Verdict) -> Iterator[str]:
    for warning in verdict.warnings:
        yield f"  ! {warning}"
