"""Change one thing in a lesson's module, and see whether a test of the lesson goes red; and count what runs.

A mutant is the module with one comparison, sum, number, condition, argument, decorator or statement changed,
but for the words of messages. Whoever adds a line without a test sees it among the survivors.
"""

import ast
import copy
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.breaking import ROOT, TESTS, source_of, survey

# What may survive: in which function, what was changed to what, and why no test can or need notice.
REASONS = {
    "backprop.backprop: True → False": "the guard refuses lists of different lengths before zip sees them",
    "sgd.update_mini_batch: True → False": "as in backprop",
    "feedforward.feedforward: True → False": "as in backprop",
    "feedforward.Network.save: True → False": "as in backprop",
    "feedforward.Network.__init__: True → False": "both lists come from one: they have one length",
    "backprop: 'Gradient' → 'radient'": "the name that a printed gradient shows, no code depends on it",
    "sgd.Epoch: 'Epoch' → 'poch'": "as Gradient",
    "data.Split.columns: 'columns' → 'olumns'": "the words of a message",
    "data.one_hot: 'one_hot: labels' → 'ne_hot: labels'": "the words of a message",
    "sigmoid.sigmoid: np.errstate(over='ignore') → np.errstate()": "it tells readers: @shapes is silent too",
}

OPERATORS = {
    ast.Add: [ast.Sub],
    ast.Sub: [ast.Add],
    ast.Mult: [ast.Div],
    ast.Div: [ast.Mult],
    ast.FloorDiv: [ast.Div],
    ast.Pow: [ast.Mult],
    ast.MatMult: [ast.Mult],
    ast.BitOr: [ast.BitAnd],
    ast.BitAnd: [ast.BitOr],
    ast.And: [ast.Or],
    ast.Or: [ast.And],
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}


def changes(node):
    """Yield what may take the node's place: nodes that mean something else."""

    def with_(**fields):
        other = copy.deepcopy(node)
        for name, value in fields.items():
            setattr(other, name, value)
        return other

    match node:
        case ast.BinOp() | ast.BoolOp() | ast.AugAssign():
            yield from (with_(op=other()) for other in OPERATORS[type(node.op)])
        case ast.Compare():
            for place, op in enumerate(node.ops):
                for other in OPERATORS[type(op)]:
                    yield with_(ops=[*node.ops[:place], other(), *node.ops[place + 1 :]])
        case ast.UnaryOp():
            yield node.operand
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Constant(str() as value):
            yield ast.Constant(value[1:])
        case ast.Return(ast.AST()):
            yield ast.Return(None)
        case ast.If() | ast.IfExp() if not isinstance(node.test, ast.Compare | ast.UnaryOp):
            yield with_(test=ast.UnaryOp(ast.Not(), node.test))
        case ast.Call():
            for left in node.keywords:
                if not isinstance(getattr(left.value, "value", None), bool):  # which is changed anyway
                    yield with_(keywords=[k for k in node.keywords if k is not left])
        case ast.FunctionDef(decorator_list=[_, *_]):
            yield from (
                with_(decorator_list=[d for d in node.decorator_list if d is not left])
                for left in node.decorator_list
            )
    if isinstance(node, ast.Expr | ast.Raise | ast.AugAssign | ast.Break):
        yield ast.Pass()


def places(tree):
    """Yield (function, parent, field, index) of each node that may be changed: no message, no docstring."""
    todo = [(tree, "")]
    while todo:
        parent, where = todo.pop()
        for field, value in ast.iter_fields(parent):
            for index, node in enumerate(value) if isinstance(value, list) else [(None, value)]:
                if not isinstance(node, ast.AST) or isinstance(node, ast.JoinedStr):
                    continue
                if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                    continue
                if isinstance(parent, ast.Assign) and "__doc__" in ast.unparse(parent.targets):
                    continue
                inner = f"{where}.{node.name}" if isinstance(node, ast.FunctionDef | ast.ClassDef) else where
                yield inner, parent, field, index
                if not isinstance(node, ast.Raise):
                    todo.append((node, inner))


def mutants(lesson):
    """Return (what was changed, the changed source) for each mutant of a lesson's module."""
    found, tree = [], ast.parse(source_of(lesson))
    for where, parent, field, index in list(places(tree)):
        holder, key = (vars(parent), field) if index is None else (getattr(parent, field), index)
        node = holder[key]
        for other in changes(node):
            holder[key] = other
            before, after = (short(part) for part in (node, other))
            found.append(
                (f"{lesson}{where}: {before} → {after}", ast.unparse(ast.fix_missing_locations(tree)))
            )
        holder[key] = node
    return found


def short(node):
    return ast.unparse(node).splitlines()[0]


def coverage(*tests):
    """Return the shares of mnet's lines and branches that these tests run, in other processes as well."""
    with tempfile.TemporaryDirectory() as folder:
        settings, result = Path(folder, "settings"), Path(folder, "result")
        settings.write_text(
            f"[run]\nbranch = true\nparallel = true\nsource = mnet\npatch = subprocess\n"
            f"data_file = {folder}/data\n"
        )
        for arguments in (
            ["run", "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *tests],
            ["combine", "-q"],
            ["json", "-q", "-o", str(result)],
        ):
            command = [sys.executable, "-m", "coverage", arguments[0], f"--rcfile={settings}", *arguments[1:]]
            run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            if run.returncode:
                raise RuntimeError(f"{' '.join(command)}\n{run.stdout}{run.stderr}")
        total = json.loads(result.read_text())["totals"]
    return (
        total["covered_lines"] / total["num_statements"],
        total["covered_branches"] / total["num_branches"],
    )


def rows(quick):
    jobs = [(lesson, *mutant) for lesson in TESTS for mutant in mutants(lesson)]
    of = f"of {len(jobs)} mutants"
    if quick:
        jobs = random.Random(0).sample(jobs, min(60, len(jobs)))
        of = f"of a sample of {len(jobs)} {of}"
    sound = [(lesson, source_of(lesson)) for lesson in TESTS]
    killers = survey(sound + [(lesson, source) for lesson, _, source in jobs])
    red = [killers.pop(0) for _ in sound]
    yield "red tests of lessons that nobody changed", len(red) - red.count(None), 0, not any(red)
    survivors = [what for (_, what, _), killer in zip(jobs, killers, strict=True) if not killer]
    share = 1 - len(survivors) / len(jobs)
    yield f"killed by the lesson's own tests, {of}", f"{share:.1%}", "at least 95%", share >= 0.95
    unexplained = sorted(set(survivors) - set(REASONS))
    yield "survivors without a reason", "; ".join(unexplained) or 0, 0, not unexplained
    # Without the browser, the long trainings, the breakages and, in the quick form, the notebooks.
    tests = ["-m", "not slow", "--ignore=tests/browser", "--ignore=tests/test_breakage.py"]
    lines, branches = coverage(*tests, *["--ignore=notebooks"] * quick)
    yield "lines of mnet that the tests run", f"{lines:.1%}", "at least 95%", lines >= 0.95
    yield "branches of mnet that the tests take", f"{branches:.1%}", "at least 95%", branches >= 0.95
