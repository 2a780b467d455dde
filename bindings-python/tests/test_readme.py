"""Every program of the README, run as its readers run it."""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import certifi
import pytest
from support import HANGS, until

from partner_messaging import Journal, OutcomeUnknownError, Sms, TransportError
from partner_messaging.testing import Sandbox

README = Path(__file__).parents[1] / "README.md"
BLOCKS: list[str] = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)


def block(words: str) -> str:
    """The one program that holds these words."""
    (found,) = [block for block in BLOCKS if words in block]
    return found


def run(program: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "readme"}
    exec(compile(program, str(README), "exec"), names)
    return names


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, partner_messaging_sandbox: Sandbox) -> Path:
    """A folder to run in, with the files that the programs read."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "recipients.csv").write_text("id,phone\n7,+6591234567\n8,+6591234568\n")
    (tmp_path / "company-ca.pem").write_bytes(Path(certifi.where()).read_bytes())
    return tmp_path


# What changes the process that imports it, or starts others, is run in one of its own: the former
# in test_servers.py.
OWN_PROCESS = ("import gevent", "import eventlet", "from multiprocessing")


@pytest.mark.parametrize("program", [block for block in BLOCKS if not block.startswith(OWN_PROCESS)])
def test_every_program_runs(program: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if "https://messaging.example.com" in program:  # it makes a client, and sends nothing
        monkeypatch.delenv("PARTNER_MESSAGING_ALLOW")
    run(program)


def test_the_service(place: Path, partner_messaging_sandbox: Sandbox) -> None:
    from fastapi.testclient import TestClient

    with TestClient(run(block("FastAPI("))["app"]) as service:
        answers = [service.post("/codes", params={"phone": "+6591234567"}).status_code]
        for fault in ("reset", "rate_limit"):
            partner_messaging_sandbox.set_fault(fault)
            answers.append(service.post("/codes", params={"phone": "+6591234567"}).status_code)
    assert answers == [201, 202, 502]


def test_the_worker(place: Path, partner_messaging_sandbox: Sandbox) -> None:
    names = run(block("send_code(order"))
    names["app"].conf.task_always_eager = True
    send = names["send_code"]
    partner_messaging_sandbox.push_fault("rate_limit", retry_after="0", times=3)
    message_id = send.delay("order-1", "+6591234567", "123456").get()
    assert message_id.startswith("msg_") and len(partner_messaging_sandbox.requests) == 4
    # Delivered again, as after a worker that died.
    assert send.delay("order-1", "+6591234567", "123456").get() == message_id
    partner_messaging_sandbox.push_fault("reset")
    for _ in range(2):
        with pytest.raises(OutcomeUnknownError):
            send.delay("order-2", "+6591234567", "123456").get()
    assert len(partner_messaging_sandbox.requests) == 5


def test_tasks_that_are_given_out_again(place: Path, partner_messaging_sandbox: Sandbox) -> None:
    """By a real worker, whose process is killed in the midst of a batch."""
    sandbox, count = partner_messaging_sandbox, 100
    for folder in ("queue", "control"):
        (place / folder).mkdir()
    ways = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}
    program = block("task_reject_on_worker_lost").replace("redis://localhost:6379/0", "filesystem://")
    program += f"\napp.conf.update(broker_transport_options={ways}, worker_lost_wait=0.1)\n"
    (place / "campaign.py").write_text(program)
    command = [sys.executable, "-m", "celery", "-A", "campaign", "worker", "--pool", "prefork", "--concurrency", "1"]
    sandbox.set_fault("stall", ms=1000 * HANGS)
    with subprocess.Popen([*command, "--without-gossip", "--without-mingle"]) as worker:
        try:
            people = [{"id": n, "phone": f"+65{91000000 + n}"} for n in range(count)]
            run(program)["app"].send_task("campaign.send_rows", [people])
            # All that it may have under way at a time: nobody knows what becomes of these.
            until(lambda: len(sandbox.requests) == 64)
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
            for child in children:
                os.kill(int(child), signal.SIGKILL)
            sandbox.set_fault(None)
            with Journal("campaign.db") as journal:
                until(lambda: journal.summary().sent == count - 64)
                assert journal.summary().unknown == 64
        finally:
            worker.send_signal(signal.SIGQUIT)  # at once, unlike SIGTERM
            worker.wait(HANGS)
    assert len(sandbox.requests) == count
    assert len({message["recipient"] for message in sandbox.messages}) == count


def test_the_script_sends_nothing_twice(
    place: Path, partner_messaging_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    program = block("closed-tomorrow.db")
    sandbox = partner_messaging_sandbox
    sandbox.push_fault("reset")  # the message was accepted, and nobody learned it
    sandbox.push_fault("code", code="VALIDATION_ERROR")
    run(program)
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line[2:] for line in lines[:2]) == ["rejected api", "unknown reset"]
    (unknown,) = [line for line in lines if line.endswith("unknown reset")]
    assert len(sandbox.messages) == 1
    for sums in ("sent=1, replayed=0", "sent=0, replayed=1"):
        run(program)
        first, summary = capsys.readouterr().out.splitlines()
        assert first == unknown and sums in summary
        recipients = sorted(message["recipient"] for message in sandbox.messages)
        assert recipients == ["+6591234567", "+6591234568"]


def test_the_proxy(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that refuses: it is asked, with its password, and nothing goes past it."""
    monkeypatch.setenv("PARTNER_MESSAGING_BASE_URL", "https://messaging.example.com")
    monkeypatch.delenv("PARTNER_MESSAGING_ALLOW")
    heard: list[str] = []

    def refuse() -> None:
        connection, _ = proxy.accept()
        with connection, connection.makefile("rb") as lines:
            heard.extend(iter(lambda: lines.readline().decode().strip(), ""))
            connection.sendall(b"HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n")

    with socket.create_server(("127.0.0.1", 0)) as proxy:
        thread = threading.Thread(target=refuse)
        thread.start()
        address = f"127.0.0.1:{proxy.getsockname()[1]}"
        client = run(block("through_proxy").replace("proxy.example.com:3128", address))["through_proxy"]
        with pytest.raises(TransportError) as raised:
            client.send(Sms(to="+6591234567", content="Hello"), max_retries=0)
        thread.join()
    assert (raised.value.kind, raised.value.outcome) == ("proxy", "not_sent")
    assert heard[0] == "CONNECT messaging.example.com:443 HTTP/1.1"
    password = base64.b64encode(b"user:password").decode()
    assert f"proxy-authorization: Basic {password}" in [line[:20].lower() + line[20:] for line in heard]


def test_the_users_tests(tmp_path: Path) -> None:
    (tmp_path / "test_users.py").write_text(block("def test_no_credit"))
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "test_users.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=HANGS)
    assert done.returncode == 0 and "3 passed" in done.stdout, done.stdout + done.stderr


def test_the_bars(place: Path, partner_messaging_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """They end at the number of messages, and tell of the one that failed."""
    partner_messaging_sandbox.push_fault("reset")
    bar = run(block("import tqdm"))["bar"]
    assert bar.n == bar.total == len(partner_messaging_sandbox.requests) == 200
    out, err = capsys.readouterr()
    assert re.search(r"message \d+: reset", out) and "sent=199, unknown=1" in err
    partner_messaging_sandbox.reset()
    partner_messaging_sandbox.push_fault("reset")
    (task,) = run(block("rich.progress"))["progress"].tasks
    assert (task.completed, task.description) == (2, "2 done, 1 unknown")
    assert "reset" in capsys.readouterr().out


def test_the_workers(place: Path, partner_messaging_sandbox: Sandbox) -> None:
    (place / "campaign.py").write_text(block("from multiprocessing"))
    for _ in range(2):
        done = subprocess.run([sys.executable, "campaign.py"], capture_output=True, text=True, timeout=HANGS)
        assert (done.stdout, done.stderr) == ("50 of 50\n" * 4, "")
        assert len(partner_messaging_sandbox.requests) == 200
