"""Break each function of a lesson in every way that fits it: a test of the lesson has to go red.

`python -m tests.promises mutation` changes whatever can be changed. These are the mistakes people make, by
name: whoever writes a function without a test for it reads here which mistake nobody would notice.
"""

import ast
import re
from collections import namedtuple
from concurrent.futures.process import BrokenProcessPool

import pytest

from tests.support import breaking
from tests.support.breaking import TESTS, processes, source_of

pytestmark = pytest.mark.slow  # it runs the lessons' tests once for each breakage

# Each way is {what it looks for in a line: what it puts there}. The lines are as `ast.unparse` writes them.
WAYS = {
    "a wrong sign": {" [+] ": " - ", " - ": " + ", " -= ": " += ", r"\(-z\)": "(z)"},
    "a factor left out": {
        r"\b\w+ \* ": "",
        r" \* sigmoid_prime\(z, a\)": "",
        r" / (256|2|\(2.*\))": "",
        r" \*\* 2": "",
    },
    "a sum for a mean, a mean for a sum": {r" / \w+\.shape\[1\]": "", r"1 / m\b": "1", r"\.sum\(": ".mean("},
    "a transpose forgotten": {r"\.T\b": ""},
    "a product turned round or element by element": {
        r"(\([^()]+\)|[\w.]+)\.dot\(([^()]+)\)": r"\2.dot(\1)",
        r"\.dot\(": " * (",
    },
    "the other axis": {"axis=0": "axis=1", "axis=1": "axis=0", r"shape\[1\]": "shape[0]"},
    "off by one": {
        r"range\(": "range(1 + ",
        r"(\[\w*:-?\w[^\]]*)\]": r"\1 - 1]",
        r"\[(\w+):": r"[\1 + 1:",
        r"\[([il])\]": r"[\1 - 1]",
    },
    "the first for the last": {r"\[-1\]": "[0]"},
    "the last one skipped": {
        r"\b(zip\((net|self)\..+?strict=True\))": r"list(\1)[:-1]",
        r"\bin ((net|copy)\.\w+|batches|layers|sizes)\b": r"in \1[:-1]",
    },
    "a comparison turned": {
        " < ": " > ",
        " > ": " < ",
        " <= ": " >= ",
        " >= ": " <= ",
        " == ": " != ",
        " != ": " == ",
        " is None": " is not None",
        " is not None": " is None",
        " not in ": " in ",
    },
    "an edge let in or out": {" < ": " <= ", " > ": " >= ", " <= ": " < ", " >= ": " > "},
    "the least for the most": {"argmax": "argmin", r"\.max\(": ".min(", r"\.min\(": ".max("},
    "another number": {r"(?<=[/*<>=] )([\d.]+)": r"(\1 + 1)", ", 256": ", 255"},
    "an argument changed in place": {
        r"\b([ay]) - (\w)\b": r"np.subtract(\1, \2, out=\1)",
        r"-z\b": "np.negative(z, out=z)",
        r"\bdelta / (delta\.shape\[1\])": r"np.divide(delta, \1, out=delta)",
        r"(?<=\])\.copy\(\)": "",  # not one_hot's, which copies a copy: no value tells
    },
    "a copy changed, not the thing itself": {r"(\w+) -= (.+)": r"\1 = \1 - \2"},
    # But not x of numerical_gradient, which meets none but float64 weights.
    "the wrong kind of float": {
        "dtype=np.float32": "dtype=np.float64",
        r"\.astype\(dtype\)": "",
        r", dtype\)$": ")",
        r"\b([bw])\.astype\(float\)": r"\1",
    },
    "chance from elsewhere": {r"\brng\.(permutation|standard_normal)": r"np.random.\1"},
    "no shuffle": {r"\brng\.permutation\(": "np.arange("},
    "nothing returned": {r"\breturn .+": "return None", r"\byield .+": "yield None"},
    "a guard left out": {r"^@guarded\(.*": "", r"^( *)(raise |_?refuse_|storable\().*": r"\1pass"},
}
Breakage = namedtuple("Breakage", "way lesson function before after source")


def functions(tree, owner=""):
    """Yield the name and the node of each function and method; a function inside another is part of that."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from functions(node, f"{node.name}.")
        elif isinstance(node, ast.FunctionDef):
            yield f"{owner}{node.name}", node


def breakages(lesson):
    """Yield a Breakage for each place in the module's functions where a way finds what it looks for."""
    lines = ast.unparse(ast.parse(source_of(lesson))).splitlines()  # a statement a line, without comments
    for function, node in functions(ast.parse("\n".join(lines))):
        body = node.body[ast.get_docstring(node) is not None :]
        head = (node.decorator_list or [node])[0].lineno
        for number in [*range(head - 1, node.lineno), *range(body[0].lineno - 1, node.end_lineno)]:
            for way, before, after in ((way, *swap) for way, swaps in WAYS.items() for swap in swaps.items()):
                for match in re.finditer(before, line := lines[number]):
                    if match.start() and line.lstrip().startswith("raise "):
                        continue  # the words of a message
                    broken = line[: match.start()] + match.expand(after) + line[match.end() :]
                    source = "\n".join([*lines[:number], broken, *lines[number + 1 :]])
                    yield Breakage(way, lesson, function, line.strip(), broken.strip(), source)


BREAKAGES = [breakage for lesson in TESTS for breakage in breakages(lesson)]


@pytest.fixture(scope="module")
def red():
    """Return `red`, called in a process that this one keeps; in a new one, should the system end it."""
    pool = processes(1)

    def ask(*arguments, tries=3):
        nonlocal pool
        try:
            return pool.submit(breaking.red, *arguments).result()
        except BrokenProcessPool:
            pool = processes(1)
            return ask(*arguments, tries=tries - 1) if tries > 1 else "its process ended three times"

    yield ask
    pool.shutdown()


@pytest.mark.parametrize("lesson", TESTS)
def test_a_lesson_as_it_is_is_green(red, lesson):
    assert red(lesson, source_of(lesson)) is None


def test_an_endless_loop_turns_a_test_red(red):
    endless = source_of("sigmoid").replace("    return ", "    while True: pass\n    return ")
    assert "::" in red("sigmoid", endless, "sigmoid", 2)  # a test, not pytest itself


@pytest.mark.parametrize("broken", BREAKAGES, ids=lambda b: f"{b.way}: {b.lesson}.{b.function}")
def test_a_breakage_turns_a_test_red(red, broken):
    unnoticed = f"no test notices {broken.way}:\n{broken.before} → {broken.after}"
    ast.parse(broken.source)  # what Python cannot read is no breakage
    assert red(broken.lesson, broken.source, broken.function), unnoticed


def test_every_function_is_broken_and_every_way_is_used():
    assert len(WAYS) >= 10
    assert {breakage.way for breakage in BREAKAGES} == {*WAYS}
    assert len(BREAKAGES) >= 100
    for lesson in TESTS:
        names = {name for name, _ in functions(ast.parse(source_of(lesson)))}
        assert {breakage.function for breakage in BREAKAGES if breakage.lesson == lesson} == names
