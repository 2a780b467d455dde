"""What the tests have in common: a sandbox and clients of it."""

import signal

import pytest

from partner_messaging.testing import Sandbox

# A shell makes what it starts in the background ignore Ctrl-C, and all that starts:
# a handler is what programs of the tests don't inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox):
    with sandbox.client() as client:
        yield client
