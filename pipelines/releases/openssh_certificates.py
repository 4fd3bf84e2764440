"""Certificates of OpenSSH: whether an authority that is trusted signed one, and for whom and when.

Source: `sshkey.c` of OpenSSH 9.2; its functions are named beside ours.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from pipelines.core.text import Said

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.serialization import SSHCertificate


CERTIFICATE = "ssh-ed25519-cert-v01@openssh.com"
NOBODY = Said("aucune ligne ne lui fait confiance", "no line trusts it")


def certificate_refusal(blob: bytes, authority: bytes, principal: str, at: float) -> Said | None:
    """Why a certificate is not good, or is not this authority's; none when it is. As `sshkey_cert_check_authority`."""
    from cryptography.hazmat.primitives.serialization import SSHCertificateType

    found = _certificate(blob, authority)
    if found is None:
        return NOBODY
    refusals = {
        Said("le certificat n'est pas celui d'une personne", "the certificate is not a user's"): (
            found.type is not SSHCertificateType.USER
        ),
        Said("le certificat n'est pas encore valable", "the certificate is not valid yet"): at < found.valid_after,
        Said("le certificat a expiré", "the certificate has expired"): at >= found.valid_before,
        Said("le certificat n'est pas à ce nom", "the certificate is not in this name"): (
            principal.encode() not in found.valid_principals
        ),
    }
    return next((why for why, is_so in refusals.items() if is_so), None)


def _certificate(blob: bytes, authority: bytes) -> SSHCertificate | None:
    """The certificate in `blob` when this authority signed it."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        PublicFormat,
        SSHCertificate,
        load_ssh_public_identity,
    )

    line = f"{CERTIFICATE} {base64.b64encode(blob).decode()}".encode()
    try:
        found = load_ssh_public_identity(line)
        if not isinstance(found, SSHCertificate):
            return None
        signer = found.signature_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH)
        found.verify_cert_signature()
    except (ValueError, UnsupportedAlgorithm, InvalidSignature):
        return None
    return found if base64.b64decode(signer.split()[1]) == authority else None
