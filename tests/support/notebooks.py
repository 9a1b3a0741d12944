"""Where the notebooks are, and what they say."""

from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
SOLUTIONS = NOTEBOOKS / "solutions"
SOURCES = sorted(NOTEBOOKS.glob("src/*.py"))


def read(path):
    return nbformat.read(path, 4)


def tags(cell):
    return set(cell.metadata.get("tags", []))


def text(output):
    """Return what nbval compares of an output; of pictures it compares nothing."""
    return output.get("text") or output.get("data", {}).get("text/plain") or ""
