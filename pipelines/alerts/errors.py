"""What can be wrong with alerts themselves."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError


class AlertsFileError(ArobaseError):
    """`alerts.yaml` cannot be used as it stands."""

    code: ClassVar[str] = "alerts-file"
    fr: ClassVar[str] = "{file}, ligne {line} : « {key} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}: "{key}": {found}; expected: {expected}.'


class NoAlerts(ArobaseError):
    """A command about alerts where none are set up."""

    code: ClassVar[str] = "alerts-none"
    fr: ClassVar[str] = (
        "Ce projet n'a pas de fichier alerts.yaml : aucune alerte n'est envoyée. Créez-le (docs/alerts.md)."
    )
    en: ClassVar[str] = "This project has no alerts.yaml: no alert is sent. Create it (docs/alerts.md)."


class AlertNotSent(ArobaseError):
    """A channel did not take a message; it is tried again at the next occasion."""

    code: ClassVar[str] = "alert-not-sent"
    passes: ClassVar[bool] = True
    fr: ClassVar[str] = (
        "Le canal d'alerte « {channel} » n'a pas accepté le message : {found}. Il sera renvoyé à la prochaine occasion."
    )
    en: ClassVar[str] = (
        'The alert channel "{channel}" did not accept the message: {found}. It will be sent again at the next occasion.'
    )
