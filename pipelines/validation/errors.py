"""What keeps the validator from validating: each error says who can fix it.

Belongs here: reasons for which there is no result at all. Does not: errors of the data; those are Frictionless' own
and stand in the result.
"""

from __future__ import annotations

from typing import Any

from pipelines.core.errors import ArobaseError, ResponsibleParty


class CannotValidate(ArobaseError):
    """No result could be given."""


class SchemaUnusable(CannotValidate):
    """The schema is not a Table Schema, or one of its constraints can never be applied."""

    code = "schema-unusable"
    responsible = ResponsibleParty.SCHEMA
    fr = "Le schéma est invalide ({place}) : {found}. Attendu : {expected}."
    en = "The schema is invalid ({place}): {found}. Expected: {expected}."


class DescriptionUnreadable(SchemaUnusable):
    """A package or a dialect is no document that can be read, or names one that cannot be."""

    code = "description-unreadable"
    responsible = ResponsibleParty.OPERATOR
    fr = "{place} : description illisible ({found}) ; attendu : {expected}. Corrigez ce fichier."
    en = "{place}: a description that cannot be read ({found}); expected: {expected}. Correct that file."


class FileUnreadable(CannotValidate):
    """There is no such file, or it may not be read."""

    code = "file-unreadable"
    responsible = ResponsibleParty.OPERATOR
    fr = "{file} : lecture impossible ({found})."
    en = "{file}: cannot be read ({found})."

    def __init__(self, *, option: str | None = None, **facts: Any) -> None:
        super().__init__(**facts)
        self.option = option  # where the path was given, for somebody who gave a wrong one


class AddressUnread(CannotValidate):
    """An address did not give a table or a schema."""

    code = "address-unread"
    responsible = ResponsibleParty.OPERATOR
    fr = "{address} n'a pas donné de table ni de schéma : {found}. Vérifiez l'adresse, puis relancez."
    en = "{address} gave no table or schema: {found}. Check the address, then run again."


class InputSilent(CannotValidate):
    """A pipe brought nothing for too long."""

    code = "input-silent"
    responsible = ResponsibleParty.OPERATOR
    fr = (
        "{place} : rien n'est arrivé pendant {seconds} s, et le tube n'est pas fermé. Donnez plus de temps avec --wait."
    )
    en = "{place}: nothing came for {seconds} s, and the pipe is not closed. Give it more time with --wait."


class InputTooLarge(CannotValidate):
    """A pipe brought more than it may."""

    code = "input-too-large"
    responsible = ResponsibleParty.OPERATOR
    fr = "{place} : plus de {limit} octets sont arrivés. Enregistrez-les dans un fichier, ou augmentez --limit-bytes."
    en = "{place}: more than {limit} bytes came. Save them to a file, or give a larger --limit-bytes."


class InputCut(CannotValidate):
    """An endless pipe did not bring the rows that were asked for in its first lines."""

    code = "input-cut"
    responsible = ResponsibleParty.OPERATOR
    fr = "{place} : le tube ne finit pas, et son début ne contient que {rows} lignes entières."
    en = "{place}: the pipe does not end, and its beginning contains only {rows} whole rows."


class NotATable(CannotValidate):
    """A file is not a table of text, whatever its name says."""

    code = "not-a-table"
    responsible = ResponsibleParty.SOURCE
    fr = "{file} : ce n'est pas une table de texte, mais : {found}."
    en = "{file}: this is not a table of text, but: {found}."


class MemberUnclear(CannotValidate):
    """An archive holds several files, or not the one that was named."""

    code = "member-unclear"
    responsible = ResponsibleParty.OPERATOR
    fr = "{file} : choisissez un fichier de l'archive avec --member ; elle contient : {found}."
    en = "{file}: choose a file of the archive with --member; it contains: {found}."


class NotAnArchive(CannotValidate):
    """A member was asked for of a file that is no archive."""

    code = "not-an-archive"
    responsible = ResponsibleParty.OPERATOR
    fr = "{file} n'est pas une archive zip : retirez --member."
    en = "{file} is not a zip archive: leave out --member."


class RejectsUnwritable(CannotValidate):
    """The rejects file cannot be written where it was asked for."""

    code = "rejects-unwritable"
    responsible = ResponsibleParty.OPERATOR
    fr = "{file} : écriture impossible ({found}). Vérifiez le chemin donné à --rejects."
    en = "{file}: cannot be written ({found}). Check the path given to --rejects."


class FileChanged(CannotValidate):
    """The file changed while it was read, so that what was validated is no file's content."""

    code = "file-changed"
    responsible = ResponsibleParty.OPERATOR
    fr = "{file} : le fichier a changé pendant sa lecture ; relancez quand personne ne l'écrit plus."
    en = "{file}: the file changed while it was read; run again once nobody writes it."


class ArchiveTooLarge(CannotValidate):
    """A compressed file unpacks to far more than any table of that size would."""

    code = "archive-too-large"
    responsible = ResponsibleParty.SOURCE
    fr = "{file} : {packed} octets compressés en donnent plus de {unpacked} ; la décompression est arrêtée."
    en = "{file}: {packed} compressed bytes unpack to more than {unpacked}; unpacking was stopped."


class ReferenceMissing(CannotValidate):
    """A foreign key names a table that was not given."""

    code = "reference-missing"
    responsible = ResponsibleParty.OPERATOR
    fr = "La clé étrangère {fields} renvoie à la table « {table} », qui n'a pas été donnée ; tables données : {found}."
    en = 'The foreign key {fields} refers to the table "{table}", which was not given; tables given: {found}.'


class ReferenceNotTable(CannotValidate):
    """A foreign key refers to a resource of the package that is no table."""

    code = "reference-not-table"
    responsible = ResponsibleParty.SCHEMA
    fr = "Une clé étrangère renvoie à la ressource « {table} » ({place}), qui n'est pas une table."
    en = 'A foreign key refers to the resource "{table}" ({place}), which is not a table.'


class InquiryInside(CannotValidate):
    """A resource of a package is an inquiry of Frictionless, which names files and checks of its own."""

    code = "inquiry-inside"
    responsible = ResponsibleParty.SCHEMA
    fr = "{place} : contrôles Frictionless (« inquiry ») non exécutés ; déclarez leurs tables comme ressources."
    en = "{place}: a Frictionless inquiry, which is not run; declare its tables as resources."


class ValidationFailed(CannotValidate):
    """Frictionless raised on a table or a descriptor that nobody foresaw: there is no result."""

    code = "validation-failed"
    responsible = ResponsibleParty.OPERATOR
    fr = "{place} : la validation s'est arrêtée sans résultat ({found})."
    en = "{place}: validation stopped without a result ({found})."


class EncodingUnknown(CannotValidate):
    """The encoding that was named is none that text can be read in."""

    code = "encoding-unknown"
    responsible = ResponsibleParty.OPERATOR
    fr = "L'encodage « {encoding} » n'existe pas. Donnez par exemple utf-8 ou cp1252."
    en = 'There is no encoding "{encoding}". Give for example utf-8 or cp1252.'


class DialectUnusable(CannotValidate):
    """A mark of a dialect is not one sign, so that no text can be read by it."""

    code = "dialect-unusable"
    responsible = ResponsibleParty.OPERATOR
    fr = "{place} : « {found} » ; un seul caractère est attendu (\\t pour une tabulation)."
    en = '{place}: "{found}"; expected: one character (\\t for a tab).'


class PatternTooSlow(CannotValidate):
    """A pattern takes more than its time on a cell: it would never end."""

    code = "pattern-too-slow"
    responsible = ResponsibleParty.SCHEMA
    fr = "Champ « {field} » : le motif {pattern} dépasse {seconds} s sur une cellule (aucun résultat) ; réécrivez-le."
    en = 'Field "{field}": the pattern {pattern} takes more than {seconds} s on one cell (no result); rewrite it.'


class PatternInterrupted(CannotValidate):
    """The process that matched a pattern was ended by somebody else."""

    code = "pattern-interrupted"
    responsible = ResponsibleParty.OPERATOR
    fr = "Champ « {field} » : le processus qui essayait le motif {pattern} a été arrêté (aucun résultat) ; relancez."
    en = 'Field "{field}": the process that tried the pattern {pattern} was ended (no result); run again.'


class TableNotText(CannotValidate):
    """A table in memory holds a column that is not text."""

    code = "table-not-text"
    responsible = ResponsibleParty.OPERATOR
    fr = "La colonne « {column} » est de type {found} ; la validation n'accepte que du texte."
    en = 'The column "{column}" is of type {found}; only text can be validated.'
