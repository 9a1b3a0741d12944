"""`mnet edition`: what a class gets, lessons that give nothing away, as nbgrader wants them."""

import ast
import json
from pathlib import Path

import click

from mnet.cli.errors import say, sentences
from mnet.cli.handout import contents
from mnet.files import DataError, write_whole

NOT_PASSED = "not passed yet"
TEST = "verdict = {}\nprint(verdict)\nassert verdict, " + repr(NOT_PASSED)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@sentences()
def edition(folder):
    """Write a class's edition of the lessons into a new FOLDER, which is an assignment for nbgrader as well.

    It has no solutions, and no stored output where the lesson asks: each exercise is an empty cell, and a
    locked one with its check, worth a point.
    """
    if folder.exists():
        raise DataError(folder, "something there", "a new folder", "choose another name")
    for name, content in students(contents()).items():
        (path := folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda file, content=content: file.write(content))
    say(f"Written to {folder}.")


def students(files):
    """Return {file: bytes} of the edition: lessons at the top, what they link to in the folder `course`."""
    lessons = {
        Path(name).name: text for name, text in files.items() if Path(name).parent == Path("notebooks")
    }
    # Beside the lessons, a folder `mnet` would take the package's place.
    linked = {f"course/{name}": text for name, text in files.items() if not name.startswith("notebooks/")}
    for name, text in lessons.items():
        notebook = json.loads(text.replace(b"](../", b"](course/"))
        notebook["cells"] = [*cells(notebook["cells"], Path(name).stem)]
        lessons[name] = f"{json.dumps(notebook, indent=1, ensure_ascii=False)}\n".encode()
    return lessons | linked


def cells(lesson, name):
    """Yield the cells of a lesson: exercises in two, and no output where something is asked."""
    for number, cell in enumerate(lesson):
        source, tags = "".join(cell["source"]), {*cell["metadata"].get("tags", [])}
        if tags & {"exercise", "predict"}:
            cell |= {"outputs": [], "execution_count": None}
        if "exercise" not in tags:
            yield cell
            continue
        *answer, check = ast.parse(source).body
        lines = source.splitlines(keepends=True)
        # The answer's cell has no metadata of nbgrader's: it would clear what the exercise begins with.
        if answer:
            yield cell | {"source": "".join(lines[: check.lineno - 1]).rstrip()}
        source = TEST.format("".join(lines[check.lineno - 1 :]).strip())
        grade = {"grade": True, "solution": False, "locked": True, "points": 1}
        grade |= {"grade_id": f"{name}-{number:02}", "schema_version": 3, "task": False}
        yield cell | {"id": f"check-{number:02}", "source": source, "metadata": {"nbgrader": grade}}
