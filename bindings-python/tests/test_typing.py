"""The types: the package's own, its users', and the stubs against the native module."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

from support import HANGS

import partner_messaging

PACKAGE = Path(partner_messaging.__file__).parent
USAGE = Path(__file__).parent / "typed" / "usage.py"


# basedpyright's --verifytypes ignores --pythonpath and asks the `python` of PATH where packages are.
ENVIRONMENT = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def check(folder: Path, *arguments: str | Path) -> None:
    command = [sys.executable, "-m", *arguments]
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, timeout=4 * HANGS)
    assert done.returncode == 0, done.stdout + done.stderr


def mypy(folder: Path, *arguments: str | Path) -> None:
    options = ["--strict", "--warn-unreachable", "--config-file=", "--cache-dir", folder / "cache"]
    check(folder, "mypy", *options, "--python-version", "3.11", *arguments)


def test_the_package(tmp_path: Path) -> None:
    mypy(tmp_path, "-p", "partner_messaging", "-p", "pytest_partner_messaging")


def test_a_users_program(tmp_path: Path) -> None:
    mypy(tmp_path, USAGE)


def test_the_stubs_are_those_of_the_native_module(tmp_path: Path) -> None:
    allowed = tmp_path / "allowed"
    # Names for annotations only; and a list that pyo3 makes, of a module that is private.
    names = ["Amount", "Completion", "Json", "Message", "Options", "Raw", "__all__"]
    allowed.write_text("".join(f"partner_messaging._native.{name}\n" for name in names))
    # Disjoint bases (PEP 800) are a matter of layout that older type checkers don't know.
    options = ["--allowlist", allowed, "--ignore-disjoint-bases", "--ignore-unused-allowlist"]
    check(tmp_path, "mypy.stubtest", "partner_messaging._native", *options)


def test_a_users_program_in_pyrights_strict_mode(tmp_path: Path) -> None:
    config = tmp_path / "pyrightconfig.json"
    config.write_text(json.dumps({"include": [str(USAGE)], "typeCheckingMode": "strict"}))
    check(tmp_path, "basedpyright", "-p", config, "--pythonpath", sys.executable)


def typed(file: str, name: str) -> dict[str, tuple[list[str], str | None]]:
    """The parameters of a class's constructor and public methods, and what they return, as its source has them."""
    statements = ast.parse((PACKAGE / file).read_text("utf-8")).body
    (found,) = (each for each in statements if isinstance(each, ast.ClassDef) and each.name == name)
    methods = {}
    for method in found.body:
        if isinstance(method, (ast.FunctionDef, ast.AsyncFunctionDef)):
            parameters = [*method.args.posonlyargs, *method.args.args, *method.args.kwonlyargs][1:]
            parameters += [method.args.kwarg] if method.args.kwarg else []
            made = method.name in ("__init__", "__new__")
            returned = None if made or method.returns is None else ast.unparse(method.returns)
            methods["__init__" if made else method.name] = [ast.unparse(each) for each in parameters], returned
    return {method: types for method, types in methods.items() if method == "__init__" or not method.startswith("_")}


def test_both_clients_have_the_same_types() -> None:
    blocking, awaited = typed("_client.py", "Client"), typed("_async.py", "AsyncClient")
    assert awaited.pop("list_messages") == (blocking.pop("list_messages")[0], "AsyncMessages")
    (messages, *options), result = awaited.pop("send_many")
    assert (messages, result) == ("messages: Iterable[BatchItem] | AsyncIterable[BatchItem]", "AsyncSendMany")
    assert (["messages: Iterable[BatchItem]", *options], "SendMany") == blocking.pop("send_many")
    assert awaited == blocking and len(blocking) > 7


def test_every_public_type_is_known(tmp_path: Path) -> None:
    check(tmp_path, "basedpyright", "--ignoreexternal", "--verifytypes", "partner_messaging")
