"""The files of a new project: an example that publishes at once, or a proposal for somebody's own file.

Belongs here: which files, and their words. Does not: what is proposed (`proposal.py`). A project is written beside its
place and appears whole, or not at all.
"""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import yaml

from pipelines.core.text import Language, Said
from pipelines.formats.proposing import plain_name
from pipelines.formats.reading import RESERVED, read
from pipelines.privacy.allowlist import load_allow_list
from pipelines.sources import load_source
from pipelines.starter.errors import FileUnusable, FolderTaken
from pipelines.starter.fields import mapped, published_field
from pipelines.starter.proposal import Proposal, propose
from pipelines.storage import sha256_file

HERE = Path(__file__).parent
FORMATS = {
    ".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".xlsx": "xlsx", ".xls": "xls", ".ods": "ods", ".json": "json",
    ".jsonl": "jsonl", ".ndjson": "jsonl", ".parquet": "parquet",
}  # fmt: skip
# Folders of schemas/ that are no package.
TAKEN = ("codelists", "entrants", "privacy", "qualite")
DETECTED = ("encoding", "delimiter")
UNKNOWN_PUBLISHER = Said("Producteur à préciser", "Publisher to be filled in")


def start_example(folder: Path, language: Language) -> None:
    """Write the example project. Raises `FolderTaken`."""
    _appear(folder, lambda aside: _write_example(aside, language))


def start_from(
    folder: Path,
    file: Path,
    *,
    language: Language,
    today: date,
    schema: Path | None = None,
    licence: str = "non-precisee",
    publisher: str = "",
    confirmed: bool = False,
) -> Proposal:
    """Write a project that publishes the records of `file` once its proposals are confirmed, at once when `confirmed`.

    `schema`: the Table Schema that describes the file. Raises `FolderTaken`, `FileUnusable`, and what reading raises.
    """
    made: list[Proposal] = []
    who = publisher or getattr(UNKNOWN_PUBLISHER, language)

    def write(aside: Path) -> None:
        _write_common(aside)
        proposal = _proposal(aside, file, schema, licence, who)
        agreed = today if confirmed else None
        _write_proposal(aside, file, proposal, confirmed=agreed, today=today, language=language)
        made.append(proposal)

    _appear(folder, write)
    return made[0]


def _appear(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder beside, which then takes its place. Raises `FolderTaken`."""
    folder = folder.resolve()
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if found or (folder.exists() and not folder.is_dir()):
        raise FolderTaken(folder=folder, found=", ".join(found[:3]) or folder.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write(aside)
        aside.chmod(0o755)
        if folder.is_dir():  # somebody may stand in it: it is filled, not replaced
            for path in sorted(aside.iterdir()):
                path.replace(folder / path.name)
            aside.rmdir()
        else:
            aside.replace(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _write_common(folder: Path) -> None:
    shutil.copytree(HERE / "common", folder, dirs_exist_ok=True)
    (folder / "gitignore").rename(folder / ".gitignore")
    for name in ("data", "corrections"):
        (folder / "sources" / name).mkdir(parents=True, exist_ok=True)


def _write_example(folder: Path, language: Language) -> None:
    _write_common(folder)
    shutil.copytree(HERE / "example", folder, dirs_exist_ok=True)
    title = {"fr": "Lieux d'accueil numérique (exemple)", "en": "Digital welcome places (example)"}[language]
    _write_readme(folder, language, title=title, package="exemple", table="lieux", proposal=None)


def _proposal(folder: Path, file: Path, schema: Path | None, licence: str, publisher: str) -> Proposal:
    form = FORMATS.get(file.suffix.lower())
    if form is None:
        found = Said(f"suffixe « {file.suffix} »", f'suffix "{file.suffix}"')
        raise FileUnusable(file=file, found=found, expected=", ".join(FORMATS))
    if not file.is_file():
        found, expected = Said("le fichier n'existe pas", "the file does not exist"), Said("un fichier", "a file")
        raise FileUnusable(file=file, found=found, expected=expected)
    described = _described(schema) if schema is not None else None
    name = _name(file.stem)
    draft = folder / "sources" / f"{name.replace('_', '-')}.yaml"  # a source's file is named by the source
    part: dict[str, Any] = {"format": form}
    source: dict[str, Any] = {"name": name.replace("_", "-"), "title": name, "connector": "files"}
    source |= {"address": f"data/{file.name}", "licence": licence, "publisher": {"title": publisher}}
    source["parts"] = {name: part}
    draft.write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")
    table = read(load_source(draft).parts[0], file, source=file.name, snapshot=sha256_file(file))
    draft.unlink()
    missing = _missing(described, [column for column in table.column_names if column not in RESERVED])
    if missing:
        found = Said(f"colonnes absentes : {', '.join(missing)}", f"columns missing: {', '.join(missing)}")
        expected = Said("toutes les colonnes que le schéma exige", "every column that the schema requires")
        raise FileUnusable(file=file, found=found, expected=expected)
    facts = json.loads(table.schema.metadata[b"facts"])
    options = {key: facts[key] for key in DETECTED if key in facts}
    return propose(
        table,
        name,
        file=file.name,
        file_format=form,
        options=options,
        allow=load_allow_list(folder / "schemas"),
        schema=described,
        licence=licence,
        publisher=publisher,
    )


def _described(path: Path) -> Mapping[str, Any]:
    """A publisher's Table Schema. Raises `FileUnusable`."""
    expected = Said("un Table Schema (JSON) avec une liste « fields »", 'a Table Schema (JSON) with a list "fields"')
    try:
        document = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise FileUnusable(file=path, found=type(error).__name__, expected=expected) from None
    fields = document.get("fields") if isinstance(document, dict) else None
    if not isinstance(fields, list) or not all(isinstance(item, dict) and "name" in item for item in fields):
        raise FileUnusable(file=path, found=type(document).__name__, expected=expected)
    found: Mapping[str, Any] = document
    return found


def _missing(described: Mapping[str, Any] | None, columns: list[str]) -> list[str]:
    fields = described["fields"] if described else ()
    return [
        item["name"] for item in fields if item.get("constraints", {}).get("required") and item["name"] not in columns
    ]


def _name(stem: str) -> str:
    """A name that a source, a part, a table and a package may all have."""
    name = plain_name(stem)[:50].strip("_")
    if re.fullmatch(r"[a-z][a-z0-9_]+", name) and name not in TAKEN:
        return name
    return f"donnees_{name}".rstrip("_")


def _write_proposal(
    folder: Path, file: Path, proposal: Proposal, *, confirmed: date | None, today: date, language: Language
) -> None:
    schemas, sources = folder / "schemas", folder / "sources"
    shutil.copyfile(file, sources / "data" / file.name)
    (schemas / "entrants").mkdir()
    (schemas / proposal.package).mkdir()
    _write_json(schemas / "entrants" / f"{proposal.part}.json", _incoming(proposal))
    _write_json(schemas / proposal.package / f"{proposal.table}.json", _published(proposal, confirmed))
    _write_yaml(schemas / proposal.package / "package.yaml", _package(proposal))
    _write_yaml(sources / f"{proposal.source}.yaml", _source(proposal, today))
    base = {"base_url": "https://example.org/donnees/", "publisher": {"title": proposal.publisher}}
    _write_yaml(folder / "catalogue.yaml", base)
    _write_readme(
        folder,
        language,
        title=_title(proposal),
        package=proposal.package,
        table=proposal.table,
        proposal=proposal,
        confirmed=confirmed,
    )


def _title(proposal: Proposal) -> str:
    return str(proposal.table_schema.get("title", proposal.name.replace("_", " ").capitalize()))


def _titles(proposal: Proposal) -> dict[str, str]:
    title = _title(proposal)
    return {"title": title, "title_en": str(proposal.table_schema.get("title_en", title))}


def _incoming(proposal: Proposal) -> dict[str, Any]:
    """The columns as they come, under their own names."""
    fields = [dict(column.descriptor) for column in proposal.columns]
    checks = {key: value for key, value in proposal.table_schema.items() if key == "custom_checks"}
    return {**_titles(proposal), "fields": fields, "missingValues": [""], **checks}


def _published(proposal: Proposal, confirmed: date | None) -> dict[str, Any]:
    """The table as it is published, and that it is a proposal until somebody confirmed it."""
    described = str(proposal.table_schema.get("description", f"{_title(proposal)}."))
    mark = {
        "by": "arobase init",
        "from": proposal.file,
        "confirmed": confirmed.isoformat() if confirmed else None,
    }
    document: dict[str, Any] = {
        "proposed": mark | ({"confirmed_by": "arobase init --accept"} if confirmed else {}),
        **_titles(proposal),
        "description": described,
        "description_en": str(proposal.table_schema.get("description_en", described)),
        "fields": [published_field(column) for column in proposal.published],
        "missingValues": [""],
    }
    return document | ({"primaryKey": list(proposal.key)} if proposal.key else {})


def _package(proposal: Proposal) -> dict[str, Any]:
    described = str(proposal.table_schema.get("description", f"{_title(proposal)}."))
    return {
        **_titles(proposal),
        "description": described,
        "description_en": str(proposal.table_schema.get("description_en", described)),
        "licence": proposal.licence,
        "publisher": {"title": proposal.publisher},
        "contributors": [{"title": proposal.publisher, "role": "publisher"}],
        "contact": {"title": proposal.publisher},
        "cadence": "P1Y",
        "owner": "equipe-donnees",
        "tables": [{"name": proposal.table, "rows": {"min": 1}}],
    }


def _source(proposal: Proposal, today: date) -> dict[str, Any]:
    personal = [column.name for column in proposal.columns if not column.field]
    privacy = (
        f"Colonnes retirées dès la lecture : {', '.join(personal)}." if personal else "Aucune colonne personnelle."
    )
    return {
        "name": proposal.source,
        **_titles(proposal),
        "connector": "files",
        "address": f"data/{proposal.file}",
        "obtained": today.isoformat(),
        "licence": proposal.licence,
        "publisher": {"title": proposal.publisher},
        "owner": "equipe-donnees",
        "cadence": "P1Y",
        "privacy": privacy,
        "parts": {
            proposal.part: {
                "format": proposal.format,
                **({"options": dict(proposal.options)} if proposal.options else {}),
                "schema": proposal.part,
                "rows": [
                    {
                        "table": f"{proposal.package}/{proposal.table}",
                        "fields": {column.field: mapped(column) for column in proposal.published},
                    }
                ],
            }
        },
    }


def _write_json(path: Path, document: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _write_yaml(path: Path, document: Mapping[str, Any]) -> None:
    text = yaml.safe_dump(dict(document), allow_unicode=True, sort_keys=False, width=120)
    path.write_text(text, encoding="utf-8")


def _write_readme(folder: Path, language: Language, **facts: Any) -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=False,  # Markdown, of texts that the same person gave
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.get_template(f"README.{language}.md.j2")
    (folder / "README.md").write_text(template.render(**{"confirmed": None, **facts}), encoding="utf-8")
