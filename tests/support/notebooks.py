"""Where the notebooks are, and what they say."""

import re
from pathlib import Path

import nbformat
from nbval.plugin import get_sanitize_patterns

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = NOTEBOOKS / "solutions"
SOURCES = sorted(NOTEBOOKS.glob("src/*.py"))
VARIES = dict(get_sanitize_patterns((NOTEBOOKS / "sanitize.cfg").read_text(encoding="utf-8")))


def read(path):
    return nbformat.read(path, 4)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def text(output):
    """Return what nbval compares of an output; of pictures it compares nothing."""
    said = output.get("text") or output.get("data", {}).get("text/plain") or ""
    for pattern, put in VARIES.items():
        said = re.sub(pattern, put, said)
    return said
