"""Which addresses may be asked: http(s) only, public only unless the source's YAML says otherwise.

The check is made twice: on every address that a name resolves to before asking, and on the peer of the socket that was
really opened, so that a name which changes its mind in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipelines.language import Said

HIDDEN = "***"
SECRET_KEYS = re.compile(r"(api[-_]?key|token|secret|signature|password|passwd|x-amz-.*|sig|credential)", re.IGNORECASE)


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public Internet, the IPv4 address inside an IPv6 one included."""
    address: Any = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    address = inner or address
    return bool(address.is_global and not address.is_multicast)


def refusal(url: str, *, allow_private: bool, through_proxy: bool) -> Said | None:
    """Why an address may not be asked; None when it may. Through a proxy only literal addresses count."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return Said(f"schéma « {parts.scheme} »", f'scheme "{parts.scheme}"')
    if allow_private:
        return None
    try:
        return None if is_public(parts.hostname) else Said("adresse privée", "private address")
    except ValueError:
        pass
    if through_proxy:
        return None
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except OSError:
        # A name that does not resolve is not refused here: asking it fails, and that may pass.
        return None
    private = [str(item[4][0]) for item in found if not is_public(str(item[4][0]))]
    told = Said("ce nom mène à une adresse privée", "this name leads to a private address")
    return told if private else None


def shown(url: str, secrets: Collection[str] = ()) -> str:
    """An address for people: without a user, without the values of secret parameters, without any known secret."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode(
        [(key, HIDDEN if SECRET_KEYS.search(key) else value) for key, value in pairs], safe=HIDDEN + "/:,"
    )
    return redacted(urlunsplit((parts.scheme, host, parts.path, query, "")), secrets)


def redacted(text: str, secrets: Collection[str]) -> str:
    """A text without any of the secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN) if secret else text
    return text
