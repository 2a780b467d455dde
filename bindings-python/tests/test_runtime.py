"""The package in whole processes: crowded exits, servers that fork, strict
interpreters, subinterpreters. `PARTNER_MESSAGING_TEST_RUNS` says how often each
process is run; a few runs find what happens often, hundreds what happens rarely."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys

import pytest
from support import HANGS

from partner_messaging.testing import Sandbox

RUNS = int(os.environ.get("PARTNER_MESSAGING_TEST_RUNS", "3"))


def python(program: str, *arguments: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Runs a program in a Python of its own."""
    command = [sys.executable, *options, "-c", program, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=HANGS)


# Each ends its process with hundreds of calls in flight, all of them observed.
CROWDED_EXITS = {
    "asyncio": """
import asyncio, sys
from partner_messaging import AsyncClient, Sms
async def main():
    client = AsyncClient("sandbox-key", base_url=sys.argv[1], max_connections=200, on_event=lambda event: None)
    tasks = [asyncio.create_task(client.send(Sms(to="+6591234567", content="Hello"))) for _ in range(400)]
    await asyncio.sleep(0.05)
    if sys.argv[2] == "abrupt":
        sys.exit()
asyncio.run(main())
""",
    "daemon threads": """
import sys, threading, time
from partner_messaging import Client, Sms
client = Client("sandbox-key", base_url=sys.argv[1], max_connections=200, on_event=lambda event: None)
message = Sms(to="+6591234567", content="Hello")
def work():
    while True:
        client.send(message)
for _ in range(200):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.08)
""",
    "loops in daemon threads": """
import asyncio, sys, threading, time
from partner_messaging import AsyncClient, Sms
client = AsyncClient("sandbox-key", base_url=sys.argv[1], max_connections=200, on_event=lambda event: None)
message = Sms(to="+6591234567", content="Hello")
async def main():
    while True:
        await asyncio.gather(*(client.send(message) for _ in range(40)))
for _ in range(8):
    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
time.sleep(0.15)
""",
}


@pytest.mark.parametrize("answers", ["stalled", "answered"])
@pytest.mark.parametrize("name", CROWDED_EXITS)
def test_an_exit_amid_a_crowd_of_calls_is_quiet(name: str, answers: str, sandbox: Sandbox) -> None:
    sandbox.set_state(balance="10000000.00")
    if answers == "stalled":
        sandbox.set_fault("stall")
    for run in range(RUNS):
        done = python(CROWDED_EXITS[name], sandbox.url, "abrupt" if run % 2 else "gentle")
        assert (done.returncode, done.stderr) == (0, "")
        sandbox.clear_requests()


# As a server that loads its program before it forks its workers: clients made and
# used in the parent serve threads and loops of parent and workers alike.
PRELOADED = """
import asyncio, logging, os, sys, threading
from partner_messaging import AsyncClient, Client, Sms

events = []
logging.getLogger("partner_messaging").setLevel(logging.DEBUG)
logging.getLogger("partner_messaging").addHandler(logging.NullHandler())
client = Client("sandbox-key", base_url=sys.argv[1], on_event=events.append)
async_client = AsyncClient("sandbox-key", base_url=sys.argv[1], on_event=events.append)
message = Sms(to="+6591234567", content="Hello")

async def crowd():
    receipts = await asyncio.gather(*(async_client.send(message) for _ in range(8)))
    assert all(receipt.status == "SENT" for receipt in receipts)

def serve():
    assert client.send(message).status == "SENT"
    asyncio.run(crowd())

def work():
    del events[:]
    threads = [threading.Thread(target=serve) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [event.outcome for event in events].count("sent") == 4 * 9, events

serve()
stop = threading.Event()
def busy():
    while not stop.is_set():
        serve()
background = threading.Thread(target=busy)  # the parent is in mid-call when it forks
background.start()
workers = []
for _ in range(4):
    worker = os.fork()
    if worker == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    workers.append(worker)
statuses = [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]
stop.set()
background.join()
work()
assert statuses == [0] * 4, statuses
"""


def test_a_server_that_forks_after_loading(sandbox: Sandbox) -> None:
    sandbox.set_state(balance="10000000.00")
    for _ in range(RUNS):
        done = python(PRELOADED, sandbox.url, options=("-W", "ignore::DeprecationWarning"))
        assert (done.returncode, done.stderr) == (0, "")
        sandbox.clear_requests()


STRICT = """
import asyncio, gc, os, pickle, sys, time
import partner_messaging, partner_messaging.testing
from partner_messaging import AsyncClient, Client, OutcomeUnknownError, Sms
from partner_messaging.testing import Sandbox

message = Sms(to="+6591234567", content="Hello")
sandbox = Sandbox()
before = len(os.listdir("/proc/self/fd"))

def blocking():
    client = sandbox.client()  # never closed
    client.send(message)
    sandbox.push_fault("reset")
    try:
        client.send(message)
    except OutcomeUnknownError as error:
        pickle.loads(pickle.dumps(error))

async def in_asyncio():
    client = sandbox.async_client()  # never closed
    await asyncio.gather(*(client.send(message) for _ in range(20)))
    sandbox.push_fault("stall")
    requests = len(sandbox.requests)
    task = asyncio.create_task(client.send(message))
    while len(sandbox.requests) == requests:
        await asyncio.sleep(0.01)
    task.cancel()
    await asyncio.wait([task])

blocking()
asyncio.run(in_asyncio())
gc.collect()
# What is left in the end is the background runtime's own and the loop's last queue.
until = time.monotonic() + 60
while len(os.listdir("/proc/self/fd")) > before + 8:
    assert time.monotonic() < until, os.listdir("/proc/self/fd")
    time.sleep(0.01)
sandbox.stop()
"""


def test_nothing_to_warn_of(sandbox: Sandbox) -> None:
    """Neither for a client that nobody closed: it needs no loop to let its connections go, and does."""
    done = python(STRICT, options=("-X", "dev", "-W", "error", "-b"))
    assert (done.returncode, done.stderr) == (0, "")


INTERRUPTED = """
import os, signal, sys, threading, time
from partner_messaging import Client, Sms
sending = threading.Event()
client = Client("sandbox-key", base_url=sys.argv[1], on_event=lambda event: event.step == "attempt" and sending.set())
message = Sms(to="+6591234567", content="Hello")
def interrupt():
    global at
    sending.wait()
    sending.clear()
    time.sleep(0.13)
    at = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)
for _ in range(7):
    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        client.send(message)
    except KeyboardInterrupt:
        print(time.monotonic() - at)
    thread.join()
"""


def test_ctrl_c_is_honoured_at_once(sandbox: Sandbox) -> None:
    """That is, within 100 ms where the processor is free; a busy machine has ten times as long."""
    sandbox.set_fault("stall")
    done = python(INTERRUPTED, sandbox.url)
    late = [float(line) for line in done.stdout.split()]
    assert len(late) == 7 and statistics.median(late) < 1, (late, done.stderr)


SUBINTERPRETER = """
import sys
try:
    import _interpreters as interpreters
except ImportError:
    import _xxsubinterpreters as interpreters
program = '''
try:
    import partner_messaging
except ImportError as error:
    assert "subinterpreters" in str(error), error
else:
    raise SystemError("it was loaded")
'''
import partner_messaging
for _ in range(2):
    interpreter = interpreters.create()
    failed = interpreters.run_string(interpreter, program)
    assert failed is None, failed
    interpreters.destroy(interpreter)
assert not issubclass(partner_messaging.OutcomeUnknownError, OSError)
partner_messaging.Client("key", base_url=sys.argv[1])
"""


def test_a_subinterpreter_is_told_that_it_can_not(sandbox: Sandbox) -> None:
    done = python(SUBINTERPRETER, sandbox.url)
    assert (done.returncode, done.stderr) == (0, "")
