"""Object stores (S3 and those that speak like it): whole objects under names, and writes that only the first one wins.

Belongs here: the few acts that a store is asked for. Does not: what objects mean (`releases/object_store.py`), nor
stores that sources are read from (`sources/stores.py`). Keys come from the store's own environment variables
(`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL`…); an address never contains one.
"""

from __future__ import annotations

import logging
import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from pipelines.core.errors import ArobaseError, ResponsibleParty
from pipelines.core.settings import STORE_PATIENCE, count_of
from pipelines.storage.atomic import new_file
from pipelines.storage.media_types import media_type

SCHEMES = ("s3://", "gs://", "az://", "file://")
MINIMUM_BLOCK = 1 << 20
LONGEST = 120
PATIENCE, SAID_AFTER = 60, 5
"""Seconds: how long an act is tried again, and after how many the operator is told what is waited for."""
# What may be in a library's text: the user in an address, a signed query, the document that a server answers with.
USER, QUERY, ANSWER = re.compile(r"(?<=//)[^/\s]+@"), re.compile(r"\?[^\s)\"']*"), re.compile(r"[:\s]*<.*")
# How the library begins when it gave up (`Generic S3 error: Error performing PUT https://… in 98s, after 10 retries,
# max_retries: 10, retry_timeout: 180s  - `): why comes after it, and an address can be longer than what is shown.
GAVE_UP = re.compile(
    r"^.*?Error performing (?P<verb>[A-Z]+) \S+ in [^,]*?(?P<retries>, after \d+ retries)?(?:, .*?)?\s+- "
)
CODE = re.compile(r"<Code>(?P<code>[A-Za-z]{1,40})</Code>")
KEPT_SECRET = re.compile(r"SECRET|TOKEN|KEY|PASSWORD|CREDENTIAL|SAS", re.IGNORECASE)
_log = logging.getLogger(__name__)


class BucketUnreachable(ArobaseError):
    """An object store does not do what it is asked."""

    code: ClassVar[str] = "object-store-unreachable"
    passes: ClassVar[bool] = True
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "{address} : le dépôt d'objets répond « {found} »."
    en: ClassVar[str] = '{address}: the object store answers "{found}".'


class CannotReplace(ArobaseError):
    """An object store that cannot replace an object only while it is unchanged."""

    code: ClassVar[str] = "store-cannot-replace"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = (
        "{address} : ce dépôt d'objets refuse l'écriture conditionnelle (If-Match), sans laquelle deux machines "
        "pourraient s'effacer l'une l'autre. Gardez les sorties dans un dossier et envoyez les versions par "
        "arobase release --to, ou prenez un autre dépôt."
    )
    en: ClassVar[str] = (
        "{address}: this object store refuses conditional writes (If-Match), without which two machines could "
        "overwrite each other. Keep the outputs in a folder and send releases with arobase release --to, or use "
        "another store."
    )


class BucketsNotInstalled(ArobaseError):
    """The library that reaches object stores is not installed."""

    code: ClassVar[str] = "object-store-not-installed"
    responsible: ClassVar[ResponsibleParty] = ResponsibleParty.OPERATOR
    fr: ClassVar[str] = "{address} : le module « {module} » manque ; installez-le : pip install '.[remote]'."
    en: ClassVar[str] = '{address}: the module "{module}" is missing; install it: pip install ".[remote]".'


def is_bucket(text: str) -> bool:
    """Whether this is the address of an object store."""
    return text.startswith(SCHEMES)


def public_address(address: str) -> str:
    """An address for people: without a user and without a query, which may be keys."""
    return QUERY.sub("", USER.sub("", address))


@dataclass(frozen=True)
class Bucket:
    """A store and the prefix that all names are under; `address` is for people. Acts may raise `BucketUnreachable`."""

    address: str
    store: Any

    @classmethod
    def open(cls, address: str, keys: tuple[str, str] | None = None) -> Bucket:
        """The store at `address` (`s3://bucket/prefix`). `keys`: the identifier and the secret of an S3 key, where
        it is not the environment's. Raises `BucketsNotInstalled`, `BucketUnreachable`."""
        try:
            from obstore.store import from_url
        except ImportError as error:
            raise BucketsNotInstalled(address=public_address(address), module=error.name) from None
        # A store on the operator's own network may speak plain HTTP, where its address says so.
        plain = os.environ.get("AWS_ENDPOINT_URL", "").startswith("http://")
        more: dict[str, Any] = {"client_options": {"allow_http": True}} if plain and address.startswith("s3:") else {}
        if not address.startswith("file:"):
            more["retry_config"] = _patience()
        if keys is not None:
            more["config"] = {"access_key_id": keys[0], "secret_access_key": keys[1]}
        with _faults_named(public_address(address)):
            return cls(public_address(address), from_url(address.rstrip("/"), **more))

    def names(self, under: str | None = None) -> list[str]:
        """The names of all objects, or of those under a folder, sorted."""
        with self._faults_named(), _said_when_slow(self.address):
            return sorted(item["path"] for page in self.store.list(under) for item in page)

    def tags(self, under: str) -> dict[str, str]:
        """The tag of every object under a folder, by name, in the order of names: another tag, other bytes."""
        with self._faults_named(), _said_when_slow(self.address):
            found = {item["path"]: str(item["e_tag"]) for page in self.store.list(under) for item in page}
        return dict(sorted(found.items()))

    def times(self, under: str) -> dict[str, datetime]:
        """When every object under a folder was written, by the store's own clock."""
        with self._faults_named():
            return {item["path"]: item["last_modified"] for page in self.store.list(under) for item in page}

    def read(self, name: str) -> bytes | None:
        """An object's bytes; none when it is not there."""
        return self._seen(name)[0]

    def fetch(self, name: str, path: Path) -> None:
        """Write an object to a file, block by block, which has its name once it is whole. Raises `OSError` too."""
        with new_file(path) as file:
            for block in self._blocks(name):
                file.write(block)

    def _blocks(self, name: str) -> Iterator[bytes]:
        with self._faults_named():
            yield from self.store.get(name).stream(min_chunk_size=MINIMUM_BLOCK)

    def send(self, name: str, data: bytes | Path) -> None:
        """Write an object, from bytes or from a file, over whatever is there."""
        with self._faults_named():
            self.store.put(name, data, **self._said_of(name))

    def create(self, name: str, data: bytes) -> bool:
        """Write an object where there is none (`If-None-Match: *`); false when there is one, which stays."""
        from obstore.exceptions import AlreadyExistsError

        with self._faults_named():
            try:
                self.store.put(name, data, mode="create", use_multipart=False, **self._said_of(name))
            except AlreadyExistsError:
                return False
        return True

    def replace(self, name: str, old: bytes | None, new: bytes) -> bool:
        """Write an object over `old` (none: over nothing), atomically; false when something else is there, which stays.

        Stores that cannot do so (some refuse every `If-Match`, folders know none) are written without the condition,
        once `old` was seen to be there still.
        """
        from obstore.exceptions import NotSupportedError, PreconditionError

        if old is None:
            return self.create(name, new)
        found, tag = self._seen(name)
        if found != old:
            return False
        with self._faults_named():
            try:
                self.store.put(name, new, mode={"e_tag": tag}, use_multipart=False, **self._said_of(name))
            except (PreconditionError, NotSupportedError, NotImplementedError):
                if self._seen(name)[0] != old:
                    return False
                self.store.put(name, new, **self._said_of(name))
        return True

    def swap(self, name: str, tag: str | None, data: bytes) -> str | None:
        """Write an object over that of this tag (none: where there is none); returns its new tag, none when another is
        there, which stays. Never writes without that condition. Raises `CannotReplace` where the store knows none."""
        from obstore.exceptions import AlreadyExistsError, NotFoundError, NotSupportedError, PreconditionError

        mode: Any = "create" if tag is None else {"e_tag": tag}
        with self._faults_named():
            try:
                put = self.store.put(name, data, mode=mode, use_multipart=False, **self._said_of(name))
                return str(put["e_tag"])
            except (AlreadyExistsError, NotFoundError):
                return None
            except PreconditionError:
                if tag is not None and self.tag(name) == tag:
                    raise CannotReplace(address=self.address) from None
                return None
            except (NotSupportedError, NotImplementedError):
                raise CannotReplace(address=self.address) from None

    def tag(self, name: str) -> str | None:
        """The tag of an object, none when it is not there."""
        from obstore.exceptions import NotFoundError

        with self._faults_named(), _said_when_slow(self.address):
            try:
                return str(self.store.head(name)["e_tag"])
            except (NotFoundError, FileNotFoundError):
                return None

    def delete(self, name: str) -> None:
        """Delete an object, there or not."""
        from obstore.exceptions import NotFoundError

        with self._faults_named():
            try:
                self.store.delete(name)
            except (NotFoundError, FileNotFoundError):
                return

    def _seen(self, name: str) -> tuple[bytes | None, str | None]:
        from obstore.exceptions import NotFoundError

        with self._faults_named():
            try:
                with _said_when_slow(self.address):
                    got = self.store.get(name)
                return bytes(got.bytes()), got.meta["e_tag"]
            except (NotFoundError, FileNotFoundError):
                return None, None

    def _said_of(self, name: str) -> dict[str, Any]:
        """What an object is: without it a browser that reads from the store saves a page instead of showing it. Folders
        know nothing of the kind, and refuse it."""
        is_folder = self.address.startswith("file:")
        return {} if is_folder else {"attributes": {"Content-Type": media_type(name)}}

    def _faults_named(self) -> Any:
        return _faults_named(self.address)


def _patience() -> dict[str, Any]:
    """The library's ten attempts are over after two to eight seconds where connections are refused, and a store that is
    started again needs longer: time alone is the limit. Raises `SettingWrong`."""
    seconds = timedelta(seconds=count_of(STORE_PATIENCE, PATIENCE))
    backoff = {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=5), "base": 2}
    return {"max_retries": 10_000, "retry_timeout": seconds, "backoff": backoff}


@contextmanager
def _said_when_slow(address: str) -> Iterator[None]:
    """Says once that a small answer has not come after `SAID_AFTER` seconds: else a wrong address looks like work."""
    saying = threading.Timer(SAID_AFTER, _log.warning, ("%s: waiting for the object store to answer", address))
    saying.daemon = True
    saying.start()
    try:
        yield
    finally:
        saying.cancel()


@contextmanager
def _faults_named(address: str) -> Iterator[None]:
    """What the library raises, as an error that names the store, the kind of failure, and no key."""
    from obstore.exceptions import BaseError

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        raise BucketUnreachable(address=address, found=f"{type(error).__name__}: {_filtered(str(error))}") from None


def _filtered(text: str) -> str:
    """The first line of a library's text, without what may be a key; the lines after it are its own entrails."""
    code = CODE.search(text)
    line = GAVE_UP.sub(lambda found: f"{found['verb']}{found['retries'] or ''}: ", text.partition("\n")[0])
    for name, value in os.environ.items():
        if len(value) > 3 and KEPT_SECRET.search(name):
            line = line.replace(value, "…")
    for pattern in (ANSWER, QUERY, USER):
        line = pattern.sub("", line)
    return line.strip()[:LONGEST] + (f" ({code['code']})" if code else "")
