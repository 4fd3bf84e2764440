"""Code lists as tables of the packages that use them: one table per list, which fields point at by foreign keys.

Belongs here: which lists a package publishes, and the schema of such a table. Does not: its rows
(`tables/codelists.py`). A published file never points at a list that its release lacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pipelines.schema.codelist_titles import CodeListTitles
from pipelines.schema.codelists import CodeList
from pipelines.schema.tables import Field, ForeignKey, Privacy, TableSchema

PREFIX = "codes_"
TEXTS = {
    "code": (
        "Code",
        "Code",
        "Code de la liste, tel qu'il est dans les tables.",
        "Code of the list, as tables hold it.",
    ),
    "libelle_fr": (
        "Libellé",
        "Label (French)",
        "Ce que le code veut dire, en français.",
        "What the code means, in French.",
    ),
    "libelle_en": ("Libellé en anglais", "Label", "Ce que le code veut dire, en anglais.", "What the code means."),
    "valide_du": (
        "Valide du",
        "Valid from",
        "Premier jour de validité ; vide si inconnu.",
        "First day; empty if unknown.",
    ),
    "valide_au": (
        "Valide au",
        "Valid to",
        "Dernier jour de validité ; vide s'il est ouvert.",
        "Last day; empty if open.",
    ),
    "source": ("Source", "Source", "Texte ou page qui donne le code.", "Text or page that gives the code."),
}


def table_name(codelist: str) -> str:
    """The table of a code list."""
    return f"{PREFIX}{codelist}"


def codelist_of(table: str) -> str | None:
    """The code list that a table publishes; None for any other table."""
    return table.removeprefix(PREFIX) if table.startswith(PREFIX) else None


def codelists_of(schemas: Iterable[TableSchema]) -> list[str]:
    """The code lists of the public fields of some tables, sorted."""
    return sorted(
        {field.codelist for schema in schemas for field in schema.fields if _is_published(field) and field.codelist}
    )


def with_keys(schema: TableSchema) -> TableSchema:
    """The schema, with a foreign key to the table of each code list that its public text fields use."""
    keys = [
        ForeignKey((field.name,), table_name(field.codelist), ("code",))
        for field in schema.fields
        if field.codelist and _is_published(field) and field.type == "string"
    ]
    return replace(schema, foreign_keys=(*schema.foreign_keys, *keys))


def codelist_schema(codelist: CodeList, more: Iterable[str], titles: CodeListTitles) -> TableSchema:
    """The schema of a code list's table. `more`: the columns that this list has beside the usual ones."""
    title = titles.title
    example = _example(codelist)
    fields = [_field(name, *texts, example=example.get(name)) for name, texts in TEXTS.items()]
    for name in more:
        own = titles.of_column(name)
        texts = (own.fr, own.en, f"Propre à la liste « {title.fr} ».", f'Specific to the list "{title.en}".')
        fields.append(_field(name, *texts, example=example.get(name)))
    return TableSchema(
        name=table_name(codelist.name),
        title=f"Codes : {title.fr}",
        title_en=f"Codes: {title.en}",
        description=f"Une ligne par code de la liste « {title.fr} » : libellés, validité, source.",
        description_en=f'One row per code of the list "{title.en}": labels, validity, source.',
        fields=tuple(fields),
        primary_key=("code",),
        foreign_keys=(),
        missing_values=("",),
        path=f"schemas/codelists/{codelist.name}.csv",
    )


def _is_published(field: Field) -> bool:
    return field.privacy is Privacy.PUBLIC


def _example(codelist: CodeList) -> dict[str, str]:
    """The first code of a list, by column."""
    first = next(iter(codelist.codes), None)
    if first is None:
        return {}
    dates = {"valide_du": first.valid_from, "valide_au": first.valid_to}
    bounds = {name: day.isoformat() for name, day in dates.items() if day}
    bounds |= {"code": first.code, "libelle_fr": first.label_fr, "libelle_en": first.label_en, "source": first.source}
    return {name: value for name, value in (bounds | dict(first.more)).items() if value}


def _field(name: str, *texts: str, example: str | None) -> Field:
    title, title_en, description, description_en = texts
    kind = "date" if name in ("valide_du", "valide_au") else "string"
    descriptor: dict[str, Any] = {"name": name, "type": kind, "title": title, "description": description}
    if name in ("code", "libelle_fr"):
        descriptor |= {"constraints": {"required": True}}
    return Field(
        name=name,
        type=kind,
        privacy=Privacy.PUBLIC,
        title=title,
        title_en=title_en,
        description=description,
        description_en=description_en,
        example=example,
        codelist=None,
        reference="",
        scale=None,
        descriptor=descriptor,
    )
