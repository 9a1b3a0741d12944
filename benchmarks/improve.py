"""Measure what each part of lesson 08 brings: five starts a row, chosen on validation, the test set once.

    uv run python -m benchmarks.improve               about eight minutes of processor time
    uv run python -m benchmarks.improve --starts 1    a fifth of it

All networks are [784, 100, 10] with scaled weights and mini-batches of 10, but for the first two rows, which
lead from lesson 07's network to lesson 07a's cured one. The two columns are shares of the
validation images: the parts added one after the other, and all of them but this one. The best recipe then
gets more epochs, and its start that reads most validation images is scored on the test images.
"""

import os

if __name__ == "__main__":
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # two processes share the cores

import argparse
import functools
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

import mnet

SIZES, EPOCHS, LONG, STARTS = [784, 100, 10], 20, 80, 5
CURED = {"eta": 3.0, "output_error": mnet.output_error}
BEFORE = {
    "30 neurons, as in lesson 07": {"hidden": 30, "scaled": False},
    "30 neurons, scaled": {"hidden": 30},
}
PARTS = {  # in the order of the lesson
    "cross-entropy": {"eta": 0.5, "output_error": mnet.cross_entropy_error},
    "weight decay, λ = 3e-5": {"decay": 3e-5},
    "digits shifted by a pixel": {"pixels": 1},
    "η falls to a fiftieth": {"last_eta": 1 / 50},  # of what it is at first
}
ALL = f"+ {[*PARTS][-1]}"  # after all others

data = functools.cache(mnet.load_mnist)


def without(part):
    """Return the settings of the best recipe with one part left out."""
    return functools.reduce(
        dict.__or__, (settings for name, settings in PARTS.items() if name != part), CURED
    )


def recipes():
    """Return {name: settings}: up to the cured network, the parts one after the other, and all but each."""
    rows = {name: CURED | start for name, start in BEFORE.items()}
    rows["the cured network"] = settings = CURED
    for name, part in PARTS.items():
        settings = settings | part
        rows[f"+ {name}"] = settings
    return rows | {f"without {name}": without(name) for name in PARTS}


def train(recipe, seed, epochs, images=50_000):
    """Return the trained network, and how many validation images it reads."""
    rng, settings = np.random.default_rng(seed), dict(recipes()[recipe])
    eta, falls = settings.pop("eta"), settings.pop("last_eta", None)
    net = mnet.Network([784, settings.pop("hidden", SIZES[1]), 10], rng)
    if settings.pop("scaled", True):
        mnet.scale_weights(net)
    last_eta = eta * falls if falls else None
    for _ in mnet.improved_sgd(
        net, data().train[:images], epochs, 10, eta, rng, last_eta=last_eta, **settings
    ):
        pass
    return net, mnet.evaluate(net, data().validation)


def score(job):
    return train(*job)[1] / 100


def table(scores):
    """Return the lines of the table from {name: shares of the validation images in percent}."""
    said = {name: f"{np.mean(shares):.2f} ± {np.std(shares):.2f}" for name, shares in scores.items()}
    width = max(map(len, said))
    rows = [f"{'':{width}}  added so far    all but this"]
    for name in recipes():
        if not name.startswith("without"):
            other = said[name.replace("+", "without")] if name.startswith("+") else ""
            rows.append(f"{name:{width}}  {said[name]:16}{other}".rstrip())
    return "\n".join(rows)


def main():
    parser = argparse.ArgumentParser(description="Measure what each part of lesson 08 brings.")
    parser.add_argument("--starts", type=int, default=STARTS, help="random starts a row")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="epochs of each row")
    parser.add_argument("--long", type=int, default=LONG, help="epochs of the best recipe")
    parser.add_argument("--images", type=int, default=50_000, help="training images")
    given = parser.parse_args()
    jobs = {
        name: [(name, seed, given.epochs, given.images) for seed in range(given.starts)] for name in recipes()
    }
    with ProcessPoolExecutor(2) as pool:
        answers = {name: pool.map(score, each) for name, each in jobs.items()}
        long = pool.map(score, [(ALL, seed, given.long, given.images) for seed in range(given.starts)])
        scores = {name: list(each) for name, each in answers.items()}
        print(f"Validation images read, in percent: {given.starts} starts, {given.epochs} epochs\n")
        print(table(scores), flush=True)
        long = list(long)
    print(f"\nAll of it for {given.long} epochs: {np.mean(long):.2f} ± {np.std(long):.2f}")
    best, start = int(np.argmax(long)), time.process_time()
    net, _ = train(ALL, best, given.long, given.images)
    seconds = time.process_time() - start
    print(
        f"The best start, {best}, on the test images: {mnet.evaluate(net, data().test) / 100:.2f}, ", end=""
    )
    print(f"trained in {seconds:.0f} seconds")


if __name__ == "__main__":
    main()
