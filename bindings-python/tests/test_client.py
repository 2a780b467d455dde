"""The blocking client: options, threads, forks, interrupts."""

import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest
from support import HANGS, until

from partner_messaging import Client, ConfigError, Sms, TransportError

HELLO = Sms(to="+6591234567", content="Hello")


@pytest.mark.parametrize(
    "field, value",
    [
        ("api_key", 7),
        ("base_url", 7),
        ("base_url", "nonsense"),
        ("timeout", 0),
        ("timeout", -1),
        ("timeout", float("nan")),
        ("timeout", float("inf")),
        ("timeout", "5"),
        ("timeout", True),
        ("connect_timeout", 10**400),
        ("max_retries", -1),
        ("max_retries", 1.5),
        ("max_retries", 2**32),
        ("max_connections", 0),
        ("http2", 1),
        ("keep_alive", "no"),
        ("client_cert_file", 7),
        ("client_cert_file", "/nonexistent"),
        ("client_key_file", 7),
        ("trust_env", "yes"),
        ("proxy", "ftp://x"),
        ("ca_file", 7),
        ("ca_file", "/nonexistent"),
        ("headers", [1]),
        ("headers", {"x": 1}),
        ("headers", {"x": "a\r\nb"}),
        ("user_agent", "a\nb"),
        ("max_response_bytes", 0),
    ],
)
def test_unusable_options_are_named(field, value):
    with pytest.raises(ConfigError) as raised:
        Client(**{"api_key": "key", field: value})
    assert (raised.value.field, raised.value.outcome, raised.value.kind) == (field, "not_sent", "config")


def test_unknown_options_are_refused():
    with pytest.raises(TypeError, match="timout"):
        Client("key", timout=3)


def test_a_ca_file_can_be_a_path(tmp_path):
    empty = tmp_path / "ca.pem"
    empty.write_text("")
    with pytest.raises(ConfigError) as raised:
        Client("key", ca_file=empty)
    assert raised.value.field == "ca_file"


def test_the_environment(monkeypatch, sandbox):
    monkeypatch.delenv("PARTNER_MESSAGING_API_KEY", raising=False)
    with pytest.raises(ConfigError, match="PARTNER_MESSAGING_API_KEY"):
        Client()
    monkeypatch.setenv("PARTNER_MESSAGING_API_KEY", sandbox.api_key)
    monkeypatch.setenv("PARTNER_MESSAGING_BASE_URL", sandbox.url)
    with Client() as client:
        assert client.send(HELLO).status == "SENT"


def test_options_of_a_call(sandbox, client):
    client.send(HELLO, headers={"x-tag": "a"}, timeout=5, max_retries=0)
    assert ["x-tag", "a"] in sandbox.requests[0]["headers"]
    for options in ({"timeout": 0}, {"max_retries": -1}, {"headers": 3}, {"key": 7}, {"key": "no journal"}):
        with pytest.raises(ConfigError) as raised:
            client.send(HELLO, **options)
        assert [raised.value.field] == list(options)
    assert len(sandbox.requests) == 1


@pytest.mark.parametrize("keep_alive, connections", [(None, [1, 1, 1]), (True, [1, 1, 1]), (False, [1, 2, 3])])
def test_connections_are_used_again_unless_they_must_not_be(sandbox, keep_alive, connections):
    with sandbox.client(keep_alive=keep_alive) as client:
        for _ in range(3):
            client.send(HELLO)
    assert [request["connection"] for request in sandbox.requests] == connections


def test_the_user_agent_says_python(sandbox, client):
    client.send(HELLO)
    assert any(name == "user-agent" and value.startswith("partner-messaging-python/") for name, value in sandbox.requests[0]["headers"])


def test_a_closed_client_says_so(client):
    client.close()
    client.close()
    with pytest.raises(TransportError) as raised:
        client.send(HELLO)
    assert (raised.value.kind, raised.value.outcome) == ("closed", "not_sent")


def test_a_client_is_not_picklable(client):
    with pytest.raises(TypeError, match="process"):
        pickle.dumps(client)


def test_many_threads_share_a_client(sandbox, client):
    ids = []

    def work():
        for _ in range(25):
            ids.append(client.send(HELLO).message_id)

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == len(sandbox.requests) == 400


def test_a_client_can_be_subclassed(sandbox):
    class Mine(Client):
        def hello(self):
            return self.send(HELLO)

    with Mine(sandbox.api_key, base_url=sandbox.url) as client:
        assert client.hello().status == "SENT"
        assert "Mine" in repr(client)


def test_after_fork_both_go_on(sandbox, client):
    client.send(HELLO)
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(write, client.send(HELLO).status.encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"SENT"
    assert client.send(HELLO).status == "SENT"
    os.close(read)
    os.close(write)


def _in_child(url, key, results):
    with Client(key, base_url=url) as client:
        results.put(client.send(HELLO))


@pytest.mark.parametrize("method", ["fork", "forkserver", "spawn"])
def test_multiprocessing(sandbox, method):
    context = multiprocessing.get_context(method)
    results = context.Queue()
    process = context.Process(target=_in_child, args=(sandbox.url, sandbox.api_key, results))
    process.start()
    assert results.get(timeout=HANGS).status == "SENT"
    process.join()


def _by_the_parents(client, results):
    results.put((os.getpid(), client.send(HELLO)))


def test_multiprocessing_with_a_client_used_before(sandbox, client):
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    client.send(HELLO)
    children = [context.Process(target=_by_the_parents, args=(client, results)) for _ in range(4)]
    for child in children:
        child.start()
    assert client.send(HELLO).status == "SENT"
    answers = [results.get(timeout=HANGS) for _ in children]
    for child in children:
        child.join()
        assert child.exitcode == 0
    assert {receipt.status for _, receipt in answers} == {"SENT"}
    assert {process for process, _ in answers} == {child.pid for child in children}
    assert client.send(HELLO).status == "SENT"
    assert len(sandbox.requests) == 3 + 4


INTERRUPTED = """
    import os, signal, sys, threading, time
    from partner_messaging import Sms
    from partner_messaging.testing import Sandbox

    with Sandbox() as sandbox, sandbox.client() as client:
        sandbox.set_fault("stall")

        def interrupt():
            while not sandbox.requests:
                time.sleep(0.005)
            interrupt.at = time.monotonic()
            os.kill(os.getpid(), signal.SIGINT)

        threading.Thread(target=interrupt).start()
        try:
            client.send(Sms(to="+6591234567", content="Hello"))
        except KeyboardInterrupt as interrupted:
            late = time.monotonic() - interrupt.at
            cause = interrupted.__cause__
            print(cause.outcome, cause.kind, len(sandbox.requests), late < 10)
        sandbox.set_fault(None)
        print(client.send(Sms(to="+6591234567", content="Hello")).status)
"""


def run(program, *arguments):
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *arguments], capture_output=True, text=True, timeout=HANGS
    )


def test_ctrl_c_ends_a_blocking_call_with_its_outcome():
    done = run(INTERRUPTED)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["unknown cancelled 1 True", "SENT"]


def test_a_signal_handler_that_raises_nothing_does_not_end_a_call(sandbox, client):
    seen = []

    def interrupt():
        until(lambda: sandbox.requests)
        os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, lambda *_: seen.append(1))
    try:
        sandbox.push_fault("stall", ms=1000)
        interrupting = threading.Thread(target=interrupt)
        interrupting.start()
        assert client.send(HELLO).status == "SENT"
        interrupting.join()
        until(lambda: seen)
        assert seen == [1]
    finally:
        signal.signal(signal.SIGUSR1, before)


IMPORTED = """
    import sys, os
    before = set(sys.modules)
    descriptors = len(os.listdir("/proc/self/fd"))
    import partner_messaging
    dear = {"asyncio", "typing", "dataclasses", "decimal", "json", "logging", "inspect", "threading"}
    print(sorted(dear & (set(sys.modules) - before)))
    print(len(os.listdir("/proc/self/fd")) == descriptors, len(os.listdir("/proc/self/task")))
    print("AsyncClient" in dir(partner_messaging), partner_messaging.AsyncClient.__module__)
"""


def test_importing_is_cheap_and_has_no_side_effect():
    done = run(IMPORTED)
    assert done.stdout.splitlines() == ["[]", "True 1", "True partner_messaging"], done.stderr


def test_the_package_is_the_installed_one():
    import partner_messaging

    assert "site-packages" in Path(partner_messaging.__file__).parts
