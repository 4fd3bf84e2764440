"""The data dictionary: tables that are published, records that come in, quality files, code lists."""

from __future__ import annotations

from pathlib import Path

from pipelines.core.project import Project
from pipelines.schema import (
    CodeList,
    Field,
    Package,
    PackageTable,
    TableSchema,
    load_codelist,
    load_incoming,
    load_package,
    load_quality,
    package_names,
    quality_names,
)
from pipelines.schema.codelist_tables import codelist_of
from pipelines.schema.codelist_titles import CodeListTitles, titles_of
from pipelines.schema.usage import usage_of
from pipelines.sources import Sources
from scripts.reference.markdown import code, page, table

FIELDS = ("field", "type", "sens", "meaning", "example", "privacy")


def package_page(package: Package, sources: Sources) -> str:
    """The tables of one package, in their published order."""
    names = [item.name for item in package.tables]
    sections = [
        f"{package.description}\n\n{package.description_en}",
        table(
            ("table", "titre", "title", "made from"),
            [
                (
                    f"[`{item.name}`](#{item.name})",
                    package.schema(item.name).title,
                    package.schema(item.name).title_en,
                    origin(package, item, sources),
                )
                for item in package.tables
            ],
        ),
        *(f"{table_section(schema)}\n\n{usage_section(schema)}" for schema in map(package.schema, names)),
    ]
    introduction = (
        f"*{package.title}.* What each table and field of the package `{package.name}` means. Licence "
        f"`{package.licence}`. Fields whose privacy is not `public` are in no release. Codes are in "
        "[code-lists.md](code-lists.md)."
    )
    return page(f"Data dictionary: {package.title_en}", introduction, *sections)


def origin(package: Package, item: PackageTable, sources: Sources) -> str:
    """Which sources fill a table, or which function derives it from which tables."""
    needed = f", while {' and '.join(code(name) for name in item.needs)} is on" if item.needs else ""
    if codelist_of(item.name) is not None:
        return f"the code list {code(f'schemas/codelists/{codelist_of(item.name)}.csv')}{needed}"
    if item.derived:
        return f"derived by `{item.derived}` from {', '.join(code(name) for name in item.inputs)}{needed}"
    key = f"{package.name}/{item.name}"
    described = [*sources.values(), *sources.off.values()]
    return "sources " + ", ".join(code(source.name) for source in described if key in source.tables) + needed


def incoming_page(schemas: Path) -> str:
    """Records in the shape that each source gives them, by schema."""
    names = sorted(path.stem for path in (schemas / "entrants").glob("*.json"))
    introduction = (
        "The records as sources give them, before they are normalised. A record that its schema refuses is rejected, "
        "and kept with the reasons. Fields whose privacy is `personnel` are read only to make something of them that "
        "is not personal."
    )
    return page("Incoming records", introduction, *(table_section(load_incoming(schemas, name)) for name in names))


def quality_page() -> str:
    """The files that go with every release."""
    names = quality_names()
    introduction = (
        "The files of every release that speak of its data: findings (`constats`), rejects (`rejets`), provenance and "
        "changes."
    )
    return page("Quality files", introduction, *(table_section(load_quality(name)) for name in names))


def table_section(schema: TableSchema) -> str:
    parts = [f"## {schema.name}", f"**{schema.title}.** {schema.description}"]
    if schema.description_en != schema.description:
        parts.append(f"**{schema.title_en}.** {schema.description_en}")
    if schema.primary_key:
        parts.append(f"Key: {', '.join(code(name) for name in schema.primary_key)}.")
    for key in schema.foreign_keys:
        own, other = (", ".join(code(name) for name in names) for names in (key.fields, key.reference_fields))
        parts.append(f"{own} → {code(key.table or schema.name)} ({other}).")
    parts.append(table(FIELDS, [field_line(item) for item in schema.fields]))
    return "\n\n".join(parts)


def usage_section(schema: TableSchema) -> str:
    """A first use of a published table, in the folder of its files."""
    fields = [field.descriptor | {"codelist": field.codelist} for field in schema.public.fields]
    usage = usage_of(schema.name, fields, schema.primary_key)
    return (
        f"A first use, with DuckDB, then with pandas:\n\n```sql\n{usage.duckdb}\n```\n\n```python\n{usage.pandas}\n```"
    )


def field_line(field: Field) -> tuple[str, ...]:
    """The cells of one field, in the order of `FIELDS`."""
    kinds = [field.type if field.scale is None else f"{field.type}, {field.scale} decimals"]
    constraints = field.descriptor.get("constraints", {})
    if field.codelist:
        kinds.append(f"[{field.codelist}](code-lists.md#{field.codelist})")
    for name, value in constraints.items():
        if name == "enum" and field.codelist:
            continue
        if value is True:
            kinds.append(name)
        elif value is not False:
            shown = ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
            kinds.append(f"{name} {code(shown)}")
    if field.reference:
        kinds.append(field.reference)
    french = f"{field.title}. {field.description}".strip()
    english = (
        ""
        if field.title_en == field.title and field.description_en == field.description
        else (f"{field.title_en}. {field.description_en}".strip())
    )
    example = "" if field.example is None else code(field.example)
    return code(field.name), "; ".join(kinds), french, english, example, field.privacy.value


def codelists_page(schemas: Path) -> str:
    """Every code list, with the days between which each code holds and where it comes from."""
    lists = [load_codelist(schemas, path.stem) for path in sorted((schemas / "codelists").glob("*.csv"))]
    introduction = (
        "The closed vocabularies of the domain, `schemas/codelists/*.csv`. A code is never used again with another "
        "meaning; a code that went out of use keeps its days of validity."
    )
    return page("Code lists", introduction, *(codelist_section(item, titles_of(schemas, item.name)) for item in lists))


def codelist_section(codes: CodeList, titles: CodeListTitles) -> str:
    called = f"{titles.title.fr} – {titles.title.en}"
    own = [name for name, _ in codes.codes[0].more] if codes.codes else []
    rows = []
    for item in codes.codes:
        days = f"{item.valid_from or ''} … {item.valid_to or ''}" if item.valid_from or item.valid_to else ""
        rows.append((code(item.code), item.label_fr, item.label_en, days, *dict(item.more).values(), item.source))
    heads = ("code", "libellé", "label", "valid", *own, "source")
    return f"## {codes.name}\n\n{called}\n\n{table(heads, rows)}"


def dictionary_pages(project: Project, sources: Sources) -> dict[str, str]:
    """Every page of the dictionary, by file name."""
    packages = {name: load_package(project.schemas, name) for name in package_names(project.schemas)}
    pages = {f"data-{name}.md": package_page(package, sources) for name, package in packages.items()}
    pages["data-incoming.md"] = incoming_page(project.schemas)
    pages["data-quality.md"] = quality_page()
    pages["code-lists.md"] = codelists_page(project.schemas)
    return pages
