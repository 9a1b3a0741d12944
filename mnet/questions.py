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
    "05 red": Question("BP2", {
        "all blame starts in BP1: a mistake there spoils the last layer's arrays too": "BP1",
        "BP3 makes both nabla_b, and one of them is right": "BP3",
        "BP4 makes both nabla_w, and one of them is right": "BP4",
        "it goes red at every mistake: which one goes red beside it?": "all four",
        "this is an equation's number in the course: give its name, BP1 to BP4": lambda name: str(name).strip(
            "() ") in {"9", "10", "11", "12", "13"},
        "give the name in quotes, 'BP1' to 'BP4'": lambda name: str(name) in {"1", "2", "3", "4"},
        "backprop calls all four: which one of them is wrong?": lambda name: "backprop" in str(name).lower(),
        "only one is wrong, and one mistake explains both arrays": lambda names: len({*names}
            & {"BP1", "BP2", "BP3", "BP4"}) > 1,
    }, "which of the four equations has no part in the two arrays that are right?"),

    # 06 sgd

    # 07 recognise
}
# fmt: on
