"""No function of a lesson can be broken in a usual way without a test of its lesson going red."""

import ast
import re

import pytest
from breaking import LESSONS, source_of, survey

ARRAYS = "x|y|a|z|w_next|delta_next|delta|a_prev|v|labels"

# What is done to a function's source, each time the pattern is found in it.
WAYS = {
    "a matrix is not transposed": [(r"\.T\b", "")],
    "a product is taken the other way round": [(r"([\w.]+(?:\[-1\])?) @ ([\w.]+(?:\[-1\])?)", r"\2 @ \1")],
    "σ′ is missing": [(r" \* (sigmoid_prime\(z\)|\(1 - a\))", "")],
    "σ′ is taken of the activation": [(r"(?<!def )sigmoid_prime\((\w+)\)", r"sigmoid_prime(sigmoid(\1))")],
    "the mean is a sum": [(r" / \w+\.shape\[1\]", "")],
    "the half is missing": [(r" / 2\b", "")],
    "a sign is wrong": [(r" -(?=[ =])", " +"), (r"\(-z\)", "(z)")],
    "a place is one off": [
        (r"\[l\]", "[l - 1]"),
        (r"\[l - 1\]", "[l]"),
        (r"\[-1\]", "[-2]"),
        (r"\[1:\]", "[:-1]"),
        (r"\bn(?=:?\])", "n - 1"),
    ],
    "the axis is the other one": [
        (r"axis=0", "axis=1"),
        (r"axis=1", "axis=0"),
        (r"\.shape\[1\]", ".shape[0]"),
    ],
    "one-hot is one off": [(r"_ONE_HOT\[", "np.roll(_ONE_HOT, 1, 0)[")],
    "η is ignored": [(r"eta \* ", "")],
    "the biases are left out": [(r" \+ b\b", ""), (r"\bb -= .+", "pass")],
    "the loop leaves out the last": [(r"(?m)(for .+ in )(.+):$", r"\1list(\2)[:-1]:")],
    "it learns from the test images": [
        (r"(?<!def )train_on\(net, train", "train_on(net, test or train"),
        ("'train'", "'t10k'"),
    ],
    "nothing is shuffled": [(r"rng\.permutation\(", "np.arange(")],
    "chance is not the caller's": [(r"\brng\.(?=standard|perm)", "np.random.default_rng().")],
    "the caller's array is spoilt": [
        (rf"(?m)^(def .*\b({ARRAYS})\b.*:)$", r"\1\n    spoilt = \2; \2 = np.copy(\2); spoilt *= 0")
    ],
    "the answer is forgotten": [(r"return .+", "return")],
    "a wrong argument is let through": [(r"raise .+", "pass"), (r"(?m)^( +)_?check_\w+\(.+\)$", r"\1pass")],
}


def functions(tree):
    """Yield (name, the list that holds it, its place there) for each function and method of a module."""
    for node in [tree, *(node for node in tree.body if isinstance(node, ast.ClassDef))]:
        for place, part in enumerate(node.body):
            if isinstance(part, ast.FunctionDef):
                yield part.name, node.body, place


def breakages(lesson):
    """Yield (function, way, source of the lesson) with one place of one function broken."""
    tree = ast.parse(source_of(lesson))
    for name, body, place in list(functions(tree)):
        function = body[place]
        doc = [function.body.pop(0)] if ast.get_docstring(function) else []
        text = ast.unparse(function)
        for way, changes in WAYS.items():
            for pattern, instead in changes:
                for found in re.finditer(pattern, text):
                    broken = text[: found.start()] + found.expand(instead) + text[found.end() :]
                    body[place] = ast.parse(broken).body[0]
                    body[place].body[:0] = doc
                    yield name, way, ast.unparse(tree)
        function.body[:0] = doc
        body[place] = function


@pytest.fixture(scope="module")
def verdicts():
    """Return (function, way, the first red test) for each breakage, after a look at the unbroken lessons."""
    cases = [(lesson, *breakage) for lesson in LESSONS for breakage in breakages(lesson)]
    unbroken = [(lesson, ast.unparse(ast.parse(source_of(lesson)))) for lesson in LESSONS]
    found = survey(unbroken + [(lesson, source) for lesson, _, _, source in cases])
    assert found[: len(LESSONS)] == [None] * len(LESSONS)  # or red would mean nothing
    broken = zip(cases, found[len(LESSONS) :], strict=True)
    return [(f"{lesson}.{name}", way, killer) for (lesson, name, way, _), killer in broken]


@pytest.mark.parametrize("way", WAYS)
def test_a_usual_mistake_turns_a_test_red(verdicts, way):
    killers = [(function, killer) for function, how, killer in verdicts if how == way]
    assert killers
    assert not [function for function, killer in killers if killer is None]


def test_every_function_is_broken_in_some_way(verdicts):
    wanted = {
        f"{lesson}.{name}" for lesson in LESSONS for name, _, _ in functions(ast.parse(source_of(lesson)))
    }
    assert {function for function, _, _ in verdicts} == wanted
