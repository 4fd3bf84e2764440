"""What a disk answers, as errors that a person can act on: full, read-only, not permitted, too many open files.

Belongs here: one class for each kind of fault, and which `OSError` is which. Does not: catching them where they are
raised; front doors ask here once nothing else knew what to do.
"""

from __future__ import annotations

import errno
from typing import ClassVar

from pipelines.core.errors import ArobaseError
from pipelines.core.faults import unexpected
from pipelines.core.os_reasons import os_reason
from pipelines.core.text import Said


class StorageFault(ArobaseError):
    """The operating system refused to read or to write."""

    code: ClassVar[str] = "storage-fault"
    fr: ClassVar[str] = (
        "{place} : le système refuse ({found}). Rien n'est publié à moitié ; relancez une fois la cause corrigée."
    )
    en: ClassVar[str] = (
        "{place}: the operating system refuses ({found}). Nothing is half published; run again once the cause is fixed."
    )


class DiskFull(StorageFault):
    """No space, or no quota, is left."""

    code: ClassVar[str] = "disk-full"
    fr: ClassVar[str] = (
        "{place} : le disque est plein, ou le quota atteint. Libérez de la place, puis relancez : rien n'est publié à "
        "moitié."
    )
    en: ClassVar[str] = (
        "{place}: the disk is full, or the quota reached. Make room, then run again: nothing is half published."
    )


class ReadOnly(StorageFault):
    """The file system is mounted read-only."""

    code: ClassVar[str] = "disk-read-only"
    fr: ClassVar[str] = (
        "{place} : le système de fichiers est en lecture seule. Montez-le en écriture, ou indiquez un autre "
        "dossier par AROBASE_OUTPUTS."
    )
    en: ClassVar[str] = (
        "{place}: the file system is read-only. Mount it for writing, or name another folder with AROBASE_OUTPUTS."
    )


class NotPermitted(StorageFault):
    """The account that runs Arobase may not read or write there."""

    code: ClassVar[str] = "not-permitted"
    fr: ClassVar[str] = (
        "{place} : le compte qui lance Arobase n'a pas le droit de lire ou d'écrire ici. Corrigez le propriétaire "
        "ou les droits (chown, chmod)."
    )
    en: ClassVar[str] = (
        "{place}: the account that runs Arobase may not read or write here. Fix the owner or the mode (chown, chmod)."
    )


class TooManyFiles(StorageFault):
    """The process may open no more files."""

    code: ClassVar[str] = "too-many-files"
    fr: ClassVar[str] = "{place} : trop de fichiers ouverts. Relevez la limite (ulimit -n), puis relancez."
    en: ClassVar[str] = "{place}: too many open files. Raise the limit (ulimit -n), then run again."


UNNAMED = Said("un fichier ou la sortie", "a file or the output")
"""Where the system does not say what could not be written."""
_KINDS: dict[int, type[StorageFault]] = {
    errno.ENOSPC: DiskFull,
    errno.EDQUOT: DiskFull,
    errno.EROFS: ReadOnly,
    errno.EACCES: NotPermitted,
    errno.EPERM: NotPermitted,
    errno.EMFILE: TooManyFiles,
    errno.ENFILE: TooManyFiles,
}


MACHINE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE})
"""A run that meets one of these has nothing to go on with, whichever source or package was under way."""


def fault_of(error: OSError) -> StorageFault:
    """The error to report for what the operating system answered, with the file that it is about where that is
    known: of a copy, the new one."""
    kind = _KINDS.get(error.errno or 0, StorageFault)
    return kind(place=error.filename2 or error.filename or UNNAMED, found=os_reason(error))


def is_of_the_machine(error: Exception) -> bool:
    """Whether an error is the whole machine's (a disk that is full or read-only, no more files) and nobody's data's."""
    return isinstance(error, OSError) and error.errno in MACHINE


def as_error(error: BaseException, *, name: str, stage: str, file: str) -> ArobaseError:
    """An exception as an error to report and to go on without: what the disk answered, or an unforeseen fault.

    `name`, `stage`, `file`: as `core.faults.unexpected` takes them.
    """
    if isinstance(error, OSError) and error.errno in _KINDS:
        fault = fault_of(error)
        fault.facts["file"] = file
        return fault
    return unexpected(error, name=name, stage=stage, file=file)
