"""What goes wrong with outputs that several machines share, for people."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty


class Overtaken(ArobaseError):
    """Another machine wrote what this one was about to write."""

    code: ClassVar[str] = "store-overtaken"
    passes: ClassVar[bool] = True
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "{address} : une autre exécution a écrit {name} entre-temps ; rien n'est écrasé. Relancez."
    en: ClassVar[str] = "{address}: another run wrote {name} meanwhile; nothing is overwritten. Run again."


class ObjectDamaged(ArobaseError):
    """An object of the store does not hold the bytes that its name or its manifest promises."""

    code: ClassVar[str] = "store-object-damaged"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{address}/{name} : son empreinte est {found}, {expected} était attendue. L'objet a été modifié ; remettez "
        "l'original (versions du dépôt, sauvegarde) ou supprimez-le."
    )
    en: ClassVar[str] = (
        "{address}/{name}: its SHA-256 is {found}, expected {expected}. The object was modified; restore the original "
        "(versions of the store, a backup) or delete it."
    )
