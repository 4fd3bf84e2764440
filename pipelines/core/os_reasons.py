"""Why the operating system refused something, in both languages: its own words are English alone.

Belongs here: the reasons that people meet. Does not: what a failure means for a run (`storage/faults.py`).
"""

from __future__ import annotations

import errno

from pipelines.core.text import Said

REASONS: dict[int, Said] = {
    errno.ENOENT: Said("n'existe pas", "does not exist"),
    errno.EACCES: Said("accès interdit", "permission denied"),
    errno.EPERM: Said("accès interdit", "permission denied"),
    errno.EISDIR: Said("c'est un dossier", "it is a folder"),
    errno.ENOTDIR: Said("un de ses dossiers est un fichier", "one of its folders is a file"),
    errno.EEXIST: Said("existe déjà", "already exists"),
    errno.ENAMETOOLONG: Said("nom trop long", "the name is too long"),
    errno.ELOOP: Said("liens symboliques en boucle", "symbolic links in a loop"),
    errno.ENOSPC: Said("le disque est plein", "the disk is full"),
    errno.EROFS: Said("système de fichiers en lecture seule", "read-only file system"),
    errno.EMFILE: Said("trop de fichiers ouverts", "too many open files"),
    errno.EIO: Said("erreur de lecture ou d'écriture du disque", "the disk could not be read or written"),
}


def os_reason(error: BaseException) -> Said:
    """The reason of an `OSError`; the kind of any other error, and the system's name of a reason that is not listed."""
    number = getattr(error, "errno", None)
    if number in REASONS:
        return REASONS[number]
    name = errno.errorcode.get(number or 0, type(error).__name__)
    return Said(name, getattr(error, "strerror", None) or name)
