"""The questions of the lessons that ask for a number or a word, and the goals that a training run can reach.

The name of a question is its lesson and a word. `right` is the answer, or a function that says whether a
value is right; `mistakes` gives each common wrong answer, a value or such a function, behind the sentence
that explains it; `hint` is what any other answer is told; numbers may be off by `within`.
"""

import re

import numpy as np

from mnet.checks import blaming
from mnet.checks.exercises import _feed
from mnet.checks.judge import NOT_WRITTEN, Question, Verdict

# fmt: off
QUESTIONS = {
    # 00 start
    "00 steps": Question(5000, {
        "these are the images: the numbers change once for each ten of them": 50_000,
        "this is one mini-batch: how many of them are 50,000 images?": 10,
        "this multiplies: how many tens are 50,000?": 500_000,
        "this is a tenth of it: ten images make a step, not a hundred": 500,
        "it learns from train alone, 50,000 images of the 70,000": lambda n: n in (7000, 70_000),
        "validation is not for learning: train has 50,000 images": lambda n: n in (6000, 60_000),
        "all numbers change at once: how often does that happen?": 23_860,
        "an epoch has many steps: one after each ten images": 1,
    }, "the numbers change after each ten of 50,000 images"),
    "00 small": Question("hardly moves", {
        "a step is a 3,000th of the usual one: that far it does not get in one epoch": "climbs to 90 %",
        "by less than one in a hundred, and which phrase says that?": "falls",
        "that is what the cost does: asked is the share of images read correctly": "falls steadily",
        "the steps are tiny: large ones make it jump": "jumps about or gets stuck",
        "the steps are tiny: large ones jump": "jumps about",
        "the cost does fall, so it is not stuck: which phrase is about the share?": "gets stuck",
        "give one of the three phrases, in quotes": lambda word: isinstance(word, (int, float)),
    }, "give one of the three phrases, word for word, in quotes"),

    "00 curves": Question(lambda word: _letters(word) == "BCA", {
        "A falls at once and then stays where it is: a small step does neither": lambda word:
            _letters(word)[0] == "A",
        "C falls at once: with the smallest steps that takes longer": lambda word: _letters(word)[0] == "C",
        "C goes on falling, A stands still: which of them has steps too large to learn with?": lambda word:
            _letters(word) == "BAC",
        "all three, the smallest learning rate first": lambda word: 0 < len(_letters(word)) < 3,
    }, "give three letters in quotes, such as \"ABC\""),

    # 01 data
    "01 count": Question(228, {
        "that is more than there are pictures: how many comparisons does == make?": 102172,
        "this counts guesses that fit any picture: compare each with its own label": 1000,
        "these are all 10,000 validation pictures: wanted are the first 1,000": 2334,
        "these are all 10,000 test pictures: wanted are the first 1,000 of validation": 2225,
        "these are the first 1,000 test pictures: wanted are those of validation": 214,
        "these are the first 1,000 training pictures: wanted are those of validation": 240,
        "this is the share of a table of each against each: give both the shape (1000,)": 0.102172,
        "this is the share: wanted is the count, so .sum() and not .mean()": 0.228,
        "these guesses do not see the ink: means are divided by 256, so divide it too": 100,
        "argmax takes the farthest mean: the nearest is argmin": 20,
    }, "print the shape of each side of == : both should be (1000,)", 0.0005),
    "01 pixel": Question((14, 8), {
        "row and column are exchanged: the quotient is the row": (8, 14),
        "rows and columns count from 0: this counts from 1": (15, 9),
        "the row counts from 0: this counts from 1": (15, 8),
        "the column counts from 0: this counts from 1": (14, 9),
        "this is number 399: the pixels count from 0 as well": (14, 7),
        "a row has 28 pixels, not 20": (20, 0),
        "a row has 28 pixels, not 10 or 100": lambda place: tuple(place) in {(40, 0), (4, 0)},
        "this is 400 / 28: its whole part is the row, and what is left of 400 is the column":
            lambda place: abs(place - 400 / 28) < 0.1,
        "this is the row alone: give [row, column]": 14,
        "this is the column alone: give [row, column]": 8,
    }, "divide 400 by 28: give [quotient, remainder]"),
    "01 same": Question(1135, {
        "each digit occurs about, not exactly, 1,000 times, and the best reader says the commonest": 1000,
        "this is the digit: how many test pictures show it?": 1,
        "this is the share: wanted is the count": lambda n: n in (0.1135, 11.35, 0.11, 11, 0.1, 10),
        "this is the rarest digit, 5: the best answer is the commonest": 892,
        "this is how often 0 occurs: another digit is commoner": 980,
        "these are the validation pictures: count mnist.test.labels": 1064,
        "these are the training pictures: count mnist.test.labels": 5678,
        "this adds up all digits: wanted is the largest of the ten counts": 10000,
        "these are all ten counts: wanted is the largest": lambda counts: len(counts) == 10,
    }, "take the largest of the ten numbers of np.bincount(mnist.test.labels)"),

    "01 turned": Question(0, {
        "it has the least ink: the pictures are nearly all ink now": 1,
        "it has much ink, but one digit has more": lambda digit: digit in (2, 8),
        "a sheet full of ink is nearest to the mean with the most ink": lambda digit: 2 < digit < 10,
        "it still answers one of ten digits: which?": lambda some: some > 9,
    }, "give one digit, 0 to 9: the one whose mean has the most ink"),
    # 01a files
    "01a length": Question(47_040_016, {
        "the header is missing: four numbers of 4 bytes come first": 47_040_000,
        "the header has four numbers of 4 bytes, not of one": 47_040_004,
        "this is the header of labels: pictures have four numbers in it, not two": 47_040_008,
        "this is the test file: this one holds 60,000 pictures": 7_840_016,
        "this is training alone: validation is in the same file": lambda n: n in (39_200_016, 39_200_000),
        "these are bits: a byte is one number from 0 to 255": lambda n: n in (376_320_128, 376_320_000),
        "these are the bytes on the disk: wanted is the file unpacked": 9_630_610,
        "each picture has 784 bytes: this counts pictures": lambda n: n in (60_000, 60_016),
    }, "a header of 16 bytes, then 784 bytes for each of 60,000 pictures"),
    "01a labels": Question((7, 2, 1, 0, 4), {
        "the first test picture is a 7: which digit of the file is the first of these?": (5, 9, 0, 6, 9),
        "this is the header: the labels come behind it": (0, 0, 8, 1, 0),
        "the header goes on to byte 8: it names one length, 10,000": (0, 0, 39, 16, 7),
        "this skips the first label: bytes count from 0, so byte 8 is the ninth": (2, 1, 0, 4, 1),
        "these are the training labels": (5, 0, 4, 1, 9),
        "these are fewer or more than five": lambda some: np.ndim(some) == 1 and len(some) != 5,
    }, "find in list(raw[:16]) where the header of 8 bytes ends"),
    "01a packs": Question(1, {
        "its blank middle is small: which digit leaves most of the paper blank?": 0,
        "it has little ink, but one digit has less": lambda digit: digit in (4, 7),
        "it has much ink and many edges, which gzip cannot shorten": lambda digit: digit in (2, 3, 8),
        "one digit has far less ink": lambda digit: digit in (5, 6, 9),
    }, "give one digit, 0 to 9: the one with the longest runs of blank paper"),

    # 02 sigmoid
    "02 bias": Question(-12.0, {
        "the sign is wrong: w x + b = 0 gives b = -w x": 12.0,
        "this is the place of the switch, x: the bias is -w x": 3.0,
        "this is the place with its sign turned: multiply it by w too": -3.0,
        "this is x / w: solve w x + b = 0 for b": lambda b: abs(abs(b) - 3 / 4) < 1e-9,
        "this is the weight: the bias is -w x": lambda b: abs(b) == 4,
        "this is -w - x: the weight multiplies x": -7.0,
    }, "the neuron switches where w x + b = 0: put in w = 4 and x = 3"),
    "02 steepest": Question(2.1, {
        "this is the slope at the switch, where z = 0: at x = 0.1 it is less": 5.0,
        "this takes σ′ at x: take it at z = 20 x": lambda slope: abs(slope - 4.99) < 0.01,
        "this is σ′ at z = 2: the chain rule multiplies it by w": lambda slope: abs(slope - 0.105) < 0.002,
        "this is σ′ at x: take it at z = 20 x, and multiply it by w": lambda slope: 0.24 < slope < 0.251,
        "this is w: σ′(2) is not 1": 20.0,
        "this is z: wanted is the slope of the answer": 2.0,
        "this divides by 20: the chain rule multiplies": lambda slope: abs(slope - 0.00525) < 0.0001,
        "this is the answer there: wanted is its slope": lambda slope: abs(slope - 0.881) < 0.01,
        "the second factor of σ′ is missing: σ(z)(1 - σ(z))": lambda slope: abs(slope - 17.6) < 0.1,
    }, "at x = 0.1 z is 2: multiply σ′(2) by what the chain rule brings", within=0.02),

    "02 h": Question(lambda h: 2e-6 < float(h) < 5e-5 and not isinstance(h, str), {
        "there the curve is cut off at the corner: a smaller step is better": lambda h: 5e-5 <= h <= 1,
        "there the two numbers are nearly equal, and rounding eats their difference": lambda h: 0 < h <= 2e-6,
        "h divides: it must not be 0": 0.0,
        "this is the power of ten: give the step itself, such as 1e-3": lambda h: 1 < abs(h) <= 12,
        "h is a step: give it without the minus": lambda h: -1 < h < 0,
    }, "a step such as 1e-3: which makes h² and 1e-16 / h about equal?"),

    # 03 feedforward
    "03 count": Question(13_002, {
        "these are the weights alone: each neuron after the input has a bias too": 12_960,
        "the inputs have no biases: they compute nothing": 13_786,
        "the biases of the 10 outputs are missing": 12_992,
        "the biases of the hidden neurons are missing": 12_970,
        "this has one hidden layer: the weights and biases between 16 and 16 are missing": 12_730,
        "this is the first layer alone: two more follow": lambda n: n in (12_544, 12_560),
        "each layer hears the one before it: the outputs have 16 inputs each, not 784": 20_682,
        "add the layers up: this multiplies them": 784 * 16 * 16 * 10,
        "these are the neurons: each has a weight for all it hears": lambda n: n in (826, 42),
        "this is [784, 30, 10]: the hidden layers have 16 neurons each": 23_860,
    }, "the weights are (16, 784), (16, 16) and (10, 16), and each row has a bias"),
    "03 half": Question(-2.024, {
        "the sign is wrong: bias and the rest add up to z = 0": lambda b: abs(b - 2.024) < 0.01,
        "0.5 comes out where z is 0: this bias does not make z 0": lambda b: b in (0, 0.5, -0.5),
        "this is z as it stands, with its bias -1: take it away from -1": lambda b: abs(b - 1.024) < 0.01,
        "this is by how much the bias must change: it stands at -1 now": lambda b: abs(b + 1.024) < 0.01,
        "this is the bias that the network has": -1.0,
        "the bias adds to z, not to the answer": lambda b: min(abs(b + 0.236), abs(b + 1.236)) < 0.01,
        "this is the answer as it stands: which bias makes z = 0?": lambda b: abs(b - 0.736) < 0.01,
        "the middle weight is -1: its product is taken away": lambda b: abs(abs(b) - 3.487) < 0.01,
        "these are the weights' sum: each multiplies what it hears": lambda b: abs(b) == 5,
    }, "z = 2 · 0.622 - 1 · 0.731 + 4 · 0.378 + b must be 0", 0.01),

    "03 design": Question(lambda net: (_loops(net) > 0.9).tolist() == [False, True, True, False]
        and (_loops(net) < 0.1).tolist() == [True, False, False, True], {
        "two numbers go in and one comes out: Network([2, 2, 1])":
            lambda net: (net.sizes[0], net.sizes[-1]) != (2, 1),
        "one neuron cannot do it: a hidden layer is missing": lambda net: len(net.sizes) == 2,
        "both hidden neurons ask the same: let one ask for one loop, the other for two": lambda net: len(
            {*map(tuple, np.hstack([net.weights[0], net.biases[0]]).tolist())}) == 1 and net.weights[0].any(),
        "it says the same to all four: give it weights and biases": lambda net: np.ptp(_loops(net)) < 0.01,
        "it says yes to the 1, which has no loop: the output's bias must be negative":
            lambda net: _loops(net)[0] > 0.5,
        "it says yes to the 8: the neuron that answers \"both\" must hold the output back":
            lambda net: _loops(net)[3] > 0.5,
        "all four lean the right way, and not far enough: make all its numbers larger":
            lambda net: min(_loops(net)[1:3]) > max(_loops(net)[[0, 3]]),
        "it says no to the 9, whose loop is above: the first column of weights hears it":
            lambda net: _loops(net)[1] < 0.5,
        "it says no to the 6, whose loop is below: the second column of weights hears it":
            lambda net: _loops(net)[2] < 0.5,
        "give the network itself: checks.answer(\"03 design\", my_net)":
            lambda net: not hasattr(net, "weights"),
    }, "give it arrays of the shapes (2, 2), (1, 2), (2, 1) and (1, 1)"),

    **blaming.QUESTIONS,  # 04 and 05

    # 06 sgd
    "06 angle": Question(0.5, {
        "the error of a mean falls with the root of m, not with m itself": 0.25,
        "more images, a better direction: the angle gets smaller, so divide": lambda v: v in (2, 4, 16),
        "this takes the root twice: the root of 4 is 2": lambda v: abs(v - 2**-0.5) < 0.02,
        "it does change: a poll of four times the people is more precise": 1.0,
        "this is the square: the error falls with the root": 0.0625,
        "this is for a hundred times the images: here it is four times": lambda v: v in (0.1, 0.01),
        "this is for ten times the images: here it is four times": lambda v: abs(v - 10**-0.5) < 0.02,
        "as a factor, not in percent": 50.0,
        "this is an angle: wanted is the new angle, divided by the old one": lambda v: 3 < v < 30,
        "the angle stays positive": lambda v: v < 0,
    }, "the angle falls with the root of the number of images: put in 4", within=0.02),

    "06 curve": Question("labels", {
        "steps that are too small leave the cost near where it began, and this one has fallen": "eta",
        "ten outputs stuck at 0 cost 0.50, and this cost goes on below it: what do ten answers of 0.1 cost?":
            "saturated",
        "then its training images would cost less and less: here both cost the same": "by heart",
        "one of the four words, in quotes": lambda v: isinstance(v, (int, float)),
    }, "what do ten answers of 0.1 cost, whatever the picture?"),

    # 07 recognise
    "07 winner": Question(95.83, {
        "this is what each team's reader is worth: the winner is the luckiest of 100": lambda v: v == 94,
        "this is the mean of all teams: the winner is the largest of them": lambda v: 93.8 < v < 94.2,
        "this is one competition: take the mean over some hundred, and each is worth a look":
            lambda v: 95 < v < 97.5 and abs(v * 10 - round(v * 10)) < 1e-9,
        "this is the luck of one team: the winner is the best of 100": lambda v: abs(v - 94.75) < 0.02,
        "these are images: enter percent, a tenth of them": lambda v: 950 < v < 980,
        "in percent, not as a share": lambda v: 0.9 < v < 1,
        "this is the worst team: the winner is the best": lambda v: 91 < v < 92.6,
        "this is the luckiest of all competitions: take the best of each, then the mean":
            lambda v: 96.3 < v < 99,
    }, "take the largest of 100, for many competitions, and the mean of those", within=0.12),
    "07 copies": Question(0.96, {
        "this is the chance of one of the two others: one or the other is enough": 0.8,
        "this is the chance that both are learnt from: one is enough": 0.64,
        "this is the chance that neither is learnt from": 0.04,
        "this is the chance that just one of the two is: both count as well": 0.32,
        "the picture itself is in judge: two others were made of the same image, not three": 0.992,
        "two of three are others, and where they lie is chance": lambda v: abs(v - 2 / 3) < 0.01,
        "a third are as they were, and they have copies, too": lambda v: abs(v - 1 / 3) < 0.01,
        "not quite all: sometimes both others are in judge as well": 1,
        "this is the share that is held back: where are the two others?": 0.2,
        "as a share of 1, not in percent": lambda v: 3 < v <= 100,
    }, "with a chance of 1/5 one other is not in learn: when are both not?", within=0.005),
    "07 bug": Question("transposed", {
        "then a 0 is a white ring on black, and hardly one is read": "inverted",
        "a mirror leaves a 1 upright: many would still be read": "mirrored",
        "a 1 stands on its head as well as on its foot: it would still be read": "upside down",
        "half a turn leaves a 1 as it is: it would still be read": "turned",
        "the division by 256 is not among the five": lambda v: v in (255, 256),
        "one of the five words, in quotes": lambda v: isinstance(v, (int, float)),
    }, "which of the five lays a 1 on its side?"),

    # 07a inside
    "07a spread": Question(35.4, {
        "half of the inputs are 0, and what is multiplied by 0 adds nothing": 50.0,
        "this is the number of terms: their sum spreads by the root of it": lambda v: v in (1250, 1251),
        "this is the number of inputs: half of them add nothing, and the spread is a root": 2500,
        "half of the terms are missing, not half of the root: take the root of 1,250": 25.0,
        "the number of terms grows, and so does the spread, by the root": 1.0,
        "this is the number to multiply by: how wide is z before?": lambda v: 0 < v < 0.05,
        "a spread has no sign": lambda v: v < 0,
    }, "z has 1,250 terms that are not 0, each a standard normal number", within=0.3),
    "07a deaf": Question(18.9, {
        "σ′ is missing: this compares the errors a - y, and δ = (a - y) σ′(z)": lambda v: 0.45 < v < 0.55,
        "a - y is missing, or σ′(0) is taken for a half (it is a quarter)": lambda v: 37 < v < 39,
        "the other way round: the undecided one has the larger δ": lambda v: 0.05 < v < 0.06,
        "this is the δ of the sure one": lambda v: 0.006 < v < 0.007,
        "this is the δ of the undecided one": 0.125,
        "this is a ratio of z: put a and σ′ into equation (9)": 5,
        "both δ have the same sign, since both say too much": lambda v: v < 0,
    }, "δ = (a - y) σ′(z) with y = 0 and σ′ = a (1 - a): divide one by the other", within=0.5),

    # 08 improve
    "08 half": Question(9.24, {
        "these are mini-batches: an epoch has 5,000 of them": lambda v: 46_000 < v < 46_400,
        "η is missing: each step multiplies by 1 - η λ": lambda v: 4.5 < v < 4.7,
        "η is missing, and 5,000 mini-batches are an epoch": lambda v: 23_000 < v < 23_200,
        "this is when a factor e is lost: for one half, multiply by ln 2": lambda v: 13.2 < v < 13.5,
        "decay is no straight line: each step takes a share of what is left": lambda v: 6.6 < v < 6.7,
        "this is when it is down to a quarter": lambda v: 18.3 < v < 18.6,
        "the logarithm of 2 is the natural one, np.log(2) = 0.693": lambda v: 3.9 < v < 4.1,
        "both logarithms are negative: their quotient is not": lambda v: v < 0,
        "the prediction is in the right region: now compute it": 10,
    }, "after n steps (1 - η λ)ⁿ is left: solve for 0.5, and divide by 5,000", within=0.1),
    "08 tanh": Question(2, {
        "that is the sigmoid's: here the slope is twice a (1 - a), and half of it cancels": 1,
        "the fraction has a (1 - a) below the line: the slope, 2 a (1 - a), stands above": 0.5,
        "the factor 2 comes once": 4,
        "σ′ at 0 does not come in: a (1 - a) cancels": 0.25,
        "the sign is that of the sigmoid": lambda v: v < 0,
        "it does not vanish: a (1 - a) cancels, and what is left?": 0,
    }, "multiply (a - y) / (a (1 - a)) by the slope 2 a (1 - a)"),
}
# fmt: on


def answer(question, value):
    """Check your answer, a number, some numbers or a word, to a question of a lesson.

    Raises ValueError for a question that no lesson asks.

    >>> answer("02 bias", 12)
    ✗ 02 bias: 12 is not right: the sign is wrong: w x + b = 0 gives b = -w x.
    >>> answer("02 bias", ...)
    ○ 02 bias: not yet: write your answer, and run the cell again.
    """
    if question not in QUESTIONS:
        raise ValueError(f"answer: no lesson asks {question!r}, wanted one of {', '.join(QUESTIONS)}.")
    right, mistakes, hint, within = QUESTIONS[question]
    if value is ... or value is None:
        return Verdict(None, f"{question}: {NOT_WRITTEN}")
    if isinstance(right, (int, float)) and isinstance(value, (list, np.ndarray)) and np.size(value) == 1:
        value = np.asarray(value).item()  # the course's own numbers come as columns
    if _is_answer(value, right, within):
        return Verdict(True, f"{question}: right.")
    kinds = {
        "wanted is a number, and not True or False": isinstance(value, (bool, np.bool_)),
        "wanted is a number, without the quotes": isinstance(value, str) and _is_number(right),
    }
    named = {why: wrong for why, wrong in mistakes.items() if _is_answer(value, wrong, within)}
    why = next(iter(named), next((why for why, is_so in kinds.items() if is_so), hint))
    rounded = {round(right, digits) for digits in range(3)} - {0} if isinstance(right, float) else ()
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if number and value in rounded and all(map(callable, named.values())):
        why = "it is right as far as it goes: give more digits"
    return Verdict(False, f"{question}: {_brief(value)} is not right: {why}.".replace("?.", "?"))


def goal(panel, accuracy, epochs, hidden=None):
    """Check that a run in a training panel reads a share of the validation images within so many epochs.

    panel : what `panels.training` returns; accuracy : 0 to 1; epochs : passes over the training images;
    hidden : at most so many hidden neurons, if given. The runs that stay in the picture count as well.

    >>> from types import SimpleNamespace as Record
    >>> run = Record(validation=[(0, 2.0, 0.1), (3, 0.2, 0.93)], ghosts=[], verdict=lambda: "Learning.")
    >>> goal(Record(training=run), 0.92, 5), bool(goal(Record(training=run), 0.92, 2))
    (✓ goal: right: 93.0 % after 3.0 epochs, wanted 92 % within 5., False)
    """
    training = panel.training
    now = {"validation": training.validation, "sizes": training.net.sizes if hidden else ()}
    runs = [run for run in (now, *training.ghosts) if not hidden or sum(run["sizes"][1:-1]) <= hidden]
    points = [point for run in runs for point in run["validation"]]
    wanted = f"wanted {accuracy:.0%} within {epochs}".replace("%", " %")
    if not runs:
        return Verdict(False, f"goal: the network has more than {hidden} hidden neurons: choose fewer.")
    if all(at == 0 for at, *_ in points):
        return Verdict(None, f"goal: not yet: press Run in the panel, and check again; {wanted} epochs.")
    reached = [(at, share) for at, _, share in points if share >= accuracy]
    at, share = min(reached) if reached else max((share, -at) for at, _, share in points if at)[::-1]
    best = f"{share:.1%} after {abs(at):.1f} epochs, {wanted}".replace("%", " %", 1)
    if reached and at <= epochs:
        return Verdict(True, f"goal: right: {best}.")
    if reached:
        return Verdict(False, f"goal: too slow: {best}: a better η or mini-batch size gets there sooner.")
    return Verdict(False, f"goal: not there: {best} epochs at best. {training.verdict()}")


def _is_answer(value, wanted, within):
    """Say whether a value is the wanted one; nothing a learner gives raises."""
    if callable(wanted):
        try:
            return not isinstance(value, (bool, np.bool_)) and bool(wanted(value))
        except Exception:
            return False
    if isinstance(wanted, str):
        return isinstance(value, str) and _word(wanted) in (_word(value), _word(value.partition(":")[0]))
    try:
        found = np.asarray(value)
    except (TypeError, ValueError):  # rows of different lengths
        return False
    wanted = np.asarray(wanted)
    close = found.dtype.kind in "iuf" and found.shape == wanted.shape and wanted.dtype.kind in "iuf"
    rounding = 1e-6 if wanted.dtype.kind == "f" else 1e-9  # of millions of bytes each counts
    return bool(close and np.allclose(found, wanted, rounding, within))


def _loops(net):
    """Return a network's answers to a 1, a 9, a 6 and an 8: whether each has a loop above, and one below."""
    return _feed(net, [[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]]).ravel()


def _letters(word):
    """Return the letters A, B and C of an answer that puts curves in order."""
    return "".join(letter for letter in "".join(word).upper() if letter in "ABC")


def _word(text):
    """Return a word or a phrase without case, quotes, white space and full stop: what a learner means."""
    return " ".join(text.casefold().strip(" .!'\"\n\t").split())


def _is_number(right):
    return not isinstance(right, str) and not callable(right)


def _brief(value):
    text = " ".join(repr(value.tolist() if isinstance(value, (np.ndarray, np.generic)) else value).split())
    return re.sub(r" at 0x\w+", "", text) if len(text) <= 60 else f"{text[:57]}..."
