"""What the tests of several files use: how they wait for what is to happen, for as long as a
busy machine needs, and how they look at what was cancelled."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from partner_messaging import Event

# Only what hangs takes so many seconds.
HANGS = 300

# After these seconds it is taken for granted that what was to happen does not.
PATIENCE = 60


def until(is_true: Callable[[], object]) -> None:
    """Waits until it is true."""
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, "it never came to be"
        time.sleep(0.005)


async def until_async(is_true: Callable[[], object]) -> None:
    """Like ``until``; the event loop goes on."""
    end = time.monotonic() + PATIENCE
    while not is_true():
        assert time.monotonic() < end, "it never came to be"
        await asyncio.sleep(0.005)


def steps_of_calls(on_event: Callable[[Event], object]) -> Callable[[Event], None]:
    """The callback without what is only told on a busy machine: that it took long itself."""

    def called(event: Event) -> None:
        if event.step != "slow_callback":
            on_event(event)

    return called


def own(cancelled: Any) -> Any:
    """The call's own CancelledError: who awaits a cancelled task in Python 3.10
    gets another one, whose context it is."""
    while not hasattr(cancelled, "outcome") and cancelled.__context__ is not None:
        cancelled = cancelled.__context__
    return cancelled
