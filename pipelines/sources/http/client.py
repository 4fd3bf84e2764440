"""The HTTP client: asks an address until it answers whole, or says why it will not.

What may pass (refused, reset, cut, slow, 408, 429, 500, 502, 503, 504) is tried again within limits of attempts and of
time; everything else is an error at once. Redirects are followed one by one, each checked as the first address was.
"""

from __future__ import annotations

import io
import math
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cache
from http.client import HTTPException
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipelines.core.text import Said
from pipelines.sources.host_waits import HostWaits
from pipelines.sources.http.addresses import public_address, redacted, refusal
from pipelines.sources.http.answers import Answer, Cut, TooLarge, receive
from pipelines.sources.http.backoff import own_wait, wait_asked_for
from pipelines.sources.http.errors import (
    AddressRefused,
    AnswerTooLarge,
    CertificateWrong,
    HttpError,
    NotAuthorised,
    NotFound,
    NotTheAnswer,
    RedirectRefused,
    Throttled,
    Unreachable,
)
from pipelines.sources.http.rate_limits import gate, host_of
from pipelines.sources.http.session import PeerRefused, a_session
from pipelines.sources.registry import FetchContext

MAY_PASS = (408, 425, 429, 500, 502, 503, 504)
REDIRECTS = (301, 302, 303, 307, 308)
CONDITIONS = ("if-none-match", "if-modified-since")
TOKENS = ("authorization", "x-api-key", "cookie")
FURTHEST = 5
NO_TOKEN = Said("aucun, cette source n'en envoie pas", "none, this source sends no token")
MAXIMUM_SIZE = 2_000_000_000
LONGEST_REASON = 200
WHOLE = (200,)
EMPTY = Said("réponse vide", "an empty answer")
CHALLENGE = Said(
    "une page de contrôle d'accès, et non celle du site", "a page that guards the site, and not the site's"
)
ONE_ANSWER = Said("HTTP 200, la réponse entière", "HTTP 200, the whole answer")
PAGE, DATA = Said("une page web", "a web page"), Said("des données", "data")
LESS_SAFE = Said("de https vers http", "from https to http")
CUT = Said("réponse coupée", "answer cut")


class _Again(Exception):
    """One attempt failed in a way that may pass; `wait` is what the server asked for."""

    def __init__(self, found: str | Said, wait: float | None = None) -> None:
        super().__init__(found)
        self.found, self.wait = found, wait


@dataclass(frozen=True)
class _Request:
    url: str
    method: str
    params: Mapping[str, Any] | None
    headers: Mapping[str, str]
    json: Any
    to: Path | None
    began: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Patience:
    """Limits, in seconds but for `attempts`: to connect, between two reads, for one whole answer, for one wait."""

    connect: float = 10.0
    read: float = 60.0
    whole: float = 900.0
    wait: float = 300.0
    attempts: int = 5


@dataclass
class Client:
    """A client of one source. `secrets` are values to keep out of every message; `names` are what they are called."""

    source: str
    allow_private: bool = False
    secrets: tuple[str, ...] = field(default=(), repr=False)
    names: tuple[str, ...] = ()
    patience: Patience = Patience()
    maximum_size: int = MAXIMUM_SIZE
    at_once: int = 4
    per_minute: int = 0
    sleep: Callable[[float], None] = time.sleep
    host_waits: HostWaits = field(default_factory=HostWaits)
    _local: threading.local = field(default_factory=threading.local)

    def ask(
        self,
        url: str,
        *,
        method: str = "GET",
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        to: Path | None = None,
        page_is_wrong: bool = True,
        may_be_empty: bool = False,
    ) -> Answer:
        """The answer, status 200, or 304 where a header asked for it, its body in memory or in the file `to`.

        Raises an `HttpError`: any other status, a part (206) or a promise (202) of an answer included, an empty body
        unless it `may_be_empty`, and the page of a guard. `page_is_wrong` refuses every web page (`NotTheAnswer`): a
        login form, an error with 200.
        """
        request = _Request(url, method, params, headers or {}, json, to)
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._attempt(request, attempt)
            except _Again as again:
                wait = own_wait(attempt) if again.wait is None else again.wait
                if wait > self.patience.wait:
                    self.host_waits.close(host_of(url), wait)
                    raise self._error(Throttled, url, wait=round(wait), limit=round(self.patience.wait)) from None
                if attempt >= self.patience.attempts:
                    raise self._error(Unreachable, url, attempts=attempt, found=again.found) from None
                self.sleep(wait)
                continue
            if not answer.not_modified:
                self._check_body(answer, url, page_is_wrong=page_is_wrong, may_be_empty=may_be_empty)
            return answer

    def _check_body(self, answer: Answer, url: str, *, page_is_wrong: bool, may_be_empty: bool) -> None:
        """Raises `NotTheAnswer` for what must not take the place of a good answer."""
        if answer.is_empty and not may_be_empty:
            raise self._error(NotTheAnswer, url, found=EMPTY, expected=DATA)
        if page_is_wrong and answer.is_web_page:
            raise self._error(NotTheAnswer, url, found=PAGE, expected=DATA)
        if answer.is_challenge:
            raise self._error(NotTheAnswer, url, found=CHALLENGE, expected=DATA)

    def _attempt(self, request: _Request, attempt: int) -> Answer:
        """One attempt, redirects followed. Raises `_Again` or an `HttpError`."""
        current = request
        for _step in range(FURTHEST + 1):
            self._check(current.url)
            host = host_of(current.url)
            self._wait_for(host, current.url)
            with gate(host, at_once=self.at_once, per_minute=self.per_minute).entered(self.sleep):
                response = self._send(current)
                try:
                    if response.status_code not in REDIRECTS:
                        return self._received(response, request, attempt)
                    location = response.headers.get("location", "").strip()
                finally:
                    response.close()
            if not location:
                raise self._error(RedirectRefused, request.url, found=_no_location(response.status_code))
            current = self._followed(current, urljoin(current.url, location), response.status_code)
        raise self._error(RedirectRefused, request.url, found=_more_than(FURTHEST))

    def _wait_for(self, host: str, url: str) -> None:
        """Wait as long as a server told another client of this run to. Raises `Throttled` where that is too long."""
        left = self.host_waits.left(host)
        if left > self.patience.wait:
            raise self._error(Throttled, url, wait=math.ceil(left), limit=round(self.patience.wait))
        if left > 0:
            self.sleep(left)

    def _followed(self, request: _Request, target: str, status: int) -> _Request:
        """The request that a redirect asks for; a token does not follow to another host."""
        was, now = urlsplit(request.url), urlsplit(target)
        if (was.scheme, now.scheme) == ("https", "http"):
            raise self._error(RedirectRefused, request.url, found=LESS_SAFE)
        headers = request.headers
        if was.netloc != now.netloc:
            headers = {key: value for key, value in headers.items() if key.lower() not in TOKENS}
        if status == 303:
            return replace(request, url=target, params=None, headers=headers, method="GET", json=None)
        return replace(request, url=target, params=None, headers=headers)

    def _send(self, request: _Request) -> Any:
        import requests

        headers = {"User-Agent": f"arobase/{_version()} (source {self.source})", "Accept-Encoding": "gzip"}
        try:
            return self._session().request(
                request.method,
                request.url,
                params=request.params,
                headers=headers | dict(request.headers),
                json=request.json,
                stream=True,
                allow_redirects=False,
                timeout=(self.patience.connect, self.patience.read),
            )
        except requests.exceptions.SSLError:
            raise self._error(CertificateWrong, request.url) from None
        except PeerRefused:
            raise self._error(AddressRefused, request.url, found=Said("adresse privée", "private address")) from None
        except requests.exceptions.RequestException as error:
            raise _Again(_reason(error)) from None

    def _received(self, response: Any, request: _Request, attempt: int) -> Answer:
        import urllib3

        headers = {key.lower(): value for key, value in response.headers.items()}
        status = response.status_code
        if status in MAY_PASS:
            raise _Again(f"HTTP {status}", wait_asked_for(headers, time.time()))
        if 200 <= status < 300 and status not in WHOLE:
            raise self._error(NotTheAnswer, request.url, found=f"HTTP {status}", expected=ONE_ANSWER)
        is_unchanged = status == 304 and any(name.lower() in CONDITIONS for name in request.headers)
        if not (status in WHOLE or is_unchanged):
            raise self._refused(response, status, request.url, headers)
        end = time.monotonic() + self.patience.whole

        def tick() -> None:
            if time.monotonic() > end:
                raise _Again(_more_than(f"{self.patience.whole:g} s"))

        body = io.BytesIO()
        try:
            with request.to.open("wb") if request.to else nullcontext(body) as file:
                size, digest = receive(response.raw, headers, file, self.maximum_size, tick)
        except TooLarge:
            raise self._error(AnswerTooLarge, request.url, limit=self.maximum_size) from None
        except (Cut, urllib3.exceptions.HTTPError, HTTPException, OSError) as error:
            raise _Again(CUT if isinstance(error, Cut) else _reason(error)) from None
        seconds = time.monotonic() - request.began
        address = public_address(response.url, self.secrets)
        return Answer(status, address, headers, size, digest, seconds, attempt, body.getvalue(), request.to)

    def _refused(self, response: Any, status: int, url: str, headers: Mapping[str, str]) -> HttpError:
        if status in (401, 403):
            return self._error(NotAuthorised, url, status=status, secrets=", ".join(self.names) or NO_TOKEN)
        if status in (404, 410):
            return self._error(NotFound, url, status=status)
        reason = self._words_of(response, headers)
        found = Said(f"HTTP {status} : {reason}", f"HTTP {status}: {reason}") if reason else f"HTTP {status}"
        return self._error(HttpError, url, found=found)

    def _words_of(self, response: Any, headers: Mapping[str, str]) -> str:
        """The sentence of an error in JSON (`message`, `error`), without secrets; nothing else of a body is shown."""
        body = io.BytesIO()
        try:
            receive(response.raw, headers, body, 1 << 16, lambda: None)
            import json

            document = json.loads(body.getvalue())
        except (Cut, TooLarge, OSError, ValueError, RecursionError):
            return ""
        texts = [document.get(key) for key in ("message", "error")] if isinstance(document, dict) else []
        answer = next((text for text in texts if isinstance(text, str)), "")
        return redacted(answer, self.secrets)[:LONGEST_REASON]

    def _check(self, url: str) -> None:
        from requests.utils import get_environ_proxies

        through_proxy = not self.allow_private and bool(get_environ_proxies(url))
        found = refusal(url, allow_private=self.allow_private, through_proxy=through_proxy)
        if found:
            raise self._error(AddressRefused, url, found=found)

    def _session(self) -> Any:
        if not hasattr(self._local, "session"):
            self._local.session = a_session(allow_private=self.allow_private)
        return self._local.session

    def _error(self, kind: type[HttpError], url: str, **facts: Any) -> HttpError:
        return kind(source=self.source, address=public_address(url, self.secrets), **facts)


def client_of(context: FetchContext) -> Client:
    """The client that a source's YAML describes: `parameters` `allow_private`, `maximum_size`, `at_once`,
    `per_minute`, `timeout` (connect, read, whole, wait, attempts). Raises `SecretMissing`."""
    source = context.source
    secrets = tuple(context.secret(name) for name in source.secrets)
    return Client(
        source=source.name,
        allow_private=bool(source.parameters.get("allow_private", False)),
        secrets=secrets,
        names=source.secrets,
        patience=Patience(**source.parameters.get("timeout", {})),
        maximum_size=int(source.parameters.get("maximum_size", MAXIMUM_SIZE)),
        at_once=int(source.parameters.get("at_once", 4)),
        per_minute=int(source.parameters.get("per_minute", 0)),
        host_waits=context.host_waits,
    )


@cache
def _version() -> str:
    return version("arobase")


def _reason(error: BaseException) -> Said:
    """The kind of a failure: the text of a library may contain an address with its secrets."""
    words = {
        "ConnectTimeout": Said("délai de connexion dépassé", "connection timed out"),
        "ReadTimeout": Said("délai de lecture dépassé", "read timed out"),
        "ReadTimeoutError": Said("délai de lecture dépassé", "read timed out"),
    }
    name = type(error).__name__
    if _caused_by(error, ConnectionRefusedError):
        return Said("connexion refusée", "connection refused")
    return words.get(name, Said(f"connexion coupée ({name})", f"connection cut ({name})"))


def _no_location(status: int) -> Said:
    return Said(f"HTTP {status} sans Location", f"HTTP {status} without a Location")


def _more_than(limit: object) -> Said:
    return Said(f"plus de {limit}", f"more than {limit}")


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    """Whether `kind` is among the causes of an error, those in its arguments included."""
    seen: list[BaseException] = [error]
    for item in seen:
        if isinstance(item, kind):
            return True
        near = (item.__cause__, item.__context__, getattr(item, "reason", None), *item.args)
        seen += [other for other in near if isinstance(other, BaseException) and other not in seen]
    return False
