"""`mnet edition`: what a class gets, lessons that give nothing away, as nbgrader wants them."""

import ast
import json
from pathlib import Path

import click

from mnet.cli.errors import claim, say, sentences
from mnet.cli.handout import contents
from mnet.cli.room import NOT_PASSED
from mnet.files import DataError, write_whole

BLANK = {"outputs": [], "execution_count": None}
TEST = "verdict = {}\nprint(verdict)\nassert {}, " + repr(NOT_PASSED)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--second", "key", type=click.Path(path_type=Path), metavar="KEY",
    help="Let a second set of exercises count, dealt for this class; the new file KEY has its answers.",
)  # fmt: skip
@sentences()
def edition(folder, key):
    """Write a class's edition of the lessons into a new FOLDER, which is an assignment for nbgrader as well.

    It has no solutions, and no stored output where the lesson asks: each exercise is an empty cell, and a
    locked one with its check, worth a point.
    """
    if folder.exists():
        raise DataError(folder, "something there", "a new folder", "choose another name")
    files, own = contents(), None
    if key:
        try:
            from mnet.cli.second import dealt
        except ImportError:
            found = "found mnet as students install it, without the solutions, wanted the repository"
            raise ValueError(f"--second: {found}; run `uv run mnet edition` there.") from None
        claim("--second", key, overwrite=False)
        own, answers = dealt(Path(name).stem for name in files if name.endswith(".ipynb"))
        write_whole(key, lambda file: file.write(json.dumps(answers, indent=1).encode()))
    for name, content in students(files, own).items():
        (path := folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, lambda file, content=content: file.write(content))
    say(f"Written to {folder}.")


def students(files, own=None):
    """Return {file: bytes} of the edition: lessons at the top, what they link to in the folder `course`.

    own : {lesson: (text, source) of what counts in place of its own exercises}
    """
    lessons = {Path(name).name: text for name, text in files.items() if Path(name).match("notebooks/*")}
    # Beside the lessons, a folder `mnet` would take the package's place.
    linked = {f"course/{name}": text for name, text in files.items() if not name.startswith("notebooks/")}
    for file, text in lessons.items():
        notebook, name = json.loads(text.replace(b"](../", b"](course/")), Path(file).stem
        notebook["cells"] = [*cells(notebook["cells"], name, own)]
        lessons[file] = f"{json.dumps(notebook, indent=1, ensure_ascii=False)}\n".encode()
    return lessons | linked


def cells(lesson, name, own=None):
    """Yield the cells of a lesson: what counts in two, and no output where something is asked."""
    for at, cell in enumerate(lesson):
        tags = {*cell["metadata"].get("tags", [])}
        cell |= BLANK if tags & {"exercise", "predict"} else {}
        yield from [cell] if own or "exercise" not in tags else graded(cell, name, at)
    for at, (text, source) in enumerate((own or {}).get(name, [])):
        yield {"id": f"text-{at:02}", "cell_type": "markdown", "metadata": {}, "source": text}
        cell = {"id": f"own-{at:02}", "cell_type": "code", "metadata": {}, "source": source} | BLANK
        yield from [] if source is None else graded(cell, name, at, "verdict.passed is not False")


def graded(cell, name, at, passed="verdict"):
    """Yield the cell that an exercise is solved in, and a locked one with its check, worth a point."""
    source = "".join(cell["source"])
    lines, (*answer, check) = source.splitlines(keepends=True), ast.parse(source).body
    if not isinstance(check, ast.Expr):
        yield cell  # it asks nothing
        return
    # The answer's cell has no metadata of nbgrader's: it would clear what the exercise begins with.
    if answer:
        yield cell | {"source": "".join(lines[: check.lineno - 1]).rstrip()}
    source = TEST.format("".join(lines[check.lineno - 1 :]).strip(), passed)
    grade = {"grade": True, "solution": False, "locked": True, "points": 1}
    grade |= {"grade_id": f"{name}-{at:02}", "schema_version": 3, "task": False}
    yield cell | {"id": f"check-{at:02}", "source": source, "metadata": {"nbgrader": grade}}
