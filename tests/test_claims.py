"""What the text states and no compared cell prints: measured again, against the band in the text."""

import functools
import math
import re
import subprocess
import sys
import timeit
from statistics import median
from typing import NamedTuple

import jupytext
import numpy as np
import pytest

import mnet
from tests.support.notebooks import NOTEBOOKS, ROOT, SOLUTIONS, SOURCES, read, text
from tests.support.per_example import per_example as per_example_original

# Trainings: sizes, η, epochs, seed, and whether each weight is divided by the root of its layer's inputs.
RUNS = {
    "none hidden": [([784, 10], 3.0, 8, seed, False) for seed in range(2)],
    "none scaled": [([784, 10], 3.0, 4, seed, True) for seed in range(2)],
    "small η": [([784, 30, 10], 0.001, 30, 0, False)],
    "large η": [([784, 30, 10], 100.0, 10, 0, False)],
    "100 hidden": [([784, 100, 10], 3.0, 4, seed, False) for seed in range(5)],
    "100 scaled": [([784, 100, 10], 3.0, 4, seed, True) for seed in range(2)],
}


def train(run):
    """Return the share of the test images, in percent, that are read after each epoch."""
    sizes, eta, epochs, seed, scaled = run
    data, rng = digits(), np.random.default_rng(seed)
    net = mnet.Network(sizes, rng)
    if scaled:
        net.weights = [w / np.float32(math.sqrt(w.shape[1])) for w in net.weights]
    return [epoch.correct / 100 for epoch in mnet.sgd(net, data.train, epochs, 10, eta, rng, data.test)]


def improve(seed, epochs):
    """Return the share of the test images that lesson 08's best recipe reads, in percent."""
    data, rng = digits(), np.random.default_rng(seed)
    mnet.scale_weights(net := mnet.Network([784, 100, 10], rng))
    settings = {"last_eta": 0.01, "decay": 3e-5, "pixels": 1}
    list(mnet.improved_sgd(net, data.train, epochs, 10, 0.5, rng, **settings))
    return mnet.evaluate(net, data.test) / 100


digits = functools.cache(mnet.load_mnist)


@functools.cache
def final_run():
    """Let the command do the book's run, [784, 30, 10] for 30 epochs at η = 3; return what it said."""
    return subprocess.run([sys.executable, "-m", "mnet", "train"], capture_output=True, text=True, check=True)


@functools.cache
def curves(name):
    """Return the curve of each of the runs of this name."""
    if name == "30 hidden":
        correct = re.findall(r"^Epoch \d+: (\d+) / 10000$", final_run().stdout, re.MULTILINE)
        return [[int(count) / 100 for count in correct]]
    return [train(run) for run in RUNS[name]]


def first(name):
    return lambda: [curve[0] for curve in curves(name)]


def best(name):
    return lambda: [max(curve) for curve in curves(name)]


def last(name):
    return lambda: [curve[-1] for curve in curves(name)]


def middle(name):
    return lambda: median(best(name)())


def lucky():
    return sum(share >= 90 for share in best("100 hidden")())


def guess_at_random():
    labels = digits().test.labels
    return 100 * (np.random.default_rng(0).integers(0, 10, labels.size) == labels).mean()


def darkness(split):
    return split.images.mean(axis=1) / 256


def mean_darkness():
    """Return the mean darkness of each training digit."""
    train = digits().train
    return np.array([darkness(train)[train.labels == digit].mean() for digit in range(10)])


def guess_by_darkness():
    test = digits().test
    guess = abs(darkness(test)[:, None] - mean_darkness()).argmin(axis=1)
    return round(100 * (guess == test.labels).mean(), 2)


def slower(slow, fast):
    """Return how many times as long `slow` takes as `fast`, each at its quickest, in turns."""
    times = [[timeit.timeit(each, number=1) for each in (slow, fast)] for _ in range(7)]
    slowest, fastest = map(min, zip(*times, strict=True))
    return slowest / fastest


def one_by_one():
    """Return how many times as long a thousand answers take one by one as together."""
    net, x = mnet.Network([784, 30, 10], np.random.default_rng(0)), digits().train.columns(slice(0, 1000))[0]
    return slower(
        lambda: [mnet.feedforward(net, x[:, [i]]) for i in range(1000)], lambda: mnet.feedforward(net, x)
    )


def first_thousand():
    train = digits().train
    return mnet.Split(train.images[:1000], train.labels[:1000])


def per_example():
    """Return how many times as long an epoch takes with the book's loop over single examples."""
    few, sizes, rng = first_thousand(), [784, 30, 10], np.random.default_rng(0)
    book, _ = per_example_original(few, few, sizes, 10, 3.0)
    net = mnet.Network(sizes, rng)
    return slower(book, lambda: list(mnet.sgd(net, few, 1, 10, 3.0, rng)))


def nudging():
    """Return how many times as long the answers to all nudges would take as one backprop."""
    net = mnet.Network([784, 30, 10], np.random.default_rng(0))
    x, y = digits().train.columns(slice(0, 10))
    answer, back = lambda: mnet.quadratic_cost(mnet.feedforward(net, x), y), lambda: mnet.backprop(net, x, y)
    return 2 * sum(array.size for array in net.weights + net.biases) * slower(answer, back)


class Claim(NamedTuple):
    where: str  # README, or the name of a lesson
    quote: str  # its words there
    measure: callable  # returns a figure, or one for each random start
    low: float  # the band, whose ends the quote says: in digits, or in one of WORDS
    high: float = math.inf


WORDS = {"twice": 2}

CLAIMS = [
    Claim("README", "| a guess at random | about 10 % | 9 to 11 % |", guess_at_random, 9, 11),
    Claim("README", "mean darkness is nearest | 22.25 % | 22.25 % |", guess_by_darkness, 22.25, 22.25),
    Claim("README", "loop over single examples (a test asks for 3 times)", per_example, 3),
    Claim("01_data", "A 0 takes more than twice the ink of a 1", lambda: np.divide(*mean_darkness()[:2]), 2),
    Claim("03_feedforward", "from machine to machine; that it is more than 2 does not", one_by_one, 2),
    Claim("05_backprop", "more than 5,000 times as long", nudging, 5000),
]

TRAINED = [
    Claim(
        "README", "layer, best of 8 epochs | at most about 92 % | 60 to 93 % |", best("none hidden"), 60, 93
    ),
    Claim("README", "by √(its inputs), best of 4 | | 89 to 93 % |", best("none scaled"), 89, 93),
    Claim("README", "after one epoch | 90 to 91 % | 89 to 92 % |", first("30 hidden"), 89, 92),
    Claim("README", "best of 30 epochs | 95.42 % | 94.5 to 96 % |", best("30 hidden"), 94.5, 96),
    Claim("README", "η = 0.001, after 30 epochs | about 21 % | 10 to 45 % |", last("small η"), 10, 45),
    Claim("README", "η = 100, after 10 epochs | about 10 % | 7 to 20 % |", last("large η"), 7, 20),
    Claim("README", "middle one of five starts | about 96.6 % | 55 to 90 % |", middle("100 hidden"), 55, 90),
    Claim("README", "at most 2 of our five starts read 90 % within four epochs", lucky, 0, 2),
    Claim("README", "by √(its inputs), each start | | 95.5 to 98 % |", best("100 scaled"), 95.5, 98),
    Claim(
        "README",
        "with all of lesson 08, 20 epochs | 98.04 % in 60 | 98.1 to 98.7 % |",
        lambda: improve(1, 20),
        98.1,
        98.7,
    ),
    Claim("README", "reads more than 94 of 100 that it has never seen", best("30 hidden"), 94),
]

# Numbers of the prose that are no measurements.
FACTS = {
    "course": "50,000 10,000 60,000 70,000 images, 784 pixels, 23,860 parameters; 1,000 3,136",
    "00_start": "500 writers; η 100 and 0.001, to play with; 9,300 read, to reach",
    "01_data": "since 1998; an 8 misread; 5.5 between; 9,900 others; pixels 150, 239, 400; 614,656 = 784²",
    "02_sigmoid": "w 20 and a switch at 0.10, to play with; 64 bits, 16 digits",
    "03_feedforward": "32 and 64 bits; 95 % in lesson 02; 0.9 and 0.1, to reach",
    "04_cost": "squares 0.09 and 0.16; 0.8, a tenth of 8; bias 12 of lesson 02",
    "05_backprop": "32 and 64 bits; σ′(1) = 0.197, as lesson 02 prints; a cost of 0.50, as lesson 04 does",
    "06_sgd": "64 bits; a right angle of 90°; 32 to 512, what others use; η 0.01, to play with; 94, to reach",
    "08_improve": "95 and 98 of 100, the book's and this lesson's; 99 with convolutional networks",
    "07_recognise": "92 and 96, two scores; 99 % with networks of the book's chapter 6",
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
FACTS["07_recognise"] += README[README.index("| photograph |") : README.index("## The command")]
NUMBER = re.compile(r"(?<![\w.])\d(?:[\d,]*\d)?(?:\.\d+)?(?!\w)")


def words(where):
    """Return the text of the README or of a lesson's cells, its white space evened out."""
    if where == "README":
        parts = [(ROOT / "README.md").read_text(encoding="utf-8")]
    else:
        parts = [cell.source for cell in jupytext.read(NOTEBOOKS / "src" / f"{where}.py").cells]
    return " ".join(" ".join(parts).split())


def numbers(said):
    return {number.replace(",", "") for number in NUMBER.findall(said.replace("_", ""))}


def check(claim):
    figures = np.array(claim.measure())
    assert ((figures >= claim.low) & (figures <= claim.high)).all(), f"{claim.quote!r}: measured {figures}"


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: f"{claim.where}: {claim.quote}")
def test_a_claim_is_true(claim):
    check(claim)


@pytest.mark.slow
@pytest.mark.parametrize("claim", TRAINED, ids=lambda claim: f"{claim.where}: {claim.quote}")
def test_a_claim_about_a_training_is_true(claim):
    check(claim)


def test_the_final_run_of_the_book():
    *epochs, last = final_run().stdout.splitlines()
    assert [re.fullmatch(r"Epoch (\d+): \d{4} / 10000", line)[1] for line in epochs] == [*map(str, range(30))]
    final, best = map(int, re.match(r"Last (\d+) / 10000, best (\d+) / 10000 in epoch \d+; ", last).groups())
    assert best >= final >= 9450
    assert final_run().stderr == ""  # no bar where there is no terminal


@pytest.mark.parametrize("claim", CLAIMS + TRAINED, ids=lambda claim: f"{claim.where}: {claim.quote}")
def test_the_text_states_the_claim_and_its_band(claim):
    assert claim.quote in words(claim.where)
    said = {float(number) for number in numbers(claim.quote)}
    said |= {value for word, value in WORDS.items() if word in claim.quote} | {0, math.inf}
    assert {claim.low, claim.high} <= said


def prose(source):
    """Return a text cell without formulas, code, links, headings and references to parts of the course."""
    source = re.sub(r"`[^`]*`|\]\([^)]*\)|\$\$.*?\$\$|\$[^$]*\$", " ", source, flags=re.DOTALL)
    source = re.sub(r"^#+ .*$|^\d+\. |\b\d\d · |About \d+ minutes[^.]*", " ", source, flags=re.MULTILINE)
    kinds = r"([Cc]hapters?|[Ll]essons?|[Ss]ections?|[Ee]xercises?|[Ee]quations?|[Nn]eurons?|[Ll]ayers?|BP)"
    return re.sub(rf"{kinds} ?\(?\d+\)?((,| and| to|, and) \(?\d+\)?)*|from 0\d to 0\d|\(\d+\)", " ", source)


def says(number, others):
    """Return whether one of the others is this number, or would be if it were rounded as far."""
    places = len(number.partition(".")[2])
    return any(f"{float(other):.{places}f}" == number for other in others)


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_each_number_of_the_prose_is_printed_or_set_or_claimed(path):
    cells = [cell for folder in (NOTEBOOKS, SOLUTIONS) for cell in read(folder / f"{path.stem}.ipynb").cells]
    known = [FACTS["course"], FACTS.get(path.stem, "")]
    known += [claim.quote for claim in CLAIMS + TRAINED if claim.where == path.stem]
    for cell in cells:
        if cell.cell_type == "code":
            known.append(cell.source)
            if "nbval-ignore-output" not in cell.metadata.get("tags", []):
                known += map(text, cell.outputs)
    found = {n for cell in cells if cell.cell_type == "markdown" for n in numbers(prose(cell.source))}
    others = numbers(" ".join(known))
    assert not {n for n in found if not says(n, others)}, "neither printed nor set, not in CLAIMS or FACTS"
