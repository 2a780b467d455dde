"""The demonstration: a campaign of 20,000 over two Ray nodes, one of which dies in the midst of it."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from decimal import Decimal
from pathlib import Path
from typing import Any

import ray
from campaign import Known, people
from ray.cluster_utils import Cluster
from sums import check, kill, until

from partner_messaging import Journal, JournalSummary
from partner_messaging.ray import send_dataset
from partner_messaging.testing import Sandbox

MESSAGES = 20_000

WORKERS = 4

IN_FLIGHT = 32

OUT = sys.stdout


def say(line: str) -> None:
    print(line, file=OUT, flush=True)


def main() -> None:
    journal = f"{os.environ['PARTNER_MESSAGING_TEST_POSTGRES']}?journal=demo"
    # It takes its time for an answer, as a service does, so that messages are under way as the node dies.
    with Sandbox(balance="1000000") as sandbox, tempfile.TemporaryDirectory() as folder:
        sandbox.set_fault("stall", ms=50)
        known = Known(Path(folder))
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 4, "include_dashboard": False})
        other = cluster.add_node(num_cpus=4)
        ray.init(address=cluster.address, log_to_driver=False)
        ray.data.DataContext.get_current().enable_progress_bars = False
        try:
            run(sandbox, cluster, other, known, journal)
        finally:
            ray.shutdown()
            cluster.shutdown()


def run(sandbox: Sandbox, cluster: Cluster, other: Any, known: Known, journal: str) -> None:
    say(f"{MESSAGES} messages, {WORKERS} workers on two nodes, one journal on PostgreSQL\n")
    say(f"{'seconds':>8} {'sent':>8} {'in progress':>12} {'unknown':>8}")
    begun = time.monotonic()

    def show(summary: JournalSummary) -> None:
        if not summary.sent:
            return  # The workers are being started.
        seconds = time.monotonic() - begun
        say(f"{seconds:8.0f} {summary.sent:8} {summary.in_progress:12} {summary.unknown:8}")

    with ThreadPoolExecutor(1) as thread:
        campaign = thread.submit(
            send_dataset,
            people(MESSAGES),
            known,
            key="id",
            journal=journal,
            concurrency=WORKERS,
            max_in_flight=IN_FLIGHT,
            timeout=15,
            on_progress=show,
            api_key=sandbox.api_key,
            base_url=sandbox.url,
        )
        with Journal(journal) as opened:
            until(lambda: campaign.done() or opened.summary().sent >= MESSAGES // 2)
        killed = known.pids(other.node_id)
        kill(*killed)
        cluster.remove_node(other, allow_graceful=False)
        say(f"one node is dead, and its {len(killed)} workers with it")
        campaign.result()
    tell(sandbox, check(sandbox, journal, MESSAGES), len(killed))


def tell(sandbox: Sandbox, summary: JournalSummary, killed: int) -> None:
    """The journal's sums beside the sandbox's record, which were found to agree key by key."""
    accepted = sandbox.messages
    recipients = {message["recipient"] for message in accepted}
    cost = sum((total.cost for total in summary.totals), Decimal(0))
    spent = Decimal("1000000") - Decimal(sandbox.state["balance"])
    say(f"\n{'':36} {'journal':>10} {'sandbox':>10}")
    rows = [
        ("sent", summary.sent, summary.sent),
        ("unknown, and accepted all the same", "", len(accepted) - summary.sent),
        ("unknown, all", summary.unknown, ""),
        ("together", summary.sent + summary.unknown, len(accepted)),
        ("accepted twice", "", len(accepted) - len(recipients)),
        ("SGD, without and with unknown ones", cost, spent),
    ]
    for name, ours, theirs in rows:
        say(f"{name:36} {ours:>10} {theirs:>10}")
    say(f"\nUnder way on the dead node were {killed * IN_FLIGHT} at most.")
    if killed == 0 or summary.unknown > killed * IN_FLIGHT:
        sys.exit("more is unknown than was under way")


if __name__ == "__main__":
    # Ray says a lot about a node that dies: nobody needs it if all ends well.
    with tempfile.TemporaryFile("w+") as said:
        try:
            with redirect_stdout(said), redirect_stderr(said):
                main()
        except BaseException:
            said.seek(0)
            sys.stderr.write(said.read())
            raise
