"""The real CKAN and the real udata behind the proxy of faults: never half of a dataset, and the next push ends it.

What is told of the servers that stand for them (`tests/portals/test_faults.py`) is asked here of the portals' own
software, as anybody sees it who has no token. One fault strikes a first push, the next one an update, and so on.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import requests

from pipelines.core.project import Project
from pipelines.portals import Portal
from pipelines.portals.errors import Ambiguous
from tests.portals.builders import Renew, a_portal, looked, pushed
from tests.portals.faults import FAULTS, SLOW, Proxy, between
from tests.portals.invariants import COUNT, whole_on_ckan, whole_on_datagouv
from tests.portals.real.ckan_server import running_ckan
from tests.portals.real.running import INSTALLED, ROOT, first_line, free_port, running, wait_for_port
from tests.portals.test_faults import TWICE, WRITES, push_or_told

pytestmark = pytest.mark.heavy
DEADLINE = 6.0  # seconds: these portals take a second for some answers
ALIKE = ("renvoi 301", "renvoi 307", "renvoi 308", "502", "504", "408", "fait, puis 502", "429 avec une date")
"""Faults that the proxy makes as another one of them, but for a number: left to the quick tests."""
STRUCK = tuple(name for name in FAULTS if name not in ALIKE)


@dataclass
class Behind:
    """A real portal behind the proxy. `seen` validates what anybody sees of a dataset; `gone` takes it away."""

    software: str
    proxy: Proxy
    token: str
    organization: str
    seen: Callable[[Project, Portal], str]
    count: Callable[[Portal], int]
    gone: Callable[[Portal], None]


@pytest.fixture(scope="module")
def ckan() -> Iterator[Behind]:
    with tempfile.TemporaryDirectory(prefix="arobase-ckan-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        licences = folder / "licences.json"
        licences.write_text("[]", encoding="utf-8")
        with running_ckan(folder, licences=licences) as made, between(made.address.rstrip("/")) as proxy:

            def action(name: str, token: str, /, **body: Any) -> Any:
                headers = {"Authorization": token} if token else {}
                answer = requests.post(f"{made.address}api/3/action/{name}", json=body, headers=headers, timeout=120)
                return answer.json()["result"] if answer.status_code == 200 else None

            def seen(project: Project, portal: Portal) -> str:
                shown = action("package_show", "", id=f"{portal.prefix}prix")
                tables = {
                    item["id"]: (action("datastore_search", "", resource_id=item["id"], limit=100) or {}).get("records")
                    for item in (shown or {"resources": []})["resources"]
                }
                return whole_on_ckan(project, shown, tables)

            def count(portal: Portal) -> int:
                return len(action("package_show", made.token, id=f"{portal.prefix}prix")["resources"])

            action("organization_create", made.token, name="mairie-inventee", title="Mairie inventée")
            yield Behind("ckan", proxy, made.token, "mairie-inventee", seen, count, lambda _: None)


@pytest.fixture(scope="module")
def datagouv(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    folder, port = tmp_path_factory.mktemp("udata"), free_port()
    python, server = INSTALLED / "udata" / "bin" / "python", ROOT / "tests" / "portals" / "real" / "udata_server.py"
    with running([python, server, folder, port], folder / "udata.log") as log:
        told = first_line(log)
        wait_for_port(port, log)
        with between(f"http://127.0.0.1:{port}") as proxy:
            yield _behind_udata(proxy, folder, port, told)
    shutil.rmtree(folder, ignore_errors=True)


def _behind_udata(proxy: Proxy, folder: Path, port: int, told: str) -> Behind:
    facts = json.loads(told)
    root = f"http://127.0.0.1:{port}/api/1/"
    headers = {"X-API-KEY": facts["token"]}

    def ours() -> list[str]:
        address = f"{root}organizations/{facts['organization']}/datasets/"
        found = requests.get(address, headers=headers, params={"page_size": 100}, timeout=60).json()["data"]
        return [item["id"] for item in found if not item["deleted"]]

    def seen(project: Project, _: Portal) -> str:
        answers = [requests.get(f"{root}datasets/{identifier}/", timeout=60) for identifier in ours()]
        shown = [answer.json() for answer in answers if answer.status_code == 200]
        assert len(shown) <= 1
        stored = {path: path.read_bytes() for path in (folder / "fs").rglob("*.csv")} if shown else {}
        urls = [item["url"] for item in (shown[0]["resources"] if shown else []) if item["filetype"] == "file"]
        files = {url: next(data for path, data in stored.items() if url.endswith(_tail(path))) for url in urls}
        return whole_on_datagouv(project, shown[0] if shown else None, files)

    def count(_: Portal) -> int:
        (only,) = ours()
        return len(requests.get(f"{root}datasets/{only}/", headers=headers, timeout=60).json()["resources"])

    def gone(_: Portal) -> None:
        for identifier in ours():
            requests.delete(f"{root}datasets/{identifier}/", headers=headers, timeout=60).raise_for_status()
        time.sleep(1.1)

    return Behind("datagouv", proxy, facts["token"], facts["organization"], seen, count, gone)


def _tail(path: Path) -> str:
    """The end of the address of a stored file: dataset, second, name."""
    return "/".join(path.parts[-3:])


@pytest.mark.parametrize("fault", STRUCK)
@pytest.mark.parametrize("software", ["ckan", "datagouv"])
def test_the_public_sees_a_whole_dataset_or_the_one_before(
    project: Project, renew: Renew, request: pytest.FixtureRequest, software: str, fault: str
) -> None:
    there: Behind = request.getfixturevalue(software)
    turn = STRUCK.index(fault)
    prefix = f"essai{turn}-" if software == "ckan" else ""
    portal = a_portal(project, software, there.proxy.address, organization=there.organization, prefix=prefix)
    try:
        meanwhile, afterwards = strike(there, project, portal, renew if turn % 2 else None, fault=fault, turn=turn // 2)
    finally:
        there.proxy.arm(None)
        there.gone(portal)
    before, version = ("1.0.0", "1.1.0") if turn % 2 else ("", "1.0.0")
    assert meanwhile in (before, version)
    made_two = fault == TWICE and software == "datagouv" and not turn % 2  # a person decides
    assert made_two or afterwards == version


def strike(
    there: Behind, project: Project, portal: Portal, renew: Renew | None, *, fault: str, turn: int
) -> tuple[str, str]:
    """Strike a first push, or the update that `renew` makes, then push again: the version that the public sees
    meanwhile, and afterwards (none where udata made two)."""
    if renew is not None:
        there.proxy.arm(None)
        pushed(project, portal, there.token)
        renew()
        settle(there)
    there.proxy.arm(FAULTS[fault], 1 + turn % WRITES[there.software][renew is not None])
    hurried = replace(portal, timeout=DEADLINE) if fault in SLOW else portal
    assert there.token not in push_or_told(project, hurried, there.token)
    assert there.proxy.spoilt, "the fault did not strike"
    there.proxy.arm(None)
    meanwhile = there.seen(project, portal)
    settle(there)
    if fault == TWICE and there.software == "datagouv" and renew is None:
        with suppress(Ambiguous):  # udata made two: a person decides
            pushed(project, portal, there.token)
        return meanwhile, ""
    pushed(project, portal, there.token)
    assert looked(project, portal, there.token).differences == ()
    assert there.count(portal) == COUNT
    return meanwhile, there.seen(project, portal)


def settle(there: Behind) -> None:
    """udata keeps a file under the second at which it came, and refuses another of its name."""
    if there.software == "datagouv":
        time.sleep(1.1)
