"""A verdict in words: what a publisher of data reads on a terminal.

Belongs here: lines of text. Does not: the terminal itself (`commands/check.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pipelines.core.errors import MENDERS
from pipelines.core.text import Language
from pipelines.validation.menders import mender
from pipelines.validation.phrases import advice, circumstance, expected, rule_title
from pipelines.validation.verdict import Verdict

EXAMPLES = 3
LONGEST = 60
NAMED = 8  # fields that the line on roads names


def summary(place: str, verdict: Verdict, language: Language) -> Iterator[str]:
    """The lines that say whether a table is valid, what is wrong, where first, who can mend it and how."""
    french = language == "fr"
    rows = counted(verdict.rows, "ligne" if french else "row", language)
    if verdict.is_valid:
        yield f"✔ {place} : valide, {rows}." if french else f"✔ {place}: valid, {rows}."
        yield from roads(verdict, language)
        yield from _warnings(verdict, language)
        return
    errors = counted(verdict.error_count, "erreur" if french else "error", language)
    rejected = number(verdict.rejected_rows, language)
    if french:
        kept_out = "ligne écartée" if verdict.rejected_rows < 2 else "lignes écartées"
        yield f"✘ {place} : {errors} ; {rejected} {kept_out} sur {number(verdict.rows, language)}."
    else:
        kept_out = "row" if verdict.rejected_rows == 1 else "rows"
        yield f"✘ {place}: {errors}; {rejected} {kept_out} rejected of {number(verdict.rows, language)}."
    yield from roads(verdict, language)
    lines, borrowed = verdict.errors.to_pylist(), False
    for (rule, field), total in sorted(
        verdict.totals.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or "")
    ):
        yield ""
        of_field = (f", champ « {field} »" if french else f", field “{field}”") if field else ""
        yield f"  {number(total, language)} × {rule_title(rule, language)}{of_field} [{rule}]"
        examples = [line for line in lines if line["rule"] == rule and line["field"] == field][:EXAMPLES]
        for line in examples:
            yield "    " + (label_error(line, verdict.fields, language) or example(line, language, verdict.untold))
            borrowed = borrowed or is_in_english(line)
        who = MENDERS[mender(rule)][language]
        mended = f"À corriger par {who}." if french else f"To be fixed by {who}."
        yield "    → " + " ".join(part for part in (advice(rule, language), mended) if part)
    if french and borrowed:
        yield ""
        yield "  Les notes en anglais sont celles de Frictionless, telles quelles."
    yield from _warnings(verdict, language)


def roads(verdict: Verdict, language: Language) -> Iterator[str]:
    """One line on how many fields were proved, and which Frictionless was asked about; none without any field."""
    french, found = language == "fr", verdict.roads
    heard = [name for name, road in found.items() if road.kind == "heard"]
    word = "colonne" if french else "column"
    asked = {
        name if name in verdict.fields else f"{word} {place}": road.cells
        for place, (name, road) in enumerate(found.items(), start=1)
        if road.kind == "asked"
    }
    proved = len(found) - len(asked) - len(heard)
    parts = []
    if heard and french:
        parts.append(f"{counted(len(heard), 'champ', language)} lu{plural(len(heard))} ligne à ligne par Frictionless")
    elif heard:
        parts.append(f"{counted(len(heard), 'field', language)} read row by row by Frictionless")
    if proved and french:
        parts.append(f"{counted(proved, 'champ', language)} prouvé{plural(proved)}")
    elif proved:
        parts.append(f"{counted(proved, 'field', language)} proved")
    if asked:
        cell = "cellule" if french else "cell"
        named = [f"{name} ({counted(cells, cell, language)})" for name, cells in asked.items()]
        more = len(named) - NAMED
        rest = [f"et {more} de plus" if french else f"and {more} more"] if more > 0 else []
        words = "lu par Frictionless : " if french else "read by Frictionless: "
        parts.append(words + ", ".join([*named[:NAMED], *rest]))
    if parts:
        yield "  " + (" ; " if french else "; ").join(parts) + "."


def plural(value: int) -> str:
    """The mark of the French plural."""
    return "s" if value > 1 else ""


def package_errors(place: str, errors: Sequence[Any], language: Language) -> Iterator[str]:
    """The lines that say what is wrong with the descriptor of a Data Package, whose files are then not read."""
    french = language == "fr"
    count = counted(len(errors), "erreur" if french else "error", language)
    if french:
        yield f"✘ {place} : descripteur invalide, {count} ; les fichiers n'ont pas été lus."
    else:
        yield f"✘ {place}: invalid descriptor, {count}; the files were not read."
    for error in errors:
        yield f"    {error.message}"
    yield "    → " + ("Corrigez le descripteur." if french else "Correct the descriptor.")


def example(line: dict[str, object], language: Language, untold: Collection[str] = ()) -> str:
    """One error of the shape `verdict.ERRORS`: where, what, and what was expected. Of the fields `untold` no cell is
    shown."""
    french = language == "fr"
    row, cell, note = line["row"], line["cell"], str(line["note"] or "")
    where = (f"ligne {row}" if french else f"row {row}") if row else ""
    wanted = expected(note, language)
    if wanted and cell is not None:
        value = shown(str(cell))
        told = f"« {value} » ; attendu : {wanted}" if french else f"“{value}”; expected: {wanted}"
        if line["field"] in untold:
            told = f"valeur non affichée ; attendu : {wanted}" if french else f"value not shown; expected: {wanted}"
        if not value and 'constraint "required"' in note:
            told = "case vide ; une valeur est obligatoire" if french else "empty cell; a value is required"
    else:
        told = circumstance(note, language) or ("" if row else str(line["message"]))
    return f"{where} : {told}" if french and where and told else ": ".join(part for part in (where, told) if part)


_LABEL = re.compile(r'(?:There is an extra label|Label) "(?P<label>.*)" in ', re.DOTALL)


def label_error(line: dict[str, object], fields: Collection[str], language: Language) -> str:
    """An error of a header, empty for any other. A label that is no field's name is not shown: in a file without a
    header it is a value of somebody's record. `fields`: the names of the schema's fields."""
    if line["rule"] not in ("extra-label", "incorrect-label", "duplicate-label"):
        return ""
    french, wanted = language == "fr", str(line["field"] or "")
    found = _LABEL.match(str(line["message"]))
    label = found["label"] if found else ""
    is_known = label in fields or (bool(label) and _letters(label) in {_letters(name) for name in fields})
    place = f"colonne {line['field_number']}" if french else f"column {line['field_number']}"
    if is_known:
        named = f"« {shown(label)} »" if french else f"“{shown(label)}”"
    else:
        named = "un nom inconnu du schéma (non affiché)" if french else "a name unknown to the schema (not shown)"
    if line["rule"] != "incorrect-label":
        return f"{place} : {named}" if french else f"{place}: {named}"
    return f"{place} : {named} ; attendu : « {wanted} »" if french else f"{place}: {named}; expected: “{wanted}”"


def _letters(name: str) -> str:
    """A name without case, accents and signs."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def is_in_english(line: dict[str, object]) -> bool:
    """Whether an error of the shape `verdict.ERRORS` is told in Frictionless' words, that no phrase of ours says."""
    note = str(line["note"] or "")
    if label_error(line, (), "fr") or (line["cell"] is not None and expected(note, "fr")):
        return False
    return circumstance(note, "fr") == note if note else not line["row"] and bool(line["message"])


def shown(cell: str) -> str:
    """A cell on one line of a terminal: what cannot be seen is spelled, what is long is cut."""
    visible = "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in cell[:LONGEST])
    return visible if len(cell) <= LONGEST else visible + "…"


def counted(value: int, noun: str, language: Language) -> str:
    """A number and its noun, plural from two on (in French one and a half is singular, zero too)."""
    singular = value < 2 if language == "fr" else value == 1
    return f"{number(value, language)} {noun}{'' if singular else 's'}"


def number(value: int, language: Language) -> str:
    """A number as it is written in the language: 1 234 567 or 1,234,567."""
    return f"{value:,}".replace(",", "\u202f") if language == "fr" else f"{value:,}"


def _warnings(verdict: Verdict, language: Language) -> Iterator[str]:
    for warning in verdict.warnings:
        yield f"  ! {warning.fr if language == 'fr' else warning.en}"
