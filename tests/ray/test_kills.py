"""What engines do to campaigns: workers, nodes and drivers die inside sends, and batches run twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from campaign import IN_FLIGHT, Known, options, people, to_message
from ray.cluster_utils import Cluster
from sums import check, kill, until

from partner_messaging import Journal
from partner_messaging.ray import SendBatch, send_dataset
from partner_messaging.testing import Sandbox

DRIVER = Path(__file__).with_name("driver.py")

# For how long the sandbox holds its answers, in milliseconds, so that who is killed is inside sends.
HELD = 5_000


def in_mid_send(sandbox: Sandbox, workers: int) -> None:
    """Waits until so many workers have asked for all that they may, and have no answer."""
    until(lambda: len(sandbox.requests) >= workers * IN_FLIGHT)


def test_a_worker_that_is_killed_in_mid_send_doubles_nothing(
    cluster: Cluster, sandbox: Sandbox, journal: str, known: Known
) -> None:
    sandbox.set_fault("stall", ms=HELD)
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(
            send_dataset, people(800), known, journal=journal, concurrency=3, **options(sandbox)
        )
        in_mid_send(sandbox, 3)
        kill(known.pids()[0])
        sandbox.set_fault(None)
        sent.result()
    summary = check(sandbox, journal, 800)
    assert 1 <= summary.unknown <= IN_FLIGHT, "more than the worker had under way"


def test_a_node_that_is_killed_in_mid_send_doubles_nothing(
    cluster: Cluster, sandbox: Sandbox, journal: str, known: Known
) -> None:
    node = cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    sandbox.set_fault("stall", ms=HELD)
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(
            send_dataset, people(1500), known, journal=journal, concurrency=6, **options(sandbox)
        )
        in_mid_send(sandbox, 6)
        killed = known.pids(node.node_id)
        assert killed, "the node has no worker"
        # All that runs on it, as when a machine loses its power.
        kill(*killed)
        cluster.remove_node(node, allow_graceful=False)
        sandbox.set_fault(None)
        sent.result()
    summary = check(sandbox, journal, 1500)
    assert 1 <= summary.unknown <= len(killed) * IN_FLIGHT, "more than its workers had under way"


class DiesAfter(SendBatch):
    """Loses what it has sent: its worker dies before it can tell, once for each file of a folder."""

    def __init__(self, lives: Path, **options: Any) -> None:
        super().__init__(to_message, **options)
        self.lives = lives

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str | None]]:
        sent = super().__call__(batch)
        for life in self.lives.iterdir():
            life.unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        return sent


def test_a_batch_whose_results_are_lost_runs_again_and_sends_nothing(
    cluster: Cluster, sandbox: Sandbox, journal: str, tmp_path: Path
) -> None:
    for life in range(4):
        (tmp_path / str(life)).touch()
    batch_options = options(sandbox)
    batch_size = batch_options.pop("batch_size")
    sent = people(600).map_batches(
        DiesAfter,
        fn_constructor_args=(tmp_path,),
        fn_constructor_kwargs={"journal": journal, **batch_options},
        batch_size=batch_size,
        concurrency=2,
    )
    rows = sent.take_all()
    assert not list(tmp_path.iterdir())
    assert {row["outcome"] for row in rows} == {"sent"} and len(rows) == 600
    assert check(sandbox, journal, 600).unknown == 0
    assert len(sandbox.requests) == 600


def test_a_campaign_that_runs_twice_at_once_sends_once(cluster: Cluster, sandbox: Sandbox, journal: str) -> None:
    # So slow that both are at the same keys.
    sandbox.set_fault("stall", ms=50)
    with ThreadPoolExecutor(2) as threads:
        runs = [
            threads.submit(send_dataset, people(600), to_message, journal=journal, concurrency=2, **options(sandbox))
            for _ in range(2)
        ]
        assert [run.result().sent for run in runs] == [600, 600]
    assert check(sandbox, journal, 600).unknown == 0
    assert len(sandbox.requests) == 600


def test_a_driver_that_is_killed_is_started_again(
    cluster: Cluster, sandbox: Sandbox, journal: str, tmp_path: Path
) -> None:
    workers, count = 3, 800

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, DRIVER, cluster.address, journal, str(count), str(workers)]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    sandbox.set_fault("stall", ms=200)
    driver = start()
    try:
        until(lambda: len(sandbox.requests) >= 100)
        kill(driver.pid)
        driver.wait()
        with Journal(journal) as opened:
            assert opened.summary().sent < count, "it was killed too late"
        sandbox.set_fault(None)
        driver = start()
        assert driver.wait() == 0
    finally:
        driver.kill()
    assert check(sandbox, journal, count).unknown <= workers * IN_FLIGHT
