"""The client of a portal: one request at a time, logged, and repeated only where that is idempotent.

Belongs here: what applies to any portal. Does not: any one API. What is read is asked again after any failure that may
pass; what writes only when the portal says that it did not do it (429, 503 with `Retry-After`) or could not be reached
at all. The token goes in one header, to this portal's address only: redirects are not followed.
"""

from __future__ import annotations

import json as json_module
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from pipelines.core.text import Said, counted
from pipelines.portals.descriptions import Portal
from pipelines.portals.errors import PortalAnswerWrong, PortalRefused, PortalUnreachable, TokenRefused
from pipelines.portals.uploading import Upload
from pipelines.sources.http.addresses import public_address, redacted, refusal
from pipelines.sources.http.backoff import own_wait, wait_asked_for
from pipelines.sources.http.rate_limits import gate
from pipelines.sources.http.session import PeerRefused, a_session, body_within

TRIES = Said("essai", "attempt"), Said("essais", "attempts")
ATTEMPTS = 4
CONNECT = 10.0
LONGEST_WAIT = 300.0
MAXIMUM_ANSWER = 64_000_000
MAY_PASS = (408, 425, 429, 500, 502, 503, 504)
LONGEST_REASON = 300
TOO_SLOW = Said("réponse trop lente", "answer too slow")


@dataclass(frozen=True)
class Reply:
    """A portal's answer: its status, and its JSON document (None where there is no body)."""

    status: int
    document: Any
    address: str

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class PortalClient:
    """Requests to one portal. `header` carries the token; `log` takes a line for each request and its answer."""

    portal: Portal
    header: str
    token: str = field(repr=False)
    log: Path
    now: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    _session: Any = field(default=None, repr=False)

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        upload: Upload | None = None,
        reads: bool | None = None,
    ) -> Reply:
        """The answer, whatever its status but 401 and 403. `reads`: asking twice is harmless (default: for GET).

        Raises `TokenRefused`, `PortalUnreachable`, `PortalAnswerWrong`.
        """
        request = _Request(method, urljoin(self.portal.address, path), params, json, upload)
        harmless = method == "GET" if reads is None else reads
        attempt = 0
        found: str | Said = ""
        while True:
            attempt, began, wait = attempt + 1, time.monotonic(), None
            try:
                status, headers, body = self._send(request)
            except _Failed as failure:
                found = failure.found
                self._note(request, attempt, began, None, str(failure))
                if failure.lasts or not (harmless or failure.nothing_sent):
                    break
            else:
                self._note(request, attempt, began, status, self._reason(body, status))
                wait = wait_asked_for(headers, time.time())
                not_done = status == 429 or (status == 503 and wait is not None)
                if status not in MAY_PASS or not (harmless or not_done):
                    return self._reply(request.address, status, body)
                found = f"HTTP {status}"
            pause = own_wait(attempt) if wait is None else wait
            if attempt == ATTEMPTS or pause > LONGEST_WAIT:
                break
            self.sleep(pause)
        where = self._public(request.address)
        raise PortalUnreachable(portal=self.portal.name, address=where, attempts=counted(attempt, *TRIES), found=found)

    def refused(self, reply: Reply) -> PortalRefused:
        """The error of an answer that is not good, with what the portal says."""
        found = redacted(json_module.dumps(reply.document, ensure_ascii=False), (self.token,))[:LONGEST_REASON]
        return PortalRefused(portal=self.portal.name, address=reply.address, status=reply.status, found=found)

    def _send(self, request: _Request) -> tuple[int, Mapping[str, str], bytes]:
        import requests
        from requests.exceptions import ConnectionError as NoConnection

        found = refusal(request.address, allow_private=self.portal.allow_private, through_proxy=False)
        if found:
            raise _Failed(found, nothing_sent=True, lasts=True)
        self._session = self._session or a_session(allow_private=self.portal.allow_private)
        headers = {self.header: self.token, "Accept": "application/json", "User-Agent": "arobase (push)"}
        # A connection for each request: nothing that is left of an answer is taken for the next, and no write is lost
        # on a connection that the portal closes at that moment. Not every server says that it closes.
        headers["Connection"] = "close"
        if request.upload is not None:
            headers["Content-Type"] = request.upload.content_type
        asking = {"params": request.params, "json": request.json, "headers": headers, "allow_redirects": False}
        asking |= {"data": request.upload.body() if request.upload is not None else None}
        entered = gate(urlsplit(request.address).netloc, at_once=1, per_minute=self.portal.per_minute).entered
        timeout = (CONNECT, self.portal.timeout)
        try:
            with (
                entered(self.sleep),
                self._session.request(
                    request.method, request.address, timeout=timeout, stream=True, **asking
                ) as response,
            ):
                headers_received = {key.lower(): value for key, value in response.headers.items()}
                return response.status_code, headers_received, _received(response, self.portal.timeout)
        except PeerRefused:
            raise _Failed(Said("adresse privée", "private address"), nothing_sent=True, lasts=True) from None
        except requests.exceptions.ConnectTimeout:
            raise _Failed(Said("délai de connexion dépassé", "connection timed out"), nothing_sent=True) from None
        except requests.exceptions.ReadTimeout:
            raise _Failed(TOO_SLOW, nothing_sent=False) from None
        except requests.exceptions.SSLError:
            raise _Failed(Said("certificat refusé", "certificate refused"), nothing_sent=False, lasts=True) from None
        except NoConnection as error:
            refused = "refused" in str(error).lower()
            cut = Said("connexion coupée", "connection cut")
            reason = Said("connexion refusée", "connection refused") if refused else cut
            raise _Failed(reason, nothing_sent=refused) from None
        except requests.exceptions.RequestException as error:
            raise _Failed(type(error).__name__, nothing_sent=False) from None
        finally:
            self._session.close()

    def _reply(self, address: str, status: int, body: bytes) -> Reply:
        where = self._public(address)
        if status in (401, 403):
            facts = {"status": status, "variable": self.portal.token, "found": self._reason(body, status) or "—"}
            raise TokenRefused(portal=self.portal.name, address=where, **facts)
        if 300 <= status < 400:
            found = Said(f"HTTP {status}, renvoi", f"HTTP {status}, redirect")
            expected = Said("l'adresse même du portail", "the portal's own address")
            raise PortalAnswerWrong(portal=self.portal.name, address=where, found=found, expected=expected)
        try:
            document = json_module.loads(body) if body.strip() else None
        except (ValueError, RecursionError):
            document = None
            if status < 400:
                raise PortalAnswerWrong(
                    portal=self.portal.name,
                    address=where,
                    found=Said(f"HTTP {status}, pas de JSON", f"HTTP {status}, no JSON"),
                    expected="JSON",
                ) from None
        return Reply(status, document, where)

    def _public(self, address: str) -> str:
        return public_address(address, (self.token,))

    def _reason(self, body: bytes, status: int) -> str:
        """What a portal says of a failure, without our token; nothing of a good answer."""
        if status < 400:
            return ""
        # Cut last: a token that the cut goes through would no longer be known for one.
        return " ".join(redacted(body.decode("utf-8", "replace"), (self.token,))[:LONGEST_REASON].split())

    def _note(self, request: _Request, attempt: int, began: float, status: int | None, outcome: str) -> None:
        """One line in the log. Of what is sent, only the names and sizes: the release itself contains the values."""
        line = {
            "at": self.now().isoformat(timespec="seconds"),
            "method": request.method,
            "address": self._public(request.address),
            "params": dict(request.params or {}),
            "sent": request.summary(),
            "attempt": attempt,
            "status": status,
            "seconds": round(time.monotonic() - began, 3),
            "said": outcome,
        }
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # Not flushed to the disk line by line, as ledgers are: losing its end in a power cut loses no proof.
        with self.log.open("a", encoding="utf-8") as file:
            file.write(redacted(json_module.dumps(line, ensure_ascii=False), (self.token,)) + "\n")


@dataclass(frozen=True)
class _Request:
    method: str
    address: str
    params: Mapping[str, Any] | None
    json: Any
    upload: Upload | None

    def summary(self) -> dict[str, Any]:
        """What it sends, for the log."""
        if self.upload is not None:
            return {"file": self.upload.name, "bytes": self.upload.size}
        if self.json is None:
            return {}
        return {"json": sorted(self.json), "bytes": len(json_module.dumps(self.json))}


class _Failed(Exception):
    """No answer came. `nothing_sent`: the portal cannot have done anything; `lasts`: nothing changes it within our
    waits. Its text is for the log."""

    def __init__(self, found: str | Said, *, nothing_sent: bool, lasts: bool = False) -> None:
        super().__init__(found.en if isinstance(found, Said) else found)
        self.found, self.nothing_sent, self.lasts = found, nothing_sent, lasts


def _received(response: Any, seconds: float) -> bytes:
    """The body, up to the limit of its size, and whole within `seconds`: a portal may send a byte a second for ever."""
    from urllib3.exceptions import HTTPError

    body = bytearray()
    with body_within(response, seconds) as is_cut:
        while True:
            try:
                block = response.raw.read1(1 << 16, decode_content=True)
            except HTTPError as error:
                found = TOO_SLOW if is_cut.is_set() else type(error).__name__
                raise _Failed(found, nothing_sent=False) from None
            if is_cut.is_set():
                raise _Failed(TOO_SLOW, nothing_sent=False)
            if not block:
                return bytes(body)
            body += block
            if len(body) > MAXIMUM_ANSWER:
                limit = Said(f"plus de {MAXIMUM_ANSWER} octets", f"more than {MAXIMUM_ANSWER} bytes")
                raise _Failed(limit, nothing_sent=False)
