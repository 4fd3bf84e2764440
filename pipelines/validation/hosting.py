"""Frictionless, sandboxed: what it may reach while it reads untrusted files, and formats that it reads through us.

Belongs here: the limits on Frictionless' own loaders. Does not: reading tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipelines.validation.typed import own_formats

if TYPE_CHECKING:
    from pipelines.sources.http import Client

ELSEWHERE = ("s3", "stream", "buffer")  # schemes that Frictionless has a loader for, beside files and the web
REFUSED = "remote address refused"


@dataclass
class Host:
    """What a guest asked for and did not get."""

    refused: list[str] = field(default_factory=list)


_HOST: ContextVar[Host | None] = ContextVar("host", default=None)


@contextmanager
def frictionless_host(*, trusted: bool = False, client: Client | None = None) -> Iterator[Host]:
    """A block in which Frictionless reads local files, and the web through `client` when there is one.

    `trusted`: whether absolute paths may be read.
    """
    from frictionless import system

    host = Host()
    session = _Refusing(host) if client is None else _Through(client)
    context = system.use_context(trusted=trusted, http_session=session)
    context.__enter__()
    token = _HOST.set(host)
    try:
        with own_formats():
            yield host
    finally:
        _HOST.reset(token)
        context.__exit__(None, None, None)  # given an error, it would recover nothing


def check_scheme(resource: Any) -> None:
    """Raises Frictionless' scheme error for a resource that it would look for in a database, a bucket or its memory."""
    from frictionless import FrictionlessException, errors
    from frictionless.helpers import parse_scheme_and_format

    schemes = {resource.scheme, *(parse_scheme_and_format(path)[0] for path in resource.paths)}
    elsewhere = sorted(str(scheme) for scheme in schemes.intersection(ELSEWHERE))
    if resource.format == "sql":
        elsewhere = [str(resource.scheme)]
    if elsewhere:
        host = _HOST.get()
        if host is not None:
            host.refused.append(f"{elsewhere[0]}:…")
        raise FrictionlessException(errors.SchemeError(note=f"{REFUSED}: {elsewhere[0]}"))


class _Refusing:
    """In the place of a `requests` session: every address is refused, as a server that cannot be reached."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def get(self, url: str, **options: Any) -> Any:
        from pipelines.sources.http.addresses import public_address

        address = public_address(url, ())
        self._host.refused.append(address)
        raise OSError(f"{REFUSED}: {address}")

    post = get


class _Through:
    """In the place of a `requests` session: addresses are asked through the project's client, whole answers kept."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def get(self, url: str, **options: Any) -> _Response:
        from pipelines.core.errors import ArobaseError

        try:
            return _Response(self._client.ask(url, page_is_wrong=False).body)
        except ArobaseError as error:
            raise OSError(error.message("en")) from error


class _Response:
    """What Frictionless needs of an answer."""

    def __init__(self, body: bytes) -> None:
        import io

        class Raw(io.BytesIO):
            decode_content = True

        self.raw = Raw(body)

    def raise_for_status(self) -> None:
        """Nothing: the client raised already."""

    def close(self) -> None:
        self.raw.close()
