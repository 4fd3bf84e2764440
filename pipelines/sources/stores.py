"""Stores that fsspec reaches: SFTP and S3. Who may be asked, with which secrets, and what their failures are called.

Belongs here: opening a store. Does not: which file of it a part is (`connectors/files.py`).

parameters of a source: `storage` (options of fsspec's back end: `username`, `port`, `endpoint_url`, `anon`…),
`credentials` (option: name of the secret that holds it; `client_key` is a private key's text), `host_keys` (of an SFTP
server: lines as `ssh-keyscan` prints them; else those of `~/.ssh/known_hosts`), `allow_private`.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipelines.core.os_reasons import os_reason
from pipelines.core.text import Said
from pipelines.sources.descriptions import Source
from pipelines.sources.errors import CollectError, SourceUnreadable, StoreNotInstalled
from pipelines.sources.http.addresses import is_public, refusal
from pipelines.sources.registry import FetchContext

EXTRA = "remote"
# Options that are secrets whatever their value are never in a file: these, and those whose name holds such a word.
SECRET = ("client_key",)
SECRET_WORDS = ("authorization", "passphrase", "password", "private_key", "secret", "token")
CONNECT, READ = 10, 60
ALGORITHMS = frozenset(
    (
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ecdsa-sha2-nistp256@openssh.com",
        "sk-ssh-ed25519@openssh.com",
        "ssh-ed25519",
        "ssh-rsa",
    )
)
HOST_KEYS = Said(
    "parameters.host_keys: [clé du serveur, telle que ssh-keyscan l'écrit]",
    "parameters.host_keys: [the server's key, as ssh-keyscan writes it]",
)
STORAGE = Said(
    "parameters.storage: {option: valeur}, des options que la bibliothèque du dépôt connaît",
    "parameters.storage: {option: value}, options that the store's library knows",
)
CREDENTIALS = Said(
    "parameters.credentials: {option: SECRET}, un nom qui est sous secrets",
    "parameters.credentials: {option: SECRET}, a name listed under secrets",
)
# Options of asyncssh that run a command, go through another server, or read another file of options.
DETOURS = ("config", "proxy_command", "sock", "tunnel")
DIRECT = Said("un serveur joint directement", "a server that is reached directly")
CERTIFICATES = Said(
    "un certificat que la machine croit, ou le chemin d'un fichier d'autorités",
    "a certificate that the machine believes, or the path of a file of authorities",
)
# Options that contain options.
NESTED = ("client_kwargs", "config_kwargs")


def open_store(source: Source, context: FetchContext) -> Any:
    """The file system of the source's address.

    Raises `CollectError` for wrong parameters or an address that may not be asked, `SecretMissing`, `SourceUnreadable`
    for a server that is not there, is not believed or lets nobody in, and `StoreNotInstalled` where the extra that
    reaches such stores is missing.
    """
    scheme = source.address.partition("://")[0]
    given, credentials = _parameters(source)
    given |= {option: context.secret(name) for option, name in credentials.items()}
    _check_address(source, given)
    try:
        # An instance that is kept would keep its secrets, and a connection of another thread.
        with faults_named(source, source.parts[0].name):
            return OPENING[scheme](source, given | {"skip_instance_cache": True})
    except ImportError as error:
        raise StoreNotInstalled(source=source.name, scheme=scheme, module=error.name, extra=EXTRA) from None
    except TypeError:
        # An option that the library does not know, or of another type; its own text may contain a value.
        found = f"parameters.storage, parameters.credentials: {', '.join(map(str, given)) or '—'}"
        raise CollectError(source=source.name, found=found, expected=STORAGE) from None


def _parameters(source: Source) -> tuple[dict[str, Any], dict[str, str]]:
    """The options as they are written, and the names of the secrets that others are. Raises `CollectError`.

    What is shown are names of options: a value may be a secret that was pasted in the wrong place.
    """
    storage, credentials = source.parameters.get("storage", {}), source.parameters.get("credentials", {})
    if not isinstance(storage, Mapping):
        raise CollectError(source=source.name, found="parameters.storage", expected=STORAGE)
    if not isinstance(credentials, Mapping):
        raise CollectError(source=source.name, found="parameters.credentials", expected=CREDENTIALS)
    written = next(_secrets("parameters.storage", storage), None)
    if written:
        raise CollectError(source=source.name, found=written, expected=CREDENTIALS)
    for option in NESTED:
        if not isinstance(storage.get(option, {}), Mapping):
            raise CollectError(source=source.name, found=f"parameters.storage.{option}", expected=STORAGE)
    unnamed = next((option for option, name in credentials.items() if name not in source.secrets), None)
    if unnamed is not None:
        raise CollectError(source=source.name, found=f"parameters.credentials.{unnamed}", expected=CREDENTIALS)
    _check_trust(source, storage, credentials)
    return dict(storage), dict(credentials)


def _check_trust(source: Source, storage: Mapping[str, Any], credentials: Mapping[str, Any]) -> None:
    """Raises `CollectError` for an option by which any server would be believed, or another program or server asked."""
    if "known_hosts" in {*storage, *credentials}:
        # Without a value it would believe any server.
        raise CollectError(source=source.name, found="known_hosts", expected=HOST_KEYS)
    detour = next((name for name in DETOURS if name in {*storage, *credentials}), None)
    if detour:
        raise CollectError(source=source.name, found=detour, expected=DIRECT)
    where = {"storage": storage} | {f"storage.{name}": storage.get(name, {}) for name in NESTED}
    for place, options in where.items():
        if "verify" in options and not (isinstance(options["verify"], str) and options["verify"]):
            raise CollectError(source=source.name, found=f"parameters.{place}.verify", expected=CERTIFICATES)
    if "verify" in credentials:
        raise CollectError(source=source.name, found="parameters.credentials.verify", expected=CERTIFICATES)


def _secrets(place: str, value: Any) -> Iterator[str]:
    """The places of the options that are secrets, at any depth."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            inside = f"{place}.{name}"
            if str(name).lower() in SECRET or any(word in str(name).lower() for word in SECRET_WORDS):
                yield inside
            yield from _secrets(inside, inner)
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _secrets(f"{place}[{number}]", inner)


def _sftp(source: Source, given: Mapping[str, Any]) -> Any:
    """sshfs, whose own default is to believe any server: here its key has to be known."""
    from asyncssh import import_private_key
    from sshfs import SSHFileSystem

    parts = urlsplit(source.address)
    named = {"host": parts.hostname, "port": parts.port, "username": parts.username}
    lines = source.parameters.get("host_keys")
    file = Path("~/.ssh/known_hosts").expanduser()
    if not lines and not file.is_file():
        raise CollectError(source=source.name, found=f"host_keys: —, {file.name}: —", expected=HOST_KEYS)
    known = _any_name(source, lines) if lines else str(file)
    given = dict(given)
    if "client_key" in given:
        given["client_keys"] = [import_private_key(given.pop("client_key"), given.pop("passphrase", None))]
    plain = {"known_hosts": known, "connect_timeout": CONNECT, "config": None, "agent_path": None}
    return SSHFileSystem(**(plain | {key: value for key, value in named.items() if value} | given))


def _any_name(source: Source, lines: Sequence[str]) -> bytes:
    """Keys as a file of known hosts: each applies to the one server that the source names.

    A line that is not read as one key would be a key that is lost, or one trusted that its writer revoked. Raises
    `CollectError`.
    """
    from asyncssh import KeyImportError, import_public_key

    if not isinstance(lines, list):
        raise CollectError(
            source=source.name, found=f"parameters.host_keys: {type(lines).__name__}", expected=HOST_KEYS
        )
    found = []
    for number, line in enumerate(lines, start=1):
        words = str(line).split()
        key = words if words[:1] and words[0] in ALGORITHMS else words[1:]
        marked = bool(words) and words[0].startswith("@")
        try:
            if marked or len(key) < 2 or key[0] not in ALGORITHMS:
                raise KeyImportError("no key")
            import_public_key(" ".join(key[:2]))
        except KeyImportError:
            place = Said(
                *(
                    f"parameters.host_keys, {number}: {words[0] if marked else marker}"
                    for marker in ("clé illisible", "no key")
                )
            )
            raise CollectError(source=source.name, found=place, expected=HOST_KEYS) from None
        found.append(f"* {' '.join(key[:2])}\n")
    return "".join(found).encode("ascii")


def _s3(_source: Source, given: Mapping[str, Any]) -> Any:
    from s3fs import S3FileSystem

    timeouts = {"connect_timeout": CONNECT, "read_timeout": READ}
    store = S3FileSystem(**(dict(given) | {"config_kwargs": timeouts | given.get("config_kwargs", {})}))
    # Its options are read when it is first used: that is now, while a wrong one is reported for what it is.
    store.connect()
    return store


OPENING: dict[str, Callable[[Source, Mapping[str, Any]], Any]] = {"s3": _s3, "sftp": _sftp}


def _check_address(source: Source, options: Mapping[str, Any]) -> None:
    """Raises `CollectError` for a server that is not public, in a source that does not allow private ones."""
    if source.parameters.get("allow_private", False):
        return
    found: Said | None = None
    endpoint = options.get("endpoint_url") or options.get("client_kwargs", {}).get("endpoint_url")
    host = options.get("host") or urlsplit(source.address).hostname
    if endpoint:
        found = refusal(str(endpoint), allow_private=False, through_proxy=False)
    elif source.address.startswith("sftp://") and host:
        found = None if _is_public(str(host)) else Said("adresse privée", "private address")
    if found:
        expected = Said(
            "un serveur public (ou parameters.allow_private: true)",
            "a public server (or parameters.allow_private: true)",
        )
        raise CollectError(source=source.name, found=found, expected=expected)


def _is_public(host: str) -> bool:
    """Whether every address of a host is public; one that does not resolve fails when it is asked."""
    try:
        found = socket.getaddrinfo(host, 22, type=socket.SOCK_STREAM)
    except OSError:
        return True
    return all(is_public(str(item[4][0])) for item in found)


@contextmanager
def faults_named(source: Source, part: str) -> Iterator[None]:
    """What a store's library raises becomes `SourceUnreadable`, with the kind of the failure and never its text."""
    try:
        yield
    except _faults() as error:
        raise SourceUnreadable(source=source.name, part=part, address=source.address, reason=os_reason(error)) from None


def _faults() -> tuple[type[Exception], ...]:
    """Python's own errors and those, which do not derive from them, of the libraries that were imported.

    Called when something fails, not before: what fails may be what imports the library.
    """
    modules = {"asyncssh": ("Error",), "botocore.exceptions": ("BotoCoreError", "ClientError")}
    imported = [(sys.modules[name], kinds) for name, kinds in modules.items() if name in sys.modules]
    return OSError, ValueError, *(getattr(module, kind) for module, kinds in imported for kind in kinds)
