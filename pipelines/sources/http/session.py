"""A requests session that looks at whom it is really connected to, that takes no password from a `.netrc`, and whose
waits end: requests' own limit is for one read of the socket, and a server may send a byte before each ends."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

from pipelines.sources.http.addresses import is_public


class PeerRefused(Exception):
    """The socket's peer is a private address."""


def a_session(*, allow_private: bool) -> Any:
    """A session for one thread: proxies and certificates from the environment, no retries of its own.

    The limit for reading (`timeout=(…, seconds)`) is one for the whole head of an answer.
    """
    import requests

    session = requests.Session()
    # Any `auth` keeps requests from looking a host up in `.netrc`.
    session.auth = lambda request: request
    adapter = _adapter(allow_private=allow_private)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


def a_session_for(address: str) -> Any:
    """A session for an address that a person gives: its own origin may be private, whatever it redirects to may not.

    A release or a log may be on the publisher's own machine or network; a server must not lead to others there.
    """
    session = a_session(allow_private=False)
    parts = urlsplit(address)
    if parts.scheme in ("http", "https") and parts.netloc:
        session.mount(f"{parts.scheme}://{parts.netloc}/", _adapter(allow_private=True))
    return session


@contextmanager
def body_within(response: Any, seconds: float) -> Iterator[threading.Event]:
    """While the body of a response of such a session is read: after so many seconds its connection is cut.

    The event is set when that was done: what was read until then, and how reading it ended, mean nothing.
    """
    with _cut_after(getattr(response.raw, "held_socket", None), seconds) as is_cut:
        yield is_cut


@contextmanager
def _cut_after(held: socket.socket | None, seconds: float | None) -> Iterator[threading.Event]:
    is_cut = threading.Event()

    def cut() -> None:
        is_cut.set()
        if held is not None:
            with suppress(OSError):  # closed meanwhile
                socket.socket.shutdown(held, socket.SHUT_RDWR)  # below TLS, whose state is its reader's

    if seconds is None:
        yield is_cut
        return
    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_cut
    finally:
        timer.cancel()


def _adapter(*, allow_private: bool) -> Any:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.connection import HTTPConnection, HTTPSConnection

    def checked(connection: Any, sock: Any) -> Any:
        # Through a proxy the peer is the proxy, which the operator chose.
        if not allow_private and connection.proxy is None and not is_public(sock.getpeername()[0]):
            sock.close()
            raise PeerRefused
        return sock

    def answered(connection: Any, receive: Any) -> Any:
        held = connection.sock
        seconds = connection.timeout if isinstance(connection.timeout, int | float) else None
        with _cut_after(held, seconds) as is_cut:
            try:
                response = receive()
            except Exception as error:
                if is_cut.is_set():
                    raise TimeoutError from error
                raise
            if is_cut.is_set():  # an end of the connection is an end of the head for Python's reader
                response.close()
                raise TimeoutError
        response.held_socket = held
        return response

    class PlainConnection(HTTPConnection):
        def _new_conn(self) -> Any:
            return checked(self, super()._new_conn())

        def getresponse(self) -> Any:
            return answered(self, super().getresponse)

    class TlsConnection(HTTPSConnection):
        def _new_conn(self) -> Any:
            return checked(self, super()._new_conn())

        def getresponse(self) -> Any:
            return answered(self, super().getresponse)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    pools = {"http": PlainPool, "https": TlsPool}

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = pools

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            manager = super().proxy_manager_for(*args, **kwargs)
            manager.pool_classes_by_scheme = pools
            return manager

    return Adapter()
