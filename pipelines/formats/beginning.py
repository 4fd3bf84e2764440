"""Beginning a source: a sample collected aside, read, and a YAML and a Table Schema written for a person to correct."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from dataclasses import replace
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
from pipelines.storage import sha256_bytes, write_text

# What nobody but a person knows: written empty, so that no source can be used while one of them is.
TO_COMPLETE = ("licence", "publisher.title")
DRAFT = {"licence": "—", "publisher": {"title": "—"}}
PAGED = "paged_json"
# By these a proposal knows itself when it is asked for again: what a person has edited is never replaced.
OWN_MARK, SCHEMA_MARK = "# proposé, inchangé / as proposed:", "# schéma / schema:"
EMPTY: dict[str, Any] = {"licence": None, "publisher": {"title": None}}


class SourceExists(ArobaseError):
    """A source of that name is there already: nothing is written over it."""

    code: ClassVar[str] = "source-exists"
    mender: ClassVar[Mender] = Mender.OPERATOR
    fr: ClassVar[str] = (
        "{file} existe déjà, et a été modifié ; attendu : un autre nom, ou supprimez-le pour recommencer."
    )
    en: ClassVar[str] = "{file} exists already, and was edited; expected: another name, or delete it to begin again."


def begin(project: Project, name: str, address: str, chosen: Mapping[str, Any], *, now: datetime) -> list[Path]:
    """Write `sources/<name>.yaml`, and `schemas/entrants/<name>.json` when there is none; returns what was written.

    The keys of `TO_COMPLETE` are left empty, and the source is refused until someone fills them.
    `chosen`: `file_format`, `connector`, and where given `target` ("package/table"), `sheet`, `pointer`, `header_row`,
    `compression`.
    A proposal that nobody edited is replaced, so that it can be asked for again with another option. Raises
    `SourceExists`, and what describing, collecting and reading raise; then nothing is written.
    """
    path = project.sources / f"{name}.yaml"
    part = plain_name(name)
    schema = project.schemas / "entrants" / f"{part}.json"
    if path.exists() and not _is_untouched(path):
        raise SourceExists(file=f"sources/{path.name}")
    is_ours = path.exists() and _mark(path, SCHEMA_MARK) == _digest_of(schema)
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
    given = {key: chosen[key] for key in ("sheet", "pointer", "header_row", "compression") if chosen.get(key)}
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
    if is_ours or not schema.exists():
        proposal = proposed_schema(table, name)
        write_text(schema, json.dumps(proposal, ensure_ascii=False, indent=2) + "\n")
        written.append(schema)
        note += f"{SCHEMA_MARK} {_digest_of(schema)}\n"
    body = note + yaml.safe_dump(described | EMPTY, allow_unicode=True, sort_keys=False, width=120)
    write_text(path, f"{body}{OWN_MARK} {sha256_bytes(body.encode())}\n")
    return written


def _is_untouched(path: Path) -> bool:
    """Whether a source's file is still, byte for byte, what was proposed."""
    body = path.read_text(encoding="utf-8").rpartition(OWN_MARK)[0]
    return _mark(path, OWN_MARK) == sha256_bytes(body.encode())


def _mark(path: Path, mark: str) -> str:
    """The digest that a proposal wrote of itself, or of its schema; empty where there is none."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line.removeprefix(mark).strip() for line in lines if line.startswith(mark)), "")


def _digest_of(path: Path) -> str:
    return sha256_bytes(path.read_bytes()) if path.is_file() else "absent"


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


def _sample(project: Project, name: str, described: dict[str, Any], now: datetime) -> Any:
    """The records of a description that is not in the project yet; where they are in a JSON document is added to it."""
    with tempfile.TemporaryDirectory(prefix="arobase-") as folder:
        draft = Path(folder) / f"{name}.yaml"
        draft.write_text(yaml.safe_dump(dict(described), allow_unicode=True, sort_keys=False), encoding="utf-8")
        source = load_source(draft)
        trial = Project.at(project.root, Path(folder) / "outputs")
        snapshot = collect(trial, source, now=now).parts[0]
        path = SnapshotStore.of(trial).path(snapshot)
        part = source.parts[0]
        pointer = _pointer(path) if part.format == "json" and "pointer" not in part.options else None
        if pointer:
            (raw,) = described["parts"].values()
            raw["options"] = {**raw.get("options", {}), "pointer": pointer}
            part = replace(part, options=raw["options"])
        return read(part, path, source=name, snapshot=snapshot.sha256, announced=snapshot.announced)


def _pointer(path: Path) -> str | None:
    """Where the list of records is in a JSON document, for one that holds a single list of objects: `features`."""
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        return None  # told by the reader, or packed
    lists = [name for name, value in document.items() if _is_records(value)] if isinstance(document, dict) else []
    return lists[0] if len(lists) == 1 else None


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


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
