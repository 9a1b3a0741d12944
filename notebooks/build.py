"""Build the lessons: notebooks/src/*.py to executed notebooks for learners, and to solutions.

    python notebooks/build.py            all of them
    python notebooks/build.py 02 05      these
    python notebooks/build.py --check    build aside and compare the text outputs with the committed ones

A cell tagged "exercise" is for the learner's notebook alone, one tagged "solution" for solutions/ alone. What
a cell tagged "predict" shows answers a question of the page, so learners have it once they run the cell, and
solutions/ has it stored; an exercise tagged so, a bug to spot, stands there as well, in front of its solution.
A panel is stored as its picture and sentence. Two builds on one machine give the same bytes. For lectures,
each cell is marked as a part of a slide: the sources say nothing of slides.
"""

import os
import re
import sys
from itertools import groupby
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbval.plugin import get_sanitize_patterns

from mnet.files import DataError, write_whole
from mnet.live.saved import VIEW

HERE = Path(__file__).resolve().parent


# What a slide shows of a text: headings, formulas, tables, code and pictures, questions. The rest is for notes.
SHOWN = re.compile(r"\$\$|\||```|!\[|\*\*(Ask|By hand)|\*\*[^*]+\?\*\*|.*\*\*(Predict|Before you look)")
LONG = 13  # rows of a table: what has more, no slide holds, so it is for notes
BLOCK = re.compile(r"(?:^```.*?^```$|^\$\$.*?\$\$$|.)+?(?:\n\n+|\Z)", re.MULTILINE | re.DOTALL)


def kind(paragraph):
    """Return what a paragraph is in a lecture: a section's heading, a step's, shown, or notes."""
    if heading := re.match("#+ ", paragraph):
        return "slide" if len(heading[0]) <= 3 else "subslide"
    if paragraph.startswith("|") and len(paragraph.strip().splitlines()) > LONG:
        return "notes"
    return "shown" if SHOWN.match(paragraph) else "notes"


def slides(cells):
    """Yield the cells with their slide types: a lecture goes right by sections, and down by steps.

    Text is cut into what a slide shows and the lecturer's notes. A section begins a slide, and so does below it
    what is shown after code, a formula or a table. Code and what it shows come when asked for, beside
    nothing but a heading or a question: the room predicts first. A panel takes the whole screen.
    """
    full = False  # whether the step has code, a formula or a table already
    exercise = False  # whether the text says what to do in an exercise: the room reads it
    for cell in cells:
        if cell.cell_type == "code":
            full |= "panels." in cell.source
            yield with_type(cell, cell.source, "subslide" if full else "fragment")
            full, exercise = True, False
            continue
        for what, group in groupby(BLOCK.findall(cell.source.strip()), kind):
            for part in group if what in ("slide", "subslide") else ["".join(group)]:
                if what in ("slide", "subslide"):
                    yield with_type(cell, part.strip(), what)
                    full, exercise = False, part.startswith("### Exercise")
                elif what == "shown" or exercise:
                    yield with_type(cell, part.strip(), "subslide" if full else None)
                    full = exercise or not part.startswith("**")
                else:
                    yield with_type(cell, part.strip(), "notes")


def with_type(cell, source, kind):
    """Return a copy of the cell with this source and slide type; None goes on with what stands above it.

    That is "-" to nbconvert, but jupyterlab-slideshow passes over a cell that says so.
    """
    slide = {"slideshow": {"slide_type": kind}} if kind else {}
    return type(cell)(cell, source=source, metadata=cell.metadata | slide)


def tags(cell):
    """Return the tags of a cell."""
    return set(cell.metadata.get("tags", []))


def belongs(cell, folder):
    """Say whether a cell of the source belongs to the notebook in this folder."""
    if folder == HERE:
        return "solution" not in tags(cell)
    return "exercise" not in tags(cell) or "predict" in tags(cell)


def build(source, folder):
    """Return the executed notebook of a source file for this folder, where it runs."""
    notebook = jupytext.read(source)
    notebook.cells = list(slides(cell for cell in notebook.cells if belongs(cell, folder)))
    if folder != HERE:
        for cell in notebook.cells:
            cell.source = cell.source.replace("](../", "](../../")  # links lead out of one folder more
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    }
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number:02}"
    NotebookClient(
        notebook,
        timeout=120,
        record_timing=False,
        coalesce_streams=True,  # or chance decides how printed text is cut
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
    ).execute()
    notebook.metadata.language_info.pop("version")  # the rest tells nbconvert how to make a script
    for cell in notebook.cells:
        if folder == HERE and "predict" in tags(cell):
            cell.outputs, cell.execution_count = [], None  # nbval runs it, and compares nothing
        # Widgets end with their kernel; what a panel has beside its own stays.
        outputs = cell.get("outputs", [])
        outputs[:] = [output for output in outputs if VIEW not in output.get("data", {})]
    nbformat.validate(notebook)
    return notebook


VARIES = dict(get_sanitize_patterns((HERE / "sanitize.cfg").read_text(encoding="utf-8")))


def sanitized(said):
    """Return a text as nbval compares it: without the numbers behind ≈."""
    for pattern, put in VARIES.items():
        said = re.sub(pattern, put, said or "")
    return said


def texts(notebook):
    """Return what the notebook's compared outputs say, cell by cell."""
    compared = [c for c in notebook.cells if c.cell_type == "code"]
    compared = [c for c in compared if "nbval-ignore-output" not in tags(c)]
    return [
        [sanitized(output.get("text") or output.get("data", {}).get("text/plain")) for output in cell.outputs]
        for cell in compared
    ]


def main(arguments):
    """Build what the command line names; return 1 if --check finds a difference."""
    check = "--check" in arguments
    names = [a for a in arguments if a != "--check"]
    # One BLAS thread: a lesson's text must not depend on how many cores built it.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    different = []
    for source in sorted(HERE.glob("src/*.py")):
        if names and not source.stem.startswith(tuple(names)):
            continue
        for folder in HERE, HERE / "solutions":
            folder.mkdir(exist_ok=True)
            built = build(source, folder)
            path = folder / f"{source.stem}.ipynb"
            if check:
                same = path.exists() and texts(nbformat.read(path, 4)) == texts(built)
                different += [] if same else [path.relative_to(HERE)]
                print(f"{path.relative_to(HERE)}: {'same' if same else 'DIFFERENT'}", flush=True)
            else:
                content = f"{nbformat.writes(built)}\n".encode()
                write_whole(path, lambda file, content=content: file.write(content))
                print(path.relative_to(HERE), flush=True)
    if different:
        print(f"Build again and commit: {', '.join(map(str, different))}")
    return bool(different)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except DataError as error:  # a full disk: the notebook there is the old one
        sys.exit(f"Error: {error}")
