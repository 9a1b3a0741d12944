"""Run each cell of a lesson twice, and each section again after its end; print what then differs, as JSON.

    python tests/support/again.py notebooks/src/02_sigmoid.py

A tenth of the mini-batches will do, in a panel after half an epoch: what is compared is a cell with itself.
Run it in a process of its own: lessons plug functions into mnet.
"""

import ast
import io
import json
import linecache
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path

import jupytext
from nbval.plugin import get_sanitize_patterns

import mnet
from mnet.live.training import Training

SANITIZE = Path(__file__).parents[2] / "notebooks" / "sanitize.cfg"
VARIES = dict(get_sanitize_patterns(SANITIZE.read_text(encoding="utf-8")))


def run(source, names):
    """Run a cell as a kernel does; return what it prints, and its last value if that is plain."""
    tree, last = ast.parse(source), None
    if tree.body and isinstance(tree.body[-1], ast.Expr):
        last = ast.Expression(tree.body.pop().value)
    cell = f"<cell {hash(source)}>"
    linecache.cache[cell] = len(source), None, source.splitlines(keepends=True), cell  # as IPython does
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, cell, "exec"), names)
        value = eval(compile(last, cell, "eval"), names) if last else None
    plain = type(value).__module__.startswith(("builtins", "numpy", "mnet.checks"))
    return printed.getvalue() + (repr(value) if plain else "")


def sections(path, leave_out):
    """Return the code cells of each section of a source, as (text, whether its output may differ)."""
    found = [[]]
    for cell in jupytext.read(path).cells:
        tags = cell.metadata.get("tags", [])
        if cell.cell_type == "markdown" and f"\n{cell.source}".count("\n## "):
            found.append([])
        if cell.cell_type == "code" and leave_out not in tags:
            shows_yours = "figures.source(" in cell.source  # once it is plugged in
            found[-1].append((cell.source, shows_yours or "nbval-ignore-output" in tags))
    return found


def differences(parts):
    """Yield the cells that fail or say something else when they are run in place again, or after the end."""
    names = {"__name__": "__main__"}
    first = {}
    for part in parts:
        for source, free in part:
            first[source] = run(source, names)
            yield from again(source, free, first, names, "at once")
    for part in reversed(parts):  # so that none is helped by one before it
        for source, free in part:
            yield from again(source, free, first, names, "after the end")


def again(source, free, first, names, when):
    """Yield a difference if there is one."""
    try:
        found = run(source, names)
    except Exception as error:
        yield f"{when}: {type(error).__name__}: {error}", source
    else:
        if not free and compared(found) != compared(first[source]):
            yield f"{when}: {found!r} in place of {first[source]!r}", source


def compared(said):
    """Return a text as nbval compares it: without the numbers behind ≈."""
    for pattern, put in VARIES.items():
        said = re.sub(pattern, put, said)
    return said


if __name__ == "__main__":
    deal = mnet.Split.deal
    mnet.Split.deal = lambda split, batches: deal(split, batches[::10])
    learn = Training._learn
    Training._learn = lambda run, *how: learn(run, *how) if run.steps < 2_500 or run.steps % 10 == 0 else None
    print(json.dumps([*differences(sections(sys.argv[1], leave_out=sys.argv[2]))]))
