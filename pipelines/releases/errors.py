"""What can be wrong with asking for, finding or altering a release.

Belongs here: errors that stop a command. Does not: what `verify` finds in a release, which it lists (`flaws.py`).
"""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class ReleaseError(ArobaseError):
    """Anything that stops a command of this module."""


class PrivateFieldAsked(ReleaseError):
    """A release was asked for with a field that is not public."""

    code: ClassVar[str] = "private-field-asked"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SCHEMA
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
    fr: ClassVar[str] = "Aucune version de « {package} » n'a été publiée ici ; jeux de données publiés : {known}."
    en: ClassVar[str] = 'No version of "{package}" was ever released here; released packages: {known}.'


class RetractedRelease(ReleaseError):
    """A version that was retracted: its files are gone, its retraction notice says why."""

    code: ClassVar[str] = "retracted-release"
    fr: ClassVar[str] = "{package} {version} a été retirée : {reason}."
    en: ClassVar[str] = "{package} {version} was retracted: {reason}."


class RetractedAgain(ReleaseError):
    """What would be published is what a retracted version contained, or is made from exactly the same."""

    code: ClassVar[str] = "retracted-again"
    fr: ClassVar[str] = (
        "{package} : le contenu de {version}, retirée le {at}, serait publié à nouveau (mêmes valeurs, mêmes schémas, "
        "même description). Rien n'est publié. Corrigez ce qui a motivé le retrait (à la source, dans "
        "sources/corrections ou sources/retraits) ; si {version} a été retirée à tort, écrivez-le sous « notices » "
        "dans schemas/{package}/package.yaml."
    )
    en: ClassVar[str] = (
        "{package}: the content of {version}, which was retracted on {at}, would be published again (same values, "
        "schemas and description). Nothing is published. Fix what it was retracted for (at the source, in "
        "sources/corrections or sources/retraits); if {version} was retracted by mistake, say so under "
        '"notices" in schemas/{package}/package.yaml.'
    )


class ReleaseDamaged(ReleaseError):
    """A file of a release that has to be read is not what the release says."""

    code: ClassVar[str] = "release-damaged"
    fr: ClassVar[str] = "{file} : {found} ; attendu : {expected}. Lancez « arobase verify » sur cette version."
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
    fr: ClassVar[str] = "{file} existe déjà ; choisissez un autre nom : une clé ne se remplace pas."
    en: ClassVar[str] = "{file} already exists; choose another name: a key is never replaced."


class NoSuchRow(ReleaseError):
    """A key that a table does not hold, or a table or field that a release does not have."""

    code: ClassVar[str] = "no-such-row"
    fr: ClassVar[str] = "{package} {version} : {found}. Donnez {expected}."
    en: ClassVar[str] = "{package} {version}: {found}. Give {expected}."


class CannotRebuild(ReleaseError):
    """What a release was made from is not kept here, or the code at hand makes no table of it."""

    code: ClassVar[str] = "cannot-rebuild"
    fr: ClassVar[str] = (
        "{package} {version} ne peut pas être refaite : une copie de source, un schéma ou une correction n'est plus "
        "gardé ici, ou le code présent n'en fait plus de tables. Réinstallez la version du code indiquée dans son "
        "datapackage.json."
    )
    en: ClassVar[str] = (
        "{package} {version} cannot be rebuilt: a snapshot, a schema or a correction is no longer kept here, or the "
        "code at hand no longer makes tables from them. Install the code version named in its datapackage.json."
    )


class CodeNotKept(CannotRebuild):
    """The code that made a release is neither at hand nor kept here, or is not what it was."""

    code: ClassVar[str] = "code-not-kept"
    fr: ClassVar[str] = (
        "{package} {version} : le code qui l'a faite ({code}…) n'est pas gardé ici. Reprenez le commit indiqué par "
        "« arobase log show »."
    )
    en: ClassVar[str] = (
        "{package} {version}: the code that made it ({code}…) is not kept here. Check out the commit shown by "
        '"arobase log show".'
    )


class EnvironmentNotMade(ReleaseError):
    """The environment of a kept code could not be made: a registry of packages did not answer, or has it no more."""

    code: ClassVar[str] = "environment-not-made"
    fr: ClassVar[str] = "L'environnement de ce code n'a pas pu être installé : {found}"
    en: ClassVar[str] = "The environment of this code could not be installed: {found}"


class NotComparable(ReleaseError):
    """Something given to `diff` that is not a data package."""

    code: ClassVar[str] = "not-comparable"
    fr: ClassVar[str] = "{place} n'est pas un jeu de données publié : {expected} est absent."
    en: ClassVar[str] = "{place} is not a data package: {expected} is missing."


class NoteUnreadable(ReleaseError):
    """A signed note, a checkpoint, a proof or a key of notes that has another form."""

    code: ClassVar[str] = "note-unreadable"
    fr: ClassVar[str] = "{file} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{file}: {found}; expected: {expected}."


class LogDamaged(ReleaseError):
    """A file of the log is missing, or is not what the log's tree says."""

    code: ClassVar[str] = "log-damaged"
    fr: ClassVar[str] = "journal, {file} : {found} ; attendu : {expected}. Lancez « arobase verify »."
    en: ClassVar[str] = 'log, {file}: {found}; expected: {expected}. Run "arobase verify".'


class PolicyUnreadable(ReleaseError):
    """A policy of witnesses that has another form."""

    code: ClassVar[str] = "policy-unreadable"
    fr: ClassVar[str] = "{file}, ligne {line} : {found} ; attendu : {expected}."
    en: ClassVar[str] = "{file}, line {line}: {found}; expected: {expected}."


class KeyMissing(ReleaseError):
    """The log of this project is signed, and no key was given to sign what would be added to it."""

    code: ClassVar[str] = "key-missing"
    fr: ClassVar[str] = (
        "Le journal de ce projet est signé par {signer} : rien ne s'y ajoute sans cette clé. Donnez-la par --key ou "
        "AROBASE_SIGNING_KEY_FILE."
    )
    en: ClassVar[str] = (
        "The log of this project is signed by {signer}: nothing is added to it without that key. Give it with --key or "
        "AROBASE_SIGNING_KEY_FILE."
    )


class KeyOther(ReleaseError):
    """The log of this project is signed by another key than the one that was given."""

    code: ClassVar[str] = "key-other"
    fr: ClassVar[str] = (
        "Le journal de ce projet est signé par {signer}, et la clé donnée est {given} ; pour en changer : "
        "« arobase keys rotate »."
    )
    en: ClassVar[str] = (
        'The log of this project is signed by {signer}, and the key that was given is {given}; to change it: "arobase '
        'keys rotate".'
    )


class WitnessRefused(ReleaseError):
    """A witness that did not cosign."""

    code: ClassVar[str] = "witness-refused"
    fr: ClassVar[str] = "Le témoin {name} n'a pas contresigné (réponse {status}) : {found}."
    en: ClassVar[str] = "The witness {name} did not cosign (answer {status}): {found}."


class LogForked(ReleaseError):
    """A log that does not continue what was seen of it before: events were taken away, or altered."""

    code: ClassVar[str] = "log-forked"
    fr: ClassVar[str] = (
        "Journal {origin} : sa tête de {size} événements ne continue pas celle de {known} événements qui a été vue "
        "auparavant. Ne contresignez rien ; gardez les deux, et demandez une explication à la personne qui publie."
    )
    en: ClassVar[str] = (
        "Log {origin}: its head of {size} events does not continue that of {known} events which was seen before. "
        "Cosign nothing; keep both, and ask the publisher to explain it."
    )


class NoSuchReason(ReleaseError):
    """A reason that is not here: its version was not retracted, or it was withdrawn already."""

    code: ClassVar[str] = "no-such-reason"
    fr: ClassVar[str] = "{package} {version} : aucun motif de retrait n'est conservé ici."
    en: ClassVar[str] = "{package} {version}: no reason of a retraction is kept here."


class ReasonInLedger(ReleaseError):
    """A reason that was written into the ledger itself, before reasons were kept out of it."""

    code: ClassVar[str] = "reason-in-ledger"
    fr: ClassVar[str] = (
        "{package} {version} : ce motif a été écrit dans le registre lui-même, par une version antérieure d'Arobase, "
        "et rien ne s'y efface sans rompre la chaîne ; voir docs/publication.md, « Withdrawing a reason » (en anglais)."
    )
    en: ClassVar[str] = (
        "{package} {version}: this reason was written into the ledger itself, by an earlier version of Arobase, and "
        'nothing is deleted there without breaking the chain; see docs/publication.md, "Withdrawing a reason".'
    )


class CauseUnknown(ReleaseError):
    """Values changed though nothing that a release is made from did: a result or a release was altered by hand."""

    code: ClassVar[str] = "cause-unknown"
    fr: ClassVar[str] = (
        "{package} : {count} ({places}) ; rien de ce dont une version est faite n'a changé "
        "depuis {version}. Rien n'est publié. Vérifiez la version {version} (« arobase verify »), puis effacez les "
        "résultats gardés dans outputs/work, pour qu'ils soient refaits."
    )
    en: ClassVar[str] = (
        "{package}: {count} ({places}); nothing that a release is made from has changed "
        'since {version}. Nothing is published. Check version {version} ("arobase verify"), then delete the results '
        "kept in outputs/work, so that they are made again."
    )


class TimeStampRefused(ReleaseError):
    """An authority of time that did not answer with a stamp, or a stamp that is not good."""

    code: ClassVar[str] = "time-stamp-refused"
    fr: ClassVar[str] = "{address} : horodatage refusé ({found})."
    en: ClassVar[str] = "{address}: the time stamp is refused ({found})."


class TimeStampsNotInstalled(ReleaseError):
    """Time stamps were asked for, and the library that checks them is not installed."""

    code: ClassVar[str] = "time-stamps-not-installed"
    fr: ClassVar[str] = "Les horodatages demandent rfc3161-client : pip install '.[time]'."
    en: ClassVar[str] = "Time stamps need rfc3161-client: pip install '.[time]'."


class NoLog(ReleaseError):
    """The project has no log yet: nothing was published since logs are kept."""

    code: ClassVar[str] = "no-log"
    fr: ClassVar[str] = "{folder} : ce projet n'a pas encore de journal ; il commence à la prochaine publication."
    en: ClassVar[str] = "{folder}: this project has no log yet; it begins with the next publication."


class LedgerBehind(ReleaseError):
    """A version is in the releases that the ledger does not know: the ledger is that of an older backup."""

    code: ClassVar[str] = "ledger-behind"
    fr: ClassVar[str] = (
        "{package} {version} est dans les versions, et le registre (ledger.jsonl) ne la connaît pas : il vient "
        "probablement d'une sauvegarde plus ancienne. Rien n'est publié. Remettez le registre et le journal (log/) les "
        "plus récents. Si cette version n'a jamais été publiée, déplacez son dossier ailleurs."
    )
    en: ClassVar[str] = (
        "{package} {version} is among the releases, and the ledger (ledger.jsonl) does not know it: it probably comes "
        "from an older backup. Nothing is published. Put the newest ledger and log (log/) back. If this version was "
        "never published, move its folder elsewhere."
    )


class LogLost(ReleaseError):
    """A release has a proof that it is in the log, and there is no log."""

    code: ClassVar[str] = "log-lost"
    fr: ClassVar[str] = (
        "Le journal (log/) manque, et {package} {version} a été publiée avec une preuve qui en vient. Rien n'est "
        "publié : un nouveau journal contredirait l'ancien. Remettez le journal depuis une sauvegarde ou un dépôt."
    )
    en: ClassVar[str] = (
        "The log (log/) is missing, and {package} {version} was released with a proof from it. Nothing is published: a "
        "new log would contradict the old one. Put the log back from a backup or a store."
    )
