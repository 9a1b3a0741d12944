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
def own_cells(lesson, folder=COURSE / "notebooks"):
    """Return {source: names it binds} of the course's own code cells, where some of them train long; or {}.

    A marking may try first without those that bind nothing that is needed: they print or draw. Those that
    train long count as such.

    >>> own_cells("02_sigmoid"), "net" in [*own_cells("06_sgd").values()][0]
    ({}, False)
    """
    path, own, slow = Path(folder, f"{lesson}.ipynb"), {}, False
    for cell in json.loads(path.read_text("utf-8"))["cells"] if path.exists() else ():
        tags = cell["metadata"].get("tags", [])
        slow |= "slow" in tags
        if cell["cell_type"] == "code" and "exercise" not in tags:
            source = "".join(cell["source"])
            own[source] = [] if "slow" in tags else bound(source)
    return own if slow else {}


def bound(source):
    r"""Return the names that code binds: what it assigns to, defines and imports.

    >>> bound("import a.b, c as d\nx, y.z[0] = 1, 2\ndef f(): pass\nprint(g)")
    ['a', 'd', 'f', 'x', 'y']
    """
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(getattr(node, "ctx", None), ast.Store):
            while isinstance(node, (ast.Attribute, ast.Subscript)):
                node = node.value
            names |= {node.id} if isinstance(node, ast.Name) else set()
    return sorted(names)


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
