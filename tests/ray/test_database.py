"""A campaign whose journal's server ends in the midst of it, and is there again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from campaign import IN_FLIGHT, options, people, to_message
from ray.cluster_utils import Cluster
from sums import check, until

from partner_messaging import JournalError
from partner_messaging.ray import send_dataset
from partner_messaging.testing import Sandbox

# For how many seconds it is gone.
GONE = 2

WORKERS = 3


def restart_server() -> None:
    """Ends the server that the tests are given, at once, and starts it as it was started."""
    pid = os.environ["PARTNER_MESSAGING_TEST_POSTGRES_PROCESS"]
    command = Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").split(b"\0")
    owner = Path(f"/proc/{pid}").stat()
    os.kill(int(pid), signal.SIGQUIT)
    until(lambda: not is_there())
    time.sleep(GONE)
    # It ends with the tests.
    as_before = ["setpriv", "--pdeathsig=QUIT", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
    if os.geteuid() != 0:
        as_before = as_before[:2]
    started = subprocess.Popen([*as_before, *command], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.environ["PARTNER_MESSAGING_TEST_POSTGRES_PROCESS"] = str(started.pid)
    until(is_there)


def is_there() -> bool:
    address = urlsplit(os.environ["PARTNER_MESSAGING_TEST_POSTGRES"])
    with socket.socket() as connection:
        return connection.connect_ex((address.hostname, address.port)) == 0


def test_a_server_that_is_started_again_loses_nothing(
    cluster: Cluster, sandbox: Sandbox, journal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    count = 1200

    def campaign() -> None:
        send_dataset(
            people(count),
            to_message,
            journal=journal,
            concurrency=WORKERS,
            on_progress=lambda summary: None,
            **options(sandbox),
        )

    sandbox.set_fault("stall", ms=100)
    with ThreadPoolExecutor(1) as thread:
        sent = thread.submit(campaign)
        until(lambda: len(sandbox.requests) >= 300)
        restart_server()
        # Either it was there again in time, or who runs the campaign is told and runs it again.
        failure = sent.exception()
    with capsys.disabled():
        print(f"\nwhile the server was away: {failure}")
    if failure is not None:
        assert isinstance(failure, JournalError) and failure.outcome == "not_sent"
        campaign()
    assert check(sandbox, journal, count).unknown <= WORKERS * IN_FLIGHT
