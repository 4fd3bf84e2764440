"""Witnesses: going back, and writing another history, are seen by anyone who remembers the log's head."""

from __future__ import annotations

import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from pipelines.cli import commands
from pipelines.commands.witness import _handler
from pipelines.releases import publish
from pipelines.releases.errors import LogForked, PolicyUnreadable
from pipelines.releases.keys import _record, revoke, rotate
from pipelines.releases.ledger import Ledger
from pipelines.releases.log.journal import Journal
from pipelines.releases.log.merkle import consistency_proof
from pipelines.releases.log.notes import COSIGNATURE, LARGEST_TIME, NoteKey
from pipelines.releases.log.policy import load_policy
from pipelines.releases.log.witness import WitnessMemory, follow, request_body
from pipelines.releases.retract import retract
from pipelines.releases.signature import SigningKey, load_key, new_key
from pipelines.releases.verify import verify
from tests.releases.builders import a_key, a_request, prizes, two_releases

NAME = "town.example/witness"
NOW = datetime(2026, 6, 1, tzinfo=UTC)
ENTRY = {"created": "2026-06-01", "package": "prix", "parent": "none", "tagmanifest": "0" * 64, "version": "1.1.1"}


class World:
    """A project with a signed log, one witness, and the policy that demands it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = a_key(folder)
        self.releases = two_releases(folder, self.key)
        self.memory = WitnessMemory(folder / "memory", NAME, new_key(folder / "witness"))
        (folder / "memory").mkdir()
        self.policy = folder / "policy"
        vkey = NoteKey(NAME, COSIGNATURE, self.memory.key.public_bytes).text
        self.policy.write_text(f"# one witness\nwitness town {vkey} {folder / 'memory'}\nquorum town\n")

    def run(self, *words: object) -> Result:
        environment = {"AROBASE_ROOT": str(self.folder), "AROBASE_LANG": "en"}
        environment["AROBASE_OUTPUTS"] = str(self.releases.parent)
        environment["AROBASE_SIGNING_KEY_FILE"] = str(self.folder / "cle")
        return CliRunner().invoke(commands, [str(word) for word in words], env=environment)

    def cosign(self) -> Result:
        asked = ["--key", self.folder / "witness", "--name", NAME, "--memory", self.folder / "memory"]
        return self.run(
            "witness",
            "cosign",
            self.releases.parent,
            *asked,
            "--trust",
            self.folder / "cle.pub",
            "-o",
            self.folder / "cosigned",
        )

    def witnessed(self) -> None:
        done = self.cosign()
        assert done.exit_code == 0, done.output
        done = self.run("witness", "add", self.folder / "cosigned", "--policy", self.policy)
        assert done.exit_code == 0, done.output

    def verified(self) -> Result:
        return self.run("verify", self.releases, "--key", self.folder / "cle.pub", "--witnesses", self.policy)

    def grow(self, level: str, key: SigningKey | None = None) -> None:
        publish(a_request(prizes(p1={"arobases": level})), self.releases, key=key or self.key, now=NOW)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_witnessed_log_is_sound_and_says_by_whom(world: World) -> None:
    assert "[unwitnessed]" in world.verified().output
    world.witnessed()
    done = world.verified()
    assert done.exit_code == 0, done.output
    assert "witness town (" in done.output
    world.grow("2")
    assert "[unwitnessed]" in world.verified().output
    world.witnessed()
    assert world.verified().exit_code == 0


def test_going_back_to_an_earlier_state_is_seen(world: World) -> None:
    world.witnessed()
    shutil.copytree(world.releases.parent, world.folder / "earlier")
    world.grow("2")
    world.witnessed()
    shutil.rmtree(world.releases.parent)
    shutil.copytree(world.folder / "earlier", world.releases.parent)
    assert world.run("verify", world.releases, "--key", world.folder / "cle.pub").exit_code == 0
    done = world.verified()
    assert done.exit_code == 1
    assert "[rolled-back]" in done.output
    kept = next((world.folder / "memory").glob("*/checkpoint"))
    assert "[rolled-back]" in world.run("verify", world.releases, "--checkpoint", kept).output
    assert world.cosign().exit_code == 1


def test_a_history_rewritten_by_the_key_s_holder_is_seen(world: World) -> None:
    world.witnessed()
    shutil.rmtree(world.releases.parent)
    for level in ("1", "2", "3", "4"):
        world.grow(level)
    assert world.run("verify", world.releases, "--key", world.folder / "cle.pub").exit_code == 0
    head = next((world.folder / "memory").glob("*/checkpoint"))
    assert "[forked]" in world.run("verify", world.releases, "--checkpoint", head).output
    assert world.verified().exit_code == 1
    done = world.cosign()
    # Another first event gives a log of another name, which this witness never saw; the policy's quorum is not met.
    assert done.exit_code in (0, 1)


def test_a_log_that_keeps_its_name_and_not_its_events_is_not_cosigned(world: World) -> None:
    journal = Journal.read(world.releases)
    assert journal.checkpoint is not None
    follow(world.memory, journal.checkpoint, journal.tree, 1)
    shutil.rmtree(world.releases.parent)
    publish(a_request(prizes(p1={"arobases": "1"})), world.releases, key=world.key, origin=journal.checkpoint.origin)
    world.grow("2")
    world.grow("3")
    other = Journal.read(world.releases)
    assert other.checkpoint is not None
    with pytest.raises(LogForked):
        follow(world.memory, other.checkpoint, other.tree, 2)


@pytest.fixture
def server(world: World) -> Iterator[str]:
    from pipelines.commands.witness import _refusal

    handler = _handler(world.memory, _refusal(world.folder / "cle.pub", "arobase"))
    serving = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_address[1]}"
    serving.shutdown()
    serving.server_close()


def test_a_witness_answers_as_the_specification_says(world: World, server: str) -> None:
    journal = Journal.read(world.releases)
    head = journal.checkpoint
    assert head is not None

    def post(old: int, **more: object) -> requests.Response:
        proof = consistency_proof(old, head.size, journal.tree.subtree) if old <= head.size else []
        body = request_body(old, proof, more.get("head", head))  # type: ignore[arg-type]  # a head
        return requests.post(f"{server}/add-checkpoint", data=body, timeout=10)

    assert post(1).status_code == 409
    assert (post(1).text, post(1).headers["Content-Type"]) == ("0\n", "text/x.tlog.size")
    assert post(99).status_code == 400
    assert requests.post(f"{server}/add-checkpoint", data=b"nonsense", timeout=10).status_code == 400
    unsigned = type(head)(head.origin, head.size, head.root)
    assert post(0, head=unsigned).status_code == 403
    answer = post(0)
    assert answer.status_code == 200
    assert answer.text.startswith(f"— {NAME} ")
    assert post(0).status_code == 409
    assert post(head.size).status_code == 200
    path = next((world.folder / "memory").glob("*/checkpoint"))
    assert requests.get(f"{server}/{path.parent.name}/checkpoint", timeout=10).text == path.read_text()
    assert requests.get(f"{server}/../cle", timeout=10).status_code == 404


def test_a_project_asks_its_witnesses(world: World, server: str) -> None:
    world.policy.write_text(world.policy.read_text().replace(str(world.folder / "memory"), server))
    assert world.run("witness", "ask", world.policy).exit_code == 0
    assert world.verified().exit_code == 0
    world.grow("2")
    assert world.verified().exit_code == 1
    assert world.run("witness", "ask", world.policy).exit_code == 0
    assert world.verified().exit_code == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum x",
        "quorum none\nquorum none",
        "witness a nonsense\nquorum a",
        "group g 1\nquorum g",
        "what\nquorum none",
    ],
)
def test_a_policy_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "policy").write_text(text + "\n")
    with pytest.raises(PolicyUnreadable):
        load_policy(tmp_path / "policy")


def test_groups_of_witnesses_count_as_the_policy_says(tmp_path: Path) -> None:
    keys = [NoteKey(f"w{number}.example", COSIGNATURE, bytes([number]) * 32).text for number in range(3)]
    lines = [f"witness w{number} {key}" for number, key in enumerate(keys)]
    (tmp_path / "policy").write_text("\n".join([*lines, "group g 2 w0 w1 w2", "quorum g", ""]))
    policy = load_policy(tmp_path / "policy")
    assert (policy.is_met({"w0"}), policy.is_met({"w0", "w2"})) == (False, True)


def test_a_key_that_takes_over_signs_the_log_and_the_old_one_signs_that(world: World) -> None:
    newer = new_key(world.folder / "newer")
    done = world.run("keys", "rotate", world.folder / "cle", world.folder / "newer")
    assert done.exit_code == 0, done.output
    assert newer.public_line in done.output
    world.grow("2", newer)
    both = (world.key.public_line, newer.public_line)
    assert verify(world.releases, keys=both).is_sound
    assert [flaw.code for flaw in verify(world.releases, keys=both[:1]).flaws] == ["signer", "log-signer"]
    assert verify(world.releases).is_sound
    path = world.releases.parent / "ledger.jsonl"
    assert '"act":"rotated"' in path.read_text()


def test_a_revoked_key_signs_nothing_more(world: World) -> None:
    newer = new_key(world.folder / "newer")
    rotate(world.releases, world.key, newer, now=NOW)
    revoke(world.releases, world.key.public_line, newer, now=NOW)
    assert verify(world.releases).is_sound
    with pytest.raises(Exception, match="signed by"):
        world.grow("2", load_key(world.folder / "cle"))
    world.grow("2", newer)
    assert verify(world.releases, keys=(world.key.public_line, newer.public_line)).is_sound


def test_a_time_that_no_calendar_has_ends_no_check(world: World) -> None:
    journal = Journal.read(world.releases)
    assert journal.checkpoint is not None
    journal.put(journal.checkpoint.cosigned(world.memory.key, NAME, LARGEST_TIME))
    done = world.verified()
    assert done.exit_code == 0, done.output
    assert f"witness town (1970 + {LARGEST_TIME} s)" in done.output


@pytest.mark.parametrize(
    ("event", "facts", "code"),
    [
        ("retracted", {"package": "prix", "version": "../1.0.0"}, "unrecorded"),
        ("retracted", {"package": "nulle-part", "version": "1.0.0"}, "unrecorded"),
        ("reason-withdrawn", {"package": "prix", "version": "1.0.0"}, "unrecorded"),
        ("published", {**ENTRY, "signer": ["x"]}, "chain"),
    ],
)
def test_an_event_about_nothing_is_a_flaw_although_the_key_signs_it(
    world: World, event: str, facts: dict[str, Any], code: str
) -> None:
    ledger, journal = Ledger.read(world.releases.parent / "ledger.jsonl"), Journal.read(world.releases)
    line = ledger.next_line(event, facts)
    addition = journal.addition([line.encode()], (world.key,))
    ledger.path.write_text("".join(f"{item}\n" for item in (*ledger.lines, line)), encoding="utf-8")
    journal.add(addition)
    for place in (world.releases, world.releases / "prix" / "1.1.0"):
        assert code in {flaw.code for flaw in verify(place, keys=(world.key.public_line,)).flaws}


@pytest.mark.parametrize("trusted", [2, 1])
def test_a_head_that_a_revoked_key_signs_is_refused_though_an_auditor_has_the_key(world: World, trusted: int) -> None:
    """Who stole the key that was revoked has every file, and signs a longer log with it."""
    newer = new_key(world.folder / "newer")
    rotate(world.releases, world.key, newer, now=NOW)
    revoke(world.releases, world.key.public_line, newer, now=NOW)
    retract(world.releases, "prix", "1.0.0", reason="Une erreur.", now=NOW, key=newer)
    journal = Journal.read(world.releases)
    assert journal.checkpoint is not None
    keys = (world.key.public_line, newer.public_line)[:trusted]
    journal.put(replace(journal.checkpoint, signatures=()).signed(world.key))
    for place in (world.releases, world.releases / "prix" / "1.1.0"):
        assert [flaw.code for flaw in verify(place, keys=keys).flaws] == ["revoked"]
    journal.put(journal.checkpoint)
    assert verify(world.releases, keys=(world.key.public_line, newer.public_line)).is_sound


def test_a_key_cannot_hand_over_what_another_signs(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = new_key(world.folder / "foreign")
    monkeypatch.setattr(Journal, "check_key", lambda *_: None)
    facts = {"act": "rotated", "old": world.key.public_line, "new": foreign.public_line}
    _record(world.releases, facts, foreign, (foreign,), NOW)
    assert {"key-event", "log-signer"} <= {flaw.code for flaw in verify(world.releases).flaws}


@pytest.mark.parametrize(
    "facts",
    [
        {"act": "revoked", "key": "x"},
        {"act": "revoked", "key": "ssh-ed25519 !!"},
        {"act": "revoked"},
        {"act": "rotated", "old": "", "new": "ssh-ed25519 AAAA"},
        {"act": "rotated", "old": 7, "new": ["x"]},
        {"act": "other"},
        {},
    ],
)
def test_an_event_about_keys_of_another_form_is_a_flaw_and_ends_nothing(world: World, facts: dict[str, Any]) -> None:
    _record(world.releases, facts, world.key, (world.key,), NOW)
    for keys in ((world.key.public_line,), ()):
        for place in (world.releases, world.releases / "prix" / "1.1.0"):
            assert "key-event" in {flaw.code for flaw in verify(place, keys=keys).flaws}


def test_an_authority_of_time_stamps_the_head(world: World) -> None:
    """OpenSSL is the authority; `rfc3161-client` checks."""
    from pipelines.releases.log.times import checker, stamp
    from pipelines.releases.verify_log import Demands

    authority = an_authority(world.folder / "tsa")
    journal = Journal.read(world.releases)
    path = stamp(journal, "https://tsa.example.org", lambda _, query: reply(world.folder / "tsa", query))
    assert path.parent.name == "times"
    demands = Demands(token_check=checker([authority]))
    found = verify(world.releases, demands=demands)
    assert found.is_sound, found.flaws
    assert found.log is not None
    assert len(found.log.times) == 1
    written = path.read_text()
    for other in (written + " ", written.replace("tsa.example", "tsb.example"), written.replace("{", '{"more": 1,', 1)):
        path.write_text(other)
        assert [flaw.code for flaw in verify(world.releases, demands=demands).flaws] == ["time"], other
    path.write_text(written.replace(journal.checkpoint.origin, "other.example"))  # type: ignore[union-attr]  # it is there
    assert [flaw.code for flaw in verify(world.releases, demands=demands).flaws] == ["time"]


def an_authority(folder: Path) -> bytes:
    """An authority of time; returns the certificate (PEM) of the root that vouches for it."""
    folder.mkdir()
    (folder / "openssl.cnf").write_text(
        "[req]\ndistinguished_name=name\nprompt=no\n[name]\nCN=Invented\n"
        "[root]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n"
        "[tsa]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n"
        "[tsa_config]\nserial=serial\ndefault_policy=1.2.3.4\ndigests=sha256\nsigner_digest=sha256\n"
    )
    base = ["openssl", "req", "-newkey", "rsa:2048", "-nodes", "-config", "openssl.cnf"]
    root = [
        "-x509",
        "-days",
        "30",
        "-extensions",
        "root",
        "-keyout",
        "root.key",
        "-out",
        "root.pem",
        "-subj",
        "/CN=Root",
    ]
    asked = ["-keyout", "key.pem", "-out", "request.pem"]
    signed = ["openssl", "x509", "-req", "-in", "request.pem", "-CA", "root.pem", "-CAkey", "root.key", "-days", "30"]
    signed += ["-CAcreateserial", "-extfile", "openssl.cnf", "-extensions", "tsa", "-out", "cert.pem"]
    for command in ([*base, *root], [*base, *asked], signed):
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return (folder / "root.pem").read_bytes()


def reply(folder: Path, query: bytes) -> bytes:
    (folder / "query").write_bytes(query)
    asked = ["openssl", "ts", "-reply", "-config", "openssl.cnf", "-section", "tsa_config", "-queryfile", "query"]
    asked += ["-signer", "cert.pem", "-inkey", "key.pem", "-out", "reply"]
    subprocess.run(asked, cwd=folder, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin"})
    return (folder / "reply").read_bytes()
