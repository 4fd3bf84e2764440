"""The files of a new project: an example that publishes at once, or a proposal for somebody's own file.

Belongs here: which files, and their words. Does not: what is proposed (`proposal.py`). A project is written beside its
place and appears whole, or not at all.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from pipelines.core.project import Project, check_path
from pipelines.core.text import Language, Said
from pipelines.schema.packages import UNSTATED_LICENCE, UNSTATED_PUBLISHER
from pipelines.starter.documents import (
    incoming,
    package_document,
    published,
    source_document,
    title_of,
    write_json,
    write_yaml,
)
from pipelines.starter.errors import FolderTaken
from pipelines.starter.official import official_schema
from pipelines.starter.packages import check_licence
from pipelines.starter.proposal import Proposal
from pipelines.starter.tables import proposal_of

HERE = Path(__file__).parent
BASE = "https://example.org/donnees/"


def start_example(folder: Path, language: Language) -> None:
    """Write the example project. Raises `FolderTaken`."""
    _appear(folder, lambda aside: _write_example(aside, language))


def start_empty(folder: Path) -> None:
    """Write a project without any package, for `arobase tables new`. Raises `FolderTaken`."""

    def write(aside: Path) -> None:
        _write_common(aside)
        write_yaml(aside / "catalogue.yaml", {"base_url": BASE, "publisher": {"title": UNSTATED_PUBLISHER.fr}})

    _appear(folder, write)


def start_from(
    folder: Path,
    file: Path,
    *,
    language: Language,
    today: date,
    schema: str | None = None,
    licence: str | None = None,
    publisher: str = "",
    confirmed: bool = False,
    headers_checked: bool = False,
    chosen: Mapping[str, Any] | None = None,
) -> Proposal:
    """Write a project that publishes the records of `file` once its proposals are confirmed, at once when `confirmed`.

    `schema`: the file or the address of the Table Schema that describes the file. `headers_checked`: somebody has
    looked at the headers, and none is a person's name. `chosen`: how the file is read (`sheet`, `header_row`,
    `pointer`, `encoding`), as far as somebody said. Raises `FolderTaken`, `FileAbsent`, `FileUnusable`,
    `NameUnusable`, `HeadersUnsure`, and what reading raises.
    """
    made: list[Proposal] = []
    who = publisher or getattr(UNSTATED_PUBLISHER, language)

    def write(aside: Path) -> None:
        _write_common(aside)
        if licence is not None:
            check_licence(Project.at(aside), licence)
        described = None if schema is None else official_schema(schema)
        proposal, _sample = proposal_of(
            Project.at(aside),
            file=file,
            schema=described,
            schema_from=schema or "",
            licence=licence or UNSTATED_LICENCE,
            publisher=who,
            headers_checked=headers_checked,
            chosen=chosen,
        )
        agreed = today if confirmed else None
        _write_proposal(aside, file, proposal, confirmed=agreed, today=today, language=language)
        made.append(proposal)

    _appear(folder, write)
    return made[0]


def _appear(folder: Path, write: Callable[[Path], None]) -> None:
    """Let `write` fill a folder beside, which then takes its place. Raises `FolderTaken`, `PathNotText`."""
    folder = check_path(folder.resolve())
    found = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    if found or (folder.exists() and not folder.is_dir()):
        raise FolderTaken(folder=folder, found=", ".join(found[:3]) or folder.name)
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write(aside)
        aside.chmod(0o755)
        if folder.is_dir():  # somebody may be in it: it is filled, not replaced
            for path in sorted(aside.iterdir()):
                path.replace(folder / path.name)
            aside.rmdir()
        else:
            aside.replace(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise


def _write_common(folder: Path) -> None:
    _copy(HERE / "common", folder)
    (folder / "gitignore").rename(folder / ".gitignore")
    for name in ("data", "corrections"):
        (folder / "sources" / name).mkdir(parents=True, exist_ok=True)


def _copy(origin: Path, folder: Path) -> None:
    """Copy what is in a folder. Raises the first `OSError`, which says what the disk answered: `copytree` does not."""
    for path in sorted(origin.rglob("*")):
        target = folder / path.relative_to(origin)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            shutil.copyfile(path, target)


def _write_example(folder: Path, language: Language) -> None:
    _write_common(folder)
    _copy(HERE / "example", folder)
    title = Said("Lieux d'accueil numérique (exemple)", "Digital welcome places (example)")[language]
    _write_readme(folder, language, title=title, package="exemple", table="lieux", proposal=None)


def _write_proposal(
    folder: Path, file: Path, proposal: Proposal, *, confirmed: date | None, today: date, language: Language
) -> None:
    schemas, sources = folder / "schemas", folder / "sources"
    shutil.copyfile(file, sources / "data" / file.name)
    (schemas / "entrants").mkdir()
    (schemas / proposal.package).mkdir()
    write_json(schemas / "entrants" / f"{proposal.part}.json", incoming(proposal))
    write_json(schemas / proposal.package / f"{proposal.table}.json", published(proposal, confirmed))
    write_yaml(schemas / proposal.package / "package.yaml", package_document(proposal))
    write_yaml(
        sources / f"{proposal.source}.yaml", source_document(proposal, address=f"data/{file.name}", obtained=today)
    )
    base = {"base_url": BASE, "publisher": {"title": proposal.publisher}}
    write_yaml(folder / "catalogue.yaml", base)
    _write_readme(
        folder,
        language,
        title=title_of(proposal),
        package=proposal.package,
        table=proposal.table,
        proposal=proposal,
        confirmed=confirmed,
    )


def _write_readme(folder: Path, language: Language, **facts: Any) -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=False,  # Markdown, of texts that the same person gave
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    template = environment.get_template(f"README.{language}.md.j2")
    (folder / "README.md").write_text(template.render(**{"confirmed": None, **facts}), encoding="utf-8")
