"""Faults that are not the caller's: panics, and modules that can't be imported any more."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from support import HANGS

from partner_messaging import Client, OutcomeUnknownError, PartnerMessagingError, Sms, _native
from partner_messaging.testing import Sandbox


def python(program: str, sandbox: Sandbox) -> subprocess.CompletedProcess[str]:
    """Runs a program in a Python of its own, with the sandbox's port."""
    port = sandbox.url.rpartition(":")[2]
    return subprocess.run([sys.executable, "-c", program, port], capture_output=True, text=True, timeout=HANGS)


@pytest.mark.parametrize("sends, error", [(True, OutcomeUnknownError), (False, PartnerMessagingError)])
def test_a_panic_is_an_error_like_any_other(sends: bool, error: type[PartnerMessagingError]) -> None:
    with pytest.raises(Exception) as raised:
        _native._panic(sends)
    assert type(raised.value) is error
    assert (raised.value.kind, raised.value.outcome) == ("internal", "unknown" if sends else None)
    assert "fault inside this library" in str(raised.value) and "987654" not in str(raised.value)


# A name is resolved on a thread of its own.
NO_THREADS = """
import asyncio, resource, sys
from partner_messaging import AsyncClient, Client, PartnerMessagingError, Sms

options = {"api_key": "sandbox-key", "base_url": f"http://localhost:{sys.argv[1]}"}
message = Sms(to="+6591234567", content="your code is 987654")
client, async_client = Client(**options), AsyncClient(**options)

async def warm_up():
    try:
        await AsyncClient("sandbox-key", base_url="http://127.0.0.1:1", max_retries=0).send(message)
    except PartnerMessagingError:
        pass
asyncio.run(warm_up())  # its background thread is there

def call(make):
    with open("/proc/self/statm") as statm:
        used = int(statm.read().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (used + 1_000_000, hard))
    try:
        make()
    except Exception as error:
        return error
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

async def send():
    await async_client.send(message, max_retries=0)

for make, outcome in [
    (lambda: client.send(message, max_retries=0), "not_sent"),
    (lambda: client.get_balance(max_retries=0), None),
    (lambda: asyncio.run(send()), "not_sent"),
]:
    error = call(make)
    assert isinstance(error, PartnerMessagingError), repr(error)
    assert (error.kind, error.outcome) == ("dns", outcome), repr(error)
print(client.send(message).status, asyncio.run(async_client.send(message)).status)
"""


def test_where_no_thread_can_be_started(sandbox: Sandbox) -> None:
    done = python(NO_THREADS, sandbox)
    assert (done.returncode, done.stdout.split()) == (0, ["SENT", "SENT"]), done.stderr
    assert done.stderr == "" and len(sandbox.requests) == 2


# As after `setuid`, or in a chroot: what was not imported before can't be now.
NO_IMPORTS = """
import asyncio, sys
from partner_messaging import AsyncClient, Client, PartnerMessagingError, Sms

options = {"api_key": "sandbox-key", "base_url": f"http://127.0.0.1:{sys.argv[1]}"}
client, async_client = Client(**options), AsyncClient(**options)

class Denied:
    def find_spec(self, name, path=None, target=None):
        raise PermissionError(13, "Permission denied", name)

sys.meta_path[:] = [Denied()]
sys.path_importer_cache.clear()
message = {"channel": "SMS", "to": "+6591234567", "content": "Hello"}
receipts = [client.send(message), asyncio.run(async_client.send(message))]
print([(receipt.status, str(receipt.cost), receipt.raw["status"]) for receipt in receipts])
"""


def test_what_calls_need_is_imported_with_the_client(sandbox: Sandbox) -> None:
    done = python(NO_IMPORTS, sandbox)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str([("SENT", "0.05", "SENT")] * 2)


@pytest.mark.parametrize("error", [MemoryError, PermissionError, ImportError])
def test_a_fault_while_a_message_is_written_is_not_the_messages(
    error: type[Exception], sandbox: Sandbox
) -> None:
    class Failing(dict):  # type: ignore[type-arg]
        def items(self) -> object:
            raise error("not the message's fault")

    with sandbox.client() as client, pytest.raises(error, match="not the message's fault"):
        client.send({"channel": "SMS", "to": "+6591234567", "content": "x", "nested": Failing(a=1)})
    assert sandbox.requests == []


@pytest.mark.parametrize("error", [MemoryError, PermissionError, KeyboardInterrupt])
def test_what_fails_while_an_argument_is_read_is_not_the_arguments_fault(
    error: type[BaseException], sandbox: Sandbox
) -> None:
    class Failing(dict):  # type: ignore[type-arg]
        def items(self) -> Any:
            raise error("not the argument's fault")

        def __iter__(self) -> Any:
            raise error("not the argument's fault")

        def __fspath__(self) -> Any:
            raise error("not the argument's fault")

    class FailingList:
        def __iter__(self) -> Any:
            raise error("not the argument's fault")

    hello = Sms(to="+6591234567", content="Hello")
    failing: Any = Failing(a="b")
    failing_list: Any = FailingList()
    with sandbox.client() as client:
        calls: list[Callable[[], object]] = [
            lambda: Client("key", headers=failing),
            lambda: Client("key", ca_file=failing),
            lambda: Sms(to="+6591234567", template_id="HX1", template_variables=failing),
            lambda: client.send(hello, headers=failing),
            lambda: client.send_with_fallback(failing_list),
            lambda: client.send_with_fallback([hello], fallback_codes=failing_list),
            lambda: client.request("GET", "/x", query=failing),
            lambda: client.request("POST", "/x", json=failing),
        ]
        for call in calls:
            with pytest.raises(error, match="not the argument's fault"):
                call()
    assert sandbox.requests == []

