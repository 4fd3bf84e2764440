"""`arobase trace`: why is this value here?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from pipelines.commands._bilingual import Misused, argument, as_command, lang_option, option
from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.os_reasons import os_reason
from pipelines.core.project import Project
from pipelines.core.text import Language, Said, terminal_language

if TYPE_CHECKING:
    from pipelines.releases.trace import Raw


class RawAbsent(ArobaseError):
    """The record that a row was made from cannot be shown, because the source's file is not what it was."""

    code: ClassVar[str] = "raw-absent"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = (
        "{reason}. Pour lire l'enregistrement d'origine, reprenez la version du projet qui a publié cette ligne."
    )
    en: ClassVar[str] = "{reason}. To read the original record, use the version of the project that published this row."


@as_command(
    "trace",
    help=Said(
        """Afficher d'où vient une ligne, ou un de ses champs, jusqu'aux copies des sources.

        JEU : un jeu du projet, ou le dossier d'une version copiée ou décompressée, sans projet. CLÉ : les valeurs de
        la clé primaire, dans l'ordre, séparées par « | » entre deux espaces. Le réseau n'est pas utilisé.

        Les fichiers lus sont comparés au manifeste de la version et, dans un projet, au registre ; la signature et le
        journal ne le sont que par « arobase verify ». Codes de sortie : 0, trouvé ; 2, non trouvé.""",
        """Trace a row, or one field of it, back to its snapshots.

        PACKAGE: a package of the project, or the folder of a release that was copied or unpacked, without a project.
        KEY: the values of the primary key, in order, with " | " between. Uses no network.

        Files that are read are compared with the manifest of the release and, in a project, with the ledger; signature
        and log are checked by `arobase verify` only. Exit codes: 0, found; 2, not found.""",
    ),
)
@argument("package", metavar=Said("JEU", "PACKAGE"))
@argument("table", metavar=Said("TABLE", "TABLE"))
@argument("key", metavar=Said("CLÉ", "KEY"))
@argument("field", metavar=Said("CHAMP", "FIELD"), required=False)
@option(
    "--version",
    metavar=Said("VERSION", "VERSION"),
    help=Said("La version à lire (par défaut : la courante).", "Version to look in (default: the current one)."),
)
@lang_option
def command(*, package: str, table: str, key: str, field: str | None, version: str | None, lang: str | None) -> None:
    """Trace a row to where it comes from."""
    from pipelines.commands._results import result_labels
    from pipelines.commands._trace_output import traced
    from pipelines.releases.bag import INFO
    from pipelines.releases.trace import trace, trace_alone

    language = terminal_language(lang)
    if (Path(package) / INFO).is_file():
        if version is not None:
            raise Misused(
                Said("--version : un dossier contient une seule version", "--version: a folder holds one version only")
            )
        for line in traced(trace_alone(Path(package), table, [key], field), language, {}, {}):
            click.echo(line)
        return
    _check_no_path(package)
    project = Project.here()
    absent: dict[tuple[str, str], str] = {}
    found = trace(
        project.releases, package, table, [key], field, version=version, raw=_reader(project, language, absent)
    )
    for line in traced(found, language, absent, result_labels(project, language)):
        click.echo(line)


def _check_no_path(package: str) -> None:
    """Raises `Misused` for a path that is no release: no package's name has a slash."""
    from pipelines.releases.bag import INFO

    if "/" in package or os.sep in package:
        raise Misused(
            Said(
                f"{package} n'est pas le dossier d'une version (pas de {INFO}) ; attendu : un tel dossier, ou un jeu "
                "du projet",
                f"{package} is not the folder of a release (no {INFO} there); expected: such a folder, or a package of "
                "the project",
            )
        )


def _reader(project: Project, language: Language, absent: dict[tuple[str, str], str]) -> Raw:
    """How raw records are had: from the kept snapshot, read as the source's file says, its public columns only.

    The releases may stand far from their sources: then the trace ends at the snapshot's hash and position, and `absent`
    takes the reason, by source and part.
    """

    def raw(source: str, snapshot: str, part: str, position: int) -> Mapping[str, str | None] | None:
        try:
            return _record(project, source, snapshot, part, position)
        except ArobaseError as error:
            absent[source, part] = f"{error.message(language)} [{error.code}]"
        except OSError as error:
            reason = Said("la copie de la source n'est pas conservée ici", "the snapshot is not kept here")
            absent[source, part] = f"{reason[language]} ({os_reason(error)[language]})"
        return None

    return raw


def _record(project: Project, source: str, snapshot: str, part: str, position: int) -> Mapping[str, str | None]:
    import pyarrow.compute as pc

    from pipelines.formats import read
    from pipelines.schema import Privacy, load_incoming
    from pipelines.schema.reserved import POSITION
    from pipelines.sources import SnapshotStore, load_sources

    described = next((item for item in load_sources(project).find(source).parts if item.name == part), None)
    if described is None:
        raise RawAbsent(
            reason=Said(
                f"sources/{source}.yaml n'a plus cette partie", f"sources/{source}.yaml no longer has this part"
            )
        )
    if described.schema is None:
        raise RawAbsent(reason=Said("cette partie n'a pas de schéma", "this part has no schema"))
    schema = load_incoming(project.schemas, described.schema)
    store = SnapshotStore.of(project)
    announced = next((item.announced for item in store.snapshots(source) if item.sha256 == snapshot), None)
    path = store.objects.path(snapshot)
    records = read(described, path, source=source, snapshot=snapshot, announced=announced)
    public = {item.name for item in schema.fields if item.privacy is Privacy.PUBLIC}
    found = records.filter(pc.equal(records.column(POSITION), position))
    rows: list[dict[str, str | None]] = found.select(
        [name for name in found.column_names if name in public]
    ).to_pylist()
    if not rows:
        raise RawAbsent(reason=Said("rien n'est lu à cet endroit", "nothing is read at this place"))
    return rows[0]
