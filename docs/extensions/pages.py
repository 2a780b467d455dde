"""READMEs that are pages of the site, too: their links go to the site's pages where it has them.

A link to a file of the repository that is no page, such as a picture, leads to a copy of it; one to
a folder or to a document that the site doesn't have becomes plain text.
"""

import os
import re
from pathlib import Path

from sphinx.application import Sphinx

from programs import shown

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
# Which page has what a document of the repository has.
PAGES = {
    "README.md": "index.md",
    "cli/README.md": "command-line.md",
    "journal/README.md": "journal.md",
    "journal/GUARANTEES.md": "guarantees.md",
    "journal/SCALING.md": "scaling.md",
    "sandbox/README.md": "sandbox.md",
    "tests/bench/README.md": "speed.md",
    "bindings-python/README.md": "python.md",
    "bindings-node/README.md": "node.md",
    "bindings-c/README.md": "c.md",
}


def link(match: re.Match[str], folder: Path) -> str:
    """A link of a page in `folder`, as it has to be on the site."""
    image, text, target, anchor = match[1], match[2], match[3], match[4] or ""
    if not target or ":" in target:
        return match[0]
    file = Path(os.path.normpath(folder / target))
    page = PAGES.get(str(file.relative_to(ROOT)))
    if page:
        return f"{image}[{text}]({page}{anchor})"
    if file.suffix in {".png", ".svg"}:
        return f"{image}[{text}]({os.path.relpath(file, DOCS)})"
    return text


def included(app: Sphinx, path: Path, docname: str, content: list[str]) -> None:
    if path.suffix == ".md":
        folder = (DOCS / path).resolve().parent
        content[0] = re.sub(
            r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)#\s]*)(#[^)\s]*)?\)", lambda match: link(match, folder), content[0]
        )
        # What a doctest is told, and the lines that it hides.
        content[0] = re.sub(
            r"^```rust\S*\n(.*?)^```$", lambda match: f"```rust\n{shown(match[1])}```", content[0], flags=re.DOTALL | re.MULTILINE
        )


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("include-read", included)
    return {"parallel_read_safe": True}
