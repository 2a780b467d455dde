"""The servers that load a program, fork, and run it in their workers: the real
ones, with clients that the program used before the fork."""

from __future__ import annotations

import concurrent.futures
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from partner_messaging.testing import Sandbox

USED = """
import asyncio, os
from partner_messaging import AsyncClient, Client, Sms

client, async_client = Client(), AsyncClient()
message = Sms(to="+6591234567", content="Hello")

def send():
    return [client.send(message).status, asyncio.run(async_client.send(message)).status]

assert send() == ["SENT", "SENT"]
"""

GUNICORN = """
def application(environ, start_response):
    start_response("200 OK", [])
    return [" ".join([str(os.getpid()), *send()]).encode()]
"""

CELERY = """
from celery import Celery

app = Celery("program", broker="filesystem://", backend="file://" + os.environ["RESULTS"])
app.conf.broker_transport_options = {
    "data_folder_in": os.environ["QUEUE"],
    "data_folder_out": os.environ["QUEUE"],
    "control_folder": os.environ["CONTROL"],
    "polling_interval": 0.05,
}

@app.task
def work():
    return [os.getpid(), *send()]
"""

ASKS_CELERY = """
from program import work
results = [work.delay() for _ in range(8)]
for result in results:
    print(*result.get(timeout=30, interval=0.05))
"""


@contextmanager
def server(place: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A server of `program.py`, which ends by itself when it is told to, and without a complaint."""
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=30)
        finally:
            process.kill()
    assert process.returncode == 0 and "Traceback" not in output, output


def line_with(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        if words in line:
            return line
        lines.append(line)
    raise AssertionError("".join(lines))


def test_gunicorn_preloads(tmp_path: Path, partner_messaging_sandbox: Sandbox) -> None:
    partner_messaging_sandbox.set_state(balance="10000.00")
    (tmp_path / "program.py").write_text(USED + GUNICORN)
    options = ["--preload", "--workers=2", "--threads=4", "--bind=127.0.0.1:0", "--no-control-socket"]
    with server(tmp_path, "gunicorn", *options, "program") as process:
        url = line_with(process, "Listening at").split(" at: ")[1].split()[0]

        def ask(_: int) -> list[str]:
            with urllib.request.urlopen(url, timeout=30) as answer:
                return answer.read().decode().split()  # type: ignore[no-any-return]

        answers: list[list[str]] = []
        workers: set[int] = set()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            while len(workers) < 2:
                assert len(answers) < 800, "one of the workers does not serve"
                answers += pool.map(ask, range(16))
                workers = {int(worker) for worker, *_ in answers}
        assert {tuple(statuses) for _, *statuses in answers} == {("SENT", "SENT")}
        assert process.pid not in workers
    assert len(partner_messaging_sandbox.requests) == 2 + 2 * len(answers)


def test_celery_forks_its_workers(
    tmp_path: Path, partner_messaging_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "program.py").write_text(USED + CELERY)
    for name in ("QUEUE", "CONTROL", "RESULTS"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(name, str(tmp_path / name))
    options = ["--pool=prefork", "--concurrency=2", "--without-gossip", "--without-mingle", "--without-heartbeat"]
    with server(tmp_path, "celery", "--app=program", "worker", *options, "--loglevel=INFO") as process:
        line_with(process, " ready.")
        asked = subprocess.run(
            [sys.executable, "-c", ASKS_CELERY], cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert asked.returncode == 0, asked.stderr
        answers = [line.split() for line in asked.stdout.splitlines()]
        assert [statuses for _, *statuses in answers] == [["SENT", "SENT"]] * 8
        workers = {int(worker) for worker, *_ in answers}
        assert process.pid not in workers and os.getpid() not in workers
    # The worker's program and the asking one each sent two on being loaded.
    assert len(partner_messaging_sandbox.requests) == 2 * 2 + 2 * 8
