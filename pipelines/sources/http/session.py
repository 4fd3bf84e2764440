"""A requests session that looks at whom it is really connected to, and that takes no password from a `.netrc`."""

from __future__ import annotations

from typing import Any

from pipelines.sources.http.addresses import is_public


class PeerRefused(Exception):
    """The socket's peer is a private address."""


def a_session(*, allow_private: bool) -> Any:
    """A session for one thread: proxies and certificates from the environment, no retries of its own."""
    import requests

    session = requests.Session()
    # Any `auth` keeps requests from looking a host up in `.netrc`.
    session.auth = lambda request: request
    if not allow_private:
        adapter = _checking_adapter()
        session.mount("https://", adapter)
        session.mount("http://", adapter)
    return session


def _checking_adapter() -> Any:
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
    from urllib3.connection import HTTPConnection, HTTPSConnection

    def checked(connection: Any, sock: Any) -> Any:
        # Through a proxy the peer is the proxy, which the operator chose.
        if connection.proxy is None and not is_public(sock.getpeername()[0]):
            sock.close()
            raise PeerRefused
        return sock

    class PlainConnection(HTTPConnection):
        def _new_conn(self) -> Any:
            return checked(self, super()._new_conn())

    class TlsConnection(HTTPSConnection):
        def _new_conn(self) -> Any:
            return checked(self, super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = PlainConnection

    class TlsPool(HTTPSConnectionPool):
        ConnectionCls = TlsConnection

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}

    return Adapter()
