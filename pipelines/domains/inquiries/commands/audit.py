"""`arobase audit`: what the rules say of a release, for a person (HTML) and for a machine (CSV).

Belongs here: reading a release's files, writing the two reports, the summary on the terminal. Does not: any rule, any
page (`_audit_report.py`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from pipelines.commands._bilingual import Misused, argument, as_command, lang_option, option
from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

if TYPE_CHECKING:
    import pyarrow as pa

    from pipelines.domains.inquiries.law import Constat

TABLES = ("enquetes", "objets", "territoires", "publicites", "permanences", "evenements", "faits")
DEPARTEMENT = re.compile(r"(0[1-9]|[1-8]\d|9[0-5]|2[AB]|97[1-8]|98[4678])")


class NothingToAudit(ArobaseError):
    """A release without inquiries: the law that this command knows has nothing to say of it."""

    code: ClassVar[str] = "nothing-to-audit"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "{package} {version} n'a pas de table « enquetes » ; lisez ses constats : {place}."
    en: ClassVar[str] = '{package} {version} has no table "enquetes"; see its findings: {place}.'


@as_command(
    "audit",
    help=Said(
        """Refaire les contrôles légaux d'une version de JEU, à partir de ses fichiers.

        La commande écrit deux rapports, audit-JEU-VERSION.html et .csv, dans le dossier des sorties ou dans --output.

        Codes de sortie : 0, les résultats sont ceux que la version publie ; 1, ils diffèrent ; 2, rien n'a pu être
        contrôlé.""",
        """Check the inquiries of a release of PACKAGE against the law again.

        Reads the release's files alone. Writes audit-PACKAGE-VERSION.html and .csv in the folder (default: the outputs
        folder).

        Exit codes: 0, the published checks are the same; 1, they differ; 2, nothing could be audited.""",
    ),
)
@argument("package", metavar=Said("JEU", "PACKAGE"))
@option("--rule", metavar=Said("RÈGLE", "RULE"), help=Said("Cette règle seulement (EP-12).", "Only this rule (EP-12)."))
@option(
    "--departement",
    metavar=Said("CODE", "CODE"),
    help=Said(
        "Les enquêtes de ce département seulement (2A, 974).", "Only the inquiries of this département (2A, 974)."
    ),
)
@option(
    "--version",
    metavar=Said("VERSION", "VERSION"),
    help=Said("La version à contrôler (par défaut : la courante).", "Version to audit (default: the current one)."),
)
@option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    help=Said("Dossier des deux rapports.", "Folder of the two reports."),
)
@lang_option
def command(
    *,
    package: str,
    rule: str | None,
    departement: str | None,
    version: str | None,
    output: Path | None,
    lang: str | None,
) -> None:
    """Audit a release, and exit by whether it publishes the same."""
    from pipelines.domains.inquiries.commands._audit_report import choisis, rapport_csv, rapport_html
    from pipelines.domains.inquiries.law import controler_tous, controles, enquetes
    from pipelines.domains.inquiries.law.regles import LOI
    from pipelines.releases.descriptor import read_descriptor
    from pipelines.storage import write_text

    language = terminal_language(lang)
    if rule is not None:
        LOI.declaration(rule)  # an unknown one is reported before anything is read
    if departement is not None and not DEPARTEMENT.fullmatch(departement):
        raise Misused(
            Said(
                f"--departement {departement} ; attendu : un code de département (2A, 974)",
                f"--departement {departement}; expected: the code of a département (2A, 974)",
            )
        )
    project = Project.here()
    folder, tables = read_release(project.releases, package, version)
    audited = folder.name
    constats = controler_tous(enquetes(tables))
    kept = choisis(constats, regle=rule, departement=departement)
    filters = "".join(f"-{part}" for part in (rule, departement) if part)
    base = (output or project.outputs) / f"audit-{package}-{audited}{filters}"
    how_to_contest = _how_to_contest(project, package, folder / "data").fr
    titre = f"Contrôles légaux : {read_descriptor(folder / 'data').get('title', package)} {audited}"
    page = rapport_html(kept, titre=titre, contester=how_to_contest)
    write_text(base.with_name(f"{base.name}.html"), page)
    write_text(base.with_name(f"{base.name}.csv"), rapport_csv(kept, contester=how_to_contest))
    same = _says_the_same(controles(tables), tables.get(f"{package}/controles_legaux"))
    for line in _report(kept, f"{package} {audited}", project, language):
        click.echo(line)
    click.echo(f"{base}.html\n{base}.csv")
    if not same:
        message = Said(
            "Les contrôles publiés ne sont pas ceux que les règles et les tables de la version donnent.",
            "The published checks are not those that the rules and the tables of the release give.",
        )
        click.echo(message[language])
        raise SystemExit(1)


def read_release(releases: Path, package: str, version: str | None) -> tuple[Path, dict[str, pa.Table]]:
    """(the folder of a version, its tables of inquiries by "package/table").

    Raises `NoSuchRelease`, `RetractedRelease`, `NothingToAudit`.
    """
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
    return folder, tables


def _how_to_contest(project: Project, package: str, data: Path) -> Said:
    """As the project's own package says it; of a release of somebody else's, the contact that its descriptor names."""
    from pipelines.domains.inquiries.law.controles import contester, voie_de_recours
    from pipelines.releases.descriptor import read_descriptor

    if (project.schemas / package / "package.yaml").is_file():
        return contester(project, package)
    return voie_de_recours(read_descriptor(data).get("contact", {}))


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


def _report(constats: list[Constat], title: str, project: Project, language: Language) -> Iterator[str]:
    from pipelines.commands._results import result_labels
    from pipelines.domains.inquiries.commands._audit_output import audited
    from pipelines.domains.inquiries.commands._audit_report import RESULTATS, totaux

    known = result_labels(project, language)
    return audited(title, totaux(constats), {code: known.get(code, code) for code in RESULTATS}, language)
