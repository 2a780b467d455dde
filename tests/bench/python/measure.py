"""What each Python program of the benchmark measures of itself."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

KEY = "bench-key"
HEADERS = {"x-api-key": KEY, "Content-Type": "application/json"}
TO = "+6591234567"


class Job:
    """What a program is to do: where, so many sends after a warm-up, so many in flight, how long."""

    def __init__(self, url, warm_up, sends, in_flight, characters, ca):
        self.base_url = url
        self.url = f"{url}/partner/message/send"
        self.warm_up = int(warm_up)
        self.sends = int(sends)
        self.in_flight = int(in_flight)
        self.content = "x" * int(characters)
        self.ca = ca

    def body(self):
        return {"request": {"channel": "SMS", "to": TO, "content": self.content}}

    def measure(self, send):
        """For ``send()``, which sends one message."""
        for _ in range(self.warm_up):
            send()
        self._begin()
        for _ in range(self.sends):
            send()
        self._end()

    def measure_once(self, send_all, cpu=None):
        """For ``send_all()``, which makes all sends; ``cpu()`` tells what others took for them."""
        self._begin()
        send_all()
        self._end(cpu)

    async def measure_once_async(self, send_all):
        """For ``await send_all()``."""
        self._begin()
        await send_all()
        self._end()

    async def measure_async(self, send):
        """For ``await send()``; never more at once than are to be in flight."""
        await self._together(send, self.warm_up)
        self._begin()
        await self._together(send, self.sends)
        self._end()

    async def _together(self, send, sends):
        left = iter(range(sends))

        async def work():
            for _ in left:
                await send()

        await asyncio.gather(*(work() for _ in range(self.in_flight)))

    def _begin(self):
        self.rest = memory("VmRSS:")
        self.wall = time.perf_counter_ns()
        self.cpu = time.process_time_ns()

    def _end(self, others=None):
        cpu = time.process_time_ns() - self.cpu + (others() * 1000 if others else 0)
        wall = time.perf_counter_ns() - self.wall
        facts = {
            "sends": self.sends,
            "cpu_us": cpu // 1000,
            "wall_us": wall // 1000,
            "rest_kb": self.rest,
            "peak_kb": memory("VmHWM:"),
        }
        print(json.dumps(facts))


def memory(name):
    """A line of the kernel's account of this process, in kB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))


def check(envelope):
    """What every careful user looks at in the answer."""
    if envelope.get("success") is not True:
        raise RuntimeError("refused")
    check_id(envelope["data"]["messageId"])


def check_id(message_id):
    if not message_id.startswith("msg_"):
        raise RuntimeError("another message id")


def run(programs):
    """Runs the one that the command line names, with the job that it describes."""
    who, *job = sys.argv[1:]
    program = programs[who]
    job = Job(*job, ca=os.environ.get("BENCH_CA"))
    if asyncio.iscoroutinefunction(program):
        asyncio.run(program(job))
    else:
        program(job)
