"""A driver of its own process: address of the cluster, journal, how many people and workers."""

from __future__ import annotations

import os
import sys

import ray
from campaign import IN_FLIGHT, people, to_message

from partner_messaging.ray import send_dataset

if __name__ == "__main__":
    address, journal, count, workers = sys.argv[1:]
    ray.init(address=address, log_to_driver=False)
    send_dataset(
        people(int(count)),
        to_message,
        key="id",
        journal=journal,
        concurrency=int(workers),
        batch_size=50,
        max_in_flight=IN_FLIGHT,
        timeout=20,
        base_url=os.environ["PARTNER_MESSAGING_BASE_URL"],
    )
