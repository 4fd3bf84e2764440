"""What `arobase init`, `sources new`, `tables new` and `packages new` print of a proposal: what, why, and what is next.

Belongs here: wording. Does not: any guess (`starter/`). No line holds a value of a record, nor a header that may be one
(`starter/headers.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands._sources_output import aligned
from pipelines.core.text import Language, Said

if TYPE_CHECKING:
    from pipelines.starter import Proposal
    from pipelines.starter.guessing import Found
    from pipelines.starter.proposal import Column
    from pipelines.starter.sources import NewSource
    from pipelines.starter.tables import NewTable


def begun(name: str, made: NewSource, language: Language) -> Iterator[str]:
    """What was proposed for a source and why, then the steps that come next."""
    from pipelines.starter.sources import TO_COMPLETE

    yield from _readings(made.found, language)
    yield from _first_page(made.is_first_page, language)
    yield from _doubts(made.doubts, language)
    yield ""
    yield from _columns(made.columns, language, [made.fields.get(column.name, "—") for column in made.columns])
    yield from _key(made.key, made.key_reason[language], language)
    yield ""
    keys = ", ".join(TO_COMPLETE)
    yield Said(
        f"À compléter dans sources/{name}.yaml, refusé sans cela : {keys} (codes : schemas/codelists/licences.csv).",
        f"To complete in sources/{name}.yaml, refused without: {keys} (codes: schemas/codelists/licences.csv).",
    )[language]
    by_hand = Said("À corriger à la main : titres, classes, champs.", "To correct by hand: titles, classes, fields.")
    yield by_hand[language]
    yield Said(f"Puis : arobase sources test {name}", f"Then: arobase sources test {name}")[language]


def table_made(made: NewTable, language: Language) -> Iterator[str]:
    """What was proposed for a table and why, then how to confirm it."""
    proposal = made.proposal
    for path in made.written:
        yield f"{Said('écrit', 'written')[language]}: {path}"
    yield from _readings(made.found, language)
    yield from _first_page(made.is_first_page, language)
    yield from _doubts(proposal.doubts, language)
    yield ""
    yield from _columns(proposal.columns, language, [column.field or "—" for column in proposal.columns])
    yield from _key(proposal.key, proposal.key_reason[language], language)
    yield from _checks(proposal, language)
    yield ""
    if any(column.privacy == "personnel" for column in proposal.columns):
        yield Said(
            "Une colonne « personnel » est retirée dès la lecture. Si c'est l'adresse d'un établissement, "
            "déclarez-la : privacy: public, about: organisation, basis: la base légale.",
            'A column classed "personnel" is removed as soon as it is read. If it is the address of an establishment, '
            "declare it: privacy: public, about: organisation, basis: the legal basis.",
        )[language]
    if proposal.rows:
        step = f"arobase sources test {proposal.source}"
        yield Said(f"L'essayer sans rien garder : {step}", f"Try it and keep nothing: {step}")[language]
    else:
        key = f"{proposal.package}/{proposal.table}"
        step = f"arobase sources new NOM ADRESSE --table {key}"
        english = f"arobase sources new NAME ADDRESS --table {key}"
        yield Said(f"Aucune source ne la remplit encore : {step}", f"No source fills it yet: {english}")[language]
    yield Said(
        "Rien n'est publié avant votre accord : arobase init . --accept",
        "Nothing is published before you agree: arobase init . --accept",
    )[language]


def package_made(path: Path, name: str, language: Language) -> Iterator[str]:
    yield f"{Said('écrit', 'written')[language]}: {path}"
    yield Said(
        f"Il n'a encore aucune table : arobase tables new FICHIER --package {name}",
        f"It has no table yet: arobase tables new FILE --package {name}",
    )[language]


def proposed_columns(proposal: Proposal, language: Language) -> Iterator[str]:
    """One line a column: what it is taken for, and why. The reason never holds a value."""
    width = max(len(column.name) for column in proposal.columns)
    for column in proposal.columns:
        reason = column.reason[language]
        yield f"  {column.name.ljust(width)}  {column.type.ljust(8)}  {column.privacy.ljust(9)}  {reason}"
    yield from _key(proposal.key, proposal.key_reason[language], language)
    yield from _left_out(proposal, language)
    yield from _doubts(proposal.doubts, language)


def _left_out(proposal: Proposal, language: Language) -> Iterator[str]:
    """Which lines of the file are taken for no records."""
    options = proposal.options
    if "header_row" in options:
        row = options["header_row"]
        yield Said(f"En-tête : ligne {row}", f"Header: row {row}")[language]
    if "stop_at" in options:
        text = options["stop_at"]
        yield Said(
            f"Laissé de côté : les notes sous la table, à partir de « {text} » (options.stop_at)",
            f'Left out: the notes under the table, from "{text}" on (options.stop_at)',
        )[language]


def _columns(columns: Sequence[Column], language: Language, fields: Sequence[str]) -> Iterator[str]:
    french = ("COLONNE", "TYPE", "CLASSE", "CHAMP", "POURQUOI")
    header = french if language == "fr" else ("COLUMN", "TYPE", "CLASS", "FIELD", "WHY")
    rows = [header]
    for column, field in zip(columns, fields, strict=True):
        why = f"{column.type_reason[language]} ; {column.reason[language]}"
        why = why if language == "fr" else why.replace(" ; ", "; ")
        rows.append((column.name, column.type, column.privacy, field, why))
    yield from aligned(rows, "  ")


def _readings(found: Sequence[Found], language: Language) -> Iterator[str]:
    """How the file is read, each with why."""
    rows = [(item.name, _value(item.value), item.reason[language]) for item in found]
    if rows:
        yield ""
        yield from aligned(rows, "  ")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return {"\t": "tab", ";": '";"', ",": '","', "|": '"|"'}.get(str(value), str(value))


def _first_page(is_first_page: bool, language: Language) -> Iterator[str]:
    if is_first_page:
        yield Said(
            "  D'après la première page seulement ; « sources test » lit tout.",
            "  From the first page only; `sources test` reads all of it.",
        )[language]


def _doubts(doubts: Sequence[Said], language: Language) -> Iterator[str]:
    """What reading the file reported."""
    for doubt in doubts:
        yield f"  ! {doubt[language]}"


def _key(key: Sequence[str], reason: str, language: Language) -> Iterator[str]:
    colon = Said("Clé : ", "Key: ")[language]
    yield f"{colon}{', '.join(key)} ({reason})" if key else f"{colon}{reason}"


def _checks(proposal: Proposal, language: Language) -> Iterator[str]:
    checks = [str(check.get("name")) for check in proposal.table_schema.get("custom_checks") or ()]
    if checks:
        names = ", ".join(dict.fromkeys(checks))
        of_schema = Said(
            f"Contrôles du schéma ({len(checks)}) : {names}", f"Checks of the schema ({len(checks)}): {names}"
        )
        yield of_schema[language]
