"""A new table from a file, an address or an official schema: its schemas, its source, its place in a package.

Belongs here: what is written for `arobase tables new`, whole or not at all. Does not: guesses (`proposal.py`,
`guessing.py`), what is in each document (`documents.py`), confirming (`accepting.py`).
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipelines.core.project import Project
from pipelines.core.text import Said
from pipelines.formats.errors import FormatError
from pipelines.privacy.allowlist import load_allow_list
from pipelines.schema import package_names
from pipelines.schema.packages import UNSTATED_LICENCE, UNSTATED_PUBLISHER
from pipelines.schema.reserved import RESERVED
from pipelines.sources.http.addresses import public_address
from pipelines.starter.documents import as_json, as_yaml, incoming, package_document, published, source_document
from pipelines.starter.errors import AlreadyThere, FileAbsent, FileUnusable, NameUnusable
from pipelines.starter.guessing import Found
from pipelines.starter.headers import check_file_name, check_headers
from pipelines.starter.names import common_name
from pipelines.starter.official import is_address, missing_columns
from pipelines.starter.packages import check_licence, check_name, extended, package_path, written_in
from pipelines.starter.proposal import Proposal, propose
from pipelines.starter.samples import Sample, take_sample
from pipelines.storage import write_text
from pipelines.storage.atomic import new_file

BY = "arobase tables new"
TABLE_NAME = re.compile(r"[a-z][a-z0-9_]{1,62}")


@dataclass(frozen=True)
class NewTable:
    """What was written for a table. `found`: how its file is read, and why; `written`: the files, relative."""

    proposal: Proposal
    found: tuple[Found, ...]
    written: tuple[Path, ...]
    is_first_page: bool = False


def new_table(
    project: Project,
    place: str | None,
    *,
    today: date,
    name: str | None = None,
    package: str | None = None,
    schema: Mapping[str, Any] | None = None,
    schema_from: str = "",
    licence: str = "",
    publisher: str = "",
    chosen: Mapping[str, Any] | None = None,
    headers_checked: bool = False,
) -> NewTable:
    """Propose a table from the file or the address `place`, from a schema, or from both, and write its files.

    Without `package`, the table is the first of a package of its own. A local file is copied to `sources/data/`.
    Without `place`, the table has the schema's fields and no source. Nothing is published before somebody confirmed it.
    `headers_checked`: somebody has looked at the headers, and none is a person's name. Raises `AlreadyThere`,
    `NameUnusable`, `FileUnusable`, `HeadersUnsure`, and what reading, asking and the package's file raise; then nothing
    is written.
    """
    proposal, sample = proposal_of(
        project,
        file=None if place is None or "://" in place else Path(place),
        address=place if place is not None and "://" in place else None,
        name=name,
        schema=schema,
        schema_from=schema_from,
        licence=licence,
        publisher=publisher,
        chosen=chosen,
        today=today,
        headers_checked=headers_checked,
    )
    proposal = _in_package(project, replace(proposal, in_package=package or ""), licence, publisher)
    texts = _texts(project, proposal, sample, place, today)
    for path, text in texts.items():
        is_extended = path == package_path(project, proposal.package)
        # The same text is what a command left that was killed before it had written the package's file, its last.
        if path.exists() and not is_extended and path.read_bytes() != text.encode("utf-8"):
            raise AlreadyThere(file=path.relative_to(project.root), option="--name")
    copied = _to_copy(project, place)
    with _all_or_none([*copied, *texts]):
        for target in copied:
            with new_file(target) as written_to, Path(place or "").open("rb") as read:
                shutil.copyfileobj(read, written_to)
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
    found = () if sample is None else sample.found
    written = tuple(path.relative_to(project.root) for path in (*copied, *texts))
    return NewTable(proposal, found, written, bool(sample and sample.is_first_page))


def _in_package(project: Project, proposal: Proposal, licence: str, publisher: str) -> Proposal:
    """The proposal with the licence and the publisher that were given, else those of its package.

    Raises `NameUnusable` for a licence that is none, and what a wrong package raises.
    """
    if licence:
        check_licence(project, licence)
    check_name(proposal.package)
    here = written_in(project, proposal.package)
    by = publisher or str((here.get("publisher") or {}).get("title") or UNSTATED_PUBLISHER.fr)
    return replace(proposal, licence=licence or str(here.get("licence") or UNSTATED_LICENCE), publisher=by)


def proposal_of(
    project: Project,
    *,
    file: Path | None = None,
    address: str | None = None,
    name: str | None = None,
    schema: Mapping[str, Any] | None = None,
    schema_from: str = "",
    licence: str = UNSTATED_LICENCE,
    publisher: str = "",
    chosen: Mapping[str, Any] | None = None,
    today: date | None = None,
    headers_checked: bool = False,
) -> tuple[Proposal, Sample | None]:
    """What a file, an address or a schema alone would be as a table, and the sample that it was made from.

    Raises `FileAbsent`, `FileUnusable`, `NameUnusable`, `FileNameUnsure`, `HeadersUnsure`, and what taking a sample
    raises.
    """
    called = name or common_name(_stem(file, address, schema, schema_from))
    if TABLE_NAME.fullmatch(called) is None:
        expected = Said("minuscules, chiffres et _ (2 à 63)", "lower case, digits and _ (2 to 63)")
        raise NameUnusable(name=called, what=Said("table", "table"), expected=expected)
    if file is not None and not file.is_file():
        raise FileAbsent(file=file)
    sample = None
    if file is not None or address is not None:
        if not headers_checked:
            check_file_name(_stem(file, address, None, ""))
        now = datetime.combine(today or date.min, time(), UTC)
        where = address or f"data/{file.name if file else ''}"
        try:
            sample = take_sample(project, called.replace("_", "-"), where, chosen or {}, now=now, file=file)
        except FormatError as error:  # which names a source that is not there yet
            raise type(error)(**{**error.facts, "file": file or public_address(where)}) from None
        if not headers_checked:
            known = [item["name"] for item in (schema or {}).get("fields", ())]
            check_headers(sample, file.name if file else where, known)
        _check_columns(sample, schema, file or Path(where))
    proposal = propose(
        pa.table({}) if sample is None else sample.table,
        called,
        file=file.name if file is not None else (address or schema_from),
        file_format="csv" if sample is None else sample.format,
        options={} if sample is None else sample.options,
        allow=load_allow_list(project.schemas),
        schema=schema,
        licence=licence,
        publisher=publisher,
    )
    doubts = () if sample is None else sample.doubts
    from_there = schema_from if is_address(schema_from) else ""
    return replace(proposal, schema_address=from_there, doubts=doubts), sample


def _stem(file: Path | None, address: str | None, schema: Mapping[str, Any] | None, schema_from: str) -> str:
    if file is not None:
        return file.stem
    if schema is not None and isinstance(schema.get("name"), str):
        return str(schema["name"])
    last = (address or schema_from).partition("?")[0].rstrip("/").rpartition("/")[2]
    return last.partition(".")[0] or "table"


def _check_columns(sample: Sample, schema: Mapping[str, Any] | None, file: Path) -> None:
    missing = missing_columns(schema, [name for name in sample.table.column_names if name not in RESERVED])
    if missing:
        found = Said(f"colonnes absentes : {', '.join(missing)}", f"columns missing: {', '.join(missing)}")
        expected = Said("toutes les colonnes que le schéma exige", "every column that the schema requires")
        raise FileUnusable(file=file, found=found, expected=expected)


def _texts(
    project: Project, proposal: Proposal, sample: Sample | None, place: str | None, today: date
) -> dict[Path, str]:
    """The text of every file, by its place. Raises what the package's file raises."""
    schemas = project.schemas
    texts = {
        schemas / "entrants" / f"{proposal.part}.json": as_json(incoming(proposal)),
        schemas / proposal.package / f"{proposal.table}.json": as_json(published(proposal, None, by=BY)),
    }
    if sample is not None:
        is_file = place is not None and "://" not in place
        address = _address_in(project, Path(place or "")) if is_file else sample.address
        described = source_document(
            proposal,
            address=address,
            obtained=today if is_file else None,
            connector=sample.connector,
            parameters=sample.parameters,
        )
        texts[project.sources / f"{proposal.source}.yaml"] = as_yaml(described)
    if proposal.package in package_names(schemas):
        texts[package_path(project, proposal.package)] = extended(project, proposal.package, proposal.table)
    else:
        texts[package_path(project, proposal.package)] = as_yaml(package_document(proposal))
    return texts


def _address_in(project: Project, file: Path) -> str:
    """The address of a local file: where it is under `sources/`, or where it will be copied."""
    whole = file.resolve()
    base = project.sources.resolve()
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else f"data/{file.name}"


@contextmanager
def _all_or_none(paths: Sequence[Path]) -> Iterator[None]:
    """Files that are written within it go again when it raises, but for the last one, which is written at once."""
    absent = [path for path in paths if not path.exists()]
    try:
        yield
    except BaseException:
        for path in absent:
            path.unlink(missing_ok=True)
        raise


def _to_copy(project: Project, place: str | None) -> list[Path]:
    """Where a file from elsewhere is to be copied in `sources/data/`. Raises `AlreadyThere` where another one is."""
    if place is None or "://" in place:
        return []
    file, target = Path(place), project.sources / _address_in(project, Path(place))
    if target.exists() and target.samefile(file):
        return []
    if target.exists() and target.read_bytes() != file.read_bytes():
        raise AlreadyThere(file=target.relative_to(project.root), option="FILE")
    return [target]
