"""Whether the sums of a campaign are those of the service, whatever was done to it meanwhile."""

from __future__ import annotations

import json
import os
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from partner_messaging import Journal, JournalSummary
from partner_messaging.testing import Sandbox

# How long what must happen may take on a busy machine, in seconds.
PATIENCE = 300


def until(is_true: Callable[[], object]) -> None:
    """Waits until it is true."""
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.01)


def rows(count: int) -> list[dict[str, Any]]:
    return [{"id": n, "phone": phone(n)} for n in range(count)]


def phone(id: int) -> str:
    return f"+65{91000000 + id}"


def kill(*pids: int) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGKILL)


def arrivals(sandbox: Sandbox) -> list[float]:
    """When each request had come, by the sandbox's clock, in seconds."""
    with urllib.request.urlopen(f"{sandbox.url}/sandbox/entries") as lines:
        return sorted(json.loads(line)["at"] / 1000 for line in lines)


def check(sandbox: Sandbox, journal: str, count: int) -> JournalSummary:
    """Every row has an end, no key was accepted twice, and the journal says what the service
    says: what that accepted is sent, or unknown if nobody could learn of it."""
    with Journal(journal) as opened:
        # What died has left claims, which are unknown when their time is over.
        until(lambda: opened.summary().in_progress == 0)
        summary, records = opened.summary(), list(opened.records())
    assert sorted(int(record.key) for record in records) == list(range(count)), "rows are lost"
    by_outcome = Counter(record.outcome for record in records)
    assert (by_outcome["sent"], by_outcome["unknown"]) == (summary.sent, summary.unknown)
    assert summary.sent + summary.unknown == count, by_outcome
    assert summary.conflicts == 0
    accepted = {message["messageId"]: message for message in sandbox.messages}
    times = Counter(message["recipient"] for message in accepted.values())
    assert set(times.values()) == {1}, "a key was accepted twice"
    sent = {record.message_id for record in records if record.outcome == "sent"}
    assert len(sent) == summary.sent and sent <= set(accepted)
    unknown = {phone(int(record.key)) for record in records if record.outcome == "unknown"}
    assert {accepted[id]["recipient"] for id in set(accepted) - sent} <= unknown
    cost = sum((total.cost for total in summary.totals if total.currency == "SGD"), Decimal(0))
    assert cost == sum(Decimal(str(accepted[id]["cost"])) for id in sent)
    return summary
