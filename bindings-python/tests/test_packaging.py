"""What the installed package says of itself, as the package index checks it."""

from __future__ import annotations

from email import message_from_bytes
from importlib.metadata import distribution
from pathlib import Path

import trove_classifiers
from packaging.metadata import Metadata

import partner_messaging


DISTRIBUTION = distribution("partner-messaging")


def test_the_metadata_is_valid() -> None:
    text = DISTRIBUTION.read_text("METADATA")
    assert text is not None
    metadata = Metadata.from_email(text, validate=True)
    assert str(metadata.version) == partner_messaging.__version__
    assert str(metadata.license_expression) == "MIT OR Apache-2.0"
    assert set(metadata.classifiers or ()) <= trove_classifiers.classifiers
    assert metadata.description_content_type is not None and "markdown" in metadata.description_content_type
    readme = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
    assert metadata.description is not None and metadata.description.strip() == readme.strip()
    # Nothing but this package is installed by those who ask for no more.
    assert {str(wanted.marker) for wanted in metadata.requires_dist or ()} == {'extra == "ray"'}


def test_the_licences_are_in_it() -> None:
    files = {file.name: file for file in DISTRIBUTION.files or ()}
    for name, words in (("LICENSE-MIT", "Permission is hereby granted"), ("LICENSE-APACHE", "Apache License")):
        assert words in files[name].read_text()


def test_what_is_linked_in_is_named() -> None:
    files = {file.name: file for file in DISTRIBUTION.files or ()}
    notices = files["THIRD-PARTY-LICENSES.txt"].read_text()
    assert all(f"\n  {name} " in notices for name in ("SQLite", "pyo3", "ring", "tokio"))


def test_one_wheel_is_for_all_pythons() -> None:
    wheel = DISTRIBUTION.read_text("WHEEL")
    assert wheel is not None
    tags = message_from_bytes(wheel.encode()).get_all("Tag") or []
    assert tags and all(tag.startswith("cp310-abi3-manylinux") for tag in tags)
