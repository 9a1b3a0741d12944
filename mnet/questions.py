"""The questions of the lessons that ask for a number or a word: `checks.answer` compares, this table knows.

A question's name is its lesson and a word. `right` is the answer, or a function that says whether a value
is right; `mistakes` gives each common wrong answer, a value or such a function, behind the sentence that
explains it; `hint` is what any other answer is told; numbers may be off by `within`.
"""

from collections import namedtuple

Question = namedtuple("Question", "right mistakes hint within", defaults=(0.0,))

# fmt: off
QUESTIONS = {
    # 00 start

    # 01 data

    # 02 sigmoid
    "02 bias": Question(-12.0, {
        "the sign is wrong: w x + b = 0 gives b = -w x": 12.0,
        "this is the place of the switch, x: the bias is -w x": 3.0,
        "this is the place with its sign turned: multiply it by w too": -3.0,
        "this is x / w: solve w x + b = 0 for b": lambda b: abs(abs(b) - 3 / 4) < 1e-9,
        "this is the weight: the bias is -w x": lambda b: abs(b) == 4,
        "this is -w - x: the weight multiplies x": -7.0,
    }, "the neuron switches where w x + b = 0: put in w = 4 and x = 3"),
    "02 steepest": Question(5.0, {
        "this is the slope of σ at 0: the chain rule multiplies it by w": 0.25,
        "this is w: σ′(0) is a quarter, not 1": 20.0,
        "this divides by 20: the chain rule multiplies": 0.0125,
        "this is w² / 4: the chain rule brings w once": 100.0,
        "the value there is a half: wanted is the slope": 0.5,
        "this is w / 2: the slope of σ at 0 is a quarter, not a half": 10.0,
    }, "at the switch z = 0: multiply σ′(0) by what the chain rule brings"),

    # 03 feedforward

    # 04 cost

    # 05 backprop

    # 06 sgd

    # 07 recognise
}
# fmt: on
