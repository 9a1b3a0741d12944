"""A class's own exercises: a learner's copy of the course hands the answers on, and cannot judge them.

The instructor's key is a file of numbers that `mnet edition --second` writes. Where the environment variable
MNET_KEY names it, as in `mnet check --key` and under nbgrader, `hand_in` judges by it.
"""

import copy
import json
import os
from pathlib import Path

import numpy as np

from mnet.checks.judge import NOT_WRITTEN, Verdict
from mnet.files import DataError

KEY = "MNET_KEY"


def hand_in(exercise, answer, *questions):
    """Hand in an answer, numbers, or a function and the arguments of each question that it is asked.

    >>> hand_in("02 bias", 12)
    ○ 02 bias: handed in: your instructor marks it.
    >>> hand_in("02 softsign", lambda z: ..., ([0.0],))
    ○ 02 softsign: not yet: write your answer, and run the cell again.
    """
    if callable(answer):
        answer = [answer(*copy.deepcopy(question)) for question in questions]
    parts = answer if isinstance(answer, list) else [answer]
    written = not any(part is ... or part is None for part in parts)
    if os.environ.get("NBGRADER_EXECUTION") == "autograde" and KEY not in os.environ:
        raise ValueError(f"hand_in: found no key, wanted its path in {KEY}; set it, and autograde again.")
    if path := os.environ.get(KEY):
        verdict = (
            marked(exercise, answer, key(path))
            if written
            else Verdict(False, f"{exercise}: not written yet.")
        )
    elif written:
        verdict = Verdict(None, f"{exercise}: handed in: your instructor marks it.")
    else:
        verdict = Verdict(None, f"{exercise}: {NOT_WRITTEN}")
    verdict.given = answer
    return verdict


def key(path):
    """Return {exercise: {"lesson": …, "answer": numbers}} of a key; DataError for any other file."""
    try:
        found = json.loads(Path(path).read_text("utf-8"))
        return {name: {"lesson": str(one["lesson"]), "answer": one["answer"]} for name, one in found.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        wanted = "a key that `mnet edition --second` wrote"
        raise DataError(path, f"none ({error})", wanted, "name the key of this class") from None


def marked(exercise, answer, key):
    """Return the Verdict on an answer by a key: whole numbers are exact, others right to three digits.

    >>> marked("04 limit", 0.2501, {"04 limit": {"answer": 0.25}})
    ✓ 04 limit: right.
    """
    if exercise not in key:
        raise ValueError(f"hand_in: the key has no {exercise!r}, wanted one of {', '.join(key)}.")
    wanted = np.asarray(key[exercise]["answer"])
    try:
        found = np.asarray(answer, float)
    except (TypeError, ValueError):
        return Verdict(False, f"{exercise}: found no numbers, wanted {_brief(wanted)}.")
    share = 5e-3 if wanted.dtype.kind == "f" else 0
    if found.shape == wanted.shape and np.allclose(found, wanted, share, 1e-9):
        return Verdict(True, f"{exercise}: right.")
    return Verdict(False, f"{exercise}: found {_brief(found)}, wanted {_brief(wanted)}.")


def _brief(array):
    text = np.array2string(array, precision=4, threshold=8, separator=", ")
    return " ".join(text.split()) if array.size <= 8 else f"shape {array.shape}"
