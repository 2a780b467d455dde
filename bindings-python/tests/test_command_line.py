"""The console script, which is the command line in this process: its own tests are in ``cli``."""

import os
import subprocess
import sys
from importlib.metadata import entry_points

from support import HANGS

import partner_messaging
from partner_messaging.__main__ import main


def run(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "partner_messaging", *arguments],
        capture_output=True,
        text=True,
        timeout=HANGS,
        env={**os.environ, **environment},
    )


def test_the_script_and_the_module_are_the_same():
    (script,) = entry_points(group="console_scripts", name="partner-messaging")
    assert script.load() is main
    done = run("--version")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"partner-messaging {partner_messaging.__version__}\n",
        "",
    )


def test_it_ends_with_the_status_of_the_command_line(sandbox):
    place = {"PARTNER_MESSAGING_API_KEY": sandbox.api_key, "PARTNER_MESSAGING_BASE_URL": sandbox.url}
    message = ["send", "--channel", "SMS", "--to", "+6591234567", "--content", "Hello"]
    done = run(*message, **place)
    assert done.returncode == 0 and done.stdout.startswith("sent as msg_"), done
    assert dict(sandbox.requests[0]["headers"])["user-agent"].startswith("partner-messaging-python/")
    sandbox.push_fault("close_after_read")
    done = run(*message, **place)
    assert done.returncode == 3 and done.stderr.startswith("partner-messaging: "), done
    done = run("sned")
    assert done.returncode == 2 and "Traceback" not in done.stderr and not done.stdout
