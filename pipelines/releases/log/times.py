"""Time stamps of a log's head by authorities of time (RFC 3161): somebody else says when it was there.

Belongs here: asking for a stamp, and checking one. Does not: choosing authorities, which an operator and an auditor do.
The checks are those of `rfc3161-client`, installed with `pip install '.[time]'`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipelines.releases import exact_base64
from pipelines.releases.errors import TimeStampRefused, TimeStampsNotInstalled
from pipelines.releases.log.journal import Journal
from pipelines.releases.log.notes import Checkpoint
from pipelines.storage import sha256_bytes, write_text

FOLDER = "times"
QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
LARGEST_REPLY = 1 << 20

Post = Callable[[str, bytes], bytes]
"""`post(address, query)`: what an authority of time answers."""


def stamp(journal: Journal, address: str, post: Post) -> Path:
    """Have the head of a log stamped; returns the file. Raises `TimeStampRefused`, `TimeStampsNotInstalled`."""
    try:
        from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, decode_timestamp_response
    except ImportError:
        raise TimeStampsNotInstalled from None
    if journal.checkpoint is None:
        raise TimeStampRefused(address=address, found="∅")
    body = journal.checkpoint.body.encode()
    builder = TimestampRequestBuilder().data(body).hash_algorithm(HashAlgorithm.SHA256)
    reply = post(address, builder.cert_request(cert_request=True).build().as_bytes())
    try:
        answer = decode_timestamp_response(reply)
    except ValueError as error:
        raise TimeStampRefused(address=address, found=str(error)[:80]) from None
    if answer.status != 0:
        raise TimeStampRefused(address=address, found=str(answer.status))
    document = {"address": address, "checkpoint": body.decode(), "token": base64.b64encode(reply).decode()}
    path = journal.folder / FOLDER / stamp_name(journal.size, address)
    write_text(path, stamp_text(document))
    return path


def stamp_name(size: int, address: str) -> str:
    """The name of the file of a stamp: of which head, by which authority."""
    return f"{size}-{sha256_bytes(address.encode())[:8]}.tsr"


def stamp_text(document: Mapping[str, str]) -> str:
    """The file of a stamp."""
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def read_stamp(data: bytes, name: str) -> tuple[bytes, Checkpoint]:
    """What an authority answered, and the head that it stamped, from the file of a stamp.

    Raises `ValueError`, `KeyError`, `TypeError`, `RecursionError` and `NoteUnreadable` for what `stamp` did not write.
    """
    document = json.loads(data)
    reply = exact_base64.decode(document["token"])
    head = Checkpoint.parse(f"{document['checkpoint']}\n", name)
    if name != stamp_name(head.size, document["address"]) or stamp_text(document).encode() != data:
        raise ValueError("another form")
    return reply, head


def checker(authorities: Sequence[bytes]) -> Callable[[bytes, bytes], str]:
    """How stamps are checked: `check(reply, data)` gives the time, or raises `TimeStampRefused`.

    `authorities`: certificates (PEM), of the authority itself or of the root that it depends on.
    """
    try:
        from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response
    except ImportError:
        raise TimeStampsNotInstalled from None
    from cryptography.x509 import load_pem_x509_certificates

    builder = VerifierBuilder()
    for pem in authorities:
        for certificate in load_pem_x509_certificates(pem):
            builder = builder.add_root_certificate(certificate)
    verifier = builder.build()

    def check(reply: bytes, data: bytes) -> str:
        try:
            answer = decode_timestamp_response(reply)
            verifier.verify_message(answer, data)
        except (VerificationError, ValueError) as error:
            raise TimeStampRefused(address="", found=str(error)[:80]) from None
        return f"{answer.tst_info.gen_time:%Y-%m-%dT%H:%M:%SZ}"

    return check
