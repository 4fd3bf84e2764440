"""Which addresses may be asked: http(s) only, public only unless the source's YAML says otherwise.

The check is made twice: on every address that a name resolves to before asking, and on the peer of the socket that was
really opened, so that a name which changes its mind in between gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipelines.core.text import Said

HIDDEN = "***"
# Names of parameters whose value is a secret: these words anywhere in the name, and the short ones only as a word of it
# ("pass" is one in "user_pass" and none in "passage").
SECRET_KEYS = re.compile(
    r"api_?key|access_?key|private_?key|token|secret|signature|passw|passphrase|mot_?de_?passe|credential|authori[sz]ation"
    r"|x_?amz|sess(?:ion)?_?(?:id|key)|bearer|jeton"
    r"|(?<![a-z])(?:keys?|auth|authkey|oauth\d?|pwd|pass|pw|mdp|jwt|sig|sid|otp|pin|hmac|cle|cle_?api|sas)(?![a-z])",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"(?<=;)(?P<name>[^;=&/?#]+)=[^;&/?#]+")  # "/d;jsessionid=…": of a path, or after another value
_WORDS_OF_A_NAME = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[-.\[\]]+")  # "accessKey" and "access-key" are "access_key"
# Addresses that carry an IPv4 address in an IPv6 one, and where it is (RFC 6052, 4291, 3056, 4380).
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_LOCAL_NAT64 = ipaddress.ip_network("64:ff9b:1::/48")
_COMPATIBLE = ipaddress.ip_network("::/96")


def is_public(text: str) -> bool:
    """Whether an IP address is one of the public Internet.

    An IPv6 address that carries an IPv4 one (mapped, compatible, 6to4, Teredo, NAT64) is public when that one is: a
    gateway would lead there. The local prefix of NAT64 (RFC 8215) is never. A zone (`%eth0`) is of a link: not public.
    """
    if "%" in text:
        ipaddress.ip_address(text.partition("%")[0])
        return False
    address = ipaddress.ip_address(text)
    inner = _carried(address)
    if inner is not None:
        return all(_is_global(item) for item in inner)
    return _is_global(address)


def _is_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    is_local = isinstance(address, ipaddress.IPv6Address) and address.is_site_local
    return address.is_global and not (
        address.is_multicast or address.is_reserved or is_local or address in _LOCAL_NAT64
    )


def _carried(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> list[ipaddress.IPv4Address] | None:
    """The IPv4 addresses that an IPv6 address leads to; none for one that carries none."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    mapped = address.ipv4_mapped or address.sixtofour
    if mapped is not None:
        return [mapped]
    if address.teredo is not None:
        return list(address.teredo)
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return [ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)]
    return None


def is_secret(name: str) -> bool:
    """Whether a parameter of this name contains a secret."""
    return SECRET_KEYS.search(_WORDS_OF_A_NAME.sub("_", name)) is not None


def is_private(url: str) -> bool:
    """Whether an address that a person wrote is, by its very letters, one of this machine or of a private network."""
    host = urlsplit(url).hostname or ""
    try:
        return not is_public(host)
    except ValueError:
        return host == "localhost"


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
    reason = Said("ce nom mène à une adresse privée", "this name leads to a private address")
    return reason if private else None


def public_address(url: str, secrets: Collection[str] = ()) -> str:
    """An address for people: without a user, without the values of secret parameters, without any known secret."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    known = [(key, HIDDEN if is_secret(key) else _BESIDE.sub(_masked, value)) for key, value in pairs]
    query = urlencode(known, safe=HIDDEN + "/:,")
    return redacted(urlunsplit((parts.scheme, host, _BESIDE.sub(_masked, parts.path), query, "")), secrets)


def _masked(found: re.Match[str]) -> str:
    return f"{found['name']}={HIDDEN}" if is_secret(found["name"]) else found[0]


def redacted(text: str, secrets: Collection[str]) -> str:
    """A text without any of the secrets."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN) if secret else text
    return text
