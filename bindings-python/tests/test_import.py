"""Importing the package costs next to nothing and does nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import HANGS

import partner_messaging

FORBIDDEN = ["asyncio", "typing", "dataclasses", "decimal", "json", "logging", "inspect", "socket", "threading"]


def python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a program in a Python of its own."""
    return subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, timeout=HANGS)


def test_it_imports_nothing_heavy() -> None:
    # -S and -I: what `site` imports for this installation is not this package's.
    program = f"""
import sys
before = set(sys.modules)
import partner_messaging
new = set(sys.modules) - before
assert not new & set({FORBIDDEN!r}), sorted(new)
print(*sorted(name for name in new if not name.startswith("partner_messaging")))
"""
    done = python(program)
    assert done.returncode == 0, done.stderr
    assert set(done.stdout.split()) <= {"__future__"}


def test_it_has_no_side_effect() -> None:
    program = """
import asyncio, json, logging, os, sys, threading
def facts():
    return (len(os.listdir("/proc/self/task")), len(os.listdir("/proc/self/fd")), logging.root.handlers,
            sorted(logging.root.manager.loggerDict), dict(os.environ), sys.excepthook, threading.excepthook)
before = facts()
import partner_messaging
from partner_messaging import AsyncClient, testing
assert facts() == before
partner_messaging.Client("key"), AsyncClient("key")
assert len(os.listdir("/proc/self/task")) == 1
"""
    done = python(program)
    assert (done.returncode, done.stderr) == (0, "")


def test_asyncio_comes_with_the_asyncio_client_only() -> None:
    done = python("import sys, partner_messaging as p; a = p.AsyncClient; assert a is p.AsyncClient; import asyncio")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_names() -> None:
    assert set(partner_messaging.__all__) <= set(dir(partner_messaging))
    for name in partner_messaging.__all__:
        getattr(partner_messaging, name)
    with pytest.raises(AttributeError, match="nothing"):
        partner_messaging.nothing
    assert re.fullmatch(r"\d+\.\d+\.\d+", partner_messaging.__version__)
    done = python("from partner_messaging import *; AsyncClient, Client, Sms, ApiError")
    assert (done.returncode, done.stderr) == (0, "")


def test_it_is_the_installed_package_that_is_tested() -> None:
    from importlib.metadata import metadata, version

    assert version("partner-messaging") == partner_messaging.__version__
    assert metadata("partner-messaging")["Requires-Python"] == ">=3.10"
    files = Path(partner_messaging.__file__).parent
    assert (files / "py.typed").exists() and (files / "_native.pyi").exists()
