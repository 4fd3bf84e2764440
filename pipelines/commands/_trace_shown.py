"""What `arobase trace` prints: a block a field, then where the row comes from and what rules say of it.

Belongs here: wording. Nothing is cut and nothing is wrapped: keys, addresses and hashes are copied from here. Does not:
finding anything (`releases/trace.py`, `trace.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipelines.core.text import Language

if TYPE_CHECKING:
    from pipelines.catalogue.wording import Wording
    from pipelines.releases.trace import Cell, Origin, Trace

WORDS = {
    "row": ("ligne", "row"),
    "value": ("Valeur", "Value"),
    "since": ("Publiée telle quelle", "Published so"),
    "steps": ("Étape", "Step"),
    "rules": ("Attendu", "Expected"),
    "part": ("partie", "part"),
    "origin": ("Origine", "Origin"),
    "raw": ("Valeurs brutes", "Raw values"),
    "absent": ("Valeurs brutes non montrées", "Raw values not shown"),
    "findings": ("Constat", "Finding"),
    "correction": ("Corrigé par une personne", "Corrected by a person"),
    "none": ("aucune provenance : table dérivée d'autres tables", "no provenance: a table derived from other tables"),
}
PLACES = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), ("ligne", "line")),
    **dict.fromkeys((".xlsx", ".xls", ".xlsb", ".ods"), ("ligne", "row")),
}
RECORD = ("enregistrement", "record")
ONCE = ("une valeur présente une seule fois", "a value that is there once")


def traced(
    found: Trace, language: Language, absent: Mapping[tuple[str, str], str], results: Mapping[str, str]
) -> Iterator[str]:
    """The lines. `absent`: why raw values are not there, by source and part; `results`: labels of results by code."""
    from pipelines.catalogue.wording import Wording

    words = Wording(language)

    def word(name: str) -> str:
        return _of(WORDS[name], language)

    yield f"{found.package} {found.version} · {found.table} · {found.key} · {word('row')} {found.row}"
    for cell in found.cells:
        yield ""
        yield from _cell(cell, words)
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


def _cell(cell: Cell, words: Wording) -> Iterator[str]:
    def told(name: str, text: str) -> str:
        return words.choose("  {} : {}", "  {}: {}").format(_of(WORDS[name], words.language), text)

    yield cell.field
    yield told("value", "∅" if cell.value is None else cell.value)
    yield told("since", f"{cell.first_version} … {cell.last_version}")
    for step in cell.steps:
        yield told("steps", words.step(step))
    rules = [text for name, bound in cell.constraints.items() if (text := _expected(name, bound, words.language))]
    yield told("rules", words.listed(rules))


def _expected(name: str, bound: Any, language: Language) -> str:
    """A type or a constraint in words; nothing for one that is switched off."""
    from pipelines.validation.phrases import CONSTRAINTS, TYPES

    if name == "type":
        return _of(TYPES.get(str(bound), (str(bound), str(bound))), language)
    if bound is False:
        return ""
    if name == "unique":
        return _of(ONCE, language)
    told = ", ".join(map(str, bound)) if isinstance(bound, list) else str(bound)
    return _of(CONSTRAINTS.get(name, (f"{name} {{bound}}",) * 2), language).replace("{bound}", told)


def _origin(origin: Origin, words: Wording, absent: str | None) -> Iterator[str]:
    language = words.language
    suffix = PurePosixPath(urlsplit(origin.address).path).suffix.lower()
    place = f"{_of(PLACES.get(suffix, RECORD), language)} {origin.position}"
    label = words.choose("{} : {}", "{}: {}").format(_of(WORDS["origin"], language), origin.title)
    yield f"{label} ({origin.source}), {_of(WORDS['part'], language)} {origin.part}, {place}"
    yield f"  sha256 {origin.snapshot}"
    yield f"  {origin.obtained} {origin.address}"
    if origin.record is not None:
        yield words.choose("  {} :", "  {}:").format(_of(WORDS["raw"], language))
        for name, value in origin.record.items():
            if value is not None:
                yield f"    {name} = {value}"
    elif absent:
        yield words.choose("  {} : {}", "  {}: {}").format(_of(WORDS["absent"], language), absent)


def _correction(correction: Mapping[str, str | None], words: Wording) -> Iterator[str]:
    """A correction: what was printed, what was settled, why, on which source, by whom and when."""
    yield _of(WORDS["correction"], words.language)
    for name, value in correction.items():
        if value is not None:
            yield f"  {name} = {value}"


def _of(pair: tuple[str, ...], language: Language) -> str:
    return pair[0] if language == "fr" else pair[1]
