"""What can go wrong when a project is started."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, Mender


class FolderTaken(ArobaseError):
    """A project would be written into a folder that holds something: nothing is written over anything."""

    code: ClassVar[str] = "folder-taken"
    fr: ClassVar[str] = (
        "{folder} contient déjà quelque chose ({found}) : rien n'est écrit. Donnez le nom d'un dossier qui n'existe "
        "pas encore, ou d'un dossier vide."
    )
    en: ClassVar[str] = (
        "{folder} already contains something ({found}): nothing is written. Give the name of a folder that does not "
        "exist yet, or of an empty one."
    )


class FileUnusable(ArobaseError):
    """The file of records that a project would be started from cannot be read, or not with the schema given."""

    code: ClassVar[str] = "start-file"
    mender: ClassVar[Mender] = Mender.SOURCE
    fr: ClassVar[str] = "{file} ne peut pas servir de départ : {found}. Attendu : {expected}. Rien n'est écrit."
    en: ClassVar[str] = "{file} cannot be started from: {found}. Expected: {expected}. Nothing is written."


class NothingProposed(ArobaseError):
    """A confirmation is asked for where nothing waits to be confirmed."""

    code: ClassVar[str] = "nothing-proposed"
    fr: ClassVar[str] = (
        "{folder} : rien n'attend d'être confirmé. Pour partir d'un fichier : arobase init DOSSIER --from FICHIER.csv."
    )
    en: ClassVar[str] = (
        "{folder}: nothing waits to be confirmed. To start from a file: arobase init FOLDER --from FILE.csv."
    )
