"""Asks a function, compares its answers with the right ones, and explains what differs."""

import copy
import inspect
import io
import re
import sys
import traceback
import warnings
from collections import namedtuple
from contextlib import redirect_stdout

import numpy as np

from mnet.feedforward import Network


class Verdict(namedtuple("Verdict", "passed message")):
    """What a check found. passed: True, False, or None for an answer not written yet; message: why.

    >>> Verdict(True, "sigmoid: right"), bool(Verdict(None, "sigmoid: not yet"))
    (✓ sigmoid: right, False)
    """

    given = None  # what it is about, for a watcher to hand on

    def __bool__(self):
        return self.passed is True

    def __repr__(self):
        return f"{ {True: '✓', False: '✗', None: '○'}[self.passed] } {self.message}"


# fmt: off
_CAUSES = {  # the likely cause of an exception: the first pattern found in "Type: message"
    r"(attribute|name) 'ln'": "NumPy writes ln as np.log",
    r"^UnboundLocalError": "it is used before it has a value",
    r"^NameError": "is it spelled right, and did the cell run that defines or imports it?",
    r"(positional|keyword) argument": "the course calls it as {call}",
    r"matmul|broadcast|not aligned|inhomogeneous|has shape": "is a transpose .T missing, a list taken for "
        "an array, or a layer one off?",
    r"concatenation axis": "side by side all have as many rows, one above the other as many columns",
    r"bitwise_xor|for \^": "^ is no power in Python: write **",
    r"not iterable": "a for loop walks through a list, such as net.weights, or zip(net.weights, net.biases)",
    r"only .*(length-1|size-1|0-dim)": "math takes one number, np.exp whole arrays",
    r"truth value": "if decides once, np.where for each number of an array",
    r"^OverflowError": "e^1000 is larger than any float: np.exp makes it infinity, and 1 / infinity is 0",
    r"^(Index|Key)Error": "counting starts at 0, so the last of n is n - 1, or [-1]",
    r"^AttributeError": "a Network has sizes, weights and biases, an array .T and .shape, a list none",
    r"^TypeError.*(list|sequence)": "a list is no array: np.array makes one of numbers, and a list of "
        "arrays, such as net.weights, needs a loop over its layers",
    r"^RecursionError": "the function calls itself without end",
    r"^ZeroDivisionError": "what it divides by is 0",
    r"^SystemExit": "exit() ends the whole program, return ends the function",
    r"unpack": "the names on the left are more or fewer than the things on the right",
    r"": "print what this line works with before it",
}
AS_GIVEN = {  # bugs to spot, by their functions' names: as it is given, one gets a question, not its name
    "slope": ("the second factor is 1 - σ(z), not 1 - z",
        "what is each of its two factors at z = 1, and is the curve level there?"),
    "with_a_counter": ("net.biases is the list of all: add this layer's b",
        "which of the names in this line hold one array, and which a list of arrays?"),
    "slope_of_cost": ("the sign is wrong: a - y",
        "raise an answer that is too low: does its cost rise or fall, and what does this slope say?"),
    "from_the_notes": ("a - y is the error of the last layer alone: others get (wᵀ δ) σ′(z)",
        "in which turn of the loop is that, and what should the neurons of that layer answer?"),
    "slipped": ("this is σ′ of the activation in BP1 and BP2: sigmoid_prime(z), not (a)",
        "every shape fits and every number is a little off: what have all four arrays in common?"),
    "from_notes": ("w - is missing: the step replaces what was learnt",
        "with a learning rate of 0 a step should change nothing: what would this one leave behind?"),
    "their_update": ("the learning rate is missing in 1 - eta * decay, and the biases decay too",
        "with a learning rate of 0 a step should change nothing: which numbers does this one change?"),
}
# fmt: on
CHANCE = "asked twice, it answers differently"
NOT_WRITTEN = "not yet: write your answer, and run the cell again."
Question = namedtuple("Question", "right mistakes hint within", defaults=(0.0,))  # see `questions`
Given = namedtuple("Given", "kind answers again")  # what a function gave: judged here, or in another process
# raised, told, cause: the exception, where and what it was, and why; all "" where there was none
_Answer = namedtuple("_Answer", "value raised told cause printed warned changed unwritten borrowed")
_Parameters = namedtuple("_Parameters", "biases weights")


def judge(ours, fn, cases, mistakes, in_place=False, within=1e-6):
    """Return the Verdict on fn, or on what it has Given; mistakes: sentences and their wrong functions.

    A number may be off by a 10,000th of itself, or by `within`. An answer must not call ours.
    """
    names = [*inspect.signature(ours).parameters][: len(cases[0])]
    call = f"{ours.__name__}({', '.join(names)})"
    given = fn if isinstance(fn, Given) else _hand_over(ours, fn, call, cases, in_place)
    mistake, question = AS_GIVEN.get(getattr(fn, "__name__", None), (None, None))
    if mistake in mistakes:
        mistakes = {question if why == mistake else why: wrong for why, wrong in mistakes.items()}
    verdict = _judge(ours, given, cases, mistakes, in_place, within, call, names)
    verdict.given = given
    return verdict


def _hand_over(ours, fn, call, cases, in_place):
    """Ask fn each of the cases, twice, and return what it has given: its kind where it is no function."""
    if not callable(fn):
        return Given(None if fn is None or fn is ... else type(fn).__name__, [], [])
    answers = [_ask(fn, case, in_place, call) for case in cases]
    return Given(None, answers, [_ask(fn, case, in_place, call, ours) for case in cases])


def _judge(ours, given, cases, mistakes, in_place, within, call, names):
    name, answers = ours.__name__, given.answers
    if given.kind is not None:
        found = f"found a {given.kind}, wanted the function itself"
        return Verdict(False, f"{name}: {found}: checks.{name}({name}), nothing after the second name.")
    if not answers or any(answer.unwritten for answer in answers):
        end = "" if in_place else ", with a return"
        return Verdict(None, f"{name}: not yet: write your answer{end}, and check again.")
    for case, answer, again in zip(cases, answers, given.again, strict=True):
        right = _ask(ours, case, in_place)
        if fault := _fault(answer, again, right, call, names, within):
            known = (why for why, f in mistakes.items() if _is_mistake(answers, f, cases, in_place, within))
            why = f"{name}: {fault[0]}: {next(known, fault[1])}.".replace("?.", "?")
            asked = f"Asked: {name}({', '.join(map(_show, names, case))})"
            which = "" if fault[0] == CHANCE else _right_parts(answer, right)
            return Verdict(False, f"{why}{which}\n  {asked}")
    if any(answer.borrowed for answer in given.again):
        borrowed = f"the numbers are right, and they are the course's: this calls mnet.{name}"
        return Verdict(False, f"{name}: {borrowed}: write it yourself.")
    return Verdict(True, f"{name}: right, in all {len(cases)} questions.")


def _ask(fn, case, in_place, call="", ours=None):
    """Call fn with copies of the arguments: note what it gives, raises, prints, warns of and changes.

    And whether it lets `ours` do the work.
    """
    args, returned, error, code, borrowed = copy.deepcopy(case), None, None, _code(ours), []

    def listen(frame, event, _):
        if event == "call" and frame.f_code is code:
            borrowed.append(event)

    usual = np.errstate(divide="warn", over="warn", invalid="warn", under="ignore")
    with usual, warnings.catch_warnings(record=True) as warned, redirect_stdout(io.StringIO()) as printed:
        warnings.simplefilter("always")
        profiler = sys.getprofile()
        try:
            sys.setprofile(listen if ours else profiler)
            returned = fn(*args)
        except (Exception, SystemExit) as problem:
            error = problem
        finally:
            sys.setprofile(profiler)
    before, after = ([*map(_plain, arguments)] for arguments in (case, args))
    changed = [i for i in range(in_place, len(case)) if _difference("", after[i], before[i])]
    warned = [str(w.message) for w in warned if issubclass(w.category, RuntimeWarning)]
    told, cause = _explain(error, fn, call) if error and call else ("", "")
    value, wrote = after[0] if in_place else returned, bool(printed.getvalue())
    unwritten = _is_unwritten(fn, returned, error, wrote, in_place)
    return _Answer(value, _raised(error), told, cause, wrote, warned, changed, unwritten, bool(borrowed))


def _plain(argument):
    """Return the numbers of an argument; of a network that a learner has taken apart, too."""
    if isinstance(argument, Network):
        return _Parameters(getattr(argument, "biases", None), getattr(argument, "weights", None))
    return argument


def _is_unwritten(fn, returned, error, wrote, in_place):
    if error is not None:
        return isinstance(error, NotImplementedError)
    if in_place:  # such a function rightly returns None: an empty one mentions no name at all
        code = _code(fn)
        return code is not None and not code.co_names + code.co_freevars
    return returned is ... or (returned is None and not wrote)


def _is_mistake(answers, mistake, cases, in_place, within):
    """Say whether a wrong function gives these answers: the same numbers, exceptions where they are.

    Where all questions end in an exception, each must be the same one: many mistakes end so.
    """
    pairs = [(a, _ask(mistake, case, in_place)) for a, case in zip(answers, cases, strict=True)]
    both = [(a.value, m.value) for a, m in pairs if not a.raised and not m.raised]
    if not both:
        return all(a.raised == m.raised for a, m in pairs)
    alike = all(bool(a.raised) == bool(m.raised) for a, m in pairs)
    return alike and not any(_difference("", *values, within) for values in both)


def _fault(answer, again, right, call, names, within):
    """Return what is wrong with an answer and a hint, or None."""
    if answer.raised:
        return answer.told, answer.cause
    if answer.value is None:
        return "it prints and returns nothing", "return the answer in place of printing it"
    fault = _difference(call, answer.value, right.value, within)
    if fault != _difference(call, again.value, right.value, within):
        return CHANCE, "does it use chance, or keep something for later?"
    if answer.changed:
        name = names[answer.changed[0]]
        return f"it changes its argument {name}", "work on a copy: a - y is a new array, a -= y writes into a"
    if fault is None and answer.printed:
        return "the numbers are right, but it prints", "take the print out: training calls it very often"
    if fault is None and answer.warned:
        remedy = "where you expect that, say so: with np.errstate(over='ignore'):"
        return f"the numbers are right, but NumPy warns of {answer.warned[0]}", remedy
    return fault


def _difference(name, found, goal, within=1e-6):
    """Return the first difference in words and a hint, or None where every number is close."""
    if isinstance(goal, (list, tuple)):
        return _difference_of_parts(name, found, goal, within)
    if found is None or goal is None:
        nothing = f"{name} is None", "nothing is written there: which turn of the loop should do it?"
        return None if found is goal else nothing
    goal = np.asarray(goal, float)
    try:
        array = np.asarray(found)
    except Exception:  # rows of different lengths, or whatever an object does when asked for numbers
        array = np.array(None)
    if array.dtype.kind not in "biuf":
        hint = "give one array of numbers, all rows of one length"
        return f"{name} is a {type(found).__name__}, expected numbers of shape {goal.shape}", hint
    array = array.astype(float)
    if array.shape != goal.shape:
        return f"{name} has shape {array.shape}, expected {goal.shape}", _hint_at_shape(array, goal)
    close = np.isclose(array, goal, 1e-4, within, equal_nan=True)
    if close.all():
        return None
    at = tuple(int(i) for i in np.argwhere(~close)[0])
    count = f"{(~close).sum()} wrong numbers among {close.size}"
    hint = f"this is the first of {count}: print what each line makes, and compare it with its formula"
    where = f"{name}{[*at] if at else ''} is {array[at]:.6g}, expected {goal[at]:.6g}"
    return where, _hint_at_numbers(array, goal, at) or hint


def _difference_of_parts(name, found, goal, within):
    names = _names(name, goal)
    if isinstance(found, (list, tuple)) and len(found) == len(goal):
        parts = zip(names, found, goal, strict=True)
        return next(filter(None, (_difference(*part, within) for part in parts)), None)
    count = f" of {len(found)}" if isinstance(found, (list, tuple)) else ""
    wanted = ", ".join(names)
    return f"{name} is a {type(found).__name__}{count}, expected {wanted}", "give them all, in this order"


def _names(name, goal):
    return getattr(goal, "_fields", None) or [f"{name}[{i}]" for i in range(len(goal))]


def _right_parts(answer, right):
    """Return a sentence that says which arrays of an answer of several are right, or ""."""
    found, goal = answer.value, right.value
    fits = isinstance(goal, tuple) and isinstance(found, (list, tuple)) and len(found) == len(goal)
    if answer.raised or not fits or not all(isinstance(part, (list, tuple)) for part in found):
        return ""
    parts = [
        (name, _difference(name, *pair) is None)
        for part, found, goal in zip(goal._fields, found, goal, strict=True)
        for name, *pair in zip(_names(part, goal), found, goal, strict=False)
    ]
    fine = [name for name, is_right in parts if is_right]
    return "" if len(fine) == len(parts) else f" Right are {', '.join(fine) or 'none'} of the {len(parts)}."


def _hint_at_shape(array, goal):
    if goal.ndim == 0:
        return "one number for all is wanted: sum over rows and columns"
    if array.ndim == 2 and array.shape == goal.shape[::-1]:
        return "transpose it with .T"
    if array.size == goal.size:
        return f"the dimensions count: .reshape{goal.shape}, or keepdims=True in a sum or mean"
    return "print .shape after each line, to see where it comes in"


def _hint_at_numbers(array, goal, at):
    if np.isnan(array[at]):
        return "NaN comes from inf / inf, inf - inf or 0 / 0: does np.exp overflow?"
    with np.errstate(all="ignore"):
        ratio = (array * goal).sum() / ((goal**2).sum() or 1)
    if np.allclose(array, ratio * goal, 1e-4, 1e-6):
        return f"every number is {ratio:.4g} times the right one"
    return None


def _raised(error):
    """Return the kind and the text of an exception, "ValueError: …", or "" where there is none."""
    text = " ".join("".join(traceback.format_exception_only(error)).split()) if error else ""
    return re.sub(r" at 0x\w+", "", text)[:200].rstrip(".")  # an address differs each time


def _explain(error, fn, call):
    """Return what was raised, in which line of the learner's code, and the likely cause."""
    kind, _, text = _raised(error).partition(": ")
    file = getattr(_code(fn), "co_filename", None)
    traced = zip(
        traceback.walk_tb(error.__traceback__), traceback.extract_tb(error.__traceback__), strict=True
    )
    lines = [(frame, summary) for (frame, _), summary in traced if summary.filename == file]
    where = f" in line {lines[-1][1].lineno}, `{lines[-1][1].line}`" if lines else ""
    cause = next(cause for pattern, cause in _CAUSES.items() if re.search(pattern, f"{kind}: {text}"))
    if cause.startswith("is a transpose"):
        shapes = _shapes(*lines[-1]) if lines else ""
        return f"the shapes do not fit{where}{shapes} ({kind})", cause
    return f"{kind}{where}" + (f": {text}" if text else ""), cause.format(call=call)


def _shapes(frame, summary):
    """Return the shapes of the arrays that a line names, as they were when it failed."""
    names = dict.fromkeys(re.findall(r"[^\W\d]\w*", summary.line))
    arrays = {
        name: frame.f_locals[name] for name in names if isinstance(frame.f_locals.get(name), np.ndarray)
    }
    return "".join(f", {name} is {array.shape}" for name, array in arrays.items())


def _code(fn):
    return getattr(inspect.unwrap(fn), "__code__", None)


def _show(name, argument):
    if isinstance(argument, Network):
        return f"Network({argument.sizes})"
    return f"{np.asarray(argument).tolist()}" if np.size(argument) <= 10 else f"{name} {argument.shape}"
