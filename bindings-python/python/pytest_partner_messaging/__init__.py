"""The pytest plugin of partner-messaging: the fixture ``partner_messaging_sandbox``.

A package of its own, because pytest imports every installed plugin at its start:
this one costs nothing until a test asks for the fixture.
"""

from __future__ import annotations

import pytest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from partner_messaging.testing import Sandbox


@pytest.fixture
def partner_messaging_sandbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """A running sandbox of the test's own: a real server on this machine.

    While the test runs, the environment points to it: a ``Client()`` of the
    tested program sends there. Clients of anything but loopback are refused
    (``PARTNER_MESSAGING_ALLOW=loopback``).
    """
    from partner_messaging.testing import Sandbox

    # Whatever it was set to, and before the sandbox, which would set it only if it were not.
    monkeypatch.setenv("PARTNER_MESSAGING_ALLOW", "loopback")
    with Sandbox() as sandbox:
        monkeypatch.setenv("PARTNER_MESSAGING_API_KEY", sandbox.api_key)
        monkeypatch.setenv("PARTNER_MESSAGING_BASE_URL", sandbox.url)
        yield sandbox
