"""Between the push and the portal, everything that networks do: the public sees a whole dataset or the one before.

Each fault spoils one request of a first push and one of an update; which one goes round from fault to fault. What the
public sees is validated after every request that reaches the portal. The next push ends the work and doubles nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from pipelines.core.project import Project
from pipelines.portals import Portal
from pipelines.portals.errors import Ambiguous, PortalError
from tests.portals import fake_ckan, fake_datagouv
from tests.portals.builders import Renew, a_portal, looked, pushed
from tests.portals.fake_ckan import FakeCkan
from tests.portals.fake_datagouv import FakeDatagouv
from tests.portals.faults import DEADLINE, FAULTS, SLOW, Proxy, between
from tests.portals.invariants import COUNT, whole_on_ckan, whole_on_datagouv
from tests.portals.server import Asked, Served, Told, served

TOKENS = {"ckan": fake_ckan.TOKEN, "datagouv": fake_datagouv.TOKEN}
# How many requests of a first push and of an update change something.
WRITES = {"ckan": (6, 4), "datagouv": (11, 8)}
TWICE = "demande répétée en chemin"


@contextmanager
def stage(project: Project, software: str) -> Iterator[tuple[Portal, Proxy, Served, Callable[[], str]]]:
    """A portal behind the proxy, and what it shows the public."""
    fake: Any = FakeCkan() if software == "ckan" else FakeDatagouv()
    with served(fake) as there, between(there.address.rstrip("/")) as proxy:
        portal = a_portal(project, software, proxy.address, organization="mairie")

        def seen() -> str:
            if software == "ckan":
                shown = next((item for item in fake.datasets.values() if not item.get("private")), None)
                return whole_on_ckan(project, shown, {key: table["records"] for key, table in fake.tables.items()})
            shown = next((item for item in fake.datasets.values() if not item["private"]), None)
            return whole_on_datagouv(project, shown, fake.files)

        yield portal, proxy, there, seen


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("software", TOKENS)
def test_the_public_sees_a_whole_dataset_or_the_one_before(
    project: Project, renew: Renew, software: str, fault: str
) -> None:
    turn = list(FAULTS).index(fault)
    with stage(project, software) as (portal, proxy, there, seen):
        said: list[str] = []

        def validated(_: Asked, told: Told) -> Told:
            try:
                said.append(seen())
            except AssertionError as error:  # in a thread of the server, which would only cut the connection
                said.append(str(error) or "half")
            return told

        there.after = validated
        for done, (before, version) in enumerate((("", "1.0.0"), ("1.0.0", "1.1.0"))):
            if version == "1.1.0":
                renew()
            said.clear()
            proxy.arm(FAULTS[fault], 1 + turn % WRITES[software][done])
            hurried = replace(portal, timeout=DEADLINE) if fault in SLOW else portal
            assert TOKENS[software] not in push_or_told(project, hurried, TOKENS[software])
            assert proxy.spoilt, "the fault did not strike"
            proxy.arm(None)
            if fault == TWICE and len(there.portal.datasets) > 1:  # udata makes two of them: a person decides
                with pytest.raises(Ambiguous):
                    pushed(project, portal, TOKENS[software])
                assert set(said) == {""}
                return
            pushed(project, portal, TOKENS[software])
            assert set(said) <= {before, version}
            assert seen() == version
            assert looked(project, portal, TOKENS[software]).differences == ()
        (dataset,) = there.portal.datasets.values()
        assert len(dataset["resources"]) == COUNT


def push_or_told(project: Project, portal: Portal, token: str) -> str:
    """What a push told of a fault, empty when it ended well; any other end is a failure of the test."""
    try:
        pushed(project, portal, token)
    except PortalError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("software", TOKENS)
def test_the_turns_go_through_every_request_that_changes_something(
    project: Project, renew: Renew, software: str
) -> None:
    with stage(project, software) as (portal, proxy, _, seen):
        counts = []
        for version in ("1.0.0", "1.1.0"):
            proxy.arm(None)
            pushed(project, portal, TOKENS[software])
            counts.append(proxy.counted)
            assert seen() == version
            renew()
        assert tuple(counts) == WRITES[software]


def test_there_are_as_many_faults_as_promised() -> None:
    assert len(FAULTS) >= 30
