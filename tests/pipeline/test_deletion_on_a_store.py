"""A deletion of personal values on an object store, and a run of another machine that was under way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from obstore.store import MemoryStore

from pipelines.pipeline.retention import START, continued
from pipelines.pipeline.working_copy import MERGES, give, take
from pipelines.storage import sha256_bytes, write_text
from pipelines.storage.buckets import Bucket
from pipelines.storage.errors import Overtaken
from pipelines.storage.shared import Shared

SNAPSHOT = "ab" * 32
VALUES = f"private/forms/{SNAPSHOT}/people.parquet"
ANSWER = f"private/_snapshots/objects/ab/{SNAPSHOT}"
RESULT = "work/records/forms/0123"

Machine = Callable[[str], Shared]


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """Working copies, by name, of one store that contains an answer and a value that was kept of it."""
    public, private = Bucket("s3://essai", MemoryStore()), Bucket("s3://prive", MemoryStore())

    def made(name: str) -> Shared:
        (tmp_path / name).mkdir(exist_ok=True)
        return Shared.of(tmp_path / name, public, private, MERGES)

    first = made("first")
    write_text(first.folder / VALUES, "Mme Kerléo")
    write_text(first.folder / ANSWER, "the answer")
    (first.folder / "work").mkdir()
    give(first)
    return made


def deleted(shared: Shared, why: str = "person") -> None:
    """What `arobase private delete` does in a working copy."""
    for name in (VALUES, ANSWER):
        (shared.folder / name).unlink(missing_ok=True)
    path = shared.folder / "suppressions.jsonl"
    entry = {"seq": 0, "previous": START, "why": why, "snapshots": [["forms", SNAPSHOT]]}
    write_text(path, continued(path.read_text().splitlines() if path.is_file() else [], [json.dumps(entry)]).decode())
    if (shared.folder / "work").is_dir():
        (shared.folder / "work").rmdir()


def a_result(shared: Shared) -> Path:
    write_text(shared.folder / RESULT / "people.arrow", "Mme Kerléo")
    return shared.folder / RESULT


def private_names(shared: Shared) -> list[str]:
    assert shared.private is not None
    return shared.private.names()


def test_a_run_that_was_under_way_brings_nothing_back(machine: Machine) -> None:
    running, deleting = machine("running"), machine("deleting")
    take(running)
    take(deleting)
    deleted(deleting)
    give(deleting)
    running.give_result(a_result(running))
    write_text(running.folder / VALUES.replace("people", "others"), "Mme Kerléo")
    with pytest.raises(Overtaken, match=r"suppressions\.jsonl"):
        give(running)
    assert private_names(running) == []
    take(running)
    assert not (running.folder / "private").exists()
    assert not (running.folder / RESULT).exists()
    give(running)
    assert private_names(running) == []


def test_a_deletion_between_two_looks_of_a_run_is_seen(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other machine deletes once the run has looked, and before it sends."""
    running, deleting = machine("running"), machine("deleting")
    take(running)
    take(deleting)
    deleted(deleting)
    write_text(running.folder / VALUES.replace("people", "others"), "Mme Kerléo")
    sending = Shared.give

    def late(self: Shared, *places: object, **more: object) -> None:
        if self is running:
            monkeypatch.setattr(Shared, "give", sending)
            give(deleting)
        sending(self, *places, **more)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(Shared, "give", late)
    with pytest.raises(Overtaken, match=r"suppressions\.jsonl"):
        give(running)
    assert private_names(running) == []


def test_what_a_run_sent_before_the_deletion_was_recorded_goes_with_it(machine: Machine) -> None:
    running, deleting = machine("running"), machine("deleting")
    take(running)
    take(deleting)
    deleted(deleting)
    write_text(running.folder / VALUES.replace("people", "others"), "Mme Kerléo")
    running.give_result(a_result(running))
    give(running)
    give(deleting)
    assert private_names(deleting) == []


def test_a_result_sent_while_something_is_deleted_goes_again(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    running, deleting = machine("running"), machine("deleting")
    take(running)
    take(deleting)
    deleted(deleting)
    sending = Shared._give_result

    def late(self: Shared, folder: Path) -> None:
        give(deleting)
        sending(self, folder)

    monkeypatch.setattr(Shared, "_give_result", late)
    running.give_result(a_result(running))
    assert private_names(running) == []


def test_results_that_another_machine_has_since_before_a_deletion_go_there(machine: Machine) -> None:
    idle, deleting = machine("idle"), machine("deleting")
    take(idle)
    a_result(idle)
    take(deleting)
    deleted(deleting)
    give(deleting)
    take(idle)
    assert not (idle.folder / RESULT).exists()


def test_two_deletions_at_once_are_both_recorded(machine: Machine) -> None:
    one, other = machine("one"), machine("other")
    for shared, why in ((one, "person"), (other, "date")):
        take(shared)
        deleted(shared, why)
    give(one)
    give(other)
    lines = (one.public.read("suppressions.jsonl") or b"").decode().splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["why"] for entry in entries] == ["person", "date"]
    assert [(entry["seq"], entry["previous"]) for entry in entries] == [
        (0, START),
        (1, sha256_bytes(lines[0].encode())),
    ]
    take(one)
    assert (one.folder / "suppressions.jsonl").read_text().splitlines() == lines


def test_an_answer_that_is_collected_again_after_a_deletion_stays(machine: Machine) -> None:
    running, deleting = machine("running"), machine("deleting")
    take(deleting)
    deleted(deleting)
    give(deleting)
    take(running)
    write_text(running.folder / ANSWER, "the answer")
    give(running)
    take(deleting)
    give(deleting)
    assert private_names(running) == [ANSWER]
