"""`arobase audit`: what the rules say of a release, for a person (HTML) and for a machine (CSV).

Belongs here: reading a release's files, writing the two reports, the summary on the terminal. Does not: any rule, any
page (`rules/inquiries/rapport.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from pipelines.core.errors import ArobaseError, Mender
from pipelines.core.project import Project
from pipelines.core.text import Language, terminal_language

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.domains.inquiries.law import Constat

TABLES = ("enquetes", "objets", "territoires", "publicites", "permanences", "evenements", "faits")
DEPARTEMENT = re.compile(r"(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[4678])")


class NothingToAudit(ArobaseError):
    """A release without inquiries: the law that this command knows has nothing to say of it."""

    code: ClassVar[str] = "nothing-to-audit"
    mender: ClassVar[Mender] = Mender.OPERATOR
    fr: ClassVar[str] = "{package} {version} n'a pas de table « enquetes » ; voir ses constats : {place}."
    en: ClassVar[str] = '{package} {version} has no table "enquetes"; see its findings: {place}.'


class UnknownRule(ArobaseError):
    """A rule that is asked for and does not exist."""

    code: ClassVar[str] = "unknown-rule"
    mender: ClassVar[Mender] = Mender.OPERATOR
    fr: ClassVar[str] = "« {rule} » n'est pas une règle ; règles : {known}."
    en: ClassVar[str] = '"{rule}" is not a rule; rules: {known}.'


@click.command("audit")
@click.argument("package")
@click.option("--rule", help="Only this rule (EP-12).")
@click.option("--departement", help="Only the inquiries of this département (2A, 974).")
@click.option("--version", help="Version to audit (default: the current one).")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Folder of the two reports.")
@click.option("--lang", type=click.Choice(["fr", "en"]), help="Language of the messages.")
def command(
    *,
    package: str,
    rule: str | None,
    departement: str | None,
    version: str | None,
    output: Path | None,
    lang: str | None,
) -> None:
    """Check the inquiries of a release of PACKAGE against the law again, from its files alone.

    Writes audit-PACKAGE-VERSION.html and .csv in the folder (default: the outputs folder). Exit codes: 0 the release's
    own checks say the same, 1 they differ, 2 nothing could be audited.
    """
    from pipelines.domains.inquiries.law import controler_tous, controles, enquetes
    from pipelines.domains.inquiries.law.constats import contester
    from pipelines.domains.inquiries.law.rapport import choisis, rapport_csv, rapport_html
    from pipelines.domains.inquiries.law.registre import regles
    from pipelines.storage import write_text

    language = terminal_language(lang)
    if rule is not None and rule not in regles():
        raise UnknownRule(rule=rule, known=", ".join(regles()))
    if departement is not None and not DEPARTEMENT.fullmatch(departement):
        expected = {"fr": "attendu : un code de département", "en": "expected: the code of a département"}
        raise click.BadParameter(expected[language], param_hint="--departement")
    project = Project.here()
    audited, tables = read_release(project.releases, package, version)
    constats = controler_tous(enquetes(tables))
    kept = choisis(constats, regle=rule, departement=departement)
    asked = "".join(f"-{part}" for part in (rule, departement) if part)
    base = (output or project.outputs) / f"audit-{package}-{audited}{asked}"
    how_to_contest = contester(project).fr
    page = rapport_html(kept, titre=f"Contrôles légaux : {package} {audited}", contester=how_to_contest)
    write_text(base.with_name(f"{base.name}.html"), page)
    write_text(base.with_name(f"{base.name}.csv"), rapport_csv(kept, contester=how_to_contest))
    same = _says_the_same(controles(tables), tables.get(f"{package}/controles_legaux"))
    for line in _shown(kept, f"{package} {audited}", project, language):
        click.echo(line)
    click.echo(f"{base}.html\n{base}.csv")
    if not same:
        told = {
            "fr": "Les contrôles publiés ne sont pas ceux que les règles et les tables de la version donnent.",
            "en": "The published checks are not those that the rules and the tables of the release give.",
        }
        click.echo(told[language])
        raise SystemExit(1)


def read_release(releases: Path, package: str, version: str | None) -> tuple[str, dict[str, pa.Table]]:
    """(version, its tables of inquiries by "package/table"). Raises `NoSuchRelease`, `RetractedRelease`,
    `NothingToAudit`."""
    import pyarrow.parquet as pq

    from pipelines.releases.store import ReleaseStore

    folder = ReleaseStore.read(releases, package).path(version)
    data = folder / "data"
    names = ["enquetes", *(f"enquete_{name}" for name in TABLES[1:]), "controles_legaux"]
    tables = {
        f"{package}/{name}": pq.read_table(data / f"{name}.parquet")
        for name in names
        if (data / f"{name}.parquet").is_file()
    }
    if f"{package}/enquetes" not in tables:
        raise NothingToAudit(package=package, version=folder.name, place=data / "qualite" / "constats.csv")
    return folder.name, tables


def _says_the_same(again: pa.Table, published: pa.Table | None) -> bool:
    """Whether the release publishes the results that its own tables give now; true when it publishes none."""
    if published is None:
        return True
    names = ("enquete_id", "regle", "resultat")
    lines = [
        set(zip(*(table.column(name).cast("string").to_pylist() for name in names), strict=True))
        for table in (again, published)
    ]
    return lines[0] == lines[1]


def _shown(constats: list[Constat], title: str, project: Project, language: Language) -> Iterator[str]:
    from pipelines.commands._results import result_labels
    from pipelines.domains.inquiries.commands._audit_shown import audited
    from pipelines.domains.inquiries.law.rapport import RESULTATS, totaux

    known = result_labels(project, language)
    return audited(title, totaux(constats), {code: known.get(code, code) for code in RESULTATS}, language)
