"""Checks of the exercises, which name the mistake: a lesson calls `checks.sigmoid(sigmoid)`.

Not a lesson. A check asks your function and ours the same small questions. It knows the common mistakes as
code, a wrong function for each sentence that explains one: where your function gives the numbers of a wrong
one, that sentence is the answer. Otherwise it shows the first thing that differs.
"""

import functools
import inspect
import sys

from mnet.checks import blaming, exercises, handed_in, improving, questions
from mnet.checks.exercises import EXERCISES
from mnet.checks.judge import Verdict
from mnet.checks.plug import plugged_in

__all__ = ["EXERCISES", "Verdict", "answer", "goal", "hand_in", "plugged_in", "watchers", *EXERCISES]

# told of each verdict that a learner asks for: the check, the Verdict, its arguments, the asker's names
watchers = []


def _watched(check):
    @functools.wraps(check)
    def watched(*args, **kwargs):
        verdict, asker = check(*args, **kwargs), sys._getframe(1)
        for tell in watchers:
            arguments = inspect.signature(check).bind(*args, **kwargs).args
            tell(check.__name__, verdict, arguments, asker.f_globals | asker.f_locals)
        return verdict

    return watched


# As the learner calls them. `plugged_in` asks those in the modules, and nobody is told.
one_hot = _watched(exercises.one_hot)
sigmoid = _watched(exercises.sigmoid)
sigmoid_prime = _watched(exercises.sigmoid_prime)
feedforward = _watched(exercises.feedforward)
quadratic_cost = _watched(exercises.quadratic_cost)
cost_derivative = _watched(exercises.cost_derivative)
backprop = _watched(blaming.backprop)
update_mini_batch = _watched(exercises.update_mini_batch)
scale_weights = _watched(improving.scale_weights)
cross_entropy = _watched(improving.cross_entropy)
update_with_decay = _watched(improving.update_with_decay)
answer = _watched(questions.answer)
goal = _watched(questions.goal)
hand_in = _watched(handed_in.hand_in)
