"""`allowed_signers`: what `ssh-keygen -Y verify` says of a file of keys, `arobase verify` says too."""

from __future__ import annotations

import base64
import shutil
import struct
import subprocess
import time
from pathlib import Path

import pytest

from pipelines.releases import signature
from pipelines.releases.allowed_signers import Trust, load_trust
from pipelines.releases.errors import KeyUnreadable
from pipelines.releases.openssh_lines import absolute_time, parse_lines
from pipelines.releases.openssh_patterns import match_list
from pipelines.releases.signature import BEGIN, END, MAGIC, SigningKey, new_key, signing_blob

MESSAGE = b"what is signed\n"
# K: the key that signs; O: another; A: an authority.
FILES = [
    "arobase K",
    "arobase O",
    "other K",
    "* K",
    "aro* K",
    "?robase K",
    "AROBASE K",
    "!arobase,* K",
    "*,!arobase K",
    "other,arobase K",
    '"arobase" K',
    '"a b",arobase K',
    'arobase namespaces="arobase-release" K',
    'arobase namespaces="git" K',
    'arobase namespaces="git,arobase-*" K',
    'arobase namespaces="!arobase-release,*" K',
    'arobase namespaces="" K',
    "arobase namespaces=git K",
    'arobase valid-before="20200101" K',
    'arobase valid-before="20991231" K',
    'arobase valid-after="20200101" K',
    'arobase valid-after="20991231" K',
    'arobase valid-after="20200101",valid-before="20991231" K',
    'arobase valid-after="20300101",valid-before="20200101" K',
    'arobase valid-before="20991231Z" K',
    'arobase valid-before="209912312359" K',
    'arobase valid-before="2099" K',
    'arobase valid-before="20991340" K',
    'arobase valid-after="20200101",namespaces="arobase-release" K',
    "arobase cert-authority K",
    "arobase cert-authority A",
    'arobase cert-authority,namespaces="git" A',
    'arobase cert-authority,valid-before="20200101" A',
    "arobase CERT-AUTHORITY A",
    "arobase unknown-option K",
    'arobase namespaces="arobase-release", K',
    "# arobase K",
    "other O\narobase K",
    "arobase nonsense\narobase K",
    'arobase valid-before="20200101" K\narobase K',
    "  arobase\tK comment",
    "K",
    "",
]
CERTIFICATES = {
    "for us": ["-n", "arobase,other"],
    "for another": ["-n", "other"],
    "for nobody": [],
    "expired": ["-n", "arobase", "-V", "20200101:20210101"],
    "of a host": ["-n", "arobase", "-h"],
}


class Keys:
    """A key that signs, another, an authority, and the certificates that it gave the first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signing, self.other, self.authority = (new_key(folder / name) for name in ("k", "o", "a"))
        (folder / "message").write_bytes(MESSAGE)

    def signature(self, certificate: str | None) -> Path:
        path = self.folder / "signature"
        blob = base64.b64decode(self.signing.public_line.split()[1])
        if certificate is not None:
            public = self.folder / "c.pub"
            shutil.copy(self.folder / "k.pub", public)
            made = [
                "ssh-keygen",
                "-q",
                "-s",
                str(self.folder / "a"),
                "-I",
                "x",
                *CERTIFICATES[certificate],
                str(public),
            ]
            subprocess.run(made, check=True, capture_output=True)
            blob = base64.b64decode((self.folder / "c-cert.pub").read_text().split()[1])
        path.write_text(signed(self.signing, blob))
        return path


def signed(key: SigningKey, blob: bytes) -> str:
    raw = key.sign_raw(signature._signed_part(MESSAGE))
    parts = (blob, b"arobase-release", b"", b"sha512", field(b"ssh-ed25519") + field(raw))
    text = base64.b64encode(MAGIC + struct.pack(">I", 1) + b"".join(map(field, parts))).decode()
    return "\n".join([BEGIN, *(text[place : place + 70] for place in range(0, len(text), 70)), END, ""])


def field(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("keys"))


@pytest.mark.parametrize("certificate", [None, *CERTIFICATES])
def test_ssh_keygen_and_arobase_give_the_same_answer(keys: Keys, certificate: str | None) -> None:
    path = keys.signature(certificate)
    accepted = 0
    for template in FILES:
        text = template
        for letter, key in (("K", keys.signing), ("O", keys.other), ("A", keys.authority)):
            text = " ".join(key.public_line if word == letter else word for word in text.split(" "))
            text = "\n".join(line.replace(f" {letter}\t", " ") for line in text.split("\n"))
        text = text.replace("\tK ", f"\t{keys.signing.public_line} ").replace("K\n", f"{keys.signing.public_line}\n")
        text = text.replace("O\n", f"{keys.other.public_line}\n")
        file = keys.folder / "allowed_signers"
        file.write_text(text + "\n")
        asked = [
            "ssh-keygen",
            "-Y",
            "verify",
            "-f",
            str(file),
            "-I",
            "arobase",
            "-n",
            "arobase-release",
            "-s",
            str(path),
        ]
        with (keys.folder / "message").open("rb") as message:
            told = subprocess.run(asked, stdin=message, capture_output=True, check=False).returncode == 0
        blob = signing_blob(MESSAGE, path.read_text())
        assert blob is not None
        ours = Trust(tuple(parse_lines(text)), "arobase", time.time()).refusal(blob, "arobase-release") is None
        assert ours == told, text
        accepted += ours
    assert 0 < accepted < len(FILES) or certificate in ("for another", "for nobody", "expired", "of a host")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("19700102Z", 86400), ("197001020030Z", 88200), ("19700102003005utc", 88205), ("1970", None), ("19701301Z", None)],
)
def test_times_are_read_as_openssh_reads_them(text: str, seconds: int | None) -> None:
    assert absolute_time(text) == seconds


@pytest.mark.parametrize(("patterns", "found"), [("a*", 1), ("!ab,*", -1), ("b", 0), ("a?", 1), ("*,!ab", -1), ("", 0)])
def test_lists_of_patterns_match_as_openssh_matches(patterns: str, found: int) -> None:
    assert match_list("ab", patterns) == found


def test_a_bare_public_key_is_trusted_for_everything(keys: Keys) -> None:
    trust = load_trust(keys.folder / "k.pub")
    blob = base64.b64decode(keys.signing.public_line.split()[1])
    assert trust.refusal(blob, "anything") is None
    with pytest.raises(KeyUnreadable):
        load_trust(keys.folder / "message")
