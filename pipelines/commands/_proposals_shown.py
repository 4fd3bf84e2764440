"""What `arobase init`, `sources new`, `tables new` and `packages new` print of a proposal: what, why, and what is next.

Belongs here: wording. Does not: any guess (`starter/`). No line holds a value of a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.commands._sources_shown import aligned, said
from pipelines.core.text import Language

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
    yield ""
    yield from _columns(made.columns, language, [made.fields.get(column.name, "—") for column in made.columns])
    yield from _key(_key_names(made.columns, made.key, language), made.key_reason[language == "en"], language)
    yield ""
    keys = ", ".join(TO_COMPLETE)
    yield said(
        language,
        f"À compléter dans sources/{name}.yaml, refusé sans cela : {keys} (codes : schemas/codelists/licences.csv).",
        f"To complete in sources/{name}.yaml, refused without: {keys} (codes: schemas/codelists/licences.csv).",
    )
    yield said(
        language,
        "À corriger à la main : titres, classes, champs.",
        "To correct by hand: titles, classes, fields.",
    )
    yield said(language, f"Puis : arobase sources test {name}", f"Then: arobase sources test {name}")


def table_made(made: NewTable, language: Language) -> Iterator[str]:
    """What was proposed for a table and why, then how to confirm it."""
    proposal = made.proposal
    for path in made.written:
        yield f"{said(language, 'écrit', 'written')}: {path}"
    yield from _readings(made.found, language)
    yield from _first_page(made.is_first_page, language)
    yield ""
    yield from _columns(proposal.columns, language, [column.field or "—" for column in proposal.columns])
    yield from _key(
        _key_names(proposal.columns, proposal.key, language), proposal.key_reason[language == "en"], language
    )
    yield from _checks(proposal, language)
    yield ""
    if any(column.privacy == "personnel" for column in proposal.columns):
        yield said(
            language,
            "Une colonne « personnel » est retirée dès la lecture. Si c'est l'adresse d'un établissement, "
            "déclarez-la : privacy: public, about: organisation, basis: la base légale.",
            'A column classed "personnel" is removed as soon as it is read. If it is the address of an establishment, '
            "declare it: privacy: public, about: organisation, basis: the legal basis.",
        )
    if proposal.rows:
        step = f"arobase sources test {proposal.source}"
        yield said(language, f"L'essayer sans rien garder : {step}", f"Try it and keep nothing: {step}")
    else:
        key = f"{proposal.package}/{proposal.table}"
        step = f"arobase sources new NOM ADRESSE --table {key}"
        english = f"arobase sources new NAME ADDRESS --table {key}"
        yield said(language, f"Aucune source ne la remplit encore : {step}", f"No source fills it yet: {english}")
    yield said(
        language,
        "Rien n'est publié avant votre accord : arobase init . --accept",
        "Nothing is published before you agree: arobase init . --accept",
    )


def package_made(path: Path, name: str, language: Language) -> Iterator[str]:
    yield f"{said(language, 'écrit', 'written')}: {path}"
    yield said(
        language,
        f"Il n'a encore aucune table : arobase tables new FICHIER --package {name}",
        f"It has no table yet: arobase tables new FILE --package {name}",
    )


def proposed_columns(proposal: Proposal, language: Language) -> Iterator[str]:
    """One line a column: what it is taken for, and why. The reason never holds a value."""
    names = _names(proposal.columns, language)
    width = max(map(len, names))
    for name, column in zip(names, proposal.columns, strict=True):
        reason = column.reason[language == "en"]
        yield f"  {name.ljust(width)}  {column.type.ljust(8)}  {column.privacy.ljust(9)}  {reason}"
    yield from _key(
        _key_names(proposal.columns, proposal.key, language), proposal.key_reason[language == "en"], language
    )
    yield from _untold(proposal.columns, language)


def _names(columns: Sequence[Column], language: Language) -> list[str]:
    """The names of columns, or their places where a name may be a value of somebody's record."""
    hidden = _hidden(columns)
    word = said(language, "colonne", "column")
    return [
        f"({word} {place})" if column.name in hidden else column.name for place, column in enumerate(columns, start=1)
    ]


def _hidden(columns: Sequence[Column]) -> frozenset[str]:
    from pipelines.privacy.headers import untold_headers
    from pipelines.starter.proposal import TYPE_GIVEN

    known = [column.name for column in columns if column.type_reason is TYPE_GIVEN]
    return untold_headers([column.name for column in columns], known)


def _key_names(columns: Sequence[Column], key: Sequence[str], language: Language) -> list[str]:
    names = _names(columns, language)
    hidden = {
        field: name
        for column, name in zip(columns, names, strict=True)
        for field in (column.field, column.name)
        if field and name != column.name
    }
    return [hidden.get(field, field) for field in key]


def _untold(columns: Sequence[Column], language: Language) -> Iterator[str]:
    if _hidden(columns):
        yield said(
            language,
            "! Des noms de colonnes ressemblent à des valeurs et ne sont pas affichés : l'en-tête est-il bien là ? "
            "Voir les fichiers écrits.",
            "! Names of columns look like values and are not shown: is the header where it should be? See the files "
            "that were written.",
        )


def _columns(columns: Sequence[Column], language: Language, fields: Sequence[str]) -> Iterator[str]:
    french = ("COLONNE", "TYPE", "CLASSE", "CHAMP", "POURQUOI")
    header = french if language == "fr" else ("COLUMN", "TYPE", "CLASS", "FIELD", "WHY")
    rows = [header]
    for name, column, field in zip(_names(columns, language), columns, fields, strict=True):
        why = f"{column.type_reason[language == 'en']} ; {column.reason[language == 'en']}"
        why = why if language == "fr" else why.replace(" ; ", "; ")
        shown = field if name == column.name else "…"
        rows.append((name, column.type, column.privacy, shown, why))
    yield from aligned(rows, "  ")
    yield from _untold(columns, language)


def _readings(found: Sequence[Found], language: Language) -> Iterator[str]:
    """How the file is read, each with why."""
    rows = [(item.name, _value(item.value), item.reason[language == "en"]) for item in found]
    if rows:
        yield ""
        yield from aligned(rows, "  ")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return {"\t": "tab", ";": '";"', ",": '","', "|": '"|"'}.get(str(value), str(value))


def _first_page(is_first_page: bool, language: Language) -> Iterator[str]:
    if is_first_page:
        yield said(
            language,
            "  D'après la première page seulement ; « sources test » lit tout.",
            "  From the first page only; `sources test` reads all of it.",
        )


def _key(key: Sequence[str], reason: str, language: Language) -> Iterator[str]:
    colon = said(language, "Clé : ", "Key: ")
    yield f"{colon}{', '.join(key)} ({reason})" if key else f"{colon}{reason}"


def _checks(proposal: Proposal, language: Language) -> Iterator[str]:
    checks = [str(check.get("name")) for check in proposal.table_schema.get("custom_checks") or ()]
    if checks:
        names = ", ".join(dict.fromkeys(checks))
        yield said(
            language, f"Contrôles du schéma ({len(checks)}) : {names}", f"Checks of the schema ({len(checks)}): {names}"
        )
