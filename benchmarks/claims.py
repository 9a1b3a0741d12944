"""Rerun every claim of the course that chance has a hand in, from ten random starts, and say which hold.

    uv run --extra test python -m benchmarks.claims            half an hour
    uv run --extra test python -m benchmarks.claims --quick    one start of each
    uv run --extra test python -m benchmarks.claims 06 README  those of a lesson, or of the README

A lesson claims what its cells print: each line that says True or False, and each verdict on a model answer.
Its notebook is run again with every seed exchanged; a number behind ≈ may differ, the words may not. What the
prose claims beyond that stands in CLAIMS, which the tests read as well.
"""

import os

if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"

import argparse
import math
import re
import sys
import timeit
from functools import cache
from statistics import median
from typing import NamedTuple

import nbformat
import numpy as np
from nbclient import NotebookClient

import mnet
from benchmarks import photos
from mnet.live import equations
from tests.support.notebooks import NOTEBOOKS, SOURCES, read
from tests.support.notebooks import text as compared
from tests.support.per_example import per_example as per_example_original

STARTS = 10
RESTART = """
import numpy
def default_rng(seed=None, draw=numpy.random.default_rng):
    return draw([{start}, *numpy.atleast_1d(seed)] if isinstance(seed, (int, tuple, list)) else seed)
numpy.random.default_rng = default_rng
"""


class Claim(NamedTuple):
    where: str  # README, or the name of a lesson
    quote: str  # its words there
    measure: callable  # returns a figure, given the number of a random start
    low: float  # the band, whose ends the quote says: in digits, or in one of WORDS
    high: float = math.inf
    starts: int = STARTS  # 1 where chance has no hand in it


digits = cache(mnet.load_mnist)


@cache
def curve(sizes, eta, epochs, seed, scaled=False, judges="test"):
    """Return the share of the judges' images, in percent, that are read after each epoch."""
    rng = np.random.default_rng(seed)
    net = scale(mnet.Network(list(sizes), rng), scaled)
    judged = getattr(digits(), judges)
    return [epoch.correct / 100 for epoch in mnet.sgd(net, digits().train, epochs, 10, eta, rng, judged)]


def scale(net, scaled):
    """Divide each weight by the root of its layer's inputs, where that is wanted."""
    for w in net.weights if scaled else ():
        w /= np.float32(math.sqrt(w.shape[1]))
    return net


def learnt(*sizes, epochs, scaled=False):
    """Return a measure: what a network of these sizes reads of the validation images after some epochs."""
    return lambda seed: curve((784, *sizes), 3.0, epochs, seed, scaled, "validation")[-1]


def early(seed):
    """Return what a network without a hidden layer reads of the validation images after 250 steps."""
    rng = np.random.default_rng(seed)
    net = mnet.Network([784, 10], rng)
    mnet.train_on(net, digits().train, mnet.mini_batches(50_000, 10, rng)[:250], 3.0)
    return mnet.evaluate(net, digits().validation) / 100


def misled(seed):
    """Return the cost on validation images after an epoch with labels shuffled apart from their images."""
    rng = np.random.default_rng(seed)
    net, labels = mnet.Network([784, 30, 10], rng), rng.permutation(digits().train.labels)
    list(mnet.sgd(net, mnet.Split(digits().train.images, labels), 1, 10, 3.0, rng))
    x, y = digits().validation.columns()
    return round(mnet.quadratic_cost(mnet.feedforward(net, x), y), 2)


def one_step(seed, eta):
    """Take one step from an untrained network; return the share of the promise kept, and where it lands."""
    net = mnet.Network([784, 30, 10], np.random.default_rng(seed), np.float64)
    x, y = digits().train.columns(mnet.mini_batches(50_000, 10, np.random.default_rng(seed))[0])
    before, slopes = mnet.quadratic_cost(mnet.feedforward(net, x), y), mnet.backprop(net, x, y)
    promised = eta * sum((nabla**2).sum() for nabla in [*slopes.nabla_b, *slopes.nabla_w])
    mnet.update_mini_batch(net, x, y, eta)
    after = mnet.quadratic_cost(mnet.feedforward(net, x), y)
    return (before - after) / promised, round(after, 1)


def short_race(eta):
    """Return a measure: what 30 neurons read of the validation images after 20,000 images."""

    def measure(seed):
        train, rng = digits().train, np.random.default_rng(seed)
        net, few = mnet.Network([784, 30, 10], rng), mnet.Split(train.images[:20_000], train.labels[:20_000])
        list(mnet.sgd(net, few, 1, 10, eta, rng))
        return mnet.evaluate(net, digits().validation) / 100

    return measure


def still_misread(seed):
    """Return how many of a reader's twelve costliest images a scaled network of 100 misreads as well."""
    (x, y), labels = digits().validation.columns(), digits().validation.labels
    nets = []
    for hidden in 30, 100:
        rng = np.random.default_rng(seed)
        net = scale(mnet.Network([784, hidden, 10], rng), hidden == 100)
        list(mnet.sgd(net, digits().train, 4, 10, 3.0, rng))
        nets.append(net)
    hardest = ((mnet.feedforward(nets[0], x) - y) ** 2).sum(axis=0).argsort()[-12:]
    return int((mnet.predict(nets[1], x[:, hardest]) != labels[hardest]).sum())


def none_hidden(seed):
    return max(curve((784, 10), 3.0, 8, seed))


def none_scaled(seed):
    return max(curve((784, 10), 3.0, 4, seed, scaled=True))


def book(seed):
    return curve((784, 30, 10), 3.0, 30, seed)


def after_one_epoch():
    """Return what ten starts read after the first epoch, the lowest first."""
    return sorted(curve((784, 30, 10), 3.0, 1, seed)[0] for seed in range(STARTS))


def small_eta(seed):
    return curve((784, 30, 10), 0.001, 30, seed)[-1]


def large_eta(seed):
    return curve((784, 30, 10), 100.0, 10, seed)[-1]


def five_of_100(group):
    """Return how far five starts with 100 hidden neurons get in four epochs."""
    return [max(curve((784, 100, 10), 3.0, 4, seed)) for seed in range(5 * group, 5 * group + 5)]


def scaled_100(seed):
    return max(curve((784, 100, 10), 3.0, 4, seed, scaled=True))


LESSON_08 = {"last_eta": 0.01, "decay": 3e-5, "pixels": 1}  # its best recipe, from η = 0.5 on


def improved(seed):
    """Return the share of the test images that lesson 08's best recipe reads, in percent."""
    rng = np.random.default_rng(seed)
    mnet.scale_weights(net := mnet.Network([784, 100, 10], rng))
    list(mnet.improved_sgd(net, digits().train, 20, 10, 0.5, rng, **LESSON_08))
    return mnet.evaluate(net, digits().test) / 100


def own_digits(seed):
    """Return how many more of 100 photographed digits lesson 08's recipe reads than lesson 07's network."""
    nets = {hidden: mnet.Network([784, hidden, 10], np.random.default_rng(seed)) for hidden in (30, 100)}
    mnet.scale_weights(nets[100])
    list(mnet.sgd(nets[30], digits().train, 4, 10, 3.0, np.random.default_rng(seed)))
    list(mnet.improved_sgd(nets[100], digits().train, 8, 10, 0.5, np.random.default_rng(seed), **LESSON_08))
    split = digits().test[:300]
    columns = [*photos.photographs("pen in a room, all of it", split.images)]
    small, large = photos.shares(nets, columns, split)
    return 100 * (large - small)


def guess_at_random(seed):
    labels = digits().test.labels
    return 100 * (np.random.default_rng(seed).integers(0, 10, labels.size) == labels).mean()


def darkness(split):
    return split.images.mean(axis=1) / 256


def mean_darkness():
    """Return the mean darkness of each training digit."""
    train = digits().train
    return np.array([darkness(train)[train.labels == digit].mean() for digit in range(10)])


def guess_by_darkness(_):
    test = digits().test
    guess = abs(darkness(test)[:, None] - mean_darkness()).argmin(axis=1)
    return round(100 * (guess == test.labels).mean(), 2)


def slower(slow, fast):
    """Return how many times as long `slow` takes as `fast`, each at its quickest, in turns."""
    times = [[timeit.timeit(each, number=1) for each in (slow, fast)] for _ in range(7)]
    slowest, fastest = map(min, zip(*times, strict=True))
    return slowest / fastest


def one_by_one(seed):
    """Return how many times as long a thousand answers take one by one as together."""
    net = mnet.Network([784, 30, 10], np.random.default_rng(seed))
    x = digits().train.columns(slice(0, 1000))[0]
    return slower(
        lambda: [mnet.feedforward(net, x[:, [i]]) for i in range(1000)], lambda: mnet.feedforward(net, x)
    )


def per_example(seed):
    """Return how many times as long an epoch takes with the book's loop over single examples."""
    train, sizes, rng = digits().train, [784, 30, 10], np.random.default_rng(seed)
    few = mnet.Split(train.images[:1000], train.labels[:1000])
    original, _ = per_example_original(few, few, sizes, 10, 3.0)
    net = mnet.Network(sizes, rng)
    return slower(original, lambda: list(mnet.sgd(net, few, 1, 10, 3.0, rng)))


def nudging(seed):
    """Return how many times as long the answers to all nudges would take as one backprop."""
    net = mnet.Network([784, 30, 10], np.random.default_rng(seed))
    x, y = digits().train.columns(slice(0, 10))
    answer, back = lambda: mnet.quadratic_cost(mnet.feedforward(net, x), y), lambda: mnet.backprop(net, x, y)
    return 2 * sum(array.size for array in net.weights + net.biases) * slower(answer, back)


SLIPPED = {  # lesson 05, exercise 4: the slope taken at a
    "BP1": lambda a, y, z: (a - y) * mnet.sigmoid_prime(a),
    "BP2": lambda w, delta, z: w.T @ delta * mnet.sigmoid_prime(mnet.sigmoid(z)),
}


def on_a_hundred(broken):
    """Return a measure: the cost of a hundred images after lesson 05's 300 steps on them."""

    def measure(seed):
        net = mnet.Network([784, 30, 10], np.random.default_rng(seed), np.float64)
        x, y = digits().train.columns(slice(0, 100))
        for _ in range(300):
            steps = [*equations.backward(net, x, y, broken)][::-1]  # all of them, before anything moves
            for w, b, (_, nabla_b, nabla_w) in zip(net.weights, net.biases, steps, strict=True):
                w -= 3.0 * nabla_w
                b -= 3.0 * nabla_b
        return round(mnet.quadratic_cost(mnet.feedforward(net, x), y), 2)

    return measure


CLAIMS = [
    Claim("README", "| a guess at random | about 10 % | 9 to 11 % |", guess_at_random, 9, 11),
    Claim("README", "mean darkness is nearest | 22.25 % | 22.25 % |", guess_by_darkness, 22.25, 22.25, 1),
    Claim("README", "loop over single examples (a test asks for 3 times)", per_example, 3, starts=1),
    Claim("README", "layer, best of 8 epochs | at most about 92 % | 55 to 93 % |", none_hidden, 55, 93),
    Claim("README", "by √(its inputs), best of 4 | | 80 to 93 % |", none_scaled, 80, 93),
    Claim("README", "after one epoch | 90 to 91 % | 89 to 92 %, nine of ten starts |",
          lambda _: after_one_epoch()[1], 89, 92, 1),
    Claim("README", "The tenth start reads 80 to 84 % after one epoch",
          lambda _: after_one_epoch()[0], 80, 84, 1),
    Claim("README", "best of 30 epochs | 95.42 % | 94.5 to 96 % |", lambda seed: max(book(seed)), 94.5, 96),
    Claim("README", "η = 0.001, after 30 epochs | about 21 % | 10 to 45 % |", small_eta, 10, 45),
    Claim("README", "η = 100, after 10 epochs | about 10 % | 7 to 20 % |", large_eta, 7, 20),
    Claim("README", "middle one of five starts | about 96.6 % | 55 to 90 % |",
          lambda group: median(five_of_100(group)), 55, 90, 2),
    Claim("README", "at most 2 of our five starts read 90 % within four epochs",
          lambda group: sum(share >= 90 for share in five_of_100(group)), 0, 2, 2),
    Claim("README", "by √(its inputs), each start | | 95.5 to 98 % |", scaled_100, 95.5, 98),
    Claim("README", "with all of lesson 08, 20 epochs | 98.04 % in 60 | 98.1 to 98.7 % |",
          improved, 98.1, 98.7),
    Claim("README", "reads more than 94 of 100 that it has never seen", lambda seed: max(book(seed)), 94),
    Claim("01_data", "A 0 takes more than twice the ink of a 1",
          lambda _: np.divide(*mean_darkness()[:2]), 2, starts=1),
    Claim("03_feedforward", "from machine to machine; that it is more than 2 does not",
          one_by_one, 2, starts=1),
    Claim("05_backprop", "more than 5,000 times as long", nudging, 5000, starts=1),
    Claim("05_backprop", "a cost of 0.03 at most from each of ten starts", on_a_hundred(SLIPPED), 0, 0.03),
    Claim("05_backprop", "the right one ends between 0.04 and 0.3", on_a_hundred({}), 0.04, 0.3),
    Claim("06_sgd", "nine read 93.5 to 95 % after five epochs, and one only 80 to 90 %",
          learnt(30, 10, epochs=5), 80, 95),
    Claim("06_sgd", "for ten starts from 0.4 to 0.9 of it", lambda seed: one_step(seed, 3)[0], 0.4, 0.9),
    Claim("06_sgd", "land between 0.5 and 0.8", lambda seed: one_step(seed, 100)[1], 0.5, 0.8),
    Claim("06_sgd", "ten starts read 10 to 45 % after 250 steps", early, 10, 45),
    Claim("06_sgd", "and 55 to 75 % after four epochs", learnt(10, epochs=4), 55, 75),
    Claim("06_sgd", "pays 0.44 to 0.48 after an epoch", misled, 0.44, 0.48),
    Claim("06_sgd", "92 to 95 % after four epochs, from ten starts", learnt(30, 30, 10, epochs=4), 92, 95),
    Claim("07_recognise", "30 neurons read 77 to 89 % at η = 3", short_race(3.0), 77, 89),
    Claim("07_recognise", "and 70 to 91 % at η = 10", short_race(10.0), 70, 91),
    Claim("07_recognise", "nine read 93 to 95 % after four epochs, and one 83 to 85 %",
          learnt(30, 10, epochs=4), 83, 95),
    Claim("07_recognise", "still misreads 7 to 12 of such twelve", still_misread, 7, 12),
    Claim("07a_inside", "from ten starts to 33 to 88 % after four epochs",
          learnt(100, 10, epochs=4), 33, 88),
    Claim("07a_inside", "it reads 96 to 98 %, from each of the ten",
          learnt(100, 10, epochs=4, scaled=True), 96, 98),
    Claim("07a_inside", "30 read 95 to 96 % after four epochs, from ten starts",
          learnt(30, 10, epochs=4, scaled=True), 95, 96),
    Claim("08_improve", "reads at least 3 of 100 more than those 30", own_digits, 3, starts=3),
]  # fmt: skip

# Verdicts on the page's own start alone: the panel of 00 begins with the same numbers after each Reset, and
# its exercise says so. From ten other starts η = 5 reads 83.5 to 93.2 % in two epochs, and half fall short.
OWN_START = {("00_start", "✓ goal")}


def measured(claim, quick=False):
    """Return the figures of a claim, one for each random start, and whether each lies in its band."""
    figures = [claim.measure(start) for start in range(min(claim.starts, 1 if quick else STARTS))]
    return figures, [bool(claim.low <= figure <= claim.high) for figure in figures]


def said(cell):
    """Return what a cell claims: its lines that say True or False, and how its answers are judged."""
    text = "".join(map(compared, cell.outputs))
    ignored = "nbval-ignore-output" in cell.metadata.get("tags", [])
    lines = [line for line in text.splitlines() if re.search(r"\b(True|False)\b", line) and not ignored]
    lines += [line[: line.index(":")] for line in text.splitlines() if re.match("[✓✗○] [^:]+:", line)]
    return lines + [f"{out.ename}: {out.evalue}" for out in cell.outputs if out.output_type == "error"]


def notebook_of(lesson):
    """Return the notebook that has all of a lesson's outputs, and the folder that it runs in."""
    path = NOTEBOOKS / "solutions" / f"{lesson}.ipynb"
    path = path if path.exists() else NOTEBOOKS / f"{lesson}.ipynb"
    return read(path), path.parent


def rerun(lesson, starts):
    """Return {what the lesson's cells claim: at which of these random starts it holds}."""
    notebook, folder = notebook_of(lesson)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    claims = [(n, line) for n, cell in enumerate(cells) for line in said(cell)]
    claims = [claim for claim in claims if (lesson, claim[1]) not in OWN_START]
    holds = {claim: [] for claim in claims}
    for start in starts:
        notebook.cells.insert(0, nbformat.v4.new_code_cell(RESTART.format(start=start)))
        here = {"metadata": {"path": str(folder)}}
        NotebookClient(
            notebook, timeout=600, allow_errors=True, resources=here, coalesce_streams=True
        ).execute()
        del notebook.cells[0]
        found = {(n, line) for n, cell in enumerate(cells) for line in said(cell)}
        for claim in claims:
            holds[claim].append(claim in found)
    return {line: kept for (_, line), kept in holds.items()}


def main(arguments):
    parser = argparse.ArgumentParser(description="Rerun every claim of the course over ten random starts.")
    parser.add_argument("where", nargs="*", help="README, or the number of a lesson; all of them if left out")
    parser.add_argument(
        "--quick", action="store_true", help="one start of each, and for a lesson the page's own"
    )
    options = parser.parse_args(arguments)
    places = [
        w
        for w in ("README", *(path.stem for path in SOURCES))
        if not options.where or w.startswith(tuple(options.where))
    ]
    fallen = 0
    for where in places:
        kept = []
        for claim in CLAIMS:
            if claim.where == where:
                figures, held = measured(claim, options.quick)
                kept.append((held, f"{claim.quote}: {min(figures):.4g} to {max(figures):.4g}"))
        if where != "README":  # the page itself is the first of the ten
            found = rerun(where, range(1, 2 if options.quick else STARTS))
            kept += [([True, *held], line) for line, held in found.items()]
        for held, words in kept:
            print(
                f"{'holds' if all(held) else 'FALLS'} {sum(held):2} of {len(held):2}  {where}  {words}",
                flush=True,
            )
            fallen += not all(held)
    print(f"{fallen} claims fall." if fallen else "All hold.")
    return bool(fallen)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
