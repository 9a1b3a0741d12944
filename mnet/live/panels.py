"""Wires state, views and controls into panels. Start here: each lesson calls one function of this module."""

from collections import namedtuple
from functools import cache

import ipywidgets as widgets
import numpy as np

from mnet import Network, Split, feedforward, figures, quadratic_cost, sigmoid
from mnet.live import equations, network
from mnet.live.improving import ImprovedTraining, ImprovingPanel
from mnet.live.pad_panel import PadPanel
from mnet.live.panel import BAR, LABEL, Explorer, choice, slider
from mnet.live.training import Training
from mnet.live.training_panel import TrainingPanel

Moment = namedtuple("Moment", "cost share read w")  # of an epoch: read, of a dozen images; w, of ten neurons
NEURON = "neuron (−1: none)"  # counted through all layers, from 0 as in the arrays


def _chosen(neuron, net):
    """Return the neuron that the slider NEURON chooses; None if it chooses none, or one that is not there."""
    return neuron if 0 <= neuron < sum(net.sizes[1:]) else None


def training(mnist, sizes=(784, 30, 10), eta=3.0, mini_batch_size=10, seed=0):
    """Lessons 00, 06 and 07: a network that trains while you move its settings."""
    return TrainingPanel(Training(mnist, sizes, eta, mini_batch_size, seed))


def digits(mnist):
    """Lesson 01: browse the images, each beside the mean training image of its digit."""
    labels = mnist.train.labels
    means = np.array([mnist.train.images[labels == digit].mean(axis=0) for digit in range(10)])
    split = choice("split", mnist._fields)
    digit = choice("digit", ["any", *range(10)])
    position = slider("position", 0, 0, len(labels) - 1)

    def fit(_):
        chosen = getattr(mnist, split.value).labels
        position.max = int((chosen == digit.value).sum() if digit.value != "any" else len(chosen)) - 1

    for control in split, digit:
        control.observe(fit, "value")
    return Explorer(
        lambda ax, split, **which: figures.browse(ax, getattr(mnist, split), means, **which),
        split=split,
        digit=digit,
        position=position,
        predicts=(
            "of 100, darkness reads",
            ["about 10", "about 20", "about 50"],
            lambda position, **_: "about 20" if position > 9 else None,  # lesson 01 then counts: 22.25 %
        ),
    )


def pad(reader):
    """Lessons 00 and 07: draw a digit; `reader` is a Network, or a training panel, whose network reads."""
    return PadPanel(reader)


def through(pad):
    """Lesson 07: what is on a pad on its way through the network that reads it."""

    def draw(ax, neuron):
        net, x = pad.newest.net, pad.newest.x
        return network.layers(ax, net, x, feedforward(net, x), None, _chosen(neuron, net))

    def came_out(neuron):
        net = pad.newest.net
        j = neuron - sum(net.sizes[1:-1])
        if not 0 <= j < 10:
            return None
        terms = abs(net.weights[-1][j] * network.forward(net, pad.newest.x)[-2][:, 0])
        return "one neuron above all" if terms.max() > terms.sum() / 2 else "many, each a little"

    return Explorer(
        draw,
        size=(9, 4.8),
        picks="neuron",
        follows=pad,
        predicts=("an output neuron hears", ["one neuron above all", "many, each a little"], came_out),
        neuron=slider(NEURON, -1, -1, sum(pad.net.sizes[1:]) - 1),
    )


def neuron():
    """Lesson 02: one neuron, its weight and its bias."""
    return Explorer(
        figures.neuron,
        w=slider("weight w", 1.0, -20, 20, 0.5),
        b=slider("bias b", 0.0, -20, 20, 0.5),
        predicts=(
            "w = 20 makes it",
            ["as gentle as before", "nearly a step", "flat"],
            lambda w, b: "nearly a step" if abs(w) >= 15 else None,
        ),
    )


def looking(mnist):
    """Lesson 02: one neuron looking at a digit: is it a 0, or a 1? Its weights are set by hand."""
    rows = np.flatnonzero(mnist.train.labels < 2)[:1000]
    x, labels = mnist.train.columns(rows)[0], mnist.train.labels[rows]
    zero, one = (x[:, labels == digit].mean(axis=1) for digit in (0, 1))
    # Scaled so that one bias, -12, suits both: it lies in the middle between the mean 0 and the mean 1.
    contrast = 24 / ((zero - one) @ (zero + one)) * (zero - one)
    kinds = {"alike: darkness": np.full(784, 100 / 784), "mean 0 - mean 1": contrast}
    sums = {name: w @ x[:, :100] for name, w in kinds.items()}

    def right(weights, strength, b):
        return int(((strength * sums[weights] + b > 0) == (labels[:100] == 0)).sum())

    def draw(ax, weights, strength, b, image):
        sentence = network.looking(ax, x[:, image], strength * kinds[weights], b, int(labels[image]))
        return f"{sentence} Of 100 zeros and ones, {right(weights, strength, b)} are told apart."

    def came_out(weights, strength, b, **_):
        usual = weights == "mean 0 - mean 1" and strength and b == -12 * strength
        return "99 of 100" if usual and right(weights, strength, b) == 99 else None

    return Explorer(
        draw,
        size=(9, 3.2),
        weights=choice("weights", list(kinds)),
        strength=slider("times strength", 1.0, 0, 3, 0.1),
        b=slider("bias b", -12.0, -30, 10, 0.5),
        image=slider("image", 0, 0, 99),
        predicts=(
            "a weight for each pixel is right on",
            ["fewer than darkness", "95 of 100", "99 of 100"],
            came_out,
        ),
    )


def dark_or_light(mnist):
    """Lesson 02: a neuron that hears how dark a picture is; tune it until it tells zeros from ones."""
    some = mnist.train.labels[:5000] < 2
    images, labels = mnist.train.images[:5000][some], mnist.train.labels[:5000][some]
    darkness = images.mean(axis=1) / 256

    def came_out(w, b):
        share = ((w * darkness + b > 0) == (labels == 0)).mean()
        return "about 95" if share > 0.94 else None  # no w and b get beyond 95.3 %

    return Explorer(
        lambda ax, w, b: figures.dark_or_light(ax, images, labels, w, b),
        size=(9, 3.6),
        predicts=("of 100, at best", ["about 80", "about 95", "all"], came_out),
        w=slider("weight w", 10, -200, 200),
        b=slider("bias b", 0.0, -30, 30, 0.5),
    )


def descent():
    """Lesson 04: a ball on the bowl v1² + 4 v2², the learning rate and where it starts."""
    return Explorer(
        figures.descent,
        plays="steps",
        predicts=(
            "never settles from η =",
            ["0.125", "0.25", "0.5", "1"],
            lambda eta, v2, **_: "0.25" if eta >= 0.25 and v2 else None,
        ),
        eta=slider("learning rate η", 0.1, 0.01, 1.2, 0.01),
        v1=slider("start v₁", 2.5, -3, 3, 0.1),
        v2=slider("start v₂", 1.5, -2, 2, 0.1),
        steps=slider("steps", 25, 1, 25),
    )


def layers(mnist):
    """Lesson 03: the sizes of the layers, and what an untrained network of these sizes answers."""
    x, _ = mnist.test.columns(slice(0, 100))

    hidden = slider("hidden neurons", 30, 1, 100)
    second = slider("2nd layer (0: none)", 0, 0, 100)
    neuron = slider(NEURON, -1, -1, 39)

    def draw(ax, hidden, second, image, seed, neuron):
        sizes = [784, hidden, second, 10] if second else [784, hidden, 10]
        net, column = Network(sizes, rng=np.random.default_rng(seed)), x[:, [image]]
        label, chosen = int(mnist.test.labels[image]), _chosen(neuron, net)
        return network.layers(ax, net, column, feedforward(net, column), label, chosen)

    explorer = Explorer(
        draw,
        size=(9, 4.8),
        picks="neuron",
        predicts=(
            "a 2nd layer of 30",
            ["doubles the count", "adds a few per cent", "adds nothing"],
            lambda hidden, second, **_: "adds a few per cent" if hidden == second == 30 else None,
        ),
        hidden=hidden,
        second=second,
        image=slider("test image", 0, 0, 99),
        seed=slider("seed of the weights", 0, 0, 19),
        neuron=neuron,
    )

    def fit(_):
        neuron.max = hidden.value + second.value + 9

    for control in hidden, second:  # behind the picture: the page makes a slider with another end anew
        control.observe(fit, "value")
    return explorer


def epoch(mnist):
    """Lesson 06: one epoch over 10,000 images, to play and to wind back."""
    moments, labels = [*_epoch(mnist)], mnist.validation.labels
    costs, shares = ([getattr(moment, name) for moment in moments] for name in ("cost", "share"))
    start, most = moments[0].w, abs(moments[-1].w - moments[0].w).max()

    def draw(ax, step):
        pairs = zip(labels, moments[step].read, strict=False)
        named = [str(label) if label == guess else f"{label}→{guess}" for label, guess in pairs]
        learnt, dozen = np.clip((moments[step].w - start) / most, -1, 1), mnist.validation.images[:12]
        sentence = figures.one_epoch(ax, costs, shares, step, learnt, dozen, named)
        return f"After {20 * step:,} of 1,000 mini-batches: {sentence}"

    half = next(k for k, share in enumerate(shares) if share > 0.5)
    parts = ["a tenth", "a half", "all of it"]
    truth = parts[int(np.searchsorted([5, 25], half))]
    return Explorer(
        draw,
        size=(9, 3.6),
        plays="step",
        predicts=("it reads half of the images after", parts, lambda step: truth if step >= half else None),
        step=slider("step", 0, 0, 50),
    )


def _epoch(mnist):
    """Train for 1,000 mini-batches; yield the Moment of the start and of every 20th."""
    training = Training(mnist._replace(train=Split(mnist.train.images[:10_000], mnist.train.labels[:10_000])))
    x, y = mnist.validation.columns(slice(0, 500))
    for k in range(51):
        training.advance(20 if k else 0)
        a = feedforward(training.net, x)
        read = a.argmax(axis=0)
        share = float((read == y.argmax(axis=0)).mean())
        yield Moment(quadratic_cost(a, y), share, read[:12], training.net.weights[0][:10].copy())


def misread(net, split):
    """Lesson 07: the images of a Split that the network reads wrongly, the costliest first."""
    x, y = split.columns()
    a = feedforward(net, x)
    costs = ((a - y) ** 2).sum(axis=0) / 2
    wrong = np.flatnonzero(a.argmax(axis=0) != split.labels)
    wrong = wrong[costs[wrong].argsort()[::-1]]
    if not len(wrong):
        raise ValueError(
            f"misread: the network reads all {len(split):,} images correctly: give it more images."
        )

    def draw(ax, position):
        i = wrong[position]
        sentence = figures.reading(ax, split.images[i], a[:, i], int(split.labels[i]))
        return f"Misread image {position + 1} of {len(wrong)}, cost {costs[i]:.2f}. {sentence}"

    return Explorer(
        draw,
        size=(8, 3),
        position=slider("position", 0, 0, len(wrong) - 1),
        predicts=(
            "the last ones are",
            ["sure and wrong", "nearly undecided", "hardly drawn"],
            lambda position: "nearly undecided" if position >= 0.9 * (len(wrong) - 1) else None,
        ),
    )


def shifted(net, split, centre):
    """Lesson 07: an image moved about on its paper, and `centre` (28, 28) -> (28, 28) that moves it back."""

    def draw(ax, number, right, down, centred):
        image = np.pad(split.images[number].reshape(28, 28), 8)[8 - down : 36 - down, 8 - right : 36 - right]
        image = np.asarray(centre(image)) if centred else image
        a = feedforward(net, image.reshape(784, 1) / np.float32(256))
        return figures.reading(ax, image, a, int(split.labels[number]))

    return Explorer(
        draw,
        size=(8, 3),
        number=slider("image", 0, 0, 99),
        right=slider("pixels to the right", 0, -8, 8),
        down=slider("pixels down", 0, -8, 8),
        centred=widgets.Checkbox(False, description="centre by mass", style=LABEL, layout=BAR),
        predicts=(
            "a shift down is",
            ["harmless", "as bad as to the right", "worse than to the right"],
            lambda down, **_: "worse than to the right" if abs(down) >= 4 else None,
        ),
    )


def saturation(mnist):
    """Lesson 07a: where an untrained network is saturated, and what dividing its weights does about it."""
    x, _ = mnist.train.columns(slice(0, 500))
    nets = {hidden: Network([784, hidden, 10], rng=np.random.default_rng(0)) for hidden in (100, 30)}
    sums = {hidden: net.weights[0] @ x for hidden, net in nets.items()}

    def draw(ax, hidden, divisor):
        net = nets[hidden]
        z = sums[hidden] / divisor + net.biases[0]
        return figures.saturation(ax, [z, net.weights[1] / divisor @ sigmoid(z) + net.biases[1]], divisor)

    return Explorer(
        draw,
        size=(8, 4.8),
        hidden=choice("hidden neurons", list(nets)),
        divisor=slider("divide the weights by", 1, 1, 28),
        predicts=(
            "below 5 % from about",
            ["2", "5", "20"],
            lambda hidden, divisor: "5" if divisor >= 5 else None,
        ),
    )


def backprop(mnist):
    """Lesson 05: one example step by step; what each check and the cost say when an equation is broken."""
    x, y = mnist.test.columns(slice(0, 100))
    net = Network([784, 30, 10], rng=np.random.default_rng(0))
    learning = cache(lambda broken: equations.learning(mnist.train, equations.BREAKS[broken]))

    def draw(ax, step, broken, image, neuron):
        change = equations.BREAKS[broken]
        steps = equations.steps(net, x[:, [image]], y[:, [image]], change)
        label, checks = int(mnist.test.labels[image]), equations.verify(change)
        costs = [learning("nothing"), learning(broken) if change else None]
        chosen = _chosen(neuron, net)
        return network.backprop_step(ax, net, steps, step, label, checks, *costs, chosen=chosen)

    return Explorer(
        draw,
        size=(9, 6),
        plays="step",
        picks="neuron",
        predicts=(
            "no σ′ in BP1 turns red",
            ["BP1 alone", "BP1 and all four", "all five"],
            lambda broken, **_: "BP1 and all four" if broken == "BP1: forget σ′" else None,
        ),
        step=slider("step", 0, 0, 7),
        broken=choice("break it", list(equations.BREAKS)),
        image=slider("test image", 0, 0, 99),
        neuron=slider(NEURON, -1, -1, 39),
    )


def blame():
    """Lesson 08: what a wrong answer costs, and how loudly it is blamed, by both costs."""
    return Explorer(
        figures.blame,
        size=(8, 3.6),
        z=slider("weighted input z", 2.0, -8, 8, 0.5),
        y=choice("it should say", [0, 1]),
        predicts=(
            "wrong at |z| = 8, δ is",
            ["near 0 by both", "near 0 by the quadratic alone", "near 1 by both"],
            lambda z, y: "near 0 by the quadratic alone" if (8, -8)[y] == z else None,
        ),
    )


def improving(mnist):
    """Lesson 08: the training panel from scaled weights, with cost, weight decay, shifts and a falling η."""
    return ImprovingPanel(ImprovedTraining(mnist, (784, 100, 10), 3.0, 10))
