"""What can stop a stage, as opposed to what a record is refused for.

Belongs here: errors that no module below knows. Does not: the rejection of a record (`mapping/rejections.py`).
"""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.text import Said


class StageError(ArobaseError):
    """A stage cannot make its result; what stands from an earlier run stays in use."""


class NeverCollected(StageError):
    """A source has no capture at all: it was never collected, or never with success."""

    code: ClassVar[str] = "never-collected"
    fr: ClassVar[str] = "La source « {source} » n'a encore jamais été collectée avec succès."
    en: ClassVar[str] = 'The source "{source}" was never collected with success.'


class PartNeverCollected(StageError):
    """A source's file names a part that its newest capture lacks: the part is new, and nothing was collected since."""

    code: ClassVar[str] = "part-never-collected"
    fr: ClassVar[str] = (
        "{source} : la partie « {part} » de {file} n'est pas dans la dernière collecte réussie ; "
        "`arobase sources fetch {source}` la demande."
    )
    en: ClassVar[str] = (
        '{source}: the part "{part}" of {file} is not in the last successful capture; '
        "`arobase sources fetch {source}` asks for it."
    )


class DeliveryNamed(StageError):
    """A file in a drop folder may be named after somebody: where it was read is recorded and published.

    The message does not show its name."""

    code: ClassVar[str] = "delivery-named"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "sources/inbox/{source}/ : le nom du fichier déposé peut être celui d'une personne, et serait publié. Rien "
        "n'est lu. Renommez-le, par exemple {example}."
    )
    en: ClassVar[str] = (
        "sources/inbox/{source}/: the name of the delivered file may be a person's, and would be published. Nothing is "
        "read. Rename it, for example to {example}."
    )


class SnapshotGone(StageError):
    """The bytes of a capture are no longer kept: the private folder was deleted, or the folder of snapshots."""

    code: ClassVar[str] = "snapshot-gone"
    fr: ClassVar[str] = (
        "{source}, partie « {part} » : la copie de la source {sha256} n'est plus gardée ; "
        "`arobase sources fetch {source}` la redemande à la source."
    )
    en: ClassVar[str] = (
        '{source}, part "{part}": the bytes of the snapshot {sha256} are no longer kept; '
        "`arobase sources fetch {source}` asks the source for them again."
    )


class MadeUpAmongReal(StageError):
    """A package would hold real records and made-up ones: nobody could count its rows."""

    code: ClassVar[str] = "made-up-among-real"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = (
        "Le jeu de données « {package} » mêlerait de vrais enregistrements ({real}) à des données fictives "
        "({made_up}). "
        "Mettez `enabled: false` dans le fichier de la source fictive, ou donnez-lui son propre jeu de données."
    )
    en: ClassVar[str] = (
        'The package "{package}" would mix real records ({real}) with made-up ones ({made_up}). '
        "Set `enabled: false` in the file of the made-up source, or give it a package of its own."
    )


class NoRoom(StageError):
    """A source is too large for the memory or the disk of this machine; known before it is read."""

    MEMORY: ClassVar[Said] = Said("de mémoire", "of memory")
    DISK: ClassVar[Said] = Said("sur le disque", "on the disk")
    code: ClassVar[str] = "no-room"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{source} ({size}) : il faut environ {wanted} {what} pour la lire et la publier ; {found} sont libres. "
        "Rien n'a été lu. Libérez de la place, ou publiez depuis une machine plus grande."
    )
    en: ClassVar[str] = (
        "{source} ({size}): about {wanted} {what} are needed to read and publish it; {found} are free. "
        "Nothing was read. Make room, or publish from a larger machine."
    )


class IncomingSchemaMissing(StageError):
    """A part that is mapped or joined names no incoming schema: nobody said which of its fields are personal."""

    code: ClassVar[str] = "incoming-schema-missing"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = (
        "{file} : la partie « {part} » ne nomme pas de schéma d'entrée (schema: …, sous schemas/entrants/)."
    )
    en: ClassVar[str] = '{file}: the part "{part}" names no incoming schema (schema: …, under schemas/entrants/).'


class TooFewRecords(StageError):
    """A part gave fewer records than its file says it must."""

    code: ClassVar[str] = "too-few-records"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SOURCE
    fr: ClassVar[str] = (
        "{source}, partie « {part} » ({address}) : {found} enregistrements ; attendu : au moins {expected} ({file})."
    )
    en: ClassVar[str] = (
        '{source}, part "{part}" ({address}): {found} records; at least {expected} are expected ({file}).'
    )


class HeaderUnknown(StageError):
    """Columns that must be there, or that hold what is not public, are not; columns that nobody classed are."""

    code: ClassVar[str] = "header-unknown"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SOURCE
    fr: ClassVar[str] = (
        "{source}/{part} ({address}) : colonnes absentes : {missing} ; colonnes que {schema} ne connaît pas, et dont "
        "les noms ne sont pas montrés : {unknown}. L'en-tête a-t-il été renommé ou retiré ?"
    )
    en: ClassVar[str] = (
        "{source}/{part} ({address}): missing columns: {missing}; columns that {schema} does not know, and whose names "
        "are not shown: {unknown}. Was the header renamed or removed?"
    )


class NotMaterialised(StageError):
    """A step that may only do its own part needs a result that nobody made from what is there now."""

    code: ClassVar[str] = "not-materialised"
    fr: ClassVar[str] = (
        "« {name} » ({stage}) n'a pas été matérialisé à partir de ce qui est là maintenant. Matérialisez-le d'abord, "
        "ou lancez le job entier. S'il vient d'être ajouté au projet, rechargez d'abord les définitions dans Dagster."
    )
    en: ClassVar[str] = (
        '"{name}" ({stage}) was not materialised from what is there now; materialise it first, or launch the whole job.'
        " If it was just added to the project, reload the definitions in Dagster first."
    )


class DeletedMeanwhile(StageError):
    """Personal values were deleted between two steps of a run, and with them what its earlier steps had made."""

    code: ClassVar[str] = "deleted-meanwhile"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "Des données personnelles ont été supprimées pendant cette exécution, et avec elles ce que ses étapes "
        "précédentes avaient produit. La suppression l'emporte ; rien n'est publié. Relancez toute l'exécution."
    )
    en: ClassVar[str] = (
        "Personal data were deleted during this run, and with them what its earlier steps had made. Deletion wins; "
        "nothing is published. Launch the whole run again."
    )


class RowsMissing(StageError):
    """A table cannot be made because a source that fills it could not be read."""

    code: ClassVar[str] = "rows-missing"
    fr: ClassVar[str] = (
        "{table} n'a pas pu être produite : la source « {source} » n'a pas pu être lue. Corrigez d'abord la source ; "
        "la dernière version publiée reste en place."
    )
    en: ClassVar[str] = (
        '{table} was not produced: the source "{source}" could not be read. Fix the source first; the last published '
        "version stays in place."
    )


class InputMissing(StageError):
    """A derived table cannot be made because a table that it reads could not be made."""

    code: ClassVar[str] = "input-missing"
    fr: ClassVar[str] = (
        "{table} n'a pas pu être produite : elle dépend de la table « {input} », qui ne l'a pas été. Corrigez d'abord "
        "« {input} »."
    )
    en: ClassVar[str] = (
        '{table} was not produced: it depends on the table "{input}", which was not; fix "{input}" first.'
    )


class NothingFillsIt(StageError):
    """No source names a table of a package, nor one that its tables are derived from: there is nothing to release."""

    code: ClassVar[str] = "nothing-fills-it"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = (
        "schemas/{package}/package.yaml : aucune source ne remplit les tables de ce jeu de données ; attendu : au "
        "moins un fichier sources/*.yaml dont une partie a `table: {package}/…`."
    )
    en: ClassVar[str] = (
        "schemas/{package}/package.yaml: no source fills the tables of this package; at least one file "
        "sources/*.yaml is expected, with a part that has `table: {package}/…`."
    )


class TableUnsound(StageError):
    """What is about to leave is refused by its own schema: a fault of ours, which stops the release."""

    code: ClassVar[str] = "table-unsound"
    fr: ClassVar[str] = "{table} : ce qui allait être publié ne respecte pas son schéma : {errors}."
    en: ClassVar[str] = "{table}: what was about to be published does not conform to its schema: {errors}."


class CatalogueStillShows(StageError):
    """A version or a reason is gone, and the catalogue, which could not be written again, still shows it."""

    code: ClassVar[str] = "catalogue-still-shows"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{package} {version} : le retrait est fait, mais {folder} montre encore {what} (pages, flux, latest/), car le "
        "catalogue n'a pas pu être refait : {why} Ne servez plus ce dossier, corrigez cela, puis lancez "
        "`arobase release`."
    )
    en: ClassVar[str] = (
        "{package} {version}: the retraction is done, but {folder} still shows {what} (pages, feeds, latest/), because "
        "the catalogue could not be written again: {why} Stop serving this folder, fix that, then run "
        "`arobase release`."
    )


class PeopleLinkWrong(ArobaseError):
    """A link of people to records, in a source's file, names a column that its part has not."""

    code: ClassVar[str] = "people-link"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "{file}, {key} : la partie « {part} » n'a pas de colonne « {found} » ; attendu : {expected}."
    en: ClassVar[str] = '{file}, {key}: part "{part}" has no column "{found}"; expected: {expected}.'


class JournalDamaged(ArobaseError):
    """The journal of a run was cut, or is not of the form that journals have."""

    code: ClassVar[str] = "journal-damaged"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{file} n'est pas lisible : ce fichier est coupé, ou n'est pas le journal d'une exécution. Rien n'en dépend : "
        "vous pouvez le supprimer."
    )
    en: ClassVar[str] = (
        "{file} cannot be read: it was cut, or is not the journal of a run. Nothing depends on it: you can delete it."
    )


class NoSuchRun(ArobaseError):
    """A run is asked for that no journal tells of."""

    code: ClassVar[str] = "no-such-run"
    fr: ClassVar[str] = "Aucune exécution « {name} » n'est notée dans outputs/runs ; les dernières : {known}."
    en: ClassVar[str] = 'No run "{name}" is recorded in outputs/runs; the last ones: {known}.'
