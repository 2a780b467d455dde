"""Threads, forks and interrupts in the middle of blocking calls."""

from __future__ import annotations

import concurrent.futures
import copy
import os
import pickle
import threading
import time
from typing import Any

import pytest
from support import HANGS, until

from partner_messaging import AsyncClient, Client, OutcomeUnknownError, Sms
from partner_messaging.testing import Sandbox

HELLO = Sms(to="+6591234567", content="Hello")


def test_closing_ends_calls_of_other_threads(sandbox: Sandbox) -> None:
    sandbox.set_fault("stall")
    client = sandbox.client()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(client.send, HELLO) for _ in range(4)]
        until(lambda: len(sandbox.requests) == 4)
        client.close()
        errors = [call.exception(timeout=HANGS) for call in calls]
    assert all(isinstance(error, OutcomeUnknownError) and error.kind == "closed" for error in errors)


def test_other_threads_run_meanwhile(client: Client, sandbox: Sandbox) -> None:
    sandbox.push_fault("stall", ms=1000)
    sender = threading.Thread(target=client.send, args=(HELLO,))
    sender.start()
    rounds = 0
    while sender.is_alive():
        rounds += 1
        time.sleep(0.001)
    sender.join()
    # Hundreds; one or two, if the sender kept them from running.
    assert rounds > 5


def in_child(work: Any) -> int:
    """The exit status of a forked child that does the work."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            status = 0 if work() else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_children_and_their_children(client: Client, sandbox: Sandbox) -> None:
    client.send(HELLO)
    assert in_child(lambda: in_child(lambda: client.send(HELLO).status == "SENT") == 0) == 0
    assert client.send(HELLO).status == "SENT"
    assert len(sandbox.requests) == 3


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_leaves_calls_in_flight_to_the_parent(client: Client, sandbox: Sandbox) -> None:
    sandbox.push_fault("stall", ms=800)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        call = pool.submit(client.send, HELLO)
        until(lambda: sandbox.requests)
        assert in_child(lambda: client.send(HELLO).status == "SENT") == 0
        assert call.result(timeout=HANGS).status == "SENT"
    assert len(sandbox.requests) == 2


def test_ctrl_c_while_a_message_is_written_is_no_fault_of_the_message(client: Client, sandbox: Sandbox) -> None:
    class Interrupting(dict):  # type: ignore[type-arg]
        def items(self) -> Any:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        client.send({"channel": "SMS", "to": "+6591234567", "content": "Hello", "nested": Interrupting(a=1)})
    assert sandbox.requests == []


def test_a_client_shows_no_key_and_is_not_copied() -> None:
    for made in (Client("very-secret-key"), AsyncClient("very-secret-key")):
        assert "very-secret" not in f"{made!r} {made} {getattr(made, '__dict__', '')}"
        for take in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="make one in each process"):
                take(made)
