"""The resource that gives assets the project that they work on, and where its outputs are.

Belongs here: the working copy that a process of Dagster has of an object store, and when it is exchanged. Does not: how
(`pipeline/working_copy.py`). What a step reports to Dagster is reported once it is in the store, where every machine
sees it.
"""

from __future__ import annotations

import atexit
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import dagster as dg

from pipelines.core.errors import ArobaseError
from pipelines.core.project import OutputsElsewhere, PrivateStoreMissing, Project, is_address, root_here, store_here
from pipelines.core.settings import PRIVATE_KEY, PRIVATE_SECRET, PRIVATE_STORE, SCRATCH, value_of
from pipelines.orchestration.wording import failure
from pipelines.storage.buckets import public_address
from pipelines.storage.shared import Shared

WAIT_SECONDS = 60.0
"""How long a step waits for another machine that publishes the same package, as the command line does by default."""
Events = Callable[[Project, bool], Iterator[Any]]


class Workspace(dg.ConfigurableResource):  # type: ignore[type-arg]  # dagster's generic parameter is for IO managers
    """A project's folder, and the folder or the object store of its outputs; empty: what the environment names.

    On an object store, the steps of a run, which are one process, share a working copy; whatever else looks at the
    outputs (a sensor, a job of one step) has one of its own meanwhile.
    """

    root: str = ""
    outputs: str = ""

    @property
    def store(self) -> str:
        """The address of the object store of outputs; empty where they are in a folder."""
        if self.outputs:
            return self.outputs if is_address(self.outputs) else ""
        return "" if self.root else store_here()

    @property
    def described(self) -> Project:
        """The project as far as its own files go: its outputs are not to be looked at."""
        if self.store:
            return Project.at(self.root or root_here())
        return self.project

    @property
    def project(self) -> Project:
        """The project, with its outputs in a folder. Raises `OutputsElsewhere` where they are not: see `at_work`."""
        if self.store:
            raise OutputsElsewhere(address=public_address(self.store))
        if not self.root:
            return Project.here()
        return Project.at(self.root, self.outputs or None)

    @contextmanager
    def at_work(self, *, whole: bool = False) -> Iterator[Project]:
        """The project with its outputs at hand: those of a folder, or a working copy of the store, taken now and given
        back at the end, also when a step fails in words that Dagster shows (`dg.Failure`).

        `whole`: also the bytes of every snapshot, for what deletes some. Raises what the store raises.
        """
        from pipelines.pipeline.working_copy import give, take, working_copy

        if not self.store:
            yield self.project
            return
        with working_copy(self.store) as shared:
            take(shared)
            if whole:
                shared.fetch_all_objects()
            try:
                yield Project.at(self.described.root, shared.folder)
            except dg.Failure:
                give(shared)
                raise
            give(shared)

    def run(self, events: Events, *, keeps_results: bool = True) -> Iterator[Any]:
        """The events of a step, once what it made is in the store; with a folder, as it comes.

        `events` is given the project, and whether it is called again: when another machine wrote first, its state is
        taken and the step is made again. What the store raises fails the step in words. `keeps_results`: whether the
        step makes results of stages; they are in the private store, and a machine without it makes none, for no other
        would find them.
        """
        if not self.store:
            yield from self._beside_others(events)
            return
        try:
            outcome, fault = self._committed(events, keeps_results)
        except ArobaseError as error:
            raise failure(error) from error
        yield from outcome
        if fault is not None:
            raise fault

    def _beside_others(self, events: Events) -> Iterator[Any]:
        """The events of a step in a folder, while nothing that is kept about people is deleted there."""
        from pipelines.pipeline.private_lock import nothing_deleted
        from pipelines.storage import Busy

        project = self.project
        try:
            with nothing_deleted(project):
                yield from events(project, False)
        except Busy as error:
            raise failure(error) from error

    def _committed(self, events: Events, keeps_results: bool) -> tuple[list[Any], dg.Failure | None]:
        from pipelines.pipeline.working_copy import committed, take

        shared = _copy_of_this_process(self.store)
        if shared.private is None and keeps_results:
            raise PrivateStoreMissing(what=PRIVATE_STORE.name)
        project = Project.at(self.described.root, shared.folder)

        def once(is_first: bool) -> tuple[list[Any], dg.Failure | None]:
            events_before: list[Any] = []
            try:
                for event in events(project, not is_first):
                    events_before.append(event)  # noqa: PERF402  # what was reported before a failure stays
            except dg.Failure as error:
                return events_before, error
            return events_before, None

        take(shared)
        return committed(project, once, wait_seconds=WAIT_SECONDS)


_HELD, _COPIES = ExitStack(), dict[tuple[str, ...], Shared]()


def _copy_of_this_process(store: str) -> Shared:
    """The working copy that the steps of this process share; another process may have it once this one ends."""
    from pipelines.pipeline.working_copy import working_copy

    named = (SCRATCH, PRIVATE_STORE, PRIVATE_KEY, PRIVATE_SECRET)
    key = (store, *(value_of(setting).text for setting in named))
    if key not in _COPIES:
        if not _COPIES:
            atexit.register(_let_go, os.getpid())
        _COPIES[key] = _HELD.enter_context(working_copy(store))
    return _COPIES[key]


def _let_go(process: int) -> None:
    """Close the working copies while everything that closes them is still there; they are not those of a fork."""
    if os.getpid() == process:
        _COPIES.clear()
        _HELD.close()
