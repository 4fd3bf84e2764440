"""Senders and readers of one store at the same time: nobody is refused falsely, nothing is lost, readers see one state.

Every race is told in one process: another sender or the project itself acts just before an act of the store.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.releases import publish
from pipelines.releases.errors import LedgerBroken
from pipelines.releases.flaws import Flaw
from pipelines.releases.ledger import Ledger
from pipelines.releases.object_store import LedgersDiffer, Sent, VersionClaimed, send
from pipelines.releases.remote import ReleaseUnreachable
from pipelines.releases.retract import retract
from pipelines.releases.store_fetching import fetch_depot
from pipelines.releases.verify import Verification, verify
from pipelines.storage import sha256_bytes
from pipelines.storage.buckets import Bucket, BucketUnreachable
from tests.releases.builders import a_request, prizes, two_releases
from tests.releases.watched import ADDRESS, Before, Watched, a_store, at, nothing, objects_of, once

NOW = datetime(2026, 5, 1, tzinfo=UTC)
MARK = "releases/prix/.en-cours"


def ledger_of(releases: Path) -> bytes:
    return (releases.parent / "ledger.jsonl").read_bytes()


def another(releases: Path, folder: Path) -> Path:
    """A second project with the same history."""
    shutil.copytree(releases.parent, folder)
    return folder / "releases"


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Verification]:
    """What `verify` finds of a store, from a copy of its own; `before`: what happens while that copy is made."""

    def look(bucket: Bucket, before: Before = nothing) -> Verification:
        shutil.rmtree(tmp_path / "copy", ignore_errors=True)
        with monkeypatch.context() as patch:
            patch.setattr(Bucket, "open", lambda address: Watched(address, bucket.store, before))
            return verify(fetch_depot(ADDRESS, tmp_path / "copy"))

    return look


def test_a_sender_overtaken_by_one_of_the_same_ledger_is_not_refused(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    theirs = once(lambda act, name: act == "replace", lambda: bucket.send("ledger.jsonl", ledger_of(releases)))
    sent = send(releases, Watched(ADDRESS, bucket.store, theirs))
    assert sent == Sent(("prix 1.0.0", "prix 1.1.0"), ())
    assert bucket.read("releases/prix/latest.json") == (releases / "prix" / "latest.json").read_bytes()
    assert bucket.read(MARK) is None


def test_a_sender_overtaken_by_another_leaves_his_mark_and_tells_the_line(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    longer = another(releases, tmp_path / "longer")
    publish(a_request(prizes(p1={"arobases": "1"}), rejects=[]), longer, key=None)
    mark = sha256_bytes(ledger_of(releases)).encode()

    def theirs() -> None:
        bucket.send(MARK, mark)
        bucket.send("ledger.jsonl", ledger_of(releases))

    with pytest.raises(LedgersDiffer, match="line 4"):
        send(longer, Watched(ADDRESS, bucket.store, once(lambda act, name: act == "replace", theirs)))
    assert bucket.read(MARK) == mark


def test_a_sender_that_marked_first_leaves_no_mark_when_he_is_overtaken(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    theirs = once(lambda act, name: act == "replace", lambda: bucket.send("ledger.jsonl", b"theirs\n"))
    with pytest.raises(LedgersDiffer, match="line 1"):
        send(releases, Watched(ADDRESS, bucket.store, theirs))
    assert bucket.read(MARK) is None


def retracted_and_published(tmp_path: Path, bucket: Bucket) -> Path:
    """A project whose two versions are in the store, and that then took the first back and made a third, 1.1.1."""
    releases = two_releases(tmp_path)
    send(releases, bucket)
    retract(releases, "prix", "1.0.0", "essai", now=NOW)
    publish(a_request(prizes(p1={"arobases": "2"})), releases, key=None)
    return releases


def test_a_sending_that_a_claim_refuses_took_nothing_away(tmp_path: Path, seen: Callable[..., Verification]) -> None:
    bucket = a_store()
    releases = retracted_and_published(tmp_path, bucket)
    bucket.send("releases/prix/.reservations/1.1.1", b"another")
    with pytest.raises(VersionClaimed, match=r"1\.1\.1"):
        send(releases, bucket)
    found = seen(bucket)
    assert (found.flaws, found.releases) == ((), ("prix 1.0.0", "prix 1.1.0"))
    assert bucket.read(MARK) is None


def test_a_sending_whose_ledger_is_refused_took_nothing_away(tmp_path: Path) -> None:
    bucket = a_store()
    releases = retracted_and_published(tmp_path, bucket)
    before = {name for name in objects_of(bucket) if name.startswith("releases/prix/1.0.0/")}
    theirs = once(lambda act, name: act == "replace", lambda: bucket.send("ledger.jsonl", b"theirs\n"))
    with pytest.raises(LedgersDiffer):
        send(releases, Watched(ADDRESS, bucket.store, theirs))
    assert before
    assert before <= set(bucket.names())


def cut() -> None:
    raise BucketUnreachable(address=ADDRESS, found="cut")


def test_a_sending_that_takes_away_can_be_cut_before_any_act(tmp_path: Path, seen: Callable[..., Verification]) -> None:
    bucket = a_store()
    releases = retracted_and_published(tmp_path, bucket)
    objects = objects_of(bucket)
    acts: list[tuple[str, str]] = []
    send(releases, Watched(ADDRESS, bucket.store, lambda act, name: acts.append((act, name))))
    whole = objects_of(bucket)
    # While files go up every act is like the one before it: the first ones, then all from the tombstone's end on.
    shown = next(number for number, act in enumerate(acts) if act == ("create", MARK))
    gone = [number for number, (act, name) in enumerate(acts) if act == "delete" and "/1.0.0/" in name]
    wanted = {0, 1, 2, 3, shown // 2, *range(shown - 2, gone[0] + 3), gone[-1], *range(gone[-1], len(acts))}
    for number in sorted(wanted):
        bucket = a_store(objects)
        with pytest.raises(BucketUnreachable):
            send(releases, Watched(ADDRESS, bucket.store, at(number, cut)))
        found = seen(bucket)
        assert found.is_sound, (acts[number], found.flaws)
        assert found.releases in (("prix 1.0.0", "prix 1.1.0"), ("prix 1.1.0", "prix 1.1.1"))
        send(releases, bucket)
        assert objects_of(bucket) == whole, acts[number]


def test_other_releases_go_on_while_files_go_up_and_are_sent_too(
    tmp_path: Path, seen: Callable[..., Verification]
) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    request = a_request(prizes(p1={"arobases": "2"}))
    meanwhile = once(lambda act, name: act == "send", lambda: publish(request, releases, key=None))
    sent = send(releases, Watched(ADDRESS, bucket.store, meanwhile))
    assert sent.versions == ("prix 1.0.0", "prix 1.1.0", "prix 1.1.1")
    assert seen(bucket).is_sound


@pytest.mark.parametrize("act", ["create", "send"])
def test_a_version_that_is_retracted_while_it_goes_up_is_not_shown(
    tmp_path: Path, seen: Callable[..., Verification], act: str
) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    meanwhile = once(
        lambda done, name: done == act and "1.0.0" in name,
        lambda: retract(releases, "prix", "1.0.0", "essai", now=NOW),
    )
    assert send(releases, Watched(ADDRESS, bucket.store, meanwhile)) == Sent(("prix 1.1.0",), ("prix 1.0.0",))
    found = seen(bucket)
    assert (found.flaws, found.releases) == ((), ("prix 1.1.0",))
    assert not [name for name in bucket.names() if "/prix/1.0.0/" in name]


def test_a_version_whose_files_were_lost_while_they_went_up_is_not_made_known(tmp_path: Path) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    lost = once(lambda act, name: act == "send", lambda: shutil.rmtree(releases / "prix" / "1.0.0"))
    with pytest.raises(BucketUnreachable, match="FileNotFoundError"):
        send(releases, Watched(ADDRESS, bucket.store, lost))
    assert bucket.read("ledger.jsonl") is None


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 12, -2, -1])
def test_a_reader_sees_one_state_though_a_sending_ends_in_between(
    tmp_path: Path, seen: Callable[..., Verification], number: int
) -> None:
    bucket = a_store()
    releases = retracted_and_published(tmp_path, bucket)
    acts: list[str] = []
    seen(bucket, lambda act, name: acts.append(name))
    found = seen(bucket, at(number % len(acts), lambda: send(releases, bucket)))
    assert (found.flaws, found.releases) == ((), ("prix 1.1.0", "prix 1.1.1"))


@pytest.mark.parametrize("number", [0, 1, 2, 3, 12, 40])
def test_a_reader_of_what_a_cut_sending_left_sees_one_state_though_the_next_one_ends_in_between(
    tmp_path: Path, seen: Callable[..., Verification], number: int
) -> None:
    bucket = a_store()
    releases = retracted_and_published(tmp_path, bucket)
    stops = once(lambda act, name: act == "delete" and "/1.0.0/" in name, cut)
    with pytest.raises(BucketUnreachable):
        send(releases, Watched(ADDRESS, bucket.store, stops))
    assert bucket.read(MARK) is not None
    found = seen(bucket, at(number, lambda: send(releases, bucket)))
    assert (found.flaws, found.releases) == ((), ("prix 1.1.0", "prix 1.1.1"))


def test_a_version_that_goes_while_it_alone_is_read_is_told_as_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    depot, address = tmp_path / "depot", f"file://{tmp_path}/depot"
    depot.mkdir()
    releases = retracted_and_published(tmp_path, Bucket.open(address))
    real, meanwhile = Bucket.fetch, once(lambda act, name: True, lambda: send(releases, Bucket.open(address)))
    monkeypatch.setattr(Bucket, "fetch", lambda self, name, path: meanwhile("fetch", name) or real(self, name, path))
    with pytest.raises(ReleaseUnreachable, match=r"1\.0\.0 could not be read: no ledger"):
        fetch_depot(f"{address}/releases/prix/1.0.0", tmp_path / "copy")


def test_a_store_that_never_rests_is_told_after_three_times(tmp_path: Path, seen: Callable[..., Verification]) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    send(releases, bucket)
    whole, lists = ledger_of(releases), []

    def moves(act: str, name: str) -> None:
        if act == "names":
            lists.append(name)
            bucket.send("ledger.jsonl", b"".join(whole.splitlines(True)[: len(lists)]))

    with pytest.raises(ReleaseUnreachable, match="changes while it is read") as error:
        seen(bucket, moves)
    assert len(lists) == 3
    assert "le dépôt change" in error.value.message("fr")


def test_an_object_that_is_there_and_cannot_be_had_is_told(tmp_path: Path, seen: Callable[..., Verification]) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    send(releases, bucket)
    with pytest.raises(BucketUnreachable, match="cut"):
        seen(bucket, once(lambda act, name: act == "fetch", cut))


def test_what_went_from_a_store_is_not_looked_for_again(tmp_path: Path) -> None:
    bucket, asked = a_store(), []
    releases = retracted_and_published(tmp_path, bucket)
    send(releases, bucket)
    acts = Watched(ADDRESS, bucket.store, lambda act, name: asked.append(act))
    assert send(releases, acts) == Sent((), ())
    assert "names" not in asked


def test_files_of_a_retracted_version_that_stayed_are_seen(tmp_path: Path, seen: Callable[..., Verification]) -> None:
    bucket = a_store()
    releases = retracted_and_published(tmp_path, bucket)
    send(releases, bucket)
    bucket.send("releases/prix/1.0.0/data/prix.csv", b"x")
    assert seen(bucket).first == Flaw("buried", "prix/1.0.0")


@pytest.mark.parametrize("name", ["tombstone", "buried"])
def test_a_retraction_that_died_in_a_folder_is_read_from_there_as_it_is_on_disk(tmp_path: Path, name: str) -> None:
    releases = two_releases(tmp_path)

    def dies(step: str) -> None:
        if step == name:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retract(releases, "prix", "1.0.0", "essai", now=NOW, step=dies)
    found = verify(fetch_depot(f"file://{releases.parent}", tmp_path / "copy"))
    assert found == verify(releases)
    assert found.is_sound, found.flaws


def test_the_ledger_is_parsed_as_often_for_many_objects_as_for_few(
    tmp_path: Path, seen: Callable[..., Verification], monkeypatch: pytest.MonkeyPatch
) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    send(releases, bucket)
    real, parsed = vars(Ledger)["entries"].func, []
    monkeypatch.setattr(Ledger, "entries", property(lambda self: parsed.append(1) or real(self)))
    seen(bucket)
    few = len(parsed)
    for number in range(50):
        bucket.send(f"releases/prix/9.9.9/{number}", b"x")
    seen(bucket)
    assert len(parsed) == 2 * few


def test_a_broken_ledger_is_told_by_its_place(tmp_path: Path, seen: Callable[..., Verification]) -> None:
    releases, bucket = two_releases(tmp_path), a_store()
    send(releases, bucket)
    bucket.send("ledger.jsonl", b"{")
    with pytest.raises(LedgerBroken) as error:
        seen(bucket)
    assert error.value.message("fr") == f"{ADDRESS}/ledger.jsonl, ligne 1 : ligne coupée ; attendu : LF."
    (releases.parent / "ledger.jsonl").write_bytes(b"\xff")
    with pytest.raises(LedgerBroken) as error:
        send(releases, a_store())
    assert error.value.message("en") == "ledger.jsonl, line 1: bytes; expected: UTF-8."
