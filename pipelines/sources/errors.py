"""What can be wrong with a source's description, and with collecting it; what HTTP adds is in `http/errors.py`."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class SourceFileError(ArobaseError):
    """A file `sources/*.yaml` cannot be used as it stands; the other sources can."""

    code: ClassVar[str] = "source-file"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "{file}, ligne {line} : « {key} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}: "{key}": {found}; expected: {expected}.'


class SourceUnknown(ArobaseError):
    """A source that somebody names does not exist, or its file is wrong."""

    code: ClassVar[str] = "source-unknown"
    fr: ClassVar[str] = "Il n'y a pas de source « {name} » ; sources connues : {known}."
    en: ClassVar[str] = 'There is no source "{name}"; known sources: {known}.'


class CollectError(ArobaseError):
    """A source could not be collected; its last capture, when there is one, stays in use."""

    code: ClassVar[str] = "collect"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SOURCE
    fr: ClassVar[str] = "Source « {source} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = 'Source "{source}": {found}; expected: {expected}.'


class SecretMissing(CollectError):
    """A source needs a secret that the environment does not hold."""

    code: ClassVar[str] = "secret-missing"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "Source « {source} » : la variable d'environnement {variable} est absente ou vide."
    en: ClassVar[str] = 'Source "{source}": the environment variable {variable} is absent or empty.'


class ObtainedUnchanged(CollectError):
    """The bytes of a shipped file changed, and its source still says that they were obtained when the old ones were."""

    code: ClassVar[str] = "obtained-unchanged"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = (
        "{file} : le contenu de {address} a changé, et « obtained » est toujours {obtained}. Écrivez dans « obtained » "
        "la date où ce contenu a été obtenu (AAAA-MM-JJ, ou AAAA-MM-JJTHH:MMZ pour le même jour)."
    )
    en: ClassVar[str] = (
        '{file}: the content of {address} has changed, and "obtained" still says {obtained}. Write in "obtained" when '
        "this content was obtained (YYYY-MM-DD, or YYYY-MM-DDTHH:MMZ for the same day)."
    )


class SourceFileAbsent(CollectError):
    """A file that a source names is not where it says."""

    code: ClassVar[str] = "source-file-absent"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "Source « {source} », partie « {part} » : {address} n'existe pas ; {hint}"
    en: ClassVar[str] = 'Source "{source}", part "{part}": {address} does not exist; {hint}'


class SourceUnreadable(CollectError):
    """A file or a store that a source names is there, but the system refuses to give it."""

    code: ClassVar[str] = "source-unreadable"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "Source « {source} », partie « {part} » : {address} ne peut pas être lu : {reason}."
    en: ClassVar[str] = 'Source "{source}", part "{part}": {address} cannot be read: {reason}.'


class StoreNotInstalled(CollectError):
    """A source lies in a store whose libraries are an extra of Arobase, and that extra is not installed."""

    code: ClassVar[str] = "store-not-installed"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "Source « {source} » : lire {scheme}:// demande un complément absent d'ici ({module}) ; "
        "installez-le : pip install '.[{extra}]'."
    )
    en: ClassVar[str] = (
        'Source "{source}": reading {scheme}:// needs an extra that is not installed here ({module}); '
        "install it: pip install '.[{extra}]'."
    )


class CaptureIncomplete(CollectError):
    """A connector ended without an answer for every part: nothing of it is kept."""

    code: ClassVar[str] = "capture-incomplete"
    fr: ClassVar[str] = "Source « {source} » : aucune réponse pour {parts} ; rien n'est conservé de cette collecte."
    en: ClassVar[str] = 'Source "{source}": no answer for {parts}; nothing of this collection is kept.'


class ClockBehind(CollectError):
    """The clock says a time long before the source was last asked: what is collected now would bear a false date."""

    code: ClassVar[str] = "clock-behind"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "Source « {source} » : l'horloge de cette machine indique {found}, mais la source a déjà été interrogée le "
        "{expected}. Remettez l'horloge à l'heure : la date d'une collecte est publiée. Si c'est l'ancienne date qui "
        "était fausse, relancez avec AROBASE_CLOCK_IS_RIGHT=1."
    )
    en: ClassVar[str] = (
        'Source "{source}": the clock of this machine says {found}, but the source was already asked on {expected}. '
        "Set the clock: the date of a collection is published. If the older date was wrong, run again with "
        "AROBASE_CLOCK_IS_RIGHT=1."
    )


class SnapshotLogDamaged(ArobaseError):
    """The log of a source's snapshots holds a line that no run of ours can have written."""

    code: ClassVar[str] = "snapshot-log-damaged"
    fr: ClassVar[str] = "{file}, ligne {line} : ligne illisible ; attendu : un objet JSON d'un journal de collecte."
    en: ClassVar[str] = "{file}, line {line}: unreadable line; expected: a JSON object of a collection log."
