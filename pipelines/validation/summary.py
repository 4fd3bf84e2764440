"""A result in words: what a publisher of data reads on a terminal.

Belongs here: lines of text. Does not: the terminal itself (`commands/check.py`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pipelines.core.errors import PARTIES
from pipelines.core.text import Language, Said, number
from pipelines.core.unicode_forms import OTHER_FORM, looks_the_same
from pipelines.formats.header import letters
from pipelines.validation.custom_checks import NAMES as CUSTOM_CHECKS
from pipelines.validation.phrases import advice, circumstance, expected, rule_title
from pipelines.validation.responsible import responsible_party
from pipelines.validation.result import ValidationResult

EXAMPLES = 3
LONGEST = 60
NAMED = 8  # fields that the line on roads names


def summary(place: str, validation: ValidationResult, language: Language) -> Iterator[str]:
    """The lines that say whether a table is valid, what is wrong, where first, who can fix it and how."""
    french = language == "fr"
    rows = counted(validation.rows, Said("ligne", "row")[language], language)
    if validation.is_valid:
        if validation.compared is not None:
            yield _file_told(place, validation.compared)[language]
        else:
            yield Said(f"✔ {place} : valide, {rows}.", f"✔ {place}: valid, {rows}.")[language]
        yield from roads(validation, language)
        yield from _warnings(validation, language)
        return
    errors = counted(validation.error_count, Said("erreur", "error")[language], language)
    rejected = number(validation.rejected_rows, language)
    if validation.compared is not None:
        yield Said(f"✘ {place} : {errors}.", f"✘ {place}: {errors}.")[language]
    elif french:
        kept_out = "ligne écartée" if validation.rejected_rows < 2 else "lignes écartées"
        yield f"✘ {place} : {errors} ; {rejected} {kept_out} sur {number(validation.rows, language)}."
    else:
        kept_out = "row" if validation.rejected_rows == 1 else "rows"
        yield f"✘ {place}: {errors}; {rejected} {kept_out} rejected of {number(validation.rows, language)}."
    yield from roads(validation, language)
    lines, borrowed = validation.errors.to_pylist(), False
    for (rule, field), total in sorted(
        validation.totals.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or "")
    ):
        yield ""
        of_field = (Said(f", champ « {field} »", f", field “{field}”")[language]) if field else ""
        yield f"  {number(total, language)} × {rule_title(rule, language)}{of_field} [{rule}]"
        examples = [line for line in lines if line["rule"] == rule and line["field"] == field][:EXAMPLES]
        for line in examples:
            yield "    " + (
                label_error(line, validation.fields, language) or example(line, language, validation.hidden_fields)
            )
            borrowed = borrowed or is_in_english(line)
        who = PARTIES[responsible_party(rule)][language]
        who_fixes = Said(f"À corriger par {who}.", f"To be fixed by {who}.")[language]
        yield "    → " + " ".join(part for part in (advice(rule, language), who_fixes) if part)
    if french and borrowed:
        yield ""
        yield "  Les notes en anglais sont celles de Frictionless, telles quelles."
    yield from _warnings(validation, language)


def _file_told(place: str, compared: Sequence[Said]) -> Said:
    """That a file is what its descriptor says, and that nobody looked at its rows: it is described as no table."""
    if not compared:
        return Said(
            f"✔ {place} : fichier présent ; le descripteur ne donne ni sa taille, ni son empreinte, ni ses lignes.",
            f"✔ {place}: the file is there; the descriptor gives neither its size, its hash nor its rows.",
        )
    french, english = (" et ".join(item.fr for item in compared), " and ".join(item.en for item in compared))
    return Said(
        f"✔ {place} : conforme au descripteur ({french}) ; les lignes n'ont pas été lues.",
        f"✔ {place}: as the descriptor says ({english}); rows were not read.",
    )


def roads(validation: ValidationResult, language: Language) -> Iterator[str]:
    """One line on how many fields were proved, and which Frictionless was asked about; none without any field."""
    french, found = language == "fr", validation.roads
    by_rows = [name for name, road in found.items() if road.kind == "rows"]
    word = Said("colonne", "column")[language]
    asked = {
        name if name in validation.fields else f"{word} {place}": road.cells
        for place, (name, road) in enumerate(found.items(), start=1)
        if road.kind == "asked"
    }
    proved = len(found) - len(asked) - len(by_rows)
    parts = []
    if by_rows and french:
        parts.append(
            f"{counted(len(by_rows), 'champ', language)} lu{plural(len(by_rows))} ligne à ligne par Frictionless"
        )
    elif by_rows:
        parts.append(f"{counted(len(by_rows), 'field', language)} read row by row by Frictionless")
    if proved and french:
        parts.append(f"{counted(proved, 'champ', language)} prouvé{plural(proved)}")
    elif proved:
        parts.append(f"{counted(proved, 'field', language)} proved")
    if asked:
        cell = Said("cellule", "cell")[language]
        named = [f"{name} ({counted(cells, cell, language)})" for name, cells in asked.items()]
        more = len(named) - NAMED
        rest = [Said(f"et {more} de plus", f"and {more} more")[language]] if more > 0 else []
        words = Said("lu par Frictionless : ", "read by Frictionless: ")[language]
        parts.append(words + ", ".join([*named[:NAMED], *rest]))
    if parts:
        yield "  " + (Said(" ; ", "; ")[language]).join(parts) + "."


def plural(value: int) -> str:
    """The mark of the French plural."""
    return "s" if value > 1 else ""


def package_errors(place: str, errors: Sequence[Any], language: Language) -> Iterator[str]:
    """The lines that say what is wrong with the descriptor of a Data Package, whose files are then not read."""
    french = language == "fr"
    count = counted(len(errors), Said("erreur", "error")[language], language)
    if french:
        yield f"✘ {place} : descripteur invalide, {count} ; les fichiers n'ont pas été lus."
    else:
        yield f"✘ {place}: invalid descriptor, {count}; the files were not read."
    for error in errors:
        yield f"    {error.message}"
    yield "    → " + (Said("Corrigez le descripteur.", "Correct the descriptor.")[language])


def example(line: dict[str, object], language: Language, hidden_fields: Collection[str] = ()) -> str:
    """One error of the shape `result.ERRORS`: where, what, and what was expected. Of the fields `hidden_fields` no cell
    is shown."""
    french = language == "fr"
    row, cell, note = line["row"], line["cell"], str(line["note"] or "")
    where = (Said(f"ligne {row}", f"row {row}")[language]) if row else ""
    wanted = expected(note, language)
    if wanted and cell is not None:
        value = shown(str(cell))
        text = Said(f"« {value} » ; attendu : {wanted}", f"“{value}”; expected: {wanted}")[language]
        if line["field"] in hidden_fields:
            text = Said(f"valeur non affichée ; attendu : {wanted}", f"value not shown; expected: {wanted}")[language]
        if not value and 'constraint "required"' in note:
            text = Said("case vide ; une valeur est obligatoire", "empty cell; a value is required")[language]
    else:
        text = circumstance(note, language) or ("" if row else str(line["message"]))
    return f"{where} : {text}" if french and where and text else ": ".join(part for part in (where, text) if part)


_LABEL = re.compile(r'(?:There is an extra label|Label) "(?P<label>.*)" in ', re.DOTALL)


def label_error(line: dict[str, object], fields: Collection[str], language: Language) -> str:
    """An error of a header, empty for any other. A label that is no field's name is not shown: in a file without a
    header it is a value of somebody's record. `fields`: the names of the schema's fields."""
    if line["rule"] not in ("extra-label", "incorrect-label", "duplicate-label", "missing-label", "blank-label"):
        return ""
    wanted = str(line["field"] or "")
    column = Said("colonne", "column")[language]
    if line["rule"] in ("missing-label", "blank-label"):
        expected_there = Said(f" ; attendu : « {wanted} »", f"; expected: “{wanted}”")[language]
        return f"{column} {line['field_number']}{expected_there if wanted else ''}"
    found = _LABEL.match(str(line["message"]))
    label = found["label"] if found else ""
    is_known = label in fields or (bool(label) and letters(label) in {letters(name) for name in fields})
    place = f"{column} {line['field_number']}"
    if is_known:
        named = Said(f"« {shown(label)} »", f"“{shown(label)}”")[language]
    else:
        named = Said("un nom inconnu du schéma (non affiché)", "a name unknown to the schema (not shown)")[language]
    if line["rule"] != "incorrect-label":
        return Said(f"{place} : {named}", f"{place}: {named}")[language]
    other = Said(f" ({OTHER_FORM.fr})", f" ({OTHER_FORM.en})")[language] if looks_the_same(label, wanted) else ""
    expected_there = Said(f" ; attendu : « {wanted} »", f"; expected: “{wanted}”")[language]
    return Said(f"{place} : {named}", f"{place}: {named}")[language] + expected_there + other


def is_in_english(line: dict[str, object]) -> bool:
    """Whether an error of the shape `result.ERRORS` is given in Frictionless' words, that no phrase of ours says."""
    note = str(line["note"] or "")
    if line["rule"] in CUSTOM_CHECKS:  # the notes of these are French
        return False
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


def _warnings(validation: ValidationResult, language: Language) -> Iterator[str]:
    for warning in validation.warnings:
        yield f"  ! {warning.fr if language == 'fr' else warning.en}"
