"""Keys, signatures, the ledger and bags: each refuses what is not its own."""

from __future__ import annotations

import base64
import json
import stat
import subprocess
import textwrap
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipelines.releases.bag import read_info, read_manifest
from pipelines.releases.descriptor import read_descriptor
from pipelines.releases.errors import KeyExists, KeyUnreadable, LedgerBroken, ReleaseDamaged
from pipelines.releases.ledger import START, Ledger
from pipelines.releases.signature import (
    fingerprint,
    key_of_environment,
    load_key,
    new_key,
    signer,
    trusted_keys,
)
from pipelines.releases.store import line_of
from pipelines.releases.tombstones import tombstone_line
from pipelines.storage import Busy, lock, new_folder, sweep


def test_a_new_key_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    key = new_key(tmp_path / "deep" / "cle")
    assert stat.S_IMODE((tmp_path / "deep" / "cle").stat().st_mode) == 0o600
    assert load_key(tmp_path / "deep" / "cle").fingerprint == key.fingerprint
    assert trusted_keys(tmp_path / "deep" / "cle.pub") == (key.public_line,)


def test_a_key_is_never_replaced(tmp_path: Path) -> None:
    before = new_key(tmp_path / "cle").fingerprint
    with pytest.raises(KeyExists):
        new_key(tmp_path / "cle")
    assert load_key(tmp_path / "cle").fingerprint == before
    public = (tmp_path / "cle.pub").read_bytes()
    (tmp_path / "cle").unlink()  # kept elsewhere
    with pytest.raises(KeyExists):
        new_key(tmp_path / "cle")
    assert ((tmp_path / "cle.pub").read_bytes(), (tmp_path / "cle").exists()) == (public, False)


def test_a_key_does_not_show_itself(tmp_path: Path) -> None:
    assert repr(new_key(tmp_path / "cle")).startswith("SigningKey(SHA256:")


def test_fingerprints_are_those_of_ssh_keygen(tmp_path: Path) -> None:
    key = new_key(tmp_path / "cle")
    told = subprocess.run(
        ["ssh-keygen", "-l", "-f", str(tmp_path / "cle.pub")], capture_output=True, text=True, check=True
    )
    assert told.stdout.split()[1] == key.fingerprint


def test_a_key_made_by_ssh_keygen_signs(tmp_path: Path) -> None:
    asked = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "cle")]
    subprocess.run(asked, check=True)
    key = load_key(tmp_path / "cle")
    assert signer(b"x", key.sign(b"x")) == key.public_line


def test_the_key_comes_from_the_environment_or_a_file_it_names(tmp_path: Path) -> None:
    key = new_key(tmp_path / "cle")
    text = (tmp_path / "cle").read_text()
    given = key_of_environment({"AROBASE_SIGNING_KEY": text})
    named = key_of_environment({"AROBASE_SIGNING_KEY_FILE": str(tmp_path / "cle")})
    assert given is not None
    assert named is not None
    assert given.fingerprint == named.fingerprint == key.fingerprint
    assert key_of_environment({}) is None
    with pytest.raises(KeyUnreadable, match="for a file, its path in AROBASE_SIGNING_KEY_FILE"):
        key_of_environment({"AROBASE_SIGNING_KEY": str(tmp_path / "cle")})


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AROBASE_SIGNING_KEY", "AROBASE_SIGNING_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert key_of_environment() is None


def test_what_is_not_a_key_is_refused_without_showing_it(tmp_path: Path) -> None:
    (tmp_path / "cle").write_text("secret")
    with pytest.raises(KeyUnreadable) as error:
        load_key(tmp_path / "cle")
    assert "secret" not in error.value.message("en")
    with pytest.raises(KeyUnreadable):
        load_key(tmp_path / "absent")
    rsa = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
    (tmp_path / "rsa").write_bytes(rsa)
    with pytest.raises(KeyUnreadable):
        load_key(tmp_path / "rsa")


def test_public_keys_are_read_from_pub_files_and_allowed_signers(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(
        '# note ssh-ed25519 AAAA\narobase ssh-ed25519 QUJD\nx namespaces="y" ssh-ed25519 REVG z\n'
    )
    assert trusted_keys(tmp_path / "a") == ("ssh-ed25519 QUJD", "ssh-ed25519 REVG")
    (tmp_path / "b").write_text("ssh-rsa AAAA\n")
    for name in ("b", "absent"):
        with pytest.raises(KeyUnreadable):
            trusted_keys(tmp_path / name)
    assert fingerprint("ssh-ed25519") != fingerprint("ssh-ed25519 QUJD")
    assert fingerprint("ssh-ed25519 ###").startswith("SHA256:")


def test_the_same_message_has_the_same_signature(tmp_path: Path) -> None:
    key = new_key(tmp_path / "cle")
    assert key.sign(b"message") == key.sign(b"message")
    assert signer(b"message", key.sign(b"message")) == key.public_line
    assert signer(b"other", key.sign(b"message")) is None


def test_signatures_of_another_form_are_refused(tmp_path: Path) -> None:
    good = new_key(tmp_path / "cle").sign(b"m")
    blob = base64.b64decode("".join(good.splitlines()[1:-1]))

    def armoured(data: bytes) -> str:
        lines = textwrap.wrap(base64.b64encode(data).decode(), 70)  # as ssh-keygen
        return "\n".join([good.splitlines()[0], *lines, good.splitlines()[-1], ""])

    assert signer(b"m", armoured(blob)) is not None
    broken = [
        blob[:-5],
        blob[:20],
        b"",
        blob.replace(b"arobase-release", b"arobase-rilease"),
        blob.replace(b"sha512", b"sha256"),
    ]
    broken += [b"XXHSIG" + blob[6:], blob.replace(b"ssh-ed25519", b"ssh-ed25518", 1)]
    for data in broken:
        assert signer(b"m", armoured(data)) is None
    for text in ("", "x", good.replace("BEGIN", "BEGUN"), armoured(blob).replace("\n", "\n*", 1)):
        assert signer(b"m", text) is None


def test_lines_of_the_ledger_follow_each_other(tmp_path: Path) -> None:
    ledger = Ledger.read(tmp_path / "ledger.jsonl")
    assert (ledger.head, ledger.lines) == (START, ())
    ledger = ledger.append([ledger.next_line("refused", {"package": "p", "record": "r"})])
    ledger = ledger.append([ledger.next_line("published", {"package": "é"})])
    again = Ledger.read(tmp_path / "ledger.jsonl")
    assert again == ledger
    assert [entry["seq"] for entry in again.entries] == [0, 1]
    assert again.of("p") == again.of("p", "refused") != again.of("é")


def test_a_line_that_does_not_follow_is_refused(tmp_path: Path) -> None:
    ledger = Ledger.read(tmp_path / "ledger.jsonl")
    line = ledger.next_line("refused", {"package": "p"})
    with pytest.raises(LedgerBroken):
        ledger.append([line, line])
    assert not (tmp_path / "ledger.jsonl").exists()


@pytest.mark.parametrize(
    "text",
    [
        "x\n",
        "[]\n",
        '{"event":"other","package":"p"}\n',
        '{"event":"refused"}\n',
        "{",
        '{"event":"refused","package":"p","seq":3}\n',
    ],
)
def test_what_is_not_a_ledger_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "ledger.jsonl").write_text(text)
    with pytest.raises(LedgerBroken):
        Ledger.read(tmp_path / "ledger.jsonl")


def test_a_ledger_that_is_not_utf_8_is_refused_at_its_line(tmp_path: Path) -> None:
    good = Ledger.read(tmp_path / "none").next_line("refused", {"package": "p"})
    (tmp_path / "ledger.jsonl").write_bytes(good.encode() + b"\n\xff\n")
    with pytest.raises(LedgerBroken) as error:
        Ledger.read(tmp_path / "ledger.jsonl")
    assert error.value.facts["line"] == 2


def test_tag_files_of_another_form_are_refused(tmp_path: Path) -> None:
    (tmp_path / "bag-info.txt").write_text("no colon\n")
    with pytest.raises(ReleaseDamaged):
        read_info(tmp_path)
    with pytest.raises(ReleaseDamaged):
        read_info(tmp_path / "absent")
    for text in ("x  y\n", "0" * 64 + " y\n", "G" * 64 + "  y\n", ("0" * 64 + "  y\n") * 2):
        (tmp_path / "m.txt").write_text(text)
        with pytest.raises(ReleaseDamaged):
            read_manifest(tmp_path / "m.txt")
    with pytest.raises(ReleaseDamaged):
        read_manifest(tmp_path / "absent")


def test_a_descriptor_that_is_not_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseDamaged):
        read_descriptor(tmp_path)
    for text in ("[]", "{}", "{"):
        (tmp_path / "datapackage.json").write_text(text)
        with pytest.raises(ReleaseDamaged):
            read_descriptor(tmp_path)


def test_a_release_or_tombstone_that_tells_no_line_has_none(tmp_path: Path) -> None:
    assert line_of(tmp_path) is None
    path = tmp_path / "t.json"
    assert tombstone_line(path) is None
    for told in ({}, {"line": "x"}, {"line": "[]"}, {"line": "{}"}, []):
        path.write_text(json.dumps(told))
        assert tombstone_line(path) is None


def test_a_lock_is_refused_while_another_holds_it_and_free_afterwards(tmp_path: Path) -> None:
    with lock(tmp_path / "here" / ".lock"), pytest.raises(Busy), lock(tmp_path / "here" / ".lock"):
        pytest.fail("two hold one lock")
    with lock(tmp_path / "here" / ".lock"):
        assert (tmp_path / "here").is_dir()


def test_a_folder_aside_is_swept_and_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "file").write_text("x")
    (tmp_path / ".aside-link").symlink_to(tmp_path / "kept")
    (tmp_path / ".aside-folder" / "deep").mkdir(parents=True)
    assert sweep(tmp_path) == [".aside-folder", ".aside-link"]
    assert (tmp_path / "kept" / "file").read_text() == "x"


def test_a_folder_that_is_there_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    with pytest.raises(FileExistsError), new_folder(tmp_path / "there") as aside:
        (aside / "x").write_text("x")
    assert list(tmp_path.iterdir()) == [tmp_path / "there"]


def test_an_event_that_this_code_does_not_know_is_said_to_be_perhaps_of_newer_code(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    path.write_text(Ledger(path, ()).next_line("renamed", {"package": "p"}) + "\n")
    with pytest.raises(LedgerBroken, match='event "renamed", unknown here; the code that wrote it may be newer'):
        Ledger.read(path)
