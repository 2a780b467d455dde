"""What the tests have in common: a sandbox, two Ray nodes and journals on a PostgreSQL server."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray
from campaign import Known
from ray.cluster_utils import Cluster

from partner_messaging.testing import Sandbox

BALANCE = "1000000"


@pytest.fixture(scope="session")
def service() -> Iterator[Sandbox]:
    """The sandbox that the nodes know from their environment."""
    with Sandbox(balance=BALANCE) as sandbox, pytest.MonkeyPatch.context() as environment:
        environment.setenv("PARTNER_MESSAGING_API_KEY", sandbox.api_key)
        environment.setenv("PARTNER_MESSAGING_BASE_URL", sandbox.url)
        yield sandbox


@pytest.fixture
def sandbox(service: Sandbox) -> Sandbox:
    service.reset()
    return service


@pytest.fixture(scope="session")
def cluster(service: Sandbox) -> Iterator[Cluster]:
    """Two nodes on this machine; the driver is on the first."""
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 2, "include_dashboard": False})
    cluster.add_node(num_cpus=2)
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture
def journal() -> str:
    return f"{os.environ['PARTNER_MESSAGING_TEST_POSTGRES']}?journal={uuid.uuid4().hex}"


@pytest.fixture
def known(tmp_path: Path) -> Known:
    folder = tmp_path / "workers"
    folder.mkdir()
    return Known(folder)
