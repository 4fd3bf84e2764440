"""What stops a push. Messages show addresses without their secrets; what a portal says is shown without ours."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ArobaseError


class PortalError(ArobaseError):
    """Anything that stops a push."""


class PortalFileError(PortalError):
    """A file `sources/portals/*.yaml` cannot be used as it stands."""

    code: ClassVar[str] = "portal-file"
    fr: ClassVar[str] = "{file}, ligne {line} : « {key} » : {found} ; attendu : {expected}."
    en: ClassVar[str] = '{file}, line {line}: "{key}": {found}; expected: {expected}.'


class NoSuchPortal(PortalError):
    """A portal that is not described."""

    code: ClassVar[str] = "no-such-portal"
    fr: ClassVar[str] = (
        "Aucun portail « {name} » n'est configuré ; portails configurés : {known}. Décrivez-le dans "
        "sources/portals/{name}.yaml : docs/portals.md dit comment."
    )
    en: ClassVar[str] = (
        'No portal "{name}" is configured; portals configured: {known}. Describe '
        "it in sources/portals/{name}.yaml: docs/portals.md says how."
    )


class LeftOut(PortalError):
    """A package that the portal's file does not name among those that go there."""

    code: ClassVar[str] = "portal-leaves-out"
    fr: ClassVar[str] = (
        "Portail « {portal} » : {package} n'y est pas envoyé ; jeux de données nommés sous « packages » dans son "
        "fichier : {known}."
    )
    en: ClassVar[str] = (
        'Portal "{portal}": {package} is not sent there; packages named under "packages" in its file: {known}.'
    )


class TokenMissing(PortalError):
    """The environment has no token of the portal."""

    code: ClassVar[str] = "portal-token-missing"
    fr: ClassVar[str] = "Portail « {portal} » : la variable d'environnement {variable} est absente ou vide."
    en: ClassVar[str] = 'Portal "{portal}": the environment variable {variable} is absent or empty.'


class TokenRefused(PortalError):
    """401 or 403: the token is wrong, expired, or may not write there, or the portal has a reason, which it says."""

    code: ClassVar[str] = "portal-token-refused"
    fr: ClassVar[str] = (
        "Portail « {portal} » : {address} refuse l'accès ({status}) : {found} ; jeton à vérifier : {variable}."
    )
    en: ClassVar[str] = 'Portal "{portal}": {address} refuses access ({status}): {found}; token to check: {variable}.'


class PortalUnreachable(PortalError):
    """No answer, or none in time. What was asked may or may not have been done: pushing again finds out."""

    code: ClassVar[str] = "portal-unreachable"
    passes: ClassVar[bool] = True
    fr: ClassVar[str] = (
        "Portail « {portal} » : {address} n'a pas répondu en {attempts} : {found}. "
        "Vous pouvez relancer sans risque de doublon."
    )
    en: ClassVar[str] = (
        'Portal "{portal}": {address} did not answer in {attempts}: {found}. '
        "You can push again without creating duplicates."
    )


class PortalRefused(PortalError):
    """The portal answered, and will not: what it says is shown."""

    code: ClassVar[str] = "portal-refused"
    fr: ClassVar[str] = (
        "Le portail « {portal} » a refusé l'envoi à {address} (HTTP {status}) : {found}. Corrigez ce qu'il indique, "
        "puis relancez."
    )
    en: ClassVar[str] = (
        'The portal "{portal}" refused what was sent to {address} (HTTP {status}): {found}. Fix what it names, then '
        "push again."
    )


class PortalAnswerWrong(PortalError):
    """An answer that is not what this portal's software answers: a login page, a proxy's page, another software."""

    code: ClassVar[str] = "portal-answer-wrong"
    fr: ClassVar[str] = "Portail « {portal} » : {address} : {found} ; attendu : {expected}."
    en: ClassVar[str] = 'Portal "{portal}": {address}: {found}; expected: {expected}.'


class NewerThere(PortalError):
    """The portal holds a newer version than the one to push: it is never overwritten."""

    code: ClassVar[str] = "newer-there"
    fr: ClassVar[str] = (
        "Portail « {portal} » : {package} y est en version {there}, plus récente que {version} ; rien n'a été changé."
    )
    en: ClassVar[str] = (
        'Portal "{portal}": it holds version {there} of {package}, newer than {version}; nothing was changed.'
    )


class ChangedMeanwhile(PortalError):
    """Somebody changed the dataset between our look and our write: the portal refused, and nothing was overwritten."""

    code: ClassVar[str] = "changed-meanwhile"
    fr: ClassVar[str] = (
        "Portail « {portal} » : {package} a été modifié pendant l'envoi ({found}) ; rien n'a été écrasé. Relancez."
    )
    en: ClassVar[str] = (
        'Portal "{portal}": {package} was changed during the push ({found}); nothing was overwritten. Push again.'
    )


class Ambiguous(PortalError):
    """Several datasets, or one of somebody else's, answer to the package: a person has to say which one is meant."""

    code: ClassVar[str] = "portal-ambiguous"
    fr: ClassVar[str] = "Portail « {portal} » : {package} : {found} ; attendu : {expected}."
    en: ClassVar[str] = 'Portal "{portal}": {package}: {found}; expected: {expected}.'


class NotAsPushed(PortalError):
    """Read back after a push, the portal does not hold what was sent: it altered or dropped something."""

    code: ClassVar[str] = "not-as-pushed"
    fr: ClassVar[str] = (
        "Portail « {portal} » : {package} {version}, relu après l'envoi, diffère en {count} ; "
        "le premier : {place} : {found} au lieu de {expected}."
    )
    en: ClassVar[str] = (
        'Portal "{portal}": {package} {version}, read back after the push, differs in {count}; '
        "the first: {place}: {found} instead of {expected}."
    )
