"""Campaigns over two Ray nodes, a PostgreSQL journal and the sandbox, with what engines do to them."""

from __future__ import annotations

import os
import re
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import ray
from ray.cluster_utils import Cluster

from partner_messaging import InsufficientCreditError, Journal, PartnerMessagingError, Sms
from partner_messaging.ray import send_dataset
from partner_messaging.testing import Sandbox

README = Path(__file__).parents[2] / "bindings-python/README.md"

# How long what must happen may take on a busy machine, in seconds.
PATIENCE = 300


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """One that the nodes are told of, if they are made after it."""
    with Sandbox(balance="1000000") as sandbox:
        monkeypatch.setenv("PARTNER_MESSAGING_API_KEY", sandbox.api_key)
        monkeypatch.setenv("PARTNER_MESSAGING_BASE_URL", sandbox.url)
        yield sandbox


@pytest.fixture
def cluster() -> Iterator[Cluster]:
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


def to_message(row: dict[str, Any]) -> Sms:
    return Sms(to=row["phone"], content="We are closed tomorrow.")


def people(count: int) -> Any:
    rows = [{"id": n, "phone": f"+65{91000000 + n}"} for n in range(count)]
    return ray.data.from_items(rows, override_num_blocks=16)


def options(sandbox: Sandbox) -> dict[str, Any]:
    return {"api_key": sandbox.api_key, "base_url": sandbox.url, "key": "id"}


def accepted(sandbox: Sandbox) -> Counter[str]:
    return Counter(message["recipient"] for message in sandbox.messages)


def test_a_campaign_adds_up_and_runs_again(cluster: Cluster, journal: str) -> None:
    with Sandbox(balance="1000000") as sandbox:
        told: list[Any] = []
        for _ in range(2):
            summary = send_dataset(
                people(600), to_message, journal=journal, batch_size=50, on_progress=told.append, **options(sandbox)
            )
            assert (summary.sent, summary.unknown, summary.in_progress) == (600, 0, 0)
            assert told[-1] == summary
        assert set(accepted(sandbox).values()) == {1} and len(sandbox.requests) == 600


def test_a_node_that_is_killed_in_mid_send_doubles_nothing(cluster: Cluster, journal: str) -> None:
    with Sandbox(balance="1000000") as sandbox, Journal(journal) as opened:
        # Each message is on its way for a while, so that some are as the node dies.
        sandbox.set_fault("stall", ms=200)
        killed = cluster.add_node(num_cpus=2)

        def kill() -> None:
            end = time.monotonic() + PATIENCE
            while len(sandbox.requests) < 200 and time.monotonic() < end:
                time.sleep(0.05)
            cluster.remove_node(killed, allow_graceful=False)

        killer = threading.Thread(target=kill)
        killer.start()
        in_flight = 16
        summary = send_dataset(
            people(1500),
            to_message,
            journal=journal,
            batch_size=50,
            concurrency=6,
            max_in_flight=in_flight,
            timeout=20,
            **options(sandbox),
        )
        killer.join()
        assert summary.sent + summary.unknown == 1500
        assert summary.unknown <= 2 * in_flight, "more than the two workers of the node had under way"
        times = accepted(sandbox)
        assert set(times.values()) == {1}
        assert summary.sent <= len(times) <= summary.sent + summary.unknown
        assert opened.summary().in_progress == 0


def test_what_stops_one_worker_stops_the_campaign(cluster: Cluster, journal: str) -> None:
    with Sandbox(balance="1.00") as sandbox:
        with pytest.raises(InsufficientCreditError):
            send_dataset(people(1000), to_message, journal=journal, batch_size=50, **options(sandbox))
        requests = len(sandbox.requests)
        assert requests < 1000
        # Until somebody resumes it, also when there is money.
        sandbox.set_state(balance="1000.00")
        with pytest.raises(PartnerMessagingError, match="journal resume"):
            send_dataset(people(1000), to_message, journal=journal, batch_size=50, **options(sandbox))
        assert len(sandbox.requests) == requests


def test_the_readmes_program(
    sandbox: Sandbox, cluster: Cluster, journal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"id": str(n), "phone": f"+65{91000000 + n}"} for n in range(300)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), "people.parquet")
    (program,) = re.findall(r"```py\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    program, places = re.subn(r'"postgresql://.*?"', repr(journal), program.replace("people.parquet", str(tmp_path / "people.parquet")))
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(program, names)
    assert places == 1 and names["summary"].sent == len(accepted(sandbox)) == 300
