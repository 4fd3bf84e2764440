"""Beginning a source: a sample collected aside, read, and a YAML and a Table Schema written for a person to correct."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit, urlunsplit

import yaml

from pipelines.core.errors import ArobaseError, Mender
from pipelines.core.lined_yaml import parse
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.formats.proposing import plain_name, proposed_fields, proposed_schema
from pipelines.formats.reading import RESERVED, read
from pipelines.schema import load_table
from pipelines.sources import SnapshotStore, collect, load_source
from pipelines.sources.http import Client
from pipelines.sources.http.addresses import is_private
from pipelines.sources.http.errors import NotTheAnswer
from pipelines.sources.proposing_pages import proposed_parameters
from pipelines.storage import write_text

# What nobody but a person knows: written empty, so that no source can be used while one of them is.
TO_COMPLETE = ("licence", "publisher.title")
DRAFT = {"licence": "—", "publisher": {"title": "—"}}
PAGED = "paged_json"
EMPTY: dict[str, Any] = {"licence": None, "publisher": {"title": None}}


class SourceExists(ArobaseError):
    """A source of that name is there already: nothing is written over it."""

    code: ClassVar[str] = "source-exists"
    mender: ClassVar[Mender] = Mender.OPERATOR
    fr: ClassVar[str] = "{file} existe déjà ; attendu : un autre nom."
    en: ClassVar[str] = "{file} exists already; expected: another name."


def begin(project: Project, name: str, address: str, chosen: Mapping[str, Any], *, now: datetime) -> list[Path]:
    """Write `sources/<name>.yaml`, and `schemas/entrants/<name>.json` when there is none; returns what was written.

    The keys of `TO_COMPLETE` are left empty, and the source is refused until someone fills them.
    `chosen`: `file_format`, `connector`, and where given `target` ("package/table"), `sheet`, `pointer`, `compression`.
    Raises `SourceExists`, and what describing, collecting and reading raise; then nothing is written.
    """
    path = project.sources / f"{name}.yaml"
    if path.exists():
        raise SourceExists(file=f"sources/{path.name}")
    part = plain_name(name)
    described: dict[str, Any] = {
        "name": name,
        "title": name,
        "title_en": name,
        "connector": chosen["connector"],
        "address": address,
        **DRAFT,
        "parts": {part: {"format": chosen["file_format"]}},
    }
    if chosen["connector"] == PAGED:
        described |= _paged(name, address)
        described["parts"][part]["format"] = "jsonl"
    given = {key: chosen[key] for key in ("sheet", "pointer", "compression") if chosen.get(key)}
    described["parts"][part] |= {"options": given} if given else {}
    table = _sample(project, name, described, now)
    facts = json.loads(table.schema.metadata[b"facts"])
    options = described["parts"][part].get("options", {})
    options |= {key: facts[key] for key in ("encoding", "delimiter") if key in facts}
    described["parts"][part] |= {"options": options} if options else {}
    described["parts"][part]["schema"] = part
    if chosen.get("target"):
        package, _, target = str(chosen["target"]).partition("/")
        fields = proposed_fields(table.column_names, load_table(project.schemas, package, target).names)
        described["parts"][part]["rows"] = [{"table": chosen["target"], "fields": fields}]
    used = {column for rows in described["parts"][part].get("rows", ()) for column in rows["fields"].values()}
    left = [column for column in table.column_names if column not in used and column not in RESERVED]
    note = (
        f"# Proposé d'après un échantillon ; à corriger. Colonnes que rien ne lit encore : {', '.join(left) or '—'}\n"
        f"# À compléter / to complete: {', '.join(TO_COMPLETE)}\n"
    )
    written = [path]
    schema = project.schemas / "entrants" / f"{part}.json"
    if not schema.exists():
        proposal = proposed_schema(table, name)
        write_text(schema, json.dumps(proposal, ensure_ascii=False, indent=2) + "\n")
        written.append(schema)
    write_text(path, note + yaml.safe_dump(described | EMPTY, allow_unicode=True, sort_keys=False, width=120))
    return written


def _paged(name: str, address: str) -> dict[str, Any]:
    """The address without the parameters that the pages take, and how its first page says that it goes on.

    Raises what the client raises, and `NotTheAnswer` for what is no JSON.
    """
    answer = Client(name, allow_private=is_private(address)).ask(address)
    try:
        parameters = proposed_parameters(answer.json(), address, answer.headers)
    except ValueError:
        found, expected = Said("autre forme", "other shape"), "JSON"
        raise NotTheAnswer(source=name, address=answer.address, found=found, expected=expected) from None
    parts = urlsplit(address)
    pages = parameters["pages"]
    taken = {*pages.values(), parameters.get("size", {}).get("parameter")}
    query = {key: value for key, value in parse_qsl(parts.query) if key not in taken}
    parameters |= {"query": query} if query else {}
    parameters |= {"allow_private": True} if is_private(address) else {}
    return {"address": urlunsplit((parts.scheme, parts.netloc, parts.path, "", "")), "parameters": parameters}


def _sample(project: Project, name: str, described: Mapping[str, Any], now: datetime) -> Any:
    """The records of a description that is not in the project yet."""
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        draft = Path(folder) / f"{name}.yaml"
        draft.write_text(yaml.safe_dump(dict(described), allow_unicode=True, sort_keys=False), encoding="utf-8")
        source = load_source(draft)
        trial = Project.at(project.root, Path(folder) / "outputs")
        snapshot = collect(trial, source, now=now).parts[0]
        path = SnapshotStore.of(trial).path(snapshot)
        return read(source.parts[0], path, source=name, snapshot=snapshot.sha256, announced=snapshot.announced)


def proposed(project: Project, name: str) -> list[tuple[str, str, str, str]]:
    """What a new source's files say of each column: its name, its type, its privacy class, the field that it fills."""
    described = parse((project.sources / f"{name}.yaml").read_text(encoding="utf-8")).value
    (part,) = described["parts"].values()
    schema = json.loads((project.schemas / "entrants" / f"{part['schema']}.json").read_text(encoding="utf-8"))
    fields = {column: field for rows in part.get("rows", ()) for field, column in rows["fields"].items()}
    return [
        (item["name"], item["type"], item["privacy"], fields.get(item["name"], "—"))
        for item in schema.get("fields", ())
    ]
