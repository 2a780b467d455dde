"""Campaigns over two Ray nodes: their sums, their rate and what stops them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from campaign import options, people, to_message
from ray.cluster_utils import Cluster
from sums import arrivals, check, phone

from partner_messaging import InsufficientCreditError, PartnerMessagingError
from partner_messaging.ray import send_dataset
from partner_messaging.testing import Sandbox

README = Path(__file__).parents[2] / "bindings-python/README.md"

# How much later than another message one may arrive on this machine, in seconds.
DELAY = 0.5


def test_a_campaign_adds_up_and_runs_again(cluster: Cluster, sandbox: Sandbox, journal: str) -> None:
    told: list[Any] = []
    for _ in range(2):
        summary = send_dataset(
            people(600), to_message, journal=journal, on_progress=told.append, **options(sandbox)
        )
        assert (summary.sent, summary.unknown, summary.in_progress) == (600, 0, 0)
        assert told[-1] == summary == check(sandbox, journal, 600)
    assert len(sandbox.requests) == 600


def test_the_rate_is_that_of_all_nodes_together(
    cluster: Cluster, sandbox: Sandbox, journal: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A message and the one that is a second's worth after it leave a second apart. What is
    seen of that is when they arrive."""
    rate, count = 100, 1000
    send_dataset(people(count), to_message, journal=journal, concurrency=4, max_rate=rate, **options(sandbox))
    times = arrivals(sandbox)
    assert len({request["connection"] for request in sandbox.requests}) >= 4 and len(times) == count
    apart = [later - earlier for earlier, later in zip(times, times[rate:])]
    with capsys.disabled():
        print(f"\nno {rate + 1} messages arrived within less than {min(apart):.3f} s")
    assert min(apart) >= 1 - DELAY
    # In whole seconds a delay is of no weight.
    for seconds in range(2, count // rate):
        assert times[seconds * rate] - times[0] >= seconds - DELAY
    check(sandbox, journal, count)


def test_what_stops_one_worker_stops_the_campaign(cluster: Cluster, sandbox: Sandbox, journal: str) -> None:
    sandbox.set_state(balance="1.00")
    with pytest.raises(InsufficientCreditError):
        send_dataset(people(1000), to_message, journal=journal, **options(sandbox))
    requests = len(sandbox.requests)
    assert requests < 1000
    # Until somebody resumes it, also when there is money.
    sandbox.set_state(balance="1000.00")
    with pytest.raises(PartnerMessagingError, match="journal resume"):
        send_dataset(people(1000), to_message, journal=journal, **options(sandbox))
    assert len(sandbox.requests) == requests


def test_the_readmes_program(
    cluster: Cluster, sandbox: Sandbox, journal: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"id": str(n), "phone": phone(n)} for n in range(300)]
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), "people.parquet")
    programs = re.findall(r"```py\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
    (program,) = [program for program in programs if "import ray" in program]
    program, places = re.subn(r'"postgresql://.*?"', repr(journal), program.replace("people.parquet", str(tmp_path / "people.parquet")))
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(program, names)
    assert places == 1 and names["summary"] == check(sandbox, journal, 300)
