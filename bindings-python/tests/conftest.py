"""What the tests have in common: a sandbox and clients of it."""

import pytest

from partner_messaging.testing import Sandbox


@pytest.fixture
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def client(sandbox):
    with sandbox.client() as client:
        yield client
