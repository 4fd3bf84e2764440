"""The private store: where it is, with which key it is opened, and that it is none that the public reads.

Belongs here: opening it. Does not: what is kept in it (`personal.py`), nor exchanging files (`working_copy.py`).
"""

from __future__ import annotations

import posixpath
from typing import ClassVar

from pipelines.core.errors import ArobaseError
from pipelines.core.project import PrivateStoreMissing, Project, is_address
from pipelines.core.settings import OUTPUTS, PRIVATE_KEY, PRIVATE_SECRET, PRIVATE_STORE, SettingWrong, value_of
from pipelines.core.text import Said
from pipelines.storage.buckets import Bucket, BucketUnreachable, public_address
from pipelines.storage.shared import shared_of
from pipelines.storage.shared_names import VAULT

CLOSED = ("PermissionDenied", "Unauthenticated")
"""How the library names the answer to a key that opens nothing."""


class PrivateStoreWithin(ArobaseError):
    """The private store is that of outputs, or a folder of it, where what is published is read by everybody."""

    code: ClassVar[str] = "private-store-within"
    fr: ClassVar[str] = (
        "{name} = {address} est dans {outputs}, que le public lit : des valeurs personnelles y seraient écrites. Rien "
        "n'est écrit. Donnez un autre seau, ou un préfixe à côté."
    )
    en: ClassVar[str] = (
        "{name} = {address} is within {outputs}, which the public reads: personal values would be written there. "
        "Nothing is written. Give another bucket, or a prefix beside it."
    )


def private_store(outputs: str) -> Bucket | None:
    """The private store of the store of `outputs`, with its own keys where they are given; none where none is named.

    Raises `PrivateStoreMissing` when it is closed, `PrivateStoreWithin`, `SettingWrong`, `BucketUnreachable`.
    """
    address = value_of(PRIVATE_STORE).text
    if not address:
        return None
    shown = public_address(address)
    if not is_address(address):
        expected = Said("l'adresse d'un dépôt, s3://seau/préfixe", "the address of a store, s3://bucket/prefix")
        raise SettingWrong(name=PRIVATE_STORE.name, value=shown, expected=expected)
    if f"{_place(address)}/".startswith(f"{_place(outputs)}/"):
        raise PrivateStoreWithin(
            name=PRIVATE_STORE.name, address=shown, outputs=f"{OUTPUTS.name} = {public_address(outputs)}"
        )
    bucket = Bucket.open(address, _keys())
    try:
        bucket.tag(f"{VAULT}/conservation.json")
    except BucketUnreachable as error:
        if str(error.facts["found"]).startswith(CLOSED):
            raise PrivateStoreMissing(what=f"{PRIVATE_STORE.name} = {shown}") from None
        raise  # away for now, and not closed to this machine
    return bucket


def unused_private_store() -> Said | None:
    """That a private store is named and goes unused, because outputs are in a folder; none where that is not so."""
    address = value_of(PRIVATE_STORE).text
    outputs = value_of(OUTPUTS)
    if not address or is_address(outputs.text):
        return None
    shown = public_address(address) if is_address(address) else address
    folder = outputs.text or "outputs/"
    return Said(
        f"{PRIVATE_STORE.name} = {shown} ne sert pas : {OUTPUTS.name} est un dossier ({folder}), et les valeurs "
        f"personnelles y sont gardées, dans private/. Donnez un dépôt s3://… à {OUTPUTS.name}, ou retirez "
        f"{PRIVATE_STORE.name}.",
        f"{PRIVATE_STORE.name} = {shown} is not used: {OUTPUTS.name} is a folder ({folder}), and personal values are "
        f"kept there, in private/. Give {OUTPUTS.name} a store s3://…, or unset {PRIVATE_STORE.name}.",
    )


def sees_what_is_kept(project: Project) -> bool:
    """Whether this machine can see what is kept about people: not where outputs are on an object store and it was given
    no private store. That it finds nothing does not mean then that nothing is kept."""
    shared = shared_of(project.outputs)
    return shared is None or shared.private is not None


def check_private_store(project: Project) -> None:
    """Raises `PrivateStoreMissing` where this machine cannot see what is kept about people."""
    if not sees_what_is_kept(project):
        raise PrivateStoreMissing(what=PRIVATE_STORE.name)


def _keys() -> tuple[str, str] | None:
    """The private store's own keys; none for those of the store of outputs. Raises `SettingWrong` for half of a pair,
    which would be passed over for the other keys."""
    identifier, secret = value_of(PRIVATE_KEY).text, value_of(PRIVATE_SECRET).text
    if bool(identifier) != bool(secret):
        absent, given = (PRIVATE_SECRET, PRIVATE_KEY) if identifier else (PRIVATE_KEY, PRIVATE_SECRET)
        expected = Said(f"ce qui va avec {given.name}", f"what goes with {given.name}")
        raise SettingWrong(name=absent.name, value="∅", expected=expected)
    return (identifier, secret) if identifier else None


def _place(address: str) -> str:
    """An address without what does not say where it is."""
    scheme, _, rest = address.partition("?")[0].partition("://")
    return f"{scheme.lower().replace('s3a', 's3')}://{posixpath.normpath(rest)}"
