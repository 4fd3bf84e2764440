"""Beginning a source: a sample is taken, and a YAML and a Table Schema are written for a person to correct.

Belongs here: the source's two files. Does not: guesses (`guessing.py`, `proposal.py`). Nothing is proposed as public
but what a field that is public already would take: the person who maintains that table decided so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import yaml

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.privacy.allowlist import load_allow_list
from pipelines.schema import Privacy, TableSchema, load_table
from pipelines.starter.documents import as_json
from pipelines.starter.errors import NameUnusable
from pipelines.starter.fields import mapped
from pipelines.starter.guessing import Found
from pipelines.starter.headers import check_headers
from pipelines.starter.names import plain_name, proposed_fields
from pipelines.starter.proposal import Column, Proposal, propose
from pipelines.starter.samples import DRAFT, Sample, take_sample
from pipelines.storage import sha256_bytes, write_text

# What nobody but a person knows: written empty, so that no source can be used while one of them is.
SOURCE_NAME = re.compile(r"[a-z][a-z0-9-]{1,62}")
TO_COMPLETE = ("licence", "publisher.title")
# By these a proposal knows itself when it is asked for again: what a person has edited is never replaced.
OWN_MARK, SCHEMA_MARK = "# proposé, inchangé / as proposed:", "# schéma / schema:"
EMPTY: dict[str, Any] = {"licence": None, "publisher": {"title": None}}
INTERNAL = Said(
    "rien de personnel trouvé ; la rendre publique est votre décision",
    "nothing personal found; making it public is for you to decide",
)


class SourceExists(ArobaseError):
    """A source of that name is there already: nothing is written over it."""

    code: ClassVar[str] = "source-exists"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{file} existe déjà, et a été modifié ; attendu : un autre nom, ou supprimez-le pour recommencer."
    )
    en: ClassVar[str] = "{file} exists already, and was edited; expected: another name, or delete it to begin again."


@dataclass(frozen=True)
class NewSource:
    """What was written for a source: its columns as proposed, with the fields that they fill, and how it is read."""

    written: tuple[Path, ...]
    columns: tuple[Column, ...]
    fields: Mapping[str, str]
    key: tuple[str, ...]
    key_reason: Said
    found: tuple[Found, ...]
    is_first_page: bool
    doubts: tuple[Said, ...] = ()


def begin(
    project: Project,
    name: str,
    address: str,
    chosen: Mapping[str, Any],
    *,
    now: datetime,
    headers_checked: bool = False,
) -> NewSource:
    """Write `sources/<name>.yaml`, and `schemas/entrants/<name>.json` when there is none.

    The keys of `TO_COMPLETE` are left empty, and the source is refused until someone fills them.
    `chosen`: where given `connector`, `file_format`, `target` ("package/table"), `sheet`, `pointer`, `header_row`,
    `compression`; what is not is guessed. A proposal that nobody edited is replaced, so that it can be asked for again
    with another option. `headers_checked`: somebody has looked at the headers, and none is a person's name. Raises
    `NameUnusable`, `SourceExists`, `HeadersUnsure`, and what describing, collecting and reading raise; then nothing is
    written.
    """
    if SOURCE_NAME.fullmatch(name) is None:
        expected = Said("minuscules, chiffres et tirets", "lower case, digits and hyphens")
        raise NameUnusable(name=name, what=Said("source", "source"), expected=expected)
    path = project.sources / f"{name}.yaml"
    part = plain_name(name)
    schema = project.schemas / "entrants" / f"{part}.json"
    if path.exists() and not _is_untouched(path):
        raise SourceExists(file=f"sources/{path.name}")
    is_ours = path.exists() and _mark(path, SCHEMA_MARK) == _digest_of(schema)
    target = _target(project, chosen.get("target"))
    sample = take_sample(project, name, address, chosen, now=now)
    if not headers_checked:
        check_headers(sample, sample.address, () if target is None else target.names)
    proposal = propose(
        sample.table,
        part,
        file=address,
        file_format=sample.format,
        options=sample.options,
        allow=load_allow_list(project.schemas),
    )
    fields = {} if target is None else proposed_fields(sample.columns, target.names)
    columns = tuple(_classed(column, _field_of(column, fields), target, chosen) for column in proposal.columns)
    described = _described(name, part, sample, chosen, _mapping(columns, fields, target))
    left = [column.name for column in columns if column.name not in fields.values()]
    note = (
        f"# Proposé d'après un échantillon ; à corriger. Colonnes que rien ne lit encore : {', '.join(left) or '—'}\n"
        f"# À compléter / to complete: {', '.join(TO_COMPLETE)}\n"
    )
    written = [path]
    if is_ours or not schema.exists():
        write_text(schema, as_json(_incoming(name, columns)))
        written.append(schema)
        note += f"{SCHEMA_MARK} {_digest_of(schema)}\n"
    body = note + yaml.safe_dump(described | EMPTY, allow_unicode=True, sort_keys=False, width=120)
    write_text(path, f"{body}{OWN_MARK} {sha256_bytes(body.encode())}\n")
    return NewSource(
        written=tuple(written),
        columns=columns,
        fields={column: field for field, column in fields.items()},
        key=_key_columns(proposal),
        key_reason=proposal.key_reason,
        found=sample.found,
        is_first_page=sample.is_first_page,
        doubts=sample.doubts,
    )


def _target(project: Project, key: str | None) -> TableSchema | None:
    if not key:
        return None
    package, _, table = key.partition("/")
    return load_table(project.schemas, package, table)


def _field_of(column: Column, fields: Mapping[str, str]) -> str:
    return next((field for field, name in fields.items() if name == column.name), "")


def _classed(column: Column, field: str, target: TableSchema | None, chosen: Mapping[str, Any]) -> Column:
    """The column with the class that a source may have before somebody decided: public only where its field is."""
    if column.privacy != Privacy.PUBLIC:
        return column
    privacy, reason = Privacy.INTERNAL, INTERNAL
    if target is not None and field and target[field].privacy is Privacy.PUBLIC:
        privacy = Privacy.PUBLIC
        reason = Said(
            f"remplit {chosen['target']}.{field}, public", f"fills {chosen['target']}.{field}, which is public"
        )
    return replace(
        column, privacy=privacy.value, reason=reason, descriptor={**column.descriptor, "privacy": privacy.value}
    )


def _mapping(columns: tuple[Column, ...], fields: Mapping[str, str], target: TableSchema | None) -> dict[str, Any]:
    """The entry of each field: through a converter where the table's type is that of the column, else as it comes."""
    if target is None:
        return {}
    by_name = {column.name: column for column in columns}
    return {
        field: mapped(by_name[name]) if target[field].type == by_name[name].type != "boolean" else name
        for field, name in fields.items()
    }


def _described(
    name: str, part: str, sample: Sample, chosen: Mapping[str, Any], entries: Mapping[str, Any]
) -> dict[str, Any]:
    inner: dict[str, Any] = {"format": sample.format}
    inner |= {"options": dict(sample.options)} if sample.options else {}
    inner["schema"] = part
    inner |= {"rows": [{"table": chosen["target"], "fields": dict(entries)}]} if chosen.get("target") else {}
    described: dict[str, Any] = {"name": name, "title": name, "title_en": name}
    described |= {"connector": sample.connector, "address": sample.address, **DRAFT}
    described |= {"parameters": dict(sample.parameters)} if sample.parameters else {}
    return {**described, "parts": {part: inner}}


def _incoming(title: str, columns: tuple[Column, ...]) -> dict[str, Any]:
    fields = [dict(column.descriptor) for column in columns]
    return {"title": title, "title_en": title, "fields": fields, "missingValues": [""]}


def _key_columns(proposal: Proposal) -> tuple[str, ...]:
    """The key by the columns' own names."""
    return tuple(column.name for column in proposal.columns if column.field in proposal.key)


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
