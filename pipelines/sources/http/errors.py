"""What can go wrong between us and a server. Messages show addresses without their secrets, and no answer's content."""

from __future__ import annotations

from typing import ClassVar

from pipelines.core.errors import ResponsibleParty
from pipelines.sources.errors import CollectError


class HttpError(CollectError):
    """An address did not give what was asked."""

    code: ClassVar[str] = "http"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.SOURCE
    fr: ClassVar[str] = (
        "Source « {source} » : {address} n'a pas donné ce qui était demandé : {found}. Vérifiez l'adresse dans le "
        "fichier de la source, ou relancez plus tard."
    )
    en: ClassVar[str] = (
        'Source "{source}": {address} did not give what was asked for: {found}. Check the address in the source\'s '
        "file, or run again later."
    )


class Unreachable(HttpError):
    """No whole answer after every attempt: refused, reset, cut, too slow, or a server's own error."""

    code: ClassVar[str] = "unreachable"
    passes: ClassVar[bool] = True
    fr: ClassVar[str] = (
        "Source « {source} » : {address} n'a pas donné de réponse entière en {attempts} essais : {found}."
    )
    en: ClassVar[str] = 'Source "{source}": {address} gave no whole answer in {attempts} attempts: {found}.'


class Throttled(HttpError):
    """The server asks to wait longer than we may."""

    code: ClassVar[str] = "throttled"
    passes: ClassVar[bool] = True
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "Source « {source} » : {address} demande d'attendre {wait} s ; limite : {limit} s. Attendez, puis relancez."
    )
    en: ClassVar[str] = 'Source "{source}": {address} asks to wait {wait} s; limit: {limit} s. Wait, then run again.'


class NotAuthorised(HttpError):
    """401 or 403: the token is absent, expired, or may not see this."""

    code: ClassVar[str] = "not-authorised"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "Source « {source} » : {address} refuse l'accès ({status}) ; jeton à vérifier : {secrets}."
    en: ClassVar[str] = 'Source "{source}": {address} refuses access ({status}); token to check: {secrets}.'


class NotFound(HttpError):
    """404 or 410: the address or the identifier is wrong, or the data is gone."""

    code: ClassVar[str] = "not-found"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = "Source « {source} » : {address} n'existe pas ou plus ({status})."
    en: ClassVar[str] = 'Source "{source}": {address} does not exist, or no longer ({status}).'


class RedirectRefused(HttpError):
    """A redirect that turns in circles, goes too far, or leaves what is allowed."""

    code: ClassVar[str] = "redirect-refused"
    fr: ClassVar[str] = "Source « {source} » : {address} renvoie ailleurs sans aboutir : {found}."
    en: ClassVar[str] = 'Source "{source}": {address} redirects and leads nowhere: {found}.'


class AddressRefused(HttpError):
    """An address that is not public, in a source that does not allow private ones."""

    code: ClassVar[str] = "address-refused"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING
    fr: ClassVar[str] = (
        "Source « {source} » : {address} : {found} ; attendu : une adresse http(s) publique "
        "(ou parameters.allow_private: true dans le YAML)."
    )
    en: ClassVar[str] = (
        'Source "{source}": {address}: {found}; expected: a public http(s) address '
        "(or parameters.allow_private: true in the YAML)."
    )


class CertificateWrong(HttpError):
    """A server whose TLS certificate does not hold: nothing is sent to it."""

    code: ClassVar[str] = "certificate-wrong"
    fr: ClassVar[str] = "Source « {source} » : {address} : certificat TLS refusé ; rien n'a été envoyé."
    en: ClassVar[str] = 'Source "{source}": {address}: TLS certificate refused; nothing was sent.'


class AnswerTooLarge(HttpError):
    """An answer that passes the limit, or that unpacks to far more than it weighs."""

    code: ClassVar[str] = "answer-too-large"
    fr: ClassVar[str] = (
        "Source « {source} » : {address} : réponse de plus de {limit} octets ; abandonnée "
        "(parameters.maximum_size dans le YAML)."
    )
    en: ClassVar[str] = (
        'Source "{source}": {address}: answer of more than {limit} bytes; given up '
        "(parameters.maximum_size in the YAML)."
    )


class NotTheAnswer(HttpError):
    """A 200 that is not what was asked: a web page, a login form, cut JSON, or an answer of another shape."""

    code: ClassVar[str] = "not-the-answer"
    fr: ClassVar[str] = "Source « {source} » : {address} : {found} ; attendu : {expected}."
    en: ClassVar[str] = 'Source "{source}": {address}: {found}; expected: {expected}.'


class OnePageOnly(NotTheAnswer):
    """An answer that says itself that it is one page of several, to a source that asks for one address."""

    code: ClassVar[str] = "one-page-only"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.MAPPING


class CrawlRefused(HttpError):
    """Pages that do not add up: repeated, out of order, or a total that moves. Nothing of them is published."""

    code: ClassVar[str] = "crawl-refused"
    fr: ClassVar[str] = "Source « {source} » : {address}, page {page} : {found} ; rien n'est publié de cette collecte."
    en: ClassVar[str] = 'Source "{source}": {address}, page {page}: {found}; nothing of this collection is published.'
