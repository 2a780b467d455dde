"""A campaign of the tests: its rows, its messages, its workers."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import ray
from sums import rows

from partner_messaging import Sms
from partner_messaging.testing import Sandbox

# How many messages a worker has under way: what is unknown after its death is no more.
IN_FLIGHT = 16


def people(count: int) -> Any:
    return ray.data.from_items(rows(count), override_num_blocks=16)


def to_message(row: dict[str, Any]) -> Sms:
    return Sms(to=row["phone"], content="We are closed tomorrow.")


class Known:
    """Makes messages, and has its worker tell who it is: by a file whose name is its process, with
    its node's id in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, row: dict[str, Any]) -> Sms:
        mark = self.folder / str(os.getpid())
        if not mark.exists():
            mark.write_text(ray.get_runtime_context().get_node_id())
        return to_message(row)

    def pids(self, node: str | None = None) -> list[int]:
        """The workers that have begun, all or a node's."""
        marks = [(int(mark.name), mark.read_text()) for mark in self.folder.iterdir()]
        return [pid for pid, id in marks if node is None or id == node]


def options(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "api_key": sandbox.api_key,
        "base_url": sandbox.url,
        "key": "id",
        "batch_size": 50,
        "max_in_flight": IN_FLIGHT,
        # A worker that dies leaves claims: they are unknown when these seconds are over.
        "timeout": 20,
    }
