"""What `arobase trace` prints: a block a field, then where the row comes from and what rules say of it.

Belongs here: wording. Nothing is cut and nothing is wrapped: keys, addresses and hashes are copied from here. Does not:
finding anything (`releases/trace.py`, `trace.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipelines.core.text import Language, Said

if TYPE_CHECKING:
    from pipelines.catalogue.wording import Wording
    from pipelines.releases.trace import Cell, Origin, Trace

WORDS = {
    "row": Said("ligne", "row"),
    "value": Said("Valeur", "Value"),
    "only": Said("Valeur publiée", "Value published"),
    "steps": Said("Calcul", "Step"),
    "rules": Said("Attendu", "Expected"),
    "part": Said("partie", "part"),
    "origin": Said("Origine", "Origin"),
    "raw": Said("Valeurs brutes", "Raw values"),
    "absent": Said("Valeurs brutes non montrées", "Raw values not shown"),
    "findings": Said("Constat", "Finding"),
    "correction": Said("Corrigé par une personne", "Corrected by a person"),
    "none": Said(
        "aucune provenance : table dérivée d'autres tables", "no provenance: a table derived from other tables"
    ),
}
PLACES = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), Said("ligne", "line")),
    **dict.fromkeys((".xlsx", ".xls", ".xlsb", ".ods"), Said("ligne", "row")),
}
RECORD = Said("enregistrement", "record")
ONCE = Said("une valeur présente une seule fois", "a value that is there once")


def traced(
    found: Trace, language: Language, absent: Mapping[tuple[str, str], str], results: Mapping[str, str]
) -> Iterator[str]:
    """The lines. `absent`: why raw values are not there, by source and part; `results`: labels of results by code."""
    from pipelines.catalogue.wording import Wording

    words = Wording(language)

    def word(name: str) -> str:
        return WORDS[name][language]

    yield f"{found.package} {found.version} · {found.table} · {found.key} · {word('row')} {found.row}"
    for cell in found.cells:
        yield ""
        yield from _cell(cell, words, is_alone=found.is_alone)
    for origin in found.origins:
        yield ""
        yield from _origin(origin, words, absent.get((origin.source, origin.part)))
    if not found.origins:
        yield ""
        yield word("none")
    for correction in found.corrections:
        yield ""
        yield from _correction(correction, words)
    for finding in found.findings:
        sentence = finding["message"] if language == "fr" else finding["message_en"]
        result = str(finding["resultat"])
        label = words.choose("{} : {}", "{}: {}").format(word("findings"), finding["regle"])
        yield ""
        yield f"{label}, {results.get(result, result)}. {sentence or ''}".rstrip()


def _cell(cell: Cell, words: Wording, *, is_alone: bool) -> Iterator[str]:
    def labelled(name: str, text: str) -> str:
        return words.choose("  {} : {}", "  {}: {}").format(WORDS[name][words.language], text)

    yield cell.field
    yield labelled("value", "∅" if cell.value is None else cell.value)
    first, last = cell.first_version, cell.last_version
    if is_alone:
        said = Said(f"dans {last} ; les autres versions ne sont pas ici", f"in {last}; the other versions are not here")
        yield labelled("only", said[words.language])
    elif first == last:
        yield labelled("only", Said(f"dans {last} seulement", f"in {last} only")[words.language])
    else:
        span = Said(f"Valeur inchangée de {first} à {last}", f"Value unchanged from {first} to {last}")
        yield f"  {span[words.language]}"
    for step in cell.steps:
        yield labelled("steps", words.spaced(step.words()[words.language]))
    rules = [text for name, bound in cell.constraints.items() if (text := _expected(name, bound, words.language))]
    yield labelled("rules", words.listed(rules))


def _expected(name: str, bound: Any, language: Language) -> str:
    """A type or a constraint in words; nothing for one that is switched off."""
    from pipelines.validation.phrases import CONSTRAINTS, TYPES

    if name == "type":
        return TYPES.get(str(bound), Said(str(bound), str(bound)))[language]
    if bound is False:
        return ""
    if name == "unique":
        return ONCE[language]
    values = ", ".join(map(str, bound)) if isinstance(bound, list) else str(bound)
    return CONSTRAINTS.get(name, Said(f"{name} {{bound}}", f"{name} {{bound}}"))[language].replace("{bound}", values)


def _origin(origin: Origin, words: Wording, absent: str | None) -> Iterator[str]:
    language = words.language
    suffix = PurePosixPath(urlsplit(origin.address).path).suffix.lower()
    place = f"{PLACES.get(suffix, RECORD)[language]} {origin.position}"
    label = words.choose("{} : {}", "{}: {}").format(WORDS["origin"][language], origin.title)
    yield f"{label} ({origin.source}), {WORDS['part'][language]} {origin.part}, {place}"
    yield f"  sha256 {origin.snapshot}"
    yield f"  {origin.obtained} {origin.address}"
    if origin.record is not None:
        yield words.choose("  {} :", "  {}:").format(WORDS["raw"][language])
        for name, value in origin.record.items():
            if value is not None:
                yield f"    {name} = {value}"
    elif absent:
        yield words.choose("  {} : {}", "  {}: {}").format(WORDS["absent"][language], absent)


def _correction(correction: Mapping[str, str | None], words: Wording) -> Iterator[str]:
    """A correction: what the source has, what was decided, why, on which source, by whom and when."""
    yield WORDS["correction"][words.language]
    for name, value in correction.items():
        if value is not None:
            yield f"  {name} = {value}"
