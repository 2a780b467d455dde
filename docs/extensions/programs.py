"""The programs of the guide: none is written in it, each is a file, or a part of a README, that tests run.

    ```{programs}
    python: bindings-python/README.md#keys-and-the-journal
    rust: core/examples/first.rs
    ```

makes a tab for each language. Of a page it is the first program of that section which is written
in the language; what can't be found is an error.
"""

import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]

# The tab's name, what a fence of the language begins with, and the highlighter.
LANGUAGES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "python": ("Python", ("python", "py"), "python"),
    "node": ("Node", ("ts", "js"), "typescript"),
    "rust": ("Rust", ("rust", "rust,no_run"), "rust"),
    "c": ("C", ("c",), "c"),
    "cpp": ("C++", ("cpp",), "cpp"),
    "terminal": ("Terminal", ("sh",), "console"),
}


def slug(heading: str) -> str:
    """What a heading's link is on a page of Markdown."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def section(text: str, wanted: str) -> str:
    """A section without its heading, up to the next heading of its level or above."""
    lines = text.splitlines(keepends=True)
    fenced = False
    begin, level = None, 0
    for number, line in enumerate(lines):
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"(#+) (.*)", line)
        if heading and begin is None and slug(heading[2]) == wanted:
            begin, level = number + 1, len(heading[1])
        elif heading and begin is not None and len(heading[1]) <= level:
            return "".join(lines[begin:number])
    if begin is None:
        raise LookupError(f"no section {wanted}")
    return "".join(lines[begin:])


def shown(code: str) -> str:
    """A program in Rust without the lines that only its doctest needs."""
    return re.sub(r"^# .*\n", "", code, flags=re.MULTILINE)


def program(place: str, fences: tuple[str, ...]) -> str:
    """A whole file, or a section's first program in the language."""
    path, _, wanted = place.partition("#")
    text = (ROOT / path).read_text("utf-8")
    if not wanted:
        return text
    words = "|".join(map(re.escape, fences))
    found = re.search(rf"^```(?:{words})\n(.*?)^```$", section(text, wanted), re.DOTALL | re.MULTILINE)
    if not found:
        raise LookupError(f"no program in {fences[0]} in the section {wanted} of {path}")
    return shown(found[1]) if fences[0] == "rust" else found[1]


class Programs(SphinxDirective):
    has_content = True

    def run(self) -> list[nodes.Node]:
        text = ["::::{tab-set}", ":sync-group: language", ""]
        for line in self.content:
            language, _, place = line.partition(": ")
            name, fences, highlighter = LANGUAGES[language]
            self.env.note_dependency(str(ROOT / place.partition("#")[0]))
            try:
                code = program(place, fences)
            except (LookupError, OSError) as problem:
                raise self.error(f"{place}: {problem}") from problem
            text += [f":::{{tab-item}} {name}", f":sync: {language}", f"````{highlighter}", code.rstrip(), "````", ":::", ""]
        text.append("::::")
        return self.parse_text_to_nodes("\n".join(text))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("programs", Programs)
    return {"parallel_read_safe": True}
