"""A spreadsheet sent: by the command line, and by the script that one would write instead.

bulk.py <who> <base URL> <warm-up> <rows> <in flight> <characters>; BENCH_CLI is the command line.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import KEY, Job

SCRIPT = Path(__file__).with_name("bulk_script.py")


def bulk(job, folder):
    """Every row under its own key, with the journal that is the default."""
    templates = ["--channel", "SMS", "--to", "{phone}", "--content", "{text}", "--key", "{id}"]
    return [os.environ["BENCH_CLI"], "bulk", f"{folder}/people.csv", *templates]


def script(job, folder):
    return [sys.executable, str(SCRIPT), f"{folder}/people.csv", f"{folder}/log.db", str(job.in_flight)]


# What runs before, and what is measured.
PROGRAMS = {
    "ours": (None, bulk),
    "ours-again": (bulk, bulk),
    "script": (None, script),
    "script-again": (script, script),
}


def write_rows(file, rows, text):
    with open(file, "w", encoding="utf-8") as people:
        people.write("id,phone,text\n")
        people.writelines(f"{n},+65{91_000_000 + n % 1_000_000},{text}\n" for n in range(rows))


def run(command, job):
    environment = os.environ | {"PARTNER_MESSAGING_BASE_URL": job.base_url, "PARTNER_MESSAGING_API_KEY": KEY}
    subprocess.run(command, env=environment, stdout=sys.stderr, stderr=subprocess.DEVNULL, check=True)


def main(who, *arguments):
    job = Job(*arguments, ca=None)
    before, measured = PROGRAMS[who]
    with tempfile.TemporaryDirectory(dir=os.environ["BENCH_FOLDER"]) as folder:
        write_rows(f"{folder}/people.csv", job.sends, job.content)
        if before:
            run(before(job, folder), job)
        used, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter_ns()
        run(measured(job, folder), job)
        wall = time.perf_counter_ns() - wall
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    facts = {
        "sends": job.sends,
        "cpu_us": round((after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime) * 1e6),
        "wall_us": wall // 1000,
        "rest_kb": 0,
        "peak_kb": after.ru_maxrss,
    }
    print(json.dumps(facts))


main(*sys.argv[1:])
