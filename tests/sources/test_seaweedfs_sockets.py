"""The server of the tests leaves nothing in /tmp."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sources.stores import seaweedfs


def sockets() -> set[str]:
    return {path.name for path in Path("/tmp").glob("seaweedfs-*.sock")}  # where SeaweedFS makes them


@pytest.mark.heavy
def test_a_server_that_ended_leaves_no_socket(tmp_path: Path) -> None:
    before = sockets()
    with seaweedfs(tmp_path) as address:
        port = address.rpartition(":")[2]
        made = {name for name in sockets() - before if name.endswith(f"-{port}.sock")}
        assert made
    assert not made & sockets()
