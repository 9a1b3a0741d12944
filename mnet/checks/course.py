"""The course's own list of what there is to solve, read from the cells that its lessons tag as exercises."""

import ast
import functools
import json
import os
from collections import namedtuple
from pathlib import Path

from mnet.checks.handed_in import KEY, key
from mnet.files import COURSE

Exercise = namedtuple("Exercise", "lesson name check subject arguments")


def course(folder=COURSE / "notebooks"):
    """Return {lesson: its Exercises}, in order, by the name of the lesson's file.

    Those of a class's own, where the environment names its key.

    >>> [exercise.name for exercise in course()["02_sigmoid"]]
    ['sigmoid(my_sigmoid)', 'sigmoid_prime(slope)', '02 bias', '02 steepest', '02 h']
    """
    return _own(path) if (path := os.environ.get(KEY)) else _lessons(folder)


@functools.cache
def _lessons(folder):
    lessons = sorted(Path(folder).glob("[0-9]*.ipynb"))
    return {path.stem: exercises(path.stem, json.loads(path.read_text("utf-8"))) for path in lessons}


@functools.cache
def _own(path):
    found = {}
    for name, one in key(path).items():
        found.setdefault(one["lesson"], []).append(Exercise(one["lesson"], name, "hand_in", name, []))
    return found


def number(lesson):
    """Return what stands before the name of a lesson: "02", or "01a" of an appendix.

    >>> number("01a_files")
    '01a'
    """
    return lesson.partition("_")[0]


def exercises(lesson, notebook):
    """Return the Exercises of a notebook: each call of a check in a cell tagged so."""
    cells = [cell for cell in notebook["cells"] if "exercise" in cell["metadata"].get("tags", [])]
    calls = [call for cell in cells for call in checked("".join(cell["source"]))]
    return [Exercise(lesson, *call) for call in calls]


@functools.cache
def asides(lesson, folder=COURSE / "notebooks"):
    """Return the course's own cells that train long, and those that work with what such cells bind.

    No exercise asks for them, so a marking may try first without.

    >>> len(asides("02_sigmoid")), len(asides("06_sgd")) > 10
    (0, True)
    """
    path, found, bound = Path(folder, f"{lesson}.ipynb"), [], set()
    for cell in json.loads(path.read_text("utf-8"))["cells"] if path.exists() else ():
        tags = cell["metadata"].get("tags", [])
        if cell["cell_type"] == "code" and "exercise" not in tags:
            source = "".join(cell["source"])
            nodes = [*ast.walk(ast.parse(source))]
            names = [node for node in nodes if isinstance(node, ast.Name)]
            stored = {name.id for name in names if isinstance(name.ctx, ast.Store)}
            stored |= {node.name for node in nodes if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
            if "slow" in tags or bound & {name.id for name in names}:
                found.append(source)
                bound |= stored
            else:
                bound -= stored
    return found


def checked(source):
    """Yield (name, check, subject, arguments) of each check that the code calls."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("checks."):
            check, first = node.func.attr, node.args[0] if node.args else None
            if check == "answer":
                yield first.value, check, first.value, []
            elif check == "goal":
                rest = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
                yield f"goal({ast.unparse(first)})", check, ast.unparse(first), [*map(ast.literal_eval, rest)]
            elif check != "plugged_in":
                yield f"{check}({ast.unparse(first)})", check, ast.unparse(first), []


def found(check, names):
    """Return the course's Exercise that a check of something with these names is, or None.

    names : what the learner calls the thing, the newest name last; or a question's name

    >>> found("sigmoid", ["mine"]).name, found("backprop", ["mine"]), found("backprop", ["slipped"]).subject
    ('sigmoid(my_sigmoid)', None, 'slipped')
    """
    alike = [exercise for some in course().values() for exercise in some if exercise.check == check]
    by_name = {exercise.subject: exercise for exercise in alike}
    named = [by_name[name] for name in names if name in by_name]
    if named:
        return named[-1]  # of two names for one thing, the newer
    return alike[0] if len(alike) == 1 and check != "answer" else None
