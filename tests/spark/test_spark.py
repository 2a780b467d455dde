"""The README's program for Spark, with executors of their own, one of which is killed inside sends."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pandas
import pytest
from sums import check, kill, rows, until

from partner_messaging.testing import Sandbox

README = Path(__file__).parents[2] / "bindings-python/README.md"

# As many as a client has under way if nobody says otherwise.
IN_FLIGHT = 64


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """One that Spark's processes are told of."""
    with Sandbox(balance="1000000") as sandbox:
        monkeypatch.setenv("PARTNER_MESSAGING_API_KEY", sandbox.api_key)
        monkeypatch.setenv("PARTNER_MESSAGING_BASE_URL", sandbox.url)
        yield sandbox


def below(pid: int) -> Iterator[int]:
    """The processes that one has started, and those that they have."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from below(int(child))


def executors(driver: int) -> list[int]:
    name = b"CoarseGrainedExecutorBackend"
    return [pid for pid in below(driver) if name in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_an_executor_that_is_killed_doubles_nothing(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    count = 1000
    journal = f"{os.environ['PARTNER_MESSAGING_TEST_POSTGRES']}?journal={uuid.uuid4().hex}"
    # In parts, each of which is a task.
    (tmp_path / "people.parquet").mkdir()
    for part in range(10):
        frame = pandas.DataFrame(rows(count)[part::10])
        frame.to_parquet(tmp_path / f"people.parquet/{part}.parquet", row_group_size=100)
    programs = re.findall(r"```py\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    (program,) = [program for program in programs if "pyspark" in program]
    program, places = re.subn(r'"postgresql://.*?"', repr(journal), program)
    assert places == 1
    (tmp_path / "campaign.py").write_text(program)
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    settings = "--master local-cluster[2,1,1024] --conf spark.ui.enabled=false --conf spark.sql.files.maxPartitionBytes=4096"
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", f"{settings} --conf spark.sql.files.openCostInBytes=4096 pyspark-shell")
    sandbox.set_fault("stall", ms=5000)
    command = [sys.executable, "campaign.py"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as driver:
        try:
            until(lambda: len(sandbox.requests) >= 2 * IN_FLIGHT)
            killed = executors(driver.pid)[0]
            kill(*below(killed), killed)
            sandbox.set_fault(None)
            output, _ = driver.communicate()
        finally:
            driver.kill()
    assert driver.returncode == 0 and "outcome" in output
    summary = check(sandbox, journal, count)
    assert 1 <= summary.unknown <= IN_FLIGHT, "more than the executor had under way"
    # Again, and nothing is sent.
    requests = len(sandbox.requests)
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (check(sandbox, journal, count), len(sandbox.requests)) == (summary, requests)
