"""What can go wrong when a project is started."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class FolderTaken(ArobaseError):
    """A project would be written into a folder that holds something: nothing is written over anything."""

    code: ClassVar[str] = "folder-taken"
    fr: ClassVar[str] = (
        "{folder} n'est pas vide ({found}) : rien n'est écrit. Donnez le nom d'un dossier qui n'existe "
        "pas encore, ou d'un dossier vide."
    )
    en: ClassVar[str] = (
        "{folder} is not empty ({found}): nothing is written. Give the name of a folder that does not "
        "exist yet, or of an empty one."
    )


class FileAbsent(ArobaseError):
    """The file that something would be started from is not there, or nobody may read it."""

    code: ClassVar[str] = "start-file-absent"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{file} : aucun fichier lisible à cet endroit ; attendu : le chemin d'un fichier. Rien n'est écrit."
    )
    en: ClassVar[str] = "{file}: no readable file is there; expected: the path of a file. Nothing is written."


class FileUnusable(ArobaseError):
    """The file of records that a project would be started from cannot be read, or not with the schema given."""

    code: ClassVar[str] = "start-file"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SOURCE
    fr: ClassVar[str] = "{file} ne peut pas servir de départ : {found}. Attendu : {expected}. Rien n'est écrit."
    en: ClassVar[str] = "{file} cannot be started from: {found}. Expected: {expected}. Nothing is written."


class HeadersUnsure(ArobaseError):
    """The header of a file may name somebody, or be a record: its names would be written into files of the project."""

    code: ClassVar[str] = "headers-unsure"
    fr: ClassVar[str] = (
        "{file} : {what} peut être le nom d'une personne ou la valeur d'un enregistrement. Rien n'est écrit, et aucun "
        "en-tête n'est affiché. Regardez le fichier : si ce n'est le nom de personne, relancez avec "
        "--headers-checked{row}."
    )
    en: ClassVar[str] = (
        "{file}: {what} may be a person's name or a value of a record. Nothing is written, and no header is shown. "
        "Look at the file: if it is nobody's name, run again with --headers-checked{row}."
    )


class FileNameUnsure(ArobaseError):
    """A file may be named after somebody: its name would be that of a table, of its source and of a published address.

    The message does not show it."""

    code: ClassVar[str] = "file-name-unsure"
    fr: ClassVar[str] = (
        "Le nom du fichier donné peut être celui d'une personne, et serait publié. Rien n'est écrit. Renommez le "
        "fichier ; si ce n'est le nom de personne, relancez avec --headers-checked."
    )
    en: ClassVar[str] = (
        "The name of the file given may be a person's, and would be published. Nothing is written. Rename the file; if "
        "it is nobody's name, run again with --headers-checked."
    )


class NothingProposed(ArobaseError):
    """A confirmation is asked for where nothing waits to be confirmed."""

    code: ClassVar[str] = "nothing-proposed"
    fr: ClassVar[str] = (
        "{folder} : rien n'attend d'être confirmé. Pour partir d'un fichier : arobase init DOSSIER --from FICHIER.csv."
    )
    en: ClassVar[str] = (
        "{folder}: nothing waits to be confirmed. To start from a file: arobase init FOLDER --from FILE.csv."
    )


class FormatUnknown(ArobaseError):
    """Neither an address, nor its server, nor the first bytes tell a format: it has to be named."""

    code: ClassVar[str] = "format-unknown"
    fr: ClassVar[str] = "Le format de {address} n'est pas reconnu. Donnez-le : --format {expected}. Rien n'est écrit."
    en: ClassVar[str] = "The format of {address} is not recognised. Give it: --format {expected}. Nothing is written."


class OptionUnfit(ArobaseError):
    """An option that nothing reads in a file of the format that was found."""

    code: ClassVar[str] = "option-unfit"
    fr: ClassVar[str] = (
        "{option} ne sert à rien pour un fichier {format} ; elle est lue dans : {formats}. Ôtez-la, ou donnez le "
        "format du fichier. Rien n'est écrit."
    )
    en: ClassVar[str] = (
        "{option} is of no use for a {format} file; it is read in: {formats}. Leave it out, or give the file's format. "
        "Nothing is written."
    )


class ListUnknown(ArobaseError):
    """A JSON document in which the list of records may be in several places, or in none."""

    code: ClassVar[str] = "list-unknown"
    fr: ClassVar[str] = (
        "{address} : plusieurs listes peuvent être celle des enregistrements, ou aucune ({found}) ; attendu : "
        "--pointer et le nom de l'une d'elles. Rien n'est écrit."
    )
    en: ClassVar[str] = (
        "{address}: several lists may be that of the records, or none ({found}); expected: --pointer and the name of "
        "one of them. Nothing is written."
    )


class AlreadyThere(ArobaseError):
    """Something of that name is in the project already: nothing is written over it."""

    code: ClassVar[str] = "already-there"
    fr: ClassVar[str] = (
        "{file} existe déjà : rien n'est écrit. Attendu : un autre nom ({option}), ou supprimez-le pour recommencer."
    )
    en: ClassVar[str] = (
        "{file} exists already: nothing is written. Expected: another name ({option}), or delete it to begin again."
    )


class NameUnusable(ArobaseError):
    """A name that was asked for is not one that a package, a table or a source may have."""

    code: ClassVar[str] = "name-unusable"
    fr: ClassVar[str] = "« {name} » ne peut pas être un nom de {what} ; attendu : {expected}. Rien n'est écrit."
    en: ClassVar[str] = '"{name}" cannot be the name of a {what}; expected: {expected}. Nothing is written.'


class SchemaNotUsable(ArobaseError):
    """The Table Schema at an address cannot make a table."""

    code: ClassVar[str] = "schema-not-usable"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SOURCE
    fr: ClassVar[str] = "Le schéma {schema} ne peut pas servir : {found}. Attendu : {expected}. Rien n'est écrit."
    en: ClassVar[str] = "The schema {schema} cannot be used: {found}. Expected: {expected}. Nothing is written."


class PackageNotExtended(ArobaseError):
    """A table could not be added to a package's file without writing over what a person wrote there."""

    code: ClassVar[str] = "package-not-extended"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SCHEMA
    fr: ClassVar[str] = (
        "La table « {table} » n'a pas pu être ajoutée à {file} ({found}) ; attendu : {expected}. Rien n'est écrit."
    )
    en: ClassVar[str] = (
        'The table "{table}" could not be added to {file} ({found}); expected: {expected}. Nothing is written.'
    )
