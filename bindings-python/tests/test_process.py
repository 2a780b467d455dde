"""Whole processes: Ctrl-C, and exits with calls in flight."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest
from support import HANGS, until

from partner_messaging.testing import Sandbox


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program in a Python of its own."""
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=HANGS)


BLOCKED = """
import sys, traceback
from partner_messaging import Client, Sms
client = Client(api_key="sandbox-key", base_url=sys.argv[1])
try:
    client.send(Sms(to="+6591234567", content="Hello"))
except KeyboardInterrupt as interrupt:
    error = interrupt.__cause__
    print(type(error).__name__, error.outcome, error.kind)
    print(client.send(Sms(to="+6591234567", content="Hello")).status)
"""


def interrupted(program: str, sandbox: Sandbox) -> tuple[subprocess.CompletedProcess[str], float]:
    """Runs a program, and interrupts it once its request is read; the seconds from there to its end."""
    sandbox.push_fault("stall")
    with subprocess.Popen(
        [sys.executable, "-c", program, sandbox.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        until(lambda: sandbox.requests or process.poll() is not None)
        began = time.monotonic()
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=HANGS)
    return subprocess.CompletedProcess([], process.returncode, output, errors), time.monotonic() - began


def test_ctrl_c_ends_a_blocking_call(sandbox: Sandbox) -> None:
    done, seconds = interrupted(BLOCKED, sandbox)
    assert done.stdout.split() == ["OutcomeUnknownError", "unknown", "cancelled", "SENT"], done.stderr
    assert done.returncode == 0 and seconds < 20


def test_ctrl_c_ends_an_asyncio_program(sandbox: Sandbox) -> None:
    program = """
import asyncio, sys
from partner_messaging import AsyncClient, Sms
async def main():
    async with AsyncClient(api_key="sandbox-key", base_url=sys.argv[1]) as client:
        await client.send(Sms(to="+6591234567", content="Hello"))
asyncio.run(main())
"""
    done, seconds = interrupted(program, sandbox)
    assert "KeyboardInterrupt" in done.stderr and seconds < 20
    assert done.returncode in (-signal.SIGINT, 130)


HANDLING = """
import signal, sys, time
from partner_messaging import Client, Sms
class TooLong(Exception): pass
seen = []
def raising(*_): raise TooLong
client = Client(api_key="sandbox-key", base_url=sys.argv[1])
signal.signal(signal.SIGALRM, raising)
try:
    client.send(Sms(to="+6591234567", content="Hello"))
except TooLong as error:
    print(type(error.__cause__).__name__)
signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
print(client.send(Sms(to="+6591234567", content="Hello")).status)
while not seen:
    time.sleep(0.01)
print(seen)
"""


def test_a_signal_handler_may_raise_what_it_likes_or_nothing(sandbox: Sandbox) -> None:
    sandbox.push_fault("stall")
    sandbox.push_fault("stall", ms=1000)
    with subprocess.Popen(
        [sys.executable, "-c", HANDLING, sandbox.url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        for sent in (1, 2):
            until(lambda: len(sandbox.requests) == sent or process.poll() is not None)
            process.send_signal(signal.SIGALRM)
        output, errors = process.communicate(timeout=HANGS)
    assert (process.returncode, output.split(), errors) == (0, ["OutcomeUnknownError", "SENT", "[1]"], "")


# Each ends its process while a call waits for its answer.
EXITS = {
    "asyncio task": """
import asyncio, sys
from partner_messaging import AsyncClient, Sms
async def main():
    client = AsyncClient(api_key="sandbox-key", base_url=sys.argv[1])
    asyncio.create_task(client.send(Sms(to="+6591234567", content="Hello")))
    await asyncio.sleep(0.02)
asyncio.run(main())
""",
    "loop left open": """
import asyncio, sys
from partner_messaging import AsyncClient, Sms
client = AsyncClient(api_key="sandbox-key", base_url=sys.argv[1])
loop = asyncio.new_event_loop()
call = client.send(Sms(to="+6591234567", content="Hello"))
async def begin():
    call.send(None)
loop.run_until_complete(begin())
""",
    "daemon thread": """
import sys, threading, time
from partner_messaging import Client, Sms
client = Client(api_key="sandbox-key", base_url=sys.argv[1])
threading.Thread(target=client.send, args=(Sms(to="+6591234567", content="Hello"),), daemon=True).start()
time.sleep(0.08)
""",
    "answers while it exits": """
import asyncio, sys, threading
from partner_messaging import AsyncClient, Client, Sms
message = Sms(to="+6591234567", content="Hello")
client = Client(api_key="sandbox-key", base_url=sys.argv[1])
for _ in range(4):
    def work():
        while True:
            client.send(message)
    threading.Thread(target=work, daemon=True).start()
async def main():
    other = AsyncClient(api_key="sandbox-key", base_url=sys.argv[1])
    for _ in range(50):
        asyncio.create_task(other.send(message))
    await asyncio.sleep(0.01)
asyncio.run(main())
""",
}


@pytest.mark.parametrize("name", EXITS)
def test_an_exit_with_calls_in_flight_is_quiet(name: str, sandbox: Sandbox) -> None:
    if name == "answers while it exits":
        sandbox.set_state(balance="1000000.00")
    else:
        sandbox.set_fault("stall")
    for _ in range(20):
        done = python(EXITS[name], sandbox.url)
        assert (done.returncode, done.stderr) == (0, "")
