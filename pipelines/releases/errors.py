"""What can be wrong with asking for, finding or altering a release.

Belongs here: errors that stop a command. Does not: what `verify` finds in a release, which it lists (`flaws.py`).
"""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, Mender


class ReleaseError(ArobaseError):
    """Anything that stops a command of this room."""


class PrivateFieldAsked(ReleaseError):
    """A release was asked for with a field that is not public."""

    code: ClassVar[str] = "private-field-asked"
    mender: ClassVar[Mender] = Mender.SCHEMA
    fr: ClassVar[str] = (
        "{package}/{table} : le champ « {field} » est de classe « {privacy} » ; seul « public » se publie."
    )
    en: ClassVar[str] = '{package}/{table}: field "{field}" is of class "{privacy}"; only "public" is published.'


class NoSuchRelease(ReleaseError):
    """A version, or a package, that was never released here."""

    code: ClassVar[str] = "no-such-release"
    fr: ClassVar[str] = "{package} n'a pas de version {version} ; versions présentes : {found}."
    en: ClassVar[str] = "{package} has no version {version}; versions here: {found}."


class NoSuchPackage(NoSuchRelease):
    """A package that nothing was ever released of here."""

    code: ClassVar[str] = "no-such-package"
    fr: ClassVar[str] = "Aucune version de « {package} » n'a été publiée ici ; paquets publiés : {known}."
    en: ClassVar[str] = 'No version of "{package}" was ever released here; released packages: {known}.'


class RetractedRelease(ReleaseError):
    """A version that was retracted: its files are gone, its tombstone says why."""

    code: ClassVar[str] = "retracted-release"
    fr: ClassVar[str] = "{package} {version} a été retirée : {reason}."
    en: ClassVar[str] = "{package} {version} was retracted: {reason}."


class ReleaseDamaged(ReleaseError):
    """A file of a release that has to be read is not what the release says."""

    code: ClassVar[str] = "release-damaged"
    fr: ClassVar[str] = "{file} : {found} ; attendu : {expected}. Lancer « arobase verify » sur cette version."
    en: ClassVar[str] = '{file}: {found}; expected: {expected}. Run "arobase verify" on this version.'


class LedgerBroken(ReleaseError):
    """The ledger is not the chain that it was: nothing may be added to it before a person has looked."""

    code: ClassVar[str] = "ledger-broken"
    fr: ClassVar[str] = "{place}, ligne {line} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{place}, line {line}: {found}; expected: {expected}."


class KeyUnreadable(ReleaseError):
    """A signing key, or a public key, that cannot be read."""

    code: ClassVar[str] = "key-unreadable"
    fr: ClassVar[str] = "{file} : clé illisible ; attendu : {expected}."
    en: ClassVar[str] = "{file}: the key cannot be read; expected: {expected}."


class KeyExists(ReleaseError):
    """A new key would replace an old one."""

    code: ClassVar[str] = "key-exists"
    fr: ClassVar[str] = "{file} existe déjà ; une clé ne se remplace pas, choisir un autre nom."
    en: ClassVar[str] = "{file} is there already; a key is never replaced, choose another name."


class NoSuchRow(ReleaseError):
    """A key that a table does not hold, or a table or field that a release does not have."""

    code: ClassVar[str] = "no-such-row"
    fr: ClassVar[str] = "{package} {version} : {place} n'existe pas ; attendu : {expected}."
    en: ClassVar[str] = "{package} {version}: {place} does not exist; expected: {expected}."


class CannotRebuild(ReleaseError):
    """What a release was made from is not kept here, or the code at hand makes no table of it."""

    code: ClassVar[str] = "cannot-rebuild"
    fr: ClassVar[str] = (
        "{package} {version} : un instantané, un schéma ou une correction dont elle est faite n’est pas gardé ici, ou "
        "le code présent n’en fait plus de tables ; reprendre le code de cette version."
    )
    en: ClassVar[str] = (
        "{package} {version}: a snapshot, a schema or a correction that it was made from is not kept here, or the code "
        "at hand makes no tables of them any more; take the code of that version."
    )


class NotComparable(ReleaseError):
    """Something given to `diff` that is not a data package."""

    code: ClassVar[str] = "not-comparable"
    fr: ClassVar[str] = "{place} n'est pas un paquet de données : {expected} est absent."
    en: ClassVar[str] = "{place} is not a data package: {expected} is missing."
