"""The servers that load a program, fork, and run it in their workers: the real
ones, with clients that the program used before the fork."""

from __future__ import annotations

import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support import HANGS, until

from partner_messaging import Journal
from partner_messaging.testing import Sandbox

README = Path(__file__).parents[1] / "README.md"

USED = """
import asyncio, os
from partner_messaging import AsyncClient, Client, Sms

client, async_client = Client(journal="journal.db"), AsyncClient(journal="journal.db")
message = Sms(to="+6591234567", content="Hello")

def send(*, once=None):
    # By both clients, without a key and under one; at the end, how many of the latter went out.
    statuses = [client.send(message).status, asyncio.run(async_client.send(message)).status]
    if once is None:
        return statuses
    replayed = [client.send(message, key=once).replayed, asyncio.run(async_client.send(message, key=once)).replayed]
    return [*statuses, str(replayed.count(False))]

assert send() == ["SENT", "SENT"]
"""

GUNICORN = """
def application(environ, start_response):
    start_response("200 OK", [])
    return [" ".join([str(os.getpid()), *send(once=environ["PATH_INFO"])]).encode()]
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
def work(once):
    return [os.getpid(), *send(once=once)]
"""

ASKS_CELERY = """
from program import work
results = [work.delay(f"order-{number // 4}") for number in range(8)]
for result in results:
    print(*result.get(timeout=300, interval=0.05))
"""


@contextmanager
def server(place: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A server of `program.py`, which ends by itself when it is asked to, and without a complaint."""
    with subprocess.Popen(
        [sys.executable, "-m", *arguments], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            output, _ = process.communicate(timeout=HANGS)
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


def assert_journal(place: Path, orders: int) -> None:
    with Journal(place / "journal.db") as journal:
        summary = journal.summary()
        assert (summary.sent, summary.unknown, summary.in_progress, summary.conflicts) == (orders, 0, 0, 0)


def test_gunicorn_preloads(tmp_path: Path, partner_messaging_sandbox: Sandbox) -> None:
    partner_messaging_sandbox.set_state(balance="10000.00")
    (tmp_path / "program.py").write_text(USED + GUNICORN)
    options = ["--preload", "--workers=2", "--threads=4", "--bind=127.0.0.1:0", "--no-control-socket"]
    with server(tmp_path, "gunicorn", *options, "program") as process:
        url = line_with(process, "Listening at").split(" at: ")[1].split()[0]

        def ask(number: int) -> list[str]:
            with urllib.request.urlopen(f"{url}/order-{number // 4}", timeout=HANGS) as answer:
                return answer.read().decode().split()  # type: ignore[no-any-return]

        answers: list[list[str]] = []
        workers: set[int] = set()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            while len(workers) < 2:
                assert len(answers) < 8000, "one of the workers does not serve"
                answers += pool.map(ask, range(len(answers), len(answers) + 16))
                workers = {int(worker) for worker, *_ in answers}
        assert {tuple(statuses) for _, *statuses, _ in answers} == {("SENT", "SENT")}
        assert process.pid not in workers
    # Four requests had each key, perhaps at the same time and in several workers.
    orders = len(answers) // 4
    assert sum(int(sent) for *_, sent in answers) == orders
    assert len(partner_messaging_sandbox.requests) == 2 + 2 * len(answers) + orders
    assert_journal(tmp_path, orders)


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
            [sys.executable, "-c", ASKS_CELERY], cwd=tmp_path, capture_output=True, text=True, timeout=2 * HANGS
        )
        assert asked.returncode == 0, asked.stderr
        answers = [line.split() for line in asked.stdout.splitlines()]
        assert [statuses for _, *statuses, _ in answers] == [["SENT", "SENT"]] * 8
        assert sum(int(sent) for *_, sent in answers) == 2
        workers = {int(worker) for worker, *_ in answers}
        assert process.pid not in workers and os.getpid() not in workers
    # The worker's program and the asking one each sent two on being loaded.
    assert len(partner_messaging_sandbox.requests) == 2 * 2 + 2 * 8 + 2
    assert_journal(tmp_path, 2)


def answers_at_once(url: str, sandbox: Sandbox) -> list[str]:
    """What eight requests at once get, of which the service has most before it has answered one."""
    sandbox.set_fault("stall", ms=3000)

    def ask(_: int) -> str:
        with urllib.request.urlopen(url, timeout=HANGS) as answer:
            return answer.read().decode()  # type: ignore[no-any-return]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, number) for number in range(8)]
        until(lambda: len(sandbox.requests) > 4 or any(each.done() for each in asked))
        assert len(sandbox.requests) > 4, "one waits for another"
        return [each.result() for each in asked]


def recipe(words: str) -> str:
    """The one program of the README that holds these words."""
    blocks: list[str] = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    (found,) = [block for block in blocks if words in block]
    return found


def test_gevents_tasks_run_while_one_sends(tmp_path: Path, partner_messaging_sandbox: Sandbox) -> None:
    (tmp_path / "program.py").write_text(recipe("import gevent"))
    options = ["--worker-class=gevent", "--workers=1", "--bind=127.0.0.1:0", "--no-control-socket"]
    with server(tmp_path, "gunicorn", *options, "program") as process:
        url = line_with(process, "Listening at").split(" at: ")[1].split()[0]
        answers = answers_at_once(url, partner_messaging_sandbox)
    assert len(set(answers)) == 8 and all(answer.startswith("msg_") for answer in answers)


# Under eventlet's own server: the gunicorn that is pinned here has no eventlet worker any more.
EVENTLET = """
import eventlet
eventlet.monkey_patch()
import signal, sys
import eventlet.wsgi
from program import application

signal.signal(signal.SIGTERM, lambda *_: sys.exit())
listener = eventlet.listen(("127.0.0.1", 0))
print(f"Listening at: http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
eventlet.wsgi.server(listener, application, log_output=False)
"""


def test_eventlets_tasks_run_while_one_sends(tmp_path: Path, partner_messaging_sandbox: Sandbox) -> None:
    (tmp_path / "program.py").write_text(recipe("import eventlet"))
    (tmp_path / "serve.py").write_text(EVENTLET)
    with server(tmp_path, "serve") as process:
        url = line_with(process, "Listening at").split(" at: ")[1].split()[0]
        answers = answers_at_once(url, partner_messaging_sandbox)
    assert len(set(answers)) == 8 and all(answer.startswith("msg_") for answer in answers)
